"""What the page needs of a Slack workspace: who is there, what each sees, what each can do, and word of each change."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from jobbot.playground.page.protocol import Json


@dataclass(frozen=True, slots=True)
class MessageChanged:
    """A message is new, or was edited. ``only`` is the one person who sees it, None for everybody in the channel."""

    channel: str
    message: Json
    only: str | None = None


@dataclass(frozen=True, slots=True)
class MessageGone:
    """A message was deleted."""

    channel: str
    ts: str


@dataclass(frozen=True, slots=True)
class ViewChanged:
    """A window of a person opened, changed or closed; ``view`` is the one on top now."""

    person: str
    view: Json | None


@dataclass(frozen=True, slots=True)
class HomeChanged:
    """The bot published something for a person's Home tab."""

    person: str
    view: Json


Change = MessageChanged | MessageGone | ViewChanged | HomeChanged


class Workspace(Protocol):
    """A Slack as the page sees it. What is done raises CannotBeDone, in Slack's words, where the bot did not answer."""

    def people(self) -> list[Json]:
        """Everybody, the bot included, as the page's protocol has them; the first is who a new tab is."""

    def usergroups(self) -> dict[str, str]:
        """Handles of user groups by id."""

    def channels(self, person: str) -> list[Json]:
        """The channels that a person is in, as the page's protocol has them."""

    def messages(self, person: str, channel: str) -> list[Json]:
        """What a person sees in a channel, oldest first."""

    def view(self, person: str) -> Json | None:
        """The window that is open to a person."""

    def home(self, person: str) -> Json | None:
        """What is in the app's Home tab, for a person."""

    def shortcuts(self) -> list[Json]:
        """The app's shortcuts, as the page's protocol has them."""

    async def say(self, person: str, channel: str, text: str, thread: str | None) -> None:
        """Send what was typed."""

    async def act(self, person: str, fields: Json) -> None:
        """Press or choose something in a message, in the Home tab or in the open window."""

    async def search(self, person: str, typed: str, fields: Json) -> list[Json]:
        """Type into a menu whose options the bot supplies; the groups of options."""

    async def use_shortcut(self, person: str, callback: str, channel: str, ts: str | None) -> None:
        """Use a shortcut, of a message or global."""

    async def edit(self, person: str, channel: str, ts: str, text: str) -> None:
        """Let an own message say something else."""

    async def draft(self, person: str, channel: str, text: str) -> None:
        """Links stand in the message box."""

    async def open_home(self, person: str) -> None:
        """Open the app's Home tab."""

    async def submit(self, person: str, view: str, values: Json) -> None:
        """Submit the open window."""

    async def close(self, person: str, view: str) -> None:
        """Close the open window."""

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``listener`` at every change; the answer, called, ends that."""
