"""``kill -9`` at every point of a stop: nothing is lost, nothing is done twice, and the channel ends with the truth.

``JOBBOT_TEST_KILLS`` says how many (20; nightly 200): first every point on both databases, then points and moments
at random, by ``JOBBOT_TEST_SEED``, which is printed.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.playground.adverity.calls import Call
from jobbot.playground.adverity.instance import JobChanged
from jobbot.store.stops import NOT_BEGUN, StopState
from tests.crash.nursery import BOUND, Bot, Nursery
from tests.crash.world import World, describe, emptied, eventually, world

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("JOBBOT_TEST_KILLS", "20"))
AT_ONCE = 6

STEPS = [
    f"kill:{when}:{method}"
    for method in ("submit", "hold", "announced", "sending", "answered", "close", "told")
    for when in ("before", "after")
]
WIRE = ["post lost on its way", "post on its way", "post done, no answer", "edit on its way"]
POINTS = STEPS + WIRE
DATABASES = ["sqlite", "postgresql"]
NOTHING_LEFT = {"kill:after:sending", "post lost on its way"}
"""The row says sent and the job was never reached: nobody may send again, so the outcome is honestly unknown."""

NOT_HELD = {"kill:after:submit", "kill:before:hold"}
"""It is recorded, and no more: nobody but who died knows what the window has said, so nothing may be sent."""


@dataclass(frozen=True)
class Kill:
    """One death. ``moment`` counts what happens after the submission, for deaths at no point in particular."""

    number: int
    database: str
    point: str
    moment: int
    replica: bool
    job: str

    def __str__(self) -> str:
        point = self.point or f"event {self.moment}"
        return (
            f"{self.number}: {point}, {self.database}, {'a replica' if self.replica else 'the next start'}, {self.job}"
        )


def plan(kills: int, seed: int) -> list[Kill]:
    """Every point on both databases as far as ``kills`` goes, in an order that spreads them; then at random."""
    rng = random.Random(seed)
    first = [Kill(n, DATABASES[n % 2], point, 0, n % 3 == 0, "stops") for n, point in enumerate(POINTS)]
    second = [
        Kill(n + len(POINTS), DATABASES[(n + 1) % 2], point, 0, n % 3 != 0, "stops") for n, point in enumerate(POINTS)
    ]
    planned = first + second
    while len(planned) < kills:
        point = rng.choice(["", rng.choice(POINTS)])
        job = rng.choice(["stops", "stops", "refuses", "ends by itself"]) if point != WIRE[2] else "stops"
        planned.append(Kill(len(planned), rng.choice(DATABASES), point, rng.randint(1, 25), rng.random() < 0.5, job))
    return planned[:kills]


async def submitted(it: World, kill: Kill, bot: Bot) -> None:
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
                    await moments(events, kill.moment)
        if kill.point in STEPS:
            assert await bot.end() == -9, bot.log
            assert kill.point in bot.log
    finally:
        await bot.kill()
        await submission
        for end in ends:
            end()


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
        job = it.adverity.has_job(987, progress=62).stop_takes(timedelta(seconds=0.1))
        if kill.job == "refuses":
            job.refuses_stop()
        bot = await it.starts(kill.point if kill.point in STEPS else "")
        await it.asks_to_stop(it.ana)
        if kill.replica:
            await it.starts_beside()
        await submitted(it, kill, bot)
        if kill.job == "ends by itself" and job.state == "Running" and it.adverity.get(987).stop is None:
            job.ends()
        if not kill.replica:
            await it.starts()
        asked_again = not await it.rows()
        if asked_again:
            # Nothing is in the record: so nothing was sent, nobody was told that it would be, and Ana asks again.
            assert it.posts() == 0
            assert not it.inc.public
            if it.ana.modal is not None:
                await it.ana.closes()
            if kill.replica:
                await it.starts()
            if it.adverity.job(987).state != "Running":
                return Counter(kills=1, over=1)
            await it.asks_to_stop(it.ana)
            await it.ana.submits(reason="again")
        row, *earlier = await it.finished()
        it.ends_true(row, it.inc.last_message)
        assert not earlier
        dropped = row.state in NOT_BEGUN
        if dropped:
            assert not it.inc.public
            assert not it.posts()
        if kill.point in NOT_HELD:
            assert dropped
        elif kill.point and kill.job == "stops":
            expected = StopState.UNKNOWN if kill.point in NOTHING_LEFT else StopState.STOPPED
            assert row.state is expected, f"{row.state}: {it.inc.last_message}"
        left = [message for message in it.inc.public if "is stopping job" in message.text]
        assert len(left) <= (kill.point == "kill:before:announced" or not kill.point)
        return Counter(
            {"kills": 1, "posts": it.posts(), str(row.state): 1, "asked again": asked_again, "left behind": len(left)}
        )


@pytest.mark.parametrize("kills", [KILLS])
async def test_nothing_is_lost_and_nothing_done_twice(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("JOBBOT_TEST_SEED", random.randrange(10**6)))
    room, figures, failed = asyncio.Semaphore(AT_ONCE), Counter[str](), list[str]()

    async def within(kill: Kill, nursery: Nursery) -> None:
        async with room, emptied(kill.database, postgres, tmp_path / f"{kill.number}.db") as url:
            try:
                figures.update(await one(kill, nursery, url))
            except Exception as error:
                failed.append(f"{kill}: {describe(error)}")

    async with Nursery(tmp_path) as nursery:
        await asyncio.gather(*(within(kill, nursery) for kill in plan(kills, seed)))
    said = ", ".join(f"{number} {name}" for name, number in figures.most_common())
    record_property("figures", f"killed at the points of a stop (seed {seed}): {said}; {len(failed)} lost or doubled")
    assert not failed, "\n\n".join(failed)
    assert figures["kills"] == kills
