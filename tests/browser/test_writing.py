"""The message box: what is offered, what is sent, what comes back with the up key, threads, and the first minute."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.adverity import HandClock, LocalAdverity
from jobbot.playground.page.page import PageOf
from jobbot.playground.page.protocol import CannotBeDone
from jobbot.playground.page.story import JOBS, first_minute
from jobbot.playground.page.wire import WireCall, WireLog
from jobbot.playground.page.world import AdverityPanel, World
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ANA, BEN, INC_DATA, RANDOM, ScriptedSlackPanel, ScriptedWorkspace

pytestmark = pytest.mark.slow


def box(tab: Page) -> Any:
    return tab.get_by_role("combobox", name="Message #inc-data")


def offers(tab: Page) -> Any:
    return tab.get_by_role("listbox", name="Offers").get_by_role("option")


async def test_the_page_is_ready_to_type(tab: Page) -> None:
    await expect(box(tab)).to_be_focused()


async def test_a_slash_offers_the_command_with_its_usage(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    await tab.keyboard.type("/")
    offer = offers(tab)
    await expect(offer).to_contain_text("/jobs")
    await expect(offer).to_contain_text("failed yesterday | datastream 42 | 987 | watch 987 | stop 987 why | help")
    await expect(box(tab)).to_have_attribute("aria-activedescendant", str(await offer.get_attribute("id")))
    await picture(tab)
    await tab.keyboard.press("Tab")
    await expect(box(tab)).to_have_value("/jobs ")
    await expect(tab.locator(".channel-pane .usage")).to_contain_text("failed yesterday |")
    await tab.keyboard.type("failed")
    await tab.keyboard.press("Enter")
    await expect(box(tab)).to_have_value("")
    assert await workspace.did() == [("say", ANA, INC_DATA, "/jobs failed", None)]


async def test_a_command_that_is_complete_is_sent_at_once(tab: Page, workspace: ScriptedWorkspace) -> None:
    await tab.keyboard.type("/jobs")
    await tab.keyboard.press("Enter")
    await expect(box(tab)).to_have_value("")
    assert await workspace.did() == [("say", ANA, INC_DATA, "/jobs", None)]


async def test_an_at_sign_offers_the_bot_first(tab: Page, workspace: ScriptedWorkspace) -> None:
    await tab.keyboard.type("hello @")
    await expect(offers(tab)).to_have_text(["@jobbotapp", "@benBendata engineer"])
    await tab.keyboard.press("Enter")
    await tab.keyboard.type("help")
    await tab.keyboard.press("Enter")
    await expect(box(tab)).to_have_value("")
    assert await workspace.did() == [("say", ANA, INC_DATA, "hello @jobbot help", None)]


async def test_escape_takes_the_offers_away_and_keeps_the_text(tab: Page) -> None:
    await tab.keyboard.type("/jo")
    await expect(offers(tab)).to_have_count(1)
    await tab.keyboard.press("Escape")
    await expect(offers(tab)).to_have_count(0)
    await expect(box(tab)).to_have_value("/jo")


async def test_the_up_key_brings_back_what_was_sent(tab: Page) -> None:
    for text in ("/jobs", "/jobs 987"):
        await tab.keyboard.type(text)
        await tab.keyboard.press("Enter")
        await expect(box(tab)).to_have_value("")
    for key, text in [("ArrowUp", "/jobs 987"), ("ArrowUp", "/jobs"), ("ArrowUp", "/jobs"), ("ArrowDown", "/jobs 987"),
                      ("ArrowDown", "")]:  # fmt: skip
        await tab.keyboard.press(key)
        await expect(box(tab)).to_have_value(text)


async def test_what_was_not_answered_is_said_in_slacks_words(tab: Page, workspace: ScriptedWorkspace) -> None:
    def nobody(_: object) -> None:
        raise CannotBeDone("/jobs failed with the error “operation_timeout”")

    workspace.answers = nobody
    await tab.keyboard.type("/jobs")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("alert").filter(has_text="operation_timeout")).to_be_visible()
    await expect(box(tab)).to_be_focused()


async def test_a_thread_opens_beside_and_is_answered_there(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    root = workspace.posts("The store sales are missing.", by=BEN)
    other = workspace.posts("Something else.", by=ANA)
    await tab.get_by_role("button", name="Reply in thread to Ben").click()
    await expect(tab.get_by_role("combobox", name="Reply …")).to_be_focused()
    await tab.keyboard.type("@jobbot failed yesterday")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("combobox", name="Reply …")).to_have_value("")
    assert await workspace.did() == [("say", ANA, INC_DATA, "@jobbot failed yesterday", root["ts"])]
    workspace.posts("@jobbot failed yesterday", by=ANA, thread=root["ts"])
    workspace.posts("Two jobs failed.", thread=root["ts"])
    await expect(tab.locator(".thread-pane .message")).to_have_count(3)
    await expect(tab.locator(".channel-pane .message")).to_have_count(2)
    await expect(tab.get_by_role("button", name="2 replies")).to_be_visible()
    await picture(tab)
    await tab.keyboard.press("Escape")
    await expect(tab.locator(".thread-pane")).to_be_hidden()
    await expect(tab.get_by_role("button", name="2 replies")).to_be_focused()
    assert other["ts"] > root["ts"]


async def test_other_channels_tell_how_much_is_new(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.posts("psst", to=RANDOM)
    workspace.posts("psst!", to=RANDOM)
    channels = tab.get_by_role("navigation")
    await expect(channels.get_by_role("button", name="random 2 new")).to_be_visible()
    await channels.get_by_role("button", name="random").click()
    await expect(tab.locator(".message .content")).to_have_text(["psst", "psst!"])
    await expect(channels.get_by_role("button", name="random")).to_have_attribute("aria-current", "page")
    await expect(channels.get_by_role("button", name="2 new")).to_have_count(0)


async def test_the_direct_message_is_closed_as_the_manifest_has_it(tab: Page) -> None:
    await tab.get_by_role("navigation").get_by_role("button", name="jobbot").click()
    await expect(tab.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
    await expect(tab.locator(".channel-pane .box")).to_be_hidden()
    await tab.get_by_role("navigation").get_by_role("button", name="random").click()
    await expect(tab.get_by_role("combobox", name="Message #random")).to_be_focused()


async def steps_done(tab: Page) -> list[str]:
    return [words.removesuffix(" (done)") for words in await tab.locator(".step.done .step-title").all_text_contents()]


async def test_what_was_typed_by_hand_ticks_its_step(tab: Page, adverity: LocalAdverity) -> None:
    for typed, done in [
        ("hello", []),
        ("/jobs help", []),
        ("/jobs history", []),
        ("/jobs stop 988 not the one", []),
        ("@jobbot failed yesterday", ["What failed last night?"]),
        ("/jobs running", ["What is running?", "What failed last night?"]),
    ]:
        await box(tab).fill(typed)
        await tab.keyboard.press("Enter")
        await expect(box(tab)).to_have_value("")
        assert await steps_done(tab) == done
    await expect(tab.locator(".guide-title")).to_have_attribute("aria-expanded", "true")
    await box(tab).fill("/jobs please stop 987 now")
    await tab.keyboard.press("Enter")
    await expect(tab.locator(".guide-title")).to_have_text("Try this2 of 3 done")
    adverity.job(987).ends("Cancelled")
    await tab.get_by_role("button", name="Start a job").click()  # any change of jobs shows them all
    await expect(tab.locator(".guide-title")).to_have_text("Try this3 of 3 done")
    await expect(tab.locator(".guide-title")).to_have_attribute("aria-expanded", "false")


async def test_a_job_that_was_stopped_in_another_way_ticks_its_step(tab: Page, adverity: LocalAdverity) -> None:
    adverity.has_job(988, datastream=42, started=adverity.now() - timedelta(minutes=3))
    adverity.job(987).ends("Cancelled")
    await tab.get_by_role("button", name="Start a job").click()  # any change of jobs shows them all
    await expect(tab.locator(".step.done")).to_contain_text("Stop the runaway")
    await tab.get_by_role("button", name="Stop the runaway").click()
    await expect(box(tab)).to_have_value("")


async def test_what_adverity_was_asked_ticks_its_step_whoever_pressed_what(
    open_tab: OpenTab, workspace: ScriptedWorkspace, adverity: LocalAdverity, wire: WireLog
) -> None:
    world = World(AdverityPanel(adverity), ScriptedSlackPanel())
    steps = first_minute(None, person=ANA, channel=INC_DATA, pauses=42, retries=988, fetches=43)
    async with PageOf(
        workspace, world, wire, now=HandClock(), commands=[JOBS], suggestions=lambda: steps, port=0
    ) as page:
        tab = await open_tab(page.url)
        await expect(tab.locator(".step")).to_have_count(5)
        for number, (method, path) in enumerate(
            [
                ("GET", "/api/datastreams/42/"),
                ("POST", "/api/errors/77/ack/"),
                ("POST", "/api/errors/77/retry/"),
                ("PATCH", "/api/datastreams/42/"),
            ]
        ):
            wire.record(WireCall(side="adverity", key=number, method=method, path=path, status=200))
        await expect(tab.locator(".step.done")).to_have_count(2)
        assert await steps_done(tab) == ["Pause its schedule", "Retry a failed one"]


async def test_on_a_low_page_the_steps_are_folded_until_one_wants_them(open_tab: OpenTab, demo: PageOf) -> None:
    tab = await open_tab(demo.url, viewport={"width": 1280, "height": 620})
    title = tab.locator(".guide-title")
    await expect(title).to_contain_text("0 of 3 done")
    await expect(tab.locator(".step").first).to_be_hidden()
    await title.press("Enter")
    await expect(tab.locator(".step").first).to_be_visible()


async def test_a_second_tab_is_somebody_else(open_tab: OpenTab, tab: Page) -> None:
    second = tab.get_by_role("link", name="Be Ben as well, in a second tab")
    other = await open_tab(f"{tab.url}{await second.get_attribute('href')}")
    await expect(other.get_by_role("radio", name="Ben")).to_be_checked()
    await expect(tab.get_by_role("radio", name="Ana")).to_be_checked()


async def test_the_first_minute_types_itself(
    open_tab: OpenTab, demo: PageOf, workspace: ScriptedWorkspace, picture: Any
) -> None:
    tab = await open_tab(demo.url, reduced_motion="no-preference")
    await tab.get_by_role("radio", name="Ben").check(force=True)
    await tab.get_by_role("navigation").get_by_role("button", name="random").click()
    # The page's time stands still unless the test lets it go on: a busy machine would miss what is typed in between.
    await tab.clock.install()
    await tab.clock.pause_at(datetime.now(UTC) + timedelta(hours=1))
    await tab.get_by_role("button", name="Stop the runaway").click()
    await expect(box(tab)).to_have_value("/")
    await tab.clock.run_for(28 * 7)
    await expect(box(tab)).to_have_value("/jobs st")
    await picture(tab)
    await tab.clock.run_for(28 * 100)
    await expect(box(tab)).to_have_value("")
    assert await workspace.did() == [("say", ANA, INC_DATA, "/jobs stop 987 runaway fetch", None)]
