"""The schema: made at start, by however many start at once; left alone when it is newer; the same as the tables say."""

import asyncio

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, text

from jobbot.store.engine import Database, make_engine
from jobbot.store.migrate import NewerSchema, migrate
from jobbot.store.tables import metadata


async def test_four_starters_at_once(database_url: str) -> None:
    databases = [Database(make_engine(database_url)) for _ in range(4)]
    await asyncio.gather(*(migrate(database) for database in databases))
    await migrate(databases[0])
    for database in databases:
        await database.ping()
        await database.aclose()


async def test_the_migrations_make_what_the_tables_say(database_url: str) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    database = Database(make_engine(database_url))
    await migrate(database)
    async with database.reading() as connection:
        found = await connection.run_sync(differences)
    await database.aclose()
    assert found == []


async def test_a_newer_schema_is_left_alone(database_url: str) -> None:
    database = Database(make_engine(database_url))
    await migrate(database)
    async with database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(NewerSchema, match="schema 9999"):
        await migrate(database)
    await database.aclose()
