"""The database goes away and comes back: looking goes on, stopping is refused in words, and nothing is restarted."""

import asyncio
import signal
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobbot.app import Jobbot, StartFailed
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from tests.stories.world import World, settings_for, world
from tests.support.databases import PostgresServer, own_postgres
from tests.support.loopback import loopback_client

REFUSAL = "It cannot record a stop now, so it will not send one."
AWAY = "*jobbot cannot reach its database.*"
LATE = 25.0
"""Seconds within which a refusal comes, at the latest; looking has no more than ever."""


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with own_postgres() as postgres:
        yield postgres


@pytest.fixture
async def away(server: PostgresServer, tmp_path: Path) -> AsyncIterator[World]:
    """The world on that server."""
    async with world("socket", tmp_path, database_url=SecretStr(server.url("postgres"))) as it:
        yield it


async def ready(it: World, *, is_so: bool, seconds: float = 30.0) -> list[str]:
    """Wait until ``/readyz`` says so; its reasons."""
    async with loopback_client() as client, asyncio.timeout(seconds):
        while True:
            answer = await client.get(f"http://127.0.0.1:{it.bot.port}/readyz")
            assert answer.status_code == (200 if answer.json()["ready"] else 503)
            if answer.json()["ready"] is is_so:
                reasons: list[str] = answer.json()["reasons"]
                return reasons
            await asyncio.sleep(0.05)


@pytest.mark.slow
@pytest.mark.parametrize("how", ["stopped", "frozen"])
async def test_looking_goes_on_stopping_is_refused_and_it_heals(away: World, server: PostgresServer, how: str) -> None:
    it = away
    it.adverity.has_job(987).stop_takes(timedelta(0))
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("1 job")
    await asyncio.to_thread(lambda: server.stop() if how == "stopped" else server.signal(signal.SIGSTOP))

    # The very first answers, before jobbot has noticed anything: typed, pressed, mentioned.
    await it.ana.types("/jobs 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    await it.ana.clicks("Refresh", on=listed)
    await it.said("refreshed by")
    await it.ana.mentions("@jobbot running", in_=it.inc)
    await it.said("1 job: running")

    await it.ana.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ana, REFUSAL, seconds=LATE)
    assert modal.submit is None
    (reason,) = await ready(it, is_so=False)
    assert reason.startswith("the database cannot be used: no ")
    of_record = {"history": it.ana, "paused": it.ben, "timeline": it.gus}
    for words, person in (*of_record.items(), ("freeze 30m deploy", it.slack.mia)):
        await person.types(f"/jobs {words}", in_=it.inc)
    for person in of_record.values():
        await it.whispered("The record of acts is there. Try again in a moment.", person, seconds=LATE)
    await it.whispered(f"{AWAY} Perhaps it was not done", it.slack.mia, seconds=LATE)

    await asyncio.to_thread(lambda: server.start() if how == "stopped" else server.signal(signal.SIGCONT))
    await ready(it, is_so=True)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    await it.said("*Stopped Facebook Ads EU (job 987)*")
    assert it.posts() == 1


@pytest.mark.slow
async def test_it_goes_away_between_asking_and_submitting(away: World, server: PostgresServer) -> None:
    it = away
    it.adverity.has_job(987)
    await it.asks_to_stop(it.ana)
    await asyncio.to_thread(server.stop)
    await it.ana.submits(reason="x")
    await it.modal(it.ana, REFUSAL, seconds=LATE)
    await it.ana.types("/jobs history", in_=it.inc)
    await it.whispered(f"{AWAY} The record of acts is there.", it.ana)
    await it.ana.types("/jobs watches", in_=it.inc)
    await it.whispered(f"{AWAY} Perhaps it was not done", it.ana)
    assert not it.inc.public
    await asyncio.to_thread(server.start)
    await ready(it, is_so=True)
    assert it.posts() == 0


