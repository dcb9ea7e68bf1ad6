"""What the alerts make of one round: of jobs that are over, that run far longer than usual, and that brought nothing.

A success whose extracts are wanted is put down in the state (``weighing``), and rounds of their own read them, so that
nothing is lost to an answer that is late.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import Around, Brought
from jobbot.adverity.model import Job
from jobbot.flows.following import alerts
from jobbot.flows.following.alerts import AlertMessages
from jobbot.flows.following.late import late_messages, learn_usual, tell_late
from jobbot.flows.following.poll_state import PollState, Weighing
from jobbot.flows.following.reconcile import Learned
from jobbot.flows.following.sights import Sight
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.past_runs import usual_durations
from jobbot.intents.model import Sign
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import Interest, Notification
from jobbot.store.following.poll_rounds import PollRounds

MOST_WEIGHED = 200
"""So many successes wait at most for what they brought; of more, those that ended first are not told of."""


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
) -> AlertsTold:
    """All of one round; ``sight`` says which channel sees which job. Raises StoreUnavailable."""
    if not interest.alerts:
        return AlertsTold(AlertMessages(), state)
    told, endings, state = await _tell_over(rounds, instance, interest, learned, state=state, now=now, sight=sight)
    weighed = await _tell_empty(instance, interest, learned, state, now, sight=sight)
    late, state = await _tell_late(instance, interest, learned.going, state, now, sight=sight)
    messages = AlertMessages(
        (*told.notifications, *weighed.notifications, *late), (*told.groups, *weighed.groups), told.jobs
    )
    return AlertsTold(messages, state, endings)


async def _tell_over(
    rounds: PollRounds,
    instance: Instance,
    interest: Interest,
    learned: Learned,
    *,
    state: PollState,
    now: datetime,
    sight: Sight,
) -> tuple[AlertMessages, tuple[int, ...], PollState]:
    over, witnessed = learned.over, learned.witnessed
    if not over:
        return AlertMessages(), (), state
    unhandled = await rounds.unhandled(instance.name, [job.id for job in over])
    new = [job for job in over if job.id in unhandled]

    def wanted(*, empty: bool) -> list[Job]:
        return [
            job
            for job in new
            if any(
                alerts.is_wanted(alert, job, now, witnessed, state.ahead, empty=empty) and sight.is_for(alert, job)
                for alert in interest.alerts
            )
        ]

    told_of = wanted(empty=False)
    # Names, and what stands around, are asked for only where somebody will read them.
    around = await look_at_ended(instance, told_of, now)
    told = alerts.messages_for(
        told_of,
        alerts=interest.alerts,
        groups=interest.groups,
        names=await name_datastreams(instance, told_of),
        state=state,
        witnessed=witnessed,
        now=now,
        around=around,
        sight=sight,
    )
    said = [(channel, job) for channel, job in told.jobs if _says_what_it_brought(around, job)]
    weighed = _to_weigh(state, wanted(empty=True), said, now)
    return told, tuple(sorted(int(job.id) for job in new)), weighed


def _says_what_it_brought(around: Mapping[int, Around], job: int) -> bool:
    """Of no extracts at all right at the end nobody knows yet: Adverity may not have written them down."""
    brought = around[job].brought if job in around else None
    return isinstance(brought, Brought) and brought.extracts > 0


def _to_weigh(state: PollState, jobs: Iterable[Job], said: Sequence[tuple[str, int]], now: datetime) -> PollState:
    """With these successes put down; ``said`` are the channels that have heard what each brought already."""
    weighing = dict(state.weighing)
    for job in jobs:
        told = tuple(channel for channel, number in said if number == job.id)
        weighing[job.id] = Weighing(job=job.model_dump_json(by_alias=True), again_at=now, told=told)
    return state.model_copy(update={"weighing": dict(list(weighing.items())[-MOST_WEIGHED:])})


async def _tell_empty(
    instance: Instance, interest: Interest, learned: Learned, state: PollState, now: datetime, *, sight: Sight
) -> AlertMessages:
    if learned.unreadable is not None:
        asked = [alert for alert in interest.alerts if Sign.EMPTY in alert.signs]
        why = words.cannot_weigh(instance.name, learned.unreadable)
        return AlertMessages(
            tuple(
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
        )
    found = AlertMessages()
    for one in learned.empty:
        job = _job_of(one)
        if job is None:
            continue
        told = alerts.messages_for(
            [job],
            alerts=[alert for alert in interest.alerts if alert.channel_id not in one.told],
            groups=interest.groups,
            names=await name_datastreams(instance, [job]),
            state=state,
            witnessed=frozenset({int(job.id)}),  # it was held against the alerts when it ended
            now=now,
            empty=True,
            sight=sight,
        )
        found = AlertMessages((*found.notifications, *told.notifications), (*found.groups, *told.groups))
    return found


def jobs_told_later(learned: Learned) -> list[Job]:
    """The successes of earlier rounds that turned out to be empty."""
    return [job for one in learned.empty if (job := _job_of(one)) is not None]


def _job_of(one: Weighing) -> Job | None:
    try:
        return Job.model_validate_json(one.job)
    except ValidationError:
        return None


async def _tell_late(
    instance: Instance, interest: Interest, going: Sequence[Job], state: PollState, now: datetime, *, sight: Sight
) -> tuple[list[Notification], PollState]:
    if not going or not interest.tells_of(Sign.LATE):
        return [], state
    unknown = [job for job in going if job.id not in state.usual]
    state = learn_usual(state, going, await usual_durations(instance, unknown, now + state.ahead))
    told = tell_late(going, interest, state, now, sight)
    names = await name_datastreams(instance, [job for jobs in told.values() for job in jobs])
    return late_messages(told, instance.name, names, state, now=now, sight=sight)
