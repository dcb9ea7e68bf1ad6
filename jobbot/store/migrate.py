"""Bring the database to the schema this jobbot knows, at start, however many start at once.

Alembic's migrations (``migrations/versions``) run in one transaction behind a lock: PostgreSQL's advisory lock, or
SQLite's one writer. A database that a newer jobbot has migrated is left alone.
"""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from jobbot.store.engine import Database

_LOCK = 7_236_552_018_533
"""Any number, the same in every jobbot: the advisory lock's name."""


class NewerSchema(Exception):
    """The database was migrated by a newer jobbot. The message is one line."""


async def migrate(database: Database, *, to: str = "head") -> None:
    """Run what is missing. Raises NewerSchema, StoreUnavailable."""
    async with database.writing() as connection:
        if database.is_postgresql:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        await connection.run_sync(_upgrade, to)


def known_schemas() -> list[str]:
    """The schemas that this jobbot knows, the newest first."""
    return [revision.revision for revision in ScriptDirectory.from_config(_config()).walk_revisions()]


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(connection: Connection, to: str) -> None:
    config, known = _config(), known_schemas()
    config.attributes["connection"] = connection
    current = MigrationContext.configure(connection).get_current_revision()
    if current is not None and current not in known:
        raise NewerSchema(
            f"the database has schema {current}, which a newer jobbot has made: this one is too old for it"
        )
    command.upgrade(config, to)
