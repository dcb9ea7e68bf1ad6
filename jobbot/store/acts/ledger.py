"""The ledger of acts on a database. Each change is one transaction.

A claim is a row's id, owner and fence, and whoever takes a row over raises the fence. A change of a claimed row is
guarded by all three (`_is_ours`), and one of its state by the state that it leaves: it changes the row, or raises
LostClaim. `release` alone is silent then; `halt` and `renew` are of no single claim, and what `withdraw` means is
written by the next `renew`. The methods stand in the order of an act's life; then the parts of several stops, what is
planned, the leases, and what only reads.
"""

from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import (
    ColumnElement,
    Row,
    Update,
    and_,
    case,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.logs import get_logger
from jobbot.store.acts.act_rows import (
    acts_of,
    any_record_of,
    first_record,
    is_known,
    is_unfinished,
    record_from,
    record_of,
)
from jobbot.store.acts.encryption import UrlCipher
from jobbot.store.acts.model import (
    ENDINGS_FROM,
    NOT_BEGUN,
    OPEN,
    ActRecord,
    ActRequest,
    ActState,
    Claim,
    Claimed,
    Held,
    Kind,
    LostClaim,
    Repeated,
    Replan,
)
from jobbot.store.acts.review_request import NotConfirmed
from jobbot.store.acts.reviews import Card, Unconfirmed, confirm
from jobbot.store.database.engine import Database
from jobbot.store.database.lease import MISSED, NO_TIME, now_in
from jobbot.store.database.tables import acts

log = get_logger(__name__)

LEASE = timedelta(seconds=30)
"""A dead process's claims expire after it. Renewed every third of it."""

NOT_RECORDED = "not sent: not known in time to be recorded"

RELEASE_WAIT_MOST = 3600.0
"""The longest, in seconds, that a released row waits for the next one, whatever was asked for."""

SAFETY_SHARE = 10
"""For its owner a lease ends a tenth earlier than for others, as clocks differ in speed."""

_IS_OPEN = acts.c.state.in_([state.value for state in OPEN])
_WISH = tuple(field.name for field in fields(ActRequest))


class SqlLedger:
    """A :class:`~jobbot.store.acts.model.Ledger`. ``owner`` names this process; ``clock`` gives the time, aware.

    ``cipher`` encrypts response URLs; without one none is kept.
    """

    def __init__(
        self,
        database: Database,
        *,
        owner: str,
        clock: Callable[[], datetime],
        lease: timedelta = LEASE,
        cipher: UrlCipher | None = None,
    ) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._lease = lease
        self._cipher = cipher
        # Only these are renewed: a claim whose commit was lost on its way back is ours in the row, but not known here.
        self._worked_on: set[Claim] = set()
        # Ids of submissions that may be recorded, although people were told that they are not: closed by a renewal.
        self._doubtful: set[str] = set()
        # Ids of acts that this version does not know, which were logged.
        self._left_alone: set[str] = set()

    async def submit(
        self,
        wish: ActRequest,
        parts: Sequence[ActRequest] = (),
        *,
        response_url: str | None = None,
        card: Card | None = None,
    ) -> Claimed | Repeated | NotConfirmed:
        """See :meth:`Ledger.submit`."""
        new = uuid4().hex
        # Parts have the same id with their number at its end, which the whole's own must not be by chance.
        claim = Claim(f"{new[:28]}ffff" if parts else new, self._owner, 1)
        sealed = self._cipher.encrypt(response_url, self._clock()) if self._cipher and response_url else None
        try:
            async with self._database.writing() as connection:
                if wish.review is not None:
                    wish, parts = await self._confirmed(connection, wish, parts, claim, card)
                row = self._row(wish, claim) | {"response_url": sealed}
                await connection.execute(insert(acts).values(row))
                for number, part in enumerate(parts):
                    # In the order of their ids, which say it: all of them were asked for at the same moment.
                    mine = self._row(part, Claim(f"{claim.id[:28]}{number:04x}", "", 1))
                    await connection.execute(insert(acts).values(mine | {"part_of": claim.id}))
        except Unconfirmed as error:
            # Nothing was written. Delivered again, it finds its request confirmed by itself.
            return await self._repeated(wish) or error.outcome
        except IntegrityError:
            if (repeated := await self._repeated(wish)) is not None:
                return repeated
            raise
        except BaseException:
            # The row may be there all the same; the person is told that it is not, so it is closed later.
            self._doubtful.add(claim.id)
            raise
        self._worked_on.add(claim)
        return Claimed(claim, record_from(row), response_url)

    async def _confirmed(
        self,
        connection: AsyncConnection,
        wish: ActRequest,
        parts: Sequence[ActRequest],
        claim: Claim,
        card: Card | None,
    ) -> tuple[ActRequest, Sequence[ActRequest]]:
        """Confirm the request that asked for an act, which is what that one asked for. Raises Unconfirmed."""
        if card is None:
            raise ValueError("confirmed without a card")
        jobs = [part.job for part in parts if part.job is not None]
        asked = await confirm(connection, self._database, self._clock, wish, act_id=claim.id, jobs=jobs, card=card)
        # What was done since it was asked for makes it second, whatever the window of the review showed.
        since = min(asked.opened_at, wish.opened_at)
        asked_for = replace(wish, asked_by=asked.user_id, opened_at=since)
        return asked_for, [replace(part, asked_by=asked.user_id, opened_at=since) for part in parts]

    async def _repeated(self, wish: ActRequest) -> Repeated | None:
        """The row that this very submission has already."""
        same = select(acts).where(acts.c.request_key == wish.request_key)
        async with self._database.reading() as connection:
            first = await first_record(connection, same)
        return None if first is None else Repeated(first)

    def _row(self, wish: ActRequest, claim: Claim) -> dict[str, Any]:
        """A submission's columns. Any: each has its column's type."""
        return {name: getattr(wish, name) for name in _WISH} | {
            "id": claim.id,
            "kind": wish.kind.value,
            "state": ActState.SUBMITTED.value,
            "answer": "",
            "outcome": "",
            "started": "",
            "owner": claim.owner,
            "lease_until": self._now(self._lease),
            "fence": claim.fence,
        }

    def withdraw(self, claim: Claim) -> None:
        """See :meth:`Ledger.withdraw`. The next renewal does it."""
        self.drop(claim)
        self._doubtful.add(claim.id)

    async def hold(self, claimed: Claimed) -> Held | None:
        """See :meth:`Ledger.hold`."""
        claim, record = claimed.claim, claimed.record
        begins = acts.c.state.in_([state.value for state in (ActState.SUBMITTED, ActState.PLANNED, ActState.REQUESTED)])
        for last in (False, False, True):
            try:
                await self._change(claim, _is_ours(claim).where(begins).values(state=ActState.REQUESTED.value))
            except IntegrityError:
                async with self._database.reading() as connection:
                    holder = acts_of(record.instance, record.subject).where(_IS_OPEN).limit(1)
                    held = (await connection.execute(holder)).first()
                if held is not None:
                    return Held(any_record_of(held))
                # Whoever was first has ended in between: the subject is free again.
                if last:
                    raise
            else:
                return None
        raise AssertionError("the loop returns or raises")

    async def posting(self, claim: Claim) -> None:
        """See :meth:`Ledger.posting`."""
        await self._change(claim, _is_ours(claim).values(first_posts=acts.c.first_posts + 1))

    async def not_posted(self, claim: Claim) -> None:
        """See :meth:`Ledger.not_posted`."""
        await self._change(claim, _is_ours(claim).values(first_posts=acts.c.first_posts - 1))

    async def announced(self, claim: Claim, message_ts: str) -> None:
        """See :meth:`Ledger.announced`."""
        # What has a ts is edited from now on: the response URL is not needed any more.
        await self._change(claim, _is_ours(claim).values(message_ts=message_ts, response_url=None))

    async def sending(self, claim: Claim, at: datetime, details: str | None = None) -> datetime:
        """See :meth:`Ledger.sending`."""
        until = self._ours_until()
        is_this = and_(acts.c.state == ActState.SENT.value, acts.c.sent_at == at, acts.c.answered_at.is_(None))
        change = _is_ours(claim).where(or_(acts.c.state == ActState.REQUESTED.value, is_this))
        sent = {"state": ActState.SENT.value, "sent_at": at, "answer": "", "lease_until": self._now(self._lease)}
        if details is not None:
            sent["details"] = details
        await self._change(claim, change.values(sent))
        return until

    async def keep(self, claim: Claim) -> datetime:
        """See :meth:`Ledger.keep`."""
        until = self._ours_until()
        await self._change(claim, _is_ours(claim).values(lease_until=self._now(self._lease)))
        return until

    def _ours_until(self) -> datetime:
        """Until when, on this machine's clock, no other process can take over a row that is leased now."""
        return self._clock() + min(self._lease - self._lease / SAFETY_SHARE, MISSED)

    async def answered(self, claim: Claim, at: datetime, answer: str) -> None:
        """See :meth:`Ledger.answered`."""
        change = _is_ours(claim).where(acts.c.state == ActState.SENT.value)
        await self._change(claim, change.values(answered_at=at, answer=answer))

    async def close(
        self,
        claim: Claim,
        state: ActState,
        at: datetime,
        outcome: str,
        message: str,
        *,
        started: str = "",
        details: str | None = None,
        replan: Replan | None = None,
    ) -> None:
        """See :meth:`Ledger.close`."""
        leaves = [one.value for one, endings in ENDINGS_FROM.items() if state in endings]
        if not leaves:
            raise ValueError(f"{state} is no ending")
        if replan is not None and state is ActState.DONE:
            leaves.append(ActState.REQUESTED.value)
        change = _is_ours(claim).where(acts.c.state.in_(leaves))
        ending = {"state": state.value, "closed_at": at, "outcome": outcome, "message": message, "started": started}
        if details is not None:
            ending["details"] = details
        async with self._database.writing() as connection:
            if replan is not None:
                await self._replan(connection, claim, at, replan)
            kind = await connection.scalar(change.values(ending).returning(acts.c.kind))
            if kind is None:
                raise LostClaim(claim.id)
            if kind == Kind.STOP_SEVERAL.value:
                await connection.execute(_ends_parts(claim.id, state, at, outcome))

    async def _replan(self, connection: AsyncConnection, claim: Claim, at: datetime, replan: Replan) -> None:
        """Close what is planned for the subject of a row, and plan what comes in its place.

        Before the row is closed, so that two locks are taken in one order: whoever is about to begin what was planned
        has that row's lock, and asks after the row that holds the subject.
        """
        closes = await first_record(connection, select(acts).where(acts.c.id == claim.id))
        if closes is None or closes.closed_at is not None:  # closed by this very step, whose answer was lost
            raise LostClaim(claim.id)
        of_it = and_(acts.c.instance == closes.instance, acts.c.subject == closes.subject, acts.c.id != claim.id)
        ended = {"state": ActState.ENDED_OTHERWISE.value, "closed_at": at, "told_at": at, "outcome": replan.outcome}
        planned = update(acts).where(of_it, acts.c.state == ActState.PLANNED.value, is_known())
        await connection.execute(planned.values(**ended, fence=acts.c.fence + 1))
        if (wish := replan.plan) is None:
            return
        if wish.planned_for is None:
            raise ValueError("planned for no hour")
        due = self._now(wish.planned_for - self._clock())
        row = self._row(wish, Claim(uuid4().hex, "", 1))
        new = {"state": ActState.PLANNED.value, "lease_until": due, "message_ts": closes.message_ts}
        await connection.execute(insert(acts).values(row | new))

    async def told(self, claim: Claim, at: datetime, message_ts: str | None = None) -> None:
        """See :meth:`Ledger.told`."""
        change = _is_ours(claim).where(acts.c.closed_at.is_not(None), is_unfinished)
        new = {} if message_ts is None else {"message_ts": message_ts}
        await self._change(claim, change.values(told_at=at, response_url=None, **new))

    async def not_told(self, claim: Claim, why: str) -> None:
        """See :meth:`Ledger.not_told`."""
        change = _is_ours(claim).where(acts.c.closed_at.is_not(None), is_unfinished)
        await self._change(claim, change.values(untold=why[:200], response_url=None))

    async def parts(self, whole: str) -> list[ActRecord]:
        """See :meth:`Ledger.parts`."""
        async with self._database.reading() as connection:
            rows = await connection.execute(select(acts).where(acts.c.part_of == whole, is_known()).order_by(acts.c.id))
            return [record_of(row) for row in rows]

    async def take_part(self, whole: Claim, part: str) -> Claimed:
        """See :meth:`Ledger.take_part`."""
        wholes = acts.alias("wholes")
        held = exists().where(wholes.c.id == whole.id, wholes.c.owner == whole.owner, wholes.c.fence == whole.fence)
        taken = (
            update(acts)
            .where(acts.c.id == part, acts.c.part_of == whole.id, is_unfinished, is_known(), held)
            .values(owner=self._owner, lease_until=self._now(self._lease), fence=acts.c.fence + 1)
            .returning(acts)
        )
        async with self._database.writing() as connection:
            row = (await connection.execute(taken)).first()
        if row is None:
            raise LostClaim(part)
        claimed = self._claimed(row)
        self._worked_on.add(claimed.claim)
        return claimed

    async def halt(self, whole: str, user_id: str, channel_id: str | None) -> bool:
        """See :meth:`Ledger.halt`."""
        change = update(acts).where(
            acts.c.id == whole,
            acts.c.channel_id == channel_id,
            acts.c.closed_at.is_(None),
            acts.c.halted_by.is_(None),
        )
        async with self._database.writing() as connection:
            return (await connection.execute(change.values(halted_by=user_id))).rowcount == 1

    async def postpone(self, claim: Claim, wait: float, why: str) -> None:
        """See :meth:`Ledger.postpone`."""
        self.drop(claim)
        begun = acts.c.state.in_([state.value for state in (ActState.PLANNED, *OPEN)])
        until = self._now(timedelta(seconds=wait))
        values = {"state": ActState.PLANNED.value, "sent_at": None, "answer": why, "owner": "", "lease_until": until}
        await self._change(claim, _is_ours(claim).where(begun).values(**values, fence=claim.fence + 1))

    async def renew(self) -> None:
        """See :meth:`Ledger.renew`."""
        if self._doubtful:
            await self._close_doubtful()
        if not self._worked_on:
            return
        ours = update(acts).where(self._is_worked_on(), acts.c.owner == self._owner, is_unfinished)
        async with self._database.writing() as connection:
            await connection.execute(ours.values(lease_until=self._now(self._lease)))

    def _is_worked_on(self) -> ColumnElement[bool]:
        return tuple_(acts.c.id, acts.c.fence).in_([(claim.id, claim.fence) for claim in self._worked_on])

    async def _close_doubtful(self) -> None:
        """Close rows whose submission failed or was withdrawn, as people were told that nothing is sent."""
        doubtful, now = sorted(self._doubtful), self._clock()
        is_whole = and_(acts.c.id.in_(doubtful), acts.c.owner == self._owner)
        closed = (
            update(acts)
            .where(or_(is_whole, acts.c.part_of.in_(doubtful)), acts.c.fence == 1)
            .where(acts.c.state == ActState.SUBMITTED.value)
            .values(state=ActState.DROPPED.value, closed_at=now, told_at=now, outcome=NOT_RECORDED, response_url=None)
        )
        async with self._database.writing() as connection:
            await connection.execute(closed)
        self._doubtful.difference_update(doubtful)

    def drop(self, claim: Claim) -> None:
        """See :meth:`Ledger.drop`."""
        self._worked_on.discard(claim)

    async def release(self, claim: Claim, wait: float = 0.0) -> None:
        """See :meth:`Ledger.release`."""
        self.drop(claim)
        # The fence is raised against a renewal under way; no owner, so that its death does not shorten ``wait``.
        until = self._now(timedelta(seconds=min(wait, RELEASE_WAIT_MOST)) if wait else -self._lease)
        async with self._database.writing() as connection:
            values = {"owner": "", "lease_until": until, "fence": claim.fence + 1}
            await connection.execute(_is_ours(claim).values(values))

    async def take_over(self, most: int) -> list[Claimed]:
        """See :meth:`Ledger.take_over`."""
        overdue = and_(is_unfinished, acts.c.part_of.is_(None), acts.c.lease_until < self._now())
        due = select(acts.c.id).where(overdue, is_known()).order_by(acts.c.requested_at).limit(most)
        if self._worked_on:
            due = due.where(~self._is_worked_on())
        if self._database.is_postgresql:
            # Picked once: a sub-select may be run again for each row of the update, and then lock other rows each time.
            picked = due.with_for_update(skip_locked=True).cte("picked").prefix_with("MATERIALIZED")
            due = select(picked.c.id)
        taken = (
            update(acts)
            .where(acts.c.id.in_(due))
            .values(owner=self._owner, lease_until=self._now(self._lease), fence=acts.c.fence + 1)
            .returning(acts)
        )
        async with self._database.writing() as connection:
            rows = (await connection.execute(taken)).all()
            unknown = set(await connection.scalars(select(acts.c.id).where(overdue, ~is_known())))
        for act in sorted(unknown - self._left_alone):
            log.warning("left alone: an act that this version does not know", act=act)
        self._left_alone = unknown
        claimed = [self._claimed(row) for row in rows]
        self._worked_on.update(one.claim for one in claimed)
        return sorted(claimed, key=lambda one: one.record.requested_at)

    def _claimed(self, row: Row[Any]) -> Claimed:
        """A row that is ours now. Any: SQLAlchemy's type of a whole row."""
        sealed = row.response_url
        url = self._cipher.decrypt(sealed, self._clock()) if self._cipher is not None and sealed is not None else None
        return Claimed(Claim(row.id, row.owner, row.fence), record_of(row), url)

    async def earlier(self, instance: str, subject: str) -> ActRecord | None:
        """See :meth:`Ledger.earlier`."""
        counts = [*OPEN, ActState.DONE, ActState.UNKNOWN]
        newest = (
            acts_of(instance, subject)
            .where(acts.c.state.in_([state.value for state in counts]))
            .order_by(case((_IS_OPEN, 0), else_=1), acts.c.requested_at.desc(), acts.c.id.desc())
        )
        async with self._database.reading() as connection:
            return await first_record(connection, newest.limit(1))

    async def last_done(self, instance: str, subject: str) -> ActRecord | None:
        """See :meth:`Ledger.last_done`."""
        done = acts_of(instance, subject).where(acts.c.state == ActState.DONE.value)
        async with self._database.reading() as connection:
            return await first_record(connection, done.order_by(acts.c.closed_at.desc(), acts.c.id.desc()).limit(1))

    async def current(self, claim: Claim) -> ActRecord:
        """See :meth:`Ledger.current`."""
        async with self._database.reading() as connection:
            row = await first_record(connection, select(acts).where(acts.c.id == claim.id))
        if row is None:
            raise LostClaim(claim.id)
        return row

    def _now(self, plus: timedelta = NO_TIME) -> ColumnElement[datetime]:
        return now_in(self._database, self._clock, plus)

    async def _change(self, claim: Claim, change: Update) -> None:
        """Change a row that is ours. Raises LostClaim where it is not, or not in the state that is left."""
        async with self._database.writing() as connection:
            changed = await connection.execute(change)
        if changed.rowcount != 1:
            raise LostClaim(claim.id)


def _is_ours(claim: Claim) -> Update:
    """An update of the claim's row, for as long as nobody else has taken it over."""
    return update(acts).where(acts.c.id == claim.id, acts.c.owner == claim.owner, acts.c.fence == claim.fence)


def _ends_parts(whole: str, state: ActState, at: datetime, outcome: str) -> Update:
    """Close the parts that have no ending: what nobody began, what was not sent, what nobody saw the end of."""
    not_begun = state if state in NOT_BEGUN else ActState.DROPPED
    ended = case(
        (acts.c.closed_at.is_not(None), acts.c.state),
        (acts.c.state == ActState.SUBMITTED.value, not_begun.value),
        (acts.c.state == ActState.SENT.value, ActState.UNKNOWN.value),
        else_=ActState.REFUSED.value,
    )
    closed = {
        "state": ended,
        "closed_at": func.coalesce(acts.c.closed_at, literal(at, acts.c.closed_at.type)),
        "told_at": at,
    }
    said = case((acts.c.closed_at.is_not(None), acts.c.outcome), else_=outcome)
    over = update(acts).where(acts.c.part_of == whole, is_unfinished)
    return over.values(**closed, outcome=said, fence=acts.c.fence + 1)
