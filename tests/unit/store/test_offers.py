"""Which messages offer an act, on both databases: kept as they were written last, and edited once for each act."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRequest, ActState, Claimed, Kind
from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import outbox
from jobbot.store.following.model import Notification
from jobbot.store.following.offers import AGAIN_AFTER, AT_ONCE, KEEP, OfferStore
from jobbot.store.following.outbox import put
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import Clock

JOB, DAYS = "job 987", "fetch 42 2022-10-01 2022-10-27"


@dataclass
class Two:
    """Two processes on one database."""

    clock: Clock
    database: Database
    stores: list[OfferStore]

    async def writes(self, *notifications: Notification) -> None:
        """As a round does."""
        async with self.database.writing() as connection:
            await put(connection, notifications, self.clock())

    async def edits(self) -> list[tuple[str, str]]:
        """What the outbox owes as edits: the message, and what it says."""
        query = select(outbox).where(outbox.c.edits, outbox.c.dedupe_key.startswith("pressed:"))
        async with self.database.reading() as connection:
            return [(row.target, row.message) for row in await connection.execute(query.order_by(outbox.c.number))]

    async def due(self) -> dict[str, datetime]:
        """By what an owed edit says, from when on it is delivered."""
        async with self.database.reading() as connection:
            return {row.message: row.due_at for row in await connection.execute(select(outbox).where(outbox.c.edits))}


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[Two]:
    clock = Clock()
    async with AsyncExitStack() as stack:
        databases = [Database(kept_engine(database_url), time_is_held=True) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.aclose)
        await migrate(databases[0])
        yield Two(clock, databases[0], [OfferStore(one, clock) for one in databases])


def post(number: int, *offers: str, instance: str = "acme") -> Notification:
    return Notification(
        id=f"n{number}",
        key=f"k{number}",
        need="alerts",
        instance=instance,
        channel_id="C0INC",
        message=f"m{number}",
        offers=offers,
    )


def edit(number: int, ts: str, *offers: str) -> Notification:
    return Notification(
        id=f"e{number}",
        key=f"ke{number}",
        need="view",
        instance="acme",
        channel_id="C0INC",
        message=f"edit {number}",
        message_ts=ts,
        edits=True,
        offers=offers,
    )


async def test_a_message_offers_what_it_said_last_and_since_when(two: Two) -> None:
    began = two.clock()
    await two.writes(post(1, JOB, DAYS), edit(1, "1.0", JOB))
    two.clock.pass_(60)
    await two.stores[0].keep_message(edit(2, "1.0", JOB, "schedule 42"))
    assert await two.stores[1].of_message("C0INC:n1") == {JOB: began, DAYS: began}
    assert await two.stores[1].of_message("C0INC:1.0") == {JOB: began, "schedule 42": two.clock()}
    await two.stores[0].keep_message(edit(3, "1.0"))
    assert await two.stores[1].of_message("C0INC:1.0") == {}
    two.clock.pass_(KEEP.total_seconds())
    await two.stores[0].forget_old()
    assert await two.stores[1].of_message("C0INC:n1") == {}


async def test_all_that_offer_it_are_edited_once_whoever_asks_how_often(two: Two) -> None:
    await two.writes(post(1, JOB, DAYS), post(2, "job 988"), post(3, JOB, instance="staging"))
    await two.stores[0].keep_message(edit(1, "1.0", DAYS))
    asked = [store.draw_again("act", "acme", [JOB, DAYS]) for store in two.stores * 2]
    assert await asyncio.gather(*asked) == [2] * 4
    assert await two.edits() == [("C0INC:1.0", "edit 1"), ("C0INC:n1", "m1")]
    await two.stores[0].draw_again("another", "acme", [JOB])
    assert len(await two.edits()) == 2, "what waits tells of it as well"


async def test_of_many_messages_all_are_edited_the_newest_first_a_few_at_a_time(two: Two) -> None:
    for number in range(2 * AT_ONCE + 5):
        two.clock.pass_(60)
        await two.stores[0].keep_message(edit(number, f"{number}.0", JOB, DAYS))
    for _ in range(2):
        assert await two.stores[0].draw_again("act", "acme", [JOB, DAYS]) == 2 * AT_ONCE + 5
    turns = [range(AT_ONCE + 5, 2 * AT_ONCE + 5), range(5, AT_ONCE + 5), range(5)]
    assert await two.due() == {
        f"edit {number}": two.clock.now + turn * AGAIN_AFTER for turn, numbers in enumerate(turns) for number in numbers
    }


async def test_news_of_a_message_do_not_wait_for_its_turn(two: Two) -> None:
    for number in range(AT_ONCE + 1):
        await two.stores[0].keep_message(edit(number, f"{number:02}.0", JOB))
    await two.stores[0].draw_again("act", "acme", [JOB])
    last = AT_ONCE
    assert (await two.due())[f"edit {last}"] > two.clock.now
    await two.writes(replace(edit(last, f"{last}.0", JOB), id="news", key="news", message="news"))
    assert (await two.due())["news"] == two.clock.now
    assert len(await two.due()) == AT_ONCE + 1


async def test_an_edit_that_waits_says_what_the_message_was_redrawn_with(two: Two) -> None:
    await two.stores[0].keep_message(edit(1, "1.0", JOB))
    await two.stores[0].draw_again("act", "acme", [JOB])
    await two.stores[1].keep_message(edit(2, "1.0", "job 988"))
    assert await two.edits() == [("C0INC:1.0", "edit 2")]
    await two.stores[1].keep_message(edit(3, "1.0"))
    assert await two.edits() == [("C0INC:1.0", "edit 3")], "also where nothing is offered any more"


async def test_what_was_done_is_found_by_subject_and_by_job(two: Two) -> None:
    ledger, history = SqlLedger(two.database, owner="one", clock=two.clock), ActHistory(two.database)
    for number, (kind, subject, job, state) in enumerate(
        [
            (Kind.RETRY, "issue 77", 987, ActState.DONE),
            (Kind.FETCH, DAYS, None, ActState.DONE),
            (Kind.ACKNOWLEDGE, "issue 78", 988, ActState.DONE),
            (Kind.RETRY, "issue 79", 987, ActState.REFUSED),
        ]
    ):
        wish = ActRequest(
            request_key=str(number),
            kind=kind,
            instance="acme",
            subject=subject,
            name="",
            user_id="U0ANA",
            team_id=None,
            channel_id="C0INC",
            thread_ts=None,
            reason="",
            opened_at=two.clock(),
            requested_at=two.clock(),
            job=job,
        )
        claimed = await ledger.submit(wish)
        assert isinstance(claimed, Claimed)
        await ledger.hold(claimed)
        await ledger.sending(claimed.claim, two.clock())
        two.clock.pass_(1)
        await ledger.close(claimed.claim, state, two.clock(), "", "")
    began = two.clock.now - timedelta(days=1)
    since = {JOB: began, DAYS: began}
    assert [one.subject for one in await history.done("acme", since, [987])] == ["issue 77", DAYS]
    assert await history.done("acme", {"job 1": began}, []) == []
    assert await history.done("staging", {DAYS: began}, [987]) == []
    later = dict.fromkeys(since, two.clock.now)
    assert [one.subject for one in await history.done("acme", later, [987])] == ["issue 77"], "a job's, whenever it was"
