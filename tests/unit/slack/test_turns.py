"""Work in turns: acks come before it, nobody is kept waiting by somebody else's, and none is lost on the way."""

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.turns import SHARE, Turns, in_turns
from tests.unit.slack.world import until


class Told:
    """What pieces of work have done, in order."""

    def __init__(self) -> None:
        self.steps: list[str] = []
        self.ended: list[str] = []

    async def piece(self, name: str, steps: int = 2, gate: asyncio.Event | None = None) -> None:
        """So many steps, behind the gate if there is one."""
        if gate is not None:
            await gate.wait()
        for _ in range(steps):
            self.steps.append(name)
            await asyncio.sleep(0)
        self.ended.append(name)


async def ended(work: BackgroundTasks) -> None:
    await until(lambda: len(work) == 0)


async def test_between_two_steps_everything_else_has_its_turn() -> None:
    """A hundred that wait for the same answer go on a few at a time, and what comes meanwhile is taken between them."""
    work, told, gate = BackgroundTasks(steps=3), Told(), asyncio.Event()
    for number in range(100):
        assert work.offer(told.piece(f"{number}", 1, gate), "U0ANA")
    gate.set()
    seen = []
    while len(work):
        seen.append(len(told.steps))
        await asyncio.sleep(0)
    assert len(told.ended) == 100
    assert max(after - before for before, after in pairwise(seen)) <= 3


async def test_each_person_in_turn() -> None:
    work, told = BackgroundTasks(steps=1), Told()
    for number in range(50):
        work.offer(told.piece(f"ana {number}"), "U0ANA")
    work.offer(told.piece("ben"), "U0BEN")
    await ended(work)
    assert told.ended.index("ben") <= 2


async def test_what_was_asked_first_ends_first() -> None:
    work, told = BackgroundTasks(steps=1), Told()
    names = [f"{number}" for number in range(20)]
    for name in names:
        work.offer(told.piece(name, 5), "U0ANA")
    await ended(work)
    assert told.ended == names


async def test_what_is_urgent_goes_first() -> None:
    work, told = BackgroundTasks(steps=1), Told()
    for number in range(50):
        work.offer(told.piece(f"{number}"), f"U{number}")
    work.offer(told.piece("stop", 3), "U0ANA", urgent=True)
    await ended(work)
    assert told.ended.index("stop") <= 2


async def test_what_is_urgent_goes_by_each_person_in_turn_as_well() -> None:
    work, told = BackgroundTasks(steps=1), Told()
    for number in range(500):
        work.offer(told.piece(f"ana {number}"), "U0ANA", urgent=True)
    work.offer(told.piece("stop"), "U0BEN", urgent=True)
    await ended(work)
    assert told.ended.index("stop") <= 2


async def test_what_is_not_urgent_any_more_goes_as_everything_else_does() -> None:
    """Its window is open, or its words asked for no act after all."""
    work, told = BackgroundTasks(steps=1), Told()

    async def opens_a_window() -> None:
        IS_URGENT.set(False)
        await told.piece("window", 5)

    for _ in range(500):
        work.offer(opens_a_window(), "U0ANA", urgent=True)
    work.offer(told.piece("list"), "U0BEN")
    await ended(work)
    assert told.ended.index("list") <= 2


async def test_one_that_waits_for_something_keeps_nobody_waiting() -> None:
    work, told, gate = BackgroundTasks(), Told(), asyncio.Event()
    work.offer(told.piece("waits", 1, gate), "U0ANA")
    work.offer(told.piece("goes on"), "U0ANA")
    await until(lambda: told.ended == ["goes on"])
    gate.set()
    await ended(work)
    assert told.ended == ["goes on", "waits"]


async def test_past_a_bound_nothing_is_taken_until_there_is_room() -> None:
    work, told, gate = BackgroundTasks(most=3, most_of_one=2, urgent_more=1), Told(), asyncio.Event()

    def offer(name: str, person: str, *, urgent: bool = False) -> bool:
        return work.offer(told.piece(name, 1, gate), person, urgent=urgent)

    assert [offer("1", "U0ANA"), offer("2", "U0ANA"), offer("3", "U0ANA")] == [True, True, False]
    assert [offer("4", "U0BEN"), offer("5", "U0BEN"), offer("6", "U0EVA")] == [True, False, False]
    assert [offer("7", "U0EVA", urgent=True), offer("8", "U0EVA", urgent=True)] == [True, False]
    gate.set()
    await ended(work)
    assert sorted(told.ended) == ["1", "2", "4", "7"]
    assert offer("9", "U0ANA")
    await ended(work)
    assert told.ended[-1] == "9"


async def test_what_is_started_needs_no_room_and_waits_for_no_turn() -> None:
    """A stop's submission: its ack waits for it."""
    work, told, gate = BackgroundTasks(most=1), Told(), asyncio.Event()
    work.offer(told.piece("list", 1, gate), "U0ANA")
    assert work.start(told.piece("stop", 1))
    await until(lambda: told.ended == ["stop"])
    gate.set()
    await ended(work)


async def test_a_shutdown_waits_for_what_waits_for_its_turn() -> None:
    work, told = BackgroundTasks(), Told()
    for number in range(30):
        work.offer(told.piece(f"{number}"), "U0ANA")
    await work.drain(30)
    assert len(told.ended) == 30
    assert not work.offer(told.piece("late"), "U0ANA")


async def test_a_shutdown_that_may_wait_no_longer_lets_what_has_begun_clean_up() -> None:
    work, cleaned, begun = BackgroundTasks(), [], asyncio.Event()

    async def stuck(name: str) -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(name)

    work.offer(stuck("one"), "U0ANA")
    await begun.wait()
    for number in range(20):
        work.offer(stuck(f"{number}"), "U0ANA")
    await work.drain(0)
    assert "one" in cleaned
    assert len(work) == 0


