"""The record of every call that reached the instance: for tests to count, and for a page to show as it happens."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from time import perf_counter

from jobbot.playground.adverity.clock import Now


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call. ``at`` is the instance's time; ``in_flight`` how many calls were open when it came, itself included.

    ``status`` and ``ms`` are None while it is open; ``status`` stays None when no answer was begun (the line was cut,
    or the caller went away). ``headers`` have lower-case names and no key in them; ``body`` is there once it was read.
    """

    number: int
    at: datetime
    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    in_flight: int
    status: int | None = None
    ms: float | None = None
    body: bytes = b""

    @property
    def is_open(self) -> bool:
        """True until the call was answered, cut, or given up by the caller."""
        return self.ms is None

    def matches(self, method: str = "", path: str = "") -> bool:
        """True when the call has this method and ``path`` is a part of its path; empty words match everything."""
        return method in {"", self.method} and path in self.path


class CallLog:
    """All calls in the order in which they came."""

    def __init__(self, now: Now) -> None:
        self._now = now
        self._calls: list[Call] = []
        self._begun: dict[int, float] = {}
        self._watchers: list[Callable[[Call], None]] = []

    def all(self) -> tuple[Call, ...]:
        """Every call so far, also those that are open."""
        return tuple(self._calls)

    def count(self, method: str = "", path: str = "") -> int:
        """How many calls came, e.g. ``count("POST", "/stop/")``."""
        return sum(call.matches(method, path) for call in self._calls)

    def writes(self) -> Counter[str]:
        """How often each write came: by method, path and body."""
        written = (call for call in self._calls if call.method != "GET")
        return Counter(f"{call.method} {call.path} {call.body.decode('utf-8', 'replace')}".strip() for call in written)

    @property
    def in_flight(self) -> int:
        """How many calls are open."""
        return len(self._begun)

    @property
    def max_in_flight(self) -> int:
        """The most calls that were ever open at once."""
        return max((call.in_flight for call in self._calls), default=0)

    def watch(self, watcher: Callable[[Call], None]) -> Callable[[], None]:
        """Call ``watcher`` when a call comes and again when it is over; the answer, called, ends that."""
        self._watchers.append(watcher)
        return lambda: self._watchers.remove(watcher)

    async def until(self, condition: Callable[["CallLog"], bool], *, within: float = 30.0) -> None:
        """Wait until ``condition`` is true of this log. Raises TimeoutError after ``within`` seconds."""
        changed = asyncio.Event()
        unwatch = self.watch(lambda _: changed.set())
        try:
            async with asyncio.timeout(within):
                while not condition(self):
                    changed.clear()
                    await changed.wait()
        finally:
            unwatch()

    def comes(self, method: str, path: str, query: str, headers: Iterable[tuple[str, str]]) -> Call:
        """Record that a call came."""
        number = len(self._calls)
        self._begun[number] = perf_counter()
        call = Call(
            number=number,
            at=self._now(),
            method=method,
            path=path,
            query=query,
            headers={name: _without_key(name, value) for name, value in headers},
            in_flight=len(self._begun),
        )
        self._calls.append(call)
        self._tell(call)
        return call

    def brings(self, call: Call, body: bytes) -> Call:
        """Record the body that a call came with."""
        self._calls[call.number] = found = replace(call, body=body)
        return found

    def goes(self, call: Call, status: int | None) -> None:
        """Record that a call is over, with the status of its answer, if there was one."""
        ms = (perf_counter() - self._begun.pop(call.number)) * 1000
        self._calls[call.number] = over = replace(call, status=status, ms=ms)
        self._tell(over)

    def _tell(self, call: Call) -> None:
        for watcher in tuple(self._watchers):
            watcher(call)


def _without_key(name: str, value: str) -> str:
    if name != "authorization":
        return value
    word, _, secret = value.partition(" ")
    return f"{word} ***" if secret else "***"
