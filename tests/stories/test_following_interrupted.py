"""What is followed while jobbot is away, and where nothing can be told any more: nothing lost, the reason recorded."""

from collections.abc import Callable
from typing import Any

import pytest

from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.state.messages import Channel
from jobbot.store.database.tables import alerts, outbox, watches
from tests.stories.following import Place, later, only_looking
from tests.stories.world import World

pytestmark = pytest.mark.slow


async def waits(it: World, job: int = 987) -> None:
    await it.ana.types(f"/jobs watch {job}", in_=it.inc)
    await it.whispered(f"(job {job}) ends", it.ana)
    await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 2)


async def test_what_ended_while_nobody_was_there(there: Place) -> None:
    there.adverity.has_datastream(43, "Google Ads US")
    jobs = [there.adverity.has_job(986, datastream=43), there.adverity.has_job(987)]
    async with there.bot() as it:
        await waits(it)
        await it.ana.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        await it.adverity.called("GET", "/api/jobs/", times=it.adverity.count("GET", "/api/jobs/") + 3)
    there.clock.advance(minutes=20)
    for job in jobs:
        job.ends("Failed")
    there.clock.advance(minutes=20)
    async with there.bot() as it:
        await it.said("while I was away")
        it.clock.advance(seconds=5)
        watched = await it.said(f"Watched by <@{it.ana.id}>")
        assert "took 32 min" in watched.text
        it.clock.advance(seconds=5)
        await it.slack.until(lambda: all(any(n in message.text for message in it.inc.public) for n in ("986", "987")))
        assert sum(f"<@{it.ana.id}>" in message.text for message in it.inc.public[1:]) == 1


@pytest.mark.both_databases
async def test_a_restart_repeats_nothing(there: Place) -> None:
    there.adverity.has_job(987)
    async with there.bot() as it:
        await waits(it)
        there.adverity.job(987).ends()
        await it.said("has ended")
    for _ in range(2):
        async with there.bot() as it:
            there.clock.advance(minutes=10)
            await it.ana.types("/jobs watches", in_=it.inc)
            await it.whispered("Nothing is watched", it.ana)
    assert sum("has ended" in message.text for message in it.inc.public) == 1
    assert [row.end_reason for row in await there.rows(watches)] == ["Success"]


def archived(_: LocalSlack, channel: Channel) -> None:
    channel.is_archived = True


def without_jobbot(slack: LocalSlack, channel: Channel) -> None:
    slack.removes_bot(channel)


def shared(_: LocalSlack, channel: Channel) -> None:
    channel.is_ext_shared = True


def put_out_of_a_private_one(slack: LocalSlack, channel: Channel) -> None:
    """Slack says then that there is no such channel."""
    channel.is_private = True
    slack.removes_bot(channel)


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (put_out_of_a_private_one, "the channel is gone, or jobbot was put out of it"),
        (archived, "the channel is archived"),
        (without_jobbot, "not_in_channel"),
        (shared, "the channel is shared with another organisation"),
    ],
)
async def test_where_nothing_can_be_told_any_more(
    there: Place, happens: Callable[[LocalSlack, Channel], None], reason: str
) -> None:
    for number in (986, 987):
        there.adverity.has_job(number)
    async with there.bot() as it:
        await waits(it)
        await waits(it, 986)
        await it.ana.types("/jobs alerts on", in_=it.inc)
        await it.said("switched alerts on")
        happens(it.slack, it.inc)
        it.adverity.job(987).ends()
        rows = await until_all_ended(there)
        assert rows == {
            ("watches", 987): f"not told: {reason}",
            ("watches", 986): reason,
            ("alerts", None): reason,
        }
        assert not [message for message in it.inc.public if "has ended" in message.text]
        it.slack.forgive()


async def until_all_ended(there: Place) -> dict[tuple[str, int | None], str]:
    """Why each is over."""

    def over(rows: list[Any]) -> bool:
        return all(row.ended_at is not None for row in rows)

    rows = {("watches", row.job): row for row in await there.until(watches, over)}
    rows |= {("alerts", row.datastream or None): row for row in await there.until(alerts, over)}
    return {key: row.end_reason for key, row in rows.items()}


async def test_a_channel_that_is_not_permitted_any_more(there: Place) -> None:
    job = there.adverity.has_job(987)
    async with there.bot() as it:
        await waits(it)
    job.ends()
    async with there.bot(channels=only_looking(there.slack)):
        # A job that ended ends its watch; that nobody could be told is known a moment later.
        await there.until(watches, lambda rows: rows[0].end_reason not in ("", "Success"))
        rows = await until_all_ended(there)
    assert rows == {("watches", 987): "not told: the channel is not permitted to watch any more"}
    assert not there.slack.channel("inc-data").public


async def test_a_thread_that_was_deleted(there: Place) -> None:
    """Whoever waits was promised to be told: it is told where people see it."""
    job = there.adverity.has_job(987)
    async with there.bot() as it:
        talk = await it.slack.posts(it.ana, "987 looks odd", in_=it.inc)
        await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=talk)
        await it.whispered("You will be told in this thread", it.ana)
        it.slack.deletes(talk)
        job.ends()
        await it.slack.until(lambda: any(call.error == "thread_not_found" for call in it.slack.refused_calls))
        it.clock.advance(seconds=2)
        told = await it.said(f"<@{it.ana.id}>: *Facebook Ads EU (job 987)* has ended: *Success*")
        assert told.thread_ts is None
        assert "you may have read it already" not in told.text
        (row,) = await there.rows(watches)
        assert row.end_reason == "told in the channel: thread_not_found"
        it.slack.forgive()


async def test_a_thread_that_was_locked_closes_nothing_but_itself(there: Place) -> None:
    one, other = there.adverity.has_job(987), there.adverity.has_job(988)
    async with there.bot() as it:
        talk = await it.slack.posts(it.ana, "987 looks odd", in_=it.inc)
        await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=talk)
        await it.whispered("You will be told in this thread", it.ana)
        await waits(it, 988)
        it.slack.faults.error("chat.postMessage", "restricted_action_thread_locked", times=1)
        one.ends()
        await it.slack.until(lambda: bool(it.slack.refused_calls))
        it.clock.advance(seconds=2)
        await it.said("*Facebook Ads EU (job 987)* has ended")
        it.clock.advance(seconds=2)
        other.ends()
        await it.said("*Facebook Ads EU (job 988)* has ended")
        assert [message.thread_ts for message in it.inc.public if "has ended" in message.text] == [None, None]
        it.slack.forgive()


async def test_a_slack_that_is_down_for_a_while(there: Place) -> None:
    job = there.adverity.has_job(987)
    async with there.bot() as it:
        await waits(it)
        it.slack.faults.error("chat.postMessage", "service_unavailable", times=1)
        job.ends()
        await it.slack.until(lambda: bool(it.slack.refused_calls))
        await later(it, seconds=30)
        told = await it.said("has ended")
        assert "you may have read it already" in told.text, "Slack says of its own failures that a part may be done"
        it.slack.forgive()


@pytest.mark.both_databases
async def test_the_outbox_keeps_no_message_that_has_gone_out(there: Place) -> None:
    job = there.adverity.has_job(987)
    async with there.bot() as it:
        await waits(it)
        job.ends()
        await it.said("has ended")
        # Slack has it a moment before the outbox knows.
        (row,) = await there.until(outbox, lambda rows: all(row.sent_at or row.failed for row in rows))
    assert (row.message, row.failed) == ("", None)
    assert row.sent_ts == it.inc.public[-1].ts
