"""Rows of acts that this version does not know: they are left alone, named in the record, and stop nothing else."""

import io
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import update

from jobbot.audit import export
from jobbot.audit_timeline import TimelineWish, write_timeline
from jobbot.flows.acts.history import HistoryFlow
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.scope import EVERYTHING
from jobbot.intents.model import History
from jobbot.render.acts.schedule_window import END_NOT_KNOWN
from jobbot.render.asked import Asker
from jobbot.render.history import UNKNOWN, render_history
from jobbot.render.paused import render_paused
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRecord, ActState, Claimed, Held, Kind, UnknownAct
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.tables import acts
from tests.support.databases import sqlite_url
from tests.unit.flows.world import Named
from tests.unit.store.world import LEASE, START, Clock, ledgers, wish


@dataclass(frozen=True)
class Silent(Named):
    """An instance of which nothing is asked in time."""

    @property
    def extras(self) -> "Silent":
        return self

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[None]:
        raise TimeoutError
        yield


STRANGE = ({"kind": "defrost"}, {"state": "melted"})


@dataclass
class Two:
    """Two processes on one database, and its clock."""

    one: SqlLedger
    other: SqlLedger
    database: Database
    clock: Clock
    url: str

    async def begins(self, job: int, **strange: str) -> str:
        """A stop that holds its job, whose row then becomes strange."""
        claimed = await self.one.submit(wish(job=job))
        assert isinstance(claimed, Claimed)
        assert await self.one.hold(claimed) is None
        if strange:
            async with self.database.writing() as connection:
                await connection.execute(update(acts).where(acts.c.id == claimed.claim.id).values(strange))
        return claimed.claim.id


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    url, clock = sqlite_url(tmp_path / "jobbot.db"), Clock()
    async with (
        ledgers(url, clock, "one", "other") as [one, other],
        aclosing(Database(make_engine(url), time_is_held=True)) as database,
    ):
        yield Two(one, other, database, clock, url)


@pytest.mark.parametrize("strange", STRANGE, ids=["kind", "state"])
async def test_it_is_left_alone_and_the_others_are_taken_over(
    two: Two, strange: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    strange_one = await two.begins(1, **strange)
    known = await two.begins(2)
    two.clock.pass_(LEASE.total_seconds() + 1)
    assert [one.record.id for one in await two.other.take_over(20)] == [known]
    assert await two.other.take_over(20) == []
    async with two.database.reading() as connection:
        row = (await connection.execute(acts.select().where(acts.c.id == strange_one))).one()
    assert (row.owner, row.fence) == ("one", 1), "it is as it was"
    told = [one for one in caplog.records if "does not know" in one.message]
    assert len(told) == 1, "once, not in every round"
    assert strange_one in str(told[0].__dict__)


async def test_who_comes_second_to_it_is_told_who_was_first(two: Two) -> None:
    await two.begins(1, kind="defrost")
    claimed = await two.other.submit(wish(job=1, user_id="U0BEN"))
    assert isinstance(claimed, Claimed)
    held = await two.other.hold(claimed)
    assert isinstance(held, Held)
    assert isinstance(held.record, UnknownAct)
    assert (held.record.kind, held.record.user_id) == ("defrost", "U0ANA")
    assert await two.other.earlier("acme", "job 1") is None, "what it did nobody here can say"


async def test_the_record_names_it_and_everything_else(two: Two) -> None:
    for job, strange in enumerate(STRANGE, start=1):
        await two.begins(job, **strange)
    await two.begins(3)
    history = ActHistory(two.database)
    found = await history.newest(ActQuery(), skip=0, most=10)
    assert {(one.job, str(one.kind), str(one.state)) for one in found} == {
        (1, "defrost", "requested"),
        (2, "stop", "melted"),
        (3, "stop", "requested"),
    }
    assert [one.job for one in found if isinstance(one, ActRecord)] == [3]
    page = await HistoryFlow(history, two.clock).run(History(), cast("Instance", Named("acme")), None, EVERYTHING)
    told = render_history(page, asker=Asker("U0BEN"), offer_share=False, command="/jobs").text
    assert told.count(UNKNOWN) == 2
    assert told.count("On its way") == 1


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_it_is_exported_as_it_stands(two: Two, kind: str) -> None:
    await two.begins(1, kind="defrost", state="done")
    to = io.StringIO()
    assert await export(two.url, "csv" if kind == "csv" else "jsonl", None, to, now=START) == 1
    assert "defrost" in to.getvalue()
    assert "2022-10-31T10:43:02.000Z" in to.getvalue()


async def test_it_stands_in_the_timeline(two: Two) -> None:
    await two.begins(1, kind="defrost")
    await two.begins(2, state="melted")
    to = io.StringIO()
    await write_timeline(two.url, TimelineWish(), to, now=START + timedelta(hours=1))
    assert UNKNOWN in to.getvalue()
    assert f"Stop: {UNKNOWN.lower()}" in to.getvalue()


@pytest.mark.parametrize("details", ["not json", '{"until": "whenever"}', '{"unto": 1}'])
async def test_a_pause_whose_end_cannot_be_read_is_listed_all_the_same(two: Two, details: str) -> None:
    for job, stream, kept in ((1, 42, details), (2, 43, "{}")):
        strange = {"kind": "pause", "state": "done", "details": kept, "subject": f"schedule {stream}"}
        id_ = await two.begins(job, **strange)
        async with two.database.writing() as connection:
            await connection.execute(update(acts).where(acts.c.id == id_).values(datastream=stream))
    found = await PausedFlow(ActHistory(two.database)).run(cast("Instance", Silent("acme")), None)
    told = render_paused(found, now=START, asker=Asker("U0BEN"), offers=(), offer_share=False).text
    assert told.count(END_NOT_KNOWN) == told.count("until somebody resumes it") == 1


async def test_what_was_done_by_it_is_not_told_as_if_it_were_known(two: Two) -> None:
    await two.begins(1, kind="defrost", state=ActState.DONE.value)
    history = ActHistory(two.database)
    assert await history.done("acme", {"job 1": START}, [1]) == []
    assert await history.newest_begun([Kind.STOP], "acme", [1], [ActState.DONE]) == {}
