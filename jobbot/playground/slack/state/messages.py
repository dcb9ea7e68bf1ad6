"""Messages and the channels they are in: what was said, to whom, and what it said before it was edited."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from jobbot.playground.slack.blockkit.controls import buttons_of
from jobbot.playground.slack.state.people import Person

Block = dict[str, Any]
"""A block, an element or a view as JSON: what is foreign stays as it came."""


@dataclass(frozen=True, slots=True)
class Version:
    """What a message said before it was edited."""

    text: str
    blocks: Sequence[Block]


@dataclass(frozen=True, slots=True)
class Unfurl:
    """What the bot shows of a link below it. ``id`` counts those of a message; ``definition`` is what the bot sent.

    https://docs.slack.dev/messaging/unfurling-links-in-messages
    """

    id: int
    url: str
    definition: Block

    @property
    def blocks(self) -> Sequence[Block]:
        """Its blocks; none where the bot sent text alone."""
        return self.definition.get("blocks") or ()


@dataclass(eq=False, kw_only=True)
class Message:
    """A message. Who sees it: everybody in the channel, or ``ephemeral_for`` alone.

    ``edited`` is the ts of the last edit; ``history`` what it said before, oldest first. ``broadcast`` is a reply
    that was also sent to the channel, ``is_me`` one written with ``/me``. ``warning`` is the sign beside a
    message whose last click came to nothing. ``unfurls`` are the previews of its links, by address.
    """

    channel: "Channel"
    ts: str
    user: Person
    text: str
    blocks: Sequence[Block] = ()
    thread_ts: str | None = None
    broadcast: bool = False
    is_me: bool = False
    ephemeral_for: Person | None = None
    edited: str | None = None
    history: list[Version] = field(default_factory=list)
    deleted: bool = False
    warning: str | None = None
    unfurls: dict[str, Unfurl] = field(default_factory=dict)

    @property
    def is_reply(self) -> bool:
        """Whether it is in a thread, below the first message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def buttons(self) -> list[str]:
        """The words on its buttons, in their order."""
        return buttons_of(self.blocks)

    def is_seen_by(self, person: Person) -> bool:
        """Whether it is on this person's screen."""
        return not self.deleted and self.ephemeral_for in (None, person) and self.channel.has(person)

    def become(self, text: str, blocks: Sequence[Block], edited: str | None) -> None:
        """Say something else from now on."""
        self.history.append(Version(self.text, self.blocks))
        self.text, self.blocks, self.edited, self.warning = text, blocks, edited, None


@dataclass(eq=False, kw_only=True)
class Channel:
    """A channel or a direct message. ``messages`` is everything ever said in it, ephemeral and deleted included."""

    id: str
    name: str
    members: set[str] = field(default_factory=set)
    is_private: bool = False
    is_ext_shared: bool = False
    is_org_shared: bool = False
    is_archived: bool = False
    im_with: Person | None = None
    messages: list[Message] = field(default_factory=list, repr=False)

    @property
    def is_im(self) -> bool:
        """Whether it is a direct message."""
        return self.im_with is not None

    def __str__(self) -> str:
        return f"@{self.im_with.name}" if self.im_with is not None else f"#{self.name}"

    def has(self, person: Person) -> bool:
        """Whether the person is in it."""
        return person.id in self.members

    @property
    def public(self) -> list[Message]:
        """What everybody in it sees now, threads included."""
        return [message for message in self.messages if not message.deleted and message.ephemeral_for is None]

    def seen_by(self, person: Person) -> list[Message]:
        """What this person sees now: what everybody sees, and what is for their eyes alone."""
        return [message for message in self.messages if message.is_seen_by(person)]

    def whispers(self, person: Person) -> list[Message]:
        """What only this person sees now."""
        return [message for message in self.seen_by(person) if message.ephemeral_for is person]

    @property
    def last_message(self) -> Message | None:
        """The latest message that everybody sees."""
        return next(reversed(self.public), None)

    def thread(self, of: "Message | str") -> list[Message]:
        """A thread: its first message, and what was replied for everybody or anybody."""
        ts = of if isinstance(of, str) else of.thread_ts or of.ts
        return [message for message in self.messages if not message.deleted and ts in (message.ts, message.thread_ts)]

    def find(self, ts: str) -> Message | None:
        """The message of that ts that was not deleted."""
        return next((message for message in self.messages if message.ts == ts and not message.deleted), None)
