"""Retry a database step with backoff while the database is unavailable; the timer that waits and tests replace."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from jobbot.logs import get_logger
from jobbot.store.database.engine import StoreUnavailable

log = get_logger(__name__)

T = TypeVar("T")


async def until_set(event: asyncio.Event, seconds: float) -> bool:
    """Wait until the event is set, for at most so many seconds: whether it is."""
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
    return event.is_set()


@dataclass(frozen=True, slots=True)
class Timer:
    """How time is measured and waited for; seconds. ``wait``: as :func:`until_set`, or shorter."""

    monotonic: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    wait: Callable[[asyncio.Event, float], Awaitable[bool]] = until_set


REAL_TIMER = Timer()


async def retry_while_unavailable(step: Callable[[], Awaitable[T]], *, most: float, timer: Timer = REAL_TIMER) -> T:
    """The result of ``step``, retried with backoff (0.2 to 5 s) while it raises StoreUnavailable.

    Raises StoreUnavailable after ``most`` seconds, and whatever else the step raises at once.
    """
    until, wait = timer.monotonic() + most, 0.2
    while True:
        try:
            return await step()
        except StoreUnavailable as error:
            if timer.monotonic() > until:
                raise
            log.warning("database cannot be used, trying again", error=str(error), seconds=wait)
        await timer.sleep(wait)
        wait = min(wait * 2, 5.0)
