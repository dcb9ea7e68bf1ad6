"""Makes the one call to Adverity of a round, and learns from its answer."""

from datetime import datetime, timedelta
from typing import assert_never

from jobbot.adverity.around import brought_by
from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows.following.alerts.empty import say_not_weighed
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import (
    CLOCK_SKEW,
    Extracts,
    GoingOn,
    Learned,
    Lookup,
    One,
    Past,
    cannot_weigh,
    learn_extracts,
    learn_going_on,
    learn_one,
    learn_past,
)
from jobbot.flows.instances import Instance
from jobbot.store.following.model import Interest


async def look_up(lookup: Lookup, instance: Instance, state: PollState, interest: Interest, now: datetime) -> Learned:
    """Make the call, and reconcile the answer with ``state``. ``now`` is when it is asked. Raises AdverityError."""
    gateway = instance.gateway
    match lookup:
        case GoingOn():
            answer = (await gateway.jobs(JobQuery(), fresh=True)).value
            return learn_going_on(on_time(instance, state), interest, answer, now)
        case Past(start, end):
            between = Times(*((at + state.ahead).replace(microsecond=0) for at in (start, end)))
            answer = (await gateway.jobs(JobQuery(between=between), fresh=True)).value
            known = on_time(instance, state)
            if abs(known.ahead - state.ahead) > CLOCK_SKEW / 2:
                return Learned(known, whole=False)  # it was the wrong range: the right one comes next
            return learn_past(known, lookup, answer, now)
        case One(job):
            try:
                found: Job | None = (await gateway.ended_job(JobId(job))).value
            except NotFound:
                found = None
            return learn_one(on_time(instance, state), job, found, now)
        case Extracts(job):
            return await _look_up_extracts(job, instance, state, now)
        case _:
            assert_never(lookup)


async def _look_up_extracts(job: int, instance: Instance, state: PollState, now: datetime) -> Learned:
    """An error here says nothing of whether the instance can be asked about jobs, so it is not raised."""
    try:
        brought = brought_by((await instance.gateway.extracts(JobId(job), fresh=True)).value)
    except AdverityError as error:
        learned = cannot_weigh(state, job, error, now)
        is_given_up = learned.unreadable is None and job not in learned.state.weighing
        say_not_weighed(instance, [job] if is_given_up else [])
        return learned
    return learn_extracts(state, job, brought, now)


def on_time(instance: Instance, state: PollState) -> PollState:
    """The state with the clock difference as this process measured it last, else as the last round did."""
    return state.model_copy(update={"ahead": _ahead(instance, state)})


def _ahead(instance: Instance, state: PollState) -> timedelta:
    measured = instance.gateway.clock_ahead
    return state.ahead if measured is None else measured
