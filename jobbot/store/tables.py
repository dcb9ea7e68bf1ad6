"""The tables, as SQLAlchemy Core knows them. The migrations make them; a test holds the two against each other.

Rows of ``stops`` are never deleted by a stop's own life: they are the record. What changes in one is its state, guarded
by the state it leaves and by the claim of who changes it.
"""

from datetime import UTC, datetime

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)


class UtcDateTime(TypeDecorator[datetime]):
    """Aware UTC in, aware UTC out, on both databases: SQLite keeps no zone, PostgreSQL answers in the session's."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database. Raises ValueError for a naive time."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

stops = Table(
    "stops",
    metadata,
    Column("id", String(32), primary_key=True),
    # What Slack repeats when it delivers the same submission again: one request, one row.
    Column("request_key", String(200), nullable=False),
    Column("instance", String(100), nullable=False),
    Column("job", BigInteger, nullable=False),
    Column("name", Text, nullable=False),
    Column("user_id", String(40), nullable=False),
    Column("team_id", String(40)),
    Column("channel_id", String(40), nullable=False),
    Column("thread_ts", String(40)),
    Column("message_ts", String(40)),
    Column("reason", Text, nullable=False),
    Column("state", String(20), nullable=False),
    Column("requested_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    Column("answered_at", UtcDateTime),
    Column("answer", Text, nullable=False),
    Column("closed_at", UtcDateTime),
    Column("outcome", Text, nullable=False),
    # The last message, written with the ending in one statement: owed to the channel until told_at, its record after.
    Column("message", Text),
    Column("told_at", UtcDateTime),
    # Who sees it through: the lease ends by itself, the fence goes up each time somebody takes the row over.
    Column("owner", String(64), nullable=False),
    Column("lease_until", UtcDateTime, nullable=False),
    Column("fence", Integer, nullable=False),
)

_is_open = stops.c.state.in_(("requested", "sent"))
_is_unfinished = stops.c.told_at.is_(None)

Index("stops_request", stops.c.request_key, unique=True)
Index(
    "stops_one_open",
    stops.c.instance,
    stops.c.job,
    unique=True,
    sqlite_where=_is_open,
    postgresql_where=_is_open,
)
Index("stops_unfinished", stops.c.lease_until, sqlite_where=_is_unfinished, postgresql_where=_is_unfinished)
Index("stops_by_job", stops.c.instance, stops.c.job, stops.c.requested_at)
Index("stops_by_time", stops.c.requested_at)

deliveries = Table(
    "deliveries",
    metadata,
    Column("key", String(400), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
)
Index("deliveries_by_time", deliveries.c.at)
