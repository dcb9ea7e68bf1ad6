"""The poll schedule: the delay until an instance's next round. Short while something young is followed, then longer."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.errors import AdverityError
from jobbot.flows.following.poll_state import PollState
from jobbot.store.following.model import Interest


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSchedule:
    """The poller's and the dispatcher's intervals, in seconds.

    Between two rounds: ``close`` while something younger than 10 minutes is followed, ``near`` up to an hour,
    then ``far``; ``next`` before an ended job is looked up; ``trouble``: the longest backoff on errors. ``outage``:
    how long that may last before channels are told. ``look``: between two checks for due work. ``trust``: how long a
    notification may rest on what Slack said of its channel (Slack allows 50 such look-ups a minute).
    """

    close: float = 5.0
    near: float = 15.0
    far: float = 30.0
    next: float = 1.0
    trouble: float = 60.0
    look: float = 0.5
    trust: float = 5.0
    outage: float = 180.0


def next_delay(
    state: PollState, interest: Interest, schedule: PollSchedule, now: datetime, error: AdverityError | None
) -> timedelta:
    """The time until the next round; ``error`` is what this one failed with, None where it succeeded."""
    asked = max(state.ask_again_at - now, timedelta(0)) if state.ask_again_at is not None else timedelta(0)
    if error is not None:
        return max(timedelta(seconds=min(schedule.close * 2 ** min(state.failures - 1, 10), schedule.trouble)), asked)
    if asked:
        return asked
    due = [one.again_at for one in state.missing.values()] + [one.again_at for one in state.weighing.values()]
    if state.span is not None or any(at <= now for at in due):
        return timedelta(seconds=schedule.next)
    begun = [one.created_at for one in interest.watches] + [one.created_at for one in interest.cards]
    age = now - max(begun) if begun else timedelta(hours=1)
    if age < timedelta(minutes=10):
        return timedelta(seconds=schedule.close)
    return timedelta(seconds=schedule.near if age < timedelta(hours=1) or interest.alerts else schedule.far)
