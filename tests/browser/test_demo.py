"""``jobbot demo`` as somebody runs it: a process, its page, Ctrl-C."""

import asyncio
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.async_api import Page, expect

from tests.browser.conftest import OpenTab
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]


@asynccontextmanager
async def demo(*words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, str]]:
    """The process, once it has said where its page is, and that address."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "jobbot", "demo", "--no-open", *words,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            said = (await process.stdout.readline()).decode()
        found = re.search(r"http://127\.0\.0\.1:\d+/", said)
        assert found is not None, said or (await process.communicate())[1].decode()
        yield process, found[0]
    finally:
        if process.returncode is None:
            process.kill()
        await process.communicate()


async def ready_to_type(tab: Page) -> None:
    await expect(tab.get_by_role("combobox", name="Message #inc-data")).to_be_focused()


async def test_it_is_ready_to_type_and_ends_cleanly(open_tab: OpenTab) -> None:
    tab = await open_tab("about:blank", waits=False)
    begun = time.monotonic()
    async with demo("--port", "0") as (process, url):
        served = time.monotonic()
        await tab.goto(url)
        await ready_to_type(tab)
        ready = time.monotonic()
        await tab.keyboard.type("/jobs")
        await tab.keyboard.press("Enter")
        await expect(tab.locator(".message").last).to_contain_text("9 jobs: 5 running")
        asked_to_end = time.monotonic()
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(30):
            assert await process.wait() == 0
        ended = time.monotonic() - asked_to_end
        assert process.stderr is not None
        assert await process.stderr.read() == b""
    print(f"served after {served - begun:.2f} s, ready to type after {ready - begun:.2f} s, ended after {ended:.2f} s")
    with pytest.raises(httpx.ConnectError):
        await loopback_client().get(url)


async def test_the_same_seed_tells_the_same_jobs(open_tab: OpenTab) -> None:
    told: list[Any] = []
    for seed in ("7", "7"):
        async with demo("--port", "0", "--seed", seed) as (_, url):
            tab = await open_tab(url)
            await expect(tab.locator(".job").first).to_be_visible()
            told.append(
                await tab.locator(".job .small").evaluate_all("all => all.map((one) => one.textContent.split(' ')[0])")
            )
    assert told[0] == told[1]
