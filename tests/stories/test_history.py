"""Who stopped what: asked for in the channel."""

import asyncio
from contextlib import aclosing
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert

from jobbot.app import Jobbot
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.tables import acts as table
from jobbot.timing import Timing
from tests.stories.world import World
from tests.unit.store.world import START, wish

pytestmark = pytest.mark.slow


async def stops(it: World, job: int, why: str) -> None:
    it.adverity.has_job(job).stop_takes(timedelta(seconds=0.01))
    await it.asks_to_stop(it.ana, job, why)
    await it.ana.submits()
    await it.said(f"*Stopped Facebook Ads EU (job {job})")


async def have_been_asked_for(it: World, many: int) -> None:
    """So many stops in the bot's own database: Slack would not take the messages of all in a few seconds."""
    finished = {"state": "refused", "outcome": "not sent", "started": "", "answer": "", "owner": "another", "fence": 1}
    rows = []
    for number in range(1, many + 1):
        at = START + timedelta(minutes=number)
        asked = asdict(wish(job=number, reason=f"reason {number}", requested_at=at, user_id=it.ana.id))
        rows.append({**asked, **finished, "id": str(number), "closed_at": at, "told_at": at, "lease_until": at})
    engine = make_engine(it.settings.database_url.get_secret_value())
    async with aclosing(Database(engine)) as database, database.writing() as connection:
        await connection.execute(insert(table), rows)


async def test_who_stopped_what_and_why(it: World) -> None:
    await stops(it, 987, "runaway fetch")
    await it.ben.types("/jobs history", in_=it.inc)
    message = await it.said("1 entry*")
    assert "*Facebook Ads EU* · Stopped · " in message.text
    assert f"{it.ana.real_name} in <#{it.inc.id}>" in message.text, "who reads it calls nobody"
    assert "runaway fetch" in message.text
    await it.ben.clicks("Details", on=message)
    await it.said("*Job 987: Cancelled*")


async def test_narrowed_to_a_job_a_person_and_a_range(it: World) -> None:
    await stops(it, 987, "a slip")
    await stops(it, 988, "on purpose")
    await it.ana.types("/jobs history job 988", in_=it.inc)
    message = await it.said("1 entry*\nacme · of job 988")
    assert "a slip" not in message.text
    await it.ana.types("/jobs history by @ben", in_=it.inc)
    await it.said(f"Nothing on record*\nacme · by {it.ben.real_name}")
    await it.ana.types("/jobs history by @ana today", in_=it.inc)
    await it.said(f"2 entries, the newest first*\nacme · by <@{it.ana.id}>, today")
    it.clock.advance(days=2)
    await it.ana.types("/jobs history yesterday", in_=it.inc)
    await it.said("*Nothing on record*\nacme · yesterday in Europe/Vienna")


async def test_page_by_page(it: World) -> None:
    await have_been_asked_for(it, 16)
    await it.ana.types("/jobs history", in_=it.inc)
    message = await it.said("16 entries")
    assert "1-15 of 16" in message.text
    assert "reason 16" in message.text
    await it.ana.clicks("Older", on=message)
    await it.slack.until(lambda: "\n16 of 16" in message.text)
    assert "reason 1\n" in message.text
    await it.ana.clicks("Newer", on=message)
    await it.slack.until(lambda: "1-15 of 16" in message.text)


async def test_the_record_is_kept_for_as_long_as_somebody_has_said(it: World, tmp_path: Path) -> None:
    await have_been_asked_for(it, 3)
    await stops(it, 987, "of today")
    keeping = it.settings.model_copy(update={"keep_days": 30, "port": 0})
    async with Jobbot(keeping, clock=it.clock, timing=Timing(recovery=0.05)):
        database = Database(make_engine(keeping.database_url.get_secret_value()))
        async with asyncio.timeout(30):
            while await ActHistory(database).count(ActQuery()) > 1:  # noqa: ASYNC110 - a database tells nobody
                await asyncio.sleep(0.05)
        await database.aclose()
    await it.ana.types("/jobs history", in_=it.inc)
    message = await it.said("1 entry*")
    assert "of today" in message.text


async def test_not_in_a_channel_that_is_not_permitted(it: World) -> None:
    await stops(it, 987, "secret reason")
    await it.ana.types("/jobs history", in_=it.random)
    whisper = await it.whispered("Jobs are not shown in this channel", it.ana, in_=it.random)
    assert "secret" not in whisper.text
