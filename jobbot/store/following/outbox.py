"""The outbox: notifications, written in one transaction with what they tell of, delivered by any live process.

A notification is leased to one process at a time, in order within what it is written to (a channel, a message), and no
faster than Slack takes its kind; both hold for all processes together, because they claim one after the other. The
order is the database's own, as their clocks may differ: what stands under a message was written after it.

Slack knows no idempotency key for a post (its own people say not to rely on ``client_msg_id``), and jobbot may not
read a channel's history. So a post is marked in a transaction of its own right before it leaves. A process that dies
between that mark and the one behind it - the time of one call - leaves a notification of which nobody knows whether it
was told: it is told again, and says so, because an ending that nobody hears of costs more than one heard twice. Edits
are idempotent and need no mark. Where it was told for certain the mark is removed; where not, it stays for good, so
that whatever edits that message later, or stands in its place, says so too.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    Subquery,
    Update,
    and_,
    bindparam,
    case,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.lease import NO_TIME, now_in
from jobbot.store.database.tables import alert_groups, lanes, outbox, watches
from jobbot.store.events import keep_ts
from jobbot.store.following.model import (
    PRESSED,
    ClaimedNotification,
    Notification,
    read_workspaces,
    written_workspaces,
)
from jobbot.store.following.offer_rows import keep_offers

POST_GAP = timedelta(seconds=1.1)
"""Slack takes about a message a second in a channel."""

EDIT_GAP = timedelta(seconds=1.3)
"""Slack takes 50 edits a minute, in all channels together; 46 leave room for what people press."""

MESSAGE_GAP = timedelta(seconds=3)
"""No message is edited more often than that, however late the edit before was taken."""

KEEP_NOTIFICATIONS = timedelta(days=8)
_LONG_AGO = timedelta(days=1)
_AT_ONCE = 500
_EDITS = "edits"
_LOCK = 7_236_552_018_534
"""Any number, the same in every jobbot: the lock around a claim."""

_NAMES = (
    *("id", "need", "instance", "channel_id", "message"),
    *("thread_ts", "message_ts", "under", "unless", "edits"),
)

_owed = and_(outbox.c.sent_at.is_(None), outbox.c.failed.is_(None))


Now = ColumnElement[datetime]


class LostNotification(Exception):
    """Another process has taken the notification over."""


async def put(
    connection: AsyncConnection,
    notifications: Iterable[Notification],
    now: datetime,
    lease_now: Now | None = None,
    *,
    due_at: datetime | None = None,
) -> None:
    """Add notifications in the transaction of what they tell of, in a few statements however many they are.

    A notification whose key is there already is not added again. An edit that waits is rewritten instead of followed by
    another: nobody wants to see how a job was. ``now`` is the time of this machine, ``lease_now`` that of leases, and
    they are delivered from ``due_at`` on; an edit that waits, and was not tried yet, from then on at the latest.
    """
    due_at = due_at or now
    own = _one_edit_a_message(notifications)
    edits = [notification for notification in own if notification.edits]
    rewritten = await rewrite(connection, edits, now, lease_now)
    if rewritten:
        waits = update(outbox).where(_owed, outbox.c.edits, outbox.c.target.in_(rewritten))
        later = waits.where(outbox.c.tries == 0, outbox.c.due_at > due_at)
        await connection.execute(later.values(due_at=due_at))
    free = {"owner": "", "fence": 0, "tries": 0, "refusals": 0}
    times = {"created_at": now, "due_at": due_at, "lease_until": now - _LONG_AGO}
    rows = [
        {name: getattr(notification, name) for name in _NAMES}
        | {"dedupe_key": notification.key[:300], "target": notification.target}
        | {"workspaces": written_workspaces(notification.workspaces)}
        | free
        | times
        for notification in own
        if not (notification.edits and notification.target in rewritten)
    ]
    if rows:
        new = insert_into(connection, outbox).on_conflict_do_nothing(index_elements=[outbox.c.dedupe_key])
        await connection.execute(new, rows)
    await keep_offers(connection, own, now)


def _one_edit_a_message(notifications: Iterable[Notification]) -> list[Notification]:
    """In their order, but of the edits of one message the first, with what the last one says."""
    kept: dict[str, Notification] = {}
    for notification in notifications:
        place = notification.target if notification.edits else notification.id
        before = kept.get(place, notification)
        kept[place] = replace(
            before, message=notification.message, workspaces=notification.workspaces, offers=notification.offers
        )
    return list(kept.values())


async def rewrite(
    connection: AsyncConnection, edits: Sequence[Notification], now: datetime, lease_now: Now | None = None
) -> set[str]:
    """Replace the content of edits that wait: the targets that had one. In one statement, as others claim meanwhile.

    Each is as old as what it says, and of that Slack has refused nothing yet. One that showed what people pressed is
    news from now on, where news replaces that.
    ``now`` and ``lease_now`` as for :func:`put`.
    """
    found: set[str] = set()
    for first in range(0, len(edits), _AT_ONCE):
        some = edits[first : first + _AT_ONCE]
        says = {notification.target: notification.message for notification in some}
        of = {notification.target: written_workspaces(notification.workspaces) for notification in some}
        news = [notification.target for notification in some if not notification.is_pressed]
        becomes_news = and_(outbox.c.target.in_(news), outbox.c.dedupe_key.startswith(f"{PRESSED}:"))
        waits = update(outbox).where(
            _owed,
            outbox.c.edits,
            outbox.c.target.in_(says),
            outbox.c.lease_until <= (now if lease_now is None else lease_now),
        )
        # The fence goes up: where a lease has ended, whoever had it may still be telling the words of before, and must
        # not have told these then.
        values = {
            "message": case(says, value=outbox.c.target),
            "workspaces": case(of, value=outbox.c.target),
            "created_at": now,
            "refusals": 0,
            "dedupe_key": case((becomes_news, "news:" + outbox.c.id), else_=outbox.c.dedupe_key),
            "fence": outbox.c.fence + 1,
        }
        change = waits.values(values).returning(outbox.c.target)
        found |= set((await connection.execute(change)).scalars())
    return found


async def rewrite_unposted(connection: AsyncConnection, edit: Notification, now: Now) -> bool:
    """Let a post that nobody has begun say what an edit of it says: whether it was so, and the edit is not needed."""
    waits = update(outbox).where(
        _owed, outbox.c.id == edit.under, outbox.c.posting_at.is_(None), outbox.c.lease_until <= now
    )
    says = {"message": edit.message, "workspaces": written_workspaces(edit.workspaces)}
    # The fence goes up for the same reason as in :func:`rewrite`.
    return (await connection.execute(waits.values(**says, fence=outbox.c.fence + 1))).rowcount == 1


class Outbox:
    """On a database; every method may raise StoreUnavailable, and all that change a notification LostNotification."""

    def __init__(self, database: Database, *, owner: str, clock: Callable[[], datetime], lease: timedelta) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._lease = lease

    async def claim(self, most: int = 10) -> list[ClaimedNotification]:
        """Claim at most ``most`` notifications that may be delivered now, until their lease ends."""
        async with self._database.reading() as connection:
            # What waits behind another notification, or for Slack's rates, is nothing to write for.
            if not await self._first_of_each(connection, self._clock()):
                return []
        async with self._database.writing() as connection:
            await self._database.transaction_lock(connection, _LOCK)
            now = self._clock()
            rows = await self._first_of_each(connection, now)
            chosen: dict[str, Row[Any]] = {}
            for row in rows:
                chosen.setdefault(_lane(edits=row.edits, channel_id=row.channel_id), row)
            taken = list(chosen.items())[:most]
            for lane, row in taken:
                await _occupy(connection, lane, now + (EDIT_GAP if row.edits else POST_GAP))
                change = update(outbox).where(outbox.c.id == row.id)
                await connection.execute(
                    change.values(
                        owner=self._owner,
                        lease_until=self._now(self._lease),
                        fence=outbox.c.fence + 1,
                        tries=outbox.c.tries + 1,
                    )
                )
        return [_claimed(row, now + self._lease) for _, row in taken]

    async def _first_of_each(self, connection: AsyncConnection, now: datetime) -> list[Row[Any]]:
        """Each target's first notification, where it is due, not leased, within Slack's rates, its root posted."""
        firsts, ranked = _firsts()
        query = firsts.where(ranked.c.lease_until <= self._now())
        return list((await connection.execute(query, {"now": now})).all())

    async def posting(self, one: ClaimedNotification) -> None:
        """Mark that a post is about to leave."""
        async with self._database.writing() as connection:
            await self._change(connection, one, posting_at=self._clock())

    async def sent(self, one: ClaimedNotification, ts: str | None) -> None:
        """Slack took it; ``ts`` is the message's."""
        now = self._clock()
        async with self._database.writing() as connection:
            target = await self._change(
                connection, one, sent_at=now, sent_ts=ts, message="", **_mark(one.maybe_delivered)
            )
            await connection.execute(_instead_of(one).values(sent_at=now, message=""))
            if one.notification.edits:
                await _occupy(connection, f"message:{target}", now + MESSAGE_GAP)

    async def postpone(
        self, one: ClaimedNotification, until: datetime, *, maybe_delivered: bool = False, counts: bool = False
    ) -> None:
        """Release it until then.

        ``maybe_delivered``: the try may have posted it; ``counts``: it is one of the few tries that Slack rejects
        or does not answer.
        """
        posting = _mark(maybe_delivered)
        counted = {"refusals": one.refusals + 1} if counts else {}
        async with self._database.writing() as connection:
            await self._change(connection, one, due_at=until, lease_until=self._at_once(), **posting, **counted)

    async def detach(self, one: ClaimedNotification, reason: str) -> None:
        """The thread it stands in takes it not: it is told in the channel, and the watch that it ends says why."""
        posting = _mark(one.maybe_delivered)
        async with self._database.writing() as connection:
            await self._change(
                connection,
                one,
                under=None,
                thread_ts=None,
                due_at=self._clock(),
                lease_until=self._at_once(),
                **posting,
            )
            await _tell_watches(connection, [one.notification.id], f"told in the channel: {reason}")

    async def post_anew(self, one: ClaimedNotification, reason: str) -> None:
        """An edit of another one's message, which is not there: what it says becomes that message, posted now.

        Later edits find it as they found the first one. Where that is forgotten, the edit is given up.
        """
        async with self._database.writing() as connection:
            await self._change(connection, one, failed=reason[:200], message="")
            now = self._clock()
            again = update(outbox).where(outbox.c.id == one.notification.under)
            await connection.execute(
                again.values(
                    message=one.notification.message,
                    workspaces=written_workspaces(one.notification.workspaces),
                    sent_at=None,
                    sent_ts=None,
                    failed=None,
                    created_at=now,
                    due_at=now,
                    lease_until=self._at_once(),
                    fence=outbox.c.fence + 1,
                    tries=0,
                    refusals=0,
                )
            )

    async def give_up(self, one: ClaimedNotification, reason: str, *, maybe_delivered: bool = False) -> None:
        """Give it up: the watch that it ends notes why. What was to be told instead is told now, unless this one may
        have been told."""
        async with self._database.writing() as connection:
            posting = _mark(maybe_delivered or one.maybe_delivered)
            await self._change(connection, one, failed=reason[:200], message="", **posting)
            gone = [one.notification.id]
            if maybe_delivered or one.maybe_delivered:
                drops = _instead_of(one).values(failed=reason[:200], message="").returning(outbox.c.id)
                gone += (await connection.execute(drops)).scalars()
            await _tell_watches(connection, gone, f"{'perhaps' if maybe_delivered else 'not'} told: {reason}")

    async def count(self) -> int:
        """How many notifications are still to be delivered."""
        async with self._database.reading() as connection:
            return int(await connection.scalar(select(func.count()).select_from(outbox).where(_owed)) or 0)

    async def forget_old(self) -> None:
        """Delete notifications that were delivered or given up more than ``KEEP_NOTIFICATIONS`` ago.

        Those stay that posted what is still edited.
        """
        before = self._clock() - KEEP_NOTIFICATIONS
        old = and_(outbox.c.created_at < before, outbox.c.id.not_in(open_groups(before)))
        over = and_(old, or_(outbox.c.sent_at.is_not(None), outbox.c.failed.is_not(None)))
        async with self._database.writing() as connection:
            await keep_ts(connection, select(outbox.c.id).where(over, outbox.c.sent_ts.is_not(None)))
            await connection.execute(delete(outbox).where(over))
            await connection.execute(delete(lanes).where(lanes.c.free_at < self._clock() - timedelta(hours=1)))

    async def _change(self, connection: AsyncConnection, one: ClaimedNotification, **values: object) -> str:
        """Change a notification that is still ours: its target. Raises LostNotification."""
        ours = update(outbox).where(
            _owed, outbox.c.id == one.notification.id, outbox.c.owner == self._owner, outbox.c.fence == one.fence
        )
        target = (await connection.execute(ours.values(**values).returning(outbox.c.target))).scalar_one_or_none()
        if target is None:
            raise LostNotification(one.notification.id)
        return str(target)

    def _at_once(self) -> Now:
        """A lease's end in the past: any process may claim it at once."""
        return self._now(-timedelta(milliseconds=1))

    def _now(self, plus: timedelta = NO_TIME) -> Now:
        """The clock of leases; due times are in each process's own clock."""
        return now_in(self._database, self._clock, plus)


