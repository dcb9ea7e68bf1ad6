"""A queue before an instance: a limit of concurrent HTTP exchanges; writes first, then reads, then background reads.

Adverity asks for one call at a time (documented). A turn is one HTTP exchange, not one question: a stop that comes
while ten pages are read waits for one page.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class CallQueue:
    """At most ``width`` turns at the same time."""

    def __init__(self, width: int) -> None:
        self._free = width
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._others: deque[asyncio.Future[None]] = deque()
        self._last: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many wait for a turn."""
        return len(self._urgent) + len(self._others) + len(self._last)

    @asynccontextmanager
    async def turn(self, *, urgent: bool = False, last: bool = False) -> AsyncIterator[None]:
        """Wait for a turn and hold it; the urgent go before all others that wait, and the last behind them."""
        await self._enter(self._urgent if urgent else self._last if last else self._others)
        try:
            yield
        finally:
            self._leave()

    async def _enter(self, waiting: deque[asyncio.Future[None]]) -> None:
        if self._free:
            self._free -= 1
            return
        called: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting.append(called)
        try:
            await called
        except asyncio.CancelledError:
            if called.done() and not called.cancelled():
                self._leave()  # called and cancelled in the same moment: the turn goes to the next
            raise

    def _leave(self) -> None:
        """Hand the turn over directly, so that nobody who comes just now can take it first."""
        for waiting in (self._urgent, self._others, self._last):
            while waiting:
                called = waiting.popleft()
                if not called.done():
                    called.set_result(None)
                    return
        self._free += 1
