"""Stores watches and live cards: begins, lists and ends them, with the reason; lists what is followed."""

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, Table, Update, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import alert_groups, alerts, cards, outbox, snoozes, watches
from jobbot.store.following.alert_messages import people_on
from jobbot.store.following.alerts import AlertStore, read_alert
from jobbot.store.following.model import AlertGroup, Interest, LiveCard, Watch
from jobbot.store.following.open_rows import all_open, change_open, rows_of
from jobbot.store.following.snoozes import read_snoozes

_WATCH = tuple(one.name for one in fields(Watch))
_CARD = tuple(one.name for one in fields(LiveCard))
_GROUP = tuple(one.name for one in fields(AlertGroup))


class WatchStore:
    """Watches and cards in the database, and what is followed at all; ``alerts`` switches alerts.

    Every method may raise StoreUnavailable; ``clock``: aware time.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self.alerts = AlertStore(database, clock)

    async def watch(
        self,
        *,
        instance: str,
        job: int,
        name: str,
        channel_id: str,
        thread_ts: str | None,
        user_id: str,
        workspace: int | None = None,
    ) -> bool:
        """Begin a watch. False where this person has one in this place already."""
        row = {
            "id": uuid4().hex,
            "instance": instance,
            "job": job,
            "name": name,
            "channel_id": channel_id,
            "thread_ts": thread_ts or "",
            "user_id": user_id,
            "workspace": workspace,
            "created_at": self._clock(),
            "end_reason": "",
        }
        return await self._add(watches, row)

    async def unwatch(self, *, instance: str, job: int, channel_id: str, user_id: str) -> int:
        """End this person's watches of a job in a channel, its threads included: how many there were."""
        ours = change_open(watches).where(
            watches.c.instance == instance,
            watches.c.job == job,
            watches.c.channel_id == channel_id,
            watches.c.user_id == user_id,
        )
        return await self._end(ours, "taken back")

    async def keep_live(self, card: LiveCard) -> None:
        """Follow a card from now on, or again where its message was one before.

        It keeps its first owner, and its age while it is still live.
        """
        row = {name: getattr(card, name) for name in _CARD} | {"end_reason": ""}
        same = update(cards).where(cards.c.channel_id == card.channel_id, cards.c.message_ts == card.message_ts)
        drawn = {"drawn": card.drawn, "shown": card.shown, "next_edit_at": card.next_edit_at}
        born = case((cards.c.ended_at.is_(None), cards.c.created_at), else_=card.created_at)
        async with self._database.writing() as connection:
            again = same.values(**drawn, created_at=born, ended_at=None, end_reason="")
            if (await connection.execute(again)).rowcount:
                return
        await self._add(cards, row)

    async def end_channel(self, channel_id: str, reason: str, *, only: str = "", instance: str = "") -> None:
        """End what is followed in a channel that can have no more notifications, and give up those that are owed to it.

        ``only``: end only what rests on this permission (watch, alerts, view), empty for all; ``instance``: only what
        is of this instance, empty for all.
        """
        tables = {"watch": watches, "alerts": alerts, "view": cards}
        now = self._clock()
        async with self._database.writing() as connection:
            for need, table in tables.items():
                if only in ("", need):
                    change = change_open(table).where(table.c.channel_id == channel_id)
                    if instance:
                        change = change.where(table.c.instance == instance)
                    await connection.execute(change.values(ended_at=now, end_reason=reason[:200]))
            owed = update(outbox).where(
                outbox.c.channel_id == channel_id, outbox.c.sent_at.is_(None), outbox.c.failed.is_(None)
            )
            if only:
                owed = owed.where(outbox.c.need == only)
            if instance:
                owed = owed.where(outbox.c.instance == instance)
            gone = (await connection.execute(owed.values(failed=reason[:200]).returning(outbox.c.id))).scalars().all()
            not_told = update(watches).where(watches.c.notification.in_(gone))
            await connection.execute(not_told.values(end_reason=f"not told: {reason}"[:200]))

    async def end_card(self, channel_id: str, message_ts: str, reason: str) -> None:
        """End a card whose message is gone or takes no edit. Watches in its thread go on."""
        card = change_open(cards).where(cards.c.channel_id == channel_id, cards.c.message_ts == message_ts)
        await self._end(card, reason)

    async def of_channel(self, channel_id: str, instance: str | None = None) -> Interest:
        """What is open in a channel."""

        def here(table: Table) -> Select[Any]:
            query = all_open(table).where(table.c.channel_id == channel_id)
            return query if instance is None else query.where(table.c.instance == instance)

        async with self._database.reading() as connection:
            quiet = await read_snoozes(connection, self._clock(), snoozes.c.channel_id == channel_id)
            return Interest(
                watches=[_watch(row) for row in await rows_of(connection, here(watches))],
                alerts=[read_alert(row, quiet) for row in await rows_of(connection, here(alerts))],
            )

    async def open_alerts(self, channel_id: str, instance: str) -> list[tuple[AlertGroup, list[str]]]:
        """A channel's alert messages that tell of something that goes on, the oldest first, and who is on it."""
        query = select(alert_groups).where(alert_groups.c.is_open, alert_groups.c.channel_id == channel_id)
        query = query.where(alert_groups.c.instance == instance).order_by(alert_groups.c.opened_at)
        async with self._database.reading() as connection:
            rows = await rows_of(connection, query)
            people = await people_on(connection, [row.id for row in rows])
        return [(_group(row), people.get(row.id, [])) for row in rows]

    async def count(self) -> int:
        """How many watches are open, in all channels."""
        open_ = select(func.count()).select_from(watches).where(watches.c.ended_at.is_(None))
        async with self._database.reading() as connection:
            return int(await connection.scalar(open_) or 0)

    async def who_watches(self, instance: str, job: int, channel_id: str) -> list[Watch]:
        """The open watches of a job in a channel, the oldest first."""
        query = all_open(watches).where(
            watches.c.instance == instance, watches.c.job == job, watches.c.channel_id == channel_id
        )
        async with self._database.reading() as connection:
            return [_watch(row) for row in await rows_of(connection, query)]

    async def interest(self, instance: str, groups_since: datetime) -> Interest:
        """Everything open on an instance, and the alert groups that go on, or with news since ``groups_since``."""
        goes_on = or_(alert_groups.c.is_open, alert_groups.c.last_at >= groups_since)
        young = select(alert_groups).where(alert_groups.c.instance == instance, goes_on)
        async with self._database.reading() as connection:
            found = {
                table.name: await rows_of(connection, all_open(table).where(table.c.instance == instance))
                for table in (watches, cards, alerts)
            }
            recent = await rows_of(connection, young.order_by(alert_groups.c.opened_at)) if found["alerts"] else []
            own = snoozes.c.instance == instance
            quiet = await read_snoozes(connection, self._clock(), own) if found["alerts"] else {}
        return Interest(
            watches=[_watch(row) for row in found["watches"]],
            cards=[LiveCard(**{name: row._mapping[name] for name in _CARD}) for row in found["cards"]],
            alerts=[read_alert(row, quiet) for row in found["alerts"]],
            groups=[_group(row) for row in recent],
        )

    async def _add(self, table: Table, row: dict[str, Any]) -> bool:
        try:
            async with self._database.writing() as connection:
                await connection.execute(insert(table).values(row))
        except IntegrityError:
            return False
        return True

    async def _end(self, change: Update, reason: str) -> int:
        async with self._database.writing() as connection:
            done = await connection.execute(change.values(ended_at=self._clock(), end_reason=reason[:200]))
        return done.rowcount


def _group(row: Row[Any]) -> AlertGroup:
    return AlertGroup(**{name: row._mapping[name] for name in _GROUP})


def _watch(row: Row[Any]) -> Watch:
    given = {name: row._mapping[name] for name in _WATCH}
    return Watch(**{**given, "thread_ts": given["thread_ts"] or None})
