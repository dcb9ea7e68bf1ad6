"""What the dialogue of acts needs of the window of one kind."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Generic, TypeVar
from zoneinfo import ZoneInfo

from jobbot.access import Need
from jobbot.flows.acts.acting import Kind
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.instances import Instance
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts import window as words
from jobbot.render.blockkit.blocks import Block, Modal
from jobbot.slack.handlers.acts.metadata import About, ActMetadata
from jobbot.telemetry import Outcome

Wish = TypeVar("Wish")
"""The intent that asks for the window."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """There is nothing to press: a sentence that says why, and what is counted."""

    words: str
    outcome: Outcome = Outcome.NOTHING_TO_DO


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Generic[Wish]):
    """Who asked for a window, where, and what for. ``reason_required``: the channel's policy wants a reason.

    ``offers``: what a message in the channel may have buttons for; ``zone``: the person's, None where it is not known.
    """

    interaction: Interaction
    wish: Wish
    instance: Instance
    reason_required: bool
    offers: frozenset[Need] = frozenset()
    zone: ZoneInfo | None = None


class Question(ABC):
    """What a window shows, read; drawn once its metadata is known."""

    about: About

    @property
    def streams(self) -> Collection[int | None]:
        """The datastreams that it is about; None: one that is not known."""
        return (self.about.datastream,)

    @abstractmethod
    def draw(self, metadata: str) -> Modal:
        """The window that asks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPart:
    """One of several acts that are asked for at once: of another kind, with a subject of its own."""

    kind: Kind
    subject: str
    name: str
    job: int | None = None
    datastream: int | None = None
    workspace: int | None = None
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the fields of a submitted window ask for: what is claimed, the days, and what only its kind has.

    ``parts`` are the acts of which it is the whole; ``is_of_job``: it is about the metadata's job, where that has one.
    """

    subject: str
    parts: Sequence[OrderPart] = ()
    is_of_job: bool = True
    range_start: date | None = None
    range_end: date | None = None
    details: str = ""


class ActWindow(ABC, Generic[Wish]):
    """The window of one kind of act. ``callback_id`` is its name in Slack, ``need`` the permission that it rests on."""

    kind: ClassVar[Kind]
    need: ClassVar[Need]
    callback_id: ClassVar[str]
    request: ClassVar[str]
    """What is asked for, in a word: ``stop``."""
    done: ClassVar[str]
    """What has happened to it then: ``stopped``."""

    @abstractmethod
    def checking(self, wish: Wish) -> Modal:
        """As it is opened, before anything is read."""

    @abstractmethod
    def still_checking(self, wish: Wish) -> Modal:
        """While it is still being read after a moment."""

    @abstractmethod
    def title(self, wish: Wish) -> str:
        """What it is called where there is nothing to press: ``Job 987``."""

    @abstractmethod
    def title_of(self, metadata: ActMetadata) -> str:
        """The same of one that was submitted."""

    @abstractmethod
    def about(self, wish: Wish) -> str:
        """What it is about: ``job 987``."""

    @abstractmethod
    def button(self, wish: Wish, instance: str) -> Block:
        """The button that opens it: Slack opens a window for a press or a command, not for a mention."""

    @abstractmethod
    async def read(self, asked: Asked[Wish]) -> Question | Nothing:
        """What it shows. Raises AdverityError, CannotRecord, OutOfReach."""

    @abstractmethod
    def order(self, metadata: ActMetadata, submitted: Submitted, now: datetime) -> Order | Mapping[str, str]:
        """What the fields ask for, or what is wrong with them, by ``block_id``: Slack shows that as plain text.

        Raises ValidationError where the metadata's details are none of its kind's.
        """

    @abstractmethod
    def noun(self, metadata: ActMetadata) -> str:
        """What was submitted is called: ``stop of job 987``."""

    def notice(self, wish: Wish, text: str) -> Modal:
        """With a sentence and nothing to press."""
        return words.notice(self.callback_id, self.title(wish), text)

    def notice_of(self, metadata: ActMetadata, text: str) -> Modal:
        """The same of one that was submitted."""
        return words.notice(self.callback_id, self.title_of(metadata), text)

    async def refuse(self, who: Interaction, metadata: ActMetadata, instance: Instance) -> Denied | None:
        """Whether a submission is out of the channel's reach, asked anew. Raises nothing but bugs."""
        return None

    async def refuse_parts(self, who: Interaction, parts: Sequence[OrderPart], instance: Instance) -> Denied | None:
        """The same of its parts."""
        return None
