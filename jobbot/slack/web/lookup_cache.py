"""A single-flight cache for look-ups: concurrent ones share a call, and the answer is kept for a while."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

from cachetools import LRUCache, TTLCache

V = TypeVar("V")


class LookupCache(Generic[V]):
    """One kind of look-up by id. ``ask`` answers None for a failure, which is not remembered.

    ``size`` answers are kept, each for ``seconds``. Five hundred commands in a burst ask Slack once for the same
    person; Slack allows about a hundred look-ups a minute.
    """

    def __init__(
        self,
        ask: Callable[[str], Awaitable[V | None]],
        *,
        size: int,
        seconds: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._ask = ask
        self._answers: TTLCache[str, V] = TTLCache(size, seconds, monotonic)
        self._asking: dict[str, asyncio.Task[V | None]] = {}
        self._forgotten: LRUCache[str, int] = LRUCache(size)

    async def get(self, id_: str, *, fresh: bool = False) -> V | None:
        """The cached answer, or a call's. ``fresh``: always a call of its own."""
        if fresh:
            return await self._look_up(id_)
        if (answer := self._answers.get(id_)) is not None:
            return answer
        task = self._asking.get(id_)
        if task is None:
            task = self._asking[id_] = asyncio.create_task(self._look_up(id_))
            task.add_done_callback(lambda done: self._asked(id_, done))
        # Shielded: one who is cancelled must not take the answer from the others.
        return await asyncio.shield(task)

    def forget(self, id_: str) -> None:
        """Invalidate: drop the cached answer, and do not cache that of a call under way."""
        self._answers.pop(id_, None)
        self._asking.pop(id_, None)
        self._forgotten[id_] = self._forgotten.get(id_, 0) + 1

    def _asked(self, id_: str, task: asyncio.Task[V | None]) -> None:
        if self._asking.get(id_) is task:
            del self._asking[id_]

    async def _look_up(self, id_: str) -> V | None:
        before = self._forgotten.get(id_, 0)
        answer = await self._ask(id_)
        if answer is not None and self._forgotten.get(id_, 0) == before:
            self._answers[id_] = answer
        return answer
