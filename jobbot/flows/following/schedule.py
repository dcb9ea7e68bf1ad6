"""How often a poller asks: close while something young is followed, rarely otherwise, ever more rarely in trouble."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.errors import AdverityError
from jobbot.flows.following.poll_state import PollState
from jobbot.store.following.model import Interest


@dataclass(frozen=True, slots=True, kw_only=True)
class PollSchedule:
    """Pauses between rounds, in seconds: ``close`` while something young is followed, ``near`` for an hour, ``far``.

    ``next`` is the pause before an ended job is looked up; ``trouble`` the longest while Adverity cannot be asked;
    ``outage`` how long it may last before channels are told that they are told nothing;
    ``look`` how often a process sees whether there is anything to do; ``trust`` for
    how long it is believed what Slack says of a channel that is told something (Slack takes 50 such look-ups a minute).
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
    seen: PollState, interest: Interest, schedule: PollSchedule, now: datetime, error: AdverityError | None
) -> timedelta:
    """Until the next round."""
    asked = max(seen.ask_again_at - now, timedelta(0)) if seen.ask_again_at is not None else timedelta(0)
    if error is not None:
        return max(timedelta(seconds=min(schedule.close * 2 ** min(seen.failures - 1, 10), schedule.trouble)), asked)
    if asked:
        return asked
    due = [one.again_at for one in seen.missing.values()] + [one.again_at for one in seen.weighing.values()]
    if seen.span is not None or any(at <= now for at in due):
        return timedelta(seconds=schedule.next)
    begun = [one.created_at for one in interest.watches] + [one.created_at for one in interest.cards]
    age = now - max(begun) if begun else timedelta(hours=1)
    if age < timedelta(minutes=10):
        return timedelta(seconds=schedule.close)
    return timedelta(seconds=schedule.near if age < timedelta(hours=1) or interest.alerts else schedule.far)
