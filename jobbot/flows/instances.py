"""The configured Adverity instances, by name."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway

K = TypeVar("K")

ORPHANED_AFTER = timedelta(minutes=10)
"""An instance that is not configured here counts as orphaned when no process has polled it for so long.

During a rolling update another process may still have it configured.
"""

PATIENCE = 1.5
"""Seconds."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One instance: its name, its address for links, and the one gateway through which it is asked.

    ``patience``: for how many seconds an answer waits for what it can do without.
    """

    name: str
    base_url: str
    gateway: Gateway
    patience: float = PATIENCE

    def patient_since(self, since: float) -> "Instance":
        """The same with what is left of its patience: of two reads in a row both together wait no longer.

        ``since`` is the time of the running loop at which the first one began.
        """
        waited = asyncio.get_running_loop().time() - since
        return replace(self, patience=max(0.0, self.patience - waited))


async def read_each(keys: Iterable[K], read: Callable[[K], Awaitable[object]], *, seconds: float) -> None:
    """Read one key after the other, for so many seconds in all. What fails, or does not come in time, is left out.

    What came is in the gateway's caches, where the caller finds it.
    """
    try:
        async with asyncio.timeout(seconds):
            for key in keys:
                with suppress(AdverityError):
                    await read(key)
    except TimeoutError:
        pass


class Instances:
    """Looks instances up by name. The first one is the default."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self._by_name: Mapping[str, Instance] = {one.name: one for one in instances}

    def __iter__(self) -> Iterator[Instance]:
        return iter(self._by_name.values())

    @property
    def names(self) -> tuple[str, ...]:
        """All names, the default first."""
        return tuple(self._by_name)

    def get(self, name: str | None) -> Instance | None:
        """The instance of that name; the default for None; None for a name that is not configured."""
        if name is None:
            return next(iter(self._by_name.values()))
        return self._by_name.get(name)
