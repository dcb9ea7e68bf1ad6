"""The window that a bot opens: by keyboard alone, with many fields, errors, updates and silence."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.page.page import PageOf
from jobbot.playground.page.protocol import CannotBeDone
from jobbot.render.blockkit.blocks import modal
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ANA, ScriptedWorkspace, silence
from tests.playground.slack.test_fields import window

pytestmark = pytest.mark.slow


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def section(words: str) -> dict[str, Any]:
    return {"type": "section", "block_id": "words", "text": {"type": "mrkdwn", "text": words}}


def field(name: str, label: str, *, optional: bool = False, **element: Any) -> dict[str, Any]:
    kind = {"type": "plain_text_input", "action_id": f"{name}_input", **element}
    return {"type": "input", "block_id": name, "label": plain(label), "optional": optional, "element": kind}


CHECKING: dict[str, Any] = {
    "title": plain("Stop job 987?"), "close": plain("Keep running"), "blocks": [section("Checking job 987 …")],
}  # fmt: skip
ASKING: dict[str, Any] = {
    **CHECKING,
    "submit": plain("Stop job 987"),
    "blocks": [section("*Stop job 987?* Facebook Ads EU"), field("reason", "Reason", max_length=20)],
}


async def test_by_keyboard_only(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    stop = {"type": "button", "text": plain("Stop job"), "action_id": "stop", "value": "987"}
    workspace.posts("job 987", blocks=[{"type": "actions", "block_id": "row", "elements": [stop]}])
    button = tab.get_by_role("button", name="Stop job", exact=True)
    await button.focus()
    workspace.answers = lambda _: workspace.opens(CHECKING)
    await tab.keyboard.press("Enter")
    dialog = tab.get_by_role("dialog", name="Stop job 987?")
    await expect(dialog).to_contain_text("Checking job 987 …")
    await expect(dialog.get_by_role("button", name="Keep running")).to_be_focused()
    workspace.answers = None
    workspace.opens(ASKING)
    reason = dialog.get_by_role("textbox", name="Reason")
    await expect(reason).to_be_focused()
    await tab.keyboard.type("runaway fetch")
    await picture(tab)
    walk = [await _next_focused(tab) for _ in range(4)]
    assert walk == ["Keep running", "Stop job 987", "Close the window", "Reason"]
    await tab.keyboard.press("Shift+Tab")
    await tab.keyboard.press("Shift+Tab")
    await expect(dialog.get_by_role("button", name="Stop job 987")).to_be_focused()
    await tab.keyboard.press("Enter")
    await expect(dialog).to_be_hidden()
    await expect(button).to_be_focused()
    values = {"reason": {"reason_input": {"type": "plain_text_input", "value": "runaway fetch"}}}
    assert (await workspace.did(2))[1] == ("submit", ANA, values)


async def _next_focused(tab: Page) -> str:
    await tab.keyboard.press("Tab")
    return str(await tab.evaluate("(document.activeElement.ariaLabel ?? document.activeElement.labels?.[0]?.innerText)"
                                  " || document.activeElement.innerText"))  # fmt: skip


async def test_escape_closes_it_and_the_bot_hears_of_it(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.opens(ASKING)
    await expect(tab.get_by_role("dialog")).to_be_visible()
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_be_hidden()
    await expect(tab.get_by_role("combobox", name="Message #inc-data")).to_be_focused()
    assert await workspace.did() == [("close", ANA)]


async def test_what_is_required_is_asked_for_before_the_bot_is(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.opens(ASKING)
    await tab.get_by_role("button", name="Stop job 987").click()
    await expect(tab.get_by_role("alert").filter(has_text="Please complete this required field.")).to_be_visible()
    await expect(tab.get_by_role("textbox", name="Reason")).to_be_focused()
    assert workspace.done == []


async def test_the_bots_errors_stand_at_their_fields(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    def too_old(_: object) -> None:
        raise CannotBeDone("", {"reason": "This was asked 20 minutes ago."})

    workspace.opens(ASKING)
    workspace.answers = too_old
    reason = tab.get_by_role("textbox", name="Reason")
    await reason.fill("late")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("alert").filter(has_text="This was asked 20 minutes ago.")).to_be_visible()
    await expect(reason).to_have_attribute("aria-invalid", "true")
    await expect(reason).to_be_focused()
    await expect(reason).to_have_value("late")
    await picture(tab)


async def test_submitting_waits_and_silence_is_said(tab: Page, workspace: ScriptedWorkspace) -> None:
    answered = asyncio.Event()

    async def slowly(_: object) -> None:
        await answered.wait()
        silence()

    workspace.opens(ASKING)
    workspace.answers = slowly
    await tab.get_by_role("textbox", name="Reason").fill("why not")
    submit = tab.get_by_role("button", name="Stop job 987")
    await submit.click()
    await expect(submit).to_have_attribute("aria-busy", "true")
    await tab.keyboard.press("Enter")
    answered.set()
    await expect(tab.get_by_role("alert").filter(has_text="jobbot did not respond.")).to_be_visible()
    await expect(submit).not_to_have_attribute("aria-busy", "true")
    assert len(await workspace.did(1)) == 1


async def test_an_update_keeps_what_was_typed(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.opens(ASKING)
    await tab.get_by_role("textbox", name="Reason").fill("runaway")
    workspace.opens({**ASKING, "blocks": [section("It ends soon."), *ASKING["blocks"][1:]]})
    await expect(tab.get_by_role("dialog")).to_contain_text("It ends soon.")
    await expect(tab.get_by_role("textbox", name="Reason")).to_have_value("runaway")
    await expect(tab.get_by_role("textbox", name="Reason")).to_be_focused()


async def test_a_field_takes_no_more_than_it_may(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.opens(ASKING)
    await tab.get_by_role("textbox", name="Reason").press_sequentially("x" * 25)
    await expect(tab.get_by_role("textbox", name="Reason")).to_have_value("x" * 20)


OPTIONS = [{"text": plain(words), "value": words.lower()} for words in ("Hand", "Schedule")]


@pytest.mark.parametrize(
    ("element", "state"),
    [
        ({"type": "plain_text_input", "multiline": True, "initial_value": "a\nb"}, {"value": "a\nb"}),
        ({"type": "number_input", "initial_value": "15", "is_decimal_allowed": False}, {"value": "15"}),
        ({"type": "email_text_input", "initial_value": "ana@acme.example"}, {"value": "ana@acme.example"}),
        ({"type": "static_select", "options": OPTIONS, "initial_option": OPTIONS[1]}, {"selected_option": OPTIONS[1]}),
        ({"type": "radio_buttons", "options": OPTIONS, "initial_option": OPTIONS[0]}, {"selected_option": OPTIONS[0]}),
        ({"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS}, {"selected_options": OPTIONS}),
        ({"type": "multi_users_select", "initial_users": ["U0BEN"]}, {"selected_users": ["U0BEN"]}),
        ({"type": "datepicker", "initial_date": "2026-03-04"}, {"selected_date": "2026-03-04"}),
        ({"type": "datetimepicker", "initial_date_time": 1772620200}, {"selected_date_time": 1772620200}),
        ({"type": "plain_text_input"}, {"value": None}),
    ],
)  # fmt: skip
async def test_every_input_is_sent_as_slack_does(
    tab: Page, workspace: ScriptedWorkspace, element: dict[str, Any], state: dict[str, Any]
) -> None:
    workspace.opens({**ASKING, "blocks": [field("one", "One", optional=True, **element)]})
    await tab.get_by_role("button", name="Stop job 987").click()
    await expect(tab.get_by_role("dialog")).to_be_hidden()
    assert (await workspace.did())[0] == ("submit", ANA, {"one": {"one_input": {"type": element["type"], **state}}})


FIELDS = modal("act_fetch", "Fetch again?", window(), metadata="", close="Close", submit="Fetch").view
"""Two dates, a choice, check boxes in two groups, a number, a reason."""


@pytest.mark.parametrize("look", [("light", 380), ("dark", 1280)])
async def test_a_window_of_many_fields(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace, picture: Any, look: tuple[str, int]
) -> None:
    def refuse(_: object) -> None:
        raise CannotBeDone("", {"jobs": "These were 11 jobs, not 12.", "to": "This is before the first day."})

    tab = await open_tab(demo.url, color_scheme=look[0], viewport={"width": look[1], "height": 900})
    workspace.opens(FIELDS)
    dialog = tab.get_by_role("dialog", name="Fetch again?")
    count, first_box = dialog.get_by_label("How many"), dialog.get_by_role("checkbox").first
    await expect(dialog.get_by_label("From")).to_have_value("2025-11-01")
    await expect(first_box).to_be_checked()
    await expect(count).to_have_accessible_description("Type the number of jobs.")
    await dialog.get_by_label("To", exact=True).fill("2025-11-27")
    await dialog.get_by_label("Priority").click()
    await tab.get_by_role("option", name="When nothing else is running").click()
    await dialog.get_by_label("Facebook Ads 12").uncheck()
    await count.fill("seven")
    await dialog.get_by_role("button", name="Fetch", exact=True).click()
    await expect(count).to_be_focused()
    await expect(count).to_have_accessible_description("Type the number of jobs. Please enter a number.")
    assert workspace.done == []
    await count.fill("12")
    workspace.answers = refuse
    await dialog.get_by_role("button", name="Fetch", exact=True).click()
    await expect(dialog.get_by_label("To", exact=True)).to_be_focused()
    await expect(first_box).to_have_attribute("aria-invalid", "true")
    await expect(count).not_to_have_attribute("aria-invalid", "true")
    await picture(tab)
    assert await dialog.locator(".dialog-body").evaluate("node => node.scrollWidth <= node.clientWidth")
    [sent] = await workspace.did()
    held = {block: next(iter(states.values())) for block, states in sent[2].items()}
    assert [held["from"]["selected_date"], held["to"]["selected_date"]] == ["2025-11-01", "2025-11-27"]
    assert [held["priority"]["selected_option"]["value"], held["count"]["value"]] == ["backdata", "12"]
    assert [one["value"] for one in held["jobs.2"]["selected_options"]] == ["911"]
