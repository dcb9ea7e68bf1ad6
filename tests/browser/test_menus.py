"""Overflow menus and selects, as Slack opens them: over everything, where there is room, by mouse and by keys."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenTab
from tests.browser.scripted import ANA, ScriptedWorkspace

pytestmark = pytest.mark.slow

JOBS = ["The Trade Desk", "Salesforce Opportunities", "LinkedIn Campaign Manager", "Facebook Ads EU"]


def option(words: str, **more: Any) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": words}, "value": words.lower(), **more}


def row(number: int) -> dict[str, Any]:
    menu = {
        "type": "overflow",
        "action_id": "row",
        "options": [option("Details"), option("Watch"), option("Stop job…")],
    }
    words = {"type": "mrkdwn", "text": f"*{JOBS[number % 4]}*\nsecond line"}
    return {"type": "section", "block_id": f"row-{number}", "text": words, "accessory": menu}


def select(**more: Any) -> dict[str, Any]:
    element = {
        "type": "static_select",
        "action_id": "open",
        "placeholder": {"type": "plain_text", "text": "Open a job"},
        "options": [option(f":large_blue_circle: {name}") for name in JOBS],
        **more,
    }
    return {"type": "actions", "block_id": "foot", "elements": [element]}


async def test_the_menu_of_the_last_row_is_whole_within_the_page(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    workspace.posts("jobs", blocks=[row(number) for number in range(12)])
    last = tab.get_by_role("button", name="More actions").last
    await last.click()
    menu = tab.get_by_role("menu")
    await expect(menu.get_by_role("menuitem")).to_have_text(["Details", "Watch", "Stop job…"])
    box = await menu.bounding_box()
    assert box is not None
    assert box["y"] >= 0
    assert box["y"] + box["height"] <= 800
    assert await menu.evaluate(
        """node => [...node.children].every((item) => {
            const { left, top, width, height } = item.getBoundingClientRect();
            return document.elementFromPoint(left + width / 2, top + height / 2) === item;
        })"""
    ), "nothing lies over it"
    await picture(tab)
    await menu.get_by_role("menuitem", name="Watch").click()
    [(_, _, action)] = await workspace.did()
    assert (action["block_id"], action["selected_option"]["value"]) == ("row-11", "watch")


async def test_a_click_elsewhere_closes_a_menu_and_an_edit_leaves_the_focus_at_its_row(
    tab: Page, workspace: ScriptedWorkspace
) -> None:
    message = workspace.posts("jobs", blocks=[row(number) for number in range(3)])
    await tab.get_by_role("button", name="More actions").nth(1).click()
    await tab.get_by_role("heading", name="#inc-data").click()
    await expect(tab.get_by_role("menu")).to_have_count(0)
    await tab.get_by_role("button", name="More actions").nth(1).press("Enter")
    await expect(tab.get_by_role("menuitem", name="Details")).to_be_focused()
    workspace.edits(message, blocks=[{**row(number), "block_id": f"new-{number}"} for number in range(3)])
    await expect(tab.locator("[data-block=new-1] .overflow")).to_be_focused()
    assert workspace.done == []


async def test_a_select_by_keys_narrows_to_what_is_typed(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    workspace.posts("jobs", blocks=[select()])
    menu = tab.get_by_role("combobox", name="Open a job", exact=True)
    await expect(menu).to_have_text("Open a job")
    await menu.press("ArrowDown")
    options = tab.get_by_role("listbox", name="Open a job").get_by_role("option")
    await expect(options).to_have_text([f"🔵 {name}" for name in JOBS])
    await expect(options.first).to_have_attribute("aria-selected", "true")
    await tab.keyboard.press("ArrowUp")
    await expect(options.last).to_have_attribute("aria-selected", "true")
    search = tab.get_by_role("combobox", name="Search: Open a job")
    await expect(search).to_be_focused()
    await expect(search).to_have_attribute("aria-activedescendant", str(await options.last.get_attribute("id")))
    await tab.keyboard.type("o")
    await tab.keyboard.type("pp")
    await expect(options).to_have_text(["🔵 Salesforce Opportunities"])
    await picture(tab)
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("listbox")).to_have_count(0)
    await expect(menu).to_be_focused()
    assert workspace.done == []
    await tab.keyboard.press("Enter")
    await tab.keyboard.type("zzz")
    await expect(tab.get_by_text("No results")).to_be_visible()
    await search.fill("trade")
    await tab.keyboard.press("Enter")
    await expect(menu).to_have_text("🔵 The Trade Desk")
    chosen = option(":large_blue_circle: The Trade Desk")
    sent = {"type": "static_select", "selected_option": chosen, "action_id": "open", "block_id": "foot"}
    assert await workspace.did() == [("act", ANA, sent)]


async def test_a_select_that_asks_first_and_one_in_groups(tab: Page, workspace: ScriptedWorkspace) -> None:
    words = {name: {"type": "plain_text", "text": name} for name in ("title", "text", "confirm", "deny")}
    groups = [
        {"label": {"type": "plain_text", "text": "Running"}, "options": [option("One", description=words["text"])]},
        {"label": {"type": "plain_text", "text": "Failed"}, "options": [option("Two")]},
    ]
    workspace.posts("jobs", blocks=[select(options=None, option_groups=groups, confirm=words)])
    menu = tab.get_by_role("combobox", name="Open a job", exact=True)
    await menu.click()
    await tab.get_by_role("group", name="Failed").get_by_role("option", name="Two").click()
    await tab.get_by_role("dialog", name="title").get_by_role("button", name="confirm").click()
    [(_, _, action)] = await workspace.did()
    assert action["selected_option"] == option("Two")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone(
    open_tab: OpenTab, demo: Any, workspace: ScriptedWorkspace, scheme: str, picture: Any
) -> None:
    tab = await open_tab(demo.url, viewport={"width": 380, "height": 760}, color_scheme=scheme)
    workspace.posts("jobs", blocks=[*(row(number) for number in range(6)), select()])
    await tab.get_by_role("combobox", name="Open a job", exact=True).click()
    for popup in (tab.locator(".choices"), tab.locator(".menu")):
        box = await popup.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 380
        assert box["y"] + box["height"] <= 760
        await picture(tab)
        await tab.keyboard.press("Escape")
        await tab.get_by_role("button", name="More actions").last.click()
