"""Read with a time limit (0.5 s unless said) and a default: for extras that must not delay an answer."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from jobbot.store.database.engine import StoreUnavailable

T = TypeVar("T")

LIMIT_SECONDS = 0.5
"""The longest wait for an extra, in seconds."""


class BestEffort:
    """Runs reads with a time limit. A late one is not cancelled: a driver may take longer to cancel than to answer."""

    def __init__(self, seconds: float = LIMIT_SECONDS) -> None:
        self._seconds = seconds
        self._asking: set[asyncio.Task[Any]] = set()

    async def ask(self, question: Coroutine[Any, Any, T], *, default: T) -> T:
        """The result; ``default`` where the database is unavailable or too slow. Other exceptions are raised."""
        asking = asyncio.create_task(question)
        self._asking.add(asking)
        asking.add_done_callback(self._heard)
        await asyncio.wait({asking}, timeout=self._seconds)
        if not asking.done() or asking.cancelled() or isinstance(asking.exception(), StoreUnavailable):
            return default
        return asking.result()

    def _heard(self, asking: asyncio.Task[Any]) -> None:
        self._asking.discard(asking)
        if not asking.cancelled():
            asking.exception()  # whether anybody still waits for it or not
