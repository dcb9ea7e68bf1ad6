"""The demo as a newcomer plays it: the page, the real bot, a local Slack and a local Adverity, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest
import pytest_asyncio
from playwright.async_api import Locator, Page, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.browser.conftest import OpenTab
from tests.browser.played import MORNING, Played, played
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.slow


@pytest_asyncio.fixture(loop_scope="session")
async def it(tmp_path: Path) -> AsyncIterator[Played]:
    async with played(tmp_path) as demo:
        yield demo


@pytest_asyncio.fixture(loop_scope="session")
async def ana(it: Played, open_tab: OpenTab) -> Page:
    """Ana's tab, on #inc-data."""
    return await open_tab(it.page.url, viewport={"width": 1440, "height": 900})


async def types(tab: Page, text: str) -> None:
    box = tab.locator(".channel-pane .box")
    await box.fill(text)
    await box.press("Enter")
    await expect(box).to_have_value("")


async def becomes(tab: Page, name: str, channel: str | None = None) -> None:
    await tab.get_by_role("radio", name=name).check(force=True)
    await expect(tab.get_by_role("radio", name=name)).to_be_checked()
    if channel is not None:
        await tab.get_by_role("navigation").get_by_role("button", name=channel).click()


def said(tab: Page, words: str) -> Locator:
    return tab.locator(".channel-pane .message").filter(has_text=words)


async def test_the_first_minute(it: Played, ana: Page, picture: Any) -> None:
    await ana.get_by_role("button", name="What is running?").click()
    await expect(said(ana, "9 jobs: 5 running")).to_contain_text("The Trade Desk")
    await ana.get_by_role("button", name="What failed last night?").click()
    await expect(said(ana, "failed, last 6 hours")).to_be_visible()
    await ana.get_by_role("button", name="Stop the runaway").click()
    dialog = ana.get_by_role("dialog", name=f"Stop job {it.runaway}?")
    await expect(dialog.get_by_role("textbox")).to_have_value("runaway fetch")
    await expect(dialog).to_contain_text("2 follow-up jobs")
    await dialog.get_by_role("button", name=f"Stop job {it.runaway}").click()
    await it.stop_arrives()
    await expect(said(ana, f"Stopped The Trade Desk (job {it.runaway})")).to_contain_text("runaway fetch")
    await expect(said(ana, f"Stopped The Trade Desk (job {it.runaway})")).to_contain_text("(edited)")
    assert it.adverity.job(it.runaway).state == "Cancelled"
    assert it.adverity.count("POST", "/stop/") == 1
    await picture(ana)


async def test_the_channel_opens_with_the_beginning_of_the_story(
    tmp_path: Path, open_tab: OpenTab, picture: Any
) -> None:
    async with played(tmp_path, opening=True) as demo:
        assert demo.clock() == MORNING
        tab = await open_tab(demo.page.url, viewport={"width": 1440, "height": 900})
        authors = tab.locator(".message .author")
        await expect(authors).to_have_text(["jobbot", "jobbot", "Mia Okafor", "Ben Ortiz", "Mia Okafor"])
        await expect(said(tab, "switched alerts on")).to_be_visible()
        await expect(said(tab, "Google Ads US")).to_have_count(2)
        await expect(said(tab, "can you look").locator(".mention.mine")).to_have_text("@ana")
        assert demo.adverity.count("POST") == 0
        await picture(tab)
        await types(tab, "/jobs")
        await expect(tab.locator(".message").last).to_contain_text("as of 11:42:05")


async def test_two_press_at_once_and_one_stop_is_sent(it: Played, ana: Page, open_tab: OpenTab) -> None:
    href = await ana.get_by_role("link", name="Be Mia as well, in a second tab").get_attribute("href")
    mia = await open_tab(f"{it.page.url}{href}")
    await expect(mia.get_by_role("radio", name="Mia")).to_be_checked()
    for tab, why in ((ana, "first"), (mia, "second")):
        await types(tab, f"/jobs stop {it.runaway} {why}")
        await expect(tab.get_by_role("dialog").get_by_role("textbox")).to_have_value(why)
    buttons = [tab.get_by_role("dialog").get_by_role("button", name=f"Stop job {it.runaway}") for tab in (ana, mia)]
    await asyncio.gather(*(button.click() for button in buttons))
    await it.stop_arrives()
    await expect(said(ana, "Stopped")).to_have_count(1)
    assert it.adverity.count("POST", "/stop/") == 1


