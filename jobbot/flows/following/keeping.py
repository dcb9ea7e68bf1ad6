"""Who asks to be told, and where; and the error that it cannot be kept, as the database is not there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.slack_retries import SlackRetries, obeyed


class CannotKeep(Exception):
    """The database cannot be used: nothing was begun, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who asked to be told, and where: in the channel itself, or in a thread of it."""

    channel_id: str
    thread_ts: str | None
    user_id: str


async def is_first_delivery(slack_retries: SlackRetries, key: str) -> bool:
    """Whether this key of Slack's is new, in every process that shares the database. Raises CannotKeep."""
    async with keeping():
        return await slack_retries.is_first(obeyed(key))


@asynccontextmanager
async def keeping() -> AsyncIterator[None]:
    """Around what is read or written for a person. Raises CannotKeep for StoreUnavailable."""
    try:
        yield
    except StoreUnavailable as error:
        raise CannotKeep from error
