"""Runs pieces of work step by step, a few steps each time the event loop turns, so that acks come before work.

A step is what a coroutine does between two waits: some tenths of a millisecond, more where a message is rendered.
Without turns, a hundred pieces of work that waited for the same answer go on within one turn of the loop, and every ack
that comes meanwhile waits for all of them. Slack gives an ack 3 seconds. While payloads keep coming, work has a share
of the time, by what its steps really took, and their acks the rest; else it has all of it.
"""

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Generator
from itertools import count
from time import perf_counter
from typing import Any

from jobbot.slack.handlers.urgency import IS_URGENT

STEPS_SECONDS = 0.002
STEPS_MOST = 16
"""What the steps of one turn of the loop may take, by what steps took so far, and how many they may be."""

SHARE = 0.2
"""Of the time, for work, while payloads keep coming."""

QUIET_TURNS = 3
"""Turns of the loop without a payload after which none keep coming: from its bytes to its ack one takes three."""


class _Waiting:
    """What waits for its turn: each person in turn, of one person's pieces the oldest first."""

    def __init__(self) -> None:
        self._of: dict[str, list[tuple[int, int, asyncio.Future[None]]]] = {}
        self._waits = count()

    def __bool__(self) -> bool:
        return bool(self._of)

    def put(self, person: str, piece: int, turn: asyncio.Future[None]) -> None:
        """``turn`` is the wait of that piece."""
        # A piece that gave up one wait may be here twice: the count decides, as futures cannot be compared.
        heapq.heappush(self._of.setdefault(person, []), (piece, next(self._waits), turn))

    def take(self) -> asyncio.Future[None]:
        """The next one; there must be one."""
        person = next(iter(self._of))
        waiting = self._of.pop(person)
        *_, turn = heapq.heappop(waiting)
        if waiting:
            self._of[person] = waiting  # behind the others
        return turn


class Turns:
    """Gives out the steps of each turn of the loop: to what is urgent, then to all else, by each person in turn.

    ``most``: how many at a time; ``clock``: seconds.
    """

    def __init__(self, most: int, clock: Callable[[], float] = perf_counter) -> None:
        self._most = most
        self.clock = clock
        self._urgent, self._others = _Waiting(), _Waiting()
        self._began = count()
        self._is_turning = False
        self._left = 0
        self._mean = STEPS_SECONDS
        self._quiet = QUIET_TURNS
        self._credit = STEPS_SECONDS
        """Seconds that steps may take; below nothing after one that took longer than it might."""
        self._credited = clock()

    def payload_came(self) -> None:
        """A payload has come, whose ack is due."""
        self._quiet = 0

    def number(self) -> int:
        """The number of a new piece: of one person's pieces that wait, the lowest goes on."""
        return next(self._began)

    def took(self, seconds: float) -> None:
        """A step has been done."""
        self._mean += (seconds - self._mean) / 16
        self._credit -= seconds

    def wait(self, person: str, piece: int, *, urgent: bool) -> asyncio.Future[None] | None:
        """What to wait for before the next step; None where it may go on at once."""
        loop = asyncio.get_running_loop()
        if not self._is_turning:
            self._is_turning, self._left = True, self._steps()
            loop.call_soon(self._turn)
        if self._left > 0:  # then nobody waits
            self._left -= 1
            return None
        turn: asyncio.Future[None] = loop.create_future()
        (self._urgent if urgent else self._others).put(person, piece, turn)
        return turn

    def _steps(self) -> int:
        """How many steps the turn that begins has; none where work has had its share."""
        now = self.clock()
        if self._quiet < QUIET_TURNS:
            self._quiet += 1
            self._credit = min(STEPS_SECONDS, self._credit + SHARE * (now - self._credited))
        else:
            self._credit = STEPS_SECONDS
        self._credited = now
        if self._credit <= 0:
            return 1 if self._urgent else 0
        return max(1, min(self._most, int(self._credit / self._mean)))

    def _turn(self) -> None:
        """The loop has turned: the next ones go on."""
        steps = self._left = self._steps()
        while self._left and (waiting := self._urgent or self._others):
            turn = waiting.take()
            if not turn.done():  # cancelled while it waited
                turn.set_result(None)
                self._left -= 1
        if self._left < steps or self._others:
            asyncio.get_running_loop().call_soon(self._turn)
        else:
            self._is_turning = False


async def in_turns(work: Coroutine[Any, Any, None], turns: Turns, person: str, *, urgent: bool = False) -> None:
    """Run ``work``, each of its steps when it is its turn; a cancellation reaches it at once.

    ``urgent``: until the work itself says, by ``IS_URGENT``, that it is not any more.
    """
    IS_URGENT.set(urgent)
    await _Steps(work, turns, person)


class _Steps:
    """A piece of work, awaited step by step. Any: what asyncio's futures yield."""

    def __init__(self, work: Coroutine[Any, Any, None], turns: Turns, person: str) -> None:
        self._work, self._turns, self._person = work, turns, person

    def __await__(self) -> Generator[Any, Any, None]:
        piece, error = self._turns.number(), None
        while True:
            try:
                turn = None if error else self._turns.wait(self._person, piece, urgent=IS_URGENT.get())
                if turn is not None:
                    yield from turn
            except BaseException as thrown:  # it is the work's to handle: a cancellation, or the end of the generator
                error = thrown
            began = self._turns.clock()
            try:
                waited = self._work.send(None) if error is None else self._work.throw(error)
            except StopIteration:
                return
            finally:
                self._turns.took(self._turns.clock() - began)
            error = None
            try:
                yield waited
            except BaseException as thrown:
                error = thrown
