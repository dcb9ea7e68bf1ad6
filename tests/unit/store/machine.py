"""A machine for hypothesis on one of the databases: what is done to the store in any order, held against a book."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine

from tests.support.databases import folder_in_memory, fresh_database, sqlite_url
from tests.unit.store.world import Clock

T = TypeVar("T")

RUNS = settings(
    max_examples=max(5, settings().max_examples // 10),
    stateful_step_count=40,
    suppress_health_check=list(HealthCheck),
)
"""A tenth of the profile's examples: each is forty steps on a database."""


class StoreMachine(RuleBasedStateMachine):
    """An empty database for each run, a loop, a clock. ``kind`` is ``sqlite``, or the server's URL."""

    kind: ClassVar[str]

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.clock = Clock()
        if self.kind == "sqlite":
            self.url = sqlite_url(self.stack.enter_context(folder_in_memory()) / "store.db")
        else:
            self.url = self.stack.enter_context(fresh_database(self.kind))

    def teardown(self) -> None:
        """Close everything, in the loop in which it was opened."""
        self.does(self.stack.aclose())
        self.runner.close()

    def does(self, work: Coroutine[Any, Any, T]) -> T:
        """Run it to its end."""
        return self.runner.run(work)

    def now(self) -> float:
        """Seconds on the clock."""
        return self.clock().timestamp()
