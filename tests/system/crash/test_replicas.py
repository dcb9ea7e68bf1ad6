"""Three processes on one PostgreSQL that is restarted once, many who stop the same jobs, a process killed every 3 s.

``JOBBOT_TEST_SOAK`` says for how many seconds (12; 300 are the whole of it).
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from itertools import count
from pathlib import Path

import pytest

from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.views import View
from jobbot.store.acts.model import ActRecord
from tests.support.databases import PostgresServer, own_postgres
from tests.system.crash.nursery import Nursery
from tests.system.crash.world import LOST, NEVER, OPEN, ORPHANS, TWICE, WRONG, World, in_words, world

SECONDS = float(os.environ.get("JOBBOT_TEST_SOAK", "12"))
KILL_EVERY = 3.0

pytestmark = pytest.mark.slow

REPLICAS = 3
PEOPLE = 12
EACH = 3
"""How many people stop the same job."""


class Crowd:
    """People who want jobs stopped: three at a time have the same one open, and submit at once."""

    def __init__(self, it: World, people: list[Actor], rng: random.Random) -> None:
        self._it = it
        self._teams = [people[first : first + EACH] for first in range(0, len(people), EACH)]
        self._rng = rng
        self._numbers = count(1001)
        self.jobs: list[int] = []
        self.acknowledged: list[tuple[int, str]] = []
        self.figures = Counter[str]()

    async def stops(self, end: asyncio.Event) -> None:
        """One job after the other, until then."""
        await asyncio.gather(*(self._stops(team, end) for team in self._teams))

    async def _stops(self, team: list[Actor], end: asyncio.Event) -> None:
        while not end.is_set():
            job = next(self._numbers)
            self._it.adverity.has_job(job).stop_takes(timedelta(seconds=self._rng.uniform(0.05, 1.0)))
            self.jobs.append(job)
            await asyncio.gather(*(self.opens(person, job) for person in team))
            await asyncio.gather(*(self.submits(person, job) for person in team))

    async def opens(self, person: Actor, job: int) -> None:
        """Until there is a modal that says something; what dies on the way is asked for again."""
        while not await self._opens(person, job):
            self.figures["asked again"] += 1

    async def _opens(self, person: Actor, job: int) -> bool:
        if person.modal is not None:
            await person.closes()
        action = await person.types(f"/jobs stop {job}", in_=self._it.inc)
        if not action.is_ok:
            return False
        try:
            await self._it.slack.until(lambda: self._filled(person, job), seconds=30)
        except TimeoutError:
            return False
        return True

    async def submits(self, person: Actor, job: int) -> None:
        """What is open, until Slack says that it was taken; a modal may also say that there is nothing to stop."""
        while (view := person.modal) is not None and view.submit is not None:
            self.figures["submitted"] += 1
            submission = await person.submits(reason=f"asked by {person.name}")
            if submission.is_ok and person.modal is None:
                self.acknowledged.append((job, person.id))
                return
            if submission.is_ok:
                self.figures["told that it cannot be recorded"] += 1
            await self.opens(person, job)
        self.figures["told that it is under way or over"] += 1

    def _filled(self, person: Actor, job: int) -> View | None:
        view = person.modal
        words = str(view.definition) if view is not None else ""
        return view if f"job {job}" in words and "Checking" not in words else None


async def killing(it: World, end: asyncio.Event, rng: random.Random) -> int:
    """Kill one of them every 3 seconds, and start another; how many."""
    killed = 0
    while not end.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(KILL_EVERY):
                await end.wait()
                break
        victim = rng.choice([bot for bot in it.connected if not bot.ended.done()])
        await victim.kill()
        killed += 1
        await it.starts()
    return killed


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
            killer = group.create_task(killing(it, end, rng))
            group.create_task(crowd.stops(end))
        rows = await it.finished(())  # an acknowledged submission has its row already
        wrong = contradictions(it, rows)
        figures = crowd.figures + Counter(str(row.state) for row in rows) + Counter(jobs=len(crowd.jobs))
        figures["acknowledged"] = len(crowd.acknowledged)
        posts = Counter(call.path for call in it.adverity.calls if call.method == "POST")
        figures[TWICE] = sum(number > 1 for number in posts.values())
        figures[OPEN] = sum(row.closed_at is None for row in rows)
        figures[WRONG] = len(wrong)
        figures[LOST] = len(set(crowd.acknowledged) - {(row.job, row.user_id) for row in rows})
        figures[ORPHANS], figures["messages said to be replaced"] = it.orphans(rows)
        about = f"{killer.result()} kills in {SECONDS:.0f} s of {REPLICAS} replicas, PostgreSQL restarted once"
        record_property("figures", f"{about} (seed {seed}): {in_words(figures)}")
        assert not wrong, "\n".join(wrong)
        assert {name: figures[name] for name in NEVER} == dict.fromkeys(NEVER, 0)


def contradictions(it: World, rows: list[ActRecord]) -> list[str]:
    """What the channel, the people, the record and Adverity do not agree on."""
    wrong = []
    for row in rows:
        try:
            it.ends_true(row, it.inc.find(row.message_ts or ""), rows)
        except AssertionError as error:
            wrong.append(f"{row}: {error}")
    return wrong
