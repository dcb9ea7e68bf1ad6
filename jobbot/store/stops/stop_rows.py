"""Reads rows of the table of stops as StopRecords."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.tables import stops
from jobbot.store.stops.model import StopRecord, StopState

_RECORD = tuple(field.name for field in fields(StopRecord))

is_unfinished = and_(stops.c.told_at.is_(None), stops.c.untold.is_(None))
"""SQL: the stop is still to be executed, or its last message still owed."""


def record_of(row: Row[Any]) -> StopRecord:
    """A row of the table. Any: SQLAlchemy's type of a whole row."""
    return record_from(row._mapping)


def record_from(row: Mapping[Any, Any]) -> StopRecord:
    """A row's columns as a record. Any: the row's values have the columns' types."""
    given = {name: row[name] for name in _RECORD if name in row and name != "state"}
    return StopRecord(**given, state=StopState(row["state"]))


def stops_of(instance: str, job: int) -> Select[Any]:
    """All rows of a job. Any: SQLAlchemy's row type of a whole table."""
    return select(stops).where(stops.c.instance == instance, stops.c.job == job)


async def first_record(connection: AsyncConnection, query: Select[Any]) -> StopRecord | None:
    """The first row of a query for whole rows."""
    row = (await connection.execute(query)).first()
    return None if row is None else record_of(row)
