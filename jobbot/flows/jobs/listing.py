"""Lists jobs: plans the queries, asks Adverity, filters by state, cuts out the page.

The API filters by datastream and range only, so states are filtered here; ``failed`` without a range would be
everything that ever failed, so it means the last 24 hours, and the answer says so.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import assert_never

from jobbot.adverity.around import NOTHING, Around, Off, Upcoming
from jobbot.adverity.errors import NotFound
from jobbot.adverity.gateway import Answer
from jobbot.adverity.model import GOING_ON, OVER, Job, JobId, JobList, State
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.choosing import choose_jobs, runs_for_longer, waiting_of
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.names_of_datastreams import is_no_datastream, name_datastreams
from jobbot.flows.jobs.past_runs import how_far, usual_durations
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import Between, Last, ListJobs, Range, Since, number_of
from jobbot.render.asked import Asked
from jobbot.render.blockkit.paging import PAGE, within
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.listing import Listing

ASSUMED = timedelta(hours=24)
_FURTHER = timedelta(seconds=2)
"""By so much an instance's clock has to be ahead for a range to be read again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries for Adverity, and the question as the answer repeats it."""

    queries: tuple[JobQuery, ...]
    asked: Asked


def plan(intent: ListJobs, now: datetime, zone: str | None) -> Plan:
    """Decide the queries. ``now`` is aware; ``zone`` is the asking person's, for the words only."""
    times = resolve(intent, now)
    datastream = number_of(intent.datastream)
    past = JobQuery(datastream, times) if times is not None else None
    current = JobQuery(datastream)
    if intent.range is not None and past is not None and times is not None:
        # A range of the API is about what is over; what is going on is in the range where it began there.
        with_current = bool(intent.states & GOING_ON) or (not intent.states and times.end >= now.replace(microsecond=0))
        with_past = times.start <= now and (not intent.states or bool(intent.states & OVER))
        queries = (*([current] if with_current else []), *([past] if with_past else []))
        return Plan(queries, Asked(intent, times.start, times.end, zone, to_come=times.start > now))
    if past is None or times is None:
        return Plan((current,), Asked(intent, None, None, zone))
    queries = (current, past) if intent.states & GOING_ON else (past,)
    return Plan(queries, Asked(intent, times.start, times.end, zone, assumed_range=True))


def resolve(intent: ListJobs, now: datetime) -> Times | None:
    """The range in UTC to the second; None when the question is about now."""
    if intent.range is None:
        return times_of(Last(ASSUMED), now) if intent.states & OVER else None
    return times_of(intent.range, now)


def times_of(said: Range, now: datetime) -> Times:
    """A range's two ends in UTC, to the second."""
    now = now.astimezone(UTC).replace(microsecond=0)
    match said:
        case Between(start, end):
            return Times(start, end)
        case Since(start):
            return Times(start, max(start, now))
        case Last(duration):
            return Times(now - duration, now)
        case _:
            assert_never(said)


def until_its_now(times: Times, now: datetime, ahead: timedelta | None) -> Times:
    """A range that reaches up to our ``now``, to now by the clock of an instance that is ``ahead`` of ours.

    What has ended there a moment ago has an end that is still to come here.
    """
    its_now = now.replace(microsecond=0) + (ahead or timedelta(0))
    return replace(times, end=its_now) if now.replace(microsecond=0) <= times.end < its_now else times


async def _read(instance: Instance, query: JobQuery, now: datetime) -> Answer[JobList]:
    """The answer to a query, up to the instance's now; read again where only the answer told how far ahead that is."""
    gateway = instance.gateway
    if not isinstance(query.between, Times):
        return await gateway.jobs(query)
    asked = replace(query, between=until_its_now(query.between, now, gateway.clock_ahead))
    answer = await gateway.jobs(asked)
    meant = replace(query, between=until_its_now(query.between, now, gateway.clock_ahead))
    is_further = isinstance(meant.between, Times) and meant.between.end - query.between.end >= _FURTHER
    return await gateway.jobs(meant) if asked == query and is_further else answer


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


async def _next_fetch(intent: ListJobs, instance: Instance, scope: Scope, now: datetime) -> Upcoming | None:
    """When the datastream is fetched next of which what is scheduled was asked for; of any other list of one datastream
    only that its schedule is off. None for anything else."""
    stream = number_of(intent.datastream)
    is_seen = scope.ids is None or bool(scope.stream)
    if stream is None or not is_seen:
        return None
    found = await read_next_fetch(instance, stream, now)
    return found if intent.states == {State.SCHEDULED} or isinstance(found, Off) else None


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
        asked_at = self._clock()
        planned, missing = plan(intent, asked_at, zone), tuple[JobId, ...]()
        if intent.jobs:
            answers, missing = await read_several(instance, intent.jobs)
        else:
            answers = [await _read(instance, query, asked_at) for query in planned.queries]
        lists = [answer.value for answer in answers]
        now = min((answer.read_at for answer in answers), default=self._clock())
        started = resolve(intent, now) if intent.range is not None else None
        started = None if started is None else until_its_now(started, now, instance.gateway.clock_ahead)
        chosen, unplaced = choose_jobs(lists, intent.states, started), 0
        if scope.ids is not None:
            chosen, unplaced = await self._seen(chosen, instance, scope)
        undated = 0
        if planned.asked.to_come:
            # What waits now is not what a schedule brings tomorrow.
            dated = tuple(job for job in chosen if job.start is not None)
            chosen, undated = dated, len(chosen) - len(dated)
        jobs, around = await unusual_first(instance, chosen, now)
        if intent.longer is not None:
            jobs = tuple(job for job in jobs if runs_for_longer(job, intent.longer, around.get(job.id, NOTHING), now))
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
            around=around,
            # Of jobs that were asked for by number nobody has read what waits behind them.
            waiting={} if intent.jobs else waiting_of(lists, shown),
            stops=stops,
            stream=scope.stream,
            workspaces=scope.names,
            unplaced=unplaced,
            among=scope.among,
            whole=scope.reach is None or scope.reach.whole,
            missing=missing,
            undated=undated,
            next_fetch=next_fetch,
            no_such_stream=not jobs and not scope.stream and await self._is_nowhere(intent, instance),
        )

    async def ended(self, instance: Instance, scope: Scope, lately: timedelta) -> JobList:
        """What ended in a time up to now, in ``scope``, the newest first. Raises AdverityError."""
        now = self._clock()
        found = (await _read(instance, JobQuery(between=times_of(Last(lately), now)), now)).value
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
