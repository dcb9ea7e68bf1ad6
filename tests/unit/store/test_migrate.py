"""The schema: made at start, by however many start at once; left alone when it is newer; the same as the tables say."""

import asyncio
import subprocess
import sys
from contextlib import aclosing
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from jobbot.store.database import migrations
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.indexes import metadata
from jobbot.store.database.migrate import NewerSchema, known_schemas, migrate


async def test_four_starters_at_once(empty_database_url: str) -> None:
    databases = [Database(make_engine(empty_database_url)) for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    await migrate(databases[0])
    for database in databases:
        await database.ping()
        await database.aclose()


async def test_the_migrations_make_what_the_tables_say(empty_database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with aclosing(Database(make_engine(empty_database_url))) as database:
        await migrate(database)
        async with database.reading() as connection:
            found = await connection.run_sync(differences)
    assert found == []


async def test_a_newer_schema_is_left_alone(empty_database_url: str) -> None:
    async with aclosing(Database(make_engine(empty_database_url))) as database:
        await migrate(database)
        async with database.writing() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        with pytest.raises(NewerSchema, match="schema 9999"):
            await migrate(database)


def test_the_schemas_are_alembics_revisions_the_newest_first() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    revisions = ScriptDirectory.from_config(config).walk_revisions()
    assert known_schemas() == [one.revision for one in revisions]


@pytest.mark.slow
def test_alembic_is_imported_only_where_something_is_to_be_done(tmp_path: Path) -> None:
    script = f"""
import asyncio, sys
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate

async def main():
    database = Database(make_engine("sqlite:///{tmp_path}/one.db"))
    await migrate(database)
    await database.aclose()
    print("alembic" in sys.modules)

asyncio.run(main())
"""
    for imported in ("True", "False"):
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.strip() == imported
