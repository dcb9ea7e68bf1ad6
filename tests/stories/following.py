"""What stories about following need: the world on either database, and another bot after the first one."""

import asyncio
from collections.abc import AsyncIterator
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
from jobbot.store.engine import Database, make_engine
from jobbot.store.sql_ledger import LEASE
from tests.stories.world import Clock, World, serving, settings_for


@dataclass
class Place:
    """A local Slack and a local Adverity that outlive the bots which serve them."""

    clock: Clock
    slack: LocalSlack
    adverity: LocalAdverity
    settings: Settings

    @asynccontextmanager
    async def bot(self, *, lease: timedelta = LEASE, **changes: Any) -> AsyncIterator[World]:
        """A bot, from its start to its end in order."""
        settings = self.settings.model_copy(update=changes)
        async with serving(self.clock, self.slack, self.adverity, settings, lease=lease) as made:
            yield made

    async def rows(self, table: Table) -> list[Any]:
        """What the database holds, whoever serves."""
        database = Database(make_engine(self.settings.database_url.get_secret_value()))
        async with database.reading() as connection:
            found = list((await connection.execute(select(table))).all())
        await database.aclose()
        return found


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


async def looked_back(it: World) -> None:
    """Wait until a list of the past was asked for, and what is going on after that."""
    async with asyncio.timeout(10):
        while not any("start=" in call.query for call in it.adverity.calls[:-1]):
            await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 1)


def only_looking(slack: LocalSlack) -> dict[str, ChannelSettings]:
    """A policy in which #inc-data may look, and nothing else."""
    return {slack.channel("inc-data").id: ChannelSettings(may=frozenset({"view"}))}
