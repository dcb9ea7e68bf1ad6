"""``kill -9`` at every point of a stop: nothing is lost, nothing is done twice, and the channel ends with the truth.

``JOBBOT_TEST_KILLS`` says how many of each kind (12; 300 are the whole of it): at every point on both databases, and
then at points and events at random, by ``JOBBOT_TEST_SEED``, which is printed; and at moments between submit and 3 s.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from jobbot.playground.adverity.calls import Call
from jobbot.playground.adverity.instance import JobChanged
from jobbot.playground.slack.delivery.action import Action
from jobbot.store.acts.model import ActState
from tests.system.crash.nursery import BOUND, Bot, Nursery
from tests.system.crash.ways import DATABASES, STEPS
from tests.system.crash.world import LOST, OPEN, ORPHANS, TWICE, World, all_of, eventually, world

KILLS = int(os.environ.get("JOBBOT_TEST_KILLS", "12"))
SPREAD = 3.0
"""Seconds after submit within which a process is killed."""

pytestmark = pytest.mark.slow

WIRE = ["post lost on its way", "post on its way", "post done, no answer", "edit on its way"]
POINTS = STEPS + WIRE
EXPECTED = {
    # The row says sent and the job was never reached: nobody may send again, so the outcome is honestly unknown.
    **dict.fromkeys(("kill:after:sending", "post lost on its way"), ActState.UNKNOWN),
    # Recorded, and not begun: whoever finds it does not know what the window has said.
    **dict.fromkeys(("kill:after:submit", "kill:before:hold"), ActState.DROPPED),
}


@dataclass(frozen=True)
class Kill:
    """One death. ``moment`` counts what happens after the submission, for deaths at no point in particular.

    ``after`` are seconds after the submission instead.
    """

    number: int
    database: str
    point: str
    moment: int
    replica: bool
    job: str
    after: float = 0.0

    def __str__(self) -> str:
        point = self.point or (f"{self.after:.2f} s after submit" if self.after else f"event {self.moment}")
        return f"{point}, {'a replica' if self.replica else 'the next start'}, {self.job}"


def plan(kills: int, seed: int) -> list[Kill]:
    """Every point on both databases, or at most ``kills`` of them, spread; then at random."""
    rng = random.Random(seed)
    count = len(POINTS)
    first = [Kill(n, DATABASES[n % 2], point, 0, n % 3 == 0, "stops") for n, point in enumerate(POINTS)]
    second = [Kill(n + count, DATABASES[(n + 1) % 2], point, 0, n % 3 != 0, "stops") for n, point in enumerate(POINTS)]
    planned = first + second
    if kills < len(planned):
        return [planned[n * len(planned) // kills] for n in range(kills)]
    while len(planned) < kills:
        point = rng.choice(["", rng.choice(POINTS)])
        job = rng.choice(["stops", "stops", "refuses", "ends by itself"]) if point != WIRE[2] else "stops"
        planned.append(Kill(len(planned), rng.choice(DATABASES), point, rng.randint(1, 25), rng.random() < 0.5, job))
    return planned


async def submitted(it: World, kill: Kill, bot: Bot) -> Action:
    """Ana submits, and the process dies."""
    events = asyncio.Queue[object]()
    ends = [it.slack.subscribe(events.put_nowait), it.adverity.subscribe(events.put_nowait)]
    faults = it.adverity.faults
    match kill.point:
        case "post lost on its way":
            faults.silent(times=1, method="POST")
        case "post on its way":
            faults.hold(times=1, method="POST")
        case "post done, no answer":
            faults.silent(after_effect=True, times=1, method="POST")
        case "edit on its way":
            it.slack.faults.slow("chat.update", 5.0, times=1)
    submission = asyncio.create_task(it.ana.submits(reason="runaway fetch"))
    try:
        async with asyncio.timeout(BOUND):
            match kill.point:
                case "post lost on its way" | "post on its way":
                    await it.adverity.called("POST", "/stop/", within=BOUND)
                case "post done, no answer":
                    while not isinstance(await events.get(), JobChanged):
                        pass
                case "edit on its way":
                    await eventually(lambda: is_closed(it), "closed")
                case "":
                    await (asyncio.sleep(kill.after) if kill.after else moments(events, kill.moment))
        if kill.point in STEPS:
            assert await bot.end() == -9, bot.log
            assert kill.point in bot.log
    finally:
        await bot.kill()
        action = await submission
        for end in ends:
            end()
    return action


async def is_closed(it: World) -> bool:
    rows = await it.rows()
    return bool(rows) and all(row.closed_at is not None for row in rows)


async def moments(events: "asyncio.Queue[object]", count: int) -> None:
    """Until so many things have happened, or it is all over."""
    while count:
        event = await events.get()
        count -= not isinstance(event, Call) or event.is_open
        subject = getattr(event, "subject", None)
        if str(getattr(subject, "text", "")).startswith(("*Stopped", "*Not stopped")):
            return


async def one(kill: Kill, nursery: Nursery, url: str) -> Counter[str]:
    """One death, what comes after it, and what is true in the end."""
    async with world(nursery, url) as it:
        job = it.adverity.has_job(987, progress=62).stop_takes(timedelta(seconds=0.8 if kill.after else 0.1))
        if kill.job == "refuses":
            job.refuses_stop()
        bot = await it.starts(kill.point if kill.point in STEPS else "")
        await it.asks_to_stop(it.ana)
        if kill.replica:
            await it.starts_beside()
        if kill.after:
            # So that all that is said and sent takes its time, as it does elsewhere.
            for method in ("chat.postMessage", "chat.update", "users.info"):
                it.slack.faults.slow(method, 0.3)
        submission = await submitted(it, kill, bot)
        if kill.job == "ends by itself" and job.state == "Running" and it.adverity.get(987).stop is None:
            job.ends()
        if not kill.replica:
            await it.starts()
        figures = Counter({"kills": 1, "acknowledged": submission.is_ok})
        if not await it.rows():
            # Nothing is in the record: so nothing was sent, nobody was told that it would be, and Ana asks again.
            assert it.posts() == 0
            assert not it.inc.public
            figures[LOST] += submission.is_ok and it.ana.modal is None
            figures["asked again"] += 1
            if it.ana.modal is not None:
                await it.ana.closes()
            if kill.replica:
                await it.starts()
            if it.adverity.job(987).state != "Running":
                return figures
            await it.asks_to_stop(it.ana)
            await it.ana.submits(reason="again")
        rows = await it.finished()
        (row,) = rows
        it.ends_true(row, it.inc.last_message)
        if kill.point and kill.job == "stops":
            expected = EXPECTED.get(kill.point, ActState.DONE)
            assert row.state is expected, f"{row.state}: {it.inc.last_message}"
        unannounced, announced = it.orphans(rows)
        figures |= Counter({TWICE: max(0, it.posts() - 1), OPEN: row.closed_at is None, ORPHANS: unannounced})
        return figures + Counter({str(row.state): 1, "messages said to be replaced": announced})


async def killed(
    kills: list[Kill], postgres: str, folder: Path, about: str, record_property: Callable[[str, object], None]
) -> None:
    """All of them, some at once; what came of it is printed, whether it is right or wrong."""

    def tell(figures: str) -> None:
        record_property("figures", f"{len(kills)} kills {about}: {figures}")

    async with Nursery(folder) as nursery:
        runs = [(str(kill), kill.database, partial(one, kill, nursery)) for kill in kills]
        await all_of(runs, postgres, folder, tell)


@pytest.mark.parametrize("kills", [KILLS])
async def test_nothing_is_lost_and_nothing_done_twice_at_the_points_of_a_stop(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("JOBBOT_TEST_SEED", random.randrange(10**6)))
    await killed(plan(kills, seed), postgres, tmp_path, f"at the points of a stop (seed {seed})", record_property)


@pytest.mark.parametrize("kills", [KILLS])
async def test_nor_at_any_moment_of_three_seconds(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    planned = [
        Kill(n, DATABASES[n % 2], "", 0, n % 3 == 0, "stops", after=max(0.001, SPREAD * n / kills))
        for n in range(kills)
    ]
    await killed(planned, postgres, tmp_path, f"0 to {SPREAD:.0f} s after submit", record_property)