async def test_list_page_status_and_stop_with_a_reason(it: Played, ana: Page, picture: Any) -> None:
    await types(ana, "/jobs last 2 days")
    listing = said(ana, "in any state, last 2 d")
    await expect(listing).to_contain_text("1-15 of")
    await listing.get_by_role("button", name="Older").click()
    await expect(listing).to_contain_text("16-30 of")
    await expect(listing.get_by_role("button", name="Newer")).to_be_visible()
    await types(ana, f"/jobs {it.runaway}")
    card = said(ana, "The Trade Desk: Running")
    await expect(card).to_contain_text("tom.keller@acme.example")
    await picture(ana)
    await card.get_by_role("button", name=f"Stop job {it.runaway}").click()
    dialog = ana.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("it has been running for 5 hours")
    await dialog.get_by_role("button", name=f"Stop job {it.runaway}").click()
    await it.stop_arrives()
    await expect(said(ana, "Stopped The Trade Desk")).to_contain_text("it has been running for 5 hours")


async def test_stopping_by_keyboard_only(it: Played, ana: Page) -> None:
    await ana.keyboard.type(f"/jobs stop {it.runaway}")
    await ana.keyboard.press("Enter")
    await expect(ana.get_by_role("dialog").get_by_role("textbox")).to_be_focused()
    await ana.keyboard.type("by hand")
    for name in ("Keep running", f"Stop job {it.runaway}"):
        await ana.keyboard.press("Tab")
        await expect(ana.get_by_role("dialog").get_by_role("button", name=name)).to_be_focused()
    await ana.keyboard.press("Enter")
    await it.stop_arrives()
    await expect(said(ana, "Stopped The Trade Desk")).to_contain_text("by hand")
    await expect(ana.get_by_role("combobox", name="Message #inc-data")).to_be_focused()


async def test_keeping_it_running_leaves_no_trace(it: Played, ana: Page) -> None:
    await types(ana, f"/jobs stop {it.runaway}")
    # The window is drawn twice: a button of the first drawing may be gone under the mouse.
    await expect(ana.get_by_role("dialog").get_by_role("textbox")).to_be_visible()
    await ana.get_by_role("dialog").get_by_role("button", name="Keep running").click()
    await expect(ana.get_by_role("dialog")).to_have_count(0)
    await expect(ana.locator(".message")).to_have_count(0)
    assert it.adverity.count("POST") == 0


async def test_a_stop_while_adverity_answers_500(it: Played, ana: Page, picture: Any) -> None:
    await types(ana, f"/jobs stop {it.runaway} runaway")
    stop = ana.get_by_role("dialog").get_by_role("button", name=f"Stop job {it.runaway}")
    await expect(stop).to_be_visible()
    it.adverity.faults.broken(method="POST")
    await stop.click()
    await expect(said(ana, "Unknown whether The Trade Desk").or_(said(ana, "Not stopped"))).to_be_visible()
    await expect(said(ana, "Stopped The Trade Desk")).to_have_count(0)
    assert it.adverity.job(it.runaway).state == "Running"
    assert it.adverity.count("POST", "/stop/") == 1
    await picture(ana)


async def test_adverity_down_is_said_to_the_one_who_asked(it: Played, ana: Page, picture: Any) -> None:
    await ana.get_by_label("It answers").select_option(label="500, server error")
    await expect(ana.get_by_label("It answers")).to_have_value("500")
    await types(ana, "/jobs")
    answer = ana.locator(".message.ephemeral").last
    await expect(answer).to_contain_text("Only visible to you")
    await expect(answer).to_contain_text("Reference")
    await picture(ana)


async def test_olgas_click_is_refused(it: Played, ana: Page, picture: Any) -> None:
    await types(ana, "/jobs")
    await expect(said(ana, "9 jobs: 5 running")).to_be_visible()
    [listing] = it.slack.channel("inc-data").public
    await it.slack.says_as_bot(it.slack.channel("acme-shared"), listing.text, listing.blocks)
    await becomes(ana, "Olga", "acme-shared")
    await said(ana, "9 jobs: 5 running").get_by_role("button", name=f"Stop job {it.runaway}").click()
    refusal = ana.locator(".message.ephemeral")
    await expect(refusal).to_have_count(1)
    await expect(ana.get_by_role("dialog")).to_have_count(0)
    await picture(ana)
    assert it.adverity.count("POST") == 0


async def test_ben_may_look_and_is_offered_no_stop(it: Played, ana: Page, picture: Any) -> None:
    await becomes(ana, "Ben", "data-read-only")
    await types(ana, "/jobs")
    listing = said(ana, "9 jobs: 5 running")
    await expect(listing.get_by_role("button", name="Details").first).to_be_visible()
    await expect(listing.get_by_role("button", name="Stop job")).to_have_count(0)
    await ana.get_by_role("navigation").get_by_role("button", name="inc-data").click()
    await types(ana, f"/jobs stop {it.runaway}")
    await expect(ana.locator(".message.ephemeral").or_(ana.get_by_role("dialog"))).to_contain_text("@data-oncall")
    await picture(ana)
    assert it.adverity.count("POST") == 0


