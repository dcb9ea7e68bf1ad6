"""What the alerts make of one round: of jobs that are over, that run far longer than usual, and that brought nothing.

A success whose extracts are wanted is put down in the state (``weighing``), and rounds of their own read them; a job
of which nobody can say yet whether a channel sees it waits there too (``placing``). So nothing is lost to an answer
that is late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import Around, Brought
from jobbot.adverity.model import Job
from jobbot.flows.following import alerts, placing
from jobbot.flows.following.alerts import AlertMessages, Watchers, is_wanted
from jobbot.flows.following.late import late_messages, learn_usual, tell_late
from jobbot.flows.following.poll_state import PollState, Weighing
from jobbot.flows.following.reconcile import Learned, to_weigh
from jobbot.flows.following.sights import Sight
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.past_runs import usual_durations
from jobbot.intents.model import Sign
from jobbot.logs import get_logger
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import Alert, Interest, Notification
from jobbot.store.following.poll_rounds import PollRounds

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlertsTold:
    """The messages, the jobs that the alerts have dealt with, and the state that follows."""

    messages: AlertMessages
    state: PollState
    endings: tuple[int, ...] = ()


async def tell_alerted(
    rounds: PollRounds,
    instance: Instance,
    interest: Interest,
    learned: Learned,
    *,
    state: PollState,
    now: datetime,
    sight: Sight,
    watchers: Watchers,
) -> AlertsTold:
    """All of one round; ``sight`` says which channel sees which job, ``watchers`` who waits for one that is over.

    Raises StoreUnavailable.
    """
    if not interest.alerts:
        return AlertsTold(AlertMessages(), state)
    told, said, endings, state = await _tell_over(
        rounds, instance, interest, learned, state=state, now=now, sight=sight, watchers=watchers
    )
    joined = replace(interest, groups=alerts.changed(interest.groups, told.groups))
    weighed, state = await _tell_empty(instance, joined, learned, state, now, sight=sight, said=said)
    late, state = await _tell_late(instance, interest, learned.going, state, now, sight=sight)
    return AlertsTold(told + weighed + late, state, endings)


async def _tell_over(
    rounds: PollRounds,
    instance: Instance,
    interest: Interest,
    learned: Learned,
    *,
    state: PollState,
    now: datetime,
    sight: Sight,
    watchers: Watchers,
) -> tuple[AlertMessages, Sequence[tuple[str, int]], tuple[int, ...], PollState]:
    """Of jobs that are over. Second come the (channel, job) that have heard what the job brought."""
    waited = placing.due(state, now, empty=False)
    if not learned.over and not waited:
        return AlertMessages(), (), (), state
    unhandled = await rounds.unhandled(instance.name, [job.id for job in learned.over]) if learned.over else set()
    new = [job for job in learned.over if job.id in unhandled]
    jobs = [*new, *(one.job for one in waited.values())]

    def wants(alert: Alert, job: Job, *, empty: bool = False) -> bool:
        if (one := waited.get(job.id)) is None:
            return is_wanted(alert, job, now, learned.witnessed, state.ahead, empty=empty)
        # It was held against the alerts when it ended.
        return alert.channel_id in one.channels and is_wanted(alert, job, now, {job.id}, state.ahead)

    def seen(alert: Alert, job: Job) -> bool:
        return wants(alert, job) and sight.is_for(alert, job)

    told_of = [job for job in jobs if any(seen(alert, job) for alert in interest.alerts)]
    # Names, and what stands around, are asked for only where somebody will read them.
    around = await look_at_ended(instance, told_of, now)
    told = alerts.messages_for(
        told_of,
        alerts=interest.alerts,
        wants=seen,
        groups=interest.groups,
        names=await name_datastreams(instance, told_of),
        state=state,
        now=now,
        around=around,
        sight=sight,
        watchers=watchers,
    )
    said = [(channel, job) for channel, job in told.jobs if _says_what_it_brought(around, job)]
    perhaps_empty = [
        job
        for job in new
        if any(
            wants(alert, job, empty=True) and (sight.is_for(alert, job) or sight.may_be_for(alert, job))
            for alert in interest.alerts
        )
    ]
    after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=sight, now=now, empty=False)
    _say_given_up(instance, given_up)
    after, lost = _to_weigh(after, perhaps_empty, said, now)
    say_not_weighed(instance, lost)
    return told, said, tuple(sorted(int(job.id) for job in new)), after


def _say_given_up(instance: Instance, jobs: Sequence[int]) -> None:
    if jobs:
        log.warning("workspace not known, alerts not told", instance=instance.name, jobs=jobs)


def say_not_weighed(instance: Instance, jobs: Sequence[int]) -> None:
    """Log that nobody will be told whether these successes brought nothing."""
    if jobs:
        log.warning("not known what jobs brought, empty ones are not told", instance=instance.name, jobs=jobs)


def _says_what_it_brought(around: Mapping[int, Around], job: int) -> bool:
    """Of no extracts at all right at the end nobody knows yet: Adverity may not have written them down."""
    brought = around[job].brought if job in around else None
    return isinstance(brought, Brought) and brought.extracts > 0


def _to_weigh(
    state: PollState, jobs: Iterable[Job], said: Sequence[tuple[str, int]], now: datetime
) -> tuple[PollState, list[int]]:
    """With these successes put down; ``said`` are the channels that have heard what a job brought."""
    state, lost = to_weigh(placing.heard(state, said), jobs, now)
    weighing = dict(state.weighing)
    for channel, number in said:
        if (one := weighing.get(number)) is not None:
            weighing[number] = one.model_copy(update={"told": (*one.told, channel)})
    return state.model_copy(update={"weighing": weighing}), lost


async def _tell_empty(
    instance: Instance,
    interest: Interest,
    learned: Learned,
    state: PollState,
    now: datetime,
    *,
    sight: Sight,
    said: Sequence[tuple[str, int]],
) -> tuple[AlertMessages, PollState]:
    if learned.unreadable is not None:
        asked = [alert for alert in interest.alerts if Sign.EMPTY in alert.signs]
        why = words.cannot_weigh(instance.name, learned.unreadable)
        notifications = tuple(
            Notification(
                id=uuid4().hex,
                key=f"cannot weigh:{alert.id}",
                need=Need.ALERTS,
                instance=instance.name,
                channel_id=alert.channel_id,
                message=dump_message(why),
                workspaces=frozenset(),
            )
            for alert in asked
        )
        return AlertMessages(notifications), state
    weighed = {job.id: one.told for one in learned.empty for job in [_job_of(one)] if job is not None}
    waited = placing.due(state, now, empty=True)
    jobs = [*_empty_jobs(learned), *(one.job for one in waited.values())]
    if not jobs:
        return AlertMessages(), state

    def wants(alert: Alert, job: Job) -> bool:
        is_asked = alert.channel_id in waited[job.id].channels if job.id in waited else True
        # It was held against the alerts when it ended.
        has_heard = alert.channel_id in weighed.get(job.id, ()) or (alert.channel_id, job.id) in said
        return is_asked and not has_heard and is_wanted(alert, job, now, {job.id}, state.ahead, empty=True)

    told = alerts.messages_for(
        jobs,
        alerts=interest.alerts,
        wants=lambda alert, job: wants(alert, job) and sight.is_for(alert, job),
        groups=interest.groups,
        names=await name_datastreams(instance, jobs),
        state=state,
        now=now,
        empty=True,
        sight=sight,
    )
    after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=sight, now=now, empty=True)
    _say_given_up(instance, given_up)
    # Whoever hears that it brought nothing has heard that it succeeded.
    return told, placing.heard(after, told.jobs)


def jobs_told_later(learned: Learned, now: datetime) -> list[Job]:
    """The successes of earlier rounds that turned out to be empty, and the jobs that wait for their workspace."""
    waited = [placing.due(learned.state, now, empty=empty) for empty in (False, True)]
    return [*_empty_jobs(learned), *(one.job for found in waited for one in found.values())]


def _empty_jobs(learned: Learned) -> list[Job]:
    return [job for one in learned.empty if (job := _job_of(one)) is not None]


def _job_of(one: Weighing) -> Job | None:
    try:
        return Job.model_validate_json(one.job)
    except ValidationError:
        return None


async def _tell_late(
    instance: Instance, interest: Interest, going: Sequence[Job], state: PollState, now: datetime, *, sight: Sight
) -> tuple[AlertMessages, PollState]:
    if not going or not interest.tells_of(Sign.LATE):
        return AlertMessages(), state
    unknown = [job for job in going if job.id not in state.usual]
    state = learn_usual(state, going, await usual_durations(instance, unknown, now + state.ahead))
    told = tell_late(going, interest, state, now, sight)
    names = await name_datastreams(instance, [job for jobs in told.values() for job in jobs])
    return late_messages(told, instance.name, names, state, now=now, sight=sight)
