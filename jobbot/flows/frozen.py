"""What answers and acts say of a freeze, from its row, to those who read it."""

from collections.abc import Awaitable, Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, replace

from jobbot.flows.instances import Instance
from jobbot.render.frozen import Frozen
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.freezes import Freeze, Freezes


@dataclass(frozen=True, slots=True)
class Audience:
    """Who reads a channel, and how much of the instances they see.

    ``is_shared``: with another organisation, or nobody knows; ``is_bound``: some workspaces only.
    """

    is_shared: bool
    is_bound: bool


AudienceOf = Callable[[str | None], Awaitable[Audience]]
"""Of a channel, by its id."""


def frozen_of(freeze: Freeze) -> Frozen:
    """A row in the words' terms."""
    return Frozen(
        id=freeze.id,
        instance=freeze.instance,
        user_id=freeze.user_id,
        since=freeze.since,
        until=freeze.until,
        reason=freeze.reason,
    )


class FreezesThere:
    """Reads the freeze that is on as it may be told in a channel: to another organisation without its reason."""

    def __init__(self, freezes: Freezes, audience: AudienceOf) -> None:
        self._freezes = freezes
        self.audience = audience

    async def current(self, instance: str, channel_id: str | None) -> Frozen | None:
        """The freeze of an instance that is on now. Raises StoreUnavailable."""
        found = await self._freezes.current(instance)
        return await self.told(found, channel_id) if found is not None else None

    async def by_channel(self, instance: str, channels: Collection[str]) -> dict[str, Frozen]:
        """The same for several channels. Raises StoreUnavailable."""
        found = await self._freezes.current(instance)
        return {one: await self.told(found, one) for one in sorted(channels)} if found is not None else {}

    async def told(self, freeze: Freeze, channel_id: str | None) -> Frozen:
        """A freeze as it may be told in a channel."""
        frozen, there = frozen_of(freeze), await self.audience(channel_id)
        reason = "" if there.is_shared else frozen.reason
        return replace(frozen, reason=reason, can_end=not (there.is_shared or there.is_bound))


class FreezeLine:
    """Reads what an answer shows of a freeze, for ``extra`` seconds at most: without the database it shows none."""

    def __init__(self, freezes: FreezesThere, *, extra: float = LIMIT_SECONDS) -> None:
        self._freezes = freezes
        self._best_effort = BestEffort(extra)

    async def of(self, instance: Instance, channel_id: str | None) -> Frozen | None:
        """The freeze of an instance that is on, as far as the database tells it in time, for a channel."""
        with suppress(TimeoutError):
            async with instance.extras.reading():
                return await self._best_effort.ask(self._freezes.current(instance.name, channel_id), default=None)
        return None
