"""Stops of several processes in any order of their steps, held against a book of what is true of every one.

Each step of each process waits until the machine lets it go on: done, failed, or done with its answer lost; and at any
of them the process may die. The book: nothing is sent twice for one row, nothing that somebody was told is not, every
row ends and is told, and what is told last is what the row says.
"""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from jobbot.adverity.errors import NotStoppable, Unreachable
from jobbot.render.blockkit.blocks import load_message
from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.model import ENDINGS, NOT_BEGUN, ActState
from tests.machinery.acts.steps import Action, Do, answer_lost, away, done, done_and_raises, raises
from tests.machinery.acts.world import ANA, BEN, BOUND, Process, World
from tests.support.databases import folder_in_memory, sqlite_url
from tests.unit.store.machine import RUNS
from tests.unit.store.world import LEASE

T = TypeVar("T")

JOBS = (987, 988)
OUTCOMES: dict[str, list[Action]] = {
    "stop": [
        done,
        raises(Unreachable("refused", maybe_received=False)),
        raises(NotStoppable("Not in fetch.", status=409)),
        raises(Unreachable("timed out")),
        done_and_raises(Unreachable("timed out")),
    ],
    "read": [done, raises(Unreachable("timed out"))],
    "post": [done, raises(SlackRefused("chat.postMessage", "not_in_channel"))],
    "edit": [done, raises(SlackRefused("chat.update", "ratelimited", may_pass=True, wait=40.0))],
    "whisper": [done, raises(SlackRefused("chat.postEphemeral", "fatal_error", may_pass=True))],
    "person": [done],
    "sleep": [done],
}
LEDGER: list[Action] = [done, done, away, answer_lost]


@dataclass
class Waiting:
    """A step that has come, and has not been let go on."""

    process: Process
    step: str
    goes: asyncio.Future[Action]


@dataclass
class Submitted:
    """One that was pressed, and what its window said: None closed it."""

    who: str
    job: int
    view: str
    answer: Any = field(default="nothing yet")


