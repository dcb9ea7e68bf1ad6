"""What answers and acts say of a freeze, from its row."""

from contextlib import suppress

from jobbot.flows.instances import Instance
from jobbot.render.frozen import Frozen
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.freezes import Freeze, Freezes


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


class FreezeLine:
    """Reads what an answer shows of a freeze, for ``extra`` seconds at most: without the database it shows none."""

    def __init__(self, freezes: Freezes, *, extra: float = LIMIT_SECONDS) -> None:
        self._freezes = freezes
        self._best_effort = BestEffort(extra)

    async def of(self, instance: Instance) -> Frozen | None:
        """The freeze of an instance that is on, as far as the database tells it in time."""
        with suppress(TimeoutError):
            async with instance.extras.reading():
                found = await self._best_effort.ask(self._freezes.current(instance.name), default=None)
                return frozen_of(found) if found is not None else None
        return None
