"""Reads what happened from where it is kept: acts and requests for them, freezes, and the events of the rounds."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime

from jobbot.flows.acts.kinds.schedule_plan import end_of_pause
from jobbot.render.timeline.model import Happening
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord, UnknownAct
from jobbot.store.acts.review_history import ReviewHistory, last_moment
from jobbot.store.acts.review_request import ReviewRequest, ReviewState
from jobbot.store.events import EventHistory, EventQuery, KeptEvent
from jobbot.store.freezes import Freeze, Freezes
from jobbot.store.record_query import RecordQuery


class TimelineRecord:
    """Reads everything that happened from where it is kept. Raises StoreUnavailable."""

    def __init__(self, history: ActHistory, events: EventHistory, freezes: Freezes, reviews: ReviewHistory) -> None:
        self._history = history
        self._events = events
        self._freezes = freezes
        self._reviews = reviews

    async def read(self, query: RecordQuery, *, most: int | None = None) -> tuple[list[Happening], bool]:
        """What happened, at most so many of each kind, in any order; and whether there is more, which is older."""
        bound = None if most is None else most + 1
        asked = asdict(query)
        # Of several the parts, and what was planned at its hour.
        act_query = ActQuery(**asked, hours=True, wholes=False, plans=False)
        event_query = EventQuery(**asked, outages=_has_outages(query))
        acts = await self._history.happened(act_query, most=bound)
        seen = await self._events.newest(event_query, most=bound)
        wholes = await self._history.of_ids({one.part_of for one in acts if one.part_of is not None})
        told = {one.id: one.message_ts for one in wholes}
        freezes = await self._frozen(query, most=bound)
        requests = await self._reviews.newest(query, most=bound)
        # By row, the newest first: a freeze or a request makes up to two of what happened, or none in this time.
        rows = [
            [(_moment(one), [_of_act(one, told)]) for one in acts],
            [(one.at, [_of_event(one)]) for one in seen],
            [(one.since, _of_freeze(one, query)) for one in freezes],
            [(last_moment(one, query.end), _of_request(one, ts, query)) for one, ts in requests],
        ]
        full = [kind[most - 1][0] for kind in rows if most is not None and len(kind) > most]
        found = [happened for kind in rows for _, made in kind for happened in made]
        # Before the time at which one kind is cut off, the others would stand alone.
        return [one for one in found if not full or one.at >= max(full)], bool(full)

    async def _frozen(self, query: RecordQuery, *, most: int | None) -> list[Freeze]:
        """As of outages: of the whole instance, beside whatever the question is about."""
        if not _has_outages(query):
            return []
        return await self._freezes.between(
            query.instance, query.first, query.last, channel_id=query.channel_id, most=most
        )


def _has_outages(query: RecordQuery) -> bool:
    """Those of its time belong to it, but not to the whole life of one job."""
    return query.start is not None or query.job is None


def _of_freeze(one: Freeze, query: RecordQuery) -> list[Happening]:
    """Its beginning and its end, as far as each is in the range; what took its place is the next one's beginning."""
    began = Happening(
        at=one.since,
        what="freeze",
        instance=one.instance,
        said=one.reason,
        user_id=one.user_id,
        channel_id=one.channel_id,
        until=one.until,
    )
    found = [began]
    if one.replaced_by is None:
        over = replace(began, what="unfreeze", at=one.ended_at or one.until, said=one.end_reason, until=None)
        found.append(replace(over, user_id=one.ended_by))
    # The end of one that is on is to come.
    return [one for one in found if query.holds(one.at)]


_ENDS = {
    ReviewState.WITHDRAWN: "withdrawn",
    ReviewState.DISCARDED: "discarded",
    ReviewState.EXPIRED: "expired",
    ReviewState.UNTOLD: "untold",
}


def _of_request(one: ReviewRequest, ts: str | None, query: RecordQuery) -> list[Happening]:
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
    found = [asked]
    if one.state in _ENDS and one.decided_at is not None:
        found.append(replace(asked, at=one.decided_at, what=_ENDS[one.state], user_id=one.decided_by or "", said=""))
    return [happened for happened in found if query.holds(happened.at)]


def _moment(one: ActRecord | UnknownAct) -> datetime:
    return one.planned_for or one.requested_at


def _of_act(one: ActRecord | UnknownAct, told: Mapping[str, str | None]) -> Happening:
    """``told`` is by act of several the ts of its message, which tells of its parts."""
    return Happening(
        at=_moment(one),
        what=str(one.kind),
        instance=one.instance,
        state=str(one.state),
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
        until=end_of_pause(one),
        planned=one.planned_for is not None,
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
