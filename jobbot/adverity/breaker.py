"""Circuit breaker: refuses reads at once while an instance is down.

After some failures in a row, reads are refused for a few seconds with the last failure and the time at which the
instance is asked again; then one read is let through to see. Only what is the instance's fault counts
(``AdverityError.is_transient``): an answer of 404 shows that it is well.
"""

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from jobbot.adverity.errors import AdverityError, Unreachable


class Breaker:
    """``threshold`` failures in a row open it for ``pause`` seconds of ``monotonic``; ``clock`` gives UTC."""

    def __init__(
        self,
        monotonic: Callable[[], float],
        *,
        threshold: int = 5,
        pause: float = 5.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._monotonic = monotonic
        self._clock = clock
        self._threshold = threshold
        self._pause = pause
        self._failures = 0
        self._last: AdverityError | None = None
        self._open_until = 0.0
        self._probing = False

    def check(self) -> None:
        """Raise the last failure where an attempt would be refused now."""
        if self._last is not None and (self._probing or self._monotonic() < self._open_until):
            raise self._refusal(self._last)

    def refuse_while_open(self) -> None:
        """Raise the last failure while the instance is down, also when an attempt to see would be due."""
        if self._last is not None:
            raise self._refusal(self._last)

    @property
    def is_open(self) -> bool:
        """Whether it is open: from the ``threshold``-th failure in a row until an attempt succeeds."""
        return self._last is not None

    @contextmanager
    def attempt(self, *, always: bool = False) -> Iterator[None]:
        """Guard one attempt: raise as ``check`` does, and count how it ends. ``always``: never refuse it."""
        if not always:
            self.check()
        probe = self.is_open and not always
        self._probing = self._probing or probe
        try:
            yield
        except AdverityError as error:
            self._ended(error if error.is_transient else None)
            raise
        else:
            self._ended(None)
        finally:
            if probe:
                self._probing = False

    def _ended(self, failure: AdverityError | None) -> None:
        if failure is None:
            self._failures, self._last = 0, None
            return
        self._failures += 1
        if self._failures >= self._threshold:
            self._last = failure
            self._open_until = self._monotonic() + self._pause

    def _refusal(self, last: AdverityError) -> AdverityError:
        refusal = copy.copy(last)
        if isinstance(refusal, Unreachable):
            refusal.maybe_received = False
        wait = self._open_until - self._monotonic()
        refusal.not_before = self._clock() + timedelta(seconds=wait) if wait > 0 else None
        return refusal
