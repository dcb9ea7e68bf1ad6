"""Migrates the database to this version's schema at a start, safely when several processes start at once.

Alembic's migrations (``migrations/versions``) run in one transaction behind a lock: PostgreSQL's advisory lock, or
SQLite's one writer. A database that a newer jobbot has migrated is left alone. One that is up to date, as it is at
nearly every start, is not worth importing Alembic for: that takes a quarter of a second and 8 MB for the life of the
process (executed and seen).
"""

from pathlib import Path

from sqlalchemy import Connection, inspect, text

from jobbot.store.database.engine import Database

_MIGRATIONS = Path(__file__).with_name("migrations")

_LOCK = 7_236_552_018_533
"""Any number, the same in every jobbot: the advisory lock's name."""


class NewerSchema(Exception):
    """The database was migrated by a newer jobbot. The message is one line."""


async def migrate(database: Database) -> None:
    """Run the missing migrations. Raises NewerSchema, StoreUnavailable."""
    async with database.reading() as connection:
        if await connection.run_sync(_current) == known_schemas()[0]:
            return
    async with database.writing(seconds=None) as connection:
        if database.is_postgresql:
            # Whoever starts second waits for the first, however long that takes.
            await connection.execute(text("SET LOCAL statement_timeout = 0"))
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade)


def known_schemas() -> list[str]:
    """The schemas that this jobbot knows, the newest first. The name of a revision's file begins with it."""
    files = (_MIGRATIONS / "versions").glob("[0-9]*.py")
    return sorted((file.name.split("_")[0] for file in files), reverse=True)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return found


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    current = _current(connection)
    if current is not None and current not in known_schemas():
        raise NewerSchema(
            f"the database has schema {current}, which a newer jobbot has made: this one is too old for it"
        )
    command.upgrade(config, "head")
