"""Inspects the database without changing it, for ``jobbot doctor``: is it there, at which schema, can it be written?

The test write is rolled back in its transaction. A SQLite file that is not there is not made either.
"""

import os
import stat
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from uuid import uuid4

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, insert, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.migrate import known_schemas
from jobbot.store.database.tables import deliveries
from jobbot.store.database.urls import read_database_url

Schema = Literal["none", "current", "older", "newer"]
DatabaseKind = Literal["sqlite", "postgresql"]


class _TakeBack(Exception):
    """Raised to roll a transaction back."""


@dataclass(frozen=True, slots=True)
class DatabaseMissing:
    """A SQLite file that the first start will make; ``can_be_made``: whether its folder is there and may be written."""

    file: Path
    can_be_made: bool


@dataclass(frozen=True, slots=True)
class DatabaseState:
    """A database that answers. ``at`` and ``newest`` are schemas' names; ``cannot_write`` the kind of the failure.

    ``file`` is SQLite's, None in memory; ``others_may_read``: everybody on this machine may read or write it.
    """

    kind: DatabaseKind
    schema: Schema
    at: str | None
    newest: str
    cannot_write: str | None
    file: Path | None = None
    others_may_read: bool = False


async def inspect(url: str) -> DatabaseMissing | DatabaseState:
    """The state of the database at this URL. Raises BadDatabaseUrl, StoreUnavailable."""
    file = _file(read_database_url(url))
    if file is not None and not file.exists():
        return DatabaseMissing(file, file.parent.is_dir() and os.access(file.parent, os.W_OK | os.X_OK))
    if file is not None and not file.is_file():
        raise StoreUnavailable("it is no file")
    database = Database(make_engine(url))
    try:
        return await _look(database, file)
    finally:
        await database.aclose()


def _file(url: URL) -> Path | None:
    """The file of a SQLite URL; None for one in memory, for a URI of SQLite's own, and for PostgreSQL."""
    name = url.database if url.drivername == "sqlite" and "uri" not in url.query else None
    return Path(name).absolute() if name and name != ":memory:" else None


def _others_may_read(file: Path | None) -> bool:
    return file is not None and bool(file.stat().st_mode & stat.S_IRWXO)


async def _look(database: Database, file: Path | None) -> DatabaseState:
    known = known_schemas()
    try:
        async with database.reading() as connection:
            at = await connection.run_sync(_current)
    except DBAPIError as error:
        # A file that is no database at all, a role that may not read: whatever the driver calls it.
        raise StoreUnavailable(type(error.orig).__name__) from None
    schema: Schema = "none" if at is None else "current" if at == known[0] else "older" if at in known else "newer"
    return DatabaseState(
        kind="postgresql" if database.is_postgresql else "sqlite",
        schema=schema,
        at=at,
        newest=known[0],
        cannot_write=await _why_not_writable(database, has_tables=at in known),
        file=file,
        others_may_read=_others_may_read(file),
    )


def _current(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


async def _why_not_writable(database: Database, *, has_tables: bool) -> str | None:
    """None where a row can be written or, without tables, a table can be made. Nothing of it stays."""
    try:
        async with database.writing() as connection:
            if has_tables:
                row = {"key": f"jobbot doctor {uuid4().hex}", "at": datetime.now(UTC)}
                await connection.execute(insert(deliveries).values(row))
            else:
                await connection.execute(text("CREATE TABLE jobbot_doctor (tried INTEGER)"))
            raise _TakeBack
    except _TakeBack:
        return None
    except StoreUnavailable as error:
        return str(error)
    except DBAPIError as error:
        return type(error.orig).__name__
