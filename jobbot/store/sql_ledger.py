"""The ledger on a database. One statement a change; whoever lost the claim changes nothing."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, Update, and_, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.engine import Database, StoreUnavailable
from jobbot.store.sealed import Seal
from jobbot.store.stops import (
    NOTHING_SENT,
    OPEN,
    Claim,
    Claimed,
    Held,
    LostClaim,
    Repeated,
    StopRecord,
    StopState,
    StopWish,
)
from jobbot.store.tables import stops

LEASE = timedelta(seconds=30)
"""How long a process that has died keeps its rows from others. Renewed every third of it."""

NOT_RECORDED = "not sent: the database went away while it was recorded"

SKEW = 10
"""A lease counts as over for its owner this part of it earlier than for others: their clocks may be ahead."""

_RECORD = tuple(field.name for field in fields(StopRecord))
_WISH = tuple(field.name for field in fields(StopWish))


is_unfinished = and_(stops.c.told_at.is_(None), stops.c.untold.is_(None))
"""There is still something to do: to stop, to read, or to tell."""


class SqlLedger:
    """A :class:`~jobbot.store.stops.Ledger`. ``owner`` names this process; ``clock`` gives the time, aware.

    ``seal`` encrypts response URLs; without one none is kept.
    """

    def __init__(
        self,
        database: Database,
        *,
        owner: str,
        clock: Callable[[], datetime],
        lease: timedelta = LEASE,
        seal: Seal | None = None,
    ) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._lease = lease
        self._seal = seal
        # Only what somebody works on is renewed: a claim or a take-over whose answer was lost on its way back from the
        # database is ours by the row, and nobody here knows of it.
        self._worked_on: set[Claim] = set()
        self._doubtful: set[str] = set()

    async def claim(self, wish: StopWish, *, response_url: str | None = None) -> Claimed | Held | Repeated:
        """See :meth:`Ledger.claim`."""
        claim = Claim(uuid4().hex, self._owner, 1)
        row = {name: getattr(wish, name) for name in _WISH} | {
            "id": claim.id,
            "state": StopState.REQUESTED.value,
            "response_url": self._seal.close(response_url, self._clock()) if self._seal and response_url else None,
            "answer": "",
            "outcome": "",
            "owner": claim.owner,
            "lease_until": self._clock() + self._lease,
            "fence": claim.fence,
        }
        for last in (False, False, True):
            try:
                async with self._database.writing() as connection:
                    await connection.execute(insert(stops).values(row))
            except IntegrityError:
                if (first := await self._who_was_first(wish)) is not None:
                    return first
                # Whoever was first has ended in between: the job is free again.
                if last:
                    raise
            except StoreUnavailable:
                # It may be in the record all the same; whoever asked is told that it is not, and so it shall be.
                self._doubtful.add(claim.id)
                raise
            else:
                self._worked_on.add(claim)
                return Claimed(claim, StopRecord(**_fields(row)), response_url)
        raise AssertionError("the loop returns or raises")

    async def _who_was_first(self, wish: StopWish) -> Held | Repeated | None:
        async with self._database.reading() as connection:
            same = await _one(connection, select(stops).where(stops.c.request_key == wish.request_key))
            if same is not None:
                return Repeated(same)
            is_open = stops.c.state.in_([state.value for state in OPEN])
            held = await _one(connection, _of(wish.instance, wish.job).where(is_open))
            return Held(held) if held is not None else None

    async def announced(self, claim: Claim, message_ts: str) -> None:
        """See :meth:`Ledger.announced`."""
        # What has a ts is edited from now on: the response URL is not needed any more.
        await self._change(claim, _is_ours(claim).values(message_ts=message_ts, response_url=None))

    async def posting(self, claim: Claim) -> None:
        """See :meth:`Ledger.posting`."""
        await self._change(claim, _is_ours(claim).values(first_posts=stops.c.first_posts + 1))

    async def not_posted(self, claim: Claim) -> None:
        """See :meth:`Ledger.not_posted`."""
        await self._change(claim, _is_ours(claim).values(first_posts=stops.c.first_posts - 1))

    async def sending(self, claim: Claim, at: datetime) -> datetime:
        """See :meth:`Ledger.sending`."""
        until = self._clock() + self._lease
        change = _is_ours(claim).where(stops.c.state == StopState.REQUESTED.value)
        await self._change(claim, change.values(state=StopState.SENT.value, sent_at=at, lease_until=until))
        return until - self._lease / SKEW

    async def keep(self, claim: Claim) -> datetime:
        """See :meth:`Ledger.keep`."""
        until = self._clock() + self._lease
        await self._change(claim, _is_ours(claim).values(lease_until=until))
        return until - self._lease / SKEW

    async def answered(self, claim: Claim, at: datetime, answer: str) -> None:
        """See :meth:`Ledger.answered`."""
        change = _is_ours(claim).where(stops.c.state == StopState.SENT.value)
        await self._change(claim, change.values(answered_at=at, answer=answer))

    async def close(self, claim: Claim, state: StopState, at: datetime, outcome: str, message: str) -> None:
        """See :meth:`Ledger.close`."""
        if state in OPEN:
            raise ValueError(f"{state} is no ending")
        leaves = OPEN if state in NOTHING_SENT else OPEN - {StopState.REQUESTED}
        change = _is_ours(claim).where(stops.c.state.in_([one.value for one in leaves]))
        await self._change(claim, change.values(state=state.value, closed_at=at, outcome=outcome, message=message))

    async def told(self, claim: Claim, at: datetime, message_ts: str | None = None) -> None:
        """See :meth:`Ledger.told`."""
        change = _is_ours(claim).where(stops.c.closed_at.is_not(None), is_unfinished)
        new = {} if message_ts is None else {"message_ts": message_ts}
        await self._change(claim, change.values(told_at=at, response_url=None, **new))

    async def not_told(self, claim: Claim, why: str) -> None:
        """See :meth:`Ledger.not_told`."""
        change = _is_ours(claim).where(stops.c.closed_at.is_not(None), is_unfinished)
        await self._change(claim, change.values(untold=why[:200], response_url=None))

    async def release(self, claim: Claim) -> None:
        """See :meth:`Ledger.release`."""
        async with self._database.writing() as connection:
            await connection.execute(_is_ours(claim).values(lease_until=self._clock() - self._lease))

    async def renew(self) -> None:
        """See :meth:`Ledger.renew`."""
        if self._doubtful:
            await self._withdraw()
        if not self._worked_on:
            return
        ids = [claim.id for claim in self._worked_on]
        ours = update(stops).where(stops.c.owner == self._owner, is_unfinished, stops.c.id.in_(ids))
        async with self._database.writing() as connection:
            # What was released stays released: only leases that have not run out are made longer.
            now = self._clock()
            await connection.execute(ours.where(stops.c.lease_until >= now).values(lease_until=now + self._lease))

    def drop(self, claim: Claim) -> None:
        """See :meth:`Ledger.drop`."""
        self._worked_on.discard(claim)

    async def _withdraw(self) -> None:
        """Close the rows of which people were told that they could not be made."""
        doubtful, now = sorted(self._doubtful), self._clock()
        closed = (
            update(stops)
            .where(stops.c.id.in_(doubtful), stops.c.owner == self._owner, stops.c.fence == 1)
            .where(stops.c.state == StopState.REQUESTED.value)
            .values(state=StopState.REFUSED.value, closed_at=now, told_at=now, outcome=NOT_RECORDED, response_url=None)
        )
        async with self._database.writing() as connection:
            await connection.execute(closed)
        self._doubtful.difference_update(doubtful)

    async def take_over(self, most: int) -> list[Claimed]:
        """See :meth:`Ledger.take_over`."""
        now = self._clock()
        due = (
            select(stops.c.id)
            .where(is_unfinished, stops.c.lease_until < now)
            .order_by(stops.c.requested_at)
            .limit(most)
        )
        if self._database.is_postgresql:
            # Picked once: a sub-select may be run again for each row of the update, and then lock other rows each time.
            picked = due.with_for_update(skip_locked=True).cte("picked").prefix_with("MATERIALIZED")
            due = select(picked.c.id)
        taken = (
            update(stops)
            .where(stops.c.id.in_(due))
            .values(owner=self._owner, lease_until=now + self._lease, fence=stops.c.fence + 1)
            .returning(stops)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(taken)).all()
        claimed = [self._claimed(row) for row in rows]
        self._worked_on.update(one.claim for one in claimed)
        return sorted(claimed, key=lambda one: one.record.requested_at)

    def _claimed(self, row: Row[Any]) -> Claimed:
        """A row that is ours now. Any: SQLAlchemy's type of a whole row."""
        sealed = row.response_url
        url = self._seal.open(sealed, self._clock()) if self._seal is not None and sealed is not None else None
        return Claimed(Claim(row.id, row.owner, row.fence), record_of(row), url)

    async def latest(self, instance: str, job: int) -> StopRecord | None:
        """See :meth:`Ledger.latest`."""
        async with self._database.reading() as connection:
            return await _one(
                connection, _of(instance, job).order_by(stops.c.requested_at.desc(), stops.c.id.desc()).limit(1)
            )

    async def read(self, claim: Claim) -> StopRecord:
        """See :meth:`Ledger.read`."""
        async with self._database.reading() as connection:
            row = await _one(connection, select(stops).where(stops.c.id == claim.id))
        if row is None:
            raise LostClaim(claim.id)
        return row

    async def _change(self, claim: Claim, change: Update) -> None:
        async with self._database.writing() as connection:
            changed = await connection.execute(change)
        if changed.rowcount != 1:
            raise LostClaim(claim.id)


def _is_ours(claim: Claim) -> Update:
    return update(stops).where(stops.c.id == claim.id, stops.c.owner == claim.owner, stops.c.fence == claim.fence)


def _of(instance: str, job: int) -> Select[Any]:
    """Any: SQLAlchemy's row type of a whole table."""
    return select(stops).where(stops.c.instance == instance, stops.c.job == job)


async def _one(connection: AsyncConnection, query: Select[Any]) -> StopRecord | None:
    row = (await connection.execute(query)).first()
    return None if row is None else record_of(row)


def record_of(row: Row[Any]) -> StopRecord:
    """A row of the table. Any: SQLAlchemy's type of a whole row."""
    return StopRecord(**_fields(row._mapping))


def _fields(row: Any) -> dict[str, Any]:
    """A row's columns as the record's fields. Any: the row's values have the columns' types."""
    return {name: row[name] for name in _RECORD if name in row and name != "state"} | {"state": StopState(row["state"])}
