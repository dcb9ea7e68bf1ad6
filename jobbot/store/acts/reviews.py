"""Keeps review requests. What becomes of one is written in one transaction with what its card says of it.

A request leaves its state once: each change is one statement guarded by the state that it leaves, so that of two
people, processes or repeated presses one changes it and the others learn that it was changed. It is confirmed in the
transaction in which the act is recorded (:meth:`SqlLedger.submit`), or not at all.

Whether one is over is asked of the clock of leases, so that processes whose clocks differ agree.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, and_, case, exists, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.acts.model import NOT_BEGUN, ActRequest, ActState, Kind
from jobbot.store.acts.review_request import (
    NotConfirmed,
    ReviewRequest,
    ReviewState,
    Unconfirmable,
    is_same_act,
    refuse_confirmation,
)
from jobbot.store.database.engine import Database
from jobbot.store.database.lease import now_in
from jobbot.store.database.tables import acts, outbox, review_requests
from jobbot.store.following.model import Notification, read_workspaces, written_workspaces
from jobbot.store.following.outbox import put, rewrite_unposted

OPEN_MOST = 3
"""Of one person at a time."""

_AT_ONCE = 50
_LOCK = 7_236_552_018_535
"""Any number, the same in every jobbot: the lock around a new request, as a person's open ones are counted."""

_NAMES = tuple(
    one.name
    for one in fields(ReviewRequest)
    if one.name not in ("asked_by", "review", "planned_for", "jobs", "workspaces")
)

Card = Callable[[ReviewRequest], str]
"""What the card of a request says now: a dumped Message."""


@dataclass(frozen=True, slots=True)
class TooMany:
    """The person has so many open requests already."""

    open: int


@dataclass(frozen=True, slots=True)
class AskedBefore:
    """The same act is asked for already, perhaps by somebody else."""

    request: ReviewRequest


class Unconfirmed(Exception):
    """Raised within the transaction of an act that does not confirm its request, which is rolled back."""

    def __init__(self, outcome: NotConfirmed) -> None:
        super().__init__(outcome.why.value)
        self.outcome = outcome