async def test_a_limit_on_time_holds_while_a_turn_is_waited_for() -> None:
    work, told, seen = BackgroundTasks(), Told(), []

    async def bounded() -> None:
        try:
            async with asyncio.timeout(0):
                await asyncio.Event().wait()
        except TimeoutError:
            seen.append("timed out")
        seen.append("went on")

    work.offer(bounded(), "U0ANA")
    for number in range(10):
        work.offer(told.piece(f"{number}"), "U0ANA")
    await ended(work)
    assert seen == ["timed out", "went on"]
    assert len(told.ended) == 10


async def test_what_fails_is_heard_and_leaves_its_room(caplog: pytest.LogCaptureFixture) -> None:
    work, told = BackgroundTasks(most=1), Told()

    async def fails() -> None:
        await asyncio.sleep(0)
        raise ValueError("näh")

    work.offer(fails(), "U0ANA")
    await ended(work)
    assert "an error that nobody caught" in caplog.text
    assert work.offer(told.piece("next"), "U0ANA")
    await ended(work)
    assert told.ended == ["next"]


async def test_what_was_done_in_turns_leaves_nothing_behind() -> None:
    """After everything has ended, what comes next goes on at once, as the first did."""
    work, told = BackgroundTasks(steps=1), Told()
    for _ in range(3):
        for number in range(5):
            work.offer(told.piece(f"{number}"), f"U{number}")
        await ended(work)
    assert len(told.ended) == 15


class Busy:
    """A loop in which time passes by what is done: payloads come, each acknowledged in 1 ms, and work waits."""

    def __init__(self, step: float) -> None:
        self.now, self.acks, self.worked, self.step = 0.0, 0.0, 0.0, step
        self.turns = Turns(16, lambda: self.now)
        self.payloads = True

    async def gets_payloads(self) -> None:
        while self.payloads:
            self.turns.payload_came()
            self.now += 0.001
            self.acks += 0.001
            await asyncio.sleep(0)

    async def works(self) -> None:
        while True:
            self.now += self.step
            self.worked += self.step
            await asyncio.sleep(0)

    async def until(self, condition: Callable[[], bool], *, urgent: bool = False) -> None:
        """Payloads and some pieces of work, until then."""
        pieces = [in_turns(self.works(), self.turns, f"U{number}", urgent=urgent) for number in range(20)]
        tasks = [asyncio.create_task(piece) for piece in (*pieces, self.gets_payloads())]
        try:
            await until(condition)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)


@pytest.mark.parametrize("step", [0.0001, 0.003, 0.02])
async def test_while_payloads_keep_coming_work_has_its_share_and_no_more(step: float) -> None:
    """However long its steps are: what one took too long is taken from the next ones."""
    busy = Busy(step)
    await busy.until(lambda: busy.acks >= 2)
    assert 0.8 * SHARE < busy.worked / busy.now < 1.2 * SHARE


async def test_when_none_come_any_more_work_has_all_the_time() -> None:
    busy = Busy(0.02)
    await busy.until(lambda: busy.acks >= 1)
    busy.payloads, before = False, busy.worked
    await busy.until(lambda: busy.worked >= before + 2)
    assert busy.acks < 1.01


async def test_what_is_urgent_waits_for_no_share() -> None:
    busy = Busy(0.02)
    await busy.until(lambda: busy.acks >= 0.1, urgent=True)
    assert busy.worked > 10 * busy.acks


PIECES = st.lists(st.tuples(st.sampled_from(["ana", "ben", "eva"]), st.integers(0, 4), st.booleans()), max_size=30)


@pytest.mark.examples
@given(pieces=PIECES, cancelled=st.sets(st.integers(0, 29)), turns=st.integers(0, 20))
def test_nothing_is_lost(pieces: list[tuple[str, int, bool]], cancelled: set[int], turns: int) -> None:
    """Whoever asks for how much, and whatever is cancelled meanwhile: everything else ends, once."""

    async def play() -> None:
        work, told, tasks = BackgroundTasks(), Told(), []
        start = asyncio.get_running_loop().create_task

        def keep(steps: Coroutine[None, None, None], **given: object) -> asyncio.Task[None]:
            tasks.append(start(steps))
            return tasks[-1]

        asyncio.get_running_loop().create_task = keep  # type: ignore[method-assign, assignment]
        for number, (person, steps, urgent) in enumerate(pieces):
            assert work.offer(told.piece(f"{number}", steps), person, urgent=urgent)
        for _ in range(turns):
            await asyncio.sleep(0)
        for number in cancelled & set(range(len(tasks))):
            tasks[number].cancel()
        await ended(work)
        whole = [f"{number}" for number, task in enumerate(tasks) if not task.cancelled()]
        assert sorted(told.ended) == sorted(whole)
        assert {f"{number}" for number in range(len(tasks)) if number not in cancelled} <= set(told.ended)

    asyncio.run(play())


async def test_a_wait_that_was_given_up_and_begun_again_keeps_nobody_waiting() -> None:
    """A bound inside a piece runs out while it waits for its turn, and it waits again: it is in the queue twice."""
    turns = Turns(1)
    assert turns.wait("U0ANA", 0, urgent=False) is None, "nobody waits"
    given_up = turns.wait("U0ANA", 1, urgent=False)
    assert given_up is not None
    given_up.cancel()
    again, other = turns.wait("U0ANA", 1, urgent=False), turns.wait("U0BEN", 2, urgent=False)
    assert again is not None
    assert other is not None
    async with asyncio.timeout(30):
        await asyncio.gather(again, other)
