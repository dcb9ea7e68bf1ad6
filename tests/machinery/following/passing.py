"""What passes: rounds of both processes in turn, and jobs that end between them."""

from jobbot.adverity.model import State
from jobbot.store.database.tables import pollers
from tests.machinery.following.world import World

STREAM = 42


async def looks(it: World, times: int = 4) -> None:
    """Some rounds by both processes in turn, and what they found is told."""
    for number in range(times):
        await (it.one, it.two)[number % 2].round()
    await it.one.delivers_all()


async def ends(it: World, job: int, state: State = State.FAILED, *, stream: int = STREAM) -> None:
    it.clock.pass_(120)
    it.adverity.starts(job, before=60, stream=stream)
    it.adverity.ends(job, state)
    await looks(it)


async def ends_untold(it: World, job: int, state: State = State.FAILED) -> None:
    """It has begun and ended, and rounds have seen it; nothing is told yet."""
    it.adverity.starts(job, before=60, stream=STREAM)
    it.adverity.ends(job, state)
    for _ in range(4):
        await it.one.round()


async def begins(it: World, **alerts: object) -> None:
    await it.one.alerts_on(**alerts)  # type: ignore[arg-type] # as alerts_on takes them
    await it.one.round_of("going", "past")


async def lasts(it: World, seconds: float) -> None:
    """PollRounds of both processes in turn, each when it is due, for so long."""
    until, turn = it.clock().timestamp() + seconds, 0
    while True:
        (row,) = await it.rows(pollers)
        due = max(row.next_at, row.lease_until).timestamp()
        if due > until:
            it.clock.pass_(until - it.clock().timestamp())
            return
        await (it.one, it.two)[turn % 2].round()
        turn += 1
