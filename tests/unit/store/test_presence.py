"""What a process leases is free as soon as it is known to be dead; and nobody who lives is taken for dead."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.process import Process
from jobbot.store.following.model import Alert, Notification
from jobbot.store.following.outbox import Outbox, put
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from jobbot.store.presence import _HELD, Presence, _key
from tests.support.databases import fresh_database
from tests.unit.store.world import LEASE, START, Clock, plan, wish

NAMES_ITSELF = (
    "import sys; from jobbot.store.database.process import Process; print(Process.this().owner()); sys.stdin.read()"
)
NO_TIME, LONG = timedelta(), timedelta(hours=1)

pytestmark = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="the kernel tells nothing of processes")


@contextmanager
def another() -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """A process, and the name under which it leases."""
    with subprocess.Popen(
        [sys.executable, "-c", NAMES_ITSELF], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip(), process
        process.kill()


def test_a_process_is_dead_once_it_is_killed_and_not_before() -> None:
    here = Process.this()
    with another() as (owner, process):
        assert len(owner) <= 64
        assert not here.is_dead(owner)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert here.is_dead(owner), "also while its parent has not asked what became of it"
    assert here.is_dead(owner)


def test_nobody_is_taken_for_dead_who_cannot_be_seen_from_here(tmp_path: Path) -> None:
    here = Process.this()
    assert not here.is_dead(here.owner())
    assert here.owner() != here.owner()
    assert here.is_dead(replace(here, started="1").owner()), "its number was given to another process"
    for unseen in (replace(here, here="another.1", started="1").owner(), replace(here, here="").owner(), "", "a/b/c"):
        assert not here.is_dead(unseen), unseen
    nowhere = Process.this(tmp_path)
    assert not nowhere.is_dead(nowhere.owner(), tmp_path)


class Machine:
    """One process that leases, and another that looks after what is left behind."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.owner = database, Clock(), "the other one"

    def presence(self, missed: timedelta = NO_TIME) -> Presence:
        """Of the other one."""
        return Presence(self.database, clock=self.clock, lease=LEASE, missed=missed)

    def rounds(self, owner: str) -> PollRounds:
        """Of a process."""
        return PollRounds(self.database, owner=owner, clock=self.clock, lease=2 * LEASE)

    def outbox(self, owner: str) -> Outbox:
        """Of a process."""
        return Outbox(self.database, owner=owner, clock=self.clock, lease=2 * LEASE)

    def ledger(self, owner: str) -> SqlLedger:
        """Of a process."""
        return SqlLedger(self.database, owner=owner, clock=self.clock, lease=LEASE)

    async def leases(self, owner: str) -> None:
        """A stop, a round and a notification."""
        await self.ledger(owner).submit(wish())
        given = {"instance": "acme", "channel_id": "C0INC", "user_id": "U0ANA", "since": START}
        alert = Alert(id="a", datastream=None, states=frozenset({"Failed"}), **given)  # type: ignore[arg-type]
        await WatchStore(self.database, self.clock).alerts.switch_on(alert)
        assert await self.rounds(owner).is_due("acme")
        assert await self.rounds(owner).begin("acme") is not None
        notification = Notification(id="l", key="k", need="watch", instance="acme", channel_id="C0INC", message="m")
        async with self.database.writing() as connection:
            await put(connection, [notification], self.clock())
        assert len(await self.outbox(owner).claim()) == 1
        self.clock.pass_(2)  # Slack takes a message a second

    async def free(self) -> list[bool]:
        """Whether the other process gets the stop, the round, the notification."""
        stops = await self.ledger(self.owner).take_over(10)
        is_wanted = await self.rounds(self.owner).is_due("acme")
        return [bool(stops), is_wanted, bool(await self.outbox(self.owner).claim())]


@pytest.fixture
async def machine(database_url: str) -> AsyncIterator[Machine]:
    database = Database(make_engine(database_url), time_is_held=True)
    yield Machine(database)
    await database.aclose()


async def test_what_the_dead_had_is_free_at_once(machine: Machine) -> None:
    presence = machine.presence(LONG)
    with another() as (owner, process):
        await machine.leases(owner)
        process.kill()
    assert await machine.free() == [False, False, False], "nobody has looked yet"
    await presence.refresh()
    await presence.aclose()
    assert await machine.free() == [True, True, True]


