"""An instance is taken out of the configuration: what was under way there ends in plain words, and in the record."""

from collections.abc import Mapping

import pytest

from jobbot.config import InstanceSettings
from jobbot.store.database.tables import acts, alerts, cards, watches
from tests.stories.following import Place

pytestmark = pytest.mark.slow


def another(there: Place) -> Mapping[str, InstanceSettings]:
    """The configuration of the next start."""
    return {"other": there.settings.instances["acme"]}


@pytest.mark.parametrize(
    ("held", "told", "recorded", "posts"),
    [
        (
            "GET",
            "*Not stopped: Facebook Ads EU (job 987)*\njobbot is no longer set up for acme. Nothing was sent",
            "refused",
            0,
        ),
        ("POST", "Whether the stop took effect is not known here", "unknown", 1),
    ],
)
async def test_a_stop_that_was_interrupted_says_what_is_not_known(
    there: Place, held: str, told: str, recorded: str, posts: int
) -> None:
    there.adverity.has_job(987)
    async with there.bot() as it:
        await it.asks_to_stop(it.ana)
        calls = it.adverity.count(held)
        there.adverity.faults.hold(method=held)
        await it.ana.submits(reason="runaway fetch")
        await it.adverity.called(held, times=calls + 1)
        message = await it.said("is stopping Facebook Ads EU (job 987)")
    there.adverity.faults.clear()
    async with there.bot(instances=another(there)) as it:
        await it.ana.types("/jobs", in_=it.inc)
        await it.said("running and scheduled")  # whether the stop has worked by now or not
        assert "is stopping" in message.text, "another jobbot may still know the instance"
        it.clock.advance(minutes=11)
        assert await it.said(told) is message
        assert "jobbot is no longer set up for acme" in message.text
        assert "runaway fetch" in message.text
        assert not message.buttons
        (row,) = await there.rows(acts)
        assert (row.state, row.outcome.partition(": ")[2]) == (recorded, "instance not configured")
        assert it.posts() == posts


async def test_an_ending_that_was_owed_is_told_all_the_same(there: Place) -> None:
    there.adverity.has_job(987).refuses_stop("Not in fetch.")
    async with there.bot() as it:
        await it.asks_to_stop(it.ana)
        for method in ("chat.update", "chat.postMessage"):
            it.slack.faults.error(method, "internal_error")
        it.slack.faults.error("response_url", "no_service")
        await it.ana.submits(reason="x")
        await it.slack.until(lambda: it.slack.calls_of("response_url"))
        await it.slack.until(lambda: it.adverity.count("POST"))
    it.slack.faults.clear()
    it.slack.forgive()
    there.clock.advance(minutes=11)
    async with there.bot(instances=another(there)) as it:
        await it.said("*Not stopped: Facebook Ads EU (job 987)* · Adverity refused\n>Adverity: Not in fetch")


async def test_buttons_of_before_say_which_instances_there_are(there: Place) -> None:
    job = there.adverity.has_job(987)
    async with there.bot() as it:
        await it.ana.types("/jobs", in_=it.inc)
        listed = await it.said("1 job")
        await it.ana.types("/jobs 987", in_=it.inc)
        card = await it.said("*Job 987: Running*")
        await it.ana.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 3)
        job.ends("Failed")
        alert = await it.said("*Facebook Ads EU* failed")
    async with there.bot(instances=another(there)) as it:
        for button, message in (
            ("Refresh", listed),
            ("Stop job", listed),
            ("Refresh", card),
            ("Details", alert),
            ("I'm on it", alert),
        ):
            said, before = len(it.answers(it.ana)), message.text
            await it.ana.clicks(button, on=message)
            told = (await it.answer(it.ana, said)).text
            assert told == "*jobbot is not set up for that instance.* Nothing was done. It knows other.", button
            assert message.text == before
        await it.ben.clicks("Stop job", on=listed)
        await it.whispered("You can look at jobs here, but stopping them is for", it.ben)
        assert not [one for one in it.inc.whispers(it.ben) if "It knows" in one.text], "who is refused learns of none"
        assert it.ana.modal is None
        assert it.posts() == 0


async def test_what_was_followed_there_ends_with_one_word_to_each_place(there: Place) -> None:
    for job in (986, 987):
        there.adverity.has_job(job)
    async with there.bot() as it:
        talk = await it.slack.posts(it.ana, "987 looks odd", in_=it.inc)
        await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=talk)
        await it.whispered("You will be told in this thread", it.ana)
        for person in (it.ana, it.ben):
            await person.types("/jobs watch 986", in_=it.inc)
            await it.whispered("(job 986) ends", person)
        await it.ben.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        await it.ben.types("/jobs 986", in_=it.inc)
        card = await it.said("*Job 986: Running*")
        await there.until(cards, bool)
    there.clock.advance(minutes=5)
    async with there.bot(instances=another(there)) as it:
        await it.ana.types("/jobs watches", in_=it.inc)
        await it.whispered("*3 watches in this channel*", it.ana)
        it.clock.advance(minutes=6)
        told = {
            message.thread_ts: message.text
            for message in [
                await it.said("• Facebook Ads EU (job 986)"),
                await it.said("• Facebook Ads EU (job 987)"),
                await it.said("The card above is not kept up to date any more"),
            ]
        }
        assert set(told) == {None, talk.ts, card.ts}
        assert f"<@{it.ana.id}>, <@{it.ben.id}>: you will not be told" in told[None]
        assert "Its alerts in this channel are off" in told[None]
        assert all(text.startswith("jobbot is no longer set up for acme.") for text in told.values())
        await it.ana.types("/jobs watches", in_=it.inc)
        await it.whispered("Nothing is watched in this channel", it.ana)
    for table in (watches, alerts, cards):
        assert {row.end_reason for row in await there.rows(table)} == {"instance not configured"}


@pytest.mark.both_databases
async def test_what_another_jobbot_still_follows_goes_on(there: Place) -> None:
    there.adverity.has_job(987)
    async with there.bot() as it:
        await it.ana.types("/jobs watch 987", in_=it.inc)
        await it.whispered("(job 987) ends", it.ana)
        async with there.bot(instances=another(there), port=0):
            for _ in range(3):
                it.clock.advance(minutes=5)
                await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 2)
            it.adverity.job(987).ends()
            await it.said("has ended")
    assert [row.end_reason for row in await there.rows(watches)] == ["Success"]
