"""The protocol through which an act's channel message is posted and edited, and what can come of a try.

:class:`~jobbot.slack.web.announcer.SlackAnnouncer` implements it, so that flows know nothing of Slack's clients.
"""

from dataclasses import dataclass, field
from typing import Protocol

from jobbot.render.blockkit.blocks import Message


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act is announced: channel, thread, and the response URL of the interaction it began with, if any."""

    channel_id: str
    thread_ts: str | None = None
    response_url: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Slack took the message. ``ts`` None: it went through a response URL and cannot be edited."""

    ts: str | None


@dataclass(frozen=True, slots=True)
class NotDelivered:
    """Slack did not take the message. ``why`` is its error code.

    ``may_pass``: a later try may succeed; after ``wait`` seconds, where Slack says so. ``maybe_delivered``: the message
    may be in the channel all the same.
    """

    why: str
    may_pass: bool = False
    wait: float | None = None
    maybe_delivered: bool = False


class Announcer(Protocol):
    """Posts and edits an act's messages. Never raises: a message that cannot be sent is logged."""

    async def announce(self, place: Place, message: Message) -> Delivered | NotDelivered:
        """Post a first message; where it may have been taken, it is not sent again."""
        ...

    async def amend(self, place: Place, ts: str | None, message: Message) -> Delivered | NotDelivered:
        """Edit the message ``ts``; where that cannot be done, post it again, even if it may then appear twice."""
        ...

    async def edit(self, place: Place, ts: str, message: Message) -> None:
        """Edit the message ``ts``; where that cannot be done, it stays as it is."""
        ...

    async def post_ephemeral(self, place: Place, user_id: str, message: Message) -> Delivered | NotDelivered:
        """Post for one person alone (ephemeral), which cannot be edited."""
        ...
