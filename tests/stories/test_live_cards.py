"""A card that keeps itself true, in its one message, within what Slack takes."""

from collections.abc import AsyncIterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from jobbot.config import ChannelSettings
from jobbot.playground.adverity.calls import Call
from jobbot.playground.slack.state.messages import Message
from jobbot.store.database.tables import cards, pollers, watches
from tests.stories.following import Place, later, looked_back, only_looking
from tests.stories.world import World

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


async def shows(it: World, job: int = 987) -> Message:
    """Ana asks for a job that runs."""
    await it.ana.types(f"/jobs {job}", in_=it.inc)
    card = await it.said(f"*Job {job}: Running*")
    await rounds(it, 1)
    return card


async def rounds(it: World, count: int = 2) -> None:
    """Wait until Adverity was asked so many times more; it is asked only while somebody follows something."""

    def lists(calls: Sequence[Call]) -> int:
        return sum(call.path == "/api/jobs/" for call in calls)

    wanted = lists(it.adverity.calls) + count
    await it.adverity.until(lambda calls: lists(calls) >= wanted)


async def looks(there: Place) -> int:
    """How many rounds there were."""
    return rounds_of(await there.rows(pollers))


def is_later(before: int, rows: Sequence[Any]) -> bool:
    return rounds_of(rows) > before


def rounds_of(rows: Sequence[Any]) -> int:
    return sum(row.rounds for row in rows)


@pytest.mark.both_databases
async def test_it_keeps_itself_true_to_the_end(it: World, there: Place) -> None:
    job = it.adverity.has_job(987, progress=62)
    card = await shows(it)
    assert "`██████░░░░` *62 %* · *12 min* · about 7 min left" in card.text

    it.adverity.has_job(987, progress=80)
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "`████████░░` *80 %*" in card.text)
    job.ends("Failed", issues=["no file"])
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "*Job 987: Failed*" in card.text)
    assert "no file" in card.text
    assert card.buttons == ["Refresh", "All runs"]
    assert it.inc.public == [card], "one message a matter"
    (row,) = await there.rows(cards)
    assert row.end_reason == "Failed"


async def test_what_looks_the_same_is_not_edited(it: World) -> None:
    it.adverity.has_job(987, progress=62)
    card = await shows(it)
    it.clock.advance(seconds=4)
    await rounds(it, 4)
    assert not card.history, "nothing that people see has changed"
    await later(it, minutes=1)
    await it.slack.until(lambda: "13 min" in card.text)
    assert len(card.history) == 1


async def test_never_twice_within_three_seconds_and_rarely_when_it_is_old(it: World) -> None:
    it.adverity.has_job(987, progress=1)
    card = await shows(it)
    for progress in range(2, 16):
        it.adverity.has_job(987, progress=progress)
        it.clock.advance(seconds=1)
        await rounds(it)
    edits = [call.at for call in it.slack.calls if call.method == "chat.update"]
    assert len(edits) > 2
    assert all((later - earlier).total_seconds() >= 3 for earlier, later in pairwise(edits))
    await later(it, hours=2)
    await it.slack.until(lambda: "2 h" in card.text)
    it.adverity.has_job(987, progress=50)
    await later(it, minutes=4)
    await rounds(it, 3)
    assert "50 %" not in card.text, "an old card is edited every five minutes"
    await later(it, minutes=2)
    await it.slack.until(lambda: "50 %" in card.text)


async def until_more_rounds(there: Place, before: int) -> None:
    await there.until(pollers, lambda rows: rounds_of(rows) > before)


@pytest.mark.parametrize(("fault", "words"), [("unavailable", "is busy since"), ("cut", "does not answer since")])
async def test_trouble_is_said_once_and_taken_back(it: World, there: Place, fault: str, words: str) -> None:
    it.adverity.has_job(987, progress=62)
    card = await shows(it)
    it.clock.advance(seconds=4)
    getattr(it.adverity.faults, fault)()
    await it.slack.until(lambda: words in card.text)
    assert "*Job 987: Running*" in card.text, "as it was last seen"
    edits = len(card.history)
    for _ in range(3):
        before = await looks(there)
        await later(it, minutes=5)
        await there.until(pollers, partial(is_later, before))
    assert len(card.history) == edits, "once, not every round"
    it.adverity.faults.clear()
    await it.slack.until(lambda: words not in card.text)


async def test_it_says_what_waits_behind_the_job_as_of_now(it: World) -> None:
    it.adverity.has_job(987, progress=62)
    card = await shows(it)
    assert "Waiting behind it" not in card.text
    it.adverity.has_job(988, state="Scheduled")
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "Waiting behind it: 1 job: 988" in card.text)


async def test_whoever_refreshes_with_an_older_answer_does_not_stop_the_card(there: Place) -> None:
    """An answer may be shown again for a few seconds: here it overwrites how the job ended, and that is put right."""
    (name,) = there.settings.instances
    kept = there.settings.instances[name].model_copy(update={"cache_seconds": 3600})
    async with there.bot(instances={name: kept}) as it:
        job = it.adverity.has_job(987, progress=62)
        card = await shows(it)
        job.ends()
        it.clock.advance(seconds=4)
        await it.slack.until(lambda: "*Job 987: Success*" in card.text)
        it.clock.advance(seconds=4)
        await it.ben.clicks("Refresh", on=card)
        await it.slack.until(lambda: "refreshed by" in card.text)
        assert "*Job 987: Running*" in card.text
        it.clock.advance(seconds=4)
        await it.slack.until(lambda: "*Job 987: Success*" in card.text)
        assert card.buttons == ["Refresh", "All runs"]


