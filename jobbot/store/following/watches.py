"""Stores watches, live cards and alerts: begins, lists and ends them, with the reason."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, Select, Table, Update, case, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import alert_groups, alerts, cards, outbox, snoozes, watches
from jobbot.store.following.model import Alert, AlertGroup, Interest, LiveCard, Snooze, Watch
from jobbot.store.following.snoozes import (
    Place,
    read_snoozes,
    snooze_datastreams,
    wake_datastreams,
    wake_uncovered,
)

_WATCH = tuple(one.name for one in fields(Watch))
_CARD = tuple(one.name for one in fields(LiveCard))
_ALERT = tuple(one.name for one in fields(Alert) if one.name != "snoozes")
_GROUP = tuple(one.name for one in fields(AlertGroup))
ALERTS_LOCK = 7_236_552_018_535
"""The advisory lock around switching alerts on and around a round's commit; any number, the same in every jobbot."""


class WatchStore:
    """Watches, cards and alerts in the database. Every method may raise StoreUnavailable; ``clock``: aware time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

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
        ours = _open(watches).where(
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

    async def switch_on(self, alert: Alert) -> tuple[Alert, list[Snooze], bool]:
        """Begin an alert; it replaces the channel's earlier one for the same datastream and workspace.

        Answers it, and the snoozes that this has ended: that of the earlier one, and that of its datastream. Those of
        other datastreams go on. Last, whether the same was on already: then it stays as somebody else has left it.

        The earlier one's time holds on: what ended since then and was not told yet is news still. Otherwise its time is
        that of this transaction: rounds that were written before it have not asked it. Its states stay where only
        signs are asked for now, and its signs where only states are, and so does the user group that it mentions where
        none is asked for now: nothing goes off that nobody has switched off. Who switched on what was on before stays
        the same.
        """
        same = _open(alerts).where(
            alerts.c.instance == alert.instance,
            alerts.c.channel_id == alert.channel_id,
            alerts.c.datastream == (alert.datastream or 0),
            alerts.c.workspace == (alert.workspace or 0),
        )
        ends = same.values(ended_at=self._clock(), end_reason="replaced").returning(alerts)
        own = [alert.datastream] if alert.datastream is not None else []
        async with self._database.writing() as connection:
            # Of two at once, on an alert that was not there, neither would see the other's.
            await self._database.transaction_lock(connection, ALERTS_LOCK)
            now = self._clock()
            before = [_alert(row, {}) for row in (await connection.execute(ends)).all()]
            calling = next((one for one in [alert, *before] if one.usergroup), alert)
            earlier = {part: one.who(part) for one in before for part in one.states | one.signs}
            now_on = replace(
                alert,
                switched_on_by=dict.fromkeys(alert.states | alert.signs, alert.user_id) | earlier,
                since=min([max(alert.since, now), *(one.since for one in before)]),
                states=alert.states or frozenset().union(*(one.states for one in before)),
                signs=alert.signs or frozenset().union(*(one.signs for one in before)),
                usergroup=calling.usergroup,
                usergroup_name=calling.usergroup_name,
            )
            same_one = [one for one in before if _asks_for(one) == _asks_for(now_on)]
            if same_one:
                now_on = replace(now_on, user_id=same_one[0].user_id)
            await connection.execute(insert(alerts).values(_row_of(now_on)))
            ended = await wake_datastreams(connection, alert.channel_id, now, instance=alert.instance, datastreams=own)
            here = snoozes.c.channel_id == alert.channel_id
            lasting = await read_snoozes(connection, now, here)
        whole = [_snooze_of(one) for one in before if one.snoozed_until is not None and one.snoozed_until > now]
        place = (alert.instance, alert.channel_id)
        return replace(now_on, snoozes=lasting.get(place, ())), [*whole, *ended], bool(same_one)

    async def switch_off(
        self,
        *,
        instance: str | None,
        channel_id: str,
        datastream: int | None,
        workspace: int | None = None,
        states: frozenset[str] = frozenset(),
        signs: frozenset[str] = frozenset(),
        by: str,
    ) -> tuple[int, list[Alert]]:
        """End a channel's alerts, all of them or those of a datastream or a workspace.

        With ``states`` or ``signs`` an alert only stops telling of these, and ends where nothing else is left of it.
        Snoozes of datastreams that no alert is left for end too. Answers how many have ended, and those that tell of
        less than before.
        """
        change = _alerts_of(channel_id, instance, datastream, workspace)
        ends = change.values(ended_at=self._clock(), end_reason=f"switched off by {by}"[:200])
        ended, changed = 0, []
        async with self._database.writing() as connection:
            await self._database.transaction_lock(connection, ALERTS_LOCK)
            whole = not states and not signs
            if whole:
                ended = (await connection.execute(ends)).rowcount
            # Nothing is changed by this: the rows are read and locked.
            parts = change.values(end_reason="").returning(alerts)
            for row in [] if whole else (await connection.execute(parts)).all():
                before = _alert(row, {})
                left = replace(before, states=before.states - states, signs=before.signs - signs)
                if left == before:
                    continue
                if left.states or left.signs:
                    await connection.execute(update(alerts).where(alerts.c.id == left.id).values(_told_of(left)))
                    changed.append(left)
                else:
                    ended += (await connection.execute(ends.where(alerts.c.id == left.id))).rowcount
            if ended:
                await wake_uncovered(connection, channel_id)
        return ended, changed

    async def snooze(
        self,
        *,
        instance: str | None,
        channel_id: str,
        datastream: int | None,
        workspace: int | None = None,
        until: datetime | None,
        by: str,
    ) -> int:
        """Snooze a channel's alerts until then, or what they tell of one datastream: how many alerts there are.

        ``until`` None, of a datastream alone: until it succeeds again.
        """
        if until is None and datastream is None:
            raise ValueError("until what is fixed is not said")
        async with self._database.writing() as connection:
            if datastream is None:
                change = _alerts_of(channel_id, instance, None, workspace)
                return (await connection.execute(change.values(snoozed_until=until, snoozed_by=by))).rowcount
            here = _all(alerts).where(alerts.c.channel_id == channel_id, alerts.c.datastream.in_([0, datastream]))
            if instance is not None:
                here = here.where(alerts.c.instance == instance)
            rows = await _rows(connection, here)
            for name in sorted({row.instance for row in rows}):
                await snooze_datastreams(
                    connection, (name, channel_id), [datastream], self._clock(), until=until, by=by
                )
        return len(rows)

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
                    change = _open(table).where(table.c.channel_id == channel_id)
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
        card = _open(cards).where(cards.c.channel_id == channel_id, cards.c.message_ts == message_ts)
        await self._end(card, reason)

    async def of_channel(self, channel_id: str, instance: str | None = None) -> Interest:
        """What is open in a channel."""

        def here(table: Table) -> Select[Any]:
            query = _all(table).where(table.c.channel_id == channel_id)
            return query if instance is None else query.where(table.c.instance == instance)

        async with self._database.reading() as connection:
            quiet = await read_snoozes(connection, self._clock(), snoozes.c.channel_id == channel_id)
            return Interest(
                watches=[_watch(row) for row in await _rows(connection, here(watches).order_by(watches.c.created_at))],
                alerts=[_alert(row, quiet) for row in await _rows(connection, here(alerts).order_by(alerts.c.since))],
            )

    async def count(self) -> int:
        """How many watches are open, in all channels."""
        open_ = select(func.count()).select_from(watches).where(watches.c.ended_at.is_(None))
        async with self._database.reading() as connection:
            return int(await connection.scalar(open_) or 0)

    async def who_watches(self, instance: str, job: int, channel_id: str) -> list[Watch]:
        """The open watches of a job in a channel, the oldest first."""
        query = _all(watches).where(
            watches.c.instance == instance, watches.c.job == job, watches.c.channel_id == channel_id
        )
        async with self._database.reading() as connection:
            return [_watch(row) for row in await _rows(connection, query.order_by(watches.c.created_at))]

    async def interest(self, instance: str, groups_since: datetime) -> Interest:
        """Everything open on an instance, and the alert groups that go on, or with news since ``groups_since``."""
        goes_on = or_(alert_groups.c.is_open, alert_groups.c.last_at >= groups_since)
        young = select(alert_groups).where(alert_groups.c.instance == instance, goes_on)
        async with self._database.reading() as connection:
            found = {
                table.name: await _rows(connection, _all(table).where(table.c.instance == instance))
                for table in (watches, cards, alerts)
            }
            recent = await _rows(connection, young.order_by(alert_groups.c.opened_at)) if found["alerts"] else []
            own = snoozes.c.instance == instance
            quiet = await read_snoozes(connection, self._clock(), own) if found["alerts"] else {}
        return Interest(
            watches=[_watch(row) for row in found["watches"]],
            cards=[LiveCard(**{name: row._mapping[name] for name in _CARD}) for row in found["cards"]],
            alerts=[_alert(row, quiet) for row in found["alerts"]],
            groups=[AlertGroup(**{name: row._mapping[name] for name in _GROUP}) for row in recent],
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


def _all(table: Table) -> Select[Any]:
    """What is open, the oldest first: PostgreSQL keeps no order of its own. Any: SQLAlchemy's row type of a table."""
    born = table.c.since if "since" in table.c else table.c.created_at
    return select(table).where(table.c.ended_at.is_(None)).order_by(born, table.c.id)