@cache
def _firsts() -> tuple[Select[Any], Subquery]:
    """Each target's first notification, but for the leases; ``:now`` is a parameter.

    Made once: SQLAlchemy takes milliseconds to put it together, and the dispatcher asks it every second.
    """
    place = func.row_number().over(partition_by=outbox.c.target, order_by=outbox.c.number)
    ranked = select(outbox, place.label("place")).where(_owed).subquery()
    root = outbox.alias("root")
    lane = lanes.alias("lane")
    now = bindparam("now", type_=outbox.c.due_at.type)
    of_kind = or_(
        and_(ranked.c.edits, or_(lane.c.lane == _EDITS, lane.c.lane == "message:" + ranked.c.target)),
        and_(~ranked.c.edits, lane.c.lane == "post:" + ranked.c.channel_id),
    )
    firsts = (
        select(ranked, root.c.sent_ts.label("root_ts"), root.c.posting_at.label("root_posting_at"))
        .select_from(
            ranked.outerjoin(root, root.c.id == ranked.c.under).outerjoin(lane, and_(of_kind, lane.c.free_at > now))
        )
        .where(ranked.c.place == 1, ranked.c.due_at <= now, lane.c.lane.is_(None))
        .where(
            or_(ranked.c.under.is_(None), root.c.id.is_(None), root.c.sent_at.is_not(None), root.c.failed.is_not(None))
        )
        .order_by(ranked.c.number)
        .limit(200)
    )
    return firsts, ranked


