"""What was signed once and comes again, to another process or after a restart, changes nothing again."""

import asyncio
import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobbot.store.database.tables import alerts, watches
from tests.stories.following import Place, place
from tests.stories.world import BOUND, World
from tests.support.databases import sqlite_url
from tests.support.loopback import loopback_client


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path, sqlite_url(tmp_path / "jobbot.db")) as made:
        yield made


async def open_rows(there: Place) -> int:
    rows = [row for table in (alerts, watches) for row in await there.rows(table)]
    return sum(row.ended_at is None for row in rows)


async def outcomes(it: World) -> dict[str, int]:
    """How often interactions came to what, in this process."""
    async with loopback_client() as http:
        text = (await http.get(f"http://127.0.0.1:{it.bot.port}/metrics")).text
    found: dict[str, int] = {}
    for outcome, count in re.findall(r'^jobbot_interactions_total{.*outcome="(\w+)"} (\d+)', text, re.MULTILINE):
        found[outcome] = found.get(outcome, 0) + int(count)
    return found


async def test_a_command_that_changes_something_is_obeyed_once(there: Place) -> None:
    there.adverity.has_job(987)
    async with there.bot() as it:
        on = await it.ana.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        snooze = await it.ana.types("/jobs alerts snooze 2h", in_=it.inc)
        await it.said("snoozed 1 alert")
        watch = await it.ana.types("/jobs watch 987", in_=it.inc)
        await it.whispered("You will be told", it.ana)
        await it.ana.types("/jobs alerts off", in_=it.inc)
        await it.said("switched 1 alert of this channel off")
        await it.ana.types("/jobs unwatch 987", in_=it.inc)
        await it.whispered("You will not be told any more", it.ana)
        assert await open_rows(there) == 0
    async with there.bot() as it:
        said = len(it.inc.public), len(it.inc.whispers(it.ana))
        for action in (on, snooze, watch):
            await it.slack.redeliver(action)
        async with asyncio.timeout(BOUND):
            while sum((found := await outcomes(it)).values()) < 3:  # noqa: ASYNC110 - a counter tells nobody
                await asyncio.sleep(0.02)
        assert found == {"repeated": 3}
        assert await open_rows(there) == 0
        assert (len(it.inc.public), len(it.inc.whispers(it.ana))) == said


async def test_a_mention_and_a_press_are_served_once_also_by_the_next_process(there: Place) -> None:
    there.adverity.has_job(987)
    async with there.bot() as it:
        mention = await it.ana.mentions("@jobbot 987", in_=it.inc)
        card = await it.said("*Job 987: Running*")
        press = await it.ana.clicks("Refresh", on=card)
        await it.slack.until(lambda: "refreshed by" in card.text)
    async with there.bot() as it:
        said, text = len(it.inc.public), card.text
        for action in (mention, press):
            await it.slack.redeliver(action)
        async with asyncio.timeout(BOUND):
            while sum((found := await outcomes(it)).values()) < 2:  # noqa: ASYNC110 - a counter tells nobody
                await asyncio.sleep(0.02)
        assert found == {"repeated": 2}
        assert (len(it.inc.public), card.text) == (said, text)
