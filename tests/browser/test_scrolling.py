"""Where one is in a channel: at its end, further up, or away; what came meanwhile is below a line, and one key away."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from tests.browser.scripted import BEN, RANDOM, ScriptedWorkspace

pytestmark = pytest.mark.slow


async def filled(tab: Page, workspace: ScriptedWorkspace, many: int = 40) -> Locator:
    """The channel's list, with more in it than fits."""
    for number in range(many):
        workspace.posts(f"message {number}", by=BEN)
    await expect(tab.locator(".message").last).to_contain_text(f"message {many - 1}")
    return tab.get_by_role("region", name="Messages in #inc-data")


GOES_UP = """node => {
    const isKnown = !node.parentElement.querySelector(".jump").hidden;
    if (!isKnown) node.scrollTop = node.scrollHeight - node.clientHeight - 400;
    return isKnown;
}"""


async def scrolls_up(listing: Locator) -> None:
    """Until the page knows: the event comes a frame later, and what is drawn just then goes to the end once more."""
    node = await listing.element_handle()
    await listing.page.wait_for_function(GOES_UP, arg=node, polling=50)


IS_AT_END = "node => node.scrollHeight - node.scrollTop - node.clientHeight < 2"


async def is_at_end(tab: Page) -> None:
    await tab.wait_for_function(f"({IS_AT_END})(document.querySelector('.scroller'))")


def jump(tab: Page) -> Locator:
    return tab.locator(".channel-pane .jump")


async def test_whoever_scrolled_up_stays_there_and_is_told_of_what_is_new(
    tab: Page, workspace: ScriptedWorkspace, picture: Any
) -> None:
    listing = await filled(tab, workspace)
    await expect(jump(tab)).to_be_hidden()
    await scrolls_up(listing)
    await expect(jump(tab)).to_have_text("Latest")
    workspace.posts("one more", by=BEN)
    await expect(jump(tab)).to_have_text("1 new message")
    workspace.posts("and another", by=BEN)
    await expect(jump(tab)).to_have_text("2 new messages")
    assert not await listing.evaluate(IS_AT_END)
    await picture(tab)
    await jump(tab).press("Enter")
    await is_at_end(tab)
    await expect(jump(tab)).to_be_hidden()
    line = tab.locator(".day.new")
    await expect(line).to_have_text("New")
    assert await line.evaluate("node => node.nextElementSibling.textContent.includes('one more')")
    await picture(tab)


async def test_ones_own_message_scrolls_to_the_end_and_nothing_is_new_any_more(
    tab: Page, workspace: ScriptedWorkspace
) -> None:
    listing = await filled(tab, workspace)
    await scrolls_up(listing)
    workspace.posts("one more", by=BEN)
    await expect(tab.locator(".day.new")).to_have_count(1)
    await tab.locator(".channel-pane .box").fill("/jobs")
    await tab.keyboard.press("Enter")
    await is_at_end(tab)
    await expect(tab.locator(".day.new")).to_have_count(0)
    workspace.posts("an answer")
    await expect(tab.locator(".message").last).to_contain_text("an answer")
    await is_at_end(tab)


async def test_a_channel_that_one_comes_to_says_what_is_new_in_it(tab: Page, workspace: ScriptedWorkspace) -> None:
    channels = tab.get_by_role("navigation")
    await channels.get_by_role("button", name="random").click()
    await expect(tab.get_by_role("heading", name="#random")).to_be_visible()
    workspace.posts("seen", by=BEN, to=RANDOM)
    await expect(tab.locator(".message").last).to_contain_text("seen")
    await channels.get_by_role("button", name="inc-data").click()
    workspace.posts("not seen", by=BEN, to=RANDOM)
    workspace.posts("not seen either", by=BEN, to=RANDOM)
    await channels.get_by_role("button", name="random 2 new").click()
    line = tab.locator(".day.new")
    await expect(line).to_have_count(1)
    assert await line.evaluate("node => node.nextElementSibling.textContent.includes('not seen')")
    await channels.get_by_role("button", name="inc-data").click()
    await channels.get_by_role("button", name="random").click()
    await expect(tab.locator(".message").last).to_contain_text("not seen either")
    await expect(tab.locator(".day.new")).to_have_count(0)
