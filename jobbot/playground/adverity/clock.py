"""What time it is on the local instance: the world's time, a faster one, or one that a test moves by hand."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]
"""A clock: called, it tells the time (aware, UTC)."""


def utc_now() -> datetime:
    """The world's time."""
    return datetime.now(UTC)


class FastClock:
    """``now`` seen ``speed`` times as fast, from the moment this clock is made."""

    def __init__(self, now: Now, speed: float) -> None:
        self._now = now
        self._speed = speed
        self._origin = now()

    def __call__(self) -> datetime:
        """The time, faster."""
        return self._origin + (self._now() - self._origin) * self._speed


class HandClock:
    """A clock that stands still until ``advance`` moves it."""

    def __init__(self, at: datetime = datetime(2026, 3, 4, 10, 42, 5, tzinfo=UTC)) -> None:
        self._at = at

    def __call__(self) -> datetime:
        """The time at which it stands."""
        return self._at

    def advance(self, *, seconds: float = 0, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
        """Move on, never back; answers the new time. Raises ValueError for a step back."""
        step = timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)
        if step < timedelta(0):
            raise ValueError("an instance's time does not go back")
        self._at += step
        return self._at
