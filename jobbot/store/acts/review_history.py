"""Reads the review requests of a time: who asked that somebody else does an act, and what became of that."""

from datetime import datetime

from sqlalchemy import ColumnElement, case, func, or_, select

from jobbot.store.acts.review_request import ReviewRequest
from jobbot.store.acts.reviews import is_known, request_of
from jobbot.store.database.engine import Database
from jobbot.store.database.tables import outbox, review_requests
from jobbot.store.record_query import RecordQuery, last_of


class ReviewHistory:
    """On a database; raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, query: RecordQuery, *, most: int | None = None) -> list[tuple[ReviewRequest, str | None]]:
        """Those that were asked for or decided in its time, by :func:`last_moment`, the newest first; each with the ts
        of its card, while the outbox knows it.
        """
        columns = review_requests.c
        decided = columns.decided_at
        last = decided if query.last is None else case((decided <= query.last, decided))
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
    return decided if decided is not None and (end is None or decided <= last_of(end)) else request.requested_at


def _conditions(query: RecordQuery) -> list[ColumnElement[bool]]:
    columns = review_requests.c
    found = [
        *query.equal(review_requests, "instance", "channel_id", "job", "datastream"),
        *query.placed(review_requests),
    ]
    if query.first is not None and query.last is not None:
        times = (columns.requested_at, columns.decided_at)
        found.append(or_(*(one.between(query.first, query.last) for one in times)))
    return found
