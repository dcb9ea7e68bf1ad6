"""Steps of processes that a test can interrupt, delay, have fail, or do something else between.

Every call of a process to its ledger, to Adverity, to Slack and to its timer is a step with a name (``hold``, ``stop``,
``edit``, ``sleep``, ...). Without a word of the test it is simply done. An action takes the step's doing and does it,
or not, or something before and afterwards.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from typing import Any

from jobbot.store.database.engine import StoreUnavailable

Do = Callable[[], Awaitable[Any]]
Action = Callable[[Do], Awaitable[Any]]

ANSWER_LOST: ContextVar[bool] = ContextVar("answer_lost", default=False)
"""Whether the database commits what is written now, and its answer is lost on the way back."""


class Killed(BaseException):
    """The process is dead: no handler runs, and nothing of it reaches anything any more."""


class Steps:
    """The steps of one process. ``taken`` are their names, in the order in which they began."""

    def __init__(self) -> None:
        self.dead = False
        self.taken: list[str] = []
        self.always: dict[str, Action] = {}
        self._next: dict[str, list[Action]] = defaultdict(list)

    def at(self, step: str, *actions: Action) -> None:
        """What happens the next times that this step comes."""
        self._next[step].extend(actions)

    async def take(self, step: str, do: Do) -> Any:
        """One step. Raises Killed where the process died before it or in it."""
        self._alive()
        self.taken.append(step)
        actions = self._next[step]
        action = actions.pop(0) if actions else self.always.get(step) or self.always.get("*")
        answer = await (action(do) if action is not None else do())
        self._alive()
        return answer

    def _alive(self) -> None:
        if self.dead:
            raise Killed

    def of(self, of: object) -> Any:
        """An object whose every coroutine is a step."""
        return _Stepped(self, of)

    async def dies(self, do: Do) -> Any:
        """An action: killed just before."""
        self.dead = True
        raise Killed

    async def dies_after(self, do: Do) -> Any:
        """An action: done, and killed before anything comes of it."""
        await do()
        self.dead = True
        raise Killed


class _Stepped:
    def __init__(self, steps: Steps, of: object) -> None:
        self._steps = steps
        self._of = of

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._of, name)
        if not asyncio.iscoroutinefunction(found):
            return found

        def step(*arguments: Any, **named: Any) -> Coroutine[Any, Any, Any]:
            return self._steps.take(name, lambda: found(*arguments, **named))

        return step


async def done(do: Do) -> Any:
    """As always."""
    return await do()


async def away(do: Do) -> Any:
    """The database cannot be reached."""
    raise StoreUnavailable("no connection")


async def answer_lost(do: Do) -> Any:
    """The database does it, and nobody here learns so."""
    token = ANSWER_LOST.set(True)
    try:
        return await do()
    finally:
        ANSWER_LOST.reset(token)


def raises(error: BaseException) -> Action:
    """Not done."""

    async def action(do: Do) -> Any:
        raise error

    return action


def done_and_raises(error: BaseException) -> Action:
    """Done, and yet."""

    async def action(do: Do) -> Any:
        await do()
        raise error

    return action


def first(meanwhile: Callable[[], Awaitable[object] | None]) -> Action:
    """Something else happens before."""

    async def action(do: Do) -> Any:
        if (waits := meanwhile()) is not None:
            await waits
        return await do()

    return action


class Gate:
    """A step that waits: ``reached`` once somebody stands before it, until it is ``open``."""

    def __init__(self) -> None:
        self.reached, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, do: Do) -> Any:
        """The action."""
        self.reached.set()
        await self.open.wait()
        return await do()
