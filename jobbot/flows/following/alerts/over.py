"""What the alerts make of jobs that are over, and of matters of which there was no news for too long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import Around, Brought
from jobbot.adverity.model import Job, State
from jobbot.flows.following import placing
from jobbot.flows.following.alerts.context import AlertContext, AlertsTold, say_given_up, stream_of
from jobbot.flows.following.alerts.empty import put_to_weigh, say_not_weighed
from jobbot.flows.following.alerts.group import open_streams
from jobbot.flows.following.alerts.hits import is_wanted, messages_for, snoozes_fixed, without_fixed
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.matters import KEPT
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.store.following.model import Alert, Interest, Snooze


@dataclass(frozen=True, slots=True)
class _Wants:
    """Whether an alert wants a job. ``waited`` jobs have waited for their workspace; ``fixes`` end snoozes."""

    on: AlertContext
    waited: Mapping[int, placing.Due]
    fixes: Mapping[tuple[str, int], Job]

    def __call__(self, alert: Alert, job: Job, *, empty: bool = False) -> bool:
        """Whoever sees the job; ``empty`` as for :func:`is_wanted`."""
        alert, now, ahead = without_fixed(alert, job, self.fixes), self.on.now, self.on.state.ahead
        if (one := self.waited.get(job.id)) is None:
            return is_wanted(alert, job, now, self.on.learned.witnessed, ahead, empty=empty)
        # It was held against the alerts when it ended.
        return alert.channel_id in one.channels and is_wanted(alert, job, now, {job.id}, ahead)

    def seen(self, alert: Alert, job: Job) -> bool:
        """Whether it does, and its channel sees the job."""
        return self(alert, job) and self.on.sight.is_for(alert, job)

    def perhaps_empty(self, job: Job) -> bool:
        """Whether any alert wants it if it has brought nothing."""
        sight = self.on.sight
        return any(
            self(alert, job, empty=True) and (sight.is_for(alert, job) or sight.may_be_for(alert, job))
            for alert in self.on.interest.alerts
        )


async def tell_over(on: AlertContext) -> tuple[AlertsTold, Sequence[tuple[str, int]]]:
    """What is told of them. Second come the (channel, job) that have heard what the job brought.

    Raises StoreUnavailable.
    """
    learned, interest, state, now = on.learned, on.interest, on.state, on.now
    waited = placing.due(state, now, empty=False)
    is_silent = any(now - group.last_at >= KEPT for group in interest.groups if group.is_open)
    if not (learned.over or learned.gone or waited or is_silent):
        return AlertsTold(AlertMessages(), state), ()
    ended = [job.id for job in learned.over]
    unhandled = await on.rounds.unhandled(on.instance.name, ended) if ended else set()
    new = [job for job in learned.over if job.id in unhandled]
    jobs = [*new, *(one.job for one in waited.values())]
    wants = _Wants(on, waited, snoozes_fixed(interest.alerts, new, state))
    told, around = await _messages(on, new, jobs, wants)
    said = [(channel, job) for channel, job in told.jobs if _says_what_it_brought(around, job)]
    after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=on.sight, now=now, empty=False)
    say_given_up(on.instance, given_up)
    # What an open matter counts already need not wait for its workspace.
    after = placing.heard(after, told.jobs)
    after, lost = put_to_weigh(after, [job for job in new if wants.perhaps_empty(job)], said, now)
    say_not_weighed(on.instance, lost)
    ours = AlertsTold(
        told,
        after,
        tuple(sorted(int(job.id) for job in new)),
        {
            int(job.id): (stream, job.end or now + state.ahead)
            for job in new
            if job.state is State.SUCCESS and (stream := stream_of(job)) is not None
        },
        tuple(
            (channel, stream, one.since)
            for (channel, stream), job in wants.fixes.items()
            for one in _snoozes(interest, channel, job)
            if one.since is not None
        ),
    )
    return ours, said


async def _messages(
    on: AlertContext, new: Sequence[Job], jobs: Sequence[Job], wants: _Wants
) -> tuple[AlertMessages, Mapping[int, Around]]:
    """The messages of these ended jobs, of which some are ``new``; and what stands around those that are told."""
    interest = on.interest
    told_of = [job for job in jobs if any(wants.seen(alert, job) for alert in interest.alerts)]
    known = {job.id for job in told_of}
    followed = open_streams(interest.groups)
    counted = [job for job in new if job.state is State.FAILED and job.id not in known and stream_of(job) in followed]
    # Names, and what stands around, are asked for only where somebody will read them.
    around = await look_at_ended(on.instance, [*told_of, *counted], on.now)
    ended = [job for job in wants.fixes.values() if job.id not in known]
    messages = messages_for(
        jobs,
        alerts=interest.alerts,
        wants=wants.seen,
        groups=interest.groups,
        names=await name_datastreams(on.instance, [*told_of, *counted, *ended]),
        state=on.state,
        now=on.now,
        around=around,
        unasked=await _successes_since(on, told_of),
        gone=on.learned.gone,
        sight=on.sight,
        watchers=on.watchers,
        calls=await on.calls(told_of),
        ends_snooze={
            (channel, int(job.id)): one.user_id
            for (channel, _), job in wants.fixes.items()
            for one in _snoozes(interest, channel, job)
        },
    )
    return messages, around


def _snoozes(interest: Interest, channel: str, job: Job) -> list[Snooze]:
    """The snoozes "until fixed" of a channel that this success ends."""
    stream = stream_of(job)
    own = [one for alert in interest.alerts if alert.channel_id == channel for one in alert.snoozes]
    return list(dict.fromkeys(one for one in own if one.datastream == stream and one.until is None))


async def _successes_since(on: AlertContext, jobs: Sequence[Job]) -> list[Job]:
    """Those that earlier rounds have seen, of datastreams whose failures before them are seen only now."""
    since: dict[int, datetime] = {}
    for job in jobs:
        if (stream := stream_of(job)) is not None and job.state is not State.SUCCESS and job.end is not None:
            since[stream] = min(since.get(stream, job.end), job.end)
    found = await on.rounds.successes(on.instance.name, since)
    return [
        Job.model_validate({"id": job, "state_label": "Success", "job_end": at, "datastream": stream})
        for stream, some in found.items()
        for job, at in some
    ]


def _says_what_it_brought(around: Mapping[int, Around], job: int) -> bool:
    """Of no extracts at all right at the end nobody knows yet: Adverity may not have written them down."""
    brought = around[job].brought if job in around else None
    return isinstance(brought, Brought) and brought.extracts > 0
