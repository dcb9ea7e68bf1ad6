"""The database's engine and transactions: SQLite in a file, or PostgreSQL shared by any number of jobbots.

``sqlite:///jobbot.db`` and ``postgresql://user@host/name`` are what people write; the drivers are ours to choose
(aiosqlite, psycopg 3). Whatever a driver raises when the database cannot be used leaves this room as
:class:`StoreUnavailable`.
"""

import asyncio
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakSet

import aiosqlite
from sqlalchemy import Table, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import StaticPool

from jobbot.store.database.urls import BadDatabaseUrl, read_database_url

if TYPE_CHECKING:
    from sqlalchemy.dialects import postgresql, sqlite

BUSY_SECONDS = 4.0
"""How long SQLite waits for another process's write."""

CONNECT_SECONDS = 3
"""How long PostgreSQL may take to connect."""

STATEMENT_MILLISECONDS = 10_000
"""PostgreSQL's ``statement_timeout``: it ends statements that nobody waits for any more.

Also its ``idle_in_transaction_session_timeout``: a process that was frozen, or cut off, within a transaction holds its
rows' locks, and an act whose row is locked is taken over by nobody.
"""

ANSWER_SECONDS = 5.0
"""The longest that a transaction may take, in seconds: a server that is frozen or cut off reports nothing itself."""

_READS = "jobbot_reads"


class StoreUnavailable(Exception):
    """The database cannot be used right now. The message names the kind of failure, no address and no password."""


def make_engine(url: str) -> AsyncEngine:
    """An engine, not connected yet. Raises BadDatabaseUrl."""
    parsed = read_database_url(url)
    try:
        if parsed.drivername == "sqlite":
            in_memory = parsed.database in (None, "", ":memory:")
            engine = _sqlite(parsed.set(drivername="sqlite+aiosqlite"), in_memory=in_memory)
        else:
            engine = _postgresql(parsed.set(drivername="postgresql+psycopg"))
        engine.dialect.create_connect_args(engine.url)  # as the first connection would, and fail there
    except (ArgumentError, ValueError):
        raise BadDatabaseUrl("a parameter has a value that cannot be used") from None
    return engine


def open_once(url: str) -> None:
    """Open SQLite's file, made where it is not there, and close it again. Raises StoreUnavailable.

    To be called at a start: the thread in which aiosqlite failed to connect reports so after its loop may be closed,
    and leaves a traceback behind the one line that says what is wrong (executed and seen, aiosqlite 0.22).
    """
    parsed = make_url(url)
    if parsed.drivername != "sqlite" or not parsed.database or parsed.database == ":memory:" or "uri" in parsed.query:
        return
    _make(Path(parsed.database))
    try:
        sqlite3.connect(parsed.database, timeout=BUSY_SECONDS).close()
    except sqlite3.OperationalError as error:
        raise StoreUnavailable(_kind(error)) from None