async def test_what_the_living_have_is_not(machine: Machine) -> None:
    presence = machine.presence(LONG)
    with another() as (owner, _):
        await machine.leases(owner)
        for _ in range(2):
            await presence.refresh()
        assert await machine.free() == [False, False, False]
    await presence.aclose()


@pytest.fixture
def shared_url(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as url:
        yield url


@pytest.fixture
async def shared(shared_url: str) -> AsyncIterator[Machine]:
    """On a PostgreSQL, which processes share that do not see each other."""
    database = Database(make_engine(shared_url), time_is_held=True)
    yield Machine(database)
    await database.aclose()


class Far:
    """A process on another machine, with connections of its own."""

    def __init__(self, url: str, clock: Clock) -> None:
        self.database = Database(make_engine(url), time_is_held=True)
        self.presence = Presence(self.database, clock=clock, lease=LEASE)
        self.presence.owner = "far away"

    async def dies(self) -> None:
        """Its kernel closes its connections."""
        await self.presence.aclose()
        await self.database.aclose()


async def until_nobody_holds_it(database: Database, owner: str) -> None:
    """PostgreSQL releases a lock a moment after its connection was closed."""
    async with asyncio.timeout(30):
        while True:
            async with database.reading() as connection:
                if _key(owner) not in set((await connection.execute(_HELD)).scalars()):
                    return


async def test_postgresql_knows_whose_connection_is_gone(shared: Machine, shared_url: str) -> None:
    far, presence = Far(shared_url, shared.clock), shared.presence()
    await far.presence.refresh()
    await shared.leases(far.presence.owner)
    for _ in range(2):
        await presence.refresh()
    assert await shared.free() == [False, False, False], "it is there"
    await far.dies()
    await until_nobody_holds_it(shared.database, far.presence.owner)
    await presence.refresh()
    await presence.aclose()
    assert await shared.free() == [True, True, True]


async def test_a_connection_that_is_gone_for_a_moment_is_nobodys_death(shared: Machine, shared_url: str) -> None:
    far, presence = Far(shared_url, shared.clock), shared.presence(missed=timedelta(seconds=10))
    await far.presence.refresh()
    await shared.leases(far.presence.owner)
    async with shared.database.writing() as connection:
        await connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted")
        )
    shared.clock.pass_(11)
    for _ in range(2):
        await presence.refresh()
    assert await shared.free() == [False, False, False], "it was not missed for long enough"
    await far.presence.refresh()
    patient = shared.presence()
    await patient.refresh()
    await patient.aclose()
    assert await shared.free() == [False, False, False], "it is there again"
    await presence.aclose()
    await far.dies()


class NoMore(Database):
    """All of the server's connections are taken by now."""

    async def session_lock(self, lock: int) -> AsyncConnection:
        """None is left to hold it."""
        raise StoreUnavailable("no connection")


async def test_who_cannot_show_that_it_is_there_works_on_and_says_so(
    shared: Machine, shared_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async with aclosing(NoMore(make_engine(shared_url), time_is_held=True)) as database:
        presence = Presence(database, clock=shared.clock, lease=LEASE)
        with another() as (owner, process):
            await shared.leases(owner)
            process.kill()
            process.wait()
            await presence.refresh()
        await presence.aclose()
    assert await shared.free() == [True, True, True]
    assert "others cannot see that this process is there" in caplog.text


async def test_who_renews_is_not_dead_though_no_connection_says_so(shared: Machine) -> None:
    presence = shared.presence(missed=NO_TIME)
    ledger = shared.ledger("without a connection")
    await ledger.submit(wish())
    await presence.refresh()
    shared.clock.pass_(1)
    assert not await shared.ledger(shared.owner).take_over(10)
    await presence.aclose()


async def test_what_is_planned_is_nobody_s_and_waits_for_its_hour(shared: Machine) -> None:
    planned = wish(job=None, subject="schedule 42", planned_for=shared.clock() + LEASE / 2)
    await plan(shared.ledger("one"), planned, shared.clock())
    presence = shared.presence(missed=NO_TIME)
    await presence.refresh()
    await presence.refresh()
    await presence.aclose()
    assert await shared.ledger("two").take_over(10) == []
    shared.clock.pass_(LEASE.total_seconds())
    assert [one.record.subject for one in await shared.ledger("two").take_over(10)] == ["schedule 42"]
