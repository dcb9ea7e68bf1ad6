"""What the alerts make of one round: of jobs that are over, that run far longer than usual, and that brought nothing.

A job of which nobody can say yet whether a channel sees it waits in the poller's state (``placing``), and so does a
success of which is not known yet what it brought (``weighing``): nothing is lost to an answer that is late.
"""

from dataclasses import replace
from datetime import datetime

from jobbot.adverity.model import Job
from jobbot.flows.following import placing
from jobbot.flows.following.alerts.context import AlertContext, AlertsTold
from jobbot.flows.following.alerts.empty import jobs_of, tell_empty
from jobbot.flows.following.alerts.late import late_messages, learn_usual, tell_late
from jobbot.flows.following.alerts.messages import AlertMessages, changed
from jobbot.flows.following.alerts.over import tell_over
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import Learned
from jobbot.flows.following.seen_events import on_our_clock
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.past_runs import usual_durations
from jobbot.intents.model import Sign
from jobbot.store.following.model import Interest


async def tell_alerts(on: AlertContext) -> AlertsTold:
    """All of it. Raises StoreUnavailable."""
    if not on.interest.alerts:
        return AlertsTold(AlertMessages(), on.state)
    told, said = await tell_over(on)
    joined = replace(on.interest, groups=changed(on.interest.groups, told.messages.groups))
    weighed, state = await tell_empty(on, joined, told.state, said)
    joined = replace(joined, groups=changed(joined.groups, weighed.groups))
    late, state = await _tell_late(on, joined, state)
    messages = told.messages + weighed + late
    events = on_our_clock(messages.events, on.state)
    return replace(told, messages=replace(messages, events=events), state=state)


async def _tell_late(on: AlertContext, interest: Interest, state: PollState) -> tuple[AlertMessages, PollState]:
    going, now = on.learned.going, on.now
    if not going or not interest.tells_of(Sign.LATE):
        return AlertMessages(), state
    unknown = [job for job in going if job.id not in state.usual]
    state = learn_usual(state, going, await usual_durations(on.instance, unknown, now + state.ahead))
    told = tell_late(going, interest, state, now, on.sight)
    late = [job for jobs in told.values() for job in jobs]
    names = await name_datastreams(on.instance, late)
    calls = await on.calls(late)
    return late_messages(told, interest, on.instance.name, names, state, now=now, sight=on.sight, calls=calls)


def jobs_told_later(learned: Learned, now: datetime) -> list[Job]:
    """The successes of earlier rounds that were weighed, and the jobs that wait for their workspace."""
    waited = [placing.due(learned.state, now, empty=empty) for empty in (False, True)]
    return [*jobs_of(learned.empty), *(one.job for found in waited for one in found.values())]