def _make(file: Path) -> None:
    """An empty file, where none is, for its owner alone: SQLite gives what it puts beside it the same mode."""
    with suppress(OSError):  # SQLite says better why it cannot be made
        os.close(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


class _File:
    """SQLite's file, checked to be the one that was opened: SQLite goes on writing into a file that was deleted."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._opened: tuple[int, int] | None = None

    def check(self) -> None:
        """Raises StoreUnavailable where another file, or none, is there now."""
        if self._opened is None:
            _make(self._path)
        try:
            seen = self._path.stat()
        except OSError:
            there = None
        else:
            there = (seen.st_dev, seen.st_ino)
        if self._opened is None:
            self._opened = there
        elif there != self._opened:
            raise StoreUnavailable("its file was removed or replaced: put it back, or restart jobbot")


class _Connection(sqlite3.Connection):
    """A connection that closes its cursors with it.

    SQLite keeps a connection open, with its transaction and so with its lock, as long as it has an unfinished statement
    (https://www.sqlite.org/c3ref/close.html). A transaction that is cancelled leaves one behind, in a cursor which only
    the garbage collector would find: until then nobody else could write.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._cursors = WeakSet[sqlite3.Cursor]()

    def cursor(self, *arguments: Any, **named: Any) -> Any:
        """A cursor, as of any connection."""
        made = super().cursor(*arguments, **named)
        self._cursors.add(made)
        return made

    def close(self) -> None:
        """Close it, and at once."""
        while self._cursors:
            self._cursors.pop().close()
        super().close()


class _Threaded(aiosqlite.Connection):
    """aiosqlite's connection, which tells its thread once to stop.

    SQLAlchemy stops the thread of a connection that it was closing when it was cancelled, and the closing goes on: its
    own word to the thread would be answered by nobody, and waited for until the loop ends, or longer than that.
    """

    def __init__(self, database: str, **named: Any) -> None:
        super().__init__(partial(sqlite3.connect, database, **named), iter_chunk_size=64)  # as aiosqlite
        self._thread.daemon = True  # as SQLAlchemy sets it for those that it makes itself: an exit waits for none
        self._is_told = False

    def stop(self) -> asyncio.Future[Any] | None:
        """Stop the thread. Returns what to wait for, or None where it was told before."""
        if self._is_told:
            return None
        self._is_told = True
        return super().stop()


def _sqlite(url: URL, *, in_memory: bool) -> AsyncEngine:
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    connects_with = {"timeout": BUSY_SECONDS, "factory": _Connection, "async_creator_fn": _Threaded}
    engine = create_async_engine(url, connect_args=connects_with, **pool)
    file = None if in_memory or "uri" in url.query else _File(Path(str(url.database)))

    @event.listens_for(engine.sync_engine, "do_connect")
    def about_to_connect(*_: object) -> None:
        if file is not None:
            file.check()  # SQLite would make an empty one in its place

    @event.listens_for(engine.sync_engine, "connect")
    def set_up(connection: Any, _: object) -> None:
        # The driver would begin transactions late and on its own; ours begin at once, as writers, so that two
        # processes wait for each other instead of failing halfway (SQLite's documentation on transactions).
        connection.isolation_level = None
        cursor = connection.cursor()
        with suppress(sqlite3.OperationalError):
            # Kept in the file. Several that start at once are in each other's way here; one of them succeeds.
            cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA synchronous=FULL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        reads = connection.get_execution_options().get(_READS)
        if file is not None and not reads:
            file.check()
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


def _postgresql(url: URL) -> AsyncEngine:
    """An engine for PostgreSQL whose state ends with each transaction, as PgBouncer may change the connection then.

    So no options at the start, which it refuses, no settings of the session, and no prepared statements
    (https://www.pgbouncer.org/features.html).
    """
    engine = create_async_engine(
        url,
        pool_pre_ping=True,
        pool_size=5,
        max_overflow=5,
        pool_timeout=CONNECT_SECONDS,
        pool_recycle=600,
        connect_args={"connect_timeout": CONNECT_SECONDS, "prepare_threshold": None},
    )

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        settings = ("statement_timeout", "idle_in_transaction_session_timeout")
        # What SET LOCAL does, in one statement for both.
        each = ", ".join(f"set_config('{name}', '{STATEMENT_MILLISECONDS}', true)" for name in settings)
        connection.exec_driver_sql(f"SELECT {each}").close()

    return engine


class Database:
    """Transactions on one engine. ``time_is_held``, for tests: leases use the process's clock, not the database's."""

    def __init__(self, engine: AsyncEngine, *, time_is_held: bool = False) -> None:
        self.engine = engine
        self.time_is_held = time_is_held
        self._in_use, self._is_closed, self._unused = 0, False, asyncio.Event()
        self._unused.set()

    @property
    def is_postgresql(self) -> bool:
        """Whether it is PostgreSQL, where rows and advisory locks can be taken one by one; else SQLite."""
        return self.engine.dialect.name == "postgresql"

    @asynccontextmanager
    async def writing(self, *, seconds: float | None = ANSWER_SECONDS) -> AsyncIterator[AsyncConnection]:
        """A transaction, committed at the end. Raises StoreUnavailable, also when it takes longer than ``seconds``."""
        with _unavailable(), self._using():
            async with asyncio.timeout(seconds), self.engine.begin() as connection:
                yield connection

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        """A read-only transaction, which waits for no writer. Raises StoreUnavailable."""
        with _unavailable(), self._using():
            async with asyncio.timeout(ANSWER_SECONDS), self.engine.connect() as connection:
                await connection.execution_options(**{_READS: True})
                async with connection.begin():
                    yield connection

    async def session_lock(self, lock: int) -> AsyncConnection:
        """A connection that holds this advisory lock until it is closed (PostgreSQL). Raises StoreUnavailable.

        :meth:`aclose` waits until it is there, and not for its end: whoever holds it closes it before the database.
        """
        with _unavailable(), self._using():
            async with asyncio.timeout(ANSWER_SECONDS):
                connection = await self.engine.connect()
                try:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    await connection.execute(text("SELECT pg_try_advisory_lock(:lock)"), {"lock": lock})
                except BaseException:  # a cancellation as well: nobody else knows of this connection
                    await connection.close()
                    raise
                return connection

    async def transaction_lock(self, connection: AsyncConnection, lock: int) -> None:
        """Hold an advisory lock until the transaction ends (PostgreSQL); SQLite's BEGIN IMMEDIATE already does."""
        if self.is_postgresql:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})

    async def ping(self) -> None:
        """Check that the database answers. Raises StoreUnavailable."""
        async with self.reading() as connection:
            await connection.execute(text("SELECT 1"))

    async def aclose(self) -> None:
        """Close every connection, once the transactions under way are over: those that nobody waits for as well.

        A pool that is disposed of closes what it has: a connection that is given back later would never be closed.
        """
        self._is_closed = True
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(ANSWER_SECONDS):
                    await self._unused.wait()
        finally:  # also where whoever waits is cancelled
            await self.engine.dispose()

    @contextmanager
    def _using(self) -> Iterator[None]:
        """A transaction, or the taking of a lock, is under way. Raises StoreUnavailable once the database is closed."""
        if self._is_closed:
            raise StoreUnavailable("closed")
        self._in_use += 1
        self._unused.clear()
        try:
            yield
        finally:
            self._in_use -= 1
            if self._in_use == 0:
                self._unused.set()


