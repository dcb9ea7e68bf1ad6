"""Reads the review requests of a time: who asked that somebody else does an act, and what became of that."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select

from jobbot.store.acts.history import ActQuery
from jobbot.store.acts.review_request import ReviewRequest
from jobbot.store.acts.reviews import is_known, request_of
from jobbot.store.database.engine import Database
from jobbot.store.database.tables import outbox, review_requests


class ReviewHistory:
    """On a database; raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, query: ActQuery, *, most: int | None = None) -> list[tuple[ReviewRequest, str | None]]:
        """Those that were asked for or decided in its time, by :func:`last_moment`, the newest first; each with the ts
        of its card, while the outbox knows it. Of the query counts what it is about, and where.
        """
        columns = review_requests.c
        last = (
            columns.decided_at
            if query.end is None
            else case((columns.decided_at <= _to(query.end), columns.decided_at))
        )
        rows = (
            select(review_requests, outbox.c.sent_ts)
            .select_from(review_requests.outerjoin(outbox, outbox.c.id == review_requests.c.id))
            .where(*_conditions(query), is_known())
            .order_by(func.coalesce(last, columns.requested_at).desc(), columns.id)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(rows if most is None else rows.limit(most))).all()
        return [
            (request_of({one.name: row._mapping[one] for one in review_requests.c}), row._mapping[outbox.c.sent_ts])
            for row in found
        ]


def last_moment(request: ReviewRequest, end: datetime | None) -> datetime:
    """When it was decided, where that was by the end of a time; else when it was asked for."""
    decided = request.decided_at
    return decided if decided is not None and (end is None or decided <= _to(end)) else request.requested_at


def _to(end: datetime) -> datetime:
    """Times are asked for to the second."""
    return end.replace(microsecond=999_999)


def _conditions(query: ActQuery) -> list[ColumnElement[bool]]:
    columns = review_requests.c
    asked = {name: getattr(query, name) for name in ("instance", "channel_id", "job", "datastream")}
    found: list[ColumnElement[bool]] = [columns[name] == value for name, value in asked.items() if value is not None]
    if query.workspaces is not None:
        found.append(columns.workspace.in_(sorted(query.workspaces)))
    if query.start is not None and query.end is not None:
        start, end = query.start.replace(microsecond=0), _to(query.end)
        found.append(or_(columns.requested_at.between(start, end), columns.decided_at.between(start, end)))
    return found
