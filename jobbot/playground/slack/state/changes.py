"""Everything that happens in the local Slack, told to whoever wants to know: tests that wait, a page that shows it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

T = TypeVar("T")

Kind = Literal[
    "message_posted",
    "message_edited",
    "message_unfurled",
    "message_deleted",
    "view_opened",
    "view_updated",
    "view_closed",
    "api_call",
    "delivery",
    "answer_refused",
    "connection_opened",
    "connection_closed",
]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened. ``subject`` is the Message, View, ApiCall, Action or Connection it happened to."""

    kind: Kind
    subject: object


class Changes:
    """Tells watchers of changes, in the order in which they happen."""

    def __init__(self) -> None:
        self._watchers: list[Callable[[Change], None]] = []

    def subscribe(self, watcher: Callable[[Change], None]) -> Callable[[], None]:
        """Call ``watcher`` with every change from now on; the answer, called, ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    def tell(self, kind: Kind, subject: object) -> None:
        """Something happened."""
        for watcher in tuple(self._watchers):
            watcher(Change(kind, subject))

    async def until(self, condition: Callable[[], T], *, seconds: float = 30.0) -> T:
        """Wait until ``condition`` answers something true, and answer that. Raises TimeoutError.

        It is asked at once and after every change, never in between.
        """
        changed = asyncio.Event()
        unsubscribe = self.subscribe(lambda _: changed.set())
        try:
            async with asyncio.timeout(seconds):
                while not (met := condition()):
                    changed.clear()
                    await changed.wait()
                return met
        finally:
            unsubscribe()
