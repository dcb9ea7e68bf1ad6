"""Says that a piece of work takes longer than usual, once it does, and never after what the work itself shows."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

_ON_ITS_WAY_SECONDS = 3.0  # for how long an answer waits for its note that is on its way

Say = Callable[[], Awaitable[object]]


@asynccontextmanager
async def when_slow(say: Say, seconds: float, *, then: Say | None = None) -> AsyncIterator[None]:
    """Around a piece of work: call ``say`` if it takes longer than ``seconds``, and ``then`` once it is done."""
    begun = False

    async def wait_and_say() -> None:
        nonlocal begun
        await asyncio.sleep(seconds)
        begun = True
        await say()

    note = asyncio.create_task(wait_and_say())
    try:
        yield
    finally:
        try:
            # Given up on its way it could be shown after what comes next, and would then stay.
            if begun:
                await asyncio.wait({note}, timeout=_ON_ITS_WAY_SECONDS)
        finally:
            note.cancel()
            await asyncio.wait({note})  # awaiting the note itself could not tell its end from our own cancellation
        if begun and then is not None:
            await then()
