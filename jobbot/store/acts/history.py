"""Reads the history of acts: page by page for Slack, whole for the export.

Only :meth:`ActHistory.forget` changes anything; it is used where ``JOBBOT_KEEP_DAYS`` is set.
"""

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, ColumnElement, and_, delete, exists, func, or_, select

from jobbot.store.acts.act_rows import any_record_of, first_record, is_known, is_unfinished, record_of
from jobbot.store.acts.model import ActRecord, ActState, Kind, UnknownAct
from jobbot.store.acts.review_request import ReviewState
from jobbot.store.database.engine import Database
from jobbot.store.database.tables import acts, review_requests
from jobbot.store.record_query import RecordQuery

_BATCH = 500

_CAME_TO_ITS_HOUR = or_(acts.c.closed_at.is_(None), acts.c.closed_at >= acts.c.planned_for)


@dataclass(frozen=True, slots=True, kw_only=True)
class ActQuery(RecordQuery):
    """Which acts, asked for in a time and in a channel; by a user, which both are who asked and who confirmed.

    ``state``: only those in it. ``hours``: what was planned counts by its hour. ``wholes``: also acts of several,
    ``parts``: also what is a part of one. ``plans``: also what jobbot has planned and did not begin, whose hour may be
    to come.
    """

    user_id: str | None = None
    hours: bool = False
    state: ActState | None = None
    wholes: bool = True
    parts: bool = True
    plans: bool = True

    def conditions(self) -> list[ColumnElement[bool]]:
        """The SQL conditions."""
        first, last = self.first, self.last
        found = [*self.equal(acts, "instance", "channel_id", "job", "datastream"), *self.placed(acts)]
        if first is not None:
            found.append(self._of_time(lambda at: at >= first))
        if last is not None:
            found.append(self._of_time(lambda at: at <= last))
        if self.user_id is not None:
            found.append(or_(acts.c.user_id == self.user_id, acts.c.asked_by == self.user_id))
        if self.state is not None:
            found.append(acts.c.state == self.state.value)
        if not self.wholes:
            found.append(acts.c.kind != Kind.STOP_SEVERAL.value)
        if not self.parts:
            found.append(acts.c.part_of.is_(None))
        if not self.plans:
            was_begun = and_(acts.c.state != ActState.PLANNED.value, _CAME_TO_ITS_HOUR)
            found.append(or_(acts.c.planned_for.is_(None), was_begun))
        return found

    def _of_time(self, fits: Callable[[Column[datetime]], ColumnElement[bool]]) -> ColumnElement[bool]:
        """Two conditions with an index each, rather than one on what both come to."""
        if not self.hours:
            return fits(acts.c.requested_at)
        return or_(and_(acts.c.planned_for.is_(None), fits(acts.c.requested_at)), fits(acts.c.planned_for))


