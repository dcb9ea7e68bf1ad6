"""The database and the port: right, wrong, and left as they were."""

import socket
from contextlib import aclosing
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import make_url, text

from jobbot.app import Jobbot, StartFailed
from jobbot.doctor import machine
from jobbot.doctor.machine import database_finding
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.inspect import DatabaseState, inspect
from jobbot.store.database.migrate import known_schemas, migrate
from tests.support.databases import fresh_database
from tests.unit.doctor.world import Practice

NEWEST = known_schemas()[0]


async def migrated(url: str) -> Database:
    database = Database(make_engine(url))
    await migrate(database)
    return database


async def tables(database: Database) -> set[str]:
    asked = (
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        if database.is_postgresql
        else "SELECT name FROM sqlite_master WHERE type = 'table'"
    )
    async with database.reading() as connection:
        return set((await connection.execute(text(asked))).scalars())


async def test_an_empty_one_is_left_empty(empty_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "jobbot.db").touch()
    seen = await inspect(empty_database_url)
    assert isinstance(seen, DatabaseState)
    assert (seen.schema, seen.at, seen.cannot_write) == ("none", None, None)
    (tmp_path / "jobbot.db").chmod(0o600)
    found = database_finding(await inspect(empty_database_url))
    assert found.outcome == "ok"
    assert found.says.endswith(", writable, empty: the first start creates the tables")
    async with aclosing(Database(make_engine(empty_database_url))) as database:
        assert await tables(database) == set()


async def test_one_that_is_migrated_is_writable_and_nothing_is_left_in_it(database_url: str) -> None:
    async with aclosing(await migrated(database_url)) as database:
        seen = await inspect(database_url)
        assert isinstance(seen, DatabaseState)
        assert (seen.schema, seen.at, seen.cannot_write) == ("current", NEWEST, None)
        assert database_finding(seen).outcome == "ok"
        async with database.reading() as connection:
            assert (await connection.execute(text("SELECT count(*) FROM deliveries"))).scalar() == 0


async def test_one_of_a_newer_jobbot(database_url: str) -> None:
    async with aclosing(await migrated(database_url)) as database, database.writing() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    seen = await inspect(database_url)
    found = database_finding(seen)
    assert (found.outcome, found.says) == ("wrong", "has schema 9999, which is from a newer version of jobbot")


def test_one_that_a_start_will_bring_up_to_date() -> None:
    found = database_finding(
        DatabaseState(kind="postgresql", schema="older", at="0001", newest="0002", cannot_write=None)
    )
    assert (found.outcome, found.says) == ("ok", "PostgreSQL, writable, schema 0001: the next start updates it to 0002")


