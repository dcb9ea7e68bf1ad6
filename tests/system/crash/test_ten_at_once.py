"""Ten jobs stopped at once, by ten people or as one act, while one of three processes is killed each second."""

import asyncio
import os
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from jobbot.store.acts.model import ActState, Kind
from tests.system.crash.crowd import Crowd, contradictions, killing, part_is_true, posted_twice, tells_each
from tests.system.crash.nursery import Nursery
from tests.system.crash.ways import is_told
from tests.system.crash.world import NEVER, World, emptied, eventually, in_words, world

pytestmark = pytest.mark.slow

TEN = 10
REPLICAS = 3
KILL_EVERY = 1.0
KILLS_FOR = 12.0
"""Seconds of killing at most: then the last three end what is left."""
STOP_TAKES = (1.0, 6.0)
"""Seconds: several processes die while one stop is read back."""


@pytest.fixture
def rng() -> random.Random:
    return random.Random(int(os.environ.get("JOBBOT_TEST_SEED", "20221112")))


@asynccontextmanager
async def replicas(kind: str, postgres: str, folder: Path) -> AsyncIterator[World]:
    async with (
        emptied(kind, postgres, folder / "jobbot.db") as url,
        Nursery(folder) as nursery,
        world(nursery, url) as it,
    ):
        it.may_do_everything()
        # A stop that nobody heard the answer of is seen to its end: what is told of it then is the end of it.
        it.unanswered = STOP_TAKES[1] + 4.0
        for _ in range(REPLICAS):
            await it.starts()
        yield it


@asynccontextmanager
async def being_killed(it: World, rng: random.Random, kills: list[int]) -> AsyncIterator[None]:
    """Kills go on within, for so long at most; how many there were is added to ``kills``."""
    end = asyncio.Event()
    asyncio.get_running_loop().call_later(KILLS_FOR, end.set)
    killer = asyncio.create_task(killing(it, end, rng, every=KILL_EVERY))
    try:
        yield
    finally:
        end.set()
        kills.append(await killer)


async def test_ten_people_at_once(
    postgres: str,
    tmp_path: Path,
    rng: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    kills: list[int] = []
    async with replicas("postgresql", postgres, tmp_path) as it:
        people = [it.slack.add_person(f"person{n}", in_=[it.inc]) for n in range(TEN)]
        crowd = Crowd(it, people, rng)
        wanted = [(person, crowd.begins(*STOP_TAKES)) for person in people]
        await asyncio.gather(*(crowd.opens(person, job) for person, job in wanted))
        async with being_killed(it, rng, kills):
            await asyncio.gather(*(crowd.submits(person, job) for person, job in wanted))
            rows = await it.finished(crowd.jobs)
        wrong = contradictions(it, rows)
        figures = crowd.counted(rows, wrong)
        record_property("figures", f"{kills[0]} kills while ten stopped at once: {in_words(figures)}")
        assert not wrong, "\n".join(wrong)
        assert {name: figures[name] for name in NEVER} == dict.fromkeys(NEVER, 0)


@pytest.mark.parametrize("kind_of_database", ["sqlite", "postgresql"])
async def test_ten_jobs_as_one_act(
    kind_of_database: str,
    postgres: str,
    tmp_path: Path,
    rng: random.Random,
    record_property: Callable[[str, object], None],
) -> None:
    kills: list[int] = []
    async with replicas(kind_of_database, postgres, tmp_path) as it:
        crowd = Crowd(it, [it.ana], rng)
        jobs = [crowd.begins(*STOP_TAKES) for _ in range(TEN)]
        await opens_the_window(it)
        async with being_killed(it, rng, kills):
            await submits(it)
            rows = await eventually(lambda: is_told(it), "the act closed and told")
        (whole,) = [row for row in rows if row.kind is Kind.STOP_SEVERAL and row.state is not ActState.SECOND]
        stops = [row for row in rows if row.part_of == whole.id]
        stopped = [row.job for row in stops if row.state is ActState.DONE]
        record_property("figures", f"{kills[0]} kills while one act stopped ten: {len(stopped)} stopped")
        assert sorted(row.job or 0 for row in stops) == jobs
        assert posted_twice(it) == 0
        for row in stops:
            part_is_true(it, row)
        told = it.inc.find(whole.message_ts or "")
        assert told is not None
        tells_each(told, stops)


async def opens_the_window(it: World) -> None:
    """``/jobs stop all``, until the window with the ten can be submitted."""
    await it.opens(
        it.ana, "/jobs stop all", lambda view: view.submit is not None and "*10 jobs*" in str(view.definition)
    )


async def submits(it: World) -> None:
    """The same window again where nobody answered: what was recorded of it is not begun once more."""
    while True:
        submission = await it.ana.submits(count="10", reason="they hang")
        if submission.is_ok and it.ana.modal is None:
            return
        if it.ana.modal is None or it.ana.modal.submit is None:
            await opens_the_window(it)
