"""Ended jobs of which nobody can say yet whether a channel sees them: they wait for their workspace. Pure.

A channel that is bound to workspaces hears of no job whose workspace is unknown. Where Adverity does not tell it in the
round in which the job ended, the job waits in the poller's state, is asked about every minute, and is given up after
``WAITS``.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pydantic import ValidationError

from jobbot.adverity.model import Job
from jobbot.flows.following.alerts.hits import Wants
from jobbot.flows.following.poll_state import Placing, PollState
from jobbot.flows.following.sights import Sight
from jobbot.store.following.model import Alert

WAITS = timedelta(hours=1)
"""A job whose workspace is not known so long after it ended is not told to channels that are bound to workspaces."""

MOST = 200
"""So many jobs wait at most; of more, those that ended first are given up."""

_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Due:
    """A job that waits and is asked about in this round, for these ``channels``."""

    job: Job
    since: datetime
    channels: frozenset[str]


def due(state: PollState, now: datetime, *, empty: bool) -> dict[int, Due]:
    """By number the jobs to ask about now; ``empty``: those to be told of because they brought nothing."""
    found: dict[int, Due] = {}
    for one in state.placing:
        if one.again_at <= now and one.empty is empty:
            job = _job_of(one)
            if job is not None:
                found[job.id] = Due(job, one.since, frozenset(one.channels))
    return found


def undecided(job: Job, alerts: Sequence[Alert], wants: Wants, sight: Sight) -> tuple[str, ...]:
    """The channels that may have to be told of a job, once it is known where it is."""
    asked = [alert for alert in alerts if wants(alert, job)]
    told = {alert.channel_id for alert in asked if sight.is_for(alert, job)}
    open_ = (alert.channel_id for alert in asked if alert.channel_id not in told and sight.may_be_for(alert, job))
    return tuple(dict.fromkeys(open_))


def wait(
    state: PollState,
    jobs: Iterable[Job],
    alerts: Sequence[Alert],
    wants: Wants,
    *,
    sight: Sight,
    now: datetime,
    empty: bool,
) -> tuple[PollState, list[int]]:
    """Put down which of these jobs wait, of those that were due too: the state, and the jobs that are given up."""
    tried = due(state, now, empty=empty)
    waiting = [one for one in state.placing if one.empty is not empty or one.again_at > now]
    given_up: list[int] = []
    for job in jobs:
        since = tried[job.id].since if job.id in tried else now
        channels = undecided(job, alerts, wants, sight)
        if channels and now - since >= WAITS:
            given_up.append(int(job.id))
        elif channels:
            dumped = job.model_dump_json(by_alias=True)
            waiting.append(Placing(job=dumped, since=since, again_at=now + _AGAIN, channels=channels, empty=empty))
    for one in waiting[:-MOST]:
        given_up += [int(job.id) for job in [_job_of(one)] if job is not None]
    return state.model_copy(update={"placing": tuple(waiting[-MOST:])}), given_up


def heard(state: PollState, told: Collection[tuple[str, int]]) -> PollState:
    """The state in which these (channel, job) wait no more, be it for its end or for what it brought."""
    if not told:
        return state
    waiting = []
    for one in state.placing:
        job = _job_of(one)
        channels = tuple(channel for channel in one.channels if job is None or (channel, job.id) not in told)
        if channels:
            waiting.append(one.model_copy(update={"channels": channels}))
    return state.model_copy(update={"placing": tuple(waiting)})


def _job_of(one: Placing) -> Job | None:
    """None where another version wrote it."""
    try:
        return Job.model_validate_json(one.job)
    except ValidationError:
        return None
