"""Read what stands around a job, within a moment: an answer waits no longer for it, and never fails for it.

Adverity asks for one call at a time, so the facts are asked for one after the other, the one that matters most first,
for as long as the answer's budget for such facts lasts. What did not come in time says so; its call goes on, and the
next answer has it.
"""

from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from jobbot.adverity.around import (
    NOTHING,
    Around,
    Brought,
    NotKnown,
    Off,
    OpenIssues,
    Upcoming,
    Waiting,
    Why,
    brought_by,
    next_fetch_of,
)
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import DatastreamId, Issue, Job, State
from jobbot.adverity.query import JobQuery
from jobbot.adverity.streak import Streak, streak
from jobbot.adverity.usual_duration import TooFew, Usual, usual_duration
from jobbot.adverity.waiting import waiting_behind
from jobbot.flows.instances import Instance

NEXT_RUN_AGE = timedelta(minutes=3)
"""How old a next run may be that is told: somebody may have paused the schedule since."""

FEW = 5
"""So many jobs that end together are looked at one by one."""

_Fact = Usual | TooFew | Streak | Waiting | Upcoming | OpenIssues | Brought
_Reading = tuple[str, Callable[[], Awaitable[_Fact]]]


async def look_around(instance: Instance, job: Job, now: datetime, *, only: frozenset[str] | None = None) -> Around:
    """All that is of use for a job in its state, or ``only`` the facts of these names. Never raises."""
    readings = [one for one in _readings(instance.gateway, job, now) if only is None or one[0] in only]
    found: dict[str, _Fact] = {name: NotKnown(why=Why.SLOW) for name, _ in readings}
    try:
        async with instance.extras.asking():
            for name, read in readings:
                found[name] = await _softly(read)
    except TimeoutError:
        pass
    if job.datastream is not None and isinstance(off := found.get("next_fetch"), Off):
        found["next_fetch"] = await _by_whom(instance, job.datastream.id, off)
    return Around.model_validate(found)


async def read_next_fetch(instance: Instance, stream: DatastreamId | None, now: datetime) -> Upcoming:
    """When the schedule of a datastream fetches next; ``stream`` None: nobody knows which it is. Never raises."""
    if stream is None:
        return NotKnown(why=Why.UNSAID)
    try:
        async with instance.extras.asking():
            found = await _next_fetch(instance.gateway, stream, now)
    except AdverityError as error:
        return NotKnown.of(error)
    except TimeoutError:
        return NotKnown(why=Why.SLOW)
    return await _by_whom(instance, stream, found) if isinstance(found, Off) else found


async def _by_whom(instance: Instance, stream: DatastreamId, off: Off) -> Off:
    """With who paused it, as far as jobbot's record tells that in time."""
    if instance.who_paused is not None:
        with suppress(TimeoutError):
            async with instance.extras.reading():
                return await instance.who_paused(instance.name, stream, off)
    return off


async def look_at_ended(instance: Instance, jobs: Sequence[Job], now: datetime) -> Mapping[int, Around]:
    """Why each of a few jobs failed and how often in a row, or what it brought, all within the same moment.

    How long such jobs usually take is added where it is known already. Of many at once only why they failed: the
    issues that are open anywhere are one read.
    """
    found: dict[int, Around] = {}
    if len(jobs) > FEW:
        return await _look_at_many(instance, jobs)
    try:
        async with instance.extras.asking():
            for job in jobs:
                for name, read in _readings(instance.gateway, job, now):
                    if name in ("issues", "brought") or _is_cheap(name, instance.gateway, job):
                        fact = Around.model_validate({name: await _softly(read)})
                        found[job.id] = found.get(job.id, NOTHING).updated(fact)
    except TimeoutError:
        pass
    return found


def _is_cheap(name: str, gateway: Gateway, job: Job) -> bool:
    is_known = job.datastream is not None and gateway.known_runs(job.datastream.id) is not None
    return job.state is State.FAILED and (name == "streak" or (name == "usual" and is_known))


async def _look_at_many(instance: Instance, jobs: Sequence[Job]) -> Mapping[int, Around]:
    failed = {job.id: job.datastream.id for job in jobs if job.state is State.FAILED and job.datastream is not None}
    found: dict[DatastreamId, list[Issue]] = {}
    if failed:
        with suppress(AdverityError, TimeoutError):
            async with instance.extras.asking():
                for issue in (await instance.gateway.issues()).value.items:
                    if issue.datastream is not None:
                        found.setdefault(issue.datastream.id, []).append(issue)
    return {
        job: Around(issues=OpenIssues(issues=tuple(found[stream]))) for job, stream in failed.items() if stream in found
    }


def _readings(gateway: Gateway, job: Job, now: datetime) -> Iterator[_Reading]:
    stream = None if job.datastream is None else job.datastream.id
    if job.state is State.FAILED and stream is not None:
        yield "issues", lambda: _issues(gateway, stream)
    if job.state is State.SUCCESS:
        yield "brought", lambda: _brought(gateway, job)
    if stream is not None:
        yield "next_fetch", lambda: _next_fetch(gateway, stream, now)
        if job.state in (State.RUNNING, State.SUCCESS, State.FAILED):
            yield "streak", lambda: _streak(gateway, stream, job, now)
            yield "usual", lambda: _usual(gateway, stream, job)
        if job.state is State.RUNNING:
            yield "waiting", lambda: _waiting(gateway, job)


async def _softly(read: Callable[[], Awaitable[_Fact]]) -> _Fact:
    try:
        return await read()
    except AdverityError as error:
        return NotKnown.of(error)


async def _issues(gateway: Gateway, stream: DatastreamId) -> OpenIssues:
    return OpenIssues(issues=(await gateway.issues(stream)).value.items)


async def _brought(gateway: Gateway, job: Job) -> Brought:
    return brought_by((await gateway.extracts(job.id)).value)


async def _next_fetch(gateway: Gateway, stream: DatastreamId, now: datetime) -> Upcoming:
    answer = await gateway.datastream(stream, max_age=NEXT_RUN_AGE)
    said = answer.value.next_run
    if said is not None and answer.read_at < said <= now:
        answer = await gateway.datastream(stream, fresh=True)  # the one that was known has begun
    return next_fetch_of(answer.value, now)


async def _usual(gateway: Gateway, stream: DatastreamId, job: Job) -> Usual | TooFew:
    return usual_duration(job, (await gateway.runs(stream)).value.jobs)


async def _streak(gateway: Gateway, stream: DatastreamId, job: Job, now: datetime) -> Streak:
    began = None if job.start is None else job.start - (gateway.clock_ahead or timedelta(0))
    # The run before this one had ended when this one began: what was read since then knows how.
    max_age = None if began is None else max(now - began, timedelta(0))
    return streak(job, (await gateway.runs(stream, max_age=max_age)).value)


async def _waiting(gateway: Gateway, job: Job) -> Waiting:
    jobs = (await gateway.jobs(JobQuery())).value.jobs
    return Waiting(jobs=waiting_behind([one for one in jobs if one.id != job.id] + [job]).get(job.id, ()))
