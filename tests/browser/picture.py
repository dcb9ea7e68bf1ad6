"""Takes README's pictures: ``python -m tests.browser.picture .github/demo.png [light|dark]``.

The page goes into that file, the answer to ``/jobs`` alone into ``jobs.png`` beside it.

The story is seeded and its clock stands still, so that the picture changes when the page does (and by the wire's
milliseconds).
"""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path

from playwright.async_api import Page, async_playwright, expect

from tests.browser.conftest import FLAGS
from tests.browser.played import played

LISTING = "What is running?"
"""The step of the demo whose answer is README's first picture."""


async def play(tab: Page, step: str) -> None:
    """Press a step of the story, and wait until it is ticked."""
    await tab.get_by_role("button", name=step).click()
    await tab.get_by_role("button", name=f"{step} (done)").wait_for()


async def take(path: Path, scheme: str) -> None:
    """The first minute, played to its end."""
    with tempfile.TemporaryDirectory() as folder:
        async with played(Path(folder)) as demo, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=shutil.which("chromium"), args=list(FLAGS))
            tab = await browser.new_page(
                viewport={"width": 1440, "height": 900},
                color_scheme="dark" if scheme == "dark" else "light",
                reduced_motion="reduce",
            )
            await tab.goto(demo.page.url)
            await play(tab, LISTING)
            await tab.set_viewport_size({"width": 1440, "height": 2000})  # so that no message is cut
            listed = tab.locator(".message").filter(has_text=f"{demo.runaway}").last
            await listed.screenshot(path=path.with_name("jobs.png"), animations="disabled")
            await tab.set_viewport_size({"width": 1440, "height": 900})
            await play(tab, "What failed last night?")
            await tab.get_by_role("button", name="Stop the runaway").click()
            await tab.get_by_role("dialog").get_by_role("button", name=f"Stop job {demo.runaway}").click()
            await demo.stop_arrives()
            await expect(tab.locator(".message").last).to_contain_text(f"Stopped The Trade Desk (job {demo.runaway})")
            await expect(tab.locator(".job").filter(has_text=f"{demo.runaway} ·")).to_contain_text("Cancelled")
            await tab.mouse.move(0, 0)
            await tab.screenshot(path=path, animations="disabled")
            await browser.close()


if __name__ == "__main__":
    asyncio.run(take(Path(sys.argv[1]), sys.argv[2] if len(sys.argv) > 2 else "light"))
