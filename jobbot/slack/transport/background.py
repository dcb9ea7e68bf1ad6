"""Background tasks for the work after an ack: supervised, their errors logged, drained at shutdown.

Bolt keeps no reference to the tasks it starts and drains none at shutdown (executed and seen), hence this.
"""

import asyncio
from collections.abc import Coroutine

from jobbot.logs import get_logger

log = get_logger(__name__)


class BackgroundTasks:
    """A supervised set of tasks in the running loop."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing new is taken any more."""
        return self._closed

    def __len__(self) -> int:
        return len(self._tasks)

    def start(self, work: Coroutine[None, None, None]) -> bool:
        """Run ``work`` beside everything else. False after :meth:`drain` has begun: nothing new is taken then."""
        if self._closed:
            work.close()
            return False
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return True

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("work ended in an error that nobody caught", exc_info=error)

    def refuse_more(self) -> None:
        """Take nothing new from now on."""
        self._closed = True

    async def drain(self, seconds: float) -> None:
        """Take nothing new, wait at most ``seconds`` for what runs, then cancel the rest and let it end."""
        self.refuse_more()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        rest = set(self._tasks)
        for task in rest:
            task.cancel()
        if rest:
            log.warning("shut down with work unfinished", pieces=len(rest))
            await asyncio.wait(rest, timeout=5)
