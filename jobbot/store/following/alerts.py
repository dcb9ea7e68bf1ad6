"""Stores alerts: switches them on and off, and snoozes them."""

from collections.abc import Callable, Mapping
from dataclasses import fields, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Update, insert, update

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import alerts, snoozes
from jobbot.store.following.model import Alert, Snooze
from jobbot.store.following.open_rows import all_open, change_open, rows_of
from jobbot.store.following.snoozes import Place, read_snoozes, snooze_datastreams, wake_datastreams, wake_uncovered

_ALERT = tuple(one.name for one in fields(Alert) if one.name != "snoozes")
ALERTS_LOCK = 7_236_552_018_535
"""The advisory lock around switching alerts on and around a round's commit; any number, the same in every jobbot."""


class AlertStore:
    """Alerts in the database. Every method may raise StoreUnavailable; ``clock``: aware time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

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
        same = change_open(alerts).where(
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
            before = [read_alert(row, {}) for row in (await connection.execute(ends)).all()]
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
                before = read_alert(row, {})
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
            here = all_open(alerts).where(alerts.c.channel_id == channel_id, alerts.c.datastream.in_([0, datastream]))
            if instance is not None:
                here = here.where(alerts.c.instance == instance)
            rows = await rows_of(connection, here)
            for name in sorted({row.instance for row in rows}):
                await snooze_datastreams(
                    connection, (name, channel_id), [datastream], self._clock(), until=until, by=by
                )
        return len(rows)


def _alerts_of(channel_id: str, instance: str | None, datastream: int | None, workspace: int | None) -> Update:
    change = change_open(alerts).where(alerts.c.channel_id == channel_id)
    if instance is not None:
        change = change.where(alerts.c.instance == instance)
    if workspace is not None:
        change = change.where(alerts.c.workspace == workspace)
    return change if datastream is None else change.where(alerts.c.datastream == datastream)


def _snooze_of(alert: Alert) -> Snooze:
    assert alert.snoozed_until is not None  # noqa: S101 - narrows for the type checker
    return Snooze(datastream=alert.datastream, until=alert.snoozed_until, user_id=alert.snoozed_by)


def read_alert(row: Row[Any], quiet: Mapping[Place, tuple[Snooze, ...]]) -> Alert:
    """From a row; ``quiet`` are the snoozes of datastreams, by instance and channel."""
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
