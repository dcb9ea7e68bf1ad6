"""A channel that is bound to workspaces: jobs of others, and of unknown ones, are neither shown nor acted on there."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.access import Need
from jobbot.access.configured import policy_of
from jobbot.playground.adverity import Issue
from jobbot.playground.slack.client.actors import Actor
from jobbot.render.acts.several_window import JOBS
from jobbot.store.database.tables import cards, offers, outbox, watches
from tests.stories.following import Place, place, until_rows
from tests.stories.world import REVOKED, World
from tests.support.databases import sqlite_url

pytestmark = pytest.mark.slow

SEES = "This channel shows the jobs of workspace `EMEA`"


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    async with place(tmp_path, sqlite_url(tmp_path / "jobbot.db")) as made:
        for number, name, parent in ((4, "acme", None), (14, "EMEA", 4), (15, "DACH", 14), (16, "APAC", 4)):
            made.adverity.has_workspace(number, name, parent_id=parent)
        streams = ((42, "Facebook Ads EU", "EMEA", 14), (44, "TikTok DACH", "DACH", 15), (58, "Secret Ads", "APAC", 16))
        for id_, name, stack, stack_id in streams:
            made.adverity.has_datastream(id_, name, stack=stack, stack_id=stack_id)
        for job, stream in ((987, 42), (986, 44), (985, 58)):
            made.adverity.has_job(job, datastream=stream).stop_takes(timedelta(0))
        yield made


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


def bind(it: World, *workspaces: int | str) -> None:
    """#inc-data is for these workspaces from now on."""
    inc = it.settings.channels[it.inc.id].model_copy(update={"workspaces": workspaces})
    it.bot.set_policy(policy_of({**it.settings.channels, it.inc.id: inc}))


async def whisper(it: World, person: Actor, said: int) -> str:
    return (await it.answer(person, said)).text


async def test_lists_have_what_lies_in_the_channels_workspaces_at_any_depth(it: World) -> None:
    bind(it, "emea")
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("2 jobs: running and scheduled")
    assert "acme / EMEA" in listed.text
    assert {number for number in ("985", "986", "987") if number in listed.text} == {"986", "987"}
    await it.ana.types("/jobs workspace dach", in_=it.inc)
    only = await it.said("acme / DACH")
    assert {number for number in ("985", "986", "987") if number in only.text} == {"986"}
    for words in ("workspace apac", "workspace 16", "workspace acme"):
        said = len(it.answers(it.ana))
        await it.ana.types(f"/jobs {words}", in_=it.inc)
        assert "No workspace shown here" in await whisper(it, it.ana, said)
    assert "APAC" not in str([message.text for message in it.inc.whispers(it.ana)])


async def test_whatever_is_typed_of_another_workspace(it: World) -> None:
    bind(it, 14)
    for words in ("985", "watch 985", "alerts on datastream 58"):
        said = len(it.answers(it.ana))
        await it.ana.types(f"/jobs {words}", in_=it.inc)
        assert SEES in await whisper(it, it.ana, said), words
    await it.ana.types("/jobs stop 985", in_=it.inc)
    await it.modal(it.ana, SEES)
    for words in ('"secret ads"', "secret failed", 'alerts on "secret ads"', "history secret"):
        said = len(it.answers(it.ben))
        await it.ben.types(f"/jobs {words}", in_=it.inc)
        told = await whisper(it, it.ben, said)
        assert "This one" not in told, words
        assert "Secret Ads" not in told, words
    await it.ana.types("/jobs datastream 58", in_=it.inc)
    assert "No running or scheduled jobs: datastream 58*" in (await it.said("datastream 58")).text
    everything = [*it.inc.public, *it.inc.whispers(it.ana), *it.inc.whispers(it.ben)]
    assert not [one.text for one in everything if "APAC" in one.text or "Secret Ads" in one.text]
    assert it.posts() == 0


async def test_buttons_and_windows_of_before(it: World) -> None:
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("3 jobs")
    await it.ana.types("/jobs 985", in_=it.inc)
    card = await it.said("Job 985")
    await it.ana.types("/jobs stop 985", in_=it.inc)
    await it.modal(it.ana, "The channel will see who did it")
    bind(it, 14)
    said = len(it.answers(it.ana))
    await it.ana.submits(reason="runaway")
    assert SEES in await whisper(it, it.ana, said)
    said = len(it.answers(it.ben))
    await it.opens(it.ben, 985, on=listed)
    assert SEES in await whisper(it, it.ben, said)
    for button in ("Refresh", "Watch"):
        said = len(it.answers(it.ben))
        await it.ben.clicks(button, on=card)
        assert SEES in await whisper(it, it.ben, said), button
    await it.ana.clicks("Stop job", on=card)
    await it.modal(it.ana, SEES)
    await it.ben.clicks("Refresh", on=listed)
    await it.slack.until(lambda: "2 jobs" in listed.text)
    assert "985" not in listed.text
    assert it.posts() == 0


