"""A stop as somebody asks for it, times that only grow, and a ledger on an empty database."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from sqlalchemy.ext.asyncio import AsyncEngine

from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.stops.history import StopHistory, StopQuery
from jobbot.store.stops.ledger import SqlLedger
from jobbot.store.stops.model import Claimed, Held, Repeated, StopRecord, StopRequest, StopState

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


def wish(**changes: object) -> StopRequest:
    """Ana asks for a stop of job 987, each time anew."""
    asked = StopRequest(
        request_key=f"V{next(_keys)}",
        instance="acme",
        job=987,
        name="987 (Facebook Ads EU)",
        user_id="U0ANA",
        team_id="T0ACME",
        channel_id="C0INC",
        thread_ts=None,
        reason="runaway fetch",
        requested_at=START,
    )
    return replace(asked, **changes)  # type: ignore[arg-type] # a test's own keywords


async def begin(ledger: SqlLedger, asked: StopRequest) -> Claimed | Held | Repeated:
    """Recorded, and in hold of its job; whoever is not is closed as the second."""
    claimed = await ledger.submit(asked)
    if isinstance(claimed, Repeated):
        return claimed
    held = await ledger.hold(claimed)
    if held is None:
        return replace(claimed, record=replace(claimed.record, state=StopState.REQUESTED))
    await ledger.close(claimed.claim, StopState.SECOND, asked.requested_at, "", "{}")
    await ledger.told(claimed.claim, asked.requested_at)
    return held


async def newest(database: Database, job: int = 987, *, instance: str = "acme") -> StopRecord | None:
    """The last row of a job that was begun."""
    rows = await StopHistory(database).newest(StopQuery(instance=instance, job=job), skip=0, most=1000)
    return next((row for row in rows if row.state is not StopState.SECOND), None)


@asynccontextmanager
async def ledgers(
    url: str, clock: Clock, *owners: str, engine: Callable[[str], AsyncEngine] = make_engine
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