@asynccontextmanager
async def locked(file: Path) -> AsyncIterator[None]:
    """Somebody has the file open in the middle of a change, as a backup or a shell has."""
    with closing(sqlite3.connect(file, isolation_level=None, timeout=60, check_same_thread=False)) as other:
        # The bot, in the middle of a change itself, needs this loop to come to the end of it.
        await asyncio.to_thread(other.execute, "BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


@pytest.mark.slow
async def test_a_file_that_somebody_has_locked(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as it:
        await is_locked_and_free_again(it, tmp_path)


async def is_locked_and_free_again(it: World, tmp_path: Path) -> None:
    it.adverity.has_job(987).stop_takes(timedelta(0))
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("1 job")
    await it.asks_to_stop(it.ana)
    async with locked(tmp_path / "jobbot.db"):
        await it.ana.clicks("Refresh", on=listed)
        await it.said("refreshed by")
        await it.ana.submits(reason="x")
        await it.modal(it.ana, REFUSAL, seconds=LATE)
        assert await ready(it, is_so=False) == ["the database cannot be used: database is locked"]
        assert it.posts() == 0
    await ready(it, is_so=True)
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    await it.said("*Stopped Facebook Ads EU (job 987)*")
    assert it.posts() == 1


@pytest.mark.slow
async def test_a_file_that_was_taken_away_is_not_written_on(tmp_path: Path) -> None:
    async with world("http", tmp_path) as it:
        it.adverity.has_job(987).stop_takes(timedelta(0))
        await it.asks_to_stop(it.ana)
        file, away = tmp_path / "jobbot.db", tmp_path / "away.db"
        file.rename(away)
        await it.ana.submits(reason="x")
        await it.modal(it.ana, REFUSAL, seconds=LATE)
        [reason] = await ready(it, is_so=False)
        assert reason.startswith("the database cannot be used: its file was removed or replaced")
        assert not file.exists(), "and none is made in its place"
        assert it.posts() == 0
        away.rename(file)
        await ready(it, is_so=True)
        await it.asks_to_stop(it.ana)
        await it.ana.submits(reason="x")
        await it.said("*Stopped Facebook Ads EU (job 987)*")
        assert it.posts() == 1


@pytest.mark.slow
async def test_what_follows_is_refused_in_words_and_nothing_is_kept(tmp_path: Path) -> None:
    async with world("socket", tmp_path) as it:
        job = it.adverity.has_job(987)
        await it.ana.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 3)
        job.ends("Failed")
        alert = await it.said("*Facebook Ads EU* failed")
        it.adverity.has_job(988)
        await it.ana.types("/jobs 988", in_=it.inc)
        card = await it.said("*Job 988: Running*")
        file, away = tmp_path / "jobbot.db", tmp_path / "away.db"
        file.rename(away)
        before = (alert.text, card.text, len(it.inc.public))
        asks: list[Callable[[], Awaitable[object]]] = [
            lambda: it.ana.types("/jobs watch 988", in_=it.inc),
            lambda: it.ana.types("/jobs unwatch 988", in_=it.inc),
            lambda: it.ana.types("/jobs alerts off", in_=it.inc),
            lambda: it.ana.clicks("Watch", on=card),
            lambda: it.ana.clicks("I'm on it", on=alert),
        ]
        for ask in asks:
            said = len(it.answers(it.ana))
            await ask()
            answer = await it.answer(it.ana, said)
            assert answer.text == f"{AWAY} Perhaps it was not done: look, and try again in a moment."
        assert (alert.text, card.text, len(it.inc.public)) == before
        away.rename(file)
        await ready(it, is_so=True)
        await it.ana.types("/jobs watches", in_=it.inc)
        await it.whispered("Jobs that fail, in any datastream", it.ana)
        await it.ana.clicks("Watch", on=card)
        await it.slack.until(lambda: "Watched by" in card.text)
        await it.ana.clicks("I'm on it", on=alert)
        await it.slack.until(lambda: f"<@{it.ana.id}> is on it" in alert.text)


async def starts_with(url: str, tmp_path: Path) -> str:
    """What the start says of a database that cannot be used."""
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        settings = settings_for(slack, adverity, "socket", tmp_path, database_url=SecretStr(url))
        with pytest.raises(StartFailed) as failed:
            async with Jobbot(settings):
                pass
    return str(failed.value)


@pytest.mark.slow
async def test_a_server_that_is_away_at_the_start(server: PostgresServer, tmp_path: Path) -> None:
    server.stop()
    said = await starts_with(server.url("postgres"), tmp_path)
    assert said == "JOBBOT_DATABASE_URL: the database cannot be used (no connection)"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("no/such/folder.db", "unable to open database file"),
        ("text.db", "file is not a database"),
        ("newer.db", "the database has schema 9999, which a newer jobbot has made: this one is too old for it"),
    ],
)
async def test_a_file_that_cannot_be_used_at_the_start(name: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("this is a text, and was taken for a database by somebody\n" * 100)
    with closing(sqlite3.connect(tmp_path / "newer.db")) as connection, connection:
        connection.execute("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)")
        connection.execute("INSERT INTO alembic_version VALUES ('9999')")
    said = await starts_with(f"sqlite:///{tmp_path / name}", tmp_path)
    assert said == f"JOBBOT_DATABASE_URL: the database cannot be used ({says})"
