"""``kill -9`` at every step of the acts that are no single stop: each is sent once, ends, and is told as it was.

``JOBBOT_TEST_ACT_KILLS`` says how many (12): the kinds and the databases one after the other, and the steps from first
to last.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.playground.adverity import Issue
from jobbot.render.blockkit.blocks import load_message
from jobbot.store.acts.model import NOT_BEGUN, ActRecord, ActState, Kind
from tests.system.crash.crowd import part_is_true, posted_twice, tells_each
from tests.system.crash.nursery import BOUND, Nursery
from tests.system.crash.world import (
    LOST,
    NEVER,
    OPEN,
    TWICE,
    WRONG,
    World,
    describe,
    emptied,
    eventually,
    in_words,
    world,
)

KILLS = int(os.environ.get("JOBBOT_TEST_ACT_KILLS", "12"))
AT_ONCE = 6

pytestmark = pytest.mark.slow

STEPS = [
    f"kill:{when}:{method}"
    for method in ("submit", "hold", "posting", "announced", "sending", "answered", "close", "told")
    for when in ("before", "after")
]
WIRE = ["lost on its way", "done, no answer"]
POINTS = STEPS + WIRE
DATABASES = ["sqlite", "postgresql"]


def new_jobs(it: World) -> list[int]:
    """The jobs that an act has started."""
    return [one.job.id for one in it.adverity.sights() if one.job.manual]


@dataclass(frozen=True)
class Way:
    """How one kind is asked for: ``words`` are what Ana types, ``submit`` is the button of the window that asks.

    ``write`` is the request that Adverity gets, as its log counts writes; ``has_come`` whether it has done it.
    """

    kind: Kind
    words: str
    submit: str
    write: str
    has_come: Callable[[World], bool]


TOGETHER = [987, 988]
"""The jobs that are stopped as one act."""

STREAM = "/api/datastreams/42/"
WAYS = [
    Way(
        Kind.FETCH,
        "fetch datastream 42 2022-10-01..2022-10-27 gap",
        "Fetch again",
        f"POST {STREAM}fetch_fixed/",
        lambda it: bool(new_jobs(it)),
    ),
    Way(Kind.RETRY, "retry 987 gap", "Retry", "POST /api/errors/", lambda it: bool(new_jobs(it))),
    Way(
        Kind.ACKNOWLEDGE,
        "acknowledge 987 known",
        "Acknowledge",
        "POST /api/errors/",
        lambda it: not it.adverity.open_issues(),
    ),
    Way(
        Kind.PAUSE,
        "pause datastream 42 runaway",
        "Pause schedule",
        f"PATCH {STREAM}",
        lambda it: not it.adverity.datastreams[42].enabled,
    ),
    Way(
        Kind.RESUME,
        "resume datastream 42",
        "Resume schedule",
        f"PATCH {STREAM}",
        lambda it: it.adverity.datastreams[42].enabled,
    ),
    Way(
        Kind.STOP_SEVERAL,
        "stop all",
        "Stop these jobs",
        "POST /api/jobs/",
        lambda it: any(it.adverity.job(job).state == "Cancelled" for job in TOGETHER),
    ),
]


def prepare(it: World, way: Way) -> None:
    """What the act is about."""
    it.adverity.has_datastream(42, "Facebook Ads EU", enabled=way.kind is not Kind.RESUME)
    if way.kind in (Kind.RETRY, Kind.ACKNOWLEDGE):
        it.adverity.has_job(987, state="Failed", issues=[Issue("The token was revoked.")])
    if way.kind is Kind.STOP_SEVERAL:
        for job in TOGETHER:
            it.adverity.has_job(job).stop_takes(timedelta(seconds=0.2))


async def asked(it: World, way: Way) -> None:
    """Up to the window that can be submitted."""
    await it.ana.types(f"/jobs {way.words}", in_=it.inc)
    await it.slack.until(lambda: it.ana.modal is not None and it.ana.modal.submit == way.submit, seconds=BOUND)


def sent(it: World, way: Way) -> int:
    """How many requests of it came to Adverity."""
    return sum(count for write, count in it.adverity.writes.items() if write.startswith(way.write))


def sent_twice(it: World, way: Way) -> int:
    """How many requests of it too many; each job of a stop of several has one of its own."""
    return posted_twice(it) if way.kind is Kind.STOP_SEVERAL else max(0, sent(it, way) - 1)


async def is_told(it: World) -> list[ActRecord]:
    """The rows, once each act is closed and told; a part of one is told with it."""
    rows = await it.rows()
    return rows if all(row.told_at is not None for row in rows if row.part_of is None) else []


async def one(number: int, way: Way, point: str, nursery: Nursery, url: str) -> Counter[str]:
    """One death, what comes after it, and what is true in the end."""
    async with world(nursery, url) as it:
        it.may_do_everything()
        prepare(it, way)
        bot = await it.starts(point if point in STEPS else "")
        await asked(it, way)
        if number % 3 == 0:
            await it.starts_beside()
        if point == WIRE[0]:
            it.adverity.faults.silent(times=1, method=way.write.split()[0])
        elif point == WIRE[1]:
            it.adverity.faults.silent(after_effect=True, times=1, method=way.write.split()[0])
        submission = asyncio.create_task(it.ana.submits())
        try:
            async with asyncio.timeout(BOUND):
                match point:
                    case "lost on its way":
                        await it.adverity.called(*way.write.split(), within=BOUND)
                    case "done, no answer":
                        await it.adverity.until(lambda _: way.has_come(it), within=BOUND)
                    case _:
                        assert await bot.end() == -9, bot.log
        except TimeoutError:
            raise AssertionError(f"it did not come to {point}: {bot.log}") from None
        finally:
            await bot.kill()
            action = await submission
        if number % 3:
            await it.starts()
        figures = Counter({"kills": 1, "acknowledged": action.is_ok})
        if not await it.rows():
            assert sent(it, way) == 0
            figures[LOST] += action.is_ok and it.ana.modal is None
            return figures + Counter({"nothing recorded": 1})
        rows = await eventually(lambda: is_told(it), "closed and told")
        (row,) = [row for row in rows if row.part_of is None]
        check = true_of_several if way.kind is Kind.STOP_SEVERAL else true
        check(it, rows, way)
        return figures + Counter(
            {TWICE: sent_twice(it, way), OPEN: row.closed_at is None, f"{way.kind} {row.state}": 1}
        )


def true(it: World, rows: list[ActRecord], way: Way) -> None:
    """The row, the message and Adverity say the same."""
    (row,) = rows
    assert row.kind is way.kind
    assert row.message is not None
    told = load_message(row.message).text
    if row.state in NOT_BEGUN:
        assert sent(it, way) == 0
        assert told in [message.text for message in it.inc.whispers(it.ana)]
        return
    said = it.inc.last_message
    assert said is not None
    assert said.text.startswith(told.split("\n")[0]), (told, said.text)
    has_come = way.has_come(it)
    assert has_come == (row.state is ActState.DONE), f"{row.state}, and Adverity says {has_come}"
    assert sent(it, way) == has_come or row.sent_at is not None
    assert row.state is ActState.DONE or row.state is (ActState.UNKNOWN if row.sent_at else ActState.REFUSED)
    assert row.started == ",".join(map(str, new_jobs(it)))


def true_of_several(it: World, rows: list[ActRecord], _: Way) -> None:
    """The whole and its parts, the message and Adverity say the same."""
    (whole,) = [row for row in rows if row.part_of is None]
    stops = [row for row in rows if row.part_of == whole.id]
    assert sorted(row.job or 0 for row in stops) == TOGETHER
    if whole.state in NOT_BEGUN:
        assert it.posts() == 0
        assert all(row.state in NOT_BEGUN for row in stops), stops
        return
    for row in stops:
        part_is_true(it, row)
    told = it.inc.find(whole.message_ts or "")
    assert told is not None
    tells_each(told, stops)


@pytest.mark.parametrize("kills", [KILLS])
async def test_each_is_sent_once_and_told_truly(
    kills: int, postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    room, figures, failed = asyncio.Semaphore(AT_ONCE), Counter[str](), list[str]()

    async def within(number: int, run: Callable[[str], Awaitable[Counter[str]]], about: str) -> None:
        async with room, emptied(DATABASES[number % 2], postgres, tmp_path / f"{number}.db") as url:
            try:
                figures.update(await run(url))
            except Exception as error:
                failed.append(f"{about}: {describe(error)}")

    async with Nursery(tmp_path) as nursery:
        tasks = []
        for number in range(kills):
            # The kinds one after the other, and the points over all of them.
            way, point = WAYS[number % len(WAYS)], POINTS[number * len(POINTS) // kills]

            def run(url: str, number: int = number, way: Way = way, point: str = point) -> Awaitable[Counter[str]]:
                return one(number, way, point, nursery, url)

            tasks.append(within(number, run, f"{number}: {way.kind}, {point}"))
        await asyncio.gather(*tasks)
    figures[WRONG] = len(failed)
    record_property("figures", f"{kills} kills of acts: {in_words(figures)}")
    assert not failed, "\n\n".join(failed)
    assert {name: figures[name] for name in NEVER} == dict.fromkeys(NEVER, 0)
