"""Reads what happened from where it is kept: acts and requests for them, freezes, and the events of the rounds."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.render.timeline.model import Happening
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord
from jobbot.store.acts.review_history import ReviewHistory
from jobbot.store.acts.review_request import ReviewRequest, ReviewState
from jobbot.store.database.engine import Database
from jobbot.store.events import EventHistory, EventQuery, KeptEvent
from jobbot.store.freezes import Freeze, Freezes


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineQuery:
    """What is asked of the record, with what is None left open. ``channel_id`` narrows to what was told there."""

    instance: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    job: int | None = None
    datastream: int | None = None
    workspaces: frozenset[int] | None = None
    channel_id: str | None = None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in its time, to the second."""
        moment = at.replace(microsecond=0)
        return (self.start is None or moment >= self.start) and (self.end is None or moment <= self.end)

    @property
    def acts(self) -> ActQuery:
        """For the ledger: of several the parts, what was planned at its hour."""
        return ActQuery(
            instance=self.instance,
            start=self.start,
            end=self.end,
            job=self.job,
            datastream=self.datastream,
            workspaces=self.workspaces,
            channel_id=self.channel_id,
            hours=True,
            wholes=False,
            plans=False,
        )

    @property
    def events(self) -> EventQuery:
        """For the events: with the outages of that time, but for the whole life of one job."""
        return EventQuery(
            instance=self.instance,
            start=self.start,
            end=self.end,
            job=self.job,
            datastream=self.datastream,
            workspaces=self.workspaces,
            channel_id=self.channel_id,
            outages=self.start is not None or self.job is None,
        )


class TimelineRecord:
    """Reads everything that happened from where it is kept. Raises StoreUnavailable."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._history = ActHistory(database)
        self._events = EventHistory(database)
        self._reviews = ReviewHistory(database)
        self._freezes = Freezes(database, clock)
        self._clock = clock

    async def read(self, query: TimelineQuery, *, most: int | None = None) -> tuple[list[Happening], bool]:
        """What happened, at most so many of each kind, in any order; and whether there is more, which is older."""
        bound = None if most is None else most + 1
        acts = await self._history.happened(query.acts, most=bound)
        seen = await self._events.newest(query.events, most=bound)
        wholes = await self._history.of_ids({one.part_of for one in acts if one.part_of is not None})
        told = {one.id: one.message_ts for one in wholes}
        asked = await self._reviews.newest(query.acts, most=bound)
        kinds = [[_of_act(one, told) for one in acts], [_of_event(one) for one in seen]]
        kinds.append([happened for request, ts in asked for happened in _of_request(request, ts)])
        kinds.append(await self._frozen(query))
        kinds = [[one for one in found if query.holds(one.at)] for found in kinds]
        full = [found[most - 1].at for found in kinds if most is not None and len(found) > most]
        # Before the time at which one kind is cut off, the others would stand alone.
        return [one for found in kinds for one in found if not full or one.at >= max(full)], bool(full)

    async def _frozen(self, query: TimelineQuery) -> list[Happening]:
        """How freezes began and ended in that time, the newest first: they are about all jobs of an instance."""
        if query.start is None or query.end is None:
            return []
        now = self._clock()
        found = await self._freezes.between(query.instance, query.start, query.end)
        kept = [one for one in found if query.channel_id in (None, one.channel_id)]
        happened = [part for one in kept for part in _of_freeze(one, now)]
        return sorted(happened, key=lambda one: one.at, reverse=True)


def _of_freeze(one: Freeze, now: datetime) -> list[Happening]:
    """Its beginning, and its end where that was; another one in its place is no end."""
    begun = Happening(
        at=one.since,
        what="freeze",
        instance=one.instance,
        said=one.reason,
        user_id=one.user_id,
        channel_id=one.channel_id,
        until=one.until,
    )
    over = one.ended_at or (one.until if one.until <= now else None)
    if over is None or one.replaced_by is not None:
        return [begun]
    return [
        begun,
        Happening(
            at=over,
            what="unfreeze",
            instance=one.instance,
            said=one.end_reason,
            user_id=one.ended_by,
            channel_id=one.channel_id,
        ),
    ]


_ENDS = {ReviewState.WITHDRAWN: "withdrawn", ReviewState.DISCARDED: "discarded", ReviewState.EXPIRED: "expired"}


def _of_request(one: ReviewRequest, ts: str | None) -> list[Happening]:
    """That it was asked, and what became of it; that it was confirmed is said by the act."""
    asked = Happening(
        at=one.requested_at,
        what="asked",
        instance=one.instance,
        name=one.name,
        said=one.reason,
        job=one.job,
        datastream=one.datastream,
        user_id=one.user_id,
        channel_id=one.channel_id,
        message_ts=ts,
        about=one.kind.value,
    )
    if one.state not in _ENDS or one.decided_at is None:
        return [asked]
    by = one.decided_by or ""
    return [asked, replace(asked, at=one.decided_at, what=_ENDS[one.state], user_id=by, said="")]


def _of_act(one: ActRecord, told: Mapping[str, str | None]) -> Happening:
    """``told`` is by act of several the ts of its message, which tells of its parts."""
    return Happening(
        at=one.planned_for or one.requested_at,
        what=one.kind.value,
        instance=one.instance,
        state=one.state.value,
        outcome=one.outcome,
        name=one.name,
        said=one.reason,
        job=one.job,
        datastream=one.datastream,
        user_id=one.user_id,
        channel_id=one.channel_id,
        message_ts=one.message_ts if one.part_of is None else told.get(one.part_of),
        closed_at=one.closed_at,
        asked_by=one.asked_by,
    )


def _of_event(one: KeptEvent) -> Happening:
    return Happening(
        at=one.at,
        what=one.what,
        instance=one.instance,
        name=one.name,
        said=one.said,
        job=one.job,
        datastream=one.datastream,
        channel_id=one.channel_id,
        message_ts=one.message_ts,
    )
