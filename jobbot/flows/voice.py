"""How a use case speaks to a channel: a small protocol, so that flows know nothing of Slack's clients."""

from dataclasses import dataclass
from typing import Protocol

from jobbot.render.blocks import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter is spoken of: a channel, the thread in it, and the response URL of whoever began it, if any."""

    channel_id: str
    thread_ts: str | None = None
    response_url: str | None = None


class Voice(Protocol):
    """Speaks to everybody in a place. Never raises: a message that cannot be sent is logged."""

    async def announce(self, place: Place, message: Message) -> str | None:
        """Post; the message's ts, or None where it was sent without one that can be edited, or not at all."""
        ...

    async def amend(self, place: Place, ts: str | None, message: Message) -> float | None:
        """Edit the message ``ts``; where that cannot be done, post the text anew.

        None where nothing is left to be done. Where Slack could not be asked, so that trying again makes sense: after
        how many seconds, 0 where it did not say.
        """
        ...

    async def whisper(self, place: Place, user_id: str, message: Message) -> float | None:
        """Tell one person alone, in that place. Answers as ``amend`` does."""
        ...
