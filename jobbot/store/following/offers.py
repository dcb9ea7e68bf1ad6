"""Stores which messages have buttons for acts, and has them drawn again once such an act was done.

The edit goes through the outbox like every other of the same message; what was done is read when it is sent. So
whichever edit comes last shows all of it, and an edit that is written twice says the same.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy import delete, select

from jobbot.store.database.engine import Database
from jobbot.store.database.tables import offers
from jobbot.store.following.model import PRESSED, Notification, read_workspaces
from jobbot.store.following.offer_rows import keep_offers
from jobbot.store.following.outbox import put, rewrite

KEEP = timedelta(days=8)
"""How long a message is drawn again."""

AT_ONCE, AGAIN_AFTER = 20, timedelta(minutes=1)
"""So many messages are edited for an act at once, the newest first, and as many more after each such pause: each takes
its time of the one lane of all edits (EDIT_GAP), which others need too."""


class OfferStore:
    """On a database; every method may raise StoreUnavailable. ``clock``: aware time."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def keep_message(self, written: Notification, since: datetime | None = None) -> None:
        """A message that was written on another way than through the outbox: as the edit that would write it again.

        ``since``: what it offers it offers since then, or else since now. An edit of it that waits says the same.
        """
        now = self._clock()
        async with self._database.writing() as connection:
            # It has drawn the message itself: where an edit of it waits, that is no news.
            await rewrite(connection, [replace(written, key=f"{PRESSED}:{written.id}")], now)
            await keep_offers(connection, [written], since or now)

    async def edit(self, written: Notification) -> None:
        """Have one message edited; what it says by then is decided when it is sent."""
        id_ = uuid4().hex
        async with self._database.writing() as connection:
            await put(connection, [replace(written, id=id_, key=f"{PRESSED}:{id_}")], self._clock())

    async def of_message(self, target: str) -> Mapping[str, datetime]:
        """The subjects of what a message (``written_to``) offers, each with since when."""
        query = select(offers.c.subject, offers.c.since).where(offers.c.target == target)
        async with self._database.reading() as connection:
            return {row.subject: row.since for row in await connection.execute(query)}

    async def draw_again(self, act: str, instance: str, subjects: Collection[str]) -> int:
        """Have the messages edited that offer acts about one of these subjects, once for an act (its id): how many.

        ``AT_ONCE`` of them now, the newest first, the others by and by. What they say by then is decided when they are
        sent. Repeating it does nothing.
        """
        asked = select(offers).where(offers.c.instance == instance, offers.c.subject.in_(sorted(subjects)))
        async with self._database.writing() as connection:
            rows = await connection.execute(asked.order_by(offers.c.since.desc(), offers.c.target))
            found = {row.target: row for row in rows}
            edits = [
                Notification(
                    id=uuid4().hex,
                    key=f"{PRESSED}:{act}:{target}",
                    need=row.need,
                    instance=row.instance,
                    channel_id=row.channel_id,
                    message=row.message,
                    message_ts=row.message_ts,
                    under=row.under,
                    edits=True,
                    workspaces=read_workspaces(row.workspaces),
                )
                for target, row in found.items()
            ]
            now = self._clock()
            for turn, first in enumerate(range(0, len(edits), AT_ONCE)):
                await put(connection, edits[first : first + AT_ONCE], now, due_at=now + turn * AGAIN_AFTER)
        return len(edits)

    async def forget_old(self) -> None:
        """Delete what has been offered for longer than ``KEEP``."""
        async with self._database.writing() as connection:
            await connection.execute(delete(offers).where(offers.c.since < self._clock() - KEEP))
