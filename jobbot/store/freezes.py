"""Freezes: for how long every act on an instance is refused, who said so, and how each of them ended.

One counts while its time lasts and nobody has ended it: no process has to do anything for its end. Rows stay as long as
those of acts: they are a part of the record.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, insert, or_, select, update
from sqlalchemy import delete as delete_from
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import Database
from jobbot.store.database.lease import now_in
from jobbot.store.database.tables import freezes
from jobbot.store.following.model import Notification
from jobbot.store.following.outbox import put
from jobbot.store.slack_retries import is_new

_LOCK = 7_236_552_018_536
"""The advisory lock around beginning and ending one; any number, the same in every jobbot."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """One freeze of an instance, asked for in a channel or a thread of it. Times are aware and in UTC.

    ``ended_at``: somebody ended it before ``until``, ``ended_by`` a Slack id; ``end_reason`` is theirs. ``replaced_by``
    is the id of the freeze that took its place.
    """

    id: str
    instance: str
    user_id: str
    channel_id: str
    thread_ts: str | None
    reason: str
    since: datetime
    until: datetime
    ended_at: datetime | None = None
    ended_by: str = ""
    end_reason: str = ""
    replaced_by: str | None = None


_FREEZE = tuple(one.name for one in fields(Freeze))


@dataclass(frozen=True, slots=True)
class Repeated:
    """This very delivery was obeyed before."""


class Freezes:
    """On a database; every method may raise StoreUnavailable. ``clock``: aware time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def current(self, instance: str) -> Freeze | None:
        """The freeze of an instance that is on now."""
        async with self._database.reading() as connection:
            return await self._current(connection, instance)

    async def begin(
        self, freeze: Freeze, told: Callable[[Freeze | None], Notification] | None = None, *, key: str = ""
    ) -> "Freeze | Repeated | None":
        """Begin one; it takes the place of the one that is on, which is returned.

        ``told`` makes of that the notification which is added with it; ``key`` is what Slack repeats when it delivers
        the same again: Repeated where that was obeyed before, and then nothing is changed.
        """
        async with self._database.writing() as connection:
            if key and not await is_new(connection, key, self._clock()):
                return Repeated()
            # Of two at once neither would see the other's.
            await self._database.transaction_lock(connection, _LOCK)
            before = await self._current(connection, freeze.instance)
            if before is not None:
                await self._end(connection, before, freeze.user_id, freeze.reason, freeze.id)
            await connection.execute(insert(freezes).values({name: getattr(freeze, name) for name in _FREEZE}))
            if told is not None:
                await put(connection, [told(before)], self._clock(), self._now())
        return before

    async def end(
        self,
        instance: str,
        told: Callable[[Freeze], Notification] | None = None,
        *,
        only: str | None,
        by: str,
        reason: str,
        key: str = "",
    ) -> "Freeze | Repeated | None":
        """End the one that is on; the one that was on, which is not ended where it is not ``only`` (an id; None: any).

        None where none was; ``told`` and ``key`` as for :meth:`begin`.
        """
        async with self._database.writing() as connection:
            if key and not await is_new(connection, key, self._clock()):
                return Repeated()
            await self._database.transaction_lock(connection, _LOCK)
            before = await self._current(connection, instance)
            if before is None or (only is not None and before.id != only):
                return before
            ended = await self._end(connection, before, by, reason, None)
            if told is not None:
                await put(connection, [told(ended)], self._clock(), self._now())
            return ended

    async def tell_over(self, told: Callable[[Freeze], Notification]) -> list[str]:
        """Add one notification for each freeze whose time is over, once over all processes: their instances."""
        is_over = and_(freezes.c.ended_at.is_(None), freezes.c.until <= self._now(), freezes.c.told_over_at.is_(None))
        async with self._database.reading() as connection:
            # Hardly ever is there one to be told, and a write waits for the disk.
            if (await connection.execute(select(freezes.c.id).where(is_over).limit(1))).first() is None:
                return []
        async with self._database.writing() as connection:
            now = self._clock()
            change = update(freezes).where(is_over).values(told_over_at=now).returning(freezes)
            found = [_freeze(row) for row in await connection.execute(change)]
            await put(connection, [told(one) for one in found], now, self._now())
        return [one.instance for one in found]

    async def between(
        self,
        instance: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        *,
        channel_id: str | None = None,
        most: int | None = None,
    ) -> list[Freeze]:
        """The newest that were on at any time of a range, the newest first; what is None is left open.

        ``channel_id``: those that were asked for there; ``most``: not more.
        """
        query = select(freezes).order_by(freezes.c.since.desc(), freezes.c.id).limit(most)
        if instance is not None:
            query = query.where(freezes.c.instance == instance)
        if start is not None:
            query = query.where(func.coalesce(freezes.c.ended_at, freezes.c.until) >= start)
        if end is not None:
            query = query.where(freezes.c.since <= end)
        if channel_id is not None:
            query = query.where(freezes.c.channel_id == channel_id)
        async with self._database.reading() as connection:
            return [_freeze(row) for row in await connection.execute(query)]

    async def forget(self, before: datetime) -> int:
        """Delete those that were over before this time: how many rows."""
        old = delete_from(freezes).where(or_(freezes.c.ended_at < before, freezes.c.until < before))
        async with self._database.writing() as connection:
            return (await connection.execute(old)).rowcount

    async def _current(self, connection: AsyncConnection, instance: str) -> Freeze | None:
        lasting = and_(freezes.c.instance == instance, freezes.c.ended_at.is_(None), freezes.c.until > self._now())
        newest: Select[Any] = select(freezes).where(lasting).order_by(freezes.c.since.desc(), freezes.c.id).limit(1)
        row = (await connection.execute(newest)).first()
        return None if row is None else _freeze(row)

    async def _end(
        self, connection: AsyncConnection, freeze: Freeze, by: str, reason: str, replaced_by: str | None
    ) -> Freeze:
        over = {"ended_at": self._clock(), "ended_by": by, "end_reason": reason, "replaced_by": replaced_by}
        # Also an earlier one that two clocks left behind: nothing of before is on any more.
        same = and_(freezes.c.instance == freeze.instance, freezes.c.ended_at.is_(None), freezes.c.until > self._now())
        await connection.execute(update(freezes).where(same).values(over))
        return replace(freeze, ended_at=self._clock(), ended_by=by, end_reason=reason, replaced_by=replaced_by)

    def _now(self) -> ColumnElement[datetime]:
        """The clock of leases: all processes that share a PostgreSQL see a freeze end at the same moment."""
        return now_in(self._database, self._clock)


def _freeze(row: Row[Any]) -> Freeze:
    """A row of the table. Any: SQLAlchemy's type of a whole row."""
    return Freeze(**{name: row._mapping[name] for name in _FREEZE})
