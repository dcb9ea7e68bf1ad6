"""The record of acts, read on both databases: page by page, whole, and how long it is kept."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActState, Claimed, Kind
from jobbot.store.database.engine import Database
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import START, Clock, begin, ledgers, plan, wish

HOUR = timedelta(hours=1)


@dataclass
class Kept:
    """A record, and what writes it."""

    ledger: SqlLedger
    history: ActHistory

    async def has(self, job: int, *, hours: float = 0, finished: bool = True, **changes: object) -> None:
        """A stop that was asked for so many hours after the start of it all."""
        at = START + hours * HOUR
        claimed = await begin(self.ledger, wish(job=job, requested_at=at, **changes))
        assert isinstance(claimed, Claimed)
        if finished:
            await self.ledger.close(claimed.claim, ActState.REFUSED, at, "not sent", "{}")
            await self.ledger.told(claimed.claim, at)

    async def jobs(self, *, skip: int = 0, most: int = 100, **asked: object) -> list[int]:
        """The jobs of a page."""
        query = ActQuery(**asked)  # type: ignore[arg-type] # a test's own keywords
        found = await self.history.newest(query, skip=skip, most=most)
        assert len(found) <= await self.history.count(query)
        return [record.job or 0 for record in found]


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[Kept]:
    async with ledgers(database_url, Clock(), "one") as [ledger]:
        database = Database(kept_engine(database_url))
        yield Kept(ledger, ActHistory(database))
        await database.aclose()


async def test_the_newest_first_and_page_by_page(kept: Kept) -> None:
    for job in (1, 2, 3, 4):
        await kept.has(job, hours=job)
    assert await kept.jobs() == [4, 3, 2, 1]
    assert await kept.jobs(skip=1, most=2) == [3, 2]
    assert await kept.jobs(skip=4) == []
    assert await kept.history.count(ActQuery()) == 4


async def test_narrowed(kept: Kept) -> None:
    await kept.has(1, user_id="U0ANA")
    await kept.has(2, user_id="U0BEN", hours=1)
    await kept.has(2, user_id="U0ANA", hours=2)
    await kept.has(3, user_id="U0ANA", hours=3, instance="staging")
    assert await kept.jobs(instance="acme") == [2, 2, 1]
    assert await kept.jobs(instance="acme", user_id="U0ANA") == [2, 1]
    assert await kept.jobs(job=2, user_id="U0BEN") == [2]
    assert await kept.jobs(instance="prod") == []


async def test_both_ends_of_a_range_belong_to_it_to_the_second(kept: Kept) -> None:
    second = 1 / 3600
    for job, hours in enumerate((-second, 0, 0.9 * second, 1, 1 + 0.9 * second, 1 + second), start=1):
        await kept.has(job, hours=hours)
    assert await kept.jobs(start=START, end=START + HOUR) == [5, 4, 3, 2]


async def test_all_of_it_the_oldest_first_whatever_the_batches(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobbot.store.acts.history._BATCH", 3)
    for job in range(1, 8):
        # Three at the same moment: the order among them is their ids'.
        await kept.has(job, hours=job // 3)
    found = [record.job or 0 async for record in kept.history.oldest_first(ActQuery())]
    assert sorted(found) == list(range(1, 8))
    assert [job // 3 for job in found] == sorted(job // 3 for job in found)
    assert [record.job async for record in kept.history.oldest_first(ActQuery(start=START + 2 * HOUR))] in (
        [6, 7],
        [7, 6],
    )


async def test_only_what_is_old_and_finished_is_ever_deleted(kept: Kept) -> None:
    await kept.has(1)
    await kept.has(2, finished=False)
    await kept.has(3, hours=2)
    assert await kept.history.forget(START + HOUR) == 1
    assert await kept.jobs() == [3, 2]
    assert await kept.history.forget(START + HOUR) == 0


async def test_the_newest_stop_of_each_of_some_jobs_in_some_states(kept: Kept) -> None:
    begun = {ActState.REQUESTED, ActState.REFUSED}
    await kept.has(1, hours=1, user_id="U0ANA")
    await kept.has(1, hours=2, user_id="U0BEN")
    await kept.has(2, hours=3, finished=False)
    await kept.has(3)
    await kept.has(2, hours=4, instance="staging")
    found = await kept.history.newest_begun({Kind.STOP}, "acme", {1, 2, 4}, begun)
    assert {job: (row.user_id, row.state) for job, row in found.items()} == {
        1: ("U0BEN", ActState.REFUSED),
        2: ("U0ANA", ActState.REQUESTED),
    }
    assert await kept.history.newest_begun({Kind.STOP}, "acme", {1}, {ActState.DONE}) == {}


async def test_what_was_planned_and_not_begun_is_in_the_export_alone(kept: Kept) -> None:
    for job, hours in ((1, 1), (2, 2), (3, 3)):
        at = START + hours * HOUR
        asked = wish(job=job, kind=Kind.RESUME, subject=f"schedule {job}", requested_at=at, planned_for=at)
        await plan(kept.ledger, asked, START - HOUR)
    for job, at in ((1, START), (2, START + 3 * HOUR)):
        again = wish(job=None, subject=f"schedule {job}", planned_for=START + 9 * HOUR, requested_at=START + 9 * HOUR)
        await plan(kept.ledger, again, at)
    assert [job for job in await kept.jobs(plans=False) if job] == [2], "what came to its hour is told"
    assert [job for job in await kept.jobs() if job] == [3, 2, 1]
