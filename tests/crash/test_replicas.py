"""Three processes on one PostgreSQL, many people who stop the same jobs, and a process killed every second.

``JOBBOT_TEST_STOPS`` says how many stops are submitted (60; nightly 300), a third as many jobs there are.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.playground.slack.people import Person
from jobbot.playground.slack.views import View
from jobbot.store.stops import NOT_BEGUN, StopRecord
from tests.crash.nursery import BOUND, Nursery
from tests.crash.world import World, emptied, world

pytestmark = pytest.mark.slow

STOPS = int(os.environ.get("JOBBOT_TEST_STOPS", "60"))
REPLICAS = 3
PEOPLE = 12
EACH = 3
"""How many people stop the same job."""


class Crowd:
    """People who want jobs stopped: three at a time have the same one open, and submit at once."""

    def __init__(self, it: World, people: list[Person], jobs: range) -> None:
        self._it = it
        self._teams = [people[first : first + EACH] for first in range(0, len(people), EACH)]
        self._jobs = list(jobs)
        self.figures = Counter[str]()

    async def stops(self) -> None:
        """Every job."""
        await asyncio.gather(*(self._stops(team) for team in self._teams))

    async def _stops(self, team: list[Person]) -> None:
        while self._jobs:
            job = self._jobs.pop()
            await asyncio.gather(*(self.opens(person, job) for person in team))
            await asyncio.gather(*(self.submits(person, job) for person in team))

    async def opens(self, person: Person, job: int) -> None:
        """Until there is a modal that says something; what dies on the way is asked for again."""
        while not await self._opens(person, job):
            self.figures["asked again"] += 1

    async def _opens(self, person: Person, job: int) -> bool:
        if person.modal is not None:
            await person.closes()
        action = await person.types(f"/jobs stop {job}", in_=self._it.inc)
        if not action.is_ok:
            return False
        try:
            await self._it.slack.until(lambda: self._filled(person, job), seconds=6)
        except TimeoutError:
            return False
        return True

    async def submits(self, person: Person, job: int) -> None:
        """What is open, until Slack says that it was taken; a modal may also say that there is nothing to stop."""
        while (view := person.modal) is not None and view.submit is not None:
            self.figures["submitted"] += 1
            submission = await person.submits(reason=f"asked by {person.name}")
            if submission.is_ok:
                return
            await self.opens(person, job)
        self.figures["told that it is under way or over"] += 1

    def _filled(self, person: Person, job: int) -> View | None:
        view = person.modal
        words = str(view.definition) if view is not None else ""
        return view if f"job {job}" in words and "Checking" not in words else None


async def killing(it: World, end: asyncio.Event, rng: random.Random) -> int:
    """Kill one of them every second, and start another; how many."""
    killed = 0
    while not end.is_set():
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await end.wait()
                break
        victim = rng.choice([bot for bot in it.connected if not bot.ended.done()])
        await victim.kill()
        killed += 1
        await it.starts()
    return killed


async def test_each_job_is_posted_once_each_row_closed_each_message_true(
    postgres: str, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = int(os.environ.get("JOBBOT_TEST_SEED", random.randrange(10**6)))
    rng, jobs = random.Random(seed), range(1001, 1001 + STOPS // EACH)
    loop = asyncio.get_running_loop()
    async with (
        Nursery(tmp_path) as nursery,
        emptied("postgresql", postgres, tmp_path) as url,
        world(nursery, url) as it,
    ):
        for job in jobs:
            it.adverity.has_job(job).stop_takes(timedelta(seconds=rng.uniform(0.05, 1.0)))
        people = [it.slack.add_person(f"person{n}", in_=[it.inc]) for n in range(PEOPLE)]
        for _ in range(REPLICAS):
            await it.starts()
        began, end, crowd = loop.time(), asyncio.Event(), Crowd(it, people, jobs)
        killer = asyncio.create_task(killing(it, end, rng))
        try:
            async with asyncio.timeout(len(jobs) * BOUND):
                await crowd.stops()
        finally:
            end.set()
            killed = await killer
        rows = await it.finished()
        # Where a process died before it had hold of the job nothing was sent, and who asked was told: ask again.
        for job in sorted(set(jobs) - {row.job for row in rows if row.state not in NOT_BEGUN}):
            crowd.figures["died before the hold"] += 1
            assert it.adverity.count("POST", f"/jobs/{job}/stop/") == 0
            await crowd.opens(it.ana, job)
            await crowd.submits(it.ana, job)
        rows = await it.finished()
        seconds = loop.time() - began
        tell(it, rows, crowd.figures, f"{killed} kills in {seconds:.0f} s, seed {seed}", record_property)
        assert {row.job for row in rows} == set(jobs)
        for row in rows:
            it.ends_true(row, it.inc.find(row.message_ts or "") or it.inc.last_message, rows)


def tell(
    it: World,
    rows: list[StopRecord],
    figures: Counter[str],
    about: str,
    record_property: Callable[[str, object], None],
) -> None:
    """Print what came of it, whether it is right or wrong."""
    posts = Counter(call.path for call in it.adverity.calls if call.method == "POST")
    figures |= Counter(str(row.state) for row in rows)
    lasting = Counter({"posts": posts.total(), "posted twice": sum(number > 1 for number in posts.values())})
    lasting["open rows"] = sum(row.closed_at is None for row in rows)
    lasting["rows"] = len(rows)
    said = ", ".join(f"{number} {name}" for name, number in [*figures.most_common(), *lasting.most_common()])
    record_property("figures", f"{REPLICAS} replicas, {STOPS} stops of {STOPS // EACH} jobs, {about}: {said}")
