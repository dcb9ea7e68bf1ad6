"""Pressing and choosing: what is sent, what is shown meanwhile, and what is said when nobody answered."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scripted import ANA, ScriptedWorkspace, silence

pytestmark = pytest.mark.slow


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def option(words: str) -> dict[str, Any]:
    return {"text": plain(words), "value": words.lower()}


def button(words: str, value: str = "987", **more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(words), "action_id": words.lower(), "value": value, **more}


def row(*elements: dict[str, Any], block_id: str = "row") -> list[dict[str, Any]]:
    return [{"type": "actions", "block_id": block_id, "elements": list(elements)}]


async def test_a_button_waits_for_the_bot(tab: Page, workspace: ScriptedWorkspace) -> None:
    acknowledged = asyncio.Event()
    workspace.answers = lambda _: acknowledged.wait()
    workspace.posts("job 987", blocks=row(button("Details", accessibility_label="Details of job 987")))
    details = tab.get_by_role("button", name="Details of job 987")
    await details.click()
    await expect(details).to_have_attribute("aria-busy", "true")
    await expect(details.get_by_role("img", name="Waiting for jobbot")).to_be_visible()
    await details.click()
    acknowledged.set()
    await expect(details).not_to_have_attribute("aria-busy", "true")
    await expect(details).to_be_focused()
    pressed = {
        "type": "button", "text": plain("Details"), "value": "987", "action_id": "details", "block_id": "row",
    }  # fmt: skip
    assert await workspace.did() == [("act", ANA, pressed)]


async def test_a_press_that_nobody_answered_says_so_and_can_be_tried_again(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    workspace.answers = silence
    workspace.posts("job 987", blocks=row(button("Details")))
    await tab.get_by_role("button", name="Details").click()
    await expect(tab.get_by_role("alert").filter(has_text="jobbot did not respond.")).to_be_visible()
    await picture(tab)
    workspace.answers = None
    await tab.get_by_role("button", name="Details").press("Enter")
    await expect(tab.get_by_text("jobbot did not respond.")).to_have_count(0)
    assert len(await workspace.did(2)) == 2


async def test_an_edit_keeps_the_focus_where_it_was(tab: Page, workspace: ScriptedWorkspace) -> None:
    message = workspace.posts("page 1", blocks=row(button("Newer", "2"), button("Older", "2"), button("Refresh", "1")))
    await tab.get_by_role("button", name="Older").focus()
    workspace.edits(message, blocks=row(button("Newer", "1"), button("Older", "3"), button("Refresh", "2")))
    await expect(tab.locator("[data-action=older][data-value='3']")).to_be_focused()


@pytest.mark.parametrize("keys", [["Enter"], ["Space"]])
async def test_a_confirmation_is_asked_first(tab: Page, workspace: ScriptedWorkspace, keys: list[str]) -> None:
    confirm = {"title": plain("Sure?"), "text": plain("It ends."), "confirm": plain("Do it"), "deny": plain("Leave it")}
    workspace.posts("job 987", blocks=row(button("Stop", confirm=confirm)))
    stop = tab.get_by_role("button", name="Stop", exact=True)
    await stop.focus()
    await tab.keyboard.press(keys[0])
    await expect(tab.get_by_role("dialog", name="Sure?")).to_contain_text("It ends.")
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    await expect(stop).to_be_focused()
    assert workspace.done == []
    await tab.keyboard.press(keys[0])
    await tab.get_by_role("button", name="Do it").press(keys[0])
    await expect(tab.get_by_role("dialog")).to_have_count(0)
    assert len(await workspace.did(1)) == 1


async def test_an_overflow_menu_by_keyboard(tab: Page, workspace: ScriptedWorkspace) -> None:
    entries = {"type": "overflow", "action_id": "more", "options": [option("Refresh"), option("Watch"), option("Stop")]}
    workspace.posts("job 987", blocks=row(entries))
    more = tab.get_by_role("button", name="More actions")
    await more.press("Enter")
    await expect(tab.get_by_role("menuitem", name="Refresh")).to_be_focused()
    await tab.keyboard.press("ArrowUp")
    await expect(tab.get_by_role("menuitem", name="Stop")).to_be_focused()
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("menu")).to_have_count(0)
    await expect(more).to_be_focused()
    await tab.keyboard.press("Enter")
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(more).to_be_focused()
    assert await workspace.did() == [
        ("act", ANA, {"type": "overflow", "selected_option": option("Watch"), "action_id": "more", "block_id": "row"})
    ]


@pytest.mark.parametrize(
    ("element", "choice", "chosen"),
    [
        ({"type": "static_select", "options": [option("Failed"), option("Running")]}, "Running",
         {"selected_option": option("Running")}),
        ({"type": "users_select"}, "Ben", {"selected_user": "U0BEN"}),
        ({"type": "channels_select"}, "#random", {"selected_channel": "C0RND"}),
        ({"type": "multi_static_select", "options": [option("A"), option("B")]}, ["A", "B"],
         {"selected_options": [option("A"), option("B")]}),
    ],
)  # fmt: skip
async def test_what_is_chosen_is_sent(
    tab: Page, workspace: ScriptedWorkspace, element: dict[str, Any], choice: Any, chosen: dict[str, Any]
) -> None:
    workspace.posts("choose", blocks=row({**element, "action_id": "pick", "placeholder": plain("Pick")}))
    menu = tab.get_by_label("Pick", exact=True)
    await menu.click()
    for one in choice if isinstance(choice, list) else [choice]:
        await tab.get_by_role("listbox", name="Pick").get_by_role("option", name=one).click()
    if isinstance(choice, list):
        await expect(tab.get_by_role("option", checked=True)).to_have_text(choice)
        assert workspace.done == []
        await tab.keyboard.press("Escape")
    await expect(menu).to_have_text(", ".join(choice) if isinstance(choice, list) else choice)
    await expect(menu).to_be_focused()
    await expect(menu).not_to_have_class("waiting")
    assert await workspace.did() == [
        ("act", ANA, {"type": element["type"], **chosen, "action_id": "pick", "block_id": "row"})
    ]


@pytest.mark.parametrize(
    ("element", "typed", "chosen"),
    [
        ({"type": "datepicker"}, "2026-03-05", {"selected_date": "2026-03-05"}),
        ({"type": "timepicker"}, "23:59", {"selected_time": "23:59"}),
        ({"type": "datetimepicker"}, "2026-03-29T03:30", {"selected_date_time": 1774747800}),
        ({"type": "datetimepicker"}, "2026-03-28T03:30", {"selected_date_time": 1774665000}),
    ],
)
async def test_what_is_picked_is_sent_and_means_the_readers_zone(
    tab: Page, workspace: ScriptedWorkspace, element: dict[str, Any], typed: str, chosen: dict[str, Any]
) -> None:
    workspace.posts("pick", blocks=row({**element, "action_id": "pick", "placeholder": plain("Pick")}))
    field = tab.locator("[data-block=row] input")
    await field.fill(typed)
    await field.dispatch_event("change")
    await expect(field).not_to_have_attribute("aria-busy", "true")
    assert (await workspace.did())[0] == (
        "act", ANA, {"type": element["type"], **chosen, "action_id": "pick", "block_id": "row"},
    )  # fmt: skip
