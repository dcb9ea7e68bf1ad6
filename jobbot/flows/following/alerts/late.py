"""Jobs that run far longer than usual: whom to tell, once a job and channel. Pure.

What was told stands in the poller's state, which is written in one transaction with the message: so it is told once
across restarts and replicas. A channel that is quiet meanwhile is told afterwards, if the job is late still.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime

from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.usual_duration import TooFew, Usual
from jobbot.flows.following.alerts.channel import ChannelAlerts
from jobbot.flows.following.alerts.hits import is_heard
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.matters import Hit, calls_of, scopes_of
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.sights import Sight
from jobbot.intents.model import Sign
from jobbot.render import alerts as words
from jobbot.render.alert_entry import late_entry
from jobbot.render.jobs import Names
from jobbot.store.following.model import Interest


def learn_usual(state: PollState, going: Iterable[Job], usual: Mapping[JobId, Usual | TooFew]) -> PollState:
    """Keep how long each running job may be expected to take; forget those that are going on no more."""
    alive = {*state.known, *state.missing, *(int(job.id) for job in going)}
    expected: dict[int, Usual | None] = dict(state.usual)
    expected |= {job: one if isinstance(one, Usual) else None for job, one in usual.items()}
    kept = {job: one for job, one in expected.items() if job in alive}
    return state.model_copy(update={"usual": kept, "late": {job: to for job, to in state.late.items() if job in alive}})


def is_late(job: Job, state: PollState, now: datetime) -> bool:
    """Whether a job runs far longer than usual, as far as that is known. ``now`` is on our clock."""
    usual, start = state.usual.get(job.id), state.ours(job.start)
    return job.state is State.RUNNING and usual is not None and start is not None and now - start > usual.far_from


def tell_late(
    going: Iterable[Job], interest: Interest, state: PollState, now: datetime, sight: Sight
) -> dict[str, list[Job]]:
    """Which channels are to be told of which jobs now; only of those that they see."""
    late = sorted((job for job in going if is_late(job, state, now)), key=lambda job: (job.start or now, job.id))
    asked = [alert for alert in interest.alerts if Sign.LATE in alert.signs]
    found: dict[str, list[Job]] = {}
    for alert in asked:
        for job in late:
            here = found.setdefault(alert.channel_id, [])
            known = job in here or alert.channel_id in state.late.get(job.id, ())
            if not known and is_heard(alert, job, now) and sight.is_for(alert, job):
                here.append(job)
    # One message has room for so many; the rest are told in the next round.
    return {channel: jobs[: words.ROWS] for channel, jobs in found.items() if jobs}


def late_messages(
    told: Mapping[str, list[Job]],
    interest: Interest,
    instance: str,
    names: Names,
    state: PollState,
    *,
    now: datetime,
    sight: Sight,
    calls: Mapping[str, str] | None = None,
) -> tuple[AlertMessages, PollState]:
    """The messages, channel by channel, and the state in which they count as told.

    ``calls`` are the user groups that there are, by id their names.
    """
    found, late = AlertMessages(), dict(state.late)
    for channel, jobs in told.items():
        own = [alert for alert in interest.alerts if alert.channel_id == channel]
        here = [group for group in interest.groups if group.channel_id == channel]
        channel_alerts = ChannelAlerts(instance, channel, here, own, now, what="late", sight=sight)
        for job in jobs:
            late[job.id] = (*late.get(job.id, ()), channel)
            if (usual := state.usual.get(job.id)) is None:
                continue
            asked = [one for one in own if Sign.LATE in one.signs and is_heard(one, job, now)]
            asked = [one for one in asked if sight.is_for(one, job)]
            channel_alerts.take(
                Hit(
                    entry=late_entry(job, usual, names, now + state.ahead, workspace=sight.place(job)),
                    scopes=scopes_of(asked),
                    since=max((one.since for one in asked), default=None),
                    calls=calls_of(asked, calls or {}),
                )
            )
        found += channel_alerts.messages()
    return found, state.model_copy(update={"late": late})
