"""How what is to be told reaches Slack: a small protocol, so that flows know nothing of its clients."""

from dataclasses import dataclass
from typing import Protocol

from jobbot.render.blockkit.blocks import Message


@dataclass(frozen=True, slots=True)
class MayNotify:
    """Go on."""


@dataclass(frozen=True, slots=True)
class Undeliverable:
    """Nothing can be told there any more, and why.

    ``only_this``: only this permission is gone, ``only_here``: only this instance, ``only_one``: only this message is
    not to be told; other messages may still be posted.
    """

    reason: str
    only_this: bool = False
    only_here: bool = False
    only_one: bool = False


@dataclass(frozen=True, slots=True)
class TryLater:
    """Slack does not say whether it may be told, or does not take it now. ``seconds``: how long to wait, if said."""

    reason: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class TargetGone:
    """The message takes no edit any more, or the thread no reply: deleted, locked, too old."""

    reason: str


@dataclass(frozen=True, slots=True)
class ContentRejected:
    """Slack has read it and takes no such thing."""

    reason: str


Leave = MayNotify | Undeliverable | TryLater


class NotificationFailed(Exception):
    """Slack did not take it: ``leave`` says what that means for it.

    ``perhaps_told``: Slack did not say that it is not in the channel; ``no_answer``: it said nothing at all.
    """

    def __init__(
        self,
        leave: Undeliverable | TargetGone | ContentRejected | TryLater,
        *,
        perhaps_told: bool = False,
        no_answer: bool = False,
    ) -> None:
        super().__init__(leave.reason)
        self.leave = leave
        self.perhaps_told = perhaps_told
        self.no_answer = no_answer


class Notifier(Protocol):
    """Tells a channel."""

    async def may_notify(self, channel_id: str, need: str, instance: str, workspaces: frozenset[int] | None) -> Leave:
        """Whether the policy and Slack still permit it, of jobs of ``instance`` in ``workspaces``. Never raises.

        ``workspaces`` is empty for what tells of no job, None where one of them is not known.
        """
        ...

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        """A new message: its ts. Raises NotificationFailed."""
        ...

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """Let a message say something else. Raises NotificationFailed."""
        ...
