"""Poll rounds: claimed by one process at a time for each instance, renewed, committed with everything they found.

A process owns an instance for one round: the first that looks when one is due claims it, and the claim of a process
that died runs out. The fence is raised with each round, so that a process that was too slow writes nothing.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, bindparam, case, delete, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.lease import NO_TIME, now_in
from jobbot.store.database.tables import alert_groups, alerts, cards, endings, pollers, watches
from jobbot.store.events import keep_events
from jobbot.store.following.alert_messages import keep_alert_messages
from jobbot.store.following.alerts import ALERTS_LOCK
from jobbot.store.following.model import AlertGroup, CardChange, LostRound, NewAlerts, Round, RoundResult
from jobbot.store.following.outbox import put
from jobbot.store.following.snoozes import wake_fixed

ENDINGS_KEPT = timedelta(days=8)
"""How long ended jobs are remembered as handled; longer than any range that a round looks back."""

COMMIT_SECONDS = 20.0
"""Seconds that a commit may take; a round that is given up is repeated, and finds as much."""

_A_MOMENT = timedelta(milliseconds=1)
_LONG_AGO = timedelta(days=1)
_AT_ONCE = 500


class PollRounds:
    """On a database; every method may raise StoreUnavailable. ``lease``: a dead process's claim expires after it."""

    def __init__(self, database: Database, *, owner: str, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self.lease = lease

    async def is_due(self, instance: str) -> bool:
        """Whether a round is due and not claimed, and anything is followed on the instance."""
        now = self._clock()
        async with self._database.reading() as connection:
            is_leased = (pollers.c.lease_until > self._now()).label("is_leased")
            query = select(pollers.c.next_at, is_leased).where(pollers.c.instance == instance)
            row = (await connection.execute(query)).first()
            if row is not None and (row.next_at > now or row.is_leased):
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

    async def orphaned(self, known: Collection[str], before: datetime) -> list[str]:
        """Instances not in ``known`` with something followed since ``before``, and no round since then.

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

    async def begin(self, instance: str, *, orphaned: bool = False) -> Round | None:
        """Claim the round that is due, until the lease ends; None where none is due or another process has it.

        ``orphaned``: keeps ``next_at``, so that the instance stays orphaned where this round is not committed.
        """
        until, due = self._now(self.lease), pollers.c.next_at <= self._clock()
        claim = (
            update(pollers)
            .where(pollers.c.instance == instance, due, pollers.c.lease_until <= self._now())
            .values(
                owner=self._owner,
                lease_until=until,
                # hasten() during the round lowers next_at below lease_until; commit() keeps the earlier time.
                next_at=pollers.c.next_at if orphaned else until,
                fence=pollers.c.fence + 1,
                rounds=pollers.c.rounds + 1,
            )
            .returning(pollers)
        )
        async with self._database.writing() as connection:
            taken = (await connection.execute(claim)).first()
        return None if taken is None else Round(instance, taken.fence, taken.rounds, taken.state)

    async def keep(self, round_: Round) -> None:
        """Renew the round's lease. Nothing happens where the claim is lost."""
        until = self._now(self.lease)
        nobody_came = pollers.c.next_at >= pollers.c.lease_until
        ours = self._ours(round_).values(next_at=case((nobody_came, until), else_=pollers.c.next_at), lease_until=until)
        async with self._database.writing() as connection:
            await connection.execute(ours)

    async def release(self, round_: Round, *, until: datetime | None = None) -> None:
        """Release the round: it is due at once, or at ``until``. Nothing happens where the claim is lost."""
        async with self._database.writing() as connection:
            ours = self._ours(round_)
            await connection.execute(ours.values(next_at=until or self._clock(), lease_until=self._now(-_A_MOMENT)))

    async def hasten(self, instance: str, at: datetime) -> None:
        """Move the next round forward to ``at``, where it is due later."""
        sooner = update(pollers).where(pollers.c.instance == instance, pollers.c.next_at > at)
        async with self._database.writing() as connection:
            await connection.execute(sooner.values(next_at=at))

    async def unhandled(self, instance: str, jobs: Collection[int]) -> set[int]:
        """Those of the ended jobs that no round has handled for alerts yet."""
        known: set[int] = set()
        wanted = sorted(jobs)
        async with self._database.reading() as connection:
            for first in range(0, len(wanted), _AT_ONCE):
                some = wanted[first : first + _AT_ONCE]
                query = select(endings.c.job).where(endings.c.instance == instance, endings.c.job.in_(some))
                known |= set((await connection.execute(query)).scalars())
        return set(wanted) - known

    async def successes(self, instance: str, since: Mapping[int, datetime]) -> dict[int, list[tuple[int, datetime]]]:
        """By datastream the successes that earlier rounds have handled and that ended ``since`` then: (job, end)."""
        found: dict[int, list[tuple[int, datetime]]] = {}
        query = select(endings.c.job, endings.c.datastream, endings.c.succeeded_at).where(
            endings.c.instance == instance, endings.c.datastream.in_(since), endings.c.succeeded_at.is_not(None)
        )
        if since:
            async with self._database.reading() as connection:
                for job, stream, at in await connection.execute(
                    query.where(endings.c.succeeded_at >= min(since.values()))
                ):
                    if at >= since[stream]:
                        found.setdefault(stream, []).append((job, at))
        return found

    async def commit(self, round_: Round, found: RoundResult) -> None:
        """Write the result and release the round. Raises LostRound, NewAlerts.

        Under the lock of alert switches: an alert switched on before this commit is considered in this round (else
        NewAlerts); one switched on after it concerns only jobs that end later.
        """
        async with self._database.writing(seconds=COMMIT_SECONDS) as connection:
            if found.alerts is not None:
                await self._database.transaction_lock(connection, ALERTS_LOCK)
                on = select(alerts.c.id).where(alerts.c.instance == round_.instance, alerts.c.ended_at.is_(None))
                if not set((await connection.execute(on)).scalars()) <= set(found.alerts):
                    raise NewAlerts(round_.instance)
            await self._write(connection, round_, found)

    async def _write(self, connection: AsyncConnection, round_: Round, found: RoundResult) -> None:
        """Write the result in a few statements, however large: each costs a network round trip."""
        now = self._clock()
        # The lease ends a moment ago, so that a round that is due at once can be begun at once; and the fence goes up,
        # so that this round is over for its own process too.
        ends = {"lease_until": self._now(-_A_MOMENT), "fence": pollers.c.fence + 1}
        hastened = and_(pollers.c.next_at < pollers.c.lease_until, pollers.c.next_at < found.next_at)
        next_at = case((hastened, pollers.c.next_at), else_=found.next_at)
        done = await connection.execute(self._ours(round_).values(state=found.state, next_at=next_at, **ends))
        if done.rowcount != 1:
            raise LostRound(round_.instance)
        await _end_watches(connection, found.ended_watches, now)
        await _end_alerts(connection, found.ended_alerts, now)
        await _change_cards(connection, found.cards, now)
        if found.endings:
            rows = [
                {"instance": round_.instance, "job": job, "at": now, "datastream": stream, "succeeded_at": at}
                for job in found.endings
                for stream, at in [found.succeeded.get(job, (None, None))]
            ]
            await connection.execute(insert_into(connection, endings).on_conflict_do_nothing(), rows)
        await _keep(connection, found.groups)
        await wake_fixed(connection, round_.instance, found.woken)
        await keep_alert_messages(connection, found.alert_messages, now)
        await put(connection, found.notifications, now, self._now())
        await keep_events(connection, found.events)

    async def states(self, instances: Collection[str]) -> dict[str, str]:
        """The state that the last round of each wrote; no entry for an instance that was never followed."""
        query = select(pollers.c.instance, pollers.c.state).where(pollers.c.instance.in_(instances))
        async with self._database.reading() as connection:
            return {row.instance: row.state for row in await connection.execute(query)}

    async def count(self, instance: str) -> int:
        """How many rounds an instance has had."""
        async with self._database.reading() as connection:
            query = select(pollers.c.rounds).where(pollers.c.instance == instance)
            return (await connection.execute(query)).scalar() or 0

    async def forget_old(self) -> None:
        """Delete handled endings, alert groups, and ended watches, cards and alerts older than ``ENDINGS_KEPT``."""
        before = self._clock() - ENDINGS_KEPT
        async with self._database.writing() as connection:
            await connection.execute(delete(endings).where(endings.c.at < before))
            await connection.execute(delete(alert_groups).where(alert_groups.c.last_at < before))
            for table in (watches, cards, alerts):
                await connection.execute(delete(table).where(table.c.ended_at < before))

    def _now(self, plus: timedelta = NO_TIME) -> ColumnElement[datetime]:
        """The clock of leases; due times are in each process's own clock."""
        return now_in(self._database, self._clock, plus)

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


async def _end_watches(connection: AsyncConnection, ended: Mapping[str, tuple[str, str | None]], now: datetime) -> None:
    rows = [
        {"watch": watch, "why": reason[:200], "by": notification} for watch, (reason, notification) in ended.items()
    ]
    if rows:
        change = update(watches).where(watches.c.id == bindparam("watch"), watches.c.ended_at.is_(None))
        values = {"ended_at": now, "end_reason": bindparam("why"), "notification": bindparam("by")}
        await connection.execute(change.values(values), rows)


async def _end_alerts(connection: AsyncConnection, ended: Mapping[str, str], now: datetime) -> None:
    rows = [{"alert": alert, "why": reason[:200]} for alert, reason in ended.items()]
    if rows:
        change = update(alerts).where(alerts.c.id == bindparam("alert"), alerts.c.ended_at.is_(None))
        await connection.execute(change.values(ended_at=now, end_reason=bindparam("why")), rows)


async def _change_cards(connection: AsyncConnection, changes: Sequence[CardChange], now: datetime) -> None:
    drawn: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("drawn", "shown", "next_edit_at")}
    over = {"ended_at": now, "end_reason": bindparam("why")}
    for ends in (False, True):
        rows = [
            {
                "card": card.id,
                "new_drawn": card.drawn,
                "new_shown": card.shown,
                "new_next_edit_at": card.next_edit_at,
                "why": card.end_reason[:200],
            }
            for card in changes
            if bool(card.end_reason) is ends
        ]
        if rows:
            change = update(cards).where(cards.c.id == bindparam("card"))
            await connection.execute(change.values(drawn | (over if ends else {})), rows)


async def _keep(connection: AsyncConnection, groups: Sequence[AlertGroup]) -> None:
    if groups:
        new = insert_into(connection, alert_groups)
        again = {name: new.excluded[name] for name in ("last_at", "entries", "is_open")}
        upsert = new.on_conflict_do_update(index_elements=[alert_groups.c.id], set_=again)
        await connection.execute(upsert, [asdict(group) for group in groups])