def bind_for_everything(it: World, *workspaces: int | str) -> None:
    """As :func:`bind`, where all may do all."""
    inc = it.settings.channels[it.inc.id].model_copy(
        update={"workspaces": workspaces, "may": frozenset(Need), "stop_usergroups": frozenset()}
    )
    it.bot.set_policy(policy_of({**it.settings.channels, it.inc.id: inc}))


async def test_windows_of_before_of_every_kind(it: World) -> None:
    asked = (
        ("fetch datastream 58 2022-10-01..2022-10-02 gap", "2 days"),
        ("pause datastream 58 runaway", "Paused, it is not fetched"),
        ("stop all", "*3 jobs* going on"),
    )
    for words, shown in asked:
        bind_for_everything(it)
        await it.ben.types(f"/jobs {words}", in_=it.inc)
        await it.modal(it.ben, shown)
        bind_for_everything(it, 14)
        said = len(it.answers(it.ben))
        await it.ben.submits(reason="runaway")
        assert SEES in await whisper(it, it.ben, said), words
    assert not it.adverity.writes
    assert not it.inc.public


async def test_what_is_asked_for_from_the_channels_workspaces(it: World) -> None:
    bind_for_everything(it, 14)
    for person, words in (
        (it.ana, "pause datastream 58"),
        (it.ben, "fetch 985"),
        (it.slack.mia, "fetch datastream 58"),
    ):
        await person.types(f"/jobs {words}", in_=it.inc)
        assert "Secret Ads" not in str((await it.modal(person, SEES)).definition), words
    assert not it.adverity.writes
    await it.ben.types("/jobs fetch datastream 42 2022-10-01..2022-10-02 gap", in_=it.inc)
    await it.modal(it.ben, "2 days")
    await it.ben.submits()
    await it.said("Fetching Facebook Ads EU, 1–2 Oct 2022 again")
    await it.ana.types("/jobs pause datastream 44 runaway", in_=it.inc)
    await it.modal(it.ana, "Paused, it is not fetched")
    await it.ana.submits()
    await it.said("paused the schedule of TikTok DACH")


async def test_of_several_those_of_the_channels_workspaces_are_stopped(it: World) -> None:
    it.adverity.has_job(984, datastream=None)
    bind_for_everything(it, 14)
    await it.ben.types("/jobs stop all", in_=it.inc)
    modal = await it.modal(it.ben, "*2 jobs* going on")
    (boxes,) = [block["element"] for block in modal.blocks if block.get("block_id") == JOBS]
    assert {one["text"]["text"] for one in boxes["options"]} == {"Facebook Ads EU · 987", "TikTok DACH · 986"}
    await it.ben.submits(reason="they hang")
    told = await it.said("*Stopped 2 jobs*")
    assert "Secret Ads" not in told.text
    assert {job: it.adverity.job(job).state for job in (984, 985)} == dict.fromkeys((984, 985), "Running")
    await it.slack.mia.types("/jobs stop all workspace apac", in_=it.inc)
    await it.whispered("No workspace shown here is called `apac`.", it.slack.mia)
    assert it.slack.mia.modal is None
    await it.ana.types("/jobs stop 985 986", in_=it.inc)
    modal = await it.modal(it.ana, "There is nothing to stop.")
    assert "ot shown in this channel: 985." in str(modal.blocks)
    assert it.posts() == 2


async def test_what_was_followed_before_is_told_no_more(it: World, there: Place) -> None:
    await it.ana.types("/jobs alerts on ended", in_=it.inc)
    await it.said("switched alerts on")
    for job in (985, 986):
        said = len(it.answers(it.ana))
        await it.ana.types(f"/jobs watch {job}", in_=it.inc)
        await whisper(it, it.ana, said)
    await it.ana.types("/jobs 985", in_=it.inc)
    card = await it.said("Job 985")
    bind(it, 14)
    said = len(it.answers(it.ben))
    await it.ben.types("/jobs watches", in_=it.inc)
    told = await whisper(it, it.ben, said)
    assert "986" in told
    assert "985" not in told
    it.adverity.job(985).ends("Failed")
    it.adverity.job(986).ends("Failed")
    assert f"Watched by <@{it.ana.id}>" in (await it.said("*TikTok DACH* failed")).text
    await there.until(watches, lambda rows: all(row.end_reason for row in rows))
    await there.until(cards, lambda rows: all(row.end_reason for row in rows))
    await there.until(outbox, lambda rows: all(row.sent_at or row.failed for row in rows))
    reasons = {row.job: row.end_reason for row in await there.rows(watches)}
    assert reasons == {985: "not told: the channel does not see the job's workspace", 986: "Failed"}
    assert "Running" in card.text
    assert not [one.text for one in it.inc.public if "985" in one.text and one is not card]


