"""Many people who stop jobs at once, while the processes that serve them are killed; and what is true in the end."""

import asyncio
import random
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from itertools import count

from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View
from jobbot.store.acts.model import ActRecord, ActState
from tests.system.crash.world import LOST, OPEN, ORPHANS, TWICE, WRONG, World

EACH = 3
"""How many people stop the same job."""
UNFILLED = ("Checking", "The question will follow here", "nothing was asked or sent", "did not answer")
"""What a window says that is not filled yet, or was not: neither a question nor that there is nothing to stop."""


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

    def begins(self, least: float = 0.05, most: float = 1.0) -> int:
        """A job that runs, and takes so many seconds to be stopped; its number."""
        job = next(self._numbers)
        self._it.adverity.has_job(job).stop_takes(timedelta(seconds=self._rng.uniform(least, most)))
        self.jobs.append(job)
        return job

    async def stops(self, end: asyncio.Event) -> None:
        """One job after the other, until then."""
        await asyncio.gather(*(self._stops(team, end) for team in self._teams))

    async def _stops(self, team: list[Actor], end: asyncio.Event) -> None:
        while not end.is_set():
            job = self.begins()
            await asyncio.gather(*(self.opens(person, job) for person in team))
            await asyncio.gather(*(self.submits(person, job) for person in team))

    async def opens(self, person: Actor, job: int) -> None:
        """Until there is a modal that says something."""

        def says(view: View) -> bool:
            words = str(view.definition)
            return f"job {job}" in words and not any(unfilled in words for unfilled in UNFILLED)

        await self._it.opens(person, f"/jobs stop {job}", says)

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

    def counted(self, rows: Sequence[ActRecord], wrong: Sequence[str]) -> Counter[str]:
        """What came of it, of the rows of all of them and what :func:`contradictions` found."""
        figures = self.figures + Counter(str(row.state) for row in rows) + Counter(jobs=len(self.jobs))
        figures["asked again"] = self._it.asked_again
        figures["acknowledged"] = len(self.acknowledged)
        figures[TWICE] = posted_twice(self._it)
        figures[OPEN] = sum(row.closed_at is None for row in rows)
        figures[WRONG] = len(wrong)
        figures[LOST] = len(set(self.acknowledged) - {(row.job, row.user_id) for row in rows})
        figures[ORPHANS], figures["messages said to be replaced"] = self._it.orphans(rows)
        return figures


def posted_twice(it: World) -> int:
    """How many of Adverity's paths got more than one request to write."""
    posts = Counter(call.path for call in it.adverity.calls if call.method == "POST")
    return sum(number > 1 for number in posts.values())


async def killing(it: World, end: asyncio.Event, rng: random.Random, *, every: float) -> int:
    """Kill a process and start another one, each time so many seconds after the kill before; how many, at the end.

    Where starting takes longer than that, the next kill comes as soon as there is something to kill again.
    """
    killed, loop = 0, asyncio.get_running_loop()
    due = loop.time()
    while not end.is_set():
        due += every
        with suppress(TimeoutError):
            async with asyncio.timeout_at(due):
                await end.wait()
                break
        victim = rng.choice([bot for bot in it.connected if not bot.ended.done()])
        await victim.kill()
        killed += 1
        await it.starts()
    return killed


def contradictions(it: World, rows: Sequence[ActRecord]) -> list[str]:
    """What the channel, the people, the record and Adverity do not agree on."""
    wrong = []
    for row in rows:
        try:
            it.ends_true(row, it.inc.find(row.message_ts or ""), rows)
        except AssertionError as error:
            wrong.append(f"{row}: {error}")
    return wrong


def part_is_true(it: World, row: ActRecord) -> None:
    """A part's row, and what Adverity has of its job."""
    posts = it.adverity.count("POST", f"/jobs/{row.job}/stop/")
    state = it.adverity.job(row.job or 0).state
    assert row.closed_at is not None, row
    if row.state is ActState.DONE:
        assert (posts, state) == (1, "Cancelled"), row
    else:
        # Marked as sent by a process that died before its request had left, or before it was heard: not known, and not
        # asked again.
        assert row.state is ActState.UNKNOWN, row
        assert (row.sent_at is not None, posts <= 1, state) == (True, True, "Running"), (posts, state, row)


def tells_each(told: Message, stops: Sequence[ActRecord]) -> None:
    """The one message has a line for each, and says of each what its row says."""
    done = [row for row in stops if row.state is ActState.DONE]
    head = f"Stopped {len(stops)} jobs" if len(done) == len(stops) else f"Stopped {len(done)} of {len(stops)} jobs"
    assert head in told.text, told.text
    for row in stops:
        (line,) = [line for line in told.text.splitlines() if f"(job {row.job})" in line]
        assert ("stopped (cancelled)" in line) == (row.state is ActState.DONE), line
