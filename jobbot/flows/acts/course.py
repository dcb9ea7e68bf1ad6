"""What an act of one kind does on its way: what it reads before, sends, reads back, and which ending follows.

The way itself is the same for all kinds (``execution``): claim, read, send once, read back, close, tell.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import ClassVar

from jobbot.adverity.gateway import BeforeSend
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.attempts import Attempt, Ending, Sent
from jobbot.flows.instances import Instance
from jobbot.render.acts.message import Act
from jobbot.render.blockkit.blocks import Message
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.database.retry import Timer

Afterwards = Callable[[ActRecord, str | None, Message], Awaitable[None]]
"""What follows an ending, before the row counts as told: the row, its message's ts, where it has one, and what it says.

Raises StoreUnavailable, and may be repeated: also by another process."""

Aftermath = Mapping[tuple[Kind, ActState], Afterwards]
"""By kind and ending, what follows it."""


class Course(ABC):
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
    def act_of(record: ActRecord) -> Act:
        """What its message tells, from the row alone."""

    async def was_done_by(self, earlier: ActRecord) -> bool:
        """Whether an earlier act of the same subject makes this one second; ``earlier`` is done.

        So it is where the window that asked for this one was opened before: it did not show what is so by now.
        """
        return (earlier.closed_at or earlier.requested_at) >= self.record.opened_at

    @abstractmethod
    async def look(self) -> bool:
        """Read for the last time before sending; whether there is still something to do."""

    @abstractmethod
    async def send(self, before_send: BeforeSend) -> str:
        """Send the one request: what of the answer is kept. ``before_send`` raises where it must not leave now."""

    @abstractmethod
    async def read_back(self, attempt: Sent, bound: float) -> None:
        """Read what came of what was sent, until that is seen or ``bound`` seconds are over. Never raises."""

    @abstractmethod
    async def ending(self, attempt: Attempt, act: Act) -> Ending:
        """The ending, from all that was read; ``act`` is what its message tells so far. Never raises AdverityError."""
