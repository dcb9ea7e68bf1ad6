"""Who is served when, in the queue before an instance."""

import asyncio

from jobbot.adverity.call_queue import CallQueue
from tests.unit.adverity.world import until


class Served:
    """People in a queue who hold their turn until they are let go."""

    def __init__(self, width: int) -> None:
        self.queue = CallQueue(width)
        self.served: list[str] = []
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._let_go: dict[str, asyncio.Event] = {}

    async def comes(self, name: str, *, urgent: bool = False) -> None:
        self._let_go[name] = asyncio.Event()
        self._tasks[name] = asyncio.create_task(self._hold(name, urgent))
        await asyncio.sleep(0)

    async def _hold(self, name: str, urgent: bool) -> None:
        async with self.queue.turn(urgent=urgent):
            self.served.append(name)
            await self._let_go[name].wait()

    async def leaves(self, name: str) -> None:
        self._let_go[name].set()
        await self._tasks[name]
        await asyncio.sleep(0)

    async def gives_up(self, *names: str) -> None:
        for name in names:
            self._tasks[name].cancel()
        await asyncio.gather(*(self._tasks[name] for name in names), return_exceptions=True)


async def test_one_at_a_time_in_the_order_in_which_they_came() -> None:
    people = Served(1)
    for name in ("ana", "ben", "cy"):
        await people.comes(name)
    assert people.served == ["ana"]

    await people.leaves("ana")
    assert people.served == ["ana", "ben"]
    await people.leaves("ben")
    await people.leaves("cy")
    assert people.served == ["ana", "ben", "cy"]


async def test_the_urgent_go_before_all_who_wait() -> None:
    people = Served(1)
    await people.comes("read 1")
    await people.comes("read 2")
    await people.comes("stop 1", urgent=True)
    await people.comes("stop 2", urgent=True)

    for name in ("read 1", "stop 1", "stop 2", "read 2"):
        await people.leaves(name)
    assert people.served == ["read 1", "stop 1", "stop 2", "read 2"]


async def test_several_at_a_time() -> None:
    people = Served(2)
    for name in ("ana", "ben", "cy"):
        await people.comes(name)
    assert people.served == ["ana", "ben"]

    await people.gives_up("ben")
    await until(lambda: "cy" in people.served)


async def test_who_gives_up_waiting_is_passed_over() -> None:
    people = Served(1)
    for name in ("ana", "ben", "cy"):
        await people.comes(name)

    await people.gives_up("ben")
    await people.leaves("ana")
    assert people.served == ["ana", "cy"]


async def test_who_is_called_and_gives_up_in_the_same_moment_passes_the_turn_on() -> None:
    people = Served(1)
    for name in ("ana", "ben", "cy"):
        await people.comes(name)

    people._let_go["ana"].set()
    await asyncio.sleep(0)  # ana leaves and calls ben, who has not woken up yet
    await people.gives_up("ben")
    await until(lambda: people.served == ["ana", "cy"])


async def test_a_free_queue_stays_free() -> None:
    people = Served(1)
    for name in ("ana", "ben"):
        await people.comes(name)
        await people.leaves(name)
    assert people.served == ["ana", "ben"]
