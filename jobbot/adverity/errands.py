"""Reads that nobody waits for: one after another, each when the queue is empty, and only so many at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

from jobbot.adverity.call_queue import CallQueue
from jobbot.adverity.errors import AdverityError

K = TypeVar("K", bound=Hashable)

MOST = 50


class Errands(Generic[K]):
    """``read`` is asked for each key; of more than ``most`` that wait, those are dropped that came last."""

    def __init__(self, read: Callable[[K], Awaitable[object]], queue: CallQueue, *, most: int = MOST) -> None:
        self._read = read
        self._queue = queue
        self._most = most
        self._wanted: dict[K, None] = {}
        self._running: asyncio.Task[None] | None = None

    def add(self, keys: Iterable[K]) -> None:
        """Put these behind what waits already."""
        for key in keys:
            if len(self._wanted) < self._most:
                self._wanted.setdefault(key)
        if self._wanted and (self._running is None or self._running.done()):
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        """Forget what waits, and end."""
        self._wanted.clear()
        if self._running is not None:
            self._running.cancel()
            await asyncio.wait({self._running})

    async def _run(self) -> None:
        while self._wanted:
            async with self._queue.turn(last=True):
                pass  # nobody else waits
            key = next(iter(self._wanted), None)
            if key is None:
                return
            try:
                with suppress(AdverityError):
                    await self._read(key)
            finally:
                self._wanted.pop(key, None)
