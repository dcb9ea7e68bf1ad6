"""What people switch in a channel, also at the same moment, on both databases."""

import asyncio
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import alerts
from jobbot.store.following.model import Alert
from jobbot.store.following.watches import WatchStore
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import START, Clock


async def test_of_those_who_switch_alerts_on_at_once_one_is_the_last(database_url: str) -> None:
    databases = [Database(kept_engine(database_url), time_is_held=True) for _ in range(2)]
    await migrate(databases[0])

    async def switch_on(number: int) -> None:
        one = Alert(
            id=f"a{number}",
            instance="acme",
            channel_id="C0INC",
            datastream=None,
            states=frozenset({"Failed"}),
            user_id=f"U{number}",
            since=START + timedelta(seconds=number),
        )
        await WatchStore(databases[number % 2], Clock()).alerts.switch_on(one)

    await asyncio.gather(*(switch_on(number) for number in range(6)))
    async with databases[0].reading() as connection:
        rows = (await connection.execute(select(alerts))).all()
    for database in databases:
        await database.aclose()
    assert len(rows) == 6
    (left,) = [row for row in rows if row.ended_at is None]
    assert {row.end_reason for row in rows if row is not left} == {"replaced"}
    assert left.since == START, "news since the first of them"


async def test_what_is_said_of_one_instance_leaves_the_alerts_of_the_others_as_they_are(database_url: str) -> None:
    until = START + timedelta(hours=1)
    async with aclosing(Database(kept_engine(database_url), time_is_held=True)) as database:
        await migrate(database)
        store = WatchStore(database, Clock())
        for instance in ("acme", "staging"):
            one = Alert(
                id=f"a-{instance}",
                instance=instance,
                channel_id="C0INC",
                datastream=None,
                states=frozenset({"Failed"}),
                user_id="U0ANA",
                since=START,
            )
            await store.alerts.switch_on(one)

        async def left() -> dict[str, datetime | None]:
            return {one.instance: one.snoozed_until for one in (await store.of_channel("C0INC")).alerts}

        there: dict[str, Any] = {"instance": "staging", "channel_id": "C0INC", "datastream": None}
        assert await store.alerts.snooze(**there, until=until, by="U0BEN") == 1
        assert await left() == {"acme": None, "staging": until}
        assert await store.alerts.switch_off(**there, by="U0BEN") == (1, [])
        assert await left() == {"acme": None}