class StoppingMachine(RuleBasedStateMachine):
    """Two processes at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.world = self.does(self.make(self.stack.enter_context(folder_in_memory()) / "stops.db"))
        self.waiting: list[Waiting] = []
        self.submitted: list[Submitted] = []
        self.pressing: set[asyncio.Task[None]] = set()
        self.healing = False
        self.processes = [self.begin(), self.begin()]
        for job in JOBS:
            self.world.runs(job)

    async def make(self, file: Path) -> World:
        """In the loop."""
        return World(sqlite_url(file))

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it to its end."""
        return self.runner.run(work)

    def begin(self) -> Process:
        """A process whose steps wait."""

        async def start() -> Process:
            process = self.world.starts(f"process{len(self.world.processes)}")

            def at(step: str) -> Action:
                async def stands(do: Do) -> Any:
                    if self.healing:
                        return await do()
                    waits = Waiting(process, step, asyncio.get_running_loop().create_future())
                    self.waiting.append(waits)
                    action = await waits.goes
                    return await action(do)

                return stands

            for step in (*OUTCOMES, "submit", "hold", "announced", "sending", "keep", "answered", "close", "told",
                         "release", "earlier", "follow", "read", "current"):  # fmt: skip
                process.steps.always[step] = at(step)
            return process

        return self.does(start())

    async def settle(self) -> None:
        """Until everybody stands before a step, or is at the end of what there is to do."""
        async with asyncio.timeout(BOUND):
            while True:
                tasks = {task for process in self.processes for task in process.tasks if not task.done()}
                tasks |= {task for task in self.pressing if not task.done()}
                stand = len(self.waiting)
                # A press waits for its own process's work.
                if len(tasks) - sum(not task.done() for task in self.pressing) <= stand:
                    return
                await asyncio.sleep(0)

    @rule(process=st.integers(0, 1), who=st.sampled_from([ANA, BEN]), job=st.sampled_from(JOBS))
    def press(self, process: int, who: str, job: int) -> None:
        """Somebody submits a window."""
        one = Submitted(who, job, f"V{len(self.submitted)}")
        self.submitted.append(one)

        async def press() -> None:
            one.answer = await self.processes[process].submits(who, job, view=one.view)

        async def start() -> None:
            self.pressing.add(asyncio.create_task(press()))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            await self.settle()

        self.does(start())

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 9), how=st.integers(0, 9))
    def go_on(self, which: int, how: int) -> None:
        """One step, in one of the ways in which it can go."""
        waits = self.waiting.pop(which % len(self.waiting))
        outcomes = OUTCOMES.get(waits.step, LEDGER)
        self.does(self.release(waits, outcomes[how % len(outcomes)]))

    @precondition(lambda self: self.waiting)
    @rule(count=st.integers(1, 15))
    def go_well(self, count: int) -> None:
        """Many steps without any trouble: how a stop comes far enough to be interrupted late."""
        for _ in range(count):
            if self.waiting:
                self.does(self.release(self.waiting.pop(0), done))

    async def release(self, waits: Waiting, action: Action) -> None:
        """Let it go on until it stands again."""
        waits.goes.set_result(action)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        await self.settle()

    @rule(process=st.integers(0, 1))
    def look(self, process: int) -> None:
        """A round of the recovery; what it begins stands before its first step."""

        async def look() -> None:
            await self.processes[process].recovery.run_round()
            await asyncio.sleep(0)
            await self.settle()

        self.does(look())

    @rule(seconds=st.sampled_from([1.0, 20.0, LEASE.total_seconds() + 1]))
    def pass_time(self, seconds: float) -> None:
        """Time passes."""
        self.world.time.pass_(seconds)

    @rule(job=st.sampled_from(JOBS))
    def end(self, job: int) -> None:
        """A job ends by itself."""
        if self.world.adverity.states[job] == "Running":
            self.world.adverity.states[job] = "Success"

    @rule(process=st.integers(0, 1))
    def kill(self, process: int) -> None:
        """A process dies where it stands, and another one comes in its place."""
        dead = self.processes[process]
        self.waiting = [waits for waits in self.waiting if waits.process is not dead]
        self.does(dead.kill())
        self.processes[process] = self.begin()

    def teardown(self) -> None:
        """Everything goes well from now on; then the book is read."""
        try:
            self.does(self.heal())
            self.check()
        finally:
            self.does(self.world.aclose())
            self.runner.close()
            self.stack.close()

    async def heal(self) -> None:
        """What stands goes on, what was left behind is taken over."""
        self.healing = True
        for waits in self.waiting:
            waits.goes.set_result(done)
        for _ in range(4):
            for process in self.processes:
                await process.ends()
                self.world.time.pass_(LEASE.total_seconds() * 2)
                await process.looks()
        for task in self.pressing:
            task.cancel()
        await asyncio.gather(*self.pressing, return_exceptions=True)

    def check(self) -> None:
        """The book."""
        rows = self.does(self.world.rows(None))
        world = self.world
        sent = [row for row in rows if row.sent_at is not None]
        for job in JOBS:
            assert world.adverity.posts.count(job) <= sum(row.job == job for row in sent), "sent twice"
        texts = {said.text for said in world.slack.messages}
        for row in rows:
            assert row.state in ENDINGS, row
            assert row.told_at is not None, row
            if (
                row.state in NOT_BEGUN | {ActState.REFUSED}
                and row.answer == ""
                and "No request was sent" in (row.message or "")
            ):
                assert row.sent_at is None or row.state is ActState.REFUSED
            if row.message is not None:
                assert load_message(row.message).text in texts, f"what is told is not what the row says: {row}"
        by_view = {row.request_key.split("|")[0]: row for row in rows}
        assert len(by_view) == len(rows), "two rows of one submission"
        for one in self.submitted:
            found = by_view.get(one.view)
            if one.answer is None:
                assert found is not None, "the window closed, and it is not in the record"
            elif isinstance(one.answer, dict):
                assert "will not send one" in str(one.answer)
                assert found is None or found.state is ActState.DROPPED, "told that nothing is sent"


@pytest.mark.examples
def test_every_order_is_right() -> None:
    run_state_machine_as_test(StoppingMachine, settings=RUNS)
