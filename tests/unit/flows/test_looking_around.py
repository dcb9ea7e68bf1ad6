"""What is read around a job: what is new enough, and what a few ended jobs are told with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import cast

from jobbot.adverity.around import NotKnown, OpenIssues, Waiting, Why
from jobbot.adverity.errors import NotReadable, OptionalRead
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import DatastreamId, Issue, Job, JobId, JobList
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import TooFew
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around, look_at_ended, read_next_fetch
from tests.unit.store.world import START


def job(number: int, state: str, *, began: float = 0, **fields: object) -> Job:
    """A job of datastream 42 that began so many minutes before START."""
    start = START - timedelta(minutes=began)
    end = start + timedelta(minutes=5) if state not in ("Running", "Scheduled") else None
    given = {"id": number, "state_label": state, "datastream": 42, "job_start": start, "job_end": end, **fields}
    return Job.model_validate(given)


@dataclass
class ScriptedGateway:
    """Knows the past runs and what is going on; ``asked`` are the ages at most that were asked for."""

    past: Sequence[Job] = ()
    going: Sequence[Job] = ()
    ahead: timedelta | None = None
    asked: list[timedelta | None] = field(default_factory=list)
    open: Sequence[Issue] = ()
    read: list[int | None] = field(default_factory=list)

    @property
    def clock_ahead(self) -> timedelta | None:
        """See Gateway."""
        return self.ahead

    async def runs(self, datastream_id: int, *, max_age: timedelta | None = None) -> Answer[JobList]:
        """See Gateway."""
        self.asked.append(max_age)
        return Answer(JobList(jobs=tuple(self.past)), START)

    def known_runs(self, datastream_id: int) -> JobList | None:
        """See Gateway."""
        return JobList(jobs=tuple(self.past)) if self.asked else None

    async def jobs(self, query: JobQuery) -> Answer[JobList]:
        """See Gateway."""
        return Answer(JobList(jobs=tuple(self.going)), START)

    async def issues(self, datastream_id: int | None = None) -> Answer[Entries[Issue]]:
        """See Gateway."""
        self.read.append(datastream_id)
        return Answer(Entries(tuple(self.open)), START)

    async def datastream(self, datastream_id: int, **asked: object) -> Answer[object]:
        """See Gateway."""
        raise NotReadable(OptionalRead.DATASTREAM, 403)


def instance(gateway: ScriptedGateway) -> Instance:
    return Instance("acme", "https://acme.test", cast("Gateway", gateway), patience=30)


async def test_runs_that_were_read_before_a_job_began_do_not_tell_how_the_last_one_ended() -> None:
    gateway = ScriptedGateway([job(2, "Failed", began=60), job(1, "Success", began=120)])
    found = await look_around(instance(gateway), job(3, "Failed", began=30), START)
    assert found.streak == Streak(failures=2, last_success=START - timedelta(minutes=115))
    assert gateway.asked == [timedelta(minutes=30), None]


async def test_when_a_job_began_is_on_adveritys_clock() -> None:
    gateway = ScriptedGateway(ahead=timedelta(minutes=10))
    await look_around(instance(gateway), job(3, "Failed", began=30), START)
    assert gateway.asked[0] == timedelta(minutes=40)


async def test_what_waits_behind_a_running_job() -> None:
    running, other = job(3, "Running"), job(9, "Scheduled", datastream=43)
    gateway = ScriptedGateway(going=[job(5, "Scheduled"), other, running, job(4, "Scheduled")])
    found = await look_around(instance(gateway), running, START)
    assert found.waiting == Waiting(jobs=(JobId(4), JobId(5)))
    gateway.going = [other]
    assert (await look_around(instance(gateway), running, START)).waiting == Waiting(jobs=())


async def test_a_few_ended_jobs_are_told_with_why_they_failed_and_how_often() -> None:
    gateway = ScriptedGateway([job(2, "Failed", began=60)])
    found = await look_at_ended(instance(gateway), [job(3, "Failed", began=30)], START)
    around = found[3]
    assert around.streak == Streak(failures=2)
    assert around.issues is not None
    assert around.usual == TooFew(comparable=0), "the runs were read for the other"


async def test_why_many_failed_is_one_read_of_all_that_is_open() -> None:
    open_ = [Issue.model_validate({"message": f"m{n}", "datastream": {"id": 42 + n % 2}}) for n in range(4)]
    gateway = ScriptedGateway(open=[*open_, Issue.model_validate({"message": "of nothing"})])
    jobs = [job(n, "Failed" if n else "Success", datastream=42 + n % 3) for n in range(1, 10)]
    found = await look_at_ended(instance(gateway), [*jobs, job(99, "Success")], START)
    assert gateway.read == [None]
    assert set(found) == {n for n in range(1, 10) if n % 3 < 2}, "nothing is open of datastream 44"
    assert found[3].issues == OpenIssues(issues=(open_[0], open_[2]))


async def test_a_next_fetch_that_adverity_does_not_tell_in_time_is_said_to_be_slow() -> None:
    class Silent(ScriptedGateway):
        async def datastream(self, datastream_id: int, **asked: object) -> Answer[object]:
            await asyncio.Event().wait()
            raise AssertionError

    hasty = replace(instance(Silent()), patience=0)
    assert await read_next_fetch(hasty, DatastreamId(42), START) == NotKnown(why=Why.SLOW)
