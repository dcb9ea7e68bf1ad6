"""An event loop whose time passes by itself while nothing can run: what waits for minutes is over at once.

For code that waits by the loop's clock alone (timeouts, sleeps), without sockets, threads or processes.
"""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class _Selector(selectors.SelectSelector):
    """Notes how long the loop would have waited, and waits for nothing."""

    passed = 0.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """What is ready now."""
        if timeout is None:
            raise AssertionError("everything waits for something that will never happen")
        self.passed += max(0.0, timeout)
        return super().select(0)


class _Loop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._passing = _Selector()
        super().__init__(self._passing)

    def time(self) -> float:
        """Seconds that were waited for."""
        return self._passing.passed


def run_virtually(story: Coroutine[Any, Any, T]) -> tuple[T, float]:
    """Run it to its end: what it returns, and how many seconds it waited."""
    with asyncio.Runner(loop_factory=_Loop) as runner:
        result = runner.run(story)
        return result, runner.get_loop().time()
