"""A schedule that Ana has paused for an hour, and its rows."""

from jobbot.store.acts.model import ActRecord, Kind
from tests.machinery.acts.world import Process, World

HOUR = 3600.0


async def paused(it: World, until: str = "1") -> Process:
    """A process in which Ana has paused the schedule, for an hour."""
    one = it.starts("one")
    await one.sends(it.pause(until=until))
    await one.ends()
    assert it.adverity.switches == [False]
    return one


async def of(it: World, kind: Kind) -> list[ActRecord]:
    """The rows of a kind, the newest first."""
    return [row for row in await it.rows(None) if row.kind is kind]


async def resumed(it: World) -> ActRecord:
    """The only resume."""
    (row,) = await of(it, Kind.RESUME)
    return row
