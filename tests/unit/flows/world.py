"""Instances and jobs on which the flows are tried: by name alone, and a gateway that answers as the jobs API does."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import cast

from jobbot.adverity.errors import NotFound, NotReadable, OptionalRead
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import Datastream, DatastreamId, Issue, Job, JobId, JobList, State
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownNames
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.scope import EVERYTHING
from jobbot.intents.model import Last, ListJobs
from jobbot.render.listing import Listing
from tests.unit.store.world import START

RUNNING, SCHEDULED, FAILED = (frozenset({state}) for state in (State.RUNNING, State.SCHEDULED, State.FAILED))
DAY, HOUR = Last(timedelta(hours=24), "last 24h"), timedelta(hours=1)


@dataclass(frozen=True)
class Named:
    """Of an instance the flow wants the name alone."""

    name: str


def job(number: int, state: str, *, ago: float = 0.1, took: float = 0.0, stream: int = 42) -> Job:
    """A job that began so many hours ago."""
    began = START - timedelta(hours=ago)
    end = None if state in ("Running", "Scheduled") else began + timedelta(hours=took)
    given = {"id": number, "state_label": state, "datastream": {"id": stream, "name": "Ads"}, "job_end": end}
    return Job.model_validate({**given, "job_start": None if state == "Scheduled" else began})


@dataclass
class ScriptedGateway:
    """Knows jobs; ``asked`` are the queries."""

    all: Sequence[Job]
    runs_of: Sequence[Job] = ()
    streams: Sequence[int] = (42,)
    refuses: int = 404
    next_run: datetime | None = None
    enabled: bool | None = None
    clock_ahead: timedelta | None = None
    open_issues: Sequence[Issue] = ()
    asked: list[JobQuery] = field(default_factory=list)

    async def jobs(self, query: JobQuery) -> Answer[JobList]:
        """See Gateway."""
        self.asked.append(query)
        of_stream = (one for one in self.all if query.datastream in (None, one.datastream and one.datastream.id))
        return Answer(
            JobList(jobs=tuple(one for one in of_stream if one.is_going_on == (query.between is None))), START
        )

    async def job(self, number: JobId) -> Answer[Job]:
        """See Gateway."""
        found = next((one for one in self.all if one.id == number), None)
        if found is None:
            raise NotFound(status=404)
        return Answer(found, START)

    async def datastream(self, number: DatastreamId, **_: object) -> Answer[Datastream]:
        """See Gateway."""
        if number not in self.streams:
            raise NotReadable(OptionalRead.DATASTREAM, self.refuses)
        scheduled = self.next_run is not None
        found = Datastream(id=number, enabled=self.enabled, is_scheduled=scheduled, next_run=self.next_run)
        return Answer(found, START)

    async def runs(self, number: DatastreamId, **_: object) -> Answer[JobList]:
        """See Gateway."""
        of_stream = (one for one in (*self.runs_of, *self.all) if one.datastream and one.datastream.id == number)
        return Answer(JobList(jobs=tuple(one for one in of_stream if one.is_over)), START)

    async def issues(self, number: DatastreamId | None = None) -> Answer[Entries[Issue]]:
        """See Gateway."""
        return Answer(Entries(items=tuple(self.open_issues)), START)

    def known_datastream(self, number: DatastreamId) -> Datastream | None:
        """See Gateway."""
        return None

    def known_runs(self, number: DatastreamId) -> JobList | None:
        """See Gateway."""
        return JobList(jobs=tuple(self.runs_of)) if self.runs_of and number == 42 else JobList(jobs=())


@dataclass
class NothingLearned:
    """A catalogue that keeps nothing; ``whole``: whether that is all there is."""

    whole: bool = False

    async def datastreams(self, instance: Instance) -> KnownNames:
        """See Catalogue."""
        return KnownNames((), whole=self.whole)

    def learn(self, instance: Instance, jobs: Iterable[Job]) -> None:
        """See Catalogue."""


async def listed(gateway: ScriptedGateway, intent: ListJobs, *, whole: bool = False) -> Listing:
    instance = Instance("acme", "https://acme.test", cast("Gateway", gateway))
    flow = ListingFlow(lambda: START, cast("Catalogue", NothingLearned(whole)))
    return await flow.run(intent, instance, "Europe/Vienna", EVERYTHING)


def numbers(listing: Listing) -> list[int]:
    return [one.id for one in listing.jobs]
