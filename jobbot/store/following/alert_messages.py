"""Stores what people press on alert messages: who is on it, and what is silenced.

A press and the edit that shows it are one transaction. The edit goes through the outbox like every other of the same
message, and what people pressed is read when it is sent: so whichever edit comes last shows all of it.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import and_, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.access.policy import Need
from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.tables import alert_messages, on_it, snoozes
from jobbot.store.following.model import PRESSED, AlertMessage, Notification, read_workspaces, written_workspaces
from jobbot.store.following.outbox import open_groups, put
from jobbot.store.following.snoozes import forget_snoozes, read_snoozes, snooze_datastreams, wake_datastreams

KEEP = timedelta(days=8)
"""How long a message's buttons work."""

DRAWN_AGAIN = timedelta(seconds=5)
"""The edit of a press comes so long after it: a response URL has drawn it by then, and the edit has the last word."""


async def keep_alert_messages(connection: AsyncConnection, messages: Sequence[AlertMessage], now: datetime) -> None:
    """In the transaction in which they are posted or edited."""
    rows = [
        {"id": one.id, "instance": one.instance, "channel_id": one.channel_id, "message": one.message}
        | {"datastreams": " ".join(map(str, one.datastreams)), "workspaces": written_workspaces(one.workspaces)}
        | {"created_at": now}
        for one in messages
    ]
    if rows:
        new = insert_into(connection, alert_messages)
        again = {name: new.excluded[name] for name in ("message", "datastreams", "workspaces")}
        await connection.execute(new.on_conflict_do_update(index_elements=[alert_messages.c.id], set_=again), rows)


async def people_on(connection: AsyncConnection, messages: Collection[str]) -> dict[str, list[str]]:
    """By the ids of messages who has said there that they are on it, the first one first."""
    if not messages:
        return {}
    query = select(on_it).where(on_it.c.alert_message.in_(messages)).order_by(on_it.c.at, on_it.c.user_id)
    found: dict[str, list[str]] = {}
    for row in await connection.execute(query):
        found.setdefault(row.alert_message, []).append(row.user_id)
    return found


class AlertMessageStore:
    """On a database; every method may raise StoreUnavailable. ``clock``: aware time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def read(self, id_: str) -> AlertMessage | None:
        """A message with what people pressed on it; None where there is none of this id (any more)."""
        async with self._database.reading() as connection:
            return await _read(connection, id_, self._clock())

    async def put_on_it(self, message: AlertMessage, user_id: str, *, edits: bool) -> AlertMessage:
        """Put down that this person is on it; nothing changes where they are already.

        ``edits``, here and below: an edit is added that shows it.
        """
        now = self._clock()
        async with self._database.writing() as connection:
            new = insert_into(connection, on_it).on_conflict_do_nothing()
            await connection.execute(new, [{"alert_message": message.id, "user_id": user_id, "at": now}])
            return await self._edited(connection, message, now, edits=edits)

    async def take_off(self, message: AlertMessage, user_id: str, *, edits: bool) -> AlertMessage | None:
        """Take that back; None where they were not."""
        own = delete(on_it).where(on_it.c.alert_message == message.id, on_it.c.user_id == user_id)
        async with self._database.writing() as connection:
            if (await connection.execute(own)).rowcount == 0:
                return None
            return await self._edited(connection, message, self._clock(), edits=edits)

    async def snooze(self, message: AlertMessage, user_id: str, until: datetime, *, edits: bool) -> AlertMessage:
        """Silence the alerts of the message's datastreams in its channel."""
        place = (message.instance, message.channel_id)
        async with self._database.writing() as connection:
            await snooze_datastreams(connection, place, message.datastreams, self._clock(), until=until, by=user_id)
            return await self._edited(connection, message, self._clock(), edits=edits)

    async def wake(self, message: AlertMessage, *, edits: bool) -> AlertMessage:
        """End that."""
        now = self._clock()
        async with self._database.writing() as connection:
            await wake_datastreams(
                connection, message.channel_id, now, instance=message.instance, datastreams=message.datastreams
            )
            return await self._edited(connection, message, now, edits=edits)

    async def forget_old(self) -> None:
        """Delete messages older than ``KEEP`` that tell of nothing that goes on, and snoozes that are over."""
        now = self._clock()
        before = now - KEEP
        old = and_(alert_messages.c.created_at < before, alert_messages.c.id.not_in(open_groups(before)))
        async with self._database.writing() as connection:
            gone = select(alert_messages.c.id).where(old)
            await connection.execute(delete(on_it).where(on_it.c.alert_message.in_(gone)))
            await connection.execute(delete(alert_messages).where(old))
            await forget_snoozes(connection, now)

    async def who_is_on_it(self, messages: Collection[str]) -> dict[str, list[str]]:
        """See :func:`people_on`."""
        async with self._database.reading() as connection:
            return await people_on(connection, messages)

    async def _edited(
        self, connection: AsyncConnection, message: AlertMessage, now: datetime, *, edits: bool
    ) -> AlertMessage:
        """The message as it is now."""
        edit_id = uuid4().hex
        edit = Notification(
            id=edit_id,
            key=f"{PRESSED}:{message.id}:{edit_id}",
            need=Need.ALERTS,
            instance=message.instance,
            channel_id=message.channel_id,
            message=message.message,
            under=message.id,
            edits=True,
            workspaces=message.workspaces,
        )
        if edits:
            await put(connection, [edit], now, due_at=now + DRAWN_AGAIN)
        return await _read(connection, message.id, now) or message


async def _read(connection: AsyncConnection, id_: str, now: datetime) -> AlertMessage | None:
    row = (await connection.execute(select(alert_messages).where(alert_messages.c.id == id_))).first()
    if row is None:
        return None
    people = select(on_it.c.user_id, on_it.c.at).where(on_it.c.alert_message == id_)
    datastreams = tuple(map(int, row.datastreams.split()))
    place = (row.instance, row.channel_id)
    theirs = and_(
        snoozes.c.instance == row.instance,
        snoozes.c.channel_id == row.channel_id,
        snoozes.c.datastream.in_(datastreams),
    )
    return AlertMessage(
        id=row.id,
        instance=row.instance,
        channel_id=row.channel_id,
        message=row.message,
        datastreams=datastreams,
        workspaces=read_workspaces(row.workspaces),
        on_it=tuple((one.user_id, one.at) for one in await connection.execute(people.order_by(on_it.c.at))),
        snoozes=(await read_snoozes(connection, now, theirs)).get(place, ()),
    )
