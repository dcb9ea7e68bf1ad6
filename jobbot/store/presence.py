"""Frees the leases of dead processes at once, instead of when they run out.

Two things are known of a process that is gone. On the same machine the kernel says so (``process``), for certain. On
PostgreSQL each process keeps one connection open, whose session holds an advisory lock in the process's name
(https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS): when the process dies its kernel closes
the connection, and the lock is gone. That lock may be gone while the process lives: the server was restarted, a pooler
gave its session to somebody else. So it counts only when it was gone for as long as whoever lives needs to take it
again, and only against a lease that was not renewed meanwhile. Should a process live all the same, it finds that its
claims have a higher fence, as after any lease that ran out: it changes nothing.
"""

import asyncio
from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import ColumnElement, Table, and_, case, select, text, true, union, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.logs import get_logger
from jobbot.store.acts.act_rows import is_unfinished
from jobbot.store.database.engine import Database, StoreUnavailable
from jobbot.store.database.lease import MISSED, NO_TIME, now_in
from jobbot.store.database.process import Process
from jobbot.store.database.tables import acts, outbox, pollers

log = get_logger(__name__)

_AT_ONCE = timedelta(milliseconds=-1)

_HELD = text(
    "SELECT (classid::bigint << 32) | objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 1"
    " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
"""The locks of 64 bits that anybody has in this database (the documentation of pg_locks says how they are cut)."""

_IS_UNFINISHED: dict[Table, ColumnElement[bool]] = {
    acts: is_unfinished,
    pollers: true(),
    outbox: and_(outbox.c.sent_at.is_(None), outbox.c.failed.is_(None)),
}


class Presence:
    """Announces this process to the others, and detects dead ones. ``owner`` is the name under which this one leases.

    ``lease``: how long the ledger's leases last; ``missed``: how long a lock must be gone before its process counts as
    dead. All but ``aclose`` may raise StoreUnavailable.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Callable[[], datetime],
        lease: timedelta,
        missed: timedelta = MISSED,
    ) -> None:
        self._database = database
        self._clock = clock
        self._leases = {acts: lease, pollers: 2 * lease, outbox: 2 * lease}
        self._missed = missed
        self._process = Process.this()
        self.owner = self._process.owner()
        self._session: AsyncConnection | None = None
        self._missing: dict[str, float] = {}

    async def refresh(self) -> None:
        """Hold this process's lock, and free the leases of processes that are dead."""
        owners, held = await self._who_leases()
        dead = {owner for owner in owners if self._process.is_dead(owner)}
        await self._free(dead)
        if held is None:
            return
        if _key(self.owner) not in held:
            await self._hold()
        now = asyncio.get_running_loop().time()
        missing = {owner for owner in owners - dead if _key(owner) not in held}
        self._missing = {owner: self._missing.get(owner, now) for owner in missing}
        gone = {owner for owner, since in self._missing.items() if now - since >= self._missed.total_seconds()}
        await self._free(gone, unless_renewed=self._missed)

    async def aclose(self) -> None:
        """Release this process's lock."""
        session, self._session = self._session, None
        if session is not None:
            await session.invalidate()
            await session.close()

    async def _who_leases(self) -> tuple[set[str], set[int] | None]:
        """The names of other processes with leases; and the advisory locks held, None on SQLite."""
        leased = [
            select(table.c.owner).where(
                is_leased, table.c.lease_until > self._now(), table.c.owner.not_in(("", self.owner))
            )
            for table, is_leased in _IS_UNFINISHED.items()
        ]
        async with self._database.reading() as connection:
            owners = set((await connection.execute(union(*leased))).scalars())
            if not self._database.is_postgresql:
                return owners, None
            return owners, set((await connection.execute(_HELD)).scalars())

    async def _hold(self) -> None:
        await self.aclose()
        try:
            self._session = await self._database.session_lock(_key(self.owner))
        except StoreUnavailable as error:
            # Without it others wait for the leases, should this process die: no reason to stop working.
            log.warning("others cannot see that this process is there", error=str(error))

    async def _free(self, owners: Collection[str], *, unless_renewed: timedelta | None = None) -> None:
        if not owners:
            return
        async with self._database.writing() as connection:
            for table, is_leased in _IS_UNFINISHED.items():
                theirs = update(table).where(is_leased, table.c.owner.in_(owners), table.c.lease_until > self._now())
                if unless_renewed is not None:
                    theirs = theirs.where(table.c.lease_until < self._now(self._leases[table] - unless_renewed))
                values: dict[str, object] = {"lease_until": self._now(_AT_ONCE)}
                if table is pollers:
                    now = self._clock()
                    values["next_at"] = case((pollers.c.next_at > now, now), else_=pollers.c.next_at)
                if freed := (await connection.execute(theirs.values(values))).rowcount:
                    log.info("a process is gone, what it had is free", table=table.name, rows=freed)

    def _now(self, plus: timedelta = NO_TIME) -> ColumnElement[datetime]:
        return now_in(self._database, self._clock, plus)


def _key(owner: str) -> int:
    """The advisory lock's number for an owner's name: 63 bits of its SHA-256."""
    return int.from_bytes(sha256(owner.encode()).digest()[:8], "big") >> 1
