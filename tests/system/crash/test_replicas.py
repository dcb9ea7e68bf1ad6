"""Three processes on one PostgreSQL that is restarted once, many who stop the same jobs, a process killed every 3 s.

``JOBBOT_TEST_SOAK`` says for how many seconds (12; 300 are the whole of it).
"""

import asyncio
import os
import random
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.support.databases import PostgresServer, own_postgres
from tests.system.crash.crowd import Crowd, contradictions, killing
from tests.system.crash.nursery import Nursery
from tests.system.crash.world import NEVER, in_words, world

SECONDS = float(os.environ.get("JOBBOT_TEST_SOAK", "12"))
KILL_EVERY = 3.0

pytestmark = pytest.mark.slow

REPLICAS = 3
PEOPLE = 12


async def restarting(server: PostgresServer, end: asyncio.Event) -> None:
    """Once, in the middle; and the end."""
    await asyncio.sleep(SECONDS / 2)
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    await asyncio.sleep(SECONDS / 2)
    end.set()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with own_postgres() as postgres:
        yield postgres


async def test_each_job_is_posted_once_each_row_closed_each_message_true(
    server: PostgresServer, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("JOBBOT_TEST_SEED", random.randrange(10**6)))
    rng, end = random.Random(seed), asyncio.Event()
    async with Nursery(tmp_path) as nursery, world(nursery, server.url("postgres")) as it:
        people = [it.slack.add_person(f"person{n}", in_=[it.inc]) for n in range(PEOPLE)]
        for _ in range(REPLICAS):
            await it.starts()
        crowd = Crowd(it, people, rng)
        async with asyncio.TaskGroup() as group:
            group.create_task(restarting(server, end))
            killer = group.create_task(killing(it, end, rng, every=KILL_EVERY))
            group.create_task(crowd.stops(end))
        rows = await it.finished(())  # an acknowledged submission has its row already
        wrong = contradictions(it, rows)
        figures = crowd.counted(rows, wrong)
        about = f"{killer.result()} kills in {SECONDS:.0f} s of {REPLICAS} replicas, PostgreSQL restarted once"
        record_property("figures", f"{about} (seed {seed}): {in_words(figures)}")
        assert not wrong, "\n".join(wrong)
        assert {name: figures[name] for name in NEVER} == dict.fromkeys(NEVER, 0)
