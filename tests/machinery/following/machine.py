"""A machine for hypothesis on a world of two processes, with a loop of its own."""

import asyncio
from collections.abc import Coroutine
from contextlib import ExitStack
from typing import Any, TypeVar

from hypothesis.stateful import RuleBasedStateMachine

from tests.machinery.following.world import World
from tests.support.databases import folder_in_memory

T = TypeVar("T")


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
