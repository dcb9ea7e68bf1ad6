"""What every question to the record has in common, whichever table it is asked of."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Table


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordQuery:
    """Of an instance, a job, a datastream, of some workspaces, of a channel, from ``start`` to ``end``.

    Both are aware and included. A question is to the second, rows are to the microsecond. What is None is left open.
    """

    instance: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    job: int | None = None
    datastream: int | None = None
    workspaces: frozenset[int] | None = None
    channel_id: str | None = None

    @property
    def first(self) -> datetime | None:
        """The first moment that counts."""
        return self.start.replace(microsecond=0) if self.start is not None else None

    @property
    def last(self) -> datetime | None:
        """The last moment that counts."""
        return last_of(self.end) if self.end is not None else None

    def holds(self, at: datetime) -> bool:
        """Whether a moment lies in its time."""
        return (self.first is None or at >= self.first) and (self.last is None or at <= self.last)

    def equal(self, table: Table, *names: str) -> Iterator[ColumnElement[bool]]:
        """The conditions of fields that are called as their columns."""
        return (table.c[name] == value for name in names if (value := getattr(self, name)) is not None)

    def placed(self, table: Table) -> Iterator[ColumnElement[bool]]:
        """The condition of ``workspaces``: what is known to be in one of them."""
        if self.workspaces is not None:
            yield table.c.workspace.in_(sorted(self.workspaces))


def last_of(second: datetime) -> datetime:
    """The last moment of a second."""
    return second.replace(microsecond=999_999)