async def test_one_that_can_only_be_read(database_url: str) -> None:
    async with aclosing(await migrated(database_url)) as database:
        why = "ReadOnlySqlTransaction" if database.is_postgresql else "IntegrityError"
        forbid = (
            f'ALTER DATABASE "{database.engine.url.database}" SET default_transaction_read_only = on'
            if database.is_postgresql
            else "CREATE TRIGGER no BEFORE INSERT ON deliveries BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        async with database.writing() as connection:
            await connection.execute(text(forbid))
    found = database_finding(await inspect(database_url))
    assert (found.outcome, found.says) == ("wrong", f"can be read, but not written ({why})")


async def test_one_of_which_this_role_may_read_nothing(it: Practice, postgres: str) -> None:
    with fresh_database(postgres) as url:
        async with aclosing(Database(make_engine(url))) as database:
            role = f"{make_url(url).database}_reads_nothing"
            async with database.writing() as connection:
                await connection.execute(text(f'CREATE ROLE "{role}" LOGIN'))
            it.has(database_url=SecretStr(str(make_url(url).set(username=role))))
            found = await it.finds("database")
            async with database.writing() as connection:
                await connection.execute(text(f'DROP ROLE "{role}"'))
    assert (found.outcome, found.says) == ("wrong", "cannot be used (InsufficientPrivilege)")
    assert "user" in found.next


async def test_a_file_that_is_not_there_is_not_made(it: Practice, tmp_path: Path) -> None:
    it.has(database_url=SecretStr(f"sqlite:///{tmp_path}/new.db"))
    assert (await it.finds("database")).says == f"SQLite, {tmp_path}/new.db, not there yet: the first start creates it"
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize(
    ("url", "outcome", "words"),
    [
        ("sqlite:////nowhere/at/all.db", "wrong", "/nowhere/at/all.db: the folder is missing"),
        ("sqlite:////", "wrong", "cannot be used (it is no file)"),
        ("sqlite://", "warn", "in memory"),
        pytest.param(
            *("postgresql://jobbot:pl4nted@127.0.0.1:1/jobbot", "wrong", "cannot be used (no connection)"),
            marks=pytest.mark.slow,
        ),
        ("mysql://x", "wrong", "must begin with sqlite"),
    ],
)
async def test_what_cannot_be_used(it: Practice, url: str, outcome: str, words: str) -> None:
    it.has(database_url=SecretStr(url))
    found = await it.finds("database")
    assert found.outcome == outcome
    assert words in found.says


@pytest.mark.slow
async def test_a_server_that_says_nothing_is_not_waited_for(it: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "DATABASE_SECONDS", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        it.has(database_url=SecretStr(f"postgresql://jobbot@127.0.0.1:{silent.getsockname()[1]}/jobbot"))
        found = await it.finds("database")
    assert (found.outcome, found.says) == ("wrong", "no answer within 0.3 s")


async def test_a_file_that_is_something_else(it: Practice, tmp_path: Path) -> None:
    (tmp_path / "other.db").write_bytes(b"no database, but long enough to be taken for one" * 100)
    it.has(database_url=SecretStr(f"sqlite:///{tmp_path}/other.db"))
    found = await it.finds("database")
    assert (found.outcome, found.says) == ("wrong", "cannot be used (file is not a database)")
    assert "path" in found.next
    assert "password" not in found.next, "a file has none"


async def test_a_port_that_is_free(it: Practice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    it.has(port=port)
    assert (await it.finds("port")).says == f"127.0.0.1:{port} is free"


async def test_the_port_of_the_metrics_is_looked_at_too(it: Practice) -> None:
    it.has(metrics_port=0)
    found = await it.finds("port", "JOBBOT_METRICS_PORT")
    assert (found.outcome, found.says) == ("ok", "127.0.0.1, any port is free")


async def test_a_port_that_is_in_use(it: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "JOBBOT_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        it.has(port=taken.getsockname()[1])
        found = await it.finds("port")
    assert found.outcome == "wrong"
    assert found.says == f"{it.settings.port} cannot be opened on 127.0.0.1 (Address already in use)"


async def test_a_port_that_a_running_jobbot_has(it: Practice) -> None:
    async with Jobbot(it.settings) as bot:
        it.has(port=bot.port)
        found = await it.finds("port")
    assert found.outcome == "warn"
    assert "is in use by a jobbot" in found.says


@pytest.mark.parametrize(
    ("host", "says"),
    [
        ("nobody.invalid", "nobody.invalid is neither an address nor a known name"),
        ("no..body", "no..body is neither an address nor a known name"),
        ("192.0.2.1", "192.0.2.1 is not an address of this machine"),
    ],
)
async def test_a_host_that_is_none_of_this_machines(it: Practice, host: str, says: str) -> None:
    it.has(host=host)
    found = await it.finds("port")
    assert (found.outcome, found.subject, found.says) == ("wrong", "JOBBOT_HOST", says)
    with pytest.raises(StartFailed) as caught:
        async with Jobbot(it.settings):
            pass
    assert str(caught.value) == f"JOBBOT_HOST: {says}"


async def test_a_start_on_a_port_that_is_in_use(it: Practice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        it.has(port=port)
        with pytest.raises(StartFailed) as caught:
            async with Jobbot(it.settings):
                pass
    assert str(caught.value) == f"PORT: {port} cannot be opened on 127.0.0.1 (Address already in use)"


async def test_what_is_wrong_in_the_settings_is_not_looked_at(it: Practice) -> None:
    lines = ("JOBBOT_DATABASE_URL: must begin with", "PORT: is not a number", "SLACK_API_URL: must be https")
    found = (await it.looks(*lines)).findings
    assert [(one.check, one.subject) for one in found if one.outcome == "wrong"] == [
        ("settings", "JOBBOT_DATABASE_URL"),
        ("settings", "PORT"),
        ("settings", "SLACK_API_URL"),
    ]
    assert {one.check for one in found if one.outcome == "skipped"} >= {"database", "port", "slack"}
    assert not it.slack.calls
