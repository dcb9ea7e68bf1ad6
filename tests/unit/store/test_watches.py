"""What people switch at the same moment, on both databases."""

import asyncio
from datetime import timedelta

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
