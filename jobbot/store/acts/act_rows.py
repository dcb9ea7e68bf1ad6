"""Reads rows of the table of acts as ActRecords."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.acts.model import ActRecord, ActState, Kind, UnknownAct
from jobbot.store.database.tables import acts

_RECORD = tuple(field.name for field in fields(ActRecord))
_UNKNOWN = tuple(field.name for field in fields(UnknownAct) if field.name != "columns")
_KINDS, _STATES = frozenset(Kind), frozenset(ActState)

is_unfinished = and_(acts.c.told_at.is_(None), acts.c.untold.is_(None))
"""SQL: the act is still to be executed, or its last message still owed."""


def is_known() -> ColumnElement[bool]:
    """SQL: of a kind and in a state of this version. Other rows are left to the version that wrote them."""
    return and_(acts.c.kind.in_(sorted(Kind)), acts.c.state.in_(sorted(ActState)))


def record_of(row: Row[Any]) -> ActRecord:
    """A row of the table that :func:`is_known`. Any: SQLAlchemy's type of a whole row."""
    return record_from(row._mapping)


def any_record_of(row: Row[Any]) -> ActRecord | UnknownAct:
    """Any row of the table. Any: as above."""
    columns = row._mapping
    if columns["kind"] in _KINDS and columns["state"] in _STATES:
        return record_from(columns)
    return UnknownAct(**{name: columns[name] for name in _UNKNOWN}, columns={name: columns[name] for name in _RECORD})


def record_from(row: Mapping[Any, Any]) -> ActRecord:
    """A row's columns as a record. Any: the row's values have the columns' types."""
    given = {name: row[name] for name in _RECORD if name in row and name not in ("state", "kind")}
    return ActRecord(**given, state=ActState(row["state"]), kind=Kind(row["kind"]))


def acts_of(instance: str, subject: str) -> Select[Any]:
    """All rows of a subject. Any: SQLAlchemy's row type of a whole table."""
    return select(acts).where(acts.c.instance == instance, acts.c.subject == subject)


async def first_record(connection: AsyncConnection, query: Select[Any]) -> ActRecord | None:
    """The first row of a query for whole rows that :func:`is_known`."""
    row = (await connection.execute(query.where(is_known()))).first()
    return None if row is None else record_of(row)
