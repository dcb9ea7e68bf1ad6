"""The poller keeps its round while it works, and ends when it is told to, whatever the database says to that."""

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from jobbot.adverity.errors import Unreachable
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import State
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.poller import Poller
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.intents.model import Alerts, AlertsDo
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from tests.support.databases import sqlite_url
from tests.support.inline_sqlite import make_inline_engine
from tests.support.virtual_time import run_virtually
from tests.unit.store.world import LEASE


def now() -> datetime:
    return datetime(2026, 3, 2, 10, tzinfo=UTC)


class Silent:
    """A gateway of an instance that never answers."""

    clock_ahead = None

    def __init__(self) -> None:
        self.asked = asyncio.Event()

    async def jobs(self, *_: Any, **__: Any) -> None:
        self.asked.set()
        await asyncio.Event().wait()


class Slow(Silent):
    """A gateway of an instance that answers after two leases."""

    async def jobs(self, *_: Any, **__: Any) -> None:
        self.asked.set()
        await asyncio.sleep(2 * LEASE.total_seconds())
        raise Unreachable("no answer")


async def following(database: Database, clock: Callable[[], datetime], gateway: Silent) -> Poller:
    """The poller of an instance which a channel has alerts of."""
    watches, rounds = WatchStore(database, clock), PollRounds(database, owner="one", clock=clock, lease=LEASE)
    flow = WatchingFlow(watches, rounds, clock, PollSchedule(), extra=30)
    await flow.alerts.switch_on(
        Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED})), "acme", Subscriber("C0INC", None, "U0ANA")
    )
    return Poller(
        rounds=rounds,
        watches=watches,
        alert_messages=AlertMessageStore(database, clock),
        instances=Instances([Instance("acme", "https://acme.example", cast("Gateway", gateway))]),
        clock=clock,
        schedule=PollSchedule(),
        wake_dispatcher=lambda: None,
    )


async def test_it_ends_although_its_round_cannot_be_given_back(tmp_path: Path) -> None:
    file = tmp_path / "jobbot.db"
    async with aclosing(Database(make_engine(sqlite_url(file)))) as database:
        silent = Silent()
        poller = await following(database, now, silent)
        running = asyncio.create_task(poller.run())
        async with asyncio.timeout(30):
            await silent.asked.wait()
        file.rename(tmp_path / "away.db")
        running.cancel()
        ended, _ = await asyncio.wait({running}, timeout=30)
        assert ended, "it goes on as if nobody had cancelled it"
        with pytest.raises(asyncio.CancelledError):
            running.result()


def test_a_round_is_left_to_its_process_while_adverity_takes_longer_than_its_lease(tmp_path: Path) -> None:
    async def slow() -> list[float]:
        loop = asyncio.get_running_loop()
        clock = lambda: now() + timedelta(seconds=loop.time())  # noqa: E731
        url = sqlite_url(tmp_path / "jobbot.db")
        async with aclosing(Database(make_inline_engine(url), time_is_held=True)) as database:
            gateway = Slow()
            running = asyncio.create_task((await following(database, clock, gateway)).run())
            await gateway.asked.wait()
            begun, other = loop.time(), PollRounds(database, owner="two", clock=clock, lease=LEASE)
            taken = list[float]()
            while loop.time() < begun + 1.9 * LEASE.total_seconds():
                taken += [loop.time()] if await other.begin("acme") is not None else []
                await asyncio.sleep(1)
            running.cancel()
            await asyncio.wait({running})
            return taken

    assert run_virtually(slow())[0] == []