class ActHistory:
    """Reads the ledger's rows, of the record also those that this version does not know.

    Every method may raise :class:`~jobbot.store.database.engine.StoreUnavailable`.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def count(self, query: ActQuery) -> int:
        """How many acts there are."""
        async with self._database.reading() as connection:
            return int(await connection.scalar(select(func.count()).select_from(acts).where(*query.conditions())) or 0)

    async def newest(self, query: ActQuery, *, skip: int, most: int) -> list[ActRecord | UnknownAct]:
        """A page of them, the newest first."""
        page = (
            select(acts)
            .where(*query.conditions())
            .order_by(acts.c.requested_at.desc(), acts.c.id.desc())
            .offset(skip)
            .limit(most)
        )
        async with self._database.reading() as connection:
            return [any_record_of(row) for row in await connection.execute(page)]

    async def parts_of(self, wholes: Collection[str]) -> dict[str, list[ActRecord | UnknownAct]]:
        """By act of several its parts, in the order in which they were given."""
        found: dict[str, list[ActRecord | UnknownAct]] = {}
        if wholes:
            rows = select(acts).where(acts.c.part_of.in_(sorted(wholes))).order_by(acts.c.id)
            async with self._database.reading() as connection:
                for row in await connection.execute(rows):
                    found.setdefault(row.part_of, []).append(any_record_of(row))
        return found

    async def newest_begun(
        self, kinds: Collection[Kind], instance: str, jobs: Collection[int], states: Collection[ActState]
    ) -> dict[int, ActRecord]:
        """By job its newest row of these kinds in one of ``states``, for those jobs that have one."""
        rows = (
            select(acts)
            .where(
                acts.c.kind.in_(sorted(kind.value for kind in kinds)),
                acts.c.instance == instance,
                acts.c.job.in_(sorted(jobs)),
            )
            .where(acts.c.state.in_(sorted(state.value for state in states)))
            .order_by(acts.c.requested_at, acts.c.id)
        )
        async with self._database.reading() as connection:
            return {row.job: record_of(row) for row in await connection.execute(rows)}

    async def done(self, instance: str, subjects: Mapping[str, datetime], jobs: Collection[int]) -> list[ActRecord]:
        """The acts that were done of one of these subjects, or about one of these jobs, as they ended.

        Those of a subject that ended before the earliest of the given times are left out.
        """
        since = [acts.c.closed_at >= min(subjects.values())] if subjects else []
        about = or_(and_(acts.c.subject.in_(sorted(subjects)), *since), acts.c.job.in_(sorted(jobs)))
        rows = select(acts).where(acts.c.instance == instance, acts.c.state == ActState.DONE.value, is_known(), about)
        async with self._database.reading() as connection:
            return [record_of(row) for row in await connection.execute(rows.order_by(acts.c.closed_at, acts.c.id))]

    async def pause_before(self, instance: str, subject: str, at: datetime) -> ActRecord | None:
        """The pause of a schedule that was done last before then."""
        done = and_(acts.c.kind == Kind.PAUSE.value, acts.c.state == ActState.DONE.value, acts.c.closed_at < at)
        newest = select(acts).where(acts.c.instance == instance, acts.c.subject == subject, done)
        async with self._database.reading() as connection:
            return await first_record(connection, newest.order_by(acts.c.closed_at.desc()).limit(1))

    async def paused(
        self,
        instance: str,
        *,
        most: int,
        workspaces: frozenset[int] | None = None,
        datastreams: Collection[int] | None = None,
    ) -> list[ActRecord]:
        """By schedule its pause that was done, where nothing was done to it since: the newest first.

        Since it was done: what was asked for first may be done last.

        ``datastreams``: of those alone.
        """
        later = acts.alias("later")
        same = and_(later.c.instance == acts.c.instance, later.c.subject == acts.c.subject)
        since = exists().where(same, later.c.state == ActState.DONE.value, later.c.closed_at > acts.c.closed_at)
        pauses = (
            select(acts)
            .where(*ActQuery(instance=instance, workspaces=workspaces).conditions())
            .where(acts.c.kind == Kind.PAUSE.value, acts.c.state == ActState.DONE.value, ~since)
            .where(*[] if datastreams is None else [acts.c.datastream.in_(sorted(datastreams))])
            .order_by(acts.c.requested_at.desc(), acts.c.id.desc())
            .limit(most)
        )
        async with self._database.reading() as connection:
            return [record_of(row) for row in await connection.execute(pauses)]

    async def happened(self, query: ActQuery, *, most: int | None = None) -> list[ActRecord | UnknownAct]:
        """The newest by when they happened, which is its hour for what was planned; the newest first."""
        at = func.coalesce(acts.c.planned_for, acts.c.requested_at)
        rows = select(acts).where(*query.conditions()).order_by(at.desc(), acts.c.id.desc())
        async with self._database.reading() as connection:
            return [any_record_of(row) for row in await connection.execute(rows if most is None else rows.limit(most))]

    async def of_ids(self, ids: Collection[str]) -> list[ActRecord | UnknownAct]:
        """The rows with these ids, in any order."""
        wanted = sorted(ids)
        batches = [wanted[first : first + _BATCH] for first in range(0, len(wanted), _BATCH)]
        async with self._database.reading() as connection:
            found = [await connection.execute(select(acts).where(acts.c.id.in_(some))) for some in batches]
            return [any_record_of(row) for rows in found for row in rows]

    async def oldest_first(self, query: ActQuery) -> AsyncIterator[ActRecord | UnknownAct]:
        """All of them, in batches, so that a long record needs no more memory than a short one."""
        last: ActRecord | UnknownAct | None = None
        while True:
            conditions = query.conditions()
            if last is not None:
                same = and_(acts.c.requested_at == last.requested_at, acts.c.id > last.id)
                conditions.append(or_(acts.c.requested_at > last.requested_at, same))
            batch = select(acts).where(*conditions).order_by(acts.c.requested_at, acts.c.id).limit(_BATCH)
            async with self._database.reading() as connection:
                rows = [any_record_of(row) for row in await connection.execute(batch)]
            for row in rows:
                yield row
            if len(rows) < _BATCH:
                return
            last = rows[-1]

    async def forget(self, before: datetime) -> int:
        """Delete finished acts that were asked for before this time, and requests for acts: how many acts."""
        old = delete(acts).where(acts.c.requested_at < before, ~is_unfinished)
        requests = delete(review_requests).where(
            review_requests.c.requested_at < before, review_requests.c.state != ReviewState.OPEN.value
        )
        async with self._database.writing() as connection:
            await connection.execute(requests)
            return (await connection.execute(old)).rowcount
