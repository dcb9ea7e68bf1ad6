"""Steps that matter more than the time they take."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobbot.logs import get_logger
from jobbot.store.engine import StoreUnavailable

log = get_logger(__name__)

T = TypeVar("T")


async def surely(
    step: Callable[[], Awaitable[T]], *, most: float, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> T:
    """A step on the ledger, again and again while the database is away.

    Raises StoreUnavailable after ``most`` seconds, and whatever else the step raises at once. ``sleep`` waits between
    the tries; its seconds count as well as those that the tries take.
    """
    loop = asyncio.get_running_loop()
    began, slept, wait = loop.time(), 0.0, 0.2
    while True:
        try:
            return await step()
        except StoreUnavailable as error:
            if max(loop.time() - began, slept) > most:
                raise
            log.warning("database cannot be used, trying again", error=str(error), seconds=wait)
        await sleep(wait)
        slept += wait
        wait = min(wait * 2, 5.0)
