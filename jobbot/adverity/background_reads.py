"""Reads in the background, for which nobody waits: one after the other, each when the queue is empty."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable
from contextlib import suppress
from typing import Generic, TypeVar

from jobbot.adverity.call_queue import CallQueue
from jobbot.adverity.errors import AdverityError

K = TypeVar("K", bound=Hashable)

MOST = 50


class BackgroundReads(Generic[K]):
    """``read`` is called for each key. At most ``most`` keys wait; further ones are dropped."""

    def __init__(self, read: Callable[[K], Awaitable[object]], queue: CallQueue, *, most: int = MOST) -> None:
        self._read = read
        self._queue = queue
        self._most = most
        self._wanted: dict[K, None] = {}
        self._running: asyncio.Task[None] | None = None

    def add(self, keys: Iterable[K]) -> None:
        """Read these after what waits already."""
        for key in keys:
            if len(self._wanted) < self._most:
                self._wanted.setdefault(key)
        if self._wanted and (self._running is None or self._running.done()):
            self._running = asyncio.get_running_loop().create_task(self._run())

    async def aclose(self) -> None:
        """Drop what waits, and end the read under way."""
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
