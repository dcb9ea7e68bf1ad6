"""Reads and writes the datastreams that a channel's alerts are silent about, within a caller's transaction.

Rows are written and ended in the order of their primary key, so that of two transactions one waits for the other:
in two orders PostgreSQL would end one of them as a deadlock.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import insert_into
from jobbot.store.database.tables import alerts, snoozes
from jobbot.store.following.model import Snooze

Place = tuple[str, str]
"""An instance and a channel."""


async def snooze_datastreams(
    connection: AsyncConnection,
    place: Place,
    datastreams: Iterable[int],
    now: datetime,
    *,
    until: datetime | None,
    by: str,
) -> None:
    """Silence these, in place of an earlier snooze. ``until`` None: until they succeed again."""
    instance, channel_id = place
    rows = [
        {"instance": instance, "channel_id": channel_id, "datastream": one}
        | {"until": until, "since": now, "user_id": by}
        for one in sorted(set(datastreams))
    ]
    if rows:
        new = insert_into(connection, snoozes)
        again = {name: new.excluded[name] for name in ("until", "since", "user_id")}
        await connection.execute(new.on_conflict_do_update(index_elements=list(snoozes.primary_key), set_=again), rows)


async def wake_datastreams(
    connection: AsyncConnection,
    channel_id: str,
    now: datetime,
    *,
    instance: str,
    datastreams: Collection[int],
) -> list[Snooze]:
    """End the snoozes of these datastreams: those that were not over yet."""
    here = and_(snoozes.c.channel_id == channel_id, snoozes.c.instance == instance)
    gone = await _end(connection, and_(here, snoozes.c.datastream.in_(datastreams)))
    return sorted((one for row in gone if (one := _snooze(row)).lasts(now)), key=lambda one: one.datastream or 0)


async def wake_fixed(connection: AsyncConnection, instance: str, fixed: Iterable[tuple[str, int, datetime]]) -> None:
    """End the snoozes "until fixed" of these channels and datastreams, where they are still those of then."""
    theirs = [
        and_(snoozes.c.channel_id == channel, snoozes.c.datastream == datastream, snoozes.c.since == since)
        for channel, datastream, since in fixed
    ]
    if theirs:
        await _end(connection, and_(snoozes.c.instance == instance, snoozes.c.until.is_(None), or_(*theirs)))


async def wake_uncovered(connection: AsyncConnection, channel_id: str) -> None:
    """End a channel's snoozes of datastreams that no alert there tells of any more."""
    await _end(connection, and_(snoozes.c.channel_id == channel_id, ~_covered()))


def _covered() -> ColumnElement[bool]:
    return exists().where(
        alerts.c.ended_at.is_(None),
        alerts.c.instance == snoozes.c.instance,
        alerts.c.channel_id == snoozes.c.channel_id,
        alerts.c.datastream.in_([0, snoozes.c.datastream]),
    )


async def forget_snoozes(connection: AsyncConnection, now: datetime) -> None:
    """Delete those that are over, and those "until fixed" that no alert is left for."""
    await _end(connection, or_(snoozes.c.until < now, and_(snoozes.c.until.is_(None), ~_covered())))


async def _end(connection: AsyncConnection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    # A DELETE alone would lock them in whatever order it finds them.
    await connection.execute(select(snoozes.c.until).where(which).order_by(*snoozes.primary_key).with_for_update())
    return (await connection.execute(delete(snoozes).where(which).returning(snoozes))).all()


async def read_snoozes(
    connection: AsyncConnection, now: datetime, where: ColumnElement[bool]
) -> dict[Place, tuple[Snooze, ...]]:
    """Those that are not over, by place, in the order of their datastreams."""
    lasting = or_(snoozes.c.until.is_(None), snoozes.c.until > now)
    query = select(snoozes).where(where, lasting).order_by(snoozes.c.datastream)
    found: dict[Place, tuple[Snooze, ...]] = {}
    for row in (await connection.execute(query)).all():
        place = (row.instance, row.channel_id)
        found[place] = (*found.get(place, ()), _snooze(row))
    return found


def _snooze(row: object) -> Snooze:
    given = {name: getattr(row, name) for name in ("datastream", "until", "user_id", "since")}
    return Snooze(**given)
