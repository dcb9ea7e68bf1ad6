"""Acts of several processes in any order of their steps, held against a book of what is true of every one.

They are acts of all kinds that are one request. Each step of each process waits until the machine lets it go on: done,
failed, or done with its answer lost; and at any of them the process may die. The book: nothing is sent twice for one
row, nothing that somebody was told is not, every row ends and is told, and what is told last is what the row says.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from jobbot.adverity.errors import NotStoppable, Unreachable
from jobbot.interaction import Interaction, Submitted
from jobbot.render.blockkit.blocks import load_message
from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.model import ENDINGS, NOT_BEGUN, ActRecord, ActState, Kind
from tests.machinery.acts.steps import Action, Do, answer_lost, away, done, done_and_raises, raises
from tests.machinery.acts.world import ANA, BEN, BOUND, OCTOBER, Process, World
from tests.support.databases import folder_in_memory, sqlite_url
from tests.unit.store.machine import RUNS
from tests.unit.store.world import LEASE

T = TypeVar("T")

JOBS, FAILED = (987, 988), 986
WRITE: list[Action] = [
    done,
    raises(Unreachable("refused", maybe_received=False)),
    raises(NotStoppable("Not in fetch.", status=409)),
    raises(Unreachable("timed out")),
    done_and_raises(Unreachable("timed out")),
]
OUTCOMES: dict[str, list[Action]] = {
    **dict.fromkeys(("stop", "fetch", "switch", "retry", "acknowledge"), WRITE),
    **{step: [done, raises(Unreachable("timed out"))] for step in ("read", "recent", "datastream", "issues")},
    "post": [done, raises(SlackRefused("chat.postMessage", "not_in_channel"))],
    "edit": [done, raises(SlackRefused("chat.update", "ratelimited", may_pass=True, wait=40.0))],
    "whisper": [done, raises(SlackRefused("chat.postEphemeral", "fatal_error", may_pass=True))],
    "person": [done],
    "sleep": [done],
}
LEDGER: list[Action] = [done, done, away, answer_lost]

HOUR = 3600.0
ASKED: dict[Kind, Callable[[World, str], Interaction]] = {
    Kind.FETCH: lambda it, who: it.fetch(who),
    Kind.PAUSE: lambda it, who: it.pause(who, until="1"),
    Kind.RESUME: lambda it, who: it.resume(who),
    Kind.RETRY: lambda it, who: it.about_issue(who, job=FAILED),
    Kind.ACKNOWLEDGE: lambda it, who: it.about_issue(who, kind=Kind.ACKNOWLEDGE, job=FAILED),
}
"""By kind the submission of one; a stop is of one of the ``JOBS``. A pause is for an hour, and resumed then."""


@dataclass
class Waiting:
    """A step that has come, and has not been let go on."""

    process: Process
    step: str
    goes: asyncio.Future[Action]


@dataclass
class Pressed:
    """One that was pressed, and what its window said: None closed it."""

    view: str
    answer: Any = field(default="nothing yet")


class ActsMachine(RuleBasedStateMachine):
    """Two processes at a time."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = ExitStack()
        self.world = self.does(self.make(self.stack.enter_context(folder_in_memory()) / "stops.db"))
        self.waiting: list[Waiting] = []
        self.submitted: list[Pressed] = []
        self.pressing: set[asyncio.Task[None]] = set()
        self.healing = False
        self.processes = [self.begin(), self.begin()]
        for job in JOBS:
            self.world.runs(job)
        self.world.fails(FAILED)

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
                         "release", "last_done", "follow", "current", "postpone"):  # fmt: skip
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
    def press_stop(self, process: int, who: str, job: int) -> None:
        """Somebody submits the window of a stop."""
        self.press(process, self.world.submission(who, job))

    @rule(process=st.integers(0, 1), who=st.sampled_from([ANA, BEN]), kind=st.sampled_from(list(ASKED)))
    def press_other(self, process: int, who: str, kind: Kind) -> None:
        """Somebody submits the window of another act."""
        self.press(process, ASKED[kind](self.world, who))

    def press(self, process: int, submission: Interaction) -> None:
        """Up to the first step that waits."""
        assert isinstance(submission.did, Submitted)
        one = Pressed(submission.did.view_id)
        self.submitted.append(one)

        async def press() -> None:
            one.answer = await self.processes[process].sends(submission)

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

    @rule(seconds=st.sampled_from([1.0, 20.0, LEASE.total_seconds() + 1, HOUR]))
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
        for wait in (*[LEASE.total_seconds() * 2] * 4, HOUR, *[LEASE.total_seconds() * 2] * 2):
            for process in self.processes:
                await process.ends()
                self.world.time.pass_(wait + 1)
                await process.looks()
        for task in self.pressing:
            task.cancel()
        await asyncio.gather(*self.pressing, return_exceptions=True)

    def check(self) -> None:
        """The book."""
        rows = self.does(self.world.rows(None))
        world = self.world
        for write, may in ((self.arrived(kind), self.may_have_come(rows, kind)) for kind in (Kind.STOP, *ASKED)):
            assert not write - may, f"arrived, and no row tells of it: {write - may}"
        last = {said.text for said in world.slack.messages}
        ever = {text for said in world.slack.messages for text in said.texts}
        for row in rows:
            assert row.state in ENDINGS, row
            assert row.told_at is not None, row
            if row.state in NOT_BEGUN or "No request was sent" in (row.message or ""):
                assert row.state in NOT_BEGUN | {ActState.REFUSED, ActState.ENDED_OTHERWISE}
                assert row.answer == "" or row.planned_for is not None, "something came back of what was not sent"
            if row.message is not None:
                # A pause's message tells of its end in its place.
                texts = ever if row.kind is Kind.PAUSE else last
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

    def arrived(self, kind: Kind) -> Counter[object]:
        """The requests of a kind that have come to Adverity, each by what it is about."""
        known = self.world.adverity
        match kind:
            case Kind.STOP:
                return Counter(known.posts)
            case Kind.FETCH:
                return Counter(str(days) for days in known.fetches)
            case Kind.PAUSE | Kind.RESUME:
                return Counter(switch for switch in known.switches if switch is (kind is Kind.RESUME))
            case _:
                return Counter(path for path in known.retries if path.endswith(_ENDS[kind]))

    def may_have_come(self, rows: Sequence[ActRecord], kind: Kind) -> Counter[object]:
        """Those of which the rows say that they were sent, and not that nothing came of it."""
        sent = [
            row
            for row in rows
            if row.kind is kind and row.sent_at is not None and row.state not in NOT_BEGUN | {ActState.REFUSED}
        ]
        match kind:
            case Kind.STOP:
                return Counter(row.job for row in sent)
            case Kind.FETCH:
                return Counter({str(OCTOBER): len(sent)})
            case Kind.PAUSE | Kind.RESUME:
                return Counter({kind is Kind.RESUME: len(sent)})
            case _:
                return Counter({f"/api/errors/77{_ENDS[kind]}": len(sent)})


_ENDS = {Kind.RETRY: "/retry/", Kind.ACKNOWLEDGE: "/ack/"}


@pytest.mark.examples
def test_every_order_is_right() -> None:
    run_state_machine_as_test(ActsMachine, settings=RUNS)
