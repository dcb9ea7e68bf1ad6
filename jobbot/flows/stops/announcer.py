"""How a use case speaks to a channel: a small protocol, so that flows know nothing of Slack's clients."""

from dataclasses import dataclass, field
from typing import Protocol

from jobbot.render.blockkit.blocks import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where a matter is spoken of: a channel, the thread in it, and the response URL of whoever began it, if any."""

    channel_id: str
    thread_ts: str | None = None
    response_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The channel has it; as the message ``ts``, or as one that cannot be edited (None)."""

    ts: str | None


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """The channel does not have it. ``why`` is Slack's code.

    ``may_pass``: the same may be taken later; after ``wait`` seconds, where Slack says so. ``maybe_delivered``: it may have
    been taken all the same.
    """

    why: str
    may_pass: bool = False
    wait: float | None = None
    maybe_delivered: bool = False


class Announcer(Protocol):
    """Speaks to everybody in a place. Never raises: a message that cannot be sent is logged."""

    async def announce(self, place: Place, message: Message) -> Delivered | NotDelivered:
        """Post, rather not at all than twice."""
        ...

    async def amend(self, place: Place, ts: str | None, message: Message) -> Delivered | NotDelivered:
        """Edit the message ``ts``; where that cannot be done, post the text anew, rather twice than not at all."""
        ...

    async def post_ephemeral(self, place: Place, user_id: str, message: Message) -> Delivered | NotDelivered:
        """Tell one person alone, in that place; what cannot be edited."""
        ...
