"""Throttled warnings: the first of a reason is logged at once, the others of the same minute as one count.

For lines that anybody on the network can cause: they must not fill the disk, nor hide other lines.
"""

import asyncio
from collections import Counter

from structlog.stdlib import BoundLogger

WINDOW_SECONDS = 60.0
"""The length of a window."""


class ThrottledLog:
    """Logs ``message`` as a warning, throttled by ``reason`` (from a closed set). To be used in a running loop."""

    def __init__(self, log: BoundLogger, message: str, *, seconds: float = WINDOW_SECONDS) -> None:
        self._log = log
        self._message = message
        self._seconds = seconds
        self._more: Counter[str] = Counter()
        self._waiting: set[str] = set()

    def warn(self, reason: str) -> None:
        """Log it, or count it where this reason was logged within the window."""
        if reason in self._waiting:
            self._more[reason] += 1
            return
        self._log.warning(self._message, reason=reason)
        self._wait(reason)

    def _wait(self, reason: str) -> None:
        self._waiting.add(reason)
        asyncio.get_running_loop().call_later(self._seconds, self._sum_up, reason)

    def _sum_up(self, reason: str) -> None:
        self._waiting.discard(reason)
        if more := self._more.pop(reason, 0):
            self._log.warning(f"{self._message}, again", reason=reason, times=more, seconds=int(self._seconds))
            self._wait(reason)
