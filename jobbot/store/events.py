"""What happened to jobs and to the poller, as it was seen and told: rows that are only ever added.

A round writes them in the transaction of the messages that tell of them (:mod:`~jobbot.store.following.poll_rounds`).
They are kept for as long as the record of acts, while the outbox forgets its messages after some days: so a message's
ts is copied here before that.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.tables import events, outbox
from jobbot.store.record_query import RecordQuery


class Seen(StrEnum):
    """What an event says, beside the state in which a job has ended (``Failed``), as Adverity calls it.

    RECOVERED: a run succeeded that ended a matter. BLIND and SEEING: an instance could not be followed, and could
    again; AWAY and BACK: no jobbot was there to look.
    """

    LATE = "late"
    EMPTY = "empty"
    GONE = "gone"
    RECOVERED = "recovered"
    BLIND = "blind"
    SEEING = "seeing"
    AWAY = "away"
    BACK = "back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One thing that happened. ``at`` is aware, on our clock; ``said`` is why, in plain text.

    ``key`` is the same for the same thing, in whichever channel it was told. ``notification`` is the id of the message
    that tells it in ``channel_id``, or of the one in whose thread it is told.
    """

    key: str
    instance: str
    at: datetime
    what: str
    name: str = ""
    said: str = ""
    job: int | None = None
    datastream: int | None = None
    workspace: int | None = None
    channel_id: str = ""
    notification: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptEvent(Event):
    """A row. ``message_ts`` is that of its message, as far as Slack has said it."""

    message_ts: str | None = None


_COLUMNS = tuple(field.name for field in fields(Event))
_ABOUT_THE_INSTANCE = and_(events.c.job.is_(None), events.c.datastream.is_(None))


@dataclass(frozen=True, slots=True, kw_only=True)
class EventQuery(RecordQuery):
    """Which events, told in a channel. ``outages``: also what is about the whole instance, beside those of a job, a
    datastream, or workspaces.
    """

    outages: bool = True

    def conditions(self) -> list[ColumnElement[bool]]:
        """The SQL conditions."""
        found = list(self.equal(events, "instance", "channel_id"))
        if self.first is not None:
            found.append(events.c.at >= self.first)
        if self.last is not None:
            found.append(events.c.at <= self.last)
        about = [*self.equal(events, "job", "datastream"), *self.placed(events)]
        if about:
            found.append(or_(and_(*about), _ABOUT_THE_INSTANCE) if self.outages else and_(*about))
        elif not self.outages:
            found.append(~_ABOUT_THE_INSTANCE)
        return found


async def keep_events(connection: AsyncConnection, new: Sequence[Event]) -> None:
    """In the transaction of what they tell; what a channel has heard before is not added again."""
    rows = [asdict(one) | {"key": one.key[:200], "what": one.what[:60]} for one in new]
    if rows:
        await connection.execute(insert_into(connection, events).on_conflict_do_nothing(), rows)


async def keep_ts(connection: AsyncConnection, forgotten: Select[tuple[str]]) -> None:
    """Copy what is known of the messages of these outbox rows, before they are deleted."""
    known = select(outbox.c.sent_ts).where(outbox.c.id == events.c.notification).scalar_subquery()
    theirs = update(events).where(events.c.message_ts.is_(None), events.c.notification.in_(forgotten))
    await connection.execute(theirs.values(message_ts=known))


class EventHistory:
    """Reads the events. Every method may raise :class:`~jobbot.store.database.engine.StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, query: EventQuery, *, most: int | None = None) -> list[KeptEvent]:
        """The newest, at most so many, the newest first."""
        ts = func.coalesce(events.c.message_ts, outbox.c.sent_ts).label("ts")
        rows = (
            select(events, ts)
            .select_from(events.outerjoin(outbox, outbox.c.id == events.c.notification))
            .where(*query.conditions())
            .order_by(events.c.at.desc(), events.c.number.desc())
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(rows if most is None else rows.limit(most))).all()
        return [
            KeptEvent(**{name: row._mapping[events.c[name]] for name in _COLUMNS}, message_ts=row.ts) for row in found
        ]

    async def forget(self, before: datetime) -> int:
        """Delete what happened before this time: how many rows."""
        async with self._database.writing() as connection:
            return (await connection.execute(delete(events).where(events.c.at < before))).rowcount
