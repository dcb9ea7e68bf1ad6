"""What the alerts make of successes that brought nothing.

A success whose extracts are wanted is put down in the state (``weighing``), and rounds of their own read them; so
nothing is lost to an answer that is late.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import uuid4

from pydantic import ValidationError

from jobbot.access.policy import Need
from jobbot.adverity.around import NotKnown
from jobbot.adverity.model import Job
from jobbot.flows.following import placing
from jobbot.flows.following.alerts.context import AlertContext, say_given_up
from jobbot.flows.following.alerts.hits import is_wanted, messages_for
from jobbot.flows.following.alerts.messages import AlertMessages
from jobbot.flows.following.poll_state import PollState, Weighing
from jobbot.flows.following.reconcile import to_weigh
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.intents.model import Sign
from jobbot.logs import get_logger
from jobbot.render import alerts as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import Alert, Interest, Notification

log = get_logger(__name__)


async def tell_empty(
    on: AlertContext, interest: Interest, state: PollState, said: Sequence[tuple[str, int]]
) -> tuple[AlertMessages, PollState]:
    """The messages, and the state in which they count as told.

    ``said`` are the (channel, job) that have heard in this round what the job brought.
    """
    learned, now, sight, name = on.learned, on.now, on.sight, on.instance.name
    if learned.unreadable is not None:
        return _cannot_weigh(name, learned.unreadable, interest), state
    weighed = {job.id: one.told for one in learned.empty for job in [_job_of(one)] if job is not None}
    waited = placing.due(state, now, empty=True)
    jobs = [*jobs_of(learned.empty), *(one.job for one in waited.values())]
    full = jobs_of(learned.full)
    if not jobs and not full:
        return AlertMessages(), state

    def wants(alert: Alert, job: Job) -> bool:
        is_asked = alert.channel_id in waited[job.id].channels if job.id in waited else True
        # It was held against the alerts when it ended.
        has_heard = alert.channel_id in weighed.get(job.id, ()) or (alert.channel_id, job.id) in said
        return is_asked and not has_heard and is_wanted(alert, job, now, {job.id}, state.ahead, empty=True)

    messages = messages_for(
        jobs,
        alerts=interest.alerts,
        wants=lambda alert, job: wants(alert, job) and sight.is_for(alert, job),
        groups=interest.groups,
        names=await name_datastreams(on.instance, jobs),
        state=state,
        now=now,
        empty=True,
        unasked=full,
        sight=sight,
        calls=await on.calls(jobs),
    )
    after, given_up = placing.wait(state, jobs, interest.alerts, wants, sight=sight, now=now, empty=True)
    say_given_up(on.instance, given_up)
    # Whoever hears that it brought nothing has heard that it succeeded.
    return messages, placing.heard(after, messages.jobs)


def say_not_weighed(instance: Instance, jobs: Sequence[int]) -> None:
    """Log that nobody will be told whether these successes brought nothing."""
    if jobs:
        log.warning("not known what jobs brought, empty ones are not told", instance=instance.name, jobs=jobs)


def put_to_weigh(
    state: PollState, jobs: Iterable[Job], said: Sequence[tuple[str, int]], now: datetime
) -> tuple[PollState, list[int]]:
    """With these successes put down; ``said`` are the channels that have heard what a job brought."""
    state, lost = to_weigh(placing.heard(state, said), jobs, now)
    weighing = dict(state.weighing)
    for channel, number in said:
        if (one := weighing.get(number)) is not None:
            weighing[number] = one.model_copy(update={"told": (*one.told, channel)})
    return state.model_copy(update={"weighing": weighing}), lost


def _cannot_weigh(instance: str, why: NotKnown, interest: Interest) -> AlertMessages:
    message = dump_message(words.cannot_weigh(instance, why))
    return AlertMessages(
        tuple(
            Notification(
                id=uuid4().hex,
                key=f"cannot weigh:{alert.id}",
                need=Need.ALERTS,
                instance=instance,
                channel_id=alert.channel_id,
                message=message,
                workspaces=frozenset(),
            )
            for alert in interest.alerts
            if Sign.EMPTY in alert.signs
        )
    )


def jobs_of(weighed: Iterable[Weighing]) -> list[Job]:
    """The jobs of what was weighed, without those that another version wrote."""
    return [job for one in weighed if (job := _job_of(one)) is not None]


def _job_of(one: Weighing) -> Job | None:
    try:
        return Job.model_validate_json(one.job)
    except ValidationError:
        return None
