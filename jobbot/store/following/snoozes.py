"""Reads and writes the datastreams that a channel's alerts are silent about, within a caller's transaction."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import insert_into
from jobbot.store.database.tables import snoozes
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
        for one in datastreams
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
    instance: str | None,
    datastreams: Collection[int] | None,
) -> list[Snooze]:
    """End the snoozes of these datastreams, or of all (None): those that were not over yet."""
    change = delete(snoozes).where(snoozes.c.channel_id == channel_id)
    if instance is not None:
        change = change.where(snoozes.c.instance == instance)
    if datastreams is not None:
        change = change.where(snoozes.c.datastream.in_(datastreams))
    gone = (await connection.execute(change.returning(snoozes))).all()
    return sorted((_snooze(row) for row in gone if row.until > now), key=lambda one: one.datastream or 0)


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
