"""What time it is in the local Slack, and the timestamps that name its messages."""

from collections.abc import Callable
from datetime import UTC, datetime

Now = Callable[[], datetime]
"""A clock: called, it tells the time (aware, UTC)."""

_MICRO = 1_000_000


def utc_now() -> datetime:
    """The world's time."""
    return datetime.now(UTC)


class Timestamps:
    """Slack's ``ts``: seconds and microseconds since the epoch, and a name that is never given twice."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._last = 0

    def next(self) -> str:
        """A new one; later than every one before it, also where the clock stands still."""
        micros = round(self._now().timestamp() * _MICRO)
        self._last = max(micros, self._last + 1)
        return f"{self._last // _MICRO}.{self._last % _MICRO:06d}"
