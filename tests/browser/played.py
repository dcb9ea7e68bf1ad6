"""The whole demo for a test: both local servers, the real bot between them, and the page. Time stands still."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from jobbot.app import Jobbot
from jobbot.playground.adverity import HandClock, LocalAdverity
from jobbot.playground.adverity.stories import tell_incident
from jobbot.playground.page import Page
from jobbot.playground.slack import LocalSlack
from jobbot.timing import Timing
from tests.stories.world import STOP_TIMING, WATCHDOG, settings_for

TIMING = Timing(stop_timing=STOP_TIMING, watchdog=WATCHDOG, drain=0.3)


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
async def played(folder: Path, *, seed: int = 7) -> AsyncIterator[Played]:
    """acme's bad morning, with the bot in it."""
    clock = HandClock()
    async with (
        LocalAdverity(now=clock, seed=seed) as adverity,
        LocalSlack(now=clock, seed=seed, rates="off") as slack,
    ):
        tell_incident(adverity, seed=seed)
        settings = settings_for(slack, adverity, "socket", folder)
        async with Jobbot(settings, clock=clock, timing=TIMING) as bot:
            stop = asyncio.Event()
            running = asyncio.create_task(bot.run_until(stop))
            async with Page(slack, adverity, now=clock) as page:
                [runaway] = [
                    sight.job.id
                    for sight in adverity.sights()
                    if sight.look.started and not sight.is_over and sight.job.by == "tom.keller@acme.example"
                ]
                yield Played(clock, slack, adverity, page, runaway)
            stop.set()
            async with asyncio.timeout(30):
                await running
