"""Background tasks for the work after an ack: bounded, supervised, their errors logged, drained at shutdown.

Bolt keeps no reference to the tasks it starts and drains none at shutdown (executed and seen), hence this. More
commands than can be served must neither fill the memory nor keep acks waiting, for which Slack gives 3 seconds: past a
bound nothing is taken, and what is taken runs in turns, one step each time the event loop turns. A step is what a
coroutine does between two waits: some tenths of a millisecond, or several where a message is rendered. Without turns, a
hundred pieces of work that waited for the same answer go on within one turn of the loop, and every ack waits for all.
"""

import asyncio
import heapq
from collections import Counter, deque
from collections.abc import Coroutine, Generator
from types import coroutine
from typing import Any

from jobbot.logs import get_logger

log = get_logger(__name__)

MOST = 1_000
"""Pieces of work at a time, those included that wait for Adverity: five hundred commands in a burst are all served."""

MOST_OF_ONE = 500
"""Pieces of one person: nobody keeps others out."""

URGENT_MORE = 200
"""Urgent pieces that are taken beyond these bounds: a stop is wanted most where everybody is asking."""


class BackgroundTasks:
    """A supervised set of tasks in the running loop. ``most`` and ``most_of_one`` bound what is offered."""

    def __init__(self, *, most: int = MOST, most_of_one: int = MOST_OF_ONE, urgent_more: int = URGENT_MORE) -> None:
        self._tasks: set[asyncio.Task[None]] = set()
        self._turns = _Turns()
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
        task = self._add(_in_turns(work, self._turns, person, urgent=urgent), work)
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


class _Turns:
    """Gives one step a turn of the loop: to what is urgent, then to each person in turn, oldest piece first."""

    def __init__(self) -> None:
        self._urgent: deque[asyncio.Future[None]] = deque()
        self._of: dict[str, list[tuple[int, asyncio.Future[None]]]] = {}
        self._began = 0
        self._is_turning = False

    def number(self) -> int:
        """The number of a new piece: of one person's pieces that wait, the lowest goes on."""
        self._began += 1
        return self._began

    def wait(self, person: str, piece: int, *, urgent: bool) -> asyncio.Future[None] | None:
        """What to wait for before the next step; None where it may go on at once."""
        loop = asyncio.get_running_loop()
        if not self._is_turning:
            self._is_turning = True
            loop.call_soon(self._turn)
            return None
        turn: asyncio.Future[None] = loop.create_future()
        if urgent:
            self._urgent.append(turn)
        else:
            heapq.heappush(self._of.setdefault(person, []), (piece, turn))
        return turn

    def _turn(self) -> None:
        """The loop has turned: the next one goes on."""
        while (turn := self._next()) is not None:
            if not turn.done():  # cancelled while it waited
                turn.set_result(None)
                asyncio.get_running_loop().call_soon(self._turn)
                return
        self._is_turning = False

    def _next(self) -> asyncio.Future[None] | None:
        if self._urgent:
            return self._urgent.popleft()
        if not self._of:
            return None
        person = next(iter(self._of))
        waiting = self._of.pop(person)
        _, turn = heapq.heappop(waiting)
        if waiting:
            self._of[person] = waiting  # behind the others
        return turn


@coroutine
def _in_turns(
    work: Coroutine[Any, Any, None], turns: _Turns, person: str, *, urgent: bool = False
) -> Generator[Any, Any, None]:
    """Run ``work``, each of its steps when it is its turn; a cancellation reaches it at once.

    Any: what asyncio's futures yield.
    """
    piece, error = turns.number(), None
    while True:
        try:
            if error is None and (turn := turns.wait(person, piece, urgent=urgent)) is not None:
                yield from turn
        except BaseException as thrown:  # it is the work's to handle: a cancellation, or the end of the generator
            error = thrown
        try:
            waited = work.send(None) if error is None else work.throw(error)
        except StopIteration:
            return
        error = None
        try:
            yield waited
        except BaseException as thrown:
            error = thrown
