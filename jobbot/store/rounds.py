"""The rounds of the pollers: one at a time for an instance, whoever does it, and what each leaves behind.

Nobody owns an instance for longer than a round: whoever looks first when one is due claims it, and a claim that its
process did not live to end runs out. The fence goes up with each round, so that one who was slow writes nothing.
"""

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from sqlalchemy import Update, and_, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.engine import Database
from jobbot.store.following import AlertGroup, Found, LostRound, Round
from jobbot.store.outbox import put
from jobbot.store.tables import alert_groups, alerts, cards, endings, pollers, watches

ENDINGS_KEPT = timedelta(days=8)
"""Longer than any range that a round looks back."""

_LONG_AGO = timedelta(days=1)
_AT_ONCE = 500


class Rounds:
    """On a database; every method may raise StoreUnavailable. ``lease``: how long a process that died keeps a round."""

    def __init__(self, database: Database, *, owner: str, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self.lease = lease

    async def is_wanted(self, instance: str) -> bool:
        """Whether a round is due, nobody does it, and somebody follows anything on the instance."""
        now = self._clock()
        async with self._database.reading() as connection:
            query = select(pollers.c.next_at, pollers.c.lease_until).where(pollers.c.instance == instance)
            row = (await connection.execute(query)).first()
            if row is not None and (row.next_at > now or row.lease_until > now):
                return False
            for table in (watches, cards, alerts):
                one = select(table.c.id).where(table.c.instance == instance, table.c.ended_at.is_(None)).limit(1)
                if (await connection.execute(one)).first() is not None:
                    break
            else:
                return False
        if row is None:
            await self._introduce(instance)
        return True

    async def unserved(self, known: Collection[str], before: datetime) -> list[str]:
        """Other instances, on which something has been followed since ``before``, and no round was due since then.

        A round can be begun on each of them.
        """
        followed: set[str] = set()
        begun = {watches: watches.c.created_at, cards: cards.c.created_at, alerts: alerts.c.since}
        async with self._database.reading() as connection:
            for table, since in begun.items():
                query = select(table.c.instance).where(since < before, table.c.ended_at.is_(None))
                others = query.where(table.c.instance.not_in(known)).distinct()
                followed |= set((await connection.execute(others)).scalars())
            if not followed:
                return []
            rows = (await connection.execute(select(pollers).where(pollers.c.instance.in_(followed)))).all()
        served = {row.instance for row in rows if row.next_at >= before}
        for instance in followed - {row.instance for row in rows}:
            await self._introduce(instance)
        return sorted(followed - served)

    async def begin(self, instance: str) -> Round | None:
        """The round that is due, ours until the lease ends; None where none is due or somebody else has it."""
        now = self._clock()
        claim = (
            update(pollers)
            .where(pollers.c.instance == instance, pollers.c.next_at <= now, pollers.c.lease_until <= now)
            .values(
                owner=self._owner,
                lease_until=now + self.lease,
                # Whoever is hastened while it lasts writes something sooner than this, which the commit minds.
                next_at=now + self.lease,
                fence=pollers.c.fence + 1,
                rounds=pollers.c.rounds + 1,
            )
            .returning(pollers)
        )
        async with self._database.writing() as connection:
            taken = (await connection.execute(claim)).first()
        return None if taken is None else Round(instance, taken.fence, taken.rounds, taken.state)

    async def keep(self, round_: Round) -> None:
        """The round goes on, for another lease from now. Nothing happens where it is lost already."""
        until = self._clock() + self.lease
        nobody_came = pollers.c.next_at >= pollers.c.lease_until
        ours = self._ours(round_).values(next_at=case((nobody_came, until), else_=pollers.c.next_at), lease_until=until)
        async with self._database.writing() as connection:
            await connection.execute(ours)

    async def release(self, round_: Round, *, until: datetime | None = None) -> None:
        """Let anybody begin it anew, at once or then. Nothing happens where it is lost already."""
        async with self._database.writing() as connection:
            now = self._clock()
            ours = self._ours(round_)
            await connection.execute(ours.values(next_at=until or now, lease_until=now - timedelta(milliseconds=1)))

    async def hasten(self, instance: str, at: datetime) -> None:
        """Somebody new waits: let the next round not be later than ``at``."""
        sooner = update(pollers).where(pollers.c.instance == instance, pollers.c.next_at > at)
        async with self._database.writing() as connection:
            await connection.execute(sooner.values(next_at=at))

    async def unhandled(self, instance: str, jobs: Collection[int]) -> set[int]:
        """Those of the ended jobs that the alerts have not dealt with."""
        known: set[int] = set()
        wanted = sorted(jobs)
        async with self._database.reading() as connection:
            for first in range(0, len(wanted), _AT_ONCE):
                some = wanted[first : first + _AT_ONCE]
                query = select(endings.c.job).where(endings.c.instance == instance, endings.c.job.in_(some))
                known |= set((await connection.execute(query)).scalars())
        return set(wanted) - known

    async def commit(self, round_: Round, found: Found) -> None:
        """Write everything, and let the next round be done by anybody. Raises LostRound."""
        now = self._clock()
        async with self._database.writing() as connection:
            ours = self._ours(round_)
            # The lease ends a moment ago, so that a round that is due at once can be begun at once; and the fence goes
            # up, so that this round is over for its own process too.
            ends = {"lease_until": now - timedelta(milliseconds=1), "fence": pollers.c.fence + 1}
            hastened = and_(pollers.c.next_at < pollers.c.lease_until, pollers.c.next_at < found.next_at)
            next_at = case((hastened, pollers.c.next_at), else_=found.next_at)
            done = await connection.execute(ours.values(state=found.state, next_at=next_at, **ends))
            if done.rowcount != 1:
                raise LostRound(round_.instance)
            await put(connection, found.letters, now)
            for watch, (reason, letter) in found.ended_watches.items():
                change = update(watches).where(watches.c.id == watch, watches.c.ended_at.is_(None))
                await connection.execute(change.values(ended_at=now, end_reason=reason[:200], letter=letter))
            for alert, reason in found.ended_alerts.items():
                change = update(alerts).where(alerts.c.id == alert, alerts.c.ended_at.is_(None))
                await connection.execute(change.values(ended_at=now, end_reason=reason[:200]))
            for card in found.cards:
                values = {"drawn": card.drawn, "shown": card.shown, "next_edit_at": card.next_edit_at}
                if card.end_reason:
                    values |= {"ended_at": now, "end_reason": card.end_reason[:200]}
                await connection.execute(update(cards).where(cards.c.id == card.id).values(values))
            if found.endings:
                rows = [{"instance": round_.instance, "job": job, "at": now} for job in found.endings]
                await connection.execute(insert(endings), rows)
            for group in found.groups:
                await _keep(connection, group)

    async def count(self, instance: str) -> int:
        """How many rounds there were."""
        async with self._database.reading() as connection:
            query = select(pollers.c.rounds).where(pollers.c.instance == instance)
            return (await connection.execute(query)).scalar() or 0

    async def forget_old(self) -> None:
        """Delete what no round will ask about again."""
        before = self._clock() - ENDINGS_KEPT
        async with self._database.writing() as connection:
            await connection.execute(delete(endings).where(endings.c.at < before))
            await connection.execute(delete(alert_groups).where(alert_groups.c.last_at < before))
            for table in (watches, cards, alerts):
                await connection.execute(delete(table).where(table.c.ended_at < before))

    def _ours(self, round_: Round) -> Update:
        return update(pollers).where(
            pollers.c.instance == round_.instance,
            pollers.c.fence == round_.fence,
            pollers.c.owner == self._owner,
        )

    async def _introduce(self, instance: str) -> None:
        then = self._clock() - _LONG_AGO
        row = {"instance": instance, "owner": "", "lease_until": then, "fence": 0, "rounds": 0, "next_at": then}
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(pollers).values(**row, state=""))
        except IntegrityError:
            pass  # another process was first, with the same row


async def _keep(connection: AsyncConnection, group: AlertGroup) -> None:
    values = {"last_at": group.last_at, "entries": group.entries}
    change = update(alert_groups).where(alert_groups.c.id == group.id)
    if (await connection.execute(change.values(values))).rowcount == 0:
        new = {"id": group.id, "instance": group.instance, "channel_id": group.channel_id}
        await connection.execute(insert(alert_groups).values(**new, opened_at=group.opened_at, **values))