async def test_where_workspaces_are_not_readable_nothing_unknown_is_shown_and_the_answer_says_why(it: World) -> None:
    it.adverity.faults.forbidden(path="/api/stacks/")
    it.adverity.has_job(984, datastream=None)
    bind(it, 14)
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said("1 job: running and scheduled")
    assert "987" in listed.text
    assert "1 job left out: Adverity did not tell in which workspace it is" in listed.text
    assert "Adverity does not tell jobbot which workspaces there are" in listed.text
    said = len(it.answers(it.ana))
    await it.ana.types("/jobs 986", in_=it.inc)
    assert "Adverity does not tell jobbot which workspaces there are" in await whisper(it, it.ana, said)
    await it.ana.types("/jobs stop 984", in_=it.inc)
    await it.modal(it.ana, "This channel shows the jobs of workspace")


async def test_the_record_has_the_channels_own(it: World) -> None:
    for job in (985, 987):
        await it.asks_to_stop(it.ana, job)
        await it.ana.submits(reason="runaway")
        await it.said(f"(job {job})*")
    await it.ana.types("/jobs history workspace apac", in_=it.inc)
    assert "job 985" in (await it.said("acme / APAC")).text
    bind(it, 14)
    await it.ana.types("/jobs history", in_=it.inc)
    record = await it.said("1 entry*\nacme / EMEA")
    assert "job 987" in record.text
    assert "985" not in record.text
    await it.ana.types("/jobs history job 985", in_=it.inc)
    await it.said("of job 985")


async def test_open_issues_are_those_of_the_channels_workspaces(it: World) -> None:
    causes = {801: (42, "Quota used up"), 802: (44, "Authorization invalid"), 803: (58, "Secret cause")}
    for job, (stream, cause) in causes.items():
        issue = Issue(f"The fetch of {stream} failed.", cause=cause)
        it.adverity.has_job(job, datastream=stream, state="Failed", issues=[issue])
    await it.ana.types("/jobs issues", in_=it.inc)
    assert "Secret cause" in (await it.said("3 open issues")).text
    bind(it, 14)
    await it.ana.types("/jobs issues", in_=it.inc)
    seen = (await it.said("2 open issues")).text
    assert "Quota used up" in seen
    assert "Authorization invalid" in seen
    assert "Secret" not in seen
    await it.ana.types("/jobs issues workspace dach", in_=it.inc)
    assert "Quota" not in (await it.said("1 open issue")).text
    await it.ana.types("/jobs issues datastream 58", in_=it.inc)
    assert "Secret" not in (await it.said("No open issues")).text
    said = len(it.answers(it.ben))
    await it.ben.types('/jobs issues "secret ads"', in_=it.inc)
    assert "Secret Ads" not in await whisper(it, it.ben, said)


async def test_alerts_say_that_they_are_of_what_the_channel_sees(it: World) -> None:
    bind(it, 14)
    await it.ana.types("/jobs alerts on", in_=it.inc)
    await it.said("jobs that fail, in any datastream that this channel sees (EMEA)")


async def test_what_was_done_is_offered_no_more_in_a_list_of_the_channels_workspaces(it: World) -> None:
    all_ = it.settings.channels[it.inc.id].model_copy(update={"workspaces": (14,), "may": frozenset(Need)})
    it.bot.set_policy(policy_of({**it.settings.channels, it.inc.id: all_}))
    it.adverity.has_job(990, datastream=42, state="Failed", issues=[REVOKED])
    await it.ana.types("/jobs issues", in_=it.inc)
    issues = await it.said("1 open issue")
    assert {row.workspaces for row in await until_rows(it.settings, offers, bool)} == {"14 15"}
    await it.ana.clicks("Acknowledge", on=issues)
    await it.modal(it.ana, "Nothing is fetched")
    await it.ana.submits(reason="known")
    await it.slack.until(lambda: issues.buttons == ["Details", "Refresh"], seconds=30)