async def test_where_only_looking_is_permitted_it_offers_nothing_else(there: Place) -> None:
    async with there.bot(channels=only_looking(there.slack)) as it:
        it.adverity.has_job(987, progress=62)
        card = await shows(it)
        assert card.buttons == ["Refresh"]
        it.adverity.has_job(987, progress=80)
        it.clock.advance(seconds=4)
        await it.slack.until(lambda: "80 %" in card.text)
        assert card.buttons == ["Refresh"]


async def test_the_trouble_of_one_job_is_not_said_of_another(it: World) -> None:
    other = it.adverity.has_job(986)
    it.adverity.has_job(987, progress=62)
    card = await shows(it)
    await it.ana.types("/jobs watch 986", in_=it.inc)
    await it.whispered("(job 986) ends", it.ana)
    it.adverity.faults.broken(path="/api/jobs/986/")
    other.ends()
    await it.adverity.called("GET", "/api/jobs/986/", times=2)
    it.adverity.has_job(987, progress=80)
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "80 %" in card.text)
    assert not [version for version in card.history if "cannot be asked" in version.text]


async def test_a_job_that_adverity_forgets_is_said_on_its_card(it: World) -> None:
    it.adverity.has_job(987, progress=30)
    card = await shows(it)
    it.adverity.forgets(987)
    it.clock.advance(seconds=4)
    await looked_back(it)
    await later(it, minutes=2)
    await it.slack.until(lambda: "Adverity does not know this job any more" in card.text)
    assert card.buttons == ["Refresh"]


async def test_in_a_quiet_channel_a_card_is_live_once_it_is_shared(there: Place) -> None:
    quiet = {there.slack.channel("inc-data").id: ChannelSettings(answers="ephemeral")}
    async with there.bot(channels=quiet) as it:
        job = it.adverity.has_job(987, progress=10)
        await it.ana.types("/jobs 987", in_=it.inc)
        mine = await it.whispered("*Job 987: Running*", it.ana)
        await it.ana.clicks("Share here", on=mine)
        shared = await it.said("*Job 987: Running*")
        await rounds(it, 1)
        job.ends("Failed")
        it.clock.advance(seconds=4)
        await it.slack.until(lambda: "*Job 987: Failed*" in shared.text)


async def test_after_a_day_it_is_left_alone(it: World, there: Place) -> None:
    it.adverity.has_job(987, progress=62)
    card = await shows(it)
    await later(it, hours=25)
    await it.slack.until(lambda: "This card is not kept up to date any more." in card.text)
    (row,) = await there.rows(cards)
    assert row.end_reason == "24 hours old"


async def test_where_jobbot_is_no_member_the_card_is_answered_and_stays_as_it_is(it: World, there: Place) -> None:
    it.adverity.has_job(987, progress=62)
    it.slack.removes_bot(it.inc)
    await it.ana.types("/jobs 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    assert await there.rows(cards) == []
    it.slack.forgive()


async def test_a_deleted_card_ends_and_whoever_waited_in_its_thread_is_told_in_the_channel(
    it: World, there: Place
) -> None:
    job = it.adverity.has_job(987, progress=62)
    card = await shows(it)
    await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=card)
    await it.whispered("You will be told in this thread", it.ana)
    it.slack.deletes(card)
    await later(it, minutes=2)
    await it.slack.until(lambda: bool(it.slack.refused_calls))
    row = await ended(there)
    assert row.end_reason == "message_not_found"
    (watch,) = await there.rows(watches)
    assert watch.ended_at is None
    job.ends()
    await it.slack.until(lambda: any(call.error == "thread_not_found" for call in it.slack.refused_calls))
    it.clock.advance(seconds=2)
    told = await it.said(f"<@{it.ana.id}>: *Facebook Ads EU (job 987)* has ended: *Success*")
    assert told.thread_ts is None
    (watch,) = await there.rows(watches)
    assert watch.end_reason == "told in the channel: thread_not_found"
    it.slack.forgive()


async def ended(there: Place) -> Any:
    """The card's row, as soon as it is live no more."""
    (row,) = await there.until(cards, lambda rows: all(row.ended_at is not None for row in rows))
    return row


async def test_what_is_on_the_card_of_a_stop_is_true_to_the_end(it: World) -> None:
    """The message of a stop that was accepted and did not work: whoever asked is told when the job ends after all."""
    job = it.adverity.has_job(987).ignores_stop()
    await it.asks_to_stop(it.ana)
    await it.ana.submits(reason="x")
    message = await it.said("is still running")
    job.ends("Success")
    told = await it.said("*Facebook Ads EU (job 987)* has ended: *Success*")
    assert told.thread_ts == message.ts
    assert told.text.startswith(f"<@{it.ana.id}>:")
    it.clock.advance(seconds=4)
    await it.slack.until(lambda: "(job 987) ended since: Success" in message.text)
    assert "is still running" in message.text, "what was said stays said"
