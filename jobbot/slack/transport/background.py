"""Background tasks for the work after an ack: bounded, supervised, their errors logged, drained at shutdown.

Bolt keeps no reference to the tasks it starts and drains none at shutdown (executed and seen), hence this. More
commands than can be served must neither fill the memory nor keep acks waiting: past a bound nothing is taken, and what
is taken runs in turns (``turns``).
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine

from jobbot.logs import get_logger
from jobbot.slack.transport.turns import STEPS_MOST, Turns, in_turns

log = get_logger(__name__)

MOST = 1_000
"""Pieces of work at a time, those included that wait for Adverity: five hundred commands in a burst are all served."""

MOST_OF_ONE = 500
"""Pieces of one person: nobody keeps others out."""

URGENT_MORE = 200
"""Urgent pieces that are taken beyond these bounds: a stop is wanted most where everybody is asking."""


class BackgroundTasks:
    """A supervised set of tasks in the running loop.

    ``most``, ``most_of_one`` and ``urgent_more`` bound what is offered; ``steps`` bounds the steps of one turn.
    """

    def __init__(
        self,
        *,
        most: int = MOST,
        most_of_one: int = MOST_OF_ONE,
        urgent_more: int = URGENT_MORE,
        steps: int = STEPS_MOST,
    ) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = Turns(steps)
        self._offered: Counter[str] = Counter()
        self._offered_all = 0
        self._most, self._most_of_one, self._urgent_more = most, most_of_one, urgent_more
        self._closed = False

    @property
    def is_closed(self) -> bool:
        """Whether nothing new is taken any more."""
        return self._closed

    def __len__(self) -> int:
        return len(self._tasks)

    def payload_came(self) -> None:
        """A payload has come: its ack goes before what was offered."""
        self._turns.payload_came()

    def start(self, work: Coroutine[None, None, None]) -> bool:
        """Run ``work`` beside everything else, now. False after :meth:`drain` has begun: nothing new is taken then."""
        if self._closed:
            work.close()
            return False
        self._add(work, work)
        return True

    def offer(self, work: Coroutine[None, None, None], person: str, *, urgent: bool = False) -> bool:
        """Run ``work`` in turns with what else was offered. False where there is too much of it, or it is closed.

        The turns go to urgent work first, else to each person in turn. What is not taken is closed.
        """
        more = self._urgent_more if urgent else 0
        is_full = self._offered_all >= self._most + more or self._offered[person] >= self._most_of_one + more
        if self._closed or is_full:
            work.close()
            return False
        self._offered[person] += 1
        self._offered_all += 1
        task = self._add(in_turns(work, self._turns, person, urgent=urgent), work)
        task.add_done_callback(lambda _: self._left(person))
        return True

    def _add(self, steps: Coroutine[None, None, None], work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        task = asyncio.get_running_loop().create_task(steps)
        self._tasks.add(task)
        task.add_done_callback(lambda ended: self._ended(ended, work))
        return task

    def _left(self, person: str) -> None:
        self._offered_all -= 1
        self._offered[person] -= 1
        if not self._offered[person]:
            del self._offered[person]

    def _ended(self, task: asyncio.Task[None], work: Coroutine[None, None, None]) -> None:
        self._tasks.discard(task)
        work.close()  # one that was cancelled before its first step
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
