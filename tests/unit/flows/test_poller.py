"""The poller ends when it is told to, whatever the database says to that."""

import asyncio
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pytest

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


async def test_it_ends_although_its_round_cannot_be_given_back(tmp_path: Path) -> None:
    file = tmp_path / "jobbot.db"
    async with aclosing(Database(make_engine(sqlite_url(file)))) as database:
        watches, rounds = WatchStore(database, now), PollRounds(database, owner="one", clock=now, lease=LEASE)
        flow = WatchingFlow(watches, rounds, now, PollSchedule(), extra=30)
        await flow.alerts.switch_on(
            Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED})), "acme", Subscriber("C0INC", None, "U0ANA")
        )
        silent = Silent()
        instances = Instances([Instance("acme", "https://acme.example", cast("Gateway", silent))])
        poller = Poller(
            rounds=rounds,
            watches=watches,
            alert_messages=AlertMessageStore(database, now),
            instances=instances,
            clock=now,
            schedule=PollSchedule(),
            wake_dispatcher=lambda: None,
        )
        running = asyncio.create_task(poller.run())
        async with asyncio.timeout(30):
            await silent.asked.wait()
        file.rename(tmp_path / "away.db")
        running.cancel()
        ended, _ = await asyncio.wait({running}, timeout=30)
        assert ended, "it goes on as if nobody had cancelled it"
        with pytest.raises(asyncio.CancelledError):
            running.result()
