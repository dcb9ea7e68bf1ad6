"""A channel that is told of jobs that fail, without anybody having asked for one of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from jobbot.config import ChannelSettings, InstanceSettings
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack.state.messages import Message
from jobbot.store.database.tables import alerts
from tests.stories.following import Place, later, place
from tests.stories.world import World
from tests.support.databases import sqlite_url

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


async def switched_on(it: World, words: str = "") -> None:
    await it.ana.types(f"/jobs alerts on {words}".strip(), in_=it.inc)
    await it.said("switched alerts on")
    await looked(it)


async def looked(it: World) -> None:
    """Two rounds more: one of what is going on, one of what has ended."""
    await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 3)


def alerts_of(it: World) -> list[str]:
    return [message.text for message in it.inc.public if "I'm on it" in message.buttons]


@pytest.mark.both_databases
async def test_a_failure_is_told_and_a_success_is_not(it: World) -> None:
    good, bad = it.adverity.has_job(986), it.adverity.has_job(987)
    await switched_on(it)
    assert (
        f"<@{it.ana.id}> switched alerts on: from now on this channel is told of jobs that fail"
        in it.inc.public[0].text
    )
    good.ends()
    bad.ends("Failed", issues=["no <file>"])
    told = await it.said("*Facebook Ads EU* failed")
    assert "no &lt;file&gt;" in told.text
    assert told.buttons == ["Details", "I'm on it", "Snooze 2 h"]
    await looked(it)
    assert len(alerts_of(it)) == 1


async def test_what_began_and_ended_between_two_rounds_is_told(it: World) -> None:
    await switched_on(it)
    it.clock.advance(seconds=2)
    now = it.clock()
    it.adverity.has_job(987, state="Failed", started=now - timedelta(seconds=1), ended=now - timedelta(seconds=0.1))
    await it.said("*Facebook Ads EU* failed")


async def test_what_failed_before_is_no_news(it: World) -> None:
    it.adverity.has_job(987, state="Failed")
    job = it.adverity.has_job(988)
    await switched_on(it)
    job.ends("Failed")
    await it.said("*Facebook Ads EU* failed")
    await looked(it)
    assert "987" not in " ".join(alerts_of(it))


async def test_without_an_end_only_what_was_seen_going_on_or_began_since_is_news(it: World) -> None:
    """Every field of a job may be missing, and without an end a failure of last night looks like one of now."""
    it.adverity.has_job(986, state="Failed", wire_without=["job_end"])
    job = it.adverity.has_job(987, wire_without=["job_end"])
    await switched_on(it)
    job.ends("Failed")
    await it.slack.until(lambda: "987" in " ".join(alerts_of(it)))
    await later(it, minutes=2)
    await looked(it)
    now = it.clock()
    it.adverity.has_job(988, state="Failed", started=now, ended=now, wire_without=["job_end"])
    await it.slack.until(lambda: "988" in " ".join(alerts_of(it)))
    assert "986" not in " ".join(alerts_of(it))


async def test_switched_on_again_nothing_is_forgotten(it: World) -> None:
    """What failed before the repeated command, and was not seen yet, is news still."""
    job = it.adverity.has_job(987)
    await switched_on(it)
    held = it.adverity.faults.hold()
    it.clock.advance(seconds=5)
    job.ends("Failed")
    it.clock.advance(seconds=5)
    await it.ana.types("/jobs alerts on", in_=it.inc)
    await it.whispered(f"switched on by <@{it.ana.id}>, since", it.ana, in_=it.inc)
    held.release()
    await it.slack.until(lambda: "987" in " ".join(alerts_of(it)))


async def test_ended_in_any_way_of_one_datastream(it: World) -> None:
    it.adverity.has_datastream(43, "Google Ads US")
    ours, other = it.adverity.has_job(987, datastream=43), it.adverity.has_job(988)
    await switched_on(it, "ended datastream 43")
    ours.ends("Cancelled")
    other.ends("Failed")
    await it.said("*Google Ads US* was cancelled")
    await looked(it)
    assert len(alerts_of(it)) == 1


async def test_many_at_once_are_one_message_with_a_thread(it: World) -> None:
    jobs = []
    for place_ in range(9):
        it.adverity.has_datastream(50 + place_, f"Stream {place_}")
        jobs.append(it.adverity.has_job(900 + place_, datastream=50 + place_))
    await switched_on(it)
    for job in jobs:
        job.ends("Failed", issues=[f"issue of {job.id}"])
    for _ in range(6):
        it.clock.advance(seconds=2)
        await looked(it)
    root = await it.said("*9 jobs failed* in the last minute")
    assert "Stream 0, Stream 1" in root.text
    assert len(alerts_of(it)) == 1
    thread = it.inc.thread(root)[1:]
    for job in jobs:
        assert sum(f"issue of {job.id}" in message.text for message in thread) == 1


async def test_the_second_within_a_minute_joins_the_first(it: World) -> None:
    it.adverity.has_datastream(43, "Google Ads US")
    first, second = it.adverity.has_job(987), it.adverity.has_job(988, datastream=43)
    await switched_on(it)
    first.ends("Failed", issues=["one"])
    root = await it.said("*Facebook Ads EU* failed")
    it.clock.advance(seconds=20)
    second.ends("Failed", issues=["two"])
    await it.slack.until(lambda: "*2 jobs failed*" in root.text and "Facebook Ads EU, Google Ads US" in root.text)
    reply = await it.said("two")
    assert reply.thread_ts == root.ts
    assert "one" in reply.text, "what the message said before is not lost"


async def test_the_same_datastream_again_counts_up_in_the_message_and_a_success_ends_it_there(it: World) -> None:
    first, second, good = it.adverity.has_job(987), it.adverity.has_job(988), it.adverity.has_job(989)
    later_one = it.adverity.has_job(990)
    await switched_on(it)
    first.ends("Failed")
    root = await it.said("*Facebook Ads EU* failed")
    await later(it, minutes=90)
    second.ends("Failed", issues=["the newest"])
    await it.slack.until(lambda: "2 failures in a row since" in root.text and "the newest" in root.text)
    await it.ana.clicks("I'm on it", on=root)
    await it.slack.until(lambda: "is on it" in root.text)
    await later(it, minutes=30)
    good.ends()
    await it.slack.until(lambda: "Recovered: *Facebook Ads EU* succeeded" in root.text)
    assert "after 2 failures since" in root.text
    assert root.buttons == ["Details"]
    reply = await it.said(f"<@{it.ana.id}>", in_=it.inc)
    assert reply.thread_ts == root.ts
    later_one.ends("Failed")
    await it.slack.until(lambda: len(alerts_of(it)) == 1)
    assert it.inc.public[-1].thread_ts is None, "after its end it is another matter"


async def test_a_deleted_message_does_not_swallow_what_follows(it: World) -> None:
    first, second = it.adverity.has_job(987), it.adverity.has_job(988)
    await switched_on(it)
    first.ends("Failed")
    root = await it.said("*Facebook Ads EU* failed")
    await later(it, minutes=30)
    await looked(it)
    it.slack.deletes(root)
    second.ends("Failed")
    await it.slack.until(lambda: any(call.error == "message_not_found" for call in it.slack.refused_calls))
    it.clock.advance(seconds=5)
    assert (await it.said("2 failures in a row")).thread_ts is None
    it.slack.forgive()


async def test_a_user_group_is_called_once_and_a_snooze_until_fixed_ends_with_the_success(it: World) -> None:
    first, second, third = it.adverity.has_job(987), it.adverity.has_job(988), it.adverity.has_job(989)
    await it.ana.types("/jobs alerts on for <!subteam^S0NOBODY1>", in_=it.inc)
    await it.whispered("Slack does not know this user group", it.ana)
    await switched_on(it, "failed for @data-oncall")
    assert "mentions @data-oncall, once" in it.inc.public[0].text
    first.ends("Failed")
    root = await it.said("*Facebook Ads EU* failed")
    assert "Calling <!subteam^S0ONCALL01>" in root.text
    await it.ben.types("/jobs alerts snooze datastream 42 until fixed", in_=it.inc)
    await it.said("snoozed the alerts of datastream 42")
    await it.ana.types("/jobs alerts", in_=it.inc)
    listed = await it.whispered("*Alerts of this channel*", it.ana)
    assert "calls @data-oncall" in listed.text
    assert f"Snoozed by <@{it.ben.id}> until it succeeds again: datastream 42" in listed.text
    it.clock.advance(seconds=10)
    second.ends("Failed")
    await it.slack.until(lambda: "2 failures in a row" in root.text and "Called @data-oncall" in root.text)
    it.clock.advance(seconds=10)
    third.ends()
    await it.slack.until(lambda: "alerts of it are on again" in root.text)
    assert "subteam" not in root.text
    assert len(alerts_of(it)) == 0, "it is over"


async def test_snoozed_and_awake_again(it: World) -> None:
    early, late = it.adverity.has_job(987), it.adverity.has_job(988)
    await switched_on(it)
    await it.ben.types("/jobs alerts snooze 2h", in_=it.inc)
    await it.said(f"<@{it.ben.id}> snoozed 1 alert of this channel until")
    early.ends("Failed")
    await looked(it)
    await it.ana.types("/jobs alerts", in_=it.inc)
    assert "*snoozed until" in (await it.whispered("*Alerts of this channel*", it.ana)).text
    await later(it, hours=2, minutes=1)
    await looked(it)
    late.ends("Failed")
    told = await it.said("*Facebook Ads EU* failed")
    assert "988" in told.text
    assert len(alerts_of(it)) == 1


async def test_switched_off(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    await switched_on(it)
    await it.ana.types("/jobs alerts on ended datastream 42", in_=it.inc)
    await it.said("jobs that end in any way of datastream 42")
    await it.ben.types("/jobs watches", in_=it.inc)
    await it.whispered("Jobs that fail, in any datastream", it.ben)
    await it.ben.types("/jobs alerts off", in_=it.inc)
    await it.said(f"<@{it.ben.id}> switched 2 alerts of this channel off.")
    job.ends("Failed")
    await it.ben.types("/jobs alerts off", in_=it.inc)
    await it.whispered("There were no such alerts", it.ben)
    await it.ben.types("/jobs alerts", in_=it.inc)
    await it.whispered("This channel has no alerts, and so nothing is snoozed.", it.ben)
    assert not alerts_of(it)
    assert {row.end_reason for row in await there.rows(alerts)} == {f"switched off by {it.ben.id}"}


async def test_only_where_it_is_permitted(it: World) -> None:
    await it.ana.types("/jobs alerts on", in_=it.read_only)
    await it.whispered("Alerts cannot be changed in this channel", it.ana, in_=it.read_only)
    assert not it.read_only.public


async def test_of_another_instance(tmp_path: Path, database_url: str) -> None:
    async with place(tmp_path, database_url) as there, LocalAdverity(now=there.clock) as staging:
        instances = {
            **there.settings.instances,
            "staging": InstanceSettings(url=staging.url, key=SecretStr(staging.api_key), cache_seconds=0),
        }
        async with there.bot(instances=instances) as it:
            it.adverity.has_job(986).ends("Failed")
            job = staging.has_job(987)
            await it.ana.types("/jobs alerts on in staging", in_=it.inc)
            await it.said("switched alerts on")
            await staging.called("GET", "/api/jobs/", times=3)
            job.ends("Failed")
            told = await it.said("* failed")
            assert "staging" in told.text
            assert not it.adverity.count("GET", "/api/jobs/"), "nobody follows anything there"


async def failed_once(it: World) -> Message:
    """The alert of a job that failed."""
    job = it.adverity.has_job(987)
    await switched_on(it)
    job.ends("Failed")
    return await it.said("*Facebook Ads EU* failed")


async def test_what_is_pressed_stands_in_the_message_for_all(it: World) -> None:
    told = await failed_once(it)
    await it.ana.clicks("I'm on it", on=told)
    await it.slack.until(lambda: f"*<@{it.ana.id}> is on it* since" in told.text)
    assert told.buttons == ["Details", "Not on it", "I'm on it too", "Snooze 2 h"]
    await it.ben.clicks("Not on it", on=told)
    await it.whispered("You had not said that you are on it. Nothing was changed.", it.ben)
    await it.ben.clicks("Snooze 2 h", on=told)
    await it.slack.until(lambda: f"<@{it.ben.id}> snoozed the alerts of datastream 42" in told.text)
    assert told.buttons == ["Details", "Not on it", "I'm on it too", "End snooze"]
    it.adverity.has_job(988).ends("Failed")
    await looked(it)
    it.clock.advance(seconds=6)
    await it.slack.until(lambda: any(call.method == "chat.update" for call in it.slack.calls))
    await it.ana.clicks("Not on it", on=told)
    await it.slack.until(lambda: "is on it" not in told.text)
    assert f"<@{it.ben.id}> snoozed" in told.text
    assert len(alerts_of(it)) == 1


async def test_it_is_shown_where_jobbot_was_put_out_meanwhile(it: World) -> None:
    told = await failed_once(it)
    it.slack.removes_bot(it.inc)
    await it.ana.clicks("I'm on it", on=told)
    await it.slack.until(lambda: f"<@{it.ana.id}> is on it" in told.text)
    it.slack.forgive()


async def test_a_message_that_is_not_known_any_more_says_so(there: Place, tmp_path: Path) -> None:
    async with there.bot() as it:
        told = await failed_once(it)
    before = told.text
    async with there.bot(database_url=SecretStr(sqlite_url(tmp_path / "another.db"))) as it:
        for button in ("I'm on it", "Snooze 2 h"):
            said = len(it.answers(it.ana))
            await it.ana.clicks(button, on=told)
            answer = await it.answer(it.ana, said)
            assert answer.text == "This alert is too old for its buttons. Nothing was changed."
    assert told.text == before


async def test_an_outsider_presses_nothing(tmp_path: Path, database_url: str) -> None:
    async with place(tmp_path, database_url) as there:
        shared = there.slack.channel("acme-shared")
        async with there.bot(channels={shared.id: ChannelSettings(external=True)}) as it:
            job = it.adverity.has_job(987)
            await it.ana.types("/jobs alerts on", in_=it.shared)
            await it.said("switched alerts on", in_=it.shared)
            await looked(it)
            job.ends("Failed")
            told = await it.said("*Facebook Ads EU* failed", in_=it.shared)
            before = told.text
            for button in ("I'm on it", "Snooze 2 h"):
                await it.olga.clicks(button, on=told)
            await it.slack.until(lambda: len(it.shared.whispers(it.olga)) == 2)
            assert told.text == before
            assert all("Only members of" in whisper.text for whisper in it.shared.whispers(it.olga))
