"""When an instance cannot be followed for long: who is told, once, and once more when it is over. Pure.

A channel with alerts or watches takes silence for good news. So what keeps a poller from its lists is noted with its
time (``PollState.failing``), and after a while each such channel is told. When the lists come again, what
ended meanwhile is caught up with first; then each channel that was told hears that it is over, and what came late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.errors import AdverityError
from jobbot.flows.following.poll_state import NOBODY, Failing, Outage, PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW, GoingOn, Learned, Lookup, One, Past
from jobbot.render import outages as words
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.store.following.model import Interest, Notification

CATCH_UP = timedelta(minutes=5)
"""How long after the first list it may take to catch up, before channels are told that it is over all the same."""

_LATE_MOST = 50


@dataclass(frozen=True, slots=True)
class Assessed:
    """The state that follows, who is to be told, and whether it ``began`` or is ``over`` in this round."""

    seen: PollState
    notifications: tuple[Notification, ...] = ()
    turn: Literal["", "began", "over"] = ""


def refused(seen: PollState, question: Lookup, error: AdverityError, now: datetime) -> PollState:
    """A question was not answered. Of one job that says nothing of the lists."""
    match question:
        case GoingOn():
            return _fails(seen, "going", Failing(since=now, why=type(error).__name__))
        case Past():
            return _fails(seen, "past", Failing(since=now, why=type(error).__name__))
        case One():
            return seen


def answered(seen: PollState, question: Lookup, learned: Learned, interest: Interest, now: datetime) -> PollState:
    """A question was answered, if perhaps not whole."""
    match question:
        case GoingOn() if learned.whole or not interest.alerts:
            return _works(_works(seen, "going"), "all")
        case GoingOn():
            return _fails(_works(seen, "going"), "all", Failing(since=now, why=words.TOO_LONG))
        case Past(start) if learned.unseen:
            # What is missing is missing for good, so nobody waits before it is told.
            return _fails(_works(seen, "past"), "past", Failing(since=start + CLOCK_SKEW, why=words.TOO_LONG))
        case Past() if learned.whole or ("past" in seen.failing and seen.failing["past"].why != words.TOO_LONG):
            return _works(seen, "past")
        case _:
            return seen


def assess(
    seen: PollState,
    interest: Interest,
    *,
    instance: str,
    now: datetime,
    limit: timedelta,
    late: Iterable[tuple[str, int, datetime | None]] = (),
) -> Assessed:
    """Whom to tell now. ``late`` are the jobs that this round tells: channel, number, and when each ended (ours)."""
    due = {name: one for name, one in seen.failing.items() if now - one.since >= limit or _is_lost(name, one)}
    outage = _with_late(_continued(seen, due, now), late)
    if outage is None:
        return Assessed(seen)
    notifications = []
    for channel, need in _blind(due, interest).items():
        if channel not in outage.told:
            outage = outage.model_copy(update={"told": {**outage.told, channel: need}})
            said = words.began(instance, outage.why, outage.since, only_alerts="going" not in due)
            notifications.append(_notification("outage", instance, outage, channel, said))
    turn: Literal["", "began", "over"] = "began" if seen.outage is None else ""
    if outage.over_at is not None and _is_caught_up(seen, interest, outage.over_at, now):
        for channel in outage.told:
            late_here = outage.late.get(channel, ())
            said = words.over(instance, outage.why, outage.since, outage.over_at, late_here, lost=outage.lost)
            notifications.append(_notification("outage over", instance, outage, channel, said))
        return Assessed(seen.model_copy(update={"outage": None}), tuple(notifications), "over")
    return Assessed(seen.model_copy(update={"outage": outage}), tuple(notifications), turn)


def next_turn(seen: PollState, limit: timedelta, now: datetime) -> datetime | None:
    """When channels are to be told if nothing changes until then; None where nothing is to come."""
    if seen.outage is not None or not seen.failing:
        return None
    due = min(one.since for one in seen.failing.values()) + limit
    return due if due > now else None


def lasting(state: str, now: datetime) -> Outage | None:
    """The outage that the last round left (``PollState``, dumped), while it lasts."""
    seen = PollState.load(state)
    is_stale = seen.looked_at is None or now - seen.looked_at > NOBODY
    return None if is_stale or seen.outage is None or seen.outage.over_at is not None else seen.outage


def _fails(seen: PollState, name: str, one: Failing) -> PollState:
    """The first time counts."""
    return seen.model_copy(update={"failing": {name: one} | seen.failing})


def _works(seen: PollState, name: str) -> PollState:
    return seen.model_copy(update={"failing": {key: one for key, one in seen.failing.items() if key != name}})


def _is_lost(name: str, one: Failing) -> bool:
    return name == "past" and one.why == words.TOO_LONG


def _continued(seen: PollState, due: dict[str, Failing], now: datetime) -> Outage | None:
    outage = seen.outage
    if due:
        first = min(due.values(), key=lambda one: one.since)
        outage = outage or Outage(since=first.since, why=first.why)
        lost = outage.lost or any(one.why == words.TOO_LONG for one in due.values())
        return outage.model_copy(update={"over_at": None, "lost": lost})
    if outage is not None and not seen.failing and outage.over_at is None:
        return outage.model_copy(update={"over_at": now})
    return outage


def _with_late(outage: Outage | None, late: Iterable[tuple[str, int, datetime | None]]) -> Outage | None:
    if outage is None or outage.over_at is None:
        return outage
    found = dict(outage.late)
    for channel, job, ended in late:
        # Adverity writes times to the second.
        if ended is None or outage.since - timedelta(seconds=1) <= ended <= outage.over_at:
            found[channel] = tuple(dict.fromkeys([*found.get(channel, ()), job]))[:_LATE_MOST]
    return outage.model_copy(update={"late": found})


def _blind(due: Iterable[str], interest: Interest) -> dict[str, str]:
    """Channels that hear nothing, or not everything, with the permission that they hear of that by."""
    names = set(due)
    channels: dict[str, str] = {}
    if names:
        channels |= {one.channel_id: Need.ALERTS.value for one in interest.alerts}
    if "going" in names:
        channels |= {one.channel_id: Need.WATCH.value for one in interest.watches}
    return channels


def _is_caught_up(seen: PollState, interest: Interest, over_at: datetime, now: datetime) -> bool:
    if now - over_at > CATCH_UP:
        return True
    is_covered = not interest.alerts or (seen.covered is not None and seen.covered >= over_at)
    return is_covered and not any(one.again_at <= now for one in seen.missing.values())


def _notification(what: str, instance: str, outage: Outage, channel: str, message: Message) -> Notification:
    return Notification(
        id=uuid4().hex,
        key=f"{what}:{instance}:{int(outage.since.timestamp())}:{channel}",
        need=outage.told[channel],
        instance=instance,
        channel_id=channel,
        message=dump_message(message),
        workspaces=frozenset(),
    )
