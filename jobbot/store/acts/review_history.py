"""Reads the review requests of a time: who asked that somebody else does an act, and what became of that."""

from sqlalchemy import ColumnElement, or_, select

from jobbot.store.acts.history import ActQuery
from jobbot.store.acts.review_request import ReviewRequest
from jobbot.store.acts.reviews import request_of
from jobbot.store.database.engine import Database
from jobbot.store.database.tables import outbox, review_requests


class ReviewHistory:
    """On a database; raises StoreUnavailable."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def newest(self, query: ActQuery, *, most: int | None = None) -> list[tuple[ReviewRequest, str | None]]:
        """Those that were asked for or decided in its time, the newest first; each with the ts of its card, while the
        outbox knows it. Of the query counts what it is about, and where.
        """
        rows = (
            select(review_requests, outbox.c.sent_ts)
            .select_from(review_requests.outerjoin(outbox, outbox.c.id == review_requests.c.id))
            .where(*_conditions(query))
            .order_by(review_requests.c.requested_at.desc(), review_requests.c.id)
        )
        async with self._database.reading() as connection:
            found = (await connection.execute(rows if most is None else rows.limit(most))).all()
        return [
            (request_of({one.name: row._mapping[one] for one in review_requests.c}), row._mapping[outbox.c.sent_ts])
            for row in found
        ]


def _conditions(query: ActQuery) -> list[ColumnElement[bool]]:
    columns = review_requests.c
    asked = {name: getattr(query, name) for name in ("instance", "channel_id", "job", "datastream")}
    found: list[ColumnElement[bool]] = [columns[name] == value for name, value in asked.items() if value is not None]
    if query.workspaces is not None:
        found.append(columns.workspace.in_(sorted(query.workspaces)))
    if query.start is not None and query.end is not None:
        start, end = query.start.replace(microsecond=0), query.end.replace(microsecond=999_999)
        found.append(or_(columns.requested_at.between(start, end), columns.decided_at.between(start, end)))
    return found
