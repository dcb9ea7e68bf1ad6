"""Reads and writes the datastreams that a channel's alerts are silent about, within a caller's transaction.

Rows are written and ended in the order of their primary key, so that of two transactions one waits for the other:
in two orders PostgreSQL would end one of them as a deadlock.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, delete, exists, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import insert_into
from jobbot.store.database.tables import alerts, snoozes
from jobbot.store.following.model import Snooze

Place = tuple[str, str]
"""An instance and a channel."""


async def snooze_datastreams(
    connection: AsyncConnection, place: Place, datastreams: Iterable[int], *, until: datetime, by: str
) -> None:
    """Silence these, in place of an earlier snooze."""
    instance, channel_id = place
    rows = [
        {"instance": instance, "channel_id": channel_id, "datastream": one, "until": until, "user_id": by}
        for one in sorted(set(datastreams))
    ]
    if rows:
        new = insert_into(connection, snoozes)
        again = {"until": new.excluded.until, "user_id": new.excluded.user_id}
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
    return sorted((_snooze(row) for row in gone if row.until > now), key=lambda one: one.datastream or 0)


async def wake_uncovered(connection: AsyncConnection, channel_id: str) -> None:
    """End a channel's snoozes of datastreams that no alert there tells of any more."""
    covers = exists().where(
        alerts.c.ended_at.is_(None),
        alerts.c.instance == snoozes.c.instance,
        alerts.c.channel_id == snoozes.c.channel_id,
        alerts.c.datastream.in_([0, snoozes.c.datastream]),
    )
    await _end(connection, and_(snoozes.c.channel_id == channel_id, ~covers))


async def forget_snoozes(connection: AsyncConnection, now: datetime) -> None:
    """Delete those that are over."""
    await _end(connection, snoozes.c.until < now)


async def _end(connection: AsyncConnection, which: ColumnElement[bool]) -> Sequence[Row[Any]]:
    # A DELETE alone would lock them in whatever order it finds them.
    await connection.execute(select(snoozes.c.until).where(which).order_by(*snoozes.primary_key).with_for_update())
    return (await connection.execute(delete(snoozes).where(which).returning(snoozes))).all()


async def read_snoozes(
    connection: AsyncConnection, now: datetime, where: ColumnElement[bool]
) -> dict[Place, tuple[Snooze, ...]]:
    """Those that are not over, by place, in the order of their datastreams."""
    query = select(snoozes).where(where, snoozes.c.until > now).order_by(snoozes.c.datastream)
    found: dict[Place, tuple[Snooze, ...]] = {}
    for row in (await connection.execute(query)).all():
        place = (row.instance, row.channel_id)
        found[place] = (*found.get(place, ()), _snooze(row))
    return found


def _snooze(row: object) -> Snooze:
    given = {name: getattr(row, name) for name in ("datastream", "until", "user_id")}
    return Snooze(**given)
