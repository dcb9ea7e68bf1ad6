import os
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from inspect import iscoroutinefunction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

from jobbot.playground.adverity import HandClock, LocalAdverity
from jobbot.playground.page.page import PageOf
from jobbot.playground.page.redact import Redaction
from jobbot.playground.page.story import JOBS, first_minute
from jobbot.playground.page.wire import WireLog
from jobbot.playground.page.world import AdverityPanel, World
from tests.browser.scripted import ANA, INC_DATA, ScriptedSlackPanel, ScriptedWorkspace

if TYPE_CHECKING:  # not installed where the tests that look at the page are not run
    from playwright.async_api import Browser, Page

BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first one draws the same page without windows around it, in half the time."""

OUTPUT = Path(__file__).parents[1] / "output"
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-first-run",
)  # fmt: skip

HERE = Path(__file__).parent

PATIENCE = 20_000
"""Milliseconds that anything on the page may take, on a machine that is busy with other things."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One loop for all of these tests, so that one browser serves them: starting it takes longer than most of them."""
    for item in items:
        if item.path.is_relative_to(HERE) and isinstance(item, pytest.Function) and iscoroutinefunction(item.function):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


OpenTab = Callable[..., Awaitable["Page"]]


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's path; without one the tests that look at the page are left out."""
    found = os.environ.get("JOBBOT_TEST_CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        words = "needs a browser: apt-get install -y chromium (or set JOBBOT_TEST_CHROMIUM)"
        if os.environ.get("JOBBOT_TEST_NEED_BROWSER") == "1":
            pytest.fail(words)
        pytest.skip(words)
    return found


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser(chromium: str) -> "AsyncIterator[Browser]":
    from playwright.async_api import async_playwright, expect  # noqa: PLC0415 - for those who look at the page alone

    expect.set_options(timeout=PATIENCE)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield browser
        await browser.close()


class Tabs:
    """The browser's tabs. One that nobody has any more is used again by who asks for the same settings: in a new one
    Chromium starts a process, which takes longer than most of these tests."""

    def __init__(self, browser: "Browser") -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._spare: dict[str, list[Page]] = {}
        self._open: list[tuple[Page, str | None]] = []

    async def open(self, url: str, *, waits: bool = True, **context: Any) -> "Page":
        """A page in a tab; with ``waits`` once it is there. Without, the tab is not given to anybody else."""
        settings = {
            "viewport": {"width": 1280, "height": 800},
            "reduced_motion": "reduce",
            "locale": "en-GB",
            **context,
        }
        spare = self._spare.setdefault(repr(settings), [])
        tab = spare.pop() if spare and waits else await self._new(settings)
        self._open.append((tab, repr(settings) if waits else None))
        await tab.goto(url)
        if waits:
            await tab.locator(".person").first.wait_for(state="attached")
        return tab

    async def close(self) -> None:
        """All that are open."""
        for tab, settings in self._open:
            if settings is None:
                await tab.context.close()
                continue
            await tab.mouse.move(0, 0)
            await tab.goto("about:blank")
            self._spare[settings].append(tab)
        self._open.clear()

    async def _new(self, settings: dict[str, Any]) -> "Page":
        tab = await (await self._browser.new_context(**settings)).new_page()
        tab.set_default_timeout(PATIENCE)
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        tab.on("console", lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None)
        return tab


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def tabs(browser: "Browser") -> Tabs:
    return Tabs(browser)


@pytest_asyncio.fixture(loop_scope="session")
async def open_tab(tabs: Tabs) -> AsyncIterator[OpenTab]:
    """Opens a page in a tab of its own; what its console complains of, beside a server that is gone, fails the test."""
    tabs.complaints.clear()
    yield tabs.open
    await tabs.close()
    assert [words for words in tabs.complaints if "ERR_CONNECTION_REFUSED" not in words] == []


@pytest.fixture
def workspace() -> ScriptedWorkspace:
    return ScriptedWorkspace()


@pytest_asyncio.fixture(loop_scope="session")
async def adverity() -> AsyncIterator[LocalAdverity]:
    """An instance at 10:42:05 on 4 March 2026, with one job that has been running since 10:30."""
    async with LocalAdverity(now=HandClock()) as adverity:
        adverity.has_datastream(42, "Facebook Ads EU")
        adverity.has_job(987, datastream=42, progress=62)
        yield adverity


@pytest.fixture
def wire() -> WireLog:
    return WireLog(Redaction(["s3cret-key"]))


@pytest.fixture
def slack_panel() -> ScriptedSlackPanel:
    return ScriptedSlackPanel()


@pytest_asyncio.fixture(loop_scope="session")
async def demo(
    workspace: ScriptedWorkspace, adverity: LocalAdverity, wire: WireLog, slack_panel: ScriptedSlackPanel
) -> AsyncIterator[PageOf]:
    """The page, served."""
    panel = AdverityPanel(adverity)
    async with PageOf(
        workspace,
        World(panel, slack_panel),
        wire,
        now=HandClock(),
        commands=[JOBS],
        suggestions=lambda: first_minute(987, person=ANA, channel=INC_DATA),
    ) as page:
        yield page


@pytest_asyncio.fixture(loop_scope="session")
async def tab(open_tab: OpenTab, demo: PageOf) -> "Page":
    """Ana's tab, on #inc-data."""
    return await open_tab(demo.url)


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> "Callable[[Page], Awaitable[None]]":
    """Takes the story's picture into tests/output."""

    async def taken(tab: "Page") -> None:
        OUTPUT.mkdir(exist_ok=True)
        name = request.node.name.removeprefix("test_").replace("_", "-")
        await tab.screenshot(path=OUTPUT / f"page-{name}.png", animations="disabled")

    return taken
