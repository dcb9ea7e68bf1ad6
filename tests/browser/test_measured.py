"""How much room the answers take, measured where the demo draws them: on a laptop's screen, and in a narrow channel."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from jobbot.playground.adverity import LocalAdverity
from tests.browser.conftest import OpenTab
from tests.browser.played import Played
from tests.browser.test_stories import it, said, types

__all__ = ["it"]  # a fixture

pytestmark = pytest.mark.slow

LAPTOP = {"width": 1280, "height": 800}
HEIGHT, WIDTH = 580, 560
LINE = 22
"""Pixels of a line of text, and a little more where an emoji stands in it."""

NAMES = (
    "Facebook Ads EU Performance Campaigns x0",
    "Google Ads US Brand and Generic Search 1",
    "TikTok Ads DACH Awareness Autumn 2026 x2",
    "Salesforce Opportunities and Accounts x3",
    "LinkedIn Campaign Manager Lead Forms x 4",
    "The Trade Desk Connected TV Nordics x x5",
    "Amazon Advertising UK Sponsored Brands 6",
    "Microsoft Advertising Shopping Spain x 7",
    "Weekly store sales of all franchises x 8",
)
"""Of 40 characters."""


async def test_nine_jobs_fit_the_channel(it: Played, open_tab: OpenTab, picture: Any) -> None:
    tab = await open_tab(it.page.url, viewport=LAPTOP)
    channel = await tab.locator(".channel-pane .scroller").bounding_box()
    assert channel is not None
    assert channel["height"] >= HEIGHT
    await types(tab, "/jobs")
    listing = said(tab, "9 jobs")
    await expect(listing.get_by_role("button", name="Refresh")).to_be_visible()
    box = await listing.bounding_box()
    assert box is not None
    assert box["height"] <= HEIGHT
    await picture(tab)


def nine_running(adverity: LocalAdverity) -> None:
    """Instead of all that runs: nine jobs of datastreams whose names have 40 characters."""
    for sight in adverity.sights():
        if not sight.is_over:
            adverity.forgets(sight.job.id)
    for number, name in enumerate(NAMES):
        assert len(name) == 40
        adverity.has_datastream(800 + number, name.replace("  ", " x"))
        adverity.has_job(
            50_000 + number, datastream=800 + number, progress=11 * number, manual=True, by="tom@acme.example"
        )


async def lines_of_rows(tab: Page) -> dict[str, float]:
    """The first words and the height in lines of every row, where a message is ``WIDTH`` wide."""
    await tab.locator(".content").last.evaluate(f"node => {{ node.style.width = '{WIDTH}px'; }}")
    rows: list[tuple[str, float]] = (
        await tab.locator(".message")
        .last.locator(".section .text")
        .evaluate_all(f"all => all.map((one) => [one.textContent.slice(0, 30), one.clientHeight / {LINE}])")
    )
    return dict(rows)


async def test_a_row_is_two_lines_also_for_long_names(it: Played, open_tab: OpenTab, picture: Any) -> None:
    nine_running(it.adverity)
    tab = await open_tab(it.page.url, viewport=LAPTOP)
    await types(tab, "/jobs")
    await expect(said(tab, "9 jobs").get_by_role("button", name="Refresh")).to_be_visible()
    rows = await lines_of_rows(tab)
    assert len(rows) == 9
    assert {words: lines for words, lines in rows.items() if lines >= 2.5} == {}
    await picture(tab)
