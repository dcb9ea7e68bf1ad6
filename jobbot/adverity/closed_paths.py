"""What an instance refused of the reads that answers can do without, so that it is not asked for that again and again.

Adverity removes paths without notice, and a key may be limited to a few resources: a path that answers 403 or 404 will
do so again. One that is slow or broken stands in the way of what people really asked for, as there is one call at a
time: it is left alone for a minute.
"""

import copy
from collections.abc import Callable, Hashable

from cachetools import TTLCache

from jobbot.adverity.errors import (
    AdverityError,
    Busy,
    Forbidden,
    NotFound,
    NotReadable,
    OptionalRead,
    Unauthorised,
    Unreachable,
)

REFUSED, FAILED = 3600.0, 60.0
"""Seconds for which a refusal and a failure are remembered."""

_SIZE = 4096


class ClosedPaths:
    """The failures of one instance, by kind of read, or by kind and key where they concern that key alone."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._refused: TTLCache[Hashable, AdverityError] = TTLCache(_SIZE, REFUSED, monotonic)
        self._failed: TTLCache[Hashable, AdverityError] = TTLCache(_SIZE, FAILED, monotonic)

    def failure(self, kind: OptionalRead, key: Hashable) -> AdverityError | None:
        """With what asking would fail, as far as it is known; a copy, to be raised."""
        for memory in (self._refused, self._failed):
            for place in (kind, (kind, key)):
                if (found := memory.get(place)) is not None:
                    return copy.copy(found)
        return None

    def learn(self, kind: OptionalRead, key: Hashable, error: AdverityError) -> AdverityError:
        """Remember how a read failed; answers the error that is to be raised."""
        match error:
            case Forbidden() | NotFound():
                told = NotReadable(kind, error.status)
                of_the_key = isinstance(error, NotFound) and kind is OptionalRead.DATASTREAM
                self._refused[(kind, key) if of_the_key else kind] = told
                return told
            case Unreachable() | Busy() | Unauthorised():
                self._failed[kind] = error
            case _:
                self._failed[kind, key] = error
        return error