def _open(table: Table) -> Update:
    return update(table).where(table.c.ended_at.is_(None))


def _alerts_of(channel_id: str, instance: str | None, datastream: int | None, workspace: int | None) -> Update:
    change = _open(alerts).where(alerts.c.channel_id == channel_id)
    if instance is not None:
        change = change.where(alerts.c.instance == instance)
    if workspace is not None:
        change = change.where(alerts.c.workspace == workspace)
    return change if datastream is None else change.where(alerts.c.datastream == datastream)


async def _rows(connection: AsyncConnection, query: Select[Any]) -> list[Row[Any]]:
    return list((await connection.execute(query)).all())


def _watch(row: Row[Any]) -> Watch:
    given = {name: row._mapping[name] for name in _WATCH}
    return Watch(**{**given, "thread_ts": given["thread_ts"] or None})


def _snooze_of(alert: Alert) -> Snooze:
    assert alert.snoozed_until is not None  # noqa: S101 - narrows for the type checker
    return Snooze(datastream=alert.datastream, until=alert.snoozed_until, user_id=alert.snoozed_by)


def _alert(row: Row[Any], quiet: Mapping[Place, tuple[Snooze, ...]]) -> Alert:
    given = {name: row._mapping[name] for name in _ALERT}
    told_of = {name: frozenset(one for one in given[name].split(",") if one) for name in ("states", "signs")}
    narrowed = {name: given[name] or None for name in ("datastream", "workspace")}
    people = dict(one.split("=") for one in given["switched_on_by"].split(",") if one)
    return Alert(
        **{**given, **narrowed, **told_of, "switched_on_by": people},
        snoozes=quiet.get((row.instance, row.channel_id), ()),
    )


def _asks_for(alert: Alert) -> tuple[frozenset[str], frozenset[str], str]:
    """What somebody asks for who switches alerts on, beside where."""
    return alert.states, alert.signs, alert.usergroup


def _told_of(alert: Alert) -> dict[str, str]:
    people = [f"{part}={alert.who(part)}" for part in sorted(alert.states | alert.signs)]
    told_of = {name: ",".join(sorted(getattr(alert, name))) for name in ("states", "signs")}
    return told_of | {"switched_on_by": ",".join(people)}


def _row_of(alert: Alert) -> dict[str, Any]:
    narrowed = {"datastream": alert.datastream or 0, "workspace": alert.workspace or 0}
    given = {name: getattr(alert, name) for name in _ALERT}
    return given | narrowed | {"end_reason": ""} | _told_of(alert)
