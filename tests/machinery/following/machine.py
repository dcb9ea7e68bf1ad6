"""A machine for hypothesis on a world of two processes, with a loop of its own."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from jobbot.store.database.engine import StoreUnavailable
from tests.machinery.following.world import Killed, Process, World, no_answer
from tests.support.databases import folder_in_memory

T = TypeVar("T")

BREAKS = st.tuples(st.integers(0, 7), st.sampled_from(["before", "after"]), st.sampled_from([StoreUnavailable, Killed]))
EITHER = st.sampled_from([0, 1])


class FollowingMachine(RuleBasedStateMachine):
    """An empty database and an empty world for each run."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.runner = self.stack.enter_context(asyncio.Runner())
        self.it = self.does(self._world())

    async def _world(self) -> World:
        return World(self.stack.enter_context(folder_in_memory()))

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it to its end."""
        return self.runner.run(work)

    def teardown(self) -> None:
        """Close everything."""
        self.does(self.it.aclose())
        self.stack.close()


class DeliveringMachine(FollowingMachine):
    """With two processes, whose deliveries are interrupted and left without an answer."""

    processes: list[Process]
    count: int

    def process(self, which: int) -> Process:
        return self.processes[which]

    def buries(self, which: int) -> None:
        """Another process takes its place."""
        self.count += 1
        self.processes[which] = self.it.process(f"p{self.count}")

    @rule()
    def adverity_works(self) -> None:
        self.it.adverity.fails.clear()

    @rule(which=EITHER)
    def delivers(self, which: int) -> None:
        self.does(self.process(which).delivers())

    @rule(which=EITHER, breaks=BREAKS)
    def delivers_interrupted(self, which: int, breaks: tuple[int, str, type[BaseException]]) -> None:
        after, when, how = breaks
        self.process(which).database.fails(after=after, when=when, how=how)
        if self.does(self.process(which).delivers()) == "killed":
            self.buries(which)
        self.process(which).database.breaks = None

    @rule(which=EITHER, taken=st.booleans())
    def delivers_without_an_answer(self, which: int, taken: bool) -> None:
        self.it.slack.next = [no_answer(taken=taken)]
        self.does(self.process(which).delivers())
        self.it.slack.next = []


class PollingMachine(DeliveringMachine):
    """In which time passes, and whose rounds are interrupted too."""

    @rule(seconds=st.sampled_from([1.0, 5.0, 61.0, 200.0]))
    def sleeps(self, seconds: float) -> None:
        self.it.clock.pass_(seconds)

    @rule(which=EITHER, most=st.integers(1, 4))
    def polls(self, which: int, most: int) -> None:
        for _ in range(most):
            self.does(self.process(which).round())

    @rule(which=EITHER, breaks=BREAKS)
    def polls_interrupted(self, which: int, breaks: tuple[int, str, type[BaseException]]) -> None:
        after, when, how = breaks
        self.process(which).database.fails(after=after, when=when, how=how)
        became = self.does(self.process(which).round())
        self.process(which).database.breaks = None
        if became == "killed":
            self.buries(which)
