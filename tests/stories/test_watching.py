"""Waiting for a job: told once, in the right place, to those who asked."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest

from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.tables import watches
from jobbot.store.following.watches import WatchStore
from tests.stories.following import Place, later, looked_back
from tests.stories.world import World
from tests.support.loopback import loopback_client

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


async def test_a_watch_by_command_is_told_in_the_channel(it: World) -> None:
    job = it.adverity.has_job(987, progress=62)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel when Facebook Ads EU (job 987) ends.", it.ana)
    job.ends("Failed", issues=["Token <expired>", "No data"])
    told = await it.said("*Facebook Ads EU (job 987)* has ended: *Failed*")
    assert told.text.startswith(f"<@{it.ana.id}>:")
    assert "took 12 min" in told.text
    assert "Token &lt;expired&gt;" in told.text
    assert told.thread_ts is None
    assert it.inc.public == [told]


async def test_a_watch_on_a_card_is_told_in_its_thread(it: World) -> None:
    job = it.adverity.has_job(987, progress=62)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    assert card.buttons == ["Watch", "Refresh", "Stop job"]
    await it.ben.clicks("Watch", on=card)
    await it.slack.until(lambda: f"Watched by: <@{it.ben.id}>" in card.text)
    assert card.buttons == ["Watch (1)", "Stop watching", "Refresh", "Stop job"]
    await it.gus.clicks("Watch (1)", on=card)
    await it.slack.until(lambda: f"Watched by: <@{it.ben.id}>, <@{it.gus.id}>" in card.text)

    job.ends()
    told = await it.said("*Facebook Ads EU (job 987)* has ended: *Success*")
    assert told.thread_ts == card.ts
    assert told.text.startswith(f"<@{it.ben.id}>, <@{it.gus.id}>:"), "one message for all who wait in one place"
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "*Job 987: Success*" in card.text)
    assert card.buttons == ["Refresh", "All runs"], "nothing is left to wait for or to stop"
    assert it.inc.public == [card, told]


async def test_a_watch_is_chosen_below_a_list(it: World) -> None:
    it.adverity.has_job(987)
    it.adverity.has_job(988, state="Scheduled", datastream=43)
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("2 jobs: running and scheduled")
    await it.chooses_of_a_list(it.ana, 988, "Watch ", on=listed)
    await it.whispered("(job 988) ends", it.ana)
    assert "2 jobs" in listed.text


async def test_a_watch_in_a_mention_is_told_in_its_thread(it: World) -> None:
    job = it.adverity.has_job(987)
    talk = await it.slack.posts(it.ana, "987 looks odd", in_=it.inc)
    await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=talk)
    await it.whispered("You will be told in this thread", it.ana)
    job.ends()
    assert (await it.said("has ended: *Success*")).thread_ts == talk.ts


async def test_two_places_are_two_messages_and_asking_twice_is_one(it: World) -> None:
    job = it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told", it.ana)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You are waiting for Facebook Ads EU (job 987) already.", it.ana)
    await it.ben.types("/jobs watch 987", in_=it.read_only)
    await it.whispered("You will be told", it.ben, in_=it.read_only)
    job.ends()
    await it.said(f"<@{it.ana.id}>: *Facebook Ads EU (job 987)*")
    await it.said(f"<@{it.ben.id}>: *Facebook Ads EU (job 987)*", in_=it.read_only)
    assert len(it.inc.public) == len(it.read_only.public) == 1


async def test_whoever_takes_it_back_is_not_told(it: World) -> None:
    job = it.adverity.has_job(987)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    for person in (it.ana, it.ben, it.gus):
        await person.clicks("job_watch", on=card)
        await it.slack.until(lambda person=person: f"<@{person.id}>" in card.text.partition("Watched by")[2])  # type: ignore[misc]
    await it.ana.clicks("Stop watching", on=card)
    await it.slack.until(lambda: f"<@{it.ana.id}>" not in card.text.partition("Watched by")[2].splitlines()[0])
    await it.ben.types("/jobs unwatch 987", in_=it.inc)
    await it.whispered("You will not be told any more when job 987 ends.", it.ben)
    await it.ben.types("/jobs unwatch 987", in_=it.inc)
    await it.whispered("You were not waiting for job 987", it.ben)
    job.ends()
    told = await it.said("has ended")
    assert told.text.startswith(f"<@{it.gus.id}>:")


async def test_what_was_kept_is_not_reported_as_failed(it: World) -> None:
    """The card cannot be drawn anew, because Adverity does not say how the job is; the wish holds all the same."""
    it.adverity.has_job(987)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    held = it.adverity.faults.hold(path="/987/", times=1)
    reads = it.adverity.count("GET", "/api/jobs/987/imported/")
    await it.ben.clicks("Watch", on=card)
    await it.adverity.called("GET", "/api/jobs/987/imported/", times=reads + 1)
    it.adverity.faults.unauthorised(path="/987/")
    held.release()
    await it.whispered("You will be told in this thread when Facebook Ads EU (job 987) ends.", it.ben)
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "Watched by" in card.text)
    await it.ben.clicks("Stop watching", on=card)
    await it.whispered("You will not be told any more when job 987 ends.", it.ben)
    assert not [whisper for whisper in it.inc.whispers(it.ben) if "key" in whisper.text]


async def test_a_job_that_is_over_answers_at_once(it: World, there: Place) -> None:
    it.adverity.has_job(987, state="Failed", issues=["no file"])
    await it.ana.types("/jobs watch 987", in_=it.inc)
    told = await it.said("*Facebook Ads EU (job 987)* is over already: *Failed*")
    assert "no file" in told.text
    assert await there.rows(watches) == []


async def test_whoever_looks_at_the_metrics_sees_how_many_wait(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    async with loopback_client() as client, asyncio.timeout(20):
        while "jobbot_watches 1.0" not in (await client.get(f"http://127.0.0.1:{it.bot.port}/metrics")).text:
            pass


async def test_what_a_channel_waits_for(it: World) -> None:
    it.adverity.has_job(987)
    it.adverity.has_job(988)
    await it.ana.types("/jobs watches", in_=it.inc)
    await it.whispered("Nothing is watched in this channel", it.ana)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    await it.ben.types("/jobs watch 988", in_=it.inc)
    await it.whispered("(job 988) ends", it.ben)
    await it.gus.types("/jobs watch 988", in_=it.read_only)
    await it.whispered("(job 988) ends", it.gus, in_=it.read_only)
    await it.ana.types("/jobs watches", in_=it.inc)
    listed = await it.whispered("*2 watches in this channel*", it.ana)
    assert f"*Facebook Ads EU (job 987)* · watched by <@{it.ana.id}>" in listed.text
    assert f"*Facebook Ads EU (job 988)* · watched by <@{it.ben.id}>" in listed.text


async def test_a_job_that_adverity_forgets(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    it.adverity.forgets(987)
    await looked_back(it)
    await later(it, minutes=2)
    await it.said("Adverity does not know Facebook Ads EU (job 987) any more.")


async def test_an_instance_without_the_path_of_one_job(it: World) -> None:
    """Only two independent clients know it; the lists are documented."""
    job = it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    it.adverity.faults.missing(path="/api/jobs/987/")
    job.ends("Failed", issues=["token expired"])
    told = await it.said("has ended: *Failed*")
    assert "token expired" in told.text


async def test_everybody_who_waits_is_called(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    async with aclosing(Database(make_engine(there.settings.database_url.get_secret_value()))) as database:
        kept = WatchStore(database, it.clock)
        people = [f"U{number:09d}" for number in range(16)]
        for user in people:
            await kept.watch(instance="acme", job=987, name="987", channel_id=it.inc.id, thread_ts=None, user_id=user)
    job.ends()
    told = await it.said("has ended")
    assert all(f"<@{user}>" in told.text for user in people)


@pytest.mark.both_databases
@pytest.mark.slow
async def test_rounds_that_take_longer_than_their_claim_are_done_by_one(there: Place) -> None:
    """Two processes, and an Adverity whose answers take longer than what a dead process keeps."""
    job = there.adverity.has_job(987)
    short = timedelta(seconds=0.5)
    async with there.bot(lease=short) as it, there.bot(lease=short):
        await it.ana.types("/jobs watch 987", in_=it.inc)
        await it.whispered("(job 987) ends", it.ana)
        there.adverity.faults.slow(1.3, path="/api/jobs/")
        job.ends()
        await it.said("has ended")
        assert len(it.inc.public) == 1


async def test_a_state_that_nobody_knows_is_waited_for(it: World) -> None:
    """It is in no list of what is going on, and not over: it is read by itself, ever more rarely."""
    job = it.adverity.has_job(987, state="Paused")
    it.adverity.hides(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    await it.adverity.called("GET", "/api/jobs/987/", times=2)
    assert not it.inc.public
    job.ends("Cancelled")
    await later(it, minutes=16)
    await it.said("has ended: *Cancelled*")


async def test_a_state_that_nobody_knows_with_an_end_is_an_ending(it: World) -> None:
    it.adverity.has_job(987, progress=62)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    await it.ben.clicks("Watch", on=card)
    await it.slack.until(lambda: "Watched by" in card.text)
    it.adverity.has_job(987, state="Archived", wire_extra={"job_end": it.clock().strftime("%Y-%m-%dT%H:%M:%SZ")})
    it.adverity.hides(987)
    assert (await it.said("has ended: *Archived*")).thread_ts == card.ts
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "*Job 987: Archived*" in card.text)
    assert card.buttons == ["Refresh", "All runs"]


@pytest.mark.both_databases
async def test_of_three_at_once_each_is_told(it: World) -> None:
    """More than a few that end in one round are looked up in one list."""
    jobs = [it.adverity.has_job(number) for number in range(981, 988)]
    for job in jobs:
        await it.ana.types(f"/jobs watch {job.id}", in_=it.inc)
        await it.whispered(f"(job {job.id}) ends", it.ana)
    for job in jobs:
        job.ends()
    for job in jobs:
        it.clock.advance(seconds=2)
        await it.said(f"*Facebook Ads EU (job {job.id})* has ended")
    assert len(it.inc.public) == len(jobs)


@pytest.mark.both_databases
async def test_a_name_that_no_database_takes_is_cleaned(it: World) -> None:
    it.adverity.has_datastream(42, "Face\0book Ads EU")
    it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel when Facebook Ads EU (job 987) ends.", it.ana)


async def test_nobody_is_asked_while_nobody_waits(it: World) -> None:
    job = it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("(job 987) ends", it.ana)
    job.ends()
    await it.said("has ended")
    await it.adverity.idle()
    before = len(it.adverity.calls)
    for _ in range(5):
        await later(it, minutes=1)
        await it.ana.types("/jobs help", in_=it.inc)
        await it.whispered("/jobs help", it.ana)
    assert len(it.adverity.calls) == before


async def test_where_jobbot_is_no_member_nothing_is_promised(it: World, there: Place) -> None:
    it.adverity.has_job(987)
    it.slack.removes_bot(it.inc)
    for words in ("watch 987", "alerts on"):
        await it.ana.types(f"/jobs {words}", in_=it.inc)
    await it.slack.until(lambda: len(it.inc.whispers(it.ana)) == 2)
    assert all("not in this channel" in whisper.text for whisper in it.inc.whispers(it.ana))
    assert await there.rows(watches) == []
    it.inc.members.add(it.slack.bot.id)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel", it.ana)


async def test_in_a_channel_of_two_organisations_nothing_is_followed(it: World) -> None:
    it.adverity.has_job(987)
    await it.ana.types("/jobs watch 987", in_=it.shared)
    await it.whispered(
        "Jobs cannot be watched in a channel that is shared with another organisation", it.ana, in_=it.shared
    )
    await it.ana.types("/jobs alerts on", in_=it.shared)
    await it.slack.until(lambda: len(it.shared.whispers(it.ana)) == 2)
    assert not it.shared.public
