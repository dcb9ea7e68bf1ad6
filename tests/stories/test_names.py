"""Datastreams by name: one is used and named, of several one is chosen, and nothing rests on a name unseen."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.access.configured import policy_of
from jobbot.playground.adverity.jobs import DatastreamAs
from jobbot.store.database.tables import alerts
from tests.stories.following import Place, place
from tests.stories.world import World
from tests.support.databases import sqlite_url


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path, sqlite_url(tmp_path / "jobbot.db")) as made:
        for number, name in ((43, "Facebook Ads US"), (44, "TikTok Ads DACH"), (58, "The Trade Desk"), (71, "Failed")):
            made.adverity.has_datastream(number, name)
        made.adverity.has_job(987, datastream=42, state="Failed")
        made.adverity.has_job(988, datastream=43).stop_takes(timedelta(0))
        made.adverity.has_job(989, datastream=44, state="Failed")
        made.adverity.has_job(990, datastream=58)
        yield made


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


async def test_one_match_is_used_and_the_answer_says_which(it: World) -> None:
    await it.ana.types("/jobs tiktok failed", in_=it.inc)
    listed = await it.said("1 job: failed")
    assert "datastream 44 TikTok Ads DACH" in listed.text
    assert "job 989" in listed.text
    await it.ana.types('/jobs "trade desk"', in_=it.inc)
    assert "job 990" in (await it.said("running and scheduled, datastream 58 The Trade Desk")).text
    await it.ana.types('/jobs datastream "failed"', in_=it.inc)
    await it.said("No running or scheduled jobs: datastream 71 Failed")
    await it.ana.types("/jobs failed", in_=it.inc)
    await it.said("2 jobs: failed")


async def test_of_several_one_is_chosen_and_the_whole_question_goes_on(it: World) -> None:
    await it.ana.types("/jobs facebook last 6h failed", in_=it.inc)
    asked = await it.whispered("2 datastreams* could be meant", it.ana)
    await it.ana.clicks("This one", on=asked)
    assert "datastream 42 Facebook Ads EU" in (await it.said("1 job: failed, last 6 hours")).text


async def test_where_there_is_none_the_nearest_are_offered(it: World) -> None:
    await it.ana.types("/jobs tiktak failed", in_=it.inc)
    told = await it.whispered("I do not know `tiktak`", it.ana)
    assert "TikTok Ads DACH" in told.text
    await it.ana.clicks("This one", on=told)
    await it.said("datastream 44 TikTok Ads DACH")
    await it.ana.types('/jobs failed "nobody knows this"', in_=it.inc)
    await it.whispered("is called `nobody knows this`", it.ana)


async def test_alerts_on_a_number_that_is_no_datastreams_are_not_begun(it: World) -> None:
    await it.ana.types("/jobs alerts on datastream 9999", in_=it.inc)
    told = await it.whispered("*There is no datastream 9999.*", it.ana)
    assert "Nothing was changed." in told.text
    await it.ana.types("/jobs watches", in_=it.inc)
    await it.whispered("Nothing is watched in this channel", it.ana)


async def test_a_stop_by_name_shows_the_jobs_and_stops_nothing(it: World) -> None:
    for words in ("stop trade desk", 'kill "trade desk" please'):
        before = len(it.inc.public)
        await it.ana.types(f"/jobs {words}", in_=it.inc)
        await it.slack.until(lambda: len(it.inc.public) > before)  # noqa: B023
        shown = it.inc.public[-1]
        assert "Nothing was stopped" in shown.text
        assert "job 990" in shown.text
    assert it.ana.modal is None
    await it.ana.clicks("Stop job", on=shown)
    await it.modal(it.ana, "The channel will see who did it")
    assert it.posts() == 0


@pytest.mark.slow
async def test_alerts_and_the_record_by_name_and_by_alias(it: World, there: Place) -> None:
    it.bot.set_policy(policy_of(it.settings.channels, {"acme": {"Meta": 43}}))
    await it.ana.types('/jobs alerts on "trade desk"', in_=it.inc)
    await it.said("jobs that fail of datastream 58 The Trade Desk")
    await it.ana.types("/jobs alerts on META", in_=it.inc)
    await it.said("datastream 43 Facebook Ads US")
    assert {row.datastream for row in await there.rows(alerts)} == {43, 58}
    await it.asks_to_stop(it.ana, 988, "runaway")
    await it.ana.submits(reason="runaway")
    await it.said("Stopped Facebook Ads US (job 988)")
    await it.ana.types("/jobs history meta", in_=it.inc)
    assert "job 988" in (await it.said("1 entry*\nacme · of datastream 43 Facebook Ads US")).text
    await it.ana.types("/jobs history tiktok", in_=it.inc)
    await it.said("of datastream 44 TikTok Ads DACH")


def lists_read(there: Place) -> int:
    return sum(call.path == "/api/datastreams/" for call in there.adverity.calls)


@pytest.mark.slow
async def test_names_outlive_a_restart_and_adveritys_list_is_read_once(there: Place) -> None:
    async with there.bot() as it:
        await it.ana.types("/jobs tiktok failed", in_=it.inc)
        await it.said("datastream 44")
    assert lists_read(there) == 1
    there.adverity.faults.forbidden(path="/api/datastreams/")
    async with there.bot() as it:
        await it.ana.types("/jobs trade desk", in_=it.inc)
        await it.said("datastream 58 The Trade Desk")
    assert lists_read(there) == 1


async def test_without_adveritys_list_names_are_learned_from_what_is_looked_at(there: Place) -> None:
    there.adverity.faults.forbidden(path="/api/datastreams/")
    async with there.bot() as it:
        await it.ana.types("/jobs tiktok failed", in_=it.inc)
        await it.whispered("I do not know `tiktok`", it.ana)
        there.adverity.has_job(989, datastream=44, state="Failed", datastream_as=DatastreamAs.OBJECT)
        await it.ana.types("/jobs failed", in_=it.inc)
        await it.said("2 jobs: failed")
        await it.ana.types("/jobs tiktok failed", in_=it.inc)
        found = await it.said("datastream 44 TikTok Ads DACH")
        assert "looked among the" in found.text, "there may be others that are called so"
