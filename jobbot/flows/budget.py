"""A time budget that several reads of one answer share, so that their waits do not add up."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from jobbot.adverity.errors import AdverityError

K = TypeVar("K")


class Budget:
    """So many ``seconds`` of waiting in all: what one read takes, the next ones have no more."""

    def __init__(self, seconds: float) -> None:
        self.left = seconds

    @asynccontextmanager
    async def limit(self, *, keep: float = 0.0) -> AsyncIterator[None]:
        """Wait inside for as long as there is left, but for the ``keep`` seconds that what comes after needs.

        Raises TimeoutError. With nothing left, what needs no waiting is still done.
        """
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            async with asyncio.timeout(max(0.0, self.left - keep)):
                yield
        finally:
            self.left = max(0.0, self.left - (loop.time() - began))


async def read_each(keys: Iterable[K], read: Callable[[K], Awaitable[object]], budget: Budget) -> None:
    """Read one key after the other within the budget. What fails, or does not come in time, is left out.

    What came is in the gateway's caches, where the caller finds it.
    """
    with suppress(TimeoutError):
        async with budget.limit():
            for key in keys:
                with suppress(AdverityError):
                    await read(key)
