"""The whole demo for a test: both local servers, the real bot between them, and the page. Time stands still."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from jobbot.app import Jobbot
from jobbot.playground.adverity import DatastreamAs, HandClock, LocalAdverity, Quirks
from jobbot.playground.adverity.stories import tell_incident
from jobbot.playground.demo import MESSAGES_TAB, UNFURL_DOMAINS
from jobbot.playground.opening import BEFORE, play_opening
from jobbot.playground.page import Page
from jobbot.playground.slack import LocalSlack
from jobbot.timing import Timing
from tests.stories.world import ACT_TIMING, WATCHDOG, settings_for

TIMING = Timing(act_timing=ACT_TIMING, watchdog=WATCHDOG, drain=0.3, lease=timedelta(hours=1))
"""Time jumps, and no lease ends by that."""
MORNING = datetime(2026, 3, 4, 10, 42, 5, tzinfo=UTC)


@dataclass
class Played:
    """What is running, at 10:42:05 on 4 March 2026 (UTC) until ``clock`` is advanced."""

    clock: HandClock
    slack: LocalSlack
    adverity: LocalAdverity
    page: Page
    runaway: int

    async def stop_arrives(self) -> None:
        """A stop reaches Adverity, and time passes until it takes effect."""
        await self.adverity.called("POST", "/stop/")
        self.clock.advance(seconds=10)


@asynccontextmanager
async def played(folder: Path, *, seed: int = 7, opening: bool = False) -> AsyncIterator[Played]:
    """acme's bad morning, with the bot in it; with what was written in #inc-data before (``opening``), if wanted."""
    clock = HandClock(MORNING - BEFORE) if opening else HandClock(MORNING)
    async with (
        LocalAdverity(now=clock, seed=seed) as adverity,
        LocalSlack(
            now=clock, seed=seed, rates="off", messages_tab=MESSAGES_TAB, unfurl_domains=UNFURL_DOMAINS
        ) as slack,
    ):
        runaway = tell_incident(adverity, seed=seed, at=clock() + BEFORE if opening else None)
        # As Adverity's own pages read it, and as the demo has it.
        adverity.quirks = Quirks(datastream_as=DatastreamAs.OBJECT, progress_as="fraction")
        settings = settings_for(slack, adverity, "socket", folder)
        async with Jobbot(settings, clock=clock, timing=TIMING) as bot:
            stop = asyncio.Event()
            running = asyncio.create_task(bot.run_until(stop))
            if opening:
                await slack.until(lambda: slack.connections)
                await play_opening(slack, adverity, lambda step: clock.advance(seconds=step.total_seconds()))
            async with Page(slack, adverity, now=clock, runaway=runaway) as page:
                yield Played(clock, slack, adverity, page, runaway)
            stop.set()
            async with asyncio.timeout(30):
                await running
