"""A process that freezes in the middle of a stop and wakes up when another one has finished it.

It may change neither the outcome in the ledger nor what the channel reads in the end, and it sends nothing that
another one may have sent.
"""

import asyncio
import signal
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.store.acts.model import ActState
from tests.system.crash.bot import is_locked
from tests.system.crash.nursery import BOUND, Bot, Nursery
from tests.system.crash.world import World, describe, emptied, eventually, world

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Sleep:
    """Where it freezes; whether Adverity's answer is lost before; how it ends, with how many requests."""

    step: str
    answer_lost: bool = False
    ends: ActState = ActState.DONE
    posts: int = 1
    messages: int = 1


SLEEPS = [
    Sleep("freeze:before:announced", messages=2),
    Sleep("freeze:before:sending"),
    Sleep("freeze:after:sending", ends=ActState.UNKNOWN, posts=0),
    Sleep("post on its way"),
    Sleep("freeze:before:answered"),
    Sleep("freeze:after:answered", answer_lost=True),
    Sleep("freeze:after:keep", answer_lost=True),
    Sleep("freeze:before:close"),
    Sleep("freeze:after:close"),
    Sleep("freeze:before:told"),
]


async def freeze_between_writes(it: World, bot: Bot) -> None:
    """SIGSTOP, at a moment when it does not keep everybody out of its SQLite file."""
    async with asyncio.timeout(BOUND):
        while True:
            bot.signal(signal.SIGSTOP)
            await bot.is_frozen.wait()
            if not is_locked(it.url):
                return
            bot.is_frozen.clear()
            bot.signal(signal.SIGCONT)
            await asyncio.sleep(0.01)


async def freezes(it: World, sleep: Sleep) -> None:
    """Ana's stop is taken by a process that freezes, and finished by another; then the first one wakes up."""
    if sleep.answer_lost:
        it.adverity.faults.cut_after_effect(times=1, method="POST")
    held = it.adverity.faults.hold(times=1, method="POST") if sleep.step == "post on its way" else None
    bot = await it.starts("" if held else sleep.step)
    await it.asks_to_stop(it.ana)
    await it.starts_beside()
    await it.ana.submits(reason="runaway fetch")
    if held:
        await it.adverity.called("POST", "/stop/", within=BOUND)
        await freeze_between_writes(it, bot)
        held.release()
    async with asyncio.timeout(BOUND):
        await bot.is_frozen.wait()
    await it.finished()
    bot.signal(signal.SIGCONT)

    async def is_awake() -> bool:
        return "handed_on" in bot.log

    await eventually(is_awake, f"handed_on, in {bot.log}")


async def wakes_up_late(sleep: Sleep, nursery: Nursery, url: str) -> None:
    async with world(nursery, url) as it:
        it.adverity.has_job(987).stop_takes(timedelta(seconds=0.1))
        await freezes(it, sleep)
        (row,) = await it.finished()
        assert row.state is sleep.ends
        assert it.posts() == sleep.posts
        it.ends_true(row, it.inc.find(row.message_ts or ""))
        assert len(it.inc.public) == sleep.messages
        others = [message.text for message in it.inc.public if message.ts != row.message_ts]
        assert all("is told in another message" in text for text in others), others


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
async def test_it_changes_nothing_any_more(kind: str, postgres: str, tmp_path: Path) -> None:
    failed: list[str] = []
    room = asyncio.Semaphore(5)

    async def within(sleep: Sleep, nursery: Nursery) -> None:
        async with room, emptied(kind, postgres, tmp_path / f"{SLEEPS.index(sleep)}.db") as url:
            try:
                await wakes_up_late(sleep, nursery, url)
            except Exception as error:
                failed.append(f"{sleep}: {describe(error)}")

    async with Nursery(tmp_path) as nursery:
        await asyncio.gather(*(within(sleep, nursery) for sleep in SLEEPS))
    assert not failed, "\n\n".join(failed)


async def test_what_leaves_late_leaves_once_and_the_channel_was_told_that_nobody_knows(
    postgres: str, tmp_path: Path
) -> None:
    """Between the last look at the clock and the socket nothing can be looked at any more."""
    async with (
        Nursery(tmp_path) as nursery,
        emptied("postgresql", postgres, tmp_path) as url,
        world(nursery, url) as it,
    ):
        it.adverity.has_job(987).stop_takes(timedelta(seconds=0.1))
        await freezes(it, Sleep("freeze:at last"))
        (row,) = await it.finished()
        assert row.state is ActState.UNKNOWN
        assert it.posts() == 1
        (message,) = it.inc.public
        assert message.text.startswith("*Unknown whether")
        assert "The stop was not sent again" in message.text
