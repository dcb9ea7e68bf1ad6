"""A single-flight cache for reads: overlapping reads share one call, and its answer is kept for some seconds.

The call runs in a task of its own. Whoever asked may go away, or be cancelled, without taking it from the others; if
all go away it still ends, and its answer is there for the next who asks.
"""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from cachetools import TTLCache

from jobbot.adverity.errors import AdverityError, Unreachable
from jobbot.telemetry.labels import Cache

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Answer(Generic[V]):
    """What was read, and when the answer came (aware, UTC)."""

    value: V
    read_at: datetime


@dataclass(slots=True)
class Call:
    """One call that others may join. ``on_the_wire`` from the moment in which its first request leaves."""

    on_the_wire: bool = False

    def leaves(self) -> None:
        """Note that a request is leaving."""
        self.on_the_wire = True


Spared = Callable[[Cache, AdverityError | None], None]
"""Called when a read needed no call of its own (cache hit, or joined another's call), with its error, if any."""


class ReadCache(Generic[K, V]):
    """The cache of one kind of read. ``read(key, call)`` makes the call, and marks ``call`` when a request leaves.

    Answers are kept for ``max_age`` seconds, ``size`` of them; failures are not. ``spared`` hears of each question that
    needed no call of its own, and how it was answered.
    """

    def __init__(
        self,
        read: Callable[[K, Call], Awaitable[V]],
        *,
        clock: Callable[[], datetime],
        monotonic: Callable[[], float],
        max_age: float,
        size: int,
        spared: Spared = lambda cache, error: None,
    ) -> None:
        self._read = read
        self._spared = spared
        self._clock = clock
        self._answers: TTLCache[K, Answer[V]] = TTLCache(size, max_age, monotonic)
        self._calls: dict[K, tuple[Call, asyncio.Task[Answer[V] | AdverityError]]] = {}
        self._running: set[asyncio.Task[Answer[V] | AdverityError]] = set()

    async def get(self, key: K, *, fresh: bool = False, max_age: timedelta | None = None) -> Answer[V]:
        """The cached answer, or a call's. ``fresh``: only of a call that leaves after this. Raises AdverityError.

        ``max_age``: no cached answer that is older than this.
        """
        if not fresh:
            kept = self._answers.get(key)
            if kept is not None and (max_age is None or self._clock() - kept.read_at <= max_age):
                self._spared(Cache.HIT, None)
                return kept
        joined = self._calls.get(key)
        if joined is not None and fresh and joined[0].on_the_wire:
            joined = None
        _, task = joined or self._begin(key)
        await asyncio.wait({task})  # unlike an await of the task itself, leaves it alone when we are cancelled
        if task.cancelled():
            raise Unreachable("jobbot is shutting down", maybe_received=False)
        outcome = task.result()
        if joined is not None:
            self._spared(Cache.JOINED, outcome if isinstance(outcome, AdverityError) else None)
        if isinstance(outcome, AdverityError):
            # A copy each: an exception that is raised in several tasks collects all their tracebacks.
            raise copy.copy(outcome) from outcome.__cause__
        return outcome

    def kept(self, key: K) -> V | None:
        """The cached value, None where there is none; no call is made."""
        answer = self._answers.get(key)
        return None if answer is None else answer.value

    def forget(self, *keys: K) -> None:
        """Invalidate some keys, or all: drop what is cached, and neither join nor cache calls that began before now."""
        for key in keys or {*self._answers, *self._calls}:
            self._answers.pop(key, None)
            self._calls.pop(key, None)

    async def aclose(self) -> None:
        """End all calls; who waits for one gets Unreachable."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    def _begin(self, key: K) -> tuple[Call, asyncio.Task[Answer[V] | AdverityError]]:
        call = Call()
        task = asyncio.create_task(self._run(key, call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        self._calls[key] = call, task
        return call, task

    async def _run(self, key: K, call: Call) -> Answer[V] | AdverityError:
        outcome: Answer[V] | AdverityError
        try:
            outcome = Answer(await self._read(key, call), self._clock())
        except AdverityError as error:
            outcome = error
        finally:
            is_current = self._is_current(key, call)
            if is_current:
                del self._calls[key]
        if is_current and isinstance(outcome, Answer):
            self._answers[key] = outcome
        return outcome

    def _is_current(self, key: K, call: Call) -> bool:
        """False when it was invalidated or replaced by a fresher call: its answer is not cached then."""
        return key in self._calls and self._calls[key][0] is call
