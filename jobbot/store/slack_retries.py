"""Recognises Slack's repeated deliveries, in all processes that share the database: the keys of those seen.

Slack sends an event again when it believes it lost, and the second delivery may reach another process.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.tables import deliveries

KEEP_KEYS = timedelta(hours=2)
"""Slack gives up after about an hour (its documentation on the Events API)."""


class SlackRetries:
    """Stores keys for ``KEEP_KEYS``. ``clock`` gives the time, aware; ``extra`` bounds ``seems_first``, in seconds."""

    def __init__(self, database: Database, clock: Callable[[], datetime], *, extra: float = LIMIT_SECONDS) -> None:
        self._database = database
        self._clock = clock
        self._best_effort = BestEffort(extra)

    async def is_first(self, key: str) -> bool:
        """Store this key: whether it is new. Raises StoreUnavailable."""
        async with self._database.writing() as connection:
            return await is_new(connection, key, self._clock())

    async def seems_first(self, key: str) -> bool:
        """:meth:`is_first` within ``extra``; True where the database does not answer in time.

        For reads only: answering twice is better than late, or not at all.
        """
        return await self._best_effort.ask(self.is_first(key), default=True)

    async def try_writing(self) -> None:
        """Write a row and take it back in one transaction, which a full disk or a server that only reads refuses.

        Raises StoreUnavailable.
        """
        key = f"written to try {uuid4().hex}"
        async with self._database.writing() as connection:
            await connection.execute(insert(deliveries).values(key=key, at=self._clock()))
            await connection.execute(delete(deliveries).where(deliveries.c.key == key))

    async def forget_old(self) -> None:
        """Delete keys older than ``KEEP_KEYS``. Raises StoreUnavailable."""
        async with self._database.writing() as connection:
            await connection.execute(delete(deliveries).where(deliveries.c.at < self._clock() - KEEP_KEYS))


def obeyed(key: str) -> str:
    """The key of a change: apart from those of answers, as an answer may be repeated and a change must not be."""
    return f"obeyed|{key}"


async def is_new(connection: AsyncConnection, key: str, now: datetime) -> bool:
    """Store a key in the transaction of what it is obeyed by: whether it is new."""
    new = insert_into(connection, deliveries).on_conflict_do_nothing(index_elements=[deliveries.c.key])
    # What it returns, as psycopg's count of an INSERT says nothing (executed and seen).
    stored = await connection.execute(new.values(key=key[:400], at=now).returning(deliveries.c.key))
    return stored.first() is not None
