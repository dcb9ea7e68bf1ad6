"""Measures how far an instance's clock is ahead of ours, from the ``Date`` header of its answers (RFC 9110, 6.6.1)."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from statistics import median

_SAMPLES = 9
_NOTHING = timedelta(seconds=2)
"""The header is to the second, and an answer takes a moment: a difference of less is none."""


class ClockDifference:
    """The median of the last answers: one that was long under way, or came from a cache, does not count for much.

    ``clock`` gives our own time, aware.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._seconds: deque[float] = deque(maxlen=_SAMPLES)

    def observe(self, date: str | None) -> None:
        """Add the ``Date`` header of an answer that has just come; None or no date is ignored."""
        try:
            said = parsedate_to_datetime(date or "")
        except ValueError:
            return
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said
        # Half a second, as it was cut to the second.
        self._seconds.append((said - self._clock()).total_seconds() + 0.5)

    @property
    def ahead(self) -> timedelta | None:
        """Whole seconds, negative where it is behind; None before the first answer."""
        if not self._seconds:
            return None
        found = timedelta(seconds=round(median(self._seconds)))
        return found if abs(found) >= _NOTHING else timedelta(0)
