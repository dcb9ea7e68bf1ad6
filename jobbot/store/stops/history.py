"""Reads the history of stops: page by page for Slack, whole for the export.

Only :meth:`StopHistory.forget` changes anything; it is used where ``JOBBOT_KEEP_DAYS`` is set.
"""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, delete, func, or_, select

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import stops
from jobbot.store.stops.model import StopRecord, StopState
from jobbot.store.stops.stop_rows import is_unfinished, record_of

_BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class StopQuery:
    """Which stops: of an instance, asked for from ``start`` to ``end`` (aware, both included), by a user, of a job.

    ``workspaces``: of jobs that are known to be in one of them.
    """

    instance: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    user_id: str | None = None
    job: int | None = None
    datastream: int | None = None
    workspaces: frozenset[int] | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """The SQL conditions. The question is to the second, rows are to the microsecond."""
        found: list[ColumnElement[bool]] = []
        if self.instance is not None:
            found.append(stops.c.instance == self.instance)
        if self.start is not None:
            found.append(stops.c.requested_at >= self.start.replace(microsecond=0))
        if self.end is not None:
            found.append(stops.c.requested_at <= self.end.replace(microsecond=999_999))
        if self.user_id is not None:
            found.append(stops.c.user_id == self.user_id)
        if self.job is not None:
            found.append(stops.c.job == self.job)
        if self.datastream is not None:
            found.append(stops.c.datastream == self.datastream)
        if self.workspaces is not None:
            found.append(stops.c.workspace.in_(sorted(self.workspaces)))
        return found


class StopHistory:
    """Reads the ledger's rows. Every method may raise :class:`~jobbot.store.database.engine.StoreUnavailable`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, query: StopQuery) -> int:
        """How many stops there are."""
        async with self._database.reading() as connection:
            return int(await connection.scalar(select(func.count()).select_from(stops).where(*query.conditions())) or 0)

    async def newest(self, query: StopQuery, *, skip: int, most: int) -> list[StopRecord]:
        """A page of them, the newest first."""
        page = (
            select(stops)
            .where(*query.conditions())
            .order_by(stops.c.requested_at.desc(), stops.c.id.desc())
            .offset(skip)
            .limit(most)
        )
        async with self._database.reading() as connection:
            return [record_of(row) for row in await connection.execute(page)]

    async def newest_begun(
        self, instance: str, jobs: Collection[int], states: Collection[StopState]
    ) -> dict[int, StopRecord]:
        """By job its newest row in one of ``states``, for those jobs that have one."""
        rows = (
            select(stops)
            .where(stops.c.instance == instance, stops.c.job.in_(sorted(jobs)))
            .where(stops.c.state.in_(sorted(state.value for state in states)))
            .order_by(stops.c.requested_at, stops.c.id)
        )
        async with self._database.reading() as connection:
            return {row.job: record_of(row) for row in await connection.execute(rows)}

    async def oldest_first(self, query: StopQuery) -> AsyncIterator[StopRecord]:
        """All of them, in batches, so that a long record needs no more memory than a short one."""
        last: StopRecord | None = None
        while True:
            conditions = query.conditions()
            if last is not None:
                same = and_(stops.c.requested_at == last.requested_at, stops.c.id > last.id)
                conditions.append(or_(stops.c.requested_at > last.requested_at, same))
            batch = select(stops).where(*conditions).order_by(stops.c.requested_at, stops.c.id).limit(_BATCH)
            async with self._database.reading() as connection:
                rows = [record_of(row) for row in await connection.execute(batch)]
            for row in rows:
                yield row
            if len(rows) < _BATCH:
                return
            last = rows[-1]

    async def forget(self, before: datetime) -> int:
        """Delete finished stops that were asked for before this time: how many rows."""
        old = delete(stops).where(stops.c.requested_at < before, ~is_unfinished)
        async with self._database.writing() as connection:
            return (await connection.execute(old)).rowcount
