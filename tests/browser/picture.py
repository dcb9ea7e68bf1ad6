"""Takes README's pictures: ``python -m tests.browser.picture .github`` writes ``demo.png`` and ``jobs.png`` there.

The first is the demo's page with the runaway job stopped, the second the answer to ``/jobs`` alone. The story is seeded
and its clock stands still, so that they change when the page does (and by the wire's milliseconds).
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, ViewportSize, async_playwright, expect

from tests.browser.conftest import BROWSERS, FLAGS
from tests.browser.played import Played, played

PAGE = ViewportSize(width=1440, height=900)
CHANNEL_ALONE = ViewportSize(width=900, height=1000)
"""Where the channel is as wide as Slack draws a message."""


async def take(folder: Path) -> None:
    """Both of them, in light colours."""
    with tempfile.TemporaryDirectory() as kept:
        async with played(Path(kept), opening=True) as demo, async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=next(filter(None, map(shutil.which, BROWSERS)), None), args=list(FLAGS)
            )
            for takes, name, size, scale in (
                (_take_jobs, "jobs.png", CHANNEL_ALONE, 2),
                (_take_page, "demo.png", PAGE, 1),
            ):
                tab = await browser.new_page(viewport=size, reduced_motion="reduce", device_scale_factor=scale)
                await tab.goto(demo.page.url)
                await takes(tab, demo, folder / name)
            await browser.close()


async def _take_jobs(tab: Page, _: Played, path: Path) -> None:
    await tab.get_by_role("button", name="What is running?").click()
    await tab.get_by_role("button", name="What is running? (done)").wait_for()
    answer = tab.locator(".message").filter(has_text="The Trade Desk").last
    await answer.get_by_role("button", name="Refresh").wait_for()
    await tab.mouse.move(0, 0)
    await answer.screenshot(path=path, animations="disabled")


async def _take_page(tab: Page, demo: Played, path: Path) -> None:
    await tab.get_by_role("button", name="Stop the runaway").click()
    await tab.get_by_role("dialog").get_by_role("button", name="Stop job").click()
    await demo.stop_arrives()
    await expect(tab.locator(".message").last).to_contain_text("Stopped")
    await expect(tab.locator(".job").filter(has_text=f"{demo.runaway} ·")).to_contain_text("Cancelled")
    for faults in ("Faults at Adverity", "Faults at Slack"):
        await tab.locator("summary").filter(has_text=faults).click()
    await tab.locator(".channel-pane .box").focus()
    await tab.mouse.move(0, 0)
    await tab.screenshot(path=path, animations="disabled")


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1])))
