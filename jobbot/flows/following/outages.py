"""Outages: tells channels with alerts or watches when their instance cannot be polled, and when it can again. Pure.

Such a channel would take silence for good news. Lists that fail are noted with the time (``PollState.failing``); after
``PollSchedule.outage`` each such channel gets one message. When the lists come again the poller first catches up; then
each channel that was told gets a second message, with the jobs that were told late.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.errors import AdverityError
from jobbot.flows.following.poll_state import STATE_STALE_AFTER, Failing, Outage, PollState
from jobbot.flows.following.reconcile import CLOCK_SKEW, Extracts, GoingOn, Learned, Lookup, One, Past
from jobbot.flows.following.seen_events import of_outage
from jobbot.render import outages as words
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.store.events import Event, Seen
from jobbot.store.following.model import Interest, Notification

CATCH_UP = timedelta(minutes=5)
"""The longest wait for catching up after an outage, before channels are told that it is over all the same."""

_LATE_MOST = 50


@dataclass(frozen=True, slots=True)
class Assessed:
    """The next state, the messages due, and ``turn``: whether an outage ``began`` or is ``over`` in this round.

    ``events`` are what the messages tell.
    """

    state: PollState
    notifications: tuple[Notification, ...] = ()
    turn: Literal["", "began", "over"] = ""
    events: tuple[Event, ...] = ()


def lookup_failed(state: PollState, question: Lookup, error: AdverityError, now: datetime) -> PollState:
    """Note a lookup that failed; that of a single job does not count, as it says nothing of the lists."""
    match question:
        case GoingOn():
            return _fails(state, "going", Failing(since=now, why=type(error).__name__))
        case Past():
            return _fails(state, "past", Failing(since=now, why=type(error).__name__))
        case One() | Extracts():
            return state


def lookup_answered(
    state: PollState, question: Lookup, learned: Learned, interest: Interest, now: datetime
) -> PollState:
    """Note a lookup that was answered, perhaps incompletely."""
    match question:
        case GoingOn() if learned.whole or not interest.alerts:
            return _works(_works(state, "going"), "all")
        case GoingOn():
            return _fails(_works(state, "going"), "all", Failing(since=now, why=words.TOO_LONG))
        case Past(start) if learned.unseen:
            # What the list could not hold is lost, so channels are told without waiting.
            return _fails(_works(state, "past"), "past", Failing(since=start + CLOCK_SKEW, why=words.TOO_LONG))
        case Past() if learned.whole or ("past" in state.failing and state.failing["past"].why != words.TOO_LONG):
            return _works(state, "past")
        case _:
            return state


def assess(
    state: PollState,
    interest: Interest,
    *,
    instance: str,
    now: datetime,
    limit: timedelta,
    late: Iterable[tuple[str, int, datetime | None]] = (),
) -> Assessed:
    """The messages due now. ``late``: jobs told in this round, as (channel, job, end on our clock)."""
    due = {name: one for name, one in state.failing.items() if now - one.since >= limit or _is_lost(name, one)}
    outage = _with_late(_continued(state, due, now), late)
    if outage is None:
        return Assessed(state)
    notifications: list[Notification] = []
    for channel, need in _blind(due, interest).items():
        if channel not in outage.told:
            outage = outage.model_copy(update={"told": {**outage.told, channel: need}})
            said = words.began(instance, outage.why, outage.since, only_alerts="going" not in due)
            notifications.append(_notification("outage", instance, outage, channel, said))
    turn: Literal["", "began", "over"] = "began" if state.outage is None else ""
    seen = of_outage(Seen.BLIND, outage, outage.since, notifications)
    if outage.over_at is not None and _is_caught_up(state, interest, outage.over_at, now):
        first = len(notifications)
        for channel in outage.told:
            late_here = outage.late.get(channel, ())
            said = words.over(instance, outage.why, outage.since, outage.over_at, late_here, lost=outage.lost)
            notifications.append(_notification("outage over", instance, outage, channel, said))
        seen += of_outage(Seen.SEEING, outage, outage.over_at, notifications[first:])
        return Assessed(state.model_copy(update={"outage": None}), tuple(notifications), "over", seen)
    return Assessed(state.model_copy(update={"outage": outage}), tuple(notifications), turn, seen)


def next_change(state: PollState, limit: timedelta, now: datetime) -> datetime | None:
    """When an outage's first message falls due if nothing changes until then; None where none will."""
    if state.outage is not None or not state.failing:
        return None
    due = min(one.since for one in state.failing.values()) + limit
    return due if due > now else None


def current_outage(dumped: str, now: datetime) -> Outage | None:
    """The outage in a dumped ``PollState``; None where there is none, it is over, or the state is stale."""
    state = PollState.load(dumped)
    is_stale = state.looked_at is None or now - state.looked_at > STATE_STALE_AFTER
    return None if is_stale or state.outage is None or state.outage.over_at is not None else state.outage


def _fails(state: PollState, name: str, one: Failing) -> PollState:
    """Note a failing list; the first time is kept."""
    return state.model_copy(update={"failing": {name: one} | state.failing})


def _works(state: PollState, name: str) -> PollState:
    return state.model_copy(update={"failing": {key: one for key, one in state.failing.items() if key != name}})


def _is_lost(name: str, one: Failing) -> bool:
    return name == "past" and one.why == words.TOO_LONG


def _continued(state: PollState, due: dict[str, Failing], now: datetime) -> Outage | None:
    outage = state.outage
    if due:
        first = min(due.values(), key=lambda one: one.since)
        outage = outage or Outage(since=first.since, why=first.why)
        lost = outage.lost or any(one.why == words.TOO_LONG for one in due.values())
        return outage.model_copy(update={"over_at": None, "lost": lost})
    if outage is not None and not state.failing and outage.over_at is None:
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
    """Channels that miss notifications while these lists fail, with the permission their notifications rest on."""
    names = set(due)
    channels: dict[str, str] = {}
    if names:
        channels |= {one.channel_id: Need.ALERTS.value for one in interest.alerts}
    if "going" in names:
        channels |= {one.channel_id: Need.WATCH.value for one in interest.watches}
    return channels


def _is_caught_up(state: PollState, interest: Interest, over_at: datetime, now: datetime) -> bool:
    if now - over_at > CATCH_UP:
        return True
    is_covered = not interest.alerts or (state.covered is not None and state.covered >= over_at)
    return is_covered and not any(one.again_at <= now for one in state.missing.values())


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