async def _tell_watches(connection: AsyncConnection, notifications: Sequence[str], reason: str) -> None:
    theirs = update(watches).where(watches.c.notification.in_(notifications))
    await connection.execute(theirs.values(end_reason=reason[:200]))


def open_groups(since: datetime) -> Select[tuple[str]]:
    """The ids of alert messages that tell of something that goes on, with news since then."""
    return select(alert_groups.c.id).where(alert_groups.c.is_open, alert_groups.c.last_at >= since)


def _instead_of(one: ClaimedNotification) -> Update:
    """Of what is told only where this one is not."""
    return update(outbox).where(_owed, outbox.c.unless == one.notification.id)


def _mark(maybe_delivered: bool) -> dict[str, object]:
    """Of a post that left: kept while nobody knows whether Slack took it."""
    return {} if maybe_delivered else {"posting_at": None}


def _lane(*, edits: bool, channel_id: str) -> str:
    return _EDITS if edits else f"post:{channel_id}"


async def _occupy(connection: AsyncConnection, lane: str, until: datetime) -> None:
    change = update(lanes).where(lanes.c.lane == lane).values(free_at=until)
    if (await connection.execute(change)).rowcount == 0:
        await connection.execute(insert(lanes).values(lane=lane, free_at=until))


def _claimed(row: Row[Any], lease_until: datetime) -> ClaimedNotification:
    """The claim; under another notification, with the ts of that one's message."""
    given = {name: getattr(row, name) for name in _NAMES} | {"key": row.dedupe_key}
    given["workspaces"] = read_workspaces(row.workspaces)
    if row.under is not None:
        given["message_ts" if row.edits else "thread_ts"] = row.root_ts or (None if row.edits else row.thread_ts)
    return ClaimedNotification(
        notification=Notification(**given),
        fence=row.fence + 1,
        lease_until=lease_until,
        created_at=row.created_at,
        tries=row.tries + 1,
        refusals=row.refusals,
        maybe_delivered=row.posting_at is not None,
        root_maybe_delivered=row.root_posting_at is not None,
    )