async def test_random_is_refused(it: Played, ana: Page, picture: Any) -> None:
    await ana.get_by_role("navigation").get_by_role("button", name="random").click()
    await types(ana, "/jobs")
    await expect(ana.locator(".message.ephemeral")).to_contain_text(it.slack.channel("random").id)
    await expect(ana.locator(".message")).to_have_count(1)
    await picture(ana)


async def test_a_thread_is_answered_in_the_thread(it: Played, ana: Page, picture: Any) -> None:
    await types(ana, "The store sales are missing.")
    await said(ana, "The store sales").hover()
    await ana.get_by_role("button", name="Reply in thread to Ana Novak").click()
    await ana.keyboard.type("@jobbot failed yesterday")
    await ana.keyboard.press("Enter")
    await expect(ana.locator(".thread-pane .message").filter(has_text="failed, yesterday")).to_be_visible()
    await expect(ana.get_by_role("button", name="2 replies")).to_be_visible()
    await ana.keyboard.type("/jobs")
    await ana.keyboard.press("Enter")
    await expect(ana.get_by_role("alert").filter(has_text="/jobs is not supported in threads. Sorry!")).to_be_visible()
    await picture(ana)


async def test_a_click_that_is_delivered_twice_stops_once(it: Played, ana: Page) -> None:
    await ana.get_by_label("Deliver every click twice").check(force=True)
    await types(ana, f"/jobs {it.runaway}")
    await said(ana, "The Trade Desk: Running").get_by_role("button", name=f"Stop job {it.runaway}").click()
    dialog = ana.get_by_role("dialog")
    await dialog.get_by_role("textbox").fill("once")
    await dialog.get_by_role("button", name=f"Stop job {it.runaway}").click()
    await it.stop_arrives()
    await expect(said(ana, "Stopped The Trade Desk")).to_have_count(1)
    await ana.get_by_label("Which calls").select_option(label="Slack")
    await expect(ana.locator(".call summary").filter(has_text="view_submission")).to_have_count(2)
    assert it.adverity.count("POST", "/stop/") == 1


async def test_a_bot_that_is_away_is_said_in_slacks_words(it: Played, ana: Page) -> None:
    await types(ana, f"/jobs {it.runaway}")
    card = said(ana, "The Trade Desk: Running")
    await expect(card).to_be_visible()
    it.slack.faults.refuse_connections()
    await ana.get_by_role("button", name="Drop the socket").click()
    await it.slack.until(lambda: it.slack.connections == 0)
    await card.get_by_role("button", name="Refresh").click()
    await expect(card.get_by_role("alert")).to_contain_text("did not respond")
    await types(ana, "/jobs")
    await expect(ana.locator(".message.ephemeral")).to_contain_text("Slackbot")
    await expect(ana.locator(".message.ephemeral")).to_contain_text('/jobs failed with the error "dispatch_failed"')
    it.slack.faults.clear()
    await it.slack.until(lambda: it.slack.connections == 1)
    await card.get_by_role("button", name="Refresh").click()
    await expect(card.get_by_role("alert")).to_have_count(0)


async def test_what_the_bot_posts_is_rate_limited_while_one_wants_it(it: Played, ana: Page) -> None:
    limited = ana.get_by_label("Rate limit what jobbot posts")
    headers = {"Authorization": f"Bearer {it.slack.bot_token}"}
    words = {"channel": it.slack.channel("inc-data").id, "text": "hello"}

    async def until_status(status: int) -> httpx.Response:
        async with asyncio.timeout(30), loopback_client(base_url=it.slack.api_url, headers=headers) as bot:
            while (answer := await bot.post("chat.postMessage", json=words)).status_code != status:
                pass
        return answer

    await limited.check(force=True)
    assert (await until_status(429)).headers["Retry-After"] == "2"
    await limited.uncheck(force=True)
    await until_status(200)
    await expect(said(ana, "hello").first).to_be_visible()


HOSTILE = "<img src=x onerror=document.title='owned'> <!channel> *bold* `x"


async def test_a_hostile_name_is_text(it: Played, ana: Page, picture: Any) -> None:
    it.adverity.has_datastream(58, HOSTILE)
    await types(ana, f"/jobs {it.runaway}")
    card = said(ana, "Waiting behind it")
    await expect(card).to_contain_text("<img src=x onerror=document.title='owned'> <!channel>")
    await card.get_by_role("button", name=f"Stop job {it.runaway}").click()
    await expect(ana.get_by_role("dialog")).to_contain_text("<!channel>")
    await expect(ana.locator(".job").first).to_contain_text("<!channel>")
    assert await ana.locator(":is(img, script):not([src='jobbot.svg'], [src='main.js'])").count() == 0
    assert await ana.locator(".message .mention.mine").count() <= 1
    assert await ana.title() == "#inc-data – jobbot demo"
    await picture(ana)


