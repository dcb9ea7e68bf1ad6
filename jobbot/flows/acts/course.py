"""What an act of one kind does on its way: what it reads before, sends, reads back, and which ending follows.

The way itself is the same for all kinds (``execution``): claim, read, send once, read back, close, tell.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, TypeVar, assert_never

from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import Job
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.attempts import (
    Accepted,
    Attempt,
    Ending,
    Moot,
    NotSent,
    OtherDatastream,
    RefusedUpstream,
    Sent,
    TooOld,
    Unanswered,
    unsent_ending,
)
from jobbot.flows.instances import Instance
from jobbot.render.acts import message as words
from jobbot.render.acts.message import ActFacts
from jobbot.render.blockkit.blocks import Message
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.database.retry import Timer

Afterwards = Callable[[ActRecord, str | None, Message], Awaitable[None]]
"""What follows an ending, before the row counts as told: the row, its message's ts, where it has one, and what it says.

Raises StoreUnavailable, and may be repeated: also by another process."""

Aftermath = Mapping[tuple[Kind, ActState], Afterwards]
"""By kind and ending, what follows it."""


A = TypeVar("A", bound=ActFacts)
"""What the messages of a kind tell."""


class OfOtherDatastream(Exception):
    """A job is not of the datastream of the row."""


class Course(ABC, Generic[A]):
    """One act, for one row of the ledger. What it reads stays in it until the ending is decided.

    ``instance`` is asked through its gateway; ``timer`` is for the pauses between two reads. Every method that asks
    Adverity raises AdverityError.
    """

    kind: ClassVar[Kind]

    def __init__(
        self, record: ActRecord, instance: Instance, timing: ActTiming, timer: Timer, clock: Callable[[], datetime]
    ) -> None:
        self.record = record
        self.instance = instance
        self.timing = timing
        self.timer = timer
        self.clock = clock
        self.details: str | None = None
        """What of its kind is kept with its sending, where ``look`` has learned something."""

    @staticmethod
    @abstractmethod
    def act_of(record: ActRecord) -> A:
        """What its message tells, from the row alone."""

    async def was_done_by(self, earlier: ActRecord) -> bool:
        """Whether an earlier act of the same subject makes this one second; ``earlier`` is done.

        So it is where the window that asked for this one was opened before: it did not show what is so by now.
        """
        return (earlier.closed_at or earlier.requested_at) >= self.record.opened_at

    @abstractmethod
    async def look(self) -> bool:
        """Read for the last time before sending; whether there is still something to do.

        Raises OfOtherDatastream, before anything of such a job is kept.
        """

    def must_be_its(self, job: Job) -> None:
        """Raises OfOtherDatastream: what the person may do, alone or not at all, was decided for the row's.

        The window carried that number. Where Adverity names no datastream there is nothing to compare.
        """
        mine, its = self.record.datastream, job.datastream
        if mine is not None and its is not None and its.id != mine:
            raise OfOtherDatastream

    @abstractmethod
    async def send(self, before_send: BeforeSend) -> str:
        """Send the one request: what of the answer is kept. ``before_send`` raises where it must not leave now."""

    @abstractmethod
    async def read_back(self, attempt: Sent, bound: float) -> None:
        """Read what came of what was sent, until that is seen or ``bound`` seconds are over. Never raises."""

    async def ending(self, attempt: Attempt, act: A) -> Ending:
        """The ending, from all that was read; ``act`` is what its message tells so far. Never raises AdverityError."""
        act = await self.told(act)
        match attempt:
            case Moot():
                return self.moot(act)
            case NotSent() | TooOld() | OtherDatastream():
                return unsent_ending(attempt, act)
            case RefusedUpstream():
                return self.refused(attempt, act)
            case Accepted() | Unanswered():
                return await self.sent(attempt, act)
            case _:
                assert_never(attempt)

    async def told(self, act: A) -> A:
        """What the message of an ending tells, with what was read."""
        return act

    def moot(self, act: A) -> Ending:
        """The ending where ``look`` found nothing to do."""
        raise AssertionError("there is always something to do")

    def refused(self, attempt: RefusedUpstream, act: A) -> Ending:
        """The ending where Adverity refused the request."""
        return Ending(ActState.REFUSED, attempt.said, words.refused(act, attempt.said, attempt.status))

    @abstractmethod
    async def sent(self, attempt: Accepted | Unanswered, act: A) -> Ending:
        """The ending where the request was accepted, or may have been, from what was read back."""


AnyCourse = Course[Any]
"""Of whichever kind. Any: what its messages tell is its kind's own."""
