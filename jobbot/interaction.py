"""The Interaction: what a person did in Slack, as typed objects that every room may use.

``slack/transport/payloads`` reads it from Slack's payload; nothing else reads payloads. The names are
Slack's own (https://docs.slack.dev/interactivity/). Ids are Slack's opaque strings (``U…``, ``C…``, ``T…``).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

FieldValue = str | int | date | frozenset[str]
"""What a field of a modal holds: words, or the value of the option that is chosen; a whole number; a day; or the values
of the options that are ticked."""


@dataclass(frozen=True, slots=True)
class Typed:
    """Words after the slash command or after an @mention of the bot, as Slack sent them.

    ``command`` is the slash command as this deployment calls it; None for a mention.
    """

    text: str
    command: str | None


@dataclass(frozen=True, slots=True)
class Clicked:
    """A pressed button: its action_id and its value."""

    action_id: str
    value: str


@dataclass(frozen=True, slots=True)
class Submitted:
    """A submitted modal: its callback_id and id, its private_metadata, and what its fields hold, by ``block_id``.

    ``values`` has no entry for a field that is empty; one for check boxes of which none is ticked.
    """

    callback_id: str
    view_id: str
    private_metadata: str
    values: Mapping[str, FieldValue] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The words in the field ``reason``, as every window calls the one for it; empty where there are none."""
        return self.text("reason")

    def text(self, block_id: str) -> str:
        """The words in a field, or the value of the option chosen there; empty where there is nothing."""
        value = self.values.get(block_id)
        return value if isinstance(value, str) else ""

    def number(self, block_id: str) -> int | None:
        """The whole number in a field."""
        value = self.values.get(block_id)
        return value if isinstance(value, int) else None

    def day(self, block_id: str) -> date | None:
        """The day that is picked in a field."""
        value = self.values.get(block_id)
        return value if isinstance(value, date) else None

    def ticked(self, block_id: str) -> frozenset[str]:
        """The values that are ticked in a group of check boxes, and in the groups that go on with it.

        ``render/blockkit/inputs`` names them ``jobs``, ``jobs.2`` and so on: Slack takes ten boxes a group.
        """
        groups = (value for name, value in self.values.items() if name == block_id or _goes_on(name, block_id))
        return frozenset[str]().union(*(value for value in groups if isinstance(value, frozenset)))


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A global shortcut, chosen anywhere in Slack: it has a trigger for a window, and no channel."""

    callback_id: str


@dataclass(frozen=True, slots=True)
class MessageShortcut:
    """A shortcut chosen on a message: the words of that message, as Slack has them, whoever wrote them."""

    callback_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A select with external data asks for its options: its action_id, the callback_id of its view, what was typed."""

    action_id: str
    callback_id: str
    typed: str


@dataclass(frozen=True, slots=True)
class LinksShared:
    """A message has links to a registered domain: what they lead to, each once. ``message_ts`` is the message's."""

    urls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HomeOpened:
    """The person has opened the app's Home tab."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interaction:
    """One interaction: who did what, where, and how to answer.

    ``key`` is what Slack repeats when it delivers the same thing again (``event_id``, else ``trigger_id``); empty
    when the payload has neither. ``user_team_id`` is the team of the *person*: in a shared channel the payload's
    own team is always ours. ``None`` means that Slack did not say, which proves nothing.
    """

    did: Typed | Clicked | Submitted | Shortcut | MessageShortcut | Suggestion | LinksShared | HomeOpened
    key: str
    user_id: str
    user_team_id: str | None = None
    user_enterprise_id: str | None = None
    is_bot: bool = False
    channel_id: str | None = None
    thread_ts: str | None = None
    message_ts: str | None = None
    is_ephemeral: bool = False
    response_url: str | None = None
    trigger_id: str | None = None

    @property
    def is_mention(self) -> bool:
        """Whether words were said behind a mention of the bot."""
        return isinstance(self.did, Typed) and self.did.command is None

    @property
    def is_command(self) -> bool:
        """Whether words were typed behind the slash command."""
        return isinstance(self.did, Typed) and self.did.command is not None


def _goes_on(name: str, block_id: str) -> bool:
    first, dot, number = name.rpartition(".")
    return bool(dot) and first == block_id and number.isascii() and number.isdecimal()
