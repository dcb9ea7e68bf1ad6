"""``kill -9`` at every step of the acts that are no single stop: each is sent once, ends, and is told as it was.

Of three one is finished by a replica, and one by the next start. In the third the process is not killed, it sleeps at
the step (SIGSTOP) while its instance is frozen; and of nine one is frozen while no process is alive.

``JOBBOT_TEST_ACT_KILLS`` says how many (10): the kinds and the databases one after the other, and the steps from first
to last.
"""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.system.crash.nursery import BOUND, Bot, Nursery
from tests.system.crash.ways import (
    POINTS,
    STEPS,
    WAYS,
    WIRE,
    Way,
    is_told,
    is_true,
    kills_of,
    prepare,
    sent,
    sent_twice,
)
from tests.system.crash.world import LOST, NEVER, OPEN, TWICE, World, all_of, eventually, world

KILLS = int(os.environ.get("JOBBOT_TEST_ACT_KILLS", "10"))

FROZEN = "sent after a freeze"

pytestmark = pytest.mark.slow


async def asked(it: World, way: Way) -> None:
    """Up to the window that can be submitted."""
    await it.opens(it.ana, f"/jobs {way.words}", lambda view: view.submit == way.submit)


async def comes_to(it: World, way: Way, point: str, bot: Bot, *, sleeps: bool) -> None:
    """Until it is there, and dead or asleep where that is a step."""
    match point:
        case "lost on its way":
            await it.adverity.called(*way.write.split(), within=BOUND)
        case "done, no answer":
            await it.adverity.until(lambda _: way.has_come(it), within=BOUND)
        case _ if sleeps:
            await bot.is_frozen.wait()
        case _:
            assert await bot.end() == -9, bot.log


async def one(turn: int, way: Way, point: str, nursery: Nursery, url: str) -> Counter[str]:
    """One death, or one sleep; what comes after it, and what is true in the end."""
    async with world(nursery, url) as it:
        it.may_do_everything()
        prepare(it, way)
        sleeps = turn % 3 == 2 and point in STEPS
        step = point if point in STEPS else ""
        bot = await it.starts(step.replace("kill", "freeze") if sleeps else step)
        await asked(it, way)
        if turn % 3 == 0:
            await it.starts_beside()
        if point in WIRE:
            it.adverity.faults.silent(after_effect=point == WIRE[1], times=1, method=way.write.split()[0])
        submission = asyncio.create_task(it.ana.submits())
        try:
            async with asyncio.timeout(BOUND):
                await comes_to(it, way, point, bot, sleeps=sleeps)
        except TimeoutError:
            raise AssertionError(f"it did not come to {point}: {bot.log}") from None
        finally:
            if not sleeps:
                await bot.kill()
        before = sent(it, way)
        if sleeps or turn % 9 == 4:
            await it.freezes()
        if sleeps:
            bot.signal(signal.SIGCONT)
        elif turn % 3:
            await it.starts()
        action = await submission
        figures = Counter({"sleeps" if sleeps else "kills": 1, "acknowledged": action.is_ok})
        if not sleeps and not await it.rows():
            assert sent(it, way) == 0
            figures[LOST] += action.is_ok and it.ana.modal is None
            return figures + Counter({"nothing recorded": 1})
        rows = await eventually(lambda: is_told(it), "closed and told")
        (row,) = [row for row in rows if row.part_of is None]
        is_true(it, rows, way)
        figures[FROZEN] += it.is_frozen and sent(it, way) > before
        return figures + Counter(
            {TWICE: sent_twice(it, way), OPEN: row.closed_at is None, f"{way.kind} {row.state}": 1}
        )


@pytest.mark.parametrize("kills", [KILLS])
async def test_each_is_sent_once_and_told_truly(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    def tell(figures: str) -> None:
        record_property("figures", f"{kills} kills of acts: {figures}")

    async with Nursery(tmp_path) as nursery:
        runs = [
            (f"{way.kind}, {point}", kind, partial(one, turn, way, point, nursery))
            for turn, way, point, kind in kills_of(WAYS, POINTS, kills)
        ]
        await all_of(runs, postgres, tmp_path, tell, [*NEVER, FROZEN])
