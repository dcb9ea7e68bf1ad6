"""Lists jobs: asks Adverity what was planned (``list_plan``), filters by state, cuts out the page.

The API filters by datastream and range only, so states are filtered here.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.adverity.around import NOTHING, Around, Off, Upcoming
from jobbot.adverity.errors import NotFound
from jobbot.adverity.gateway import Answer
from jobbot.adverity.model import OVER, Job, JobId, JobList, State
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.choosing import choose_jobs, runs_for_longer, waiting_of
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.list_plan import Plan, plan, resolve, times_of
from jobbot.flows.jobs.names_of_datastreams import is_no_datastream, name_datastreams
from jobbot.flows.jobs.past_runs import how_far, usual_durations
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import Last, ListJobs, number_of
from jobbot.render.blockkit.paging import PAGE, within
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.listing import Listing


async def unusual_first(
    instance: Instance, jobs: tuple[Job, ...], now: datetime
) -> tuple[tuple[Job, ...], Mapping[JobId, Around]]:
    """The same jobs with those first that are far longer at it than usual, and what is known of how long that is."""
    usual = await usual_durations(instance, jobs, now)
    around = {id_: Around(usual=found) for id_, found in usual.items()}
    return tuple(sorted(jobs, key=lambda job: -how_far(job, usual.get(job.id), now))), around


async def read_several(instance: Instance, jobs: Sequence[JobId]) -> tuple[list[Answer[JobList]], tuple[JobId, ...]]:
    """Read jobs by their numbers, one after the other; which Adverity does not know. Raises AdverityError."""
    found: list[Answer[JobList]] = []
    missing: list[JobId] = []
    for job in jobs:
        try:
            answer = await instance.gateway.job(job)
        except NotFound:
            missing.append(job)
        else:
            found.append(Answer(JobList(jobs=(answer.value,)), answer.read_at))
    return found, tuple(missing)


async def _read(
    intent: ListJobs, planned: Plan, instance: Instance
) -> tuple[Sequence[Answer[JobList]], tuple[JobId, ...]]:
    """What Adverity answers to the question, and which of the jobs in it it does not know. Raises AdverityError."""
    if intent.jobs:
        return await read_several(instance, intent.jobs)
    return [await instance.gateway.jobs(query) for query in planned.queries], ()


async def _next_fetch(intent: ListJobs, instance: Instance, scope: Scope, now: datetime) -> Upcoming | None:
    """When the datastream is fetched next of which what is scheduled was asked for; of any other list of one datastream
    only that its schedule is off. None for anything else."""
    stream = number_of(intent.datastream)
    is_seen = scope.ids is None or bool(scope.stream)
    if stream is None or not is_seen:
        return None
    found = await read_next_fetch(instance, stream, now)
    return found if intent.states == {State.SCHEDULED} or isinstance(found, Off) else None


@dataclass(frozen=True, slots=True)
class _Chosen:
    """The jobs of all pages, and what is known of how long is usual; ``unplaced`` and ``undated`` are left out."""

    jobs: tuple[Job, ...]
    around: Mapping[JobId, Around]
    unplaced: int
    undated: int


class ListingFlow:
    """The use case. ``clock`` gives the time, aware; without ``stops`` no row tells of an earlier stop."""

    def __init__(self, clock: Callable[[], datetime], catalogue: Catalogue, stops: EarlierStops | None = None) -> None:
        self._stops = stops
        self._clock = clock
        self._catalogue = catalogue

    async def run(self, intent: ListJobs, instance: Instance, zone: str | None, scope: Scope) -> Listing:
        """The page of jobs that was asked for, of those in ``scope``; a page after the last becomes the last.

        Raises AdverityError.
        """
        planned = plan(intent, self._clock(), zone)
        answers, missing = await _read(intent, planned, instance)
        lists = [answer.value for answer in answers]
        now = min((answer.read_at for answer in answers), default=self._clock())
        found = await self._choose(lists, intent, instance, scope, now, to_come=planned.asked.to_come)
        jobs = found.jobs
        page = within(intent.page, len(jobs))
        shown = jobs[(page - 1) * PAGE : page * PAGE]
        names, stops, next_fetch = await asyncio.gather(
            name_datastreams(instance, shown),
            self._stops_of(instance, shown),
            _next_fetch(intent, instance, scope, now),
        )
        self._catalogue.learn(instance, [job for one in lists for job in one.jobs])
        return Listing(
            asked=replace(planned.asked, intent=replace(intent, page=page)),
            instance=instance.name,
            jobs=shown,
            page=page,
            total=len(jobs),
            counts=Counter(job.state for job in jobs),
            complete=all(one.complete for one in lists),
            # Of what cannot be read nobody knows in which workspace it is.
            unreadable=sum(one.unreadable for one in lists) if scope.ids is None else 0,
            as_of=now,
            names=names,
            around=found.around,
            # Of jobs that were asked for by number nobody has read what waits behind them.
            waiting={} if intent.jobs else waiting_of(lists, shown),
            stops=stops,
            stream=scope.stream,
            workspaces=scope.names,
            unplaced=found.unplaced,
            among=scope.among,
            whole=scope.reach is None or scope.reach.whole,
            missing=missing,
            undated=found.undated,
            next_fetch=next_fetch,
            no_such_stream=not jobs and not scope.stream and await self._is_nowhere(intent, instance),
        )

    async def _choose(
        self,
        lists: Sequence[JobList],
        intent: ListJobs,
        instance: Instance,
        scope: Scope,
        now: datetime,
        *,
        to_come: bool,
    ) -> _Chosen:
        """Of all that was read, the jobs that were asked for and may be shown, the unusually long ones first."""
        started = resolve(intent, now) if intent.range is not None else None
        chosen, unplaced = choose_jobs(lists, intent.states, started), 0
        if scope.ids is not None:
            chosen, unplaced = await self._seen(chosen, instance, scope)
        undated = 0
        if to_come:
            # What waits now is not what a schedule brings tomorrow.
            dated = tuple(job for job in chosen if job.start is not None)
            chosen, undated = dated, len(chosen) - len(dated)
        jobs, around = await unusual_first(instance, chosen, now)
        if intent.longer is not None:
            jobs = tuple(job for job in jobs if runs_for_longer(job, intent.longer, around.get(job.id, NOTHING), now))
        return _Chosen(jobs, around, unplaced=unplaced, undated=undated)

    async def ended(self, instance: Instance, scope: Scope, lately: timedelta) -> JobList:
        """What ended in a time up to now, in ``scope``, the newest first. Raises AdverityError."""
        query = JobQuery(between=times_of(Last(lately), self._clock()))
        found = (await instance.gateway.jobs(query)).value
        jobs = choose_jobs([found], OVER)
        jobs = jobs if scope.ids is None else (await self._seen(jobs, instance, scope))[0]
        return JobList(jobs=jobs, complete=found.complete)

    async def _is_nowhere(self, intent: ListJobs, instance: Instance) -> bool:
        which = number_of(intent.datastream)
        return which is not None and await is_no_datastream(self._catalogue, instance, which)

    async def _stops_of(self, instance: Instance, jobs: Sequence[Job]) -> Mapping[int, EarlierStop]:
        return await self._stops.of(instance, (job.id for job in jobs if not job.is_over)) if self._stops else {}

    async def _seen(self, jobs: Sequence[Job], instance: Instance, scope: Scope) -> tuple[tuple[Job, ...], int]:
        """The jobs that may be shown, whatever Adverity's own filters did, and how many nobody can place."""
        places = await self._catalogue.places(instance, (job.datastream for job in jobs))
        placed = [(job, places.get(job.datastream.id) if job.datastream is not None else None) for job in jobs]
        return tuple(job for job, place in placed if scope.sees(place)), sum(place is None for _, place in placed)