@pytest.mark.parametrize(("width", "scheme"), [(380, "light"), (380, "dark"), (820, "light"), (1440, "dark")])
async def test_at_every_width_and_in_the_dark(
    it: Played, open_tab: OpenTab, scheme: str, width: int, picture: Any
) -> None:
    tab = await open_tab(it.page.url, viewport={"width": width, "height": 820}, color_scheme=scheme)
    await types(tab, "/jobs")
    await expect(said(tab, "9 jobs: 5 running")).to_be_visible()
    assert await tab.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    assert await tab.evaluate(
        "document.querySelector('.scroller').scrollWidth <= document.querySelector('.scroller').clientWidth"
    )
    stop = said(tab, "9 jobs: 5 running").get_by_role("button", name=f"Stop job {it.runaway}")
    await stop.click()
    await expect(tab.get_by_role("dialog").get_by_role("textbox")).to_be_visible()
    box = await tab.get_by_role("dialog").bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    await tab.get_by_role("dialog").get_by_role("button", name="Keep running").click()
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    await picture(tab)
    if width == 380:
        await tab.get_by_role("button", name="Channels and people").click()
        await tab.get_by_role("navigation").get_by_role("button", name="random").click()
        await expect(tab.get_by_role("heading", name="#random")).to_be_visible()
        await expect(tab.get_by_role("navigation")).to_be_hidden()


async def test_the_wire_tells_all_and_no_secret(it: Played, ana: Page, picture: Any) -> None:
    await types(ana, "/jobs")
    await expect(said(ana, "9 jobs: 5 running")).to_be_visible()
    calls = ana.locator(".call")
    await expect(calls.filter(has_text="/api/jobs/")).not_to_have_count(0)
    await expect(calls.filter(has_text="response_url")).not_to_have_count(0)
    for place in range(await calls.count()):
        await calls.nth(place).locator("summary").click()
        await expect(calls.nth(place).locator("pre").first).not_to_be_empty()
    words = await ana.locator(".world").inner_text()
    for secret in (
        it.slack.bot_token,
        it.slack.app_token,
        it.slack.signing_secret,
        it.adverity.api_key,
        "/commands/T0",
    ):
        assert secret not in words
    assert '"response_url": "***"' in words
    await picture(ana)


async def test_the_same_seed_tells_the_same_story(it: Played, ana: Page, tmp_path: Path, open_tab: OpenTab) -> None:
    (tmp_path / "again").mkdir()
    async with played(tmp_path / "again") as again:
        other = await open_tab(again.page.url)
        for tab in (ana, other):
            await types(tab, "/jobs")
            await expect(said(tab, "9 jobs: 5 running")).to_be_visible()
        first, second = [await tab.locator(".channel-pane .message").inner_text() for tab in (ana, other)]
        assert first == second


async def test_what_slack_has_beside_the_command(it: Played, ana: Page, picture: Any) -> None:
    await ana.get_by_role("button", name="Shortcuts", exact=True).click()
    await ana.get_by_role("menuitem", name="Find Adverity jobs").click()
    window = ana.get_by_role("dialog", name="Find Adverity jobs")
    await expect(window.get_by_role("combobox", name="Show them in")).to_have_text("#inc-data")
    stream = window.get_by_role("combobox", name="Datastream")
    await stream.click()
    found = window.get_by_role("option", name="The Trade Desk")
    async with asyncio.timeout(30):
        while not await found.is_visible():  # names are learned behind the window that has opened
            await window.get_by_role("combobox", name="Search: Datastream").fill("trade")
            with suppress(PlaywrightTimeout):
                await found.wait_for(timeout=2000)
    await found.click()
    await expect(stream).to_have_text("The Trade Desk")
    await picture(ana)
    await window.get_by_role("button", name="Show jobs").click()
    await expect(said(ana, "datastream 58")).to_contain_text("asked by @ana")

    page = it.adverity.url + it.adverity.datastreams[58].page
    await types(ana, f"What is it with {page} ?")
    asked = said(ana, "What is it with")
    await expect(asked.get_by_role("group", name="Preview by jobbot")).to_contain_text("The Trade Desk")
    await asked.get_by_role("button", name="Shortcuts for the message of Ana Novak").click()
    await ana.get_by_role("menuitem", name="Edit message").click()
    await ana.get_by_role("textbox", name="Edit message").fill(f"@jobbot {it.runaway}")
    await ana.keyboard.press("Enter")
    await expect(ana.locator(".preview")).to_have_count(0)
    await ana.get_by_role("button", name="1 reply").click()
    await expect(ana.locator(".thread-pane .message").last).to_contain_text("The Trade Desk: Running")

    await ana.get_by_role("navigation").get_by_role("button", name="jobbot").click()
    await expect(ana.get_by_role("tabpanel")).to_contain_text("What you can type there")
    assert it.slack.refused_calls == []
