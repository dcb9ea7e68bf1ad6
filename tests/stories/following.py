"""What stories about following need: the world on either database, and another bot after the first one."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from sqlalchemy import Table, select

from jobbot.config import ChannelSettings, Settings
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.store.acts.ledger import LEASE
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.retry import Timer
from jobbot.store.database.tables import outbox
from tests.stories.world import BOUND, Clock, World, serving, settings_for


@dataclass
class Place:
    """A local Slack and a local Adverity that outlive the bots which serve them."""

    clock: Clock
    slack: LocalSlack
    adverity: LocalAdverity
    settings: Settings

    @asynccontextmanager
    async def bot(
        self, *, lease: timedelta = LEASE, timer: Timer | None = None, **changes: Any
    ) -> AsyncIterator[World]:
        """A bot, from its start to its end in order. Without a ``timer`` the story's clock moves while it waits."""
        settings = self.settings.model_copy(update=changes)
        waits: dict[str, Any] = {"lease": lease} | ({"timer": timer} if timer is not None else {})
        async with serving(self.clock, self.slack, self.adverity, settings, **waits) as made:
            yield made

    async def rows(self, table: Table) -> list[Any]:
        """What the database holds, whoever serves."""
        return await self.until(table, lambda _: True)

    async def until(
        self,
        table: Table,
        holds: Callable[[list[Any]], object],
        meanwhile: Callable[[list[Any]], None] = lambda _: None,
    ) -> list[Any]:
        """Wait until something holds of a table's rows, and answer them. ``meanwhile`` sees them until it does."""
        return await until_rows(self.settings, table, holds, meanwhile)


@asynccontextmanager
async def place(folder: Path, database_url: str, **changes: Any) -> AsyncIterator[Place]:
    """The two servers, started; a call that Slack refused and that no story expected fails it."""
    clock = Clock()
    async with LocalAdverity(now=clock) as adverity, LocalSlack(now=clock) as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        given = {"database_url": SecretStr(database_url), **changes}
        yield Place(clock, slack, adverity, settings_for(slack, adverity, "socket", folder, **given))
        assert not slack.refused_calls, slack.refused_calls
        assert not [call for call in slack.calls if call.error == "ratelimited"]


async def until_rows(
    settings: Settings,
    table: Table,
    holds: Callable[[list[Any]], object],
    meanwhile: Callable[[list[Any]], None] = lambda _: None,
) -> list[Any]:
    """As :meth:`Place.until`."""
    database = Database(make_engine(settings.database_url.get_secret_value()))
    try:
        async with asyncio.timeout(BOUND):
            while True:
                try:
                    async with database.reading() as connection:
                        found = list((await connection.execute(select(table))).all())
                except StoreUnavailable:
                    found = None  # somebody has taken it away
                if found is not None and holds(found):
                    return found
                if found is not None:
                    meanwhile(found)
                await asyncio.sleep(0.02)
    finally:
        await database.aclose()


async def later(it: World, **span: float) -> None:
    """Let time pass as soon as nothing is being told: past its lease, whoever tells it would lose it."""

    def in_hand(row: Any) -> bool:
        return row.sent_at is None and row.failed is None and bool(row.lease_until > it.clock())

    await until_rows(it.settings, outbox, lambda rows: not any(map(in_hand, rows)))
    it.clock.advance(**span)


async def looked_back(it: World) -> None:
    """Wait until a list of the past was asked for, and what is going on after that."""
    await it.adverity.until(
        lambda calls: any("start=" in call.query and "datastream_id=" not in call.query for call in calls[:-1])
    )


def only_looking(slack: LocalSlack) -> dict[str, ChannelSettings]:
    """A policy in which #inc-data may look, and nothing else."""
    return {slack.channel("inc-data").id: ChannelSettings(may=frozenset({"view"}))}
