"""Leases by the database's clock: machines whose clocks are apart take nothing from each other that lives."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text, update

from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import Claimed
from jobbot.store.database import engine
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.tables import acts, outbox
from jobbot.store.following.model import Notification, RoundResult
from jobbot.store.following.outbox import Outbox, put
from jobbot.store.following.poll_rounds import PollRounds
from tests.support.databases import fresh_database
from tests.unit.store.world import LEASE, wish

APART = timedelta(seconds=45)
"""More than a lease."""


def clock(ahead: timedelta) -> Callable[[], datetime]:
    return lambda: datetime.now(UTC) + ahead


@pytest.fixture
def url(postgres: str) -> Iterator[str]:
    with fresh_database(postgres) as made:
        yield made


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(make_engine(url))
    yield made
    await made.aclose()


@pytest.mark.parametrize("ahead", [APART, -APART])
async def test_who_is_ahead_takes_nothing_over_that_lives(database: Database, ahead: timedelta) -> None:
    ledgers = [SqlLedger(database, owner=str(n), clock=clock(n * ahead), lease=LEASE) for n in (0, 1)]
    for first, second in (ledgers, ledgers[::-1]):
        claimed = await first.submit(wish(job=int(first is ledgers[0]) + 1))
        assert isinstance(claimed, Claimed)
        assert await second.take_over(10) == []
        await first.keep(claimed.claim)
        assert await second.take_over(10) == []
        await first.renew()
        assert await second.take_over(10) == []


@pytest.mark.parametrize("ahead", [APART, -APART])
async def test_a_released_stop_is_free_at_once_for_both(database: Database, ahead: timedelta) -> None:
    ledgers = [SqlLedger(database, owner=str(n), clock=clock(n * ahead), lease=LEASE) for n in (0, 1)]
    claimed = await ledgers[1].submit(wish())
    assert isinstance(claimed, Claimed)
    ledgers[1].drop(claimed.claim)
    await ledgers[1].release(claimed.claim)
    assert len(await ledgers[0].take_over(10)) == 1


async def test_what_a_process_froze_in_is_undone_and_its_act_taken_over(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As SIGSTOP leaves it: in the middle of a transaction, which holds the row's lock and is never ended."""
    monkeypatch.setattr(engine, "STATEMENT_MILLISECONDS", 100)
    ledgers = [SqlLedger(database, owner=str(n), clock=clock(n * APART), lease=LEASE) for n in (0, 1)]
    claimed = await ledgers[0].submit(wish())
    assert isinstance(claimed, Claimed)
    ledgers[0].drop(claimed.claim)
    await ledgers[0].release(claimed.claim)
    is_held, wakes_up = asyncio.Event(), asyncio.Event()

    async def freezes() -> None:
        async with database.writing(seconds=None) as connection:
            await connection.execute(update(acts).values(reason="late"))
            is_held.set()
            await wakes_up.wait()
            await connection.execute(text("SELECT 1"))

    async with asyncio.timeout(30):
        frozen = asyncio.create_task(freezes())
        await is_held.wait()
        while not (taken := await ledgers[1].take_over(10)):
            pass
        wakes_up.set()
        with pytest.raises(StoreUnavailable, match="no answer in time"):
            await frozen
    assert [one.record.reason for one in taken] == [claimed.record.reason]


async def test_a_notification_and_a_round_that_are_under_way_are_left_alone(database: Database) -> None:
    now = datetime.now(UTC)
    first, second = (Outbox(database, owner=str(n), clock=clock(n * APART), lease=LEASE) for n in (0, 1))
    edit = Notification(
        id="l", key="k", need="watch", instance="acme", channel_id="C", message="old", edits=True, message_ts="1.1"
    )
    async with database.writing() as connection:
        await put(connection, [edit], now)
    (claimed,) = await first.claim()
    assert await second.claim() == []
    rounds = [PollRounds(database, owner=str(n), clock=clock(n * APART), lease=LEASE) for n in (0, 1)]
    await rounds[0]._introduce("acme")
    begun = await rounds[0].begin("acme")
    assert begun is not None
    assert await rounds[1].begin("acme") is None
    await rounds[0].keep(begun)
    assert await rounds[1].begin("acme") is None
    newer = Notification(
        id="m", key="n", need="watch", instance="acme", channel_id="C", message="new", edits=True, message_ts="1.1"
    )
    await rounds[0].commit(begun, RoundResult(state="", next_at=now, notifications=[newer]))
    await first.sent(claimed, "1.1")
    assert await rounds[1].begin("acme") is not None
    async with database.reading() as connection:
        owed = select(outbox.c.message).where(outbox.c.sent_at.is_(None))
        assert list((await connection.execute(owed)).scalars()) == ["new"], "what is being told is not rewritten"
