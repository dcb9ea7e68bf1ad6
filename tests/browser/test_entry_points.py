"""Shortcuts, menus that the bot fills, previews of links, edits and the Home tab, as Slack's client has them."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from jobbot.playground.page.page import PageOf
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ANA, BEN, INC_DATA, ScriptedWorkspace, silence

pytestmark = pytest.mark.slow


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def option(words: str, value: str) -> dict[str, Any]:
    return {"text": plain(words), "value": value}


def section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def button(words: str, action: str) -> dict[str, Any]:
    return {"type": "button", "action_id": action, "text": plain(words)}


def field(label: str, block: str, **element: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": block, "label": plain(label), "element": {"action_id": "a", **element}}


FIELDS = [
    field("Datastream", "stream", type="external_select", min_query_length=1, placeholder=plain("Any")),
    field("Channel", "channel", type="conversations_select", initial_conversation=INC_DATA),
]
FINDING = {"title": plain("Find jobs"), "submit": plain("Show"), "close": plain("Cancel"), "blocks": FIELDS}
PREVIEW = {
    "url": "https://acme.example/datastreams/42",
    "blocks": [
        section("*Facebook Ads EU*\n:red_circle: Failed 10:12"),
        {"type": "actions", "block_id": "row", "elements": [button("Details", "show")]},
    ],
}


async def menu_of(tab: Page, words: str) -> Locator:
    """The menu of the message with these words, opened."""
    message = tab.locator(".channel-pane .message").filter(has_text=words)
    await message.get_by_role("button", name="Shortcuts for the message of").click()
    return tab.get_by_role("menu")


async def test_shortcuts_are_in_the_message_box_and_at_each_message(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    message = workspace.posts("987 again?", by=BEN)
    await tab.get_by_role("button", name="Shortcuts", exact=True).click()
    await expect(tab.get_by_role("menuitem")).to_have_text(["Find jobsLook for jobs"])
    await tab.get_by_role("menuitem").press("Enter")
    menu = await menu_of(tab, "987 again?")
    await expect(menu.get_by_role("menuitem")).to_have_text(["Jobs named herejobbot", "Copy link"])
    await picture(tab)
    await menu.get_by_role("menuitem", name="Jobs named here").click()
    assert await workspace.did(2) == [
        ("shortcut", ANA, "find", INC_DATA, None),
        ("shortcut", ANA, "named", INC_DATA, message["ts"]),
    ]
    workspace.answers = silence
    await tab.get_by_role("button", name="Shortcuts", exact=True).click()
    await tab.get_by_role("menuitem").click()
    await expect(tab.get_by_role("alert").filter(has_text="jobbot did not respond.")).to_be_visible()


async def test_an_own_message_is_edited_where_it_stands_and_its_link_is_copied(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    link = "https://acme.slack.com/archives/C0INC/p1"
    said = "what of <https://acme.example/a?b=1&amp;c=2>, <@U0BEN>? &lt;3"
    mine = workspace.posts(said, by=ANA, link=link)
    await tab.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await (await menu_of(tab, "what of")).get_by_role("menuitem", name="Copy link").click()
    await expect(tab.get_by_role("status").filter(has_text="Link copied")).to_be_visible()
    assert await tab.evaluate("navigator.clipboard.readText()") == link
    await (await menu_of(tab, "what of")).get_by_role("menuitem", name="Edit message").click()
    box = tab.get_by_role("textbox", name="Edit message")
    await expect(box).to_be_focused()
    await expect(box).to_have_value("what of https://acme.example/a?b=1&c=2, @ben? <3")
    await box.fill("@jobbot 987")
    workspace.edits(mine, previews=[PREVIEW])
    await expect(tab.get_by_role("group", name="Preview by jobbot")).to_be_visible()
    await expect(box).to_have_value("@jobbot 987")
    await expect(box).to_be_focused()
    await picture(tab)
    await box.press("Enter")
    assert (await workspace.did())[0] == ("edit", ANA, INC_DATA, mine["ts"], "@jobbot 987")
    await expect(box).to_have_count(0)
    await expect(tab.get_by_role("combobox", name="Message #inc-data")).to_be_focused()


async def test_esc_leaves_a_message_as_it_was_and_nobody_elses_can_be_edited(
    tab: Page, workspace: ScriptedWorkspace
) -> None:
    workspace.posts("mine", by=ANA)
    workspace.posts("of Ben", by=BEN)
    await expect((await menu_of(tab, "of Ben")).get_by_role("menuitem", name="Edit message")).to_have_count(0)
    await tab.keyboard.press("Escape")
    await (await menu_of(tab, "mine")).get_by_role("menuitem", name="Edit message").click()
    await tab.get_by_role("textbox", name="Edit message").fill("other")
    await tab.keyboard.press("Escape")
    await expect(tab.get_by_role("textbox", name="Edit message")).to_have_count(0)
    await expect(tab.locator(".message").filter(has_text="mine")).to_be_visible()
    assert workspace.done == []


async def test_a_menu_of_the_bots_is_filled_while_one_types(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    workspace.options = [option("Facebook Ads EU", "42"), option("Facebook Ads US", "43")]
    workspace.opens(FINDING)
    window = tab.get_by_role("dialog", name="Find jobs")
    stream = window.get_by_role("combobox", name="Datastream")
    await stream.click()
    await expect(tab.get_by_text("Type 1 or more characters to search")).to_be_visible()
    await tab.get_by_role("combobox", name="Search: ").fill("face")
    await expect(window.get_by_role("option")).to_have_text(["Facebook Ads EU", "Facebook Ads US"])
    await expect(window.get_by_role("listbox", name="Datastream")).to_be_visible()
    await picture(tab)
    await tab.keyboard.press("ArrowDown")
    await tab.keyboard.press("Enter")
    await expect(stream).to_have_text("Facebook Ads US")
    workspace.opens({**FINDING, "blocks": [section("changed"), *FIELDS]})
    await expect(tab.get_by_text("changed")).to_be_visible()
    await expect(stream).to_have_text("Facebook Ads US")
    await window.get_by_role("combobox", name="Channel").click()
    await expect(window.get_by_role("option")).to_have_text(["#inc-data", "#random"])
    await window.get_by_role("option", name="#random").click()
    await tab.get_by_role("button", name="Show", exact=True).click()
    searched, submitted = (await workspace.did(2))[:2]
    assert searched[2:] == ("face", {"type": "external_select", "action_id": "a", "block_id": "stream"})
    values = submitted[2]
    assert values["stream"]["a"] == {"type": "external_select", "selected_option": option("Facebook Ads US", "43")}
    assert values["channel"]["a"]["selected_conversation"] == "C0RND"


async def test_a_menu_that_nobody_fills_says_so(tab: Page, workspace: ScriptedWorkspace) -> None:
    workspace.opens(FINDING)
    await tab.get_by_role("dialog").get_by_role("combobox", name="Datastream").click()
    search = tab.get_by_role("combobox", name="Search: ")
    await search.fill("x")
    await expect(tab.get_by_text("No results")).to_be_visible()
    workspace.answers = silence
    await search.fill("xy")
    await expect(tab.get_by_text("jobbot did not respond.")).to_be_visible()


async def test_a_link_has_its_preview_below_and_is_told_of_before_it_is_sent(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    message = workspace.posts("see <https://acme.example/datastreams/42>", by=BEN)
    workspace.edits(message, edited=False, previews=[PREVIEW])
    preview = tab.get_by_role("group", name="Preview by jobbot")
    await expect(preview).to_contain_text("Facebook Ads EU")
    await picture(tab)
    await preview.get_by_role("button", name="Details").click()
    [(_, _, action)] = await workspace.did()
    assert (action["action_id"], action["block_id"]) == ("show", "row")
    await tab.get_by_role("combobox", name="Message #inc-data").fill("and https://acme.example/datastreams/43")
    assert (await workspace.did(2))[1] == ("draft", ANA, INC_DATA, "and https://acme.example/datastreams/43")


@pytest.mark.parametrize("look", [("light", 1280), ("dark", 380)], ids=["light", "phone"])
async def test_the_home_tab_is_filled_when_one_comes_to_it(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace, picture: Any, look: tuple[str, int]
) -> None:
    scheme, width = look
    workspace.has_home = True
    tab = await open_tab(demo.url, color_scheme=scheme, viewport={"width": width, "height": 800})
    if width < 720:
        await tab.get_by_role("button", name="Channels and people").click()
    await tab.get_by_role("navigation").get_by_role("button", name="jobbot").click()
    await expect(tab.get_by_role("tab", name="Home")).to_have_attribute("aria-selected", "true")
    await expect(tab.get_by_role("tabpanel")).to_contain_text("Nothing is published here yet.")
    assert await workspace.did() == [("home", ANA)]
    workspace.publishes(
        section("*What you can type*\n`/jobs failed`"), {"type": "actions", "elements": [button("Help", "help")]}
    )
    await expect(tab.get_by_role("tabpanel")).to_contain_text("What you can type")
    await picture(tab)
    await tab.get_by_role("tabpanel").get_by_role("button", name="Help").click()
    assert (await workspace.did(2))[1][2]["action_id"] == "help"
    await tab.get_by_role("tab", name="Home").press("ArrowRight")
    await expect(tab.get_by_role("tab", name="Messages")).to_be_focused()
    await expect(tab.get_by_text("Sending messages to this app has been turned off.")).to_be_visible()
    await tab.get_by_role("tab", name="Home").click()
    assert (await workspace.did(3))[2] == ("home", ANA)
