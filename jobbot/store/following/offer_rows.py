"""Rows of which messages have buttons for acts, written with the messages themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.store.database.engine import insert_into
from jobbot.store.database.tables import offers
from jobbot.store.following.model import Notification, written_workspaces

_AT_ONCE = 500


async def keep_offers(connection: AsyncConnection, written: Sequence[Notification], now: datetime) -> None:
    """In the transaction in which they are posted or edited: what each message offers from now on.

    What it offered before, and offers still, it has offered since then. An edit that shows only what people pressed
    changes nothing of it.
    """
    news = [one for one in written if not one.is_pressed]
    rows: list[dict[str, Any]] = [  # Any: each value has its column's type
        {"target": one.written_to, "subject": subject, "instance": one.instance, "channel_id": one.channel_id}
        | {"message_ts": one.message_ts, "under": one.under if one.edits else one.id}
        | {"need": one.need, "message": one.message, "workspaces": written_workspaces(one.workspaces), "since": now}
        for one in news
        for subject in dict.fromkeys(one.offers)
    ]
    edited = [one.written_to for one in news if one.edits]
    still = [(row["target"], row["subject"]) for row in rows]
    for first in range(0, len(edited), _AT_ONCE):
        old = delete(offers).where(offers.c.target.in_(edited[first : first + _AT_ONCE]))
        await connection.execute(old.where(tuple_(offers.c.target, offers.c.subject).not_in(still)) if still else old)
    if rows:
        new = insert_into(connection, offers)
        again = {name: new.excluded[name] for name in ("message", "workspaces")}
        await connection.execute(
            new.on_conflict_do_update(index_elements=[offers.c.target, offers.c.subject], set_=again), rows
        )
