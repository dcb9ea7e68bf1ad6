"""The log of what went over the wire, newest last, with the bodies at hand where they are known."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from jobbot.playground.page.protocol import CannotBeDone, Json
from jobbot.playground.page.redact import Redaction

Side = Literal["adverity", "slack"]

ENTRIES_KEPT = 500
LONGEST_BODY = 20_000
"""Characters of a body that are shown; nobody reads more in a panel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WireCall:
    """A call between the bot and one of the two servers. ``key`` tells it from the others of its side.

    ``status`` is an HTTP status, or a word; None while it is open, and None with ``ms`` where it was cut. ``parts``
    are what can be looked at: a title and a text each, not redacted yet.
    """

    side: Side
    key: object
    method: str
    path: str
    status: int | str | None = None
    ms: float | None = None
    parts: Sequence[tuple[str, str]] = ()


class WireLog:
    """The newest calls."""

    def __init__(self, redaction: Redaction) -> None:
        self._redaction = redaction
        self._listeners: list[Callable[[Json], None]] = []
        self._calls: dict[int, WireCall] = {}
        self._numbers: dict[tuple[Side, object], int] = {}
        self._next = 0

    def subscribe(self, listener: Callable[[Json], None]) -> Callable[[], None]:
        """Call ``listener`` with each call that is new or over, as the browser may see it; the answer ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def record(self, call: WireCall) -> None:
        """Take in a call, or what became of it."""
        number = self._numbers.get((call.side, call.key))
        if number is None:
            number = self._next
            self._next += 1
            self._numbers[call.side, call.key] = number
        self._calls[number] = call
        for listener in tuple(self._listeners):
            listener(self._shown(number, call))
        while len(self._calls) > ENTRIES_KEPT:
            oldest = next(iter(self._calls))
            gone = self._calls.pop(oldest)
            del self._numbers[gone.side, gone.key]

    def shown(self, most: int = 100) -> list[Json]:
        """The newest calls, newest first."""
        return [self._shown(number, call) for number, call in reversed(list(self._calls.items())[-most:])]

    def look(self, number: int) -> list[Json]:
        """The parts of a call, without secrets. Raises CannotBeDone for a call that is not kept any more."""
        call = self._calls.get(number)
        if call is None:
            raise CannotBeDone("That call is not kept any more.")
        parts = call.parts or [("Body", "Nothing more is known of this call.")]
        return [{"title": title, "text": _cut(self._redaction(readable(text)))} for title, text in parts]

    def _shown(self, number: int, call: WireCall) -> Json:
        path = self._redaction(call.path)
        return {
            "n": number,
            "side": call.side,
            "method": call.method,
            "path": path,
            "status": call.status,
            "ms": call.ms,
        }


def readable(text: str) -> str:
    """JSON over several lines; anything else as it is."""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except ValueError:
        return text


def _cut(text: str) -> str:
    return (
        text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]}\n… {len(text) - LONGEST_BODY:,} characters more"
    )
