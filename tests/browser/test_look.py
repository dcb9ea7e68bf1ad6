"""The look, measured as the page draws it: how tall a list is, and how many lines a row takes."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser.scripted import ScriptedWorkspace
from tests.unit.render.gallery import as_given, folded

pytestmark = pytest.mark.slow

FORTY = "Facebook Ads Europe, Middle East, Africa"
"""A name of forty characters."""


async def draws(tab: Page, workspace: ScriptedWorkspace, message: Any, *, width: int) -> None:
    workspace.posts(message.text, blocks=list(message.blocks))
    await expect(tab.locator(".message .section")).not_to_have_count(0)
    await tab.locator(".message .content").evaluate("(node, width) => { node.style.width = `${width}px` }", width)


async def test_nine_jobs_fit_a_laptops_channel(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    await draws(tab, workspace, folded(as_given), width=600)
    await picture(tab)
    box = await tab.locator(".message").bounding_box()
    assert box is not None
    assert box["height"] <= 580


async def test_a_row_takes_two_lines_for_names_of_forty(tab: Page, workspace: ScriptedWorkspace, picture: Any) -> None:
    await draws(tab, workspace, folded(lambda words: words if "@" in words else FORTY), width=560)
    await picture(tab)
    rows = tab.locator(".message .section .body")
    heights = await rows.evaluate_all("nodes => nodes.map(one => one.clientHeight)")
    line = await rows.first.evaluate("one => one.querySelector('.line').getClientRects()[0].height")
    assert len(heights) == 8
    assert max(heights) <= 2.3 * line, heights
