"""A stop as somebody asks for it, times that only grow, and a ledger on an empty database."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncEngine

from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRecord, ActRequest, ActState, Claimed, Held, Kind, Repeated, Replan
from jobbot.store.acts.review_request import NotConfirmed
from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from tests.support.kept_engines import kept_engine

START = datetime(2022, 10, 31, 10, 43, 2, tzinfo=UTC)
LEASE = timedelta(seconds=30)
_keys = count(1)


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> datetime:
        self.now += timedelta(seconds=seconds)
        return self.now


def wish(**changes: object) -> ActRequest:
    """Ana asks for a stop of job 987, each time anew."""
    asked = ActRequest(
        request_key=f"V{next(_keys)}",
        kind=Kind.STOP,
        instance="acme",
        subject=f"job {changes.get('job', 987)}",
        job=987,
        name="987 (Facebook Ads EU)",
        user_id="U0ANA",
        team_id="T0ACME",
        channel_id="C0INC",
        thread_ts=None,
        reason="runaway fetch",
        opened_at=START,
        requested_at=START,
    )
    return replace(asked, **changes)  # type: ignore[arg-type] # a test's own keywords


async def begin(ledger: SqlLedger, asked: ActRequest) -> Claimed | Held | Repeated:
    """Recorded, and in hold of its job; whoever is not is closed as the second."""
    claimed = await ledger.submit(asked)
    assert not isinstance(claimed, NotConfirmed), "it is for no request"
    if isinstance(claimed, Repeated):
        return claimed
    held = await ledger.hold(claimed)
    if held is None:
        return replace(claimed, record=replace(claimed.record, state=ActState.REQUESTED))
    await ledger.close(claimed.claim, ActState.SECOND, asked.requested_at, "", "{}")
    await ledger.told(claimed.claim, asked.requested_at)
    return held


async def plan(ledger: SqlLedger, asked: ActRequest, at: datetime, *, outcome: str = "planned anew") -> None:
    """An act of the same subject, which has a message, is done at a time, and plans this one."""
    claimed = await begin(ledger, wish(job=None, subject=asked.subject, requested_at=at))
    assert isinstance(claimed, Claimed)
    await ledger.announced(claimed.claim, "1667213000.000100")
    replan = Replan(outcome=outcome, plan=asked)
    await ledger.close(claimed.claim, ActState.DONE, at, "off", "{}", replan=replan)
    await ledger.told(claimed.claim, at)


async def newest(database: Database, job: int = 987, *, instance: str = "acme") -> ActRecord | None:
    """The last row of a job that was begun."""
    rows = await ActHistory(database).newest(ActQuery(instance=instance, job=job), skip=0, most=1000)
    known = (row for row in rows if isinstance(row, ActRecord))
    return next((row for row in known if row.state is not ActState.SECOND), None)


@asynccontextmanager
async def ledgers(
    url: str, clock: Clock, *owners: str, engine: Callable[[str], AsyncEngine] = kept_engine
) -> AsyncIterator[list[SqlLedger]]:
    """One ledger an owner, each with connections of its own, on one database."""
    databases = [Database(engine(url), time_is_held=True) for _ in owners]
    await migrate(databases[0])
    try:
        yield [
            SqlLedger(database, owner=owner, clock=clock, lease=LEASE)
            for database, owner in zip(databases, owners, strict=True)
        ]
    finally:
        for database in databases:
            await database.aclose()
