"""The database's URL: what cannot be used in it is one line, which names no password."""

import os
import stat
import sys
from contextlib import aclosing
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from jobbot.doctor.machine import database_finding
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine, open_once
from jobbot.store.database.inspect import DatabaseState, inspect
from jobbot.store.database.migrate import migrate
from jobbot.store.database.urls import BadDatabaseUrl

SERVER = "postgresql://jobbot:s3cr3t@127.0.0.1:1/jobbot"
slow = pytest.mark.slow  # psycopg belongs to the second step


@pytest.mark.parametrize(
    ("url", "says"),
    [
        pytest.param(
            f"{SERVER}?sslmod=require", "parameter 1 is not known to PostgreSQL; did you mean sslmode?", marks=slow
        ),
        pytest.param(f"{SERVER}?sslmode=require&s3cr3t=1", "parameter 2 is not known to PostgreSQL", marks=slow),
        pytest.param(f"{SERVER}?conninfo=host%3Devil", "parameter 1 is not known to PostgreSQL", marks=slow),
        pytest.param(f"{SERVER}?autocommit=true", "parameter 1 is not known to PostgreSQL", marks=slow),
        pytest.param(f"{SERVER}?plugin=s3cr3t", "parameter 1 is not known to PostgreSQL", marks=slow),
        pytest.param(f"{SERVER}?replication=database", "parameter 1 is not known to PostgreSQL", marks=slow),
        pytest.param(f"{SERVER}?sslmode=require&sslmode=disable", "sslmode is given twice", marks=slow),
        pytest.param(f"{SERVER}?port=s3cr3t", "a parameter has a value that cannot be used", marks=slow),
        pytest.param(
            "postgresql://jobbot:s3cr3t@/jobbot?host=a:1&host=b:x",
            "a parameter has a value that cannot be used",
            marks=slow,
        ),
        ("sqlite:///jobbot.db?mode=ro", "parameter 1 is not known to SQLite"),
        ("sqlite:///jobbot.db?timeout=s3cr3t", "parameter 1 is not known to SQLite"),
        ("sqlite:///jobbot.db?plugin=s3cr3t", "parameter 1 is not known to SQLite"),
        ("sqlite:///file:jobbot.db?uri=maybe", "a parameter has a value that cannot be used"),
        ("mysql://db", "must begin with sqlite:/// or postgresql://"),
        ("nothing", "is not a database URL"),
    ],
)
async def test_what_cannot_be_used_is_one_line(url: str, says: str) -> None:
    with pytest.raises(BadDatabaseUrl) as caught:
        make_engine(url)
    assert str(caught.value) == says
    with pytest.raises(BadDatabaseUrl):
        await inspect(url)


def test_postgresql_without_its_driver_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(BadDatabaseUrl) as caught:
        make_engine(SERVER)
    assert str(caught.value) == "is PostgreSQL, which needs: pip install 'jobbot[postgres]'"


@pytest.mark.parametrize(
    "url",
    [
        pytest.param(SERVER, marks=slow),
        pytest.param(
            f"{SERVER}?sslmode=verify-full&sslrootcert=/etc/ssl/ca.pem&application_name=jobbot&options=-c%20lock_timeout%3D1",
            marks=slow,
        ),
        pytest.param("postgresql:///jobbot?host=/run/postgresql&user=jobbot", marks=slow),
        pytest.param("postgresql://jobbot@/jobbot?host=a:1&host=b:2", marks=slow),
        "sqlite:///jobbot.db",
        "sqlite:///file:jobbot.db?uri=true&mode=rw",
    ],
)
async def test_what_can(url: str) -> None:
    await make_engine(url).dispose()


@slow
@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("sslmode=s3cr3t", "a parameter of the URL has a value that PostgreSQL does not take"),
        ("keepalives=s3cr3t", "a parameter of the URL has a value that PostgreSQL does not take"),
        ("", "no connection"),
    ],
)
async def test_values_that_only_the_driver_can_judge(more: str, says: str) -> None:
    async with aclosing(Database(make_engine(f"{SERVER}?{more}"))) as database:
        with pytest.raises(StoreUnavailable) as caught:
            await database.ping()
        assert str(caught.value) == says


@slow
async def test_a_full_disk_is_called_so() -> None:
    import psycopg  # noqa: PLC0415 - see above

    async with aclosing(Database(make_engine("sqlite://"))) as database:
        with pytest.raises(StoreUnavailable, match=r"^the disk is full$"):
            async with database.writing():
                raise OperationalError("INSERT", {}, psycopg.errors.DiskFull())


def modes(folder: Path) -> dict[str, int]:
    return {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}


@pytest.mark.parametrize("opens_once", [True, False])
async def test_the_file_and_all_beside_it_are_its_owners_alone(tmp_path: Path, opens_once: bool) -> None:
    url, before = f"sqlite:///{tmp_path}/jobbot.db", os.umask(0)
    try:
        if opens_once:
            open_once(url)
        database = Database(make_engine(url))
        await migrate(database)
        async with database.writing() as connection:
            await connection.execute(text("CREATE TABLE more (number INTEGER)"))
            found = modes(tmp_path)
        await database.aclose()
    finally:
        os.umask(before)
    assert {"jobbot.db", "jobbot.db-wal", "jobbot.db-shm"} <= found.keys()
    assert set(found.values()) == {0o600}


async def test_the_journal_too(tmp_path: Path) -> None:
    """Where the file system has no shared memory, SQLite keeps a journal instead."""
    url, before = f"sqlite:///{tmp_path}/jobbot.db", os.umask(0)
    try:
        open_once(url)
        database = Database(make_engine(url))
        async with database.engine.connect() as connection:
            await connection.exec_driver_sql("ROLLBACK")
            await connection.exec_driver_sql("PRAGMA journal_mode=DELETE")
            await connection.exec_driver_sql("BEGIN IMMEDIATE")
            await connection.exec_driver_sql("CREATE TABLE more (number INTEGER)")
            found = modes(tmp_path)
        await database.aclose()
    finally:
        os.umask(before)
    assert found == {"jobbot.db": 0o600, "jobbot.db-journal": 0o600}


async def test_one_that_others_can_read_is_shown_by_the_doctor(tmp_path: Path) -> None:
    file = tmp_path / "jobbot.db"
    async with aclosing(Database(make_engine(f"sqlite:///{file}"))) as database:
        await migrate(database)
    file.chmod(0o644)
    seen = await inspect(f"sqlite:///{file}")
    assert isinstance(seen, DatabaseState)
    found = database_finding(seen)
    assert (found.outcome, "read" in found.says, found.next) == ("warn", True, f"chmod 600 {file}*")
