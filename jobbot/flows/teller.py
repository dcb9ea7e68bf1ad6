"""How what is to be told reaches Slack: a small protocol, so that flows know nothing of its clients."""

from dataclasses import dataclass
from typing import Protocol

from jobbot.render.blocks import Message


@dataclass(frozen=True, slots=True)
class MayTell:
    """Go on."""


@dataclass(frozen=True, slots=True)
class NeverAgain:
    """Nothing can be told there any more, and why. ``only_this``: other things still may."""

    reason: str
    only_this: bool = False


@dataclass(frozen=True, slots=True)
class NotNow:
    """Slack does not say whether it may be told, or does not take it now. ``seconds``: how long to wait, if said."""

    reason: str
    seconds: float | None = None


Leave = MayTell | NeverAgain | NotNow


class CannotTell(Exception):
    """Slack did not take it.

    ``leave``: whether the channel is closed to it, or it should be tried again; ``message_gone``: the message it
    edits, or the thread it stands in, is not there any more. ``perhaps_told``: no answer came that says it was not.
    """

    def __init__(self, leave: NeverAgain | NotNow, *, message_gone: bool = False, perhaps_told: bool = False) -> None:
        super().__init__(leave.reason)
        self.leave = leave
        self.message_gone = message_gone
        self.perhaps_told = perhaps_told


class Teller(Protocol):
    """Tells a channel."""

    async def may_tell(self, channel_id: str, need: str) -> Leave:
        """Whether the policy and Slack still permit it. Never raises."""
        ...

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        """A new message: its ts. Raises CannotTell."""
        ...

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """Let a message say something else. Raises CannotTell."""
        ...
