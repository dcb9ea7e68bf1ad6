"""The protocol through which notifications are posted and edited, and what can come of a try.

:class:`~jobbot.slack.web.notifier.SlackNotifier` implements it, so that flows know nothing of Slack's clients.
"""

from dataclasses import dataclass
from typing import Protocol

from jobbot.render.blockkit.blocks import Message


@dataclass(frozen=True, slots=True)
class MayNotify:
    """The channel may have this notification now."""


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """The channel can have no such notification any more: ``reason``.

    ``only_this``: only this permission is gone; ``only_here``: only this instance; ``only_one``: only this message may
    not be posted; other messages may still be.
    """

    reason: str
    only_this: bool = False
    only_here: bool = False
    only_one: bool = False


@dataclass(frozen=True, slots=True)
class TryLater:
    """Slack is unavailable or rate limits. ``seconds`` is its Retry-After, None where it gave none."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TargetGone:
    """The message cannot be edited, or the thread takes no reply: deleted, locked, too old."""

    reason: str


@dataclass(frozen=True, slots=True)
class ContentRejected:
    """Slack rejected this message's content; it is tried three times, then given up."""

    reason: str


Deliverability = MayNotify | Undeliverable | TryLater


class NotificationFailed(Exception):
    """A post or an edit failed; ``failure`` is how.

    ``maybe_delivered``: the message may be in the channel all the same; ``no_answer``: Slack gave no answer at all.
    """

    def __init__(
        self,
        failure: Undeliverable | TargetGone | ContentRejected | TryLater,
        *,
        maybe_delivered: bool = False,
        no_answer: bool = False,
    ) -> None:
        super().__init__(failure.reason)
        self.failure = failure
        self.maybe_delivered = maybe_delivered
        self.no_answer = no_answer


class Notifier(Protocol):
    """Posts and edits messages in channels."""

    async def may_notify(
        self, channel_id: str, need: str, instance: str, workspaces: frozenset[int] | None
    ) -> Deliverability:
        """Whether the policy (``need``, of jobs of ``instance`` in ``workspaces``) and Slack still permit it.

        ``workspaces`` is empty for a notification about no job, None where one of them is not known. Never raises.
        """
        ...

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        """Post a new message, in a thread where ``thread_ts`` is given: its ts. Raises NotificationFailed."""
        ...

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """Replace a message's content. Raises NotificationFailed."""
        ...
