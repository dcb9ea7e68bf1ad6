"""The configured Adverity instances, by name, and how long an answer waits for one of them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from jobbot.adverity.around import Off
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import DatastreamId

K = TypeVar("K")

ORPHANED_AFTER = timedelta(minutes=10)
"""An instance that is not configured here counts as orphaned when no process has polled it for so long.

During a rolling update another process may still have it configured.
"""

PATIENCE, NEEDED = 1.5, 8.0
"""Seconds that an answer waits in all: for what it can do without, and for what it rests on beside its jobs."""

NOTE_SECONDS = 2.0
"""After how many seconds a person who waits is told that jobbot is still asking."""


AsksWhoPaused = Callable[[str, DatastreamId, Off], Awaitable[Off]]
"""A schedule of an instance that is off, with what jobbot's record says of who paused it. Raises nothing but bugs."""


class Budget:
    """So many ``seconds`` of waiting in all: what one read takes, the next ones have no more.

    A fifth is kept for the database, which answers in a moment: it is still read after Adverity has taken its time.
    """

    def __init__(self, seconds: float) -> None:
        self.left = seconds
        self._kept = seconds / 5

    def asking(self) -> AbstractAsyncContextManager[None]:
        """Wait for Adverity inside. Raises TimeoutError; with nothing left, what needs no waiting is still done."""
        return self._limit(self.left - self._kept)

    def reading(self) -> AbstractAsyncContextManager[None]:
        """Wait for the database inside, likewise."""
        return self._limit(self.left)

    @asynccontextmanager
    async def _limit(self, seconds: float) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(0.0, seconds)):
                yield
        finally:
            self.left = max(0.0, self.left - (loop.time() - began))


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance: its name, its address for links, and the one gateway through which it is asked.

    ``patience``: for how many seconds an answer waits for what it can do without (names, usual durations);
    ``needed``: for what it rests on beside its jobs (which datastream is meant, in which workspace a job is).
    ``who_paused`` None: nobody asks jobbot's record.
    """

    name: str
    base_url: str
    gateway: Gateway
    patience: float = PATIENCE
    needed: float = NEEDED
    who_paused: AsksWhoPaused | None = None
    _answer: tuple[Budget, Budget] | None = None

    def for_answer(self) -> "Instance":
        """The same for one answer, all of whose reads share the two budgets."""
        return replace(self, _answer=(Budget(self.patience), Budget(self.needed)))

    @property
    def extras(self) -> Budget:
        """The budget for what can be done without: that of the answer, outside of one a new one each time."""
        return Budget(self.patience) if self._answer is None else self._answer[0]

    @property
    def essentials(self) -> Budget:
        """The budget for what an answer rests on, likewise."""
        return Budget(self.needed) if self._answer is None else self._answer[1]


async def read_each(keys: Iterable[K], read: Callable[[K], Awaitable[object]], budget: Budget) -> None:
    """Ask Adverity for one key after the other within the budget. What fails, or does not come in time, is left out.

    What came is in the gateway's caches, where the caller finds it.
    """
    with suppress(TimeoutError):
        async with budget.asking():
            for key in keys:
                with suppress(AdverityError):
                    await read(key)


class Instances:
    """Looks instances up by name. The first one is the default."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._by_name: Mapping[str, Instance] = {one.name: one for one in instances}
        self.base_urls: Mapping[str, str] = {name: one.base_url for name, one in self._by_name.items()}
        """By name where links to each lead, the default first."""

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._by_name.values())

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the default first."""
        return tuple(self._by_name)

    def get(self, name: str | None) -> Instance | None:
        """The instance of that name; the default for None; None for a name that is not configured."""
        if name is None:
            return next(iter(self._by_name.values()))
        return self._by_name.get(name)
