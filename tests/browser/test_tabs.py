"""Several tabs, several people, and a server that was away."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.adverity import HandClock, LocalAdverity
from jobbot.playground.page.page import PageOf
from jobbot.playground.page.story import JOBS
from jobbot.playground.page.wire import WireLog
from jobbot.playground.page.world import AdverityPanel, World
from tests.browser.conftest import OpenTab
from tests.browser.scripted import ANA, BEN, RANDOM, ScriptedSlackPanel, ScriptedWorkspace

pytestmark = pytest.mark.slow


async def test_two_tabs_see_the_same_and_each_what_is_theirs(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace
) -> None:
    ana, ben = await open_tab(demo.url), await open_tab(demo.url)
    await ben.get_by_role("radio", name="Ben").check(force=True)
    await expect(ben.get_by_role("radio", name="Ben")).to_be_checked()
    workspace.posts("for all")
    workspace.posts("for Ben", only=BEN)
    await expect(ana.locator(".message .content")).to_have_text(["for all"])
    await expect(ben.locator(".message .content")).to_have_text(["for all", "for Ben"])
    await ben.get_by_role("radio", name="Ana").check(force=True)
    await expect(ben.locator(".message .content")).to_have_text(["for all"])


async def test_a_window_opens_to_the_one_person_it_is_for(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace
) -> None:
    ana, ben = await open_tab(demo.url), await open_tab(demo.url)
    await ben.get_by_role("radio", name="Ben").check(force=True)
    await expect(ben.get_by_role("radio", name="Ben")).to_be_checked()
    workspace.opens({"title": {"type": "plain_text", "text": "Stop?"}, "blocks": []}, to=ANA)
    await expect(ana.get_by_role("dialog", name="Stop?")).to_be_visible()
    await expect(ben.get_by_role("dialog")).to_have_count(0)


async def test_a_tab_that_comes_late_finds_everything(
    demo: PageOf, open_tab: OpenTab, workspace: ScriptedWorkspace
) -> None:
    workspace.posts("said before")
    workspace.opens({"title": {"type": "plain_text", "text": "Stop?"}, "blocks": []})
    tab = await open_tab(demo.url)
    await expect(tab.locator(".message .content")).to_have_text("said before")
    await expect(tab.get_by_role("dialog", name="Stop?")).to_be_visible()


async def test_a_server_that_was_away_is_caught_up_with(
    open_tab: OpenTab, workspace: ScriptedWorkspace, adverity: LocalAdverity, wire: WireLog
) -> None:
    def served(port: int) -> PageOf:
        world = World(AdverityPanel(adverity), ScriptedSlackPanel())
        return PageOf(workspace, world, wire, now=HandClock(), commands=[JOBS], suggestions=list, port=port)

    async with served(0) as before:
        port = int(before.url.rpartition(":")[2].rstrip("/"))
        tab = await open_tab(before.url)
        await tab.get_by_role("radio", name="Ben").check(force=True)
        await tab.get_by_role("navigation").get_by_role("button", name="random").click()
        workspace.posts("before", to=RANDOM)
        await expect(tab.locator(".message .content")).to_have_text(["before"])
    await expect(tab.get_by_text("The connection to jobbot demo is lost.")).to_be_visible()
    await tab.keyboard.type("anybody?")
    await tab.keyboard.press("Enter")
    await expect(tab.get_by_role("alert")).to_contain_text("The page has lost jobbot demo.")
    workspace.posts("meanwhile", to=RANDOM)
    workspace.posts("only Ana", to=RANDOM, only=ANA)
    async with served(port):
        await expect(tab.locator(".message .content")).to_have_text(["before", "meanwhile"])
        await expect(tab.get_by_text("The connection to jobbot demo is lost.")).to_be_hidden()
        await expect(tab.get_by_role("radio", name="Ben")).to_be_checked()
        workspace.posts("after", to=RANDOM)
        await expect(tab.locator(".message .content")).to_have_text(["before", "meanwhile", "after"])


async def test_what_comes_is_told_to_screen_readers_once(tab: Page, workspace: ScriptedWorkspace) -> None:
    live: Any = tab.locator("#live")
    message = workspace.posts("*Running* &lt;b&gt; <https://x.example|job 987>")
    await expect(live).to_have_text("jobbot: Running <b> job 987")
    workspace.posts("what I said", by=ANA)
    workspace.edits(message, text="other")
    await expect(tab.locator(".message .content").first).to_have_text("other")
    await expect(live).to_have_text("jobbot: Running <b> job 987")
    workspace.posts("not for you", only=ANA)
    await expect(live).to_have_text("jobbot, only visible to you: not for you")
