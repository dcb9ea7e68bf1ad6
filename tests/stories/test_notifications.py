"""Notifications reach their channel, or the database says why not, whatever Slack and the database do meanwhile."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import insert

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.retry import REAL_TIMER
from jobbot.store.database.tables import cards, outbox, watches
from tests.stories.following import Place
from tests.stories.world import Clock, World, settings_for
from tests.support.databases import PostgresServer, own_postgres

pytestmark = pytest.mark.slow


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Place]:
    """Calls that Slack refuses are what these stories are about."""
    clock = Clock()
    async with LocalAdverity(now=clock) as adverity, LocalSlack(now=clock) as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        yield Place(clock, slack, adverity, settings_for(slack, adverity, "socket", tmp_path))


@pytest.fixture
async def it(there: Place) -> AsyncIterator[World]:
    async with there.bot() as made:
        yield made


async def waits(it: World, job: int = 987, *, who: Actor | None = None, in_: Channel | None = None) -> None:
    who = who or it.ana
    await who.types(f"/jobs watch {job}", in_=in_ or it.inc)
    await it.whispered(f"(job {job}) ends", who, in_=in_ or it.inc)


async def until(it: World, there: Place, holds: Callable[[Sequence[Any]], object]) -> list[Any]:
    """The notifications, in order, as soon as the condition holds; their time of delivery is brought forward."""

    def on(rows: Sequence[Any]) -> None:
        # Never past a moment at which somebody may be telling one: a lease would end under their hands.
        now, due = it.clock(), [row.due_at for row in rows if is_owed(row)]
        if due and min(due) > now:
            it.clock.advance(seconds=(min(due) - now).total_seconds())

    return by_number(await there.until(outbox, lambda rows: holds(by_number(rows)), on))


def by_number(rows: Sequence[Any]) -> list[Any]:
    return sorted(rows, key=lambda row: row.number)


def is_owed(row: Any) -> bool:
    return row.sent_at is None and row.failed is None


def all_settled(rows: Sequence[Any]) -> bool:
    return bool(rows) and not any(is_owed(row) for row in rows)


def endings(it: World) -> list[Message]:
    return [message for message in it.inc.public if "has ended" in message.text]


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with own_postgres() as postgres:
        yield postgres


@pytest.mark.slow
async def test_a_database_that_is_away_when_slack_has_taken_it(there: Place, server: PostgresServer) -> None:
    job = there.adverity.has_job(987)
    there.settings = there.settings.model_copy(update={"database_url": SecretStr(server.url("postgres"))})
    # A server takes real seconds to start: a clock that moves with every try would be past the lease by then.
    async with there.bot(timer=REAL_TIMER) as it:
        await waits(it)
        it.slack.faults.slow("chat.postMessage", 30, times=1)
        job.ends()
        await until(it, there, lambda rows: any(row.posting_at is not None for row in rows))
        await asyncio.to_thread(server.stop)
        it.slack.faults.clear()
        await it.said("has ended")
        await asyncio.to_thread(server.start)
        await there.until(outbox, all_settled)
        it.clock.advance(minutes=2)
        await waits(it, there.adverity.has_job(988).id)
        assert len(endings(it)) == 1


async def test_a_slack_that_takes_everything_and_answers_nothing(it: World, there: Place) -> None:
    job, next_ = it.adverity.has_job(987), it.adverity.has_job(988)
    await waits(it)
    it.slack.faults.cut("chat.postMessage")
    job.ends()
    (row,) = await until(it, there, all_settled)
    assert row.failed == "Slack did not say whether it took it"
    assert len(endings(it)) == 2
    assert "you may have read it already" in endings(it)[1].text
    (watch,) = await there.rows(watches)
    assert watch.end_reason == "perhaps told: Slack did not say whether it took it"
    it.slack.faults.clear()
    await waits(it, 988)
    next_.ends()
    await it.said("*Facebook Ads EU (job 988)* has ended")


async def test_a_slack_that_is_down_for_long_is_told_when_it_is_back(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    await waits(it)
    it.slack.faults.error("chat.postMessage", "service_unavailable", times=9)
    job.ends()
    await until(it, there, all_settled)
    (told,) = endings(it)
    assert "you may have read it already" in told.text


async def test_a_token_that_is_replaced_costs_nothing(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    await waits(it)
    it.slack.faults.error("chat.postMessage", "token_revoked", times=5)
    job.ends()
    await until(it, there, all_settled)
    (told,) = endings(it)
    assert "you may have read it already" not in told.text


async def test_slack_is_left_alone_for_as_long_as_it_asks(it: World, there: Place) -> None:
    job = it.adverity.has_job(987)
    await waits(it)
    it.slack.faults.ratelimit("chat.postMessage", 120)
    job.ends()
    await until(it, there, all_settled)
    refused, taken = (call.at for call in it.slack.calls_of("chat.postMessage"))
    assert taken - refused >= timedelta(seconds=119)
    assert "you may have read it already" not in endings(it)[0].text


@pytest.mark.parametrize("how", ["asked to wait", "does not answer"])
async def test_no_channel_waits_for_another(it: World, there: Place, how: str) -> None:
    for number in (986, 987):
        it.adverity.has_job(number)
    await waits(it, 986, in_=it.read_only)
    await waits(it, 987)
    if how == "asked to wait":
        it.slack.faults.ratelimit("chat.postMessage", 9)
    else:
        it.slack.faults.slow("chat.postMessage", 9, times=1)
    it.adverity.job(986).ends()
    await until(it, there, lambda rows: any(row.tries for row in rows))
    it.adverity.job(987).ends()
    await it.said("*Facebook Ads EU (job 987)* has ended")
    assert not it.read_only.public
    it.slack.faults.clear()
    it.clock.advance(seconds=10)
    await it.said("*Facebook Ads EU (job 986)* has ended", in_=it.read_only)


async def test_what_slack_refuses_for_good_is_given_up_and_the_next_is_told(it: World, there: Place) -> None:
    one, other = it.adverity.has_job(987), it.adverity.has_job(988)
    await waits(it)
    await waits(it, 988)
    it.slack.faults.error("chat.postMessage", "msg_blocks_too_long", times=6)
    one.ends()
    await until(it, there, bool)
    other.ends()
    refused, told = await until(it, there, lambda rows: len(rows) == 2 and all_settled(rows))
    assert (refused.failed, told.failed) == ("msg_blocks_too_long", None)
    assert it.clock() - refused.created_at < timedelta(minutes=2)
    (message,) = endings(it)
    assert "job 988" in message.text
    assert "you may have read it already" not in message.text
    reasons = {row.job: row.end_reason for row in await there.rows(watches)}
    assert reasons == {987: "not told: msg_blocks_too_long", 988: "Success"}


async def test_a_notification_of_another_version_is_given_up_and_the_next_is_told(it: World, there: Place) -> None:
    job, at = it.adverity.has_job(987), it.clock()
    row = dict.fromkeys(("id", "dedupe_key", "instance", "message"), "odd")
    row |= {"need": "watch", "channel_id": it.inc.id, "target": it.inc.id, "owner": ""}
    counts = {"edits": False, "fence": 0, "tries": 0, "refusals": 0}
    times = dict.fromkeys(("created_at", "due_at", "lease_until"), at)
    engine = make_engine(there.settings.database_url.get_secret_value())
    async with aclosing(Database(engine)) as database, database.writing() as connection:
        await connection.execute(insert(outbox).values(**row, **counts, **times))
    await waits(it)
    job.ends()
    odd, told = await until(it, there, lambda rows: len(rows) == 2 and all_settled(rows))
    assert odd.failed == "JSONDecodeError"
    assert told.failed is None


@pytest.mark.parametrize("code", ["edit_window_closed", "cant_update_message"])
async def test_a_card_that_takes_no_edit_ends_alone(it: World, there: Place, code: str) -> None:
    job = it.adverity.has_job(987, progress=10)
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    # In the thread, not on the card: a click draws the card anew, and follows it again a moment after it is seen.
    await it.ben.mentions("@jobbot watch 987", in_=it.inc, thread=card)
    await it.whispered("You will be told in this thread", it.ben)
    it.slack.faults.error("chat.update", code)
    it.adverity.has_job(987, progress=20)
    it.clock.advance(seconds=4)
    await until(it, there, lambda rows: any(row.failed for row in rows))
    (row,) = await there.rows(cards)
    assert (row.end_reason, row.ended_at is None) == (code, False)
    job = it.adverity.job(987)
    job.ends()
    told = await it.said("*Facebook Ads EU (job 987)* has ended")
    assert told.thread_ts == card.ts


@pytest.mark.parametrize("code", ["cannot_reply_to_message", "invalid_thread_ts"])
async def test_a_thread_that_takes_no_reply_is_left_for_the_channel(it: World, there: Place, code: str) -> None:
    job = it.adverity.has_job(987)
    talk = await it.slack.posts(it.ana, "987 looks odd", in_=it.inc)
    await it.ana.mentions("@jobbot watch 987", in_=it.inc, thread=talk)
    await it.whispered("You will be told in this thread", it.ana)
    it.slack.faults.error("chat.postMessage", code, times=1)
    job.ends()
    await until(it, there, all_settled)
    (told,) = endings(it)
    assert told.thread_ts is None
    (watch,) = await there.rows(watches)
    assert watch.end_reason == f"told in the channel: {code}"
