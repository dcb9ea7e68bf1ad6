"""``kill -9`` at every step of what two people do: never confirmed by who asked, never sent twice, never after its end.

On PostgreSQL two processes serve them, which both die at the step, if they come to it; on SQLite one. Then another one
is started. Of three requests one ends while no process is alive, and one around the moment at which it is confirmed.

``JOBBOT_TEST_ACT_KILLS`` says how many (6): the kinds and the databases one after the other, and the steps from first
to last.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from jobbot.store.acts.review_request import ReviewState
from tests.system.crash import ways
from tests.system.crash.nursery import BOUND, Nursery
from tests.system.crash.two_people import BY_ASKER, LATE, TwoPeople
from tests.system.crash.ways import STOP, WAYS, WIRE, Way, is_told, is_true, kills_of, prepare, sent_twice
from tests.system.crash.world import NEVER, OPEN, TWICE, World, all_of, eventually, world

KILLS = int(os.environ.get("JOBBOT_TEST_ACT_KILLS", "6"))

pytestmark = pytest.mark.slow

ASKING = [
    f"kill:{when}:{method}"
    for method in ("reviews.ask", "outbox.posting", "outbox.sent")
    for when in ("before", "after")
]
LOOKING = ["a window opens", "both windows are open"]
ENDING = ["kill:before:reviews.end", "kill:after:reviews.end"]
POINTS = [*ASKING, *LOOKING, *ways.POINTS, *ENDING]
ENDS = ["later", "while nobody is there", "as it is pressed"]
"""When the time of a request ends."""


@dataclass(frozen=True)
class Kill:
    """One death: in which act, where in it, and when the request's time ends."""

    turn: int
    way: Way
    point: str
    ends: str

    def __str__(self) -> str:
        return f"{self.way.kind}, {self.point}, over {self.ends}"


async def all_die(it: World) -> None:
    await asyncio.gather(*(bot.kill() for bot in it.bots))


async def death(it: World, two: TwoPeople, kill: Kill) -> None:
    """Until a process is dead; where it is not its own step, all of them. Raises TimeoutError."""
    match kill.point:
        case "a window opens":
            await it.slack.until(lambda: it.ben.modal is not None, seconds=BOUND)
        case "both windows are open":
            await it.slack.until(lambda: two.is_before_both, seconds=BOUND)
        case "lost on its way":
            await it.adverity.called(*kill.way.write.split(), within=BOUND)
        case "done, no answer":
            await it.adverity.until(lambda _: kill.way.has_come(it), within=BOUND)
        case _:
            ends = [bot.ended for bot in it.bots]
            dead, _ = await asyncio.wait(ends, timeout=BOUND, return_when=asyncio.FIRST_COMPLETED)
            if not dead:
                raise TimeoutError(it.bots[0].log)
            return
    await all_die(it)


async def until_death(it: World, two: TwoPeople, kill: Kill) -> bool:
    """People do what they do until then; False where the request ended before, so that it does not come to that."""
    dies = asyncio.create_task(death(it, two, kill))
    waits = kill.point in (LOOKING[1], *ENDING)
    try:
        while not dies.done() and (not two.is_over or kill.point in ENDING):
            if await two.goes_on(presses=two.is_over or not waits):
                await asyncio.wait([dies], timeout=0.05)
            elif kill.point in ENDING and two.is_before_both and not two.is_over:
                await two.ends()
        if dies.done():
            dies.result()
        return dies.done()
    finally:
        dies.cancel()


async def one(kill: Kill, nursery: Nursery, url: str) -> Counter[str]:
    """One death, what comes after it, and what is true in the end."""
    async with world(nursery, url) as it:
        it.may_do_everything(two_people=True)
        prepare(it, kill.way)
        two = TwoPeople(it, kill.way.words, kill.way.submit)
        for _ in range(1 if url.startswith("sqlite") else 2):
            await it.starts(kill.point if kill.point.startswith("kill:") else "")
        if kill.point in WIRE:
            method, _, _ = kill.way.write.partition(" ")
            it.adverity.faults.silent(after_effect=kill.point == WIRE[1], times=1, method=method)
        if kill.ends == ENDS[2]:
            two.ends_after(random.Random(kill.turn).uniform(0.0, 0.05))
        died = await until_death(it, two, kill)
        if kill.ends == ENDS[1] or not died:
            await all_die(it)
            await two.ends()
        await it.starts()
        await eventually(two.goes_on, "decided")
        await two.press_once_more()
        rows = await it.rows() if two.is_over else await eventually(lambda: is_told(it), "closed and told")
        figures = two.counted(rows) + Counter({"kills": died, TWICE: sent_twice(it, kill.way)})
        if figures[LATE]:
            return figures
        request = await two.told_of(rows)
        two.is_true(request, rows)
        if rows:
            is_true(it, rows, kill.way)
        state = next((row.state.value for row in rows if row.part_of is None), request.state.value)
        return figures + Counter({OPEN: request.state is ReviewState.OPEN, f"{kill.way.kind} {state}": 1})


@pytest.mark.parametrize("kills", [KILLS])
async def test_another_one_confirms_it_once_in_time(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    def tell(figures: str) -> None:
        record_property("figures", f"{kills} acts of two people: {figures}")

    async with Nursery(tmp_path) as nursery:
        runs = []
        for turn, way, point, kind in kills_of([STOP, *WAYS], POINTS, kills):
            kill = Kill(turn, way, point, ENDS[turn % len(ENDS)])
            runs.append((str(kill), kind, partial(one, kill, nursery)))
        await all_of(runs, postgres, tmp_path, tell, [*NEVER, BY_ASKER, LATE])