def insert_into(connection: AsyncConnection, table: Table) -> "postgresql.Insert | sqlite.Insert":
    """An insert with ``on_conflict_do_...``, in the database's dialect."""
    # Each alone where it is used: PostgreSQL's part of SQLAlchemy is 2 MB that a jobbot on SQLite has no use for.
    if connection.dialect.name == "postgresql":
        from sqlalchemy.dialects import postgresql  # noqa: PLC0415

        return postgresql.insert(table)
    from sqlalchemy.dialects import sqlite  # noqa: PLC0415

    return sqlite.insert(table)


@contextmanager
def _unavailable() -> Iterator[None]:
    """Raise StoreUnavailable for drivers' errors of an unusable database; errors of our own statements pass."""
    try:
        yield
    except (OperationalError, InterfaceError, PoolTimeout, OSError) as error:
        raise StoreUnavailable(_kind(error)) from None
    except DBAPIError as error:
        of_the_url = isinstance(error, ProgrammingError) and error.statement is None  # raised before any statement
        if error.connection_invalidated or of_the_url or not isinstance(error, _OURS):
            raise StoreUnavailable(_kind(error)) from None
        raise


_OURS = (IntegrityError, DataError, ProgrammingError, NotSupportedError)
"""Errors that our own statement caused. A damaged file or a read-only server raises other DatabaseErrors."""


def _kind(error: Exception) -> str:
    original = getattr(error, "orig", None) or error
    if isinstance(original, sqlite3.Error):
        return str(original)  # SQLite's own words, which name no file
    kind, said = type(original).__name__, str(original)
    # What psycopg says of a connection that it did not get names the host and the user: it is recognised, not repeated.
    return next((words for known, words in _SAID.items() if re.search(known, said)), None) or _KINDS.get(kind, kind)


_SAID = {
    "unsupported startup parameter": "a pooler in front of it, like PgBouncer, refuses a parameter of the URL",
    'invalid [a-z_ ]*value(:| ")': "a parameter of the URL has a value that PostgreSQL does not take",
    "password authentication failed": "it refuses the user or the password",
}
_KINDS = {
    "DiskFull": "the disk is full",
    "OperationalError": "no connection",
    "ConnectionTimeout": "no connection",
    "TimeoutError": "no answer in time",
    "IdleInTransactionSessionTimeout": "no answer in time",
}