class ReviewStore:
    """On a database; every method may raise StoreUnavailable. ``clock`` gives the time, aware."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def ask(self, request: ReviewRequest, card: Card) -> ReviewRequest | TooMany | AskedBefore:
        """Keep a new request and post its card. The same submission again is the request that it made first."""
        async with self._database.writing() as connection:
            await self._database.transaction_lock(connection, _LOCK)
            same = await _first(connection, review_requests.c.request_key == request.request_key)
            if same is not None:
                return same
            is_open = self._is_open()
            opened = await connection.execute(
                select(review_requests).where(
                    is_open,
                    review_requests.c.kind == request.kind.value,
                    review_requests.c.instance == request.instance,
                    review_requests.c.channel_id == request.channel_id,
                )
            )
            for before in [request_of(row._mapping) for row in opened]:
                # Whoever wants fewer of several asks for another act, though the earlier one could be confirmed so.
                if is_same_act(before, request, request.jobs) and set(before.jobs) == set(request.jobs):
                    return AskedBefore(before)
            mine = select(func.count()).select_from(review_requests)
            count = await connection.scalar(mine.where(is_open, review_requests.c.user_id == request.user_id))
            if count is not None and count >= OPEN_MOST:
                return TooMany(int(count))
            await connection.execute(insert(review_requests).values(_row(request)))
            post = _notification(request, card(request))
            await put(connection, [post], self._clock(), now_in(self._database, self._clock))
        return request

    async def find(self, id_: str) -> ReviewRequest | None:
        """A request as it is now; None also for one of which this version does not know the kind."""
        async with self._database.reading() as connection:
            return await _first(connection, review_requests.c.id == id_, is_known())

    async def end(self, id_: str, state: ReviewState, by: str | None, card: Card) -> bool:
        """Withdraw, discard or let expire an open request, say that ``by`` (None: jobbot, as planned) has done the same
        act, or of a confirmed one that its act was not begun.

        One that is untold has no card that could be changed.

        Whether it was this call that did it: it does nothing where the request is not open, or not due, or not any
        more.
        """
        now = self._clock()
        match state:
            case ReviewState.WITHDRAWN | ReviewState.DISCARDED:
                leaves = self._is_open()
            case ReviewState.EXPIRED:
                leaves = self._is_overdue()
            case ReviewState.NOT_BEGUN:
                leaves = _was_not_begun()
            case ReviewState.UNTOLD:
                leaves = and_(self._is_open(), _card_was_given_up())
            case ReviewState.DONE_ALREADY:
                leaves = and_(self._is_open(), exists().where(_does_the_same()))
            case _:
                raise ValueError(f"{state} is no such end")
        decided = {"decided_by": by, "decided_at": now} if state is not ReviewState.NOT_BEGUN else {}
        async with self._database.writing() as connection:
            change = update(review_requests).where(review_requests.c.id == id_, leaves)
            row = (
                await connection.execute(change.values(state=state.value, **decided).returning(review_requests))
            ).first()
            if row is None:
                return False
            if state is not ReviewState.UNTOLD:
                await _edit(connection, self._database, self._clock, request_of(row._mapping), card)
        return True

    async def due(self) -> list[tuple[ReviewRequest, ReviewState, ActState | None]]:
        """The requests that have to be ended by themselves: as what, and how the act ended that was not begun.

        One that is done already comes with who did it as ``decided_by``: None where jobbot did, as it was planned.
        """
        found: list[tuple[ReviewRequest, ReviewState, ActState | None]] = []
        not_begun = select(review_requests, acts.c.state.label("how")).join(acts, acts.c.id == review_requests.c.act)
        async with self._database.reading() as connection:
            overdue = await connection.execute(
                select(review_requests).where(self._is_overdue(), is_known()).limit(_AT_ONCE)
            )
            found += [(request_of(row._mapping), ReviewState.EXPIRED, None) for row in overdue]
            untold = await connection.execute(
                select(review_requests).where(self._is_open(), _card_was_given_up(), is_known()).limit(_AT_ONCE)
            )
            found += [(request_of(row._mapping), ReviewState.UNTOLD, None) for row in untold]
            # What was planned has the name of whoever planned it, who did not do it.
            did = case((acts.c.planned_for.is_(None), acts.c.user_id)).label("did")
            done = await connection.execute(
                select(review_requests, did)
                .join(acts, _does_the_same())
                .where(self._is_open(), is_known())
                .limit(_AT_ONCE)
            )
            found += [
                (replace(request_of(row._mapping), decided_by=row.did), ReviewState.DONE_ALREADY, None) for row in done
            ]
            lost = await connection.execute(not_begun.where(_was_not_begun(), is_known()).limit(_AT_ONCE))
            found += [(request_of(row._mapping), ReviewState.NOT_BEGUN, ActState(row.how)) for row in lost]
        return found

    def _is_open(self) -> ColumnElement[bool]:
        now = now_in(self._database, self._clock)
        return and_(review_requests.c.state == ReviewState.OPEN.value, review_requests.c.expires_at > now)

    def _is_overdue(self) -> ColumnElement[bool]:
        now = now_in(self._database, self._clock)
        return and_(review_requests.c.state == ReviewState.OPEN.value, review_requests.c.expires_at <= now)


async def confirm(
    connection: AsyncConnection,
    database: Database,
    clock: Callable[[], datetime],
    act: ActRequest,
    *,
    act_id: str,
    jobs: Sequence[int],
    card: Card,
) -> ReviewRequest:
    """Confirm the request that ``act`` is for, in the transaction that records the act. Raises Unconfirmed."""
    request = await _first(connection, review_requests.c.id == act.review, is_known())
    if request is None:
        raise Unconfirmed(NotConfirmed(Unconfirmable.UNKNOWN, None))
    if (why := refuse_confirmation(request, act, jobs)) is not None:
        raise Unconfirmed(NotConfirmed(why, request))
    confirmed = {"state": ReviewState.CONFIRMED.value, "decided_by": act.user_id, "decided_at": clock(), "act": act_id}
    change = update(review_requests).where(
        review_requests.c.id == request.id,
        review_requests.c.state == ReviewState.OPEN.value,
        review_requests.c.expires_at > now_in(database, clock),
    )
    row = (await connection.execute(change.values(confirmed).returning(review_requests))).first()
    if row is None:
        # Of two transactions at once the second reads how the first has left it.
        now = await _first(connection, review_requests.c.id == request.id)
        raise Unconfirmed(NotConfirmed(Unconfirmable.OVER, now))
    found = request_of(row._mapping)
    await _edit(connection, database, clock, found, card)
    return found


def _was_not_begun() -> ColumnElement[bool]:
    """Asked of the act by its id: the ledger is long, and this is asked every few seconds."""
    ended = acts.alias("ended")
    states = sorted(state.value for state in NOT_BEGUN)
    return and_(
        review_requests.c.state == ReviewState.CONFIRMED.value,
        exists().where(ended.c.id == review_requests.c.act, ended.c.state.in_(states)),
    )


def _does_the_same() -> ColumnElement[bool]:
    """The act was done since the window was opened in which it was asked for, and not by confirming the request.

    From then on it makes second whoever confirms the request (``Course.was_done_by``). Not a pause: its end, which is
    in its details among what the pause itself has written there, may be another one than was asked for.
    """
    asked = review_requests.c
    return and_(
        acts.c.instance == asked.instance,
        acts.c.subject == asked.subject,
        acts.c.kind == asked.kind,
        acts.c.kind != Kind.PAUSE.value,
        acts.c.state == ActState.DONE.value,
        acts.c.closed_at >= asked.opened_at,
    )


def _card_was_given_up() -> ColumnElement[bool]:
    """The channel is closed to jobbot, or does not see what the card tells of."""
    return exists().where(outbox.c.id == review_requests.c.id, outbox.c.failed.is_not(None))


def is_known() -> ColumnElement[bool]:
    """Of a kind and in a state of this version: the others are left to the version that wrote them."""
    columns = review_requests.c
    return and_(columns.kind.in_(sorted(Kind)), columns.state.in_(sorted(ReviewState)))


async def _first(connection: AsyncConnection, *conditions: ColumnElement[bool]) -> ReviewRequest | None:
    row = (await connection.execute(select(review_requests).where(*conditions).limit(1))).first()
    return None if row is None else request_of(row._mapping)


async def _edit(
    connection: AsyncConnection, database: Database, clock: Callable[[], datetime], request: ReviewRequest, card: Card
) -> None:
    edit = replace(
        _notification(request, card(request)),
        id=uuid4().hex,
        key=f"review {request.id} {request.state.value}",
        under=request.id,
        edits=True,
    )
    # What was not posted in time calls nobody to what is over.
    if not await rewrite_unposted(connection, edit, now_in(database, clock)):
        await put(connection, [edit], clock(), now_in(database, clock))


def _notification(request: ReviewRequest, message: str) -> Notification:
    return Notification(
        id=request.id,
        key=f"review {request.id}",
        need="view",
        instance=request.instance,
        channel_id=request.channel_id,
        message=message,
        workspaces=request.workspaces,
    )


def _row(request: ReviewRequest) -> dict[str, Any]:
    """Its columns. Any: each has its column's type."""
    plain = {name: getattr(request, name) for name in _NAMES}
    return plain | {
        "kind": request.kind.value,
        "state": request.state.value,
        "jobs": " ".join(map(str, request.jobs)),
        "workspaces": written_workspaces(request.workspaces),
    }


def request_of(row: Mapping[Any, Any]) -> ReviewRequest:
    """A row's columns as a request. Any: the row's values have the columns' types."""
    given = {name: row[name] for name in _NAMES if name not in ("kind", "state")}
    return ReviewRequest(
        **given,
        kind=Kind(row["kind"]),
        state=ReviewState(row["state"]),
        jobs=tuple(map(int, row["jobs"].split())),
        workspaces=read_workspaces(row["workspaces"]),
    )
