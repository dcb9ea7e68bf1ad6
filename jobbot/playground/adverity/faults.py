"""What can go wrong between an instance and its callers, on demand: ``adverity.faults.slow(5)``, ``.cut(times=1)``.

Every fault holds for the next ``times`` calls, or until ``clear()``; for all calls, or those with a ``method`` and a
part of the ``path``. A call meets every delay that holds for it, and the oldest of the other faults: ``cut(times=1)``
and then ``unavailable(times=1)`` go to two calls, in that order.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

HTML = b"<!doctype html><html><head><title>%d</title></head><body><h1>%s</h1><hr>nginx</body></html>"


@dataclass(frozen=True, slots=True)
class Delay:
    """The call waits before anything happens: ``seconds`` of the world's time, or (None) until ``over`` is set.

    A caller that goes away meanwhile does not take the request back: it takes effect all the same.
    """

    seconds: float | None
    over: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let every call that waits go on, and those that follow."""
        self.over.set()


@dataclass(frozen=True, slots=True)
class Reply:
    """This answer instead of the instance's; the request has no effect."""

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is cut without an answer, before or after the request took effect."""

    after_effect: bool


@dataclass(frozen=True, slots=True)
class Silence:
    """The connection stays open and no answer ever comes."""

    after_effect: bool


@dataclass(frozen=True, slots=True)
class Truncation:
    """Half of the answer's body, under the Content-Length of the whole; then the connection is closed."""


@dataclass(frozen=True, slots=True)
class Drip:
    """The answer's body byte by byte, ``seconds`` apart."""

    seconds: float


Fault = Delay | Reply | Cut | Silence | Truncation | Drip


@dataclass(slots=True)
class _Rule:
    fault: Fault
    left: int | None
    method: str
    path: str

    def matches(self, method: str, path: str) -> bool:
        return self.left != 0 and self.method in {"", method} and self.path in path


class Faults:
    """The faults that hold now. All setters take ``times``, ``method`` and ``path`` (see the module)."""

    def __init__(self) -> None:
        self._rules: list[_Rule] = []

    def clear(self) -> None:
        """Nothing goes wrong any more; calls that are held go on."""
        rules, self._rules = self._rules, []
        for rule in rules:
            if isinstance(rule.fault, Delay):
                rule.fault.release()

    def slow(self, seconds: float, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """Answers come ``seconds`` late."""
        self._add(Delay(seconds), times, method, path)

    def hold(self, *, times: int | None = None, method: str = "", path: str = "") -> Delay:
        """Calls wait until ``release()`` of the answer is called."""
        delay = Delay(None)
        self._add(delay, times, method, path)
        return delay

    def replies(
        self,
        status: int,
        body: bytes = b"",
        *,
        content_type: str = "application/json",
        headers: Mapping[str, str] | None = None,
        times: int | None = None,
        method: str = "",
        path: str = "",
    ) -> None:
        """Exactly this answer."""
        self._add(Reply(status, body, content_type, dict(headers or {})), times, method, path)

    def unauthorised(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """401: the key is not taken."""
        self.replies(401, b'{"detail": "Invalid token."}', times=times, method=method, path=path)

    def forbidden(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """403: the key may not do this."""
        body = b'{"detail": "You do not have permission to perform this action."}'
        self.replies(403, body, times=times, method=method, path=path)

    def missing(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """404: nothing is there."""
        self.replies(404, b'{"detail": "Not found."}', times=times, method=method, path=path)

    def throttled(
        self, retry_after: int | str | None = None, *, times: int | None = None, method: str = "", path: str = ""
    ) -> None:
        """429, with ``Retry-After`` where one is given."""
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        body = b'{"detail": "Request was throttled."}'
        self.replies(429, body, headers=headers, times=times, method=method, path=path)

    def unavailable(
        self, retry_after: int | str | None = None, *, times: int | None = None, method: str = "", path: str = ""
    ) -> None:
        """503 as a proxy says it, in HTML, with ``Retry-After`` where one is given."""
        headers = {} if retry_after is None else {"retry-after": str(retry_after)}
        body = HTML % (503, b"Service Temporarily Unavailable")
        self.replies(503, body, content_type="text/html", headers=headers, times=times, method=method, path=path)

    def broken(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """500 with an HTML page."""
        body = HTML % (500, b"Server Error")
        self.replies(500, body, content_type="text/html", times=times, method=method, path=path)

    def html(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """200 with an HTML page, as from a login wall."""
        body = HTML % (200, b"Sign in to continue")
        self.replies(200, body, content_type="text/html", times=times, method=method, path=path)

    def huge(self, size: int = 11 * 2**20, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """200 with valid JSON of ``size`` bytes."""
        frame = b'{"count": 0, "next": null, "previous": null, "results": [], "padding": "%s"}'
        self.replies(200, frame % (b"x" * (size - len(frame) + 2)), times=times, method=method, path=path)

    def truncated(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """The instance's own answer, broken off in the middle."""
        self._add(Truncation(), times, method, path)

    def cut(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """The connection is cut before the request took effect."""
        self._add(Cut(after_effect=False), times, method, path)

    def cut_after_effect(self, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """The request takes effect, then the connection is cut without an answer."""
        self._add(Cut(after_effect=True), times, method, path)

    def silent(self, *, after_effect: bool = False, times: int | None = None, method: str = "", path: str = "") -> None:
        """The request is accepted and never answered."""
        self._add(Silence(after_effect), times, method, path)

    def drips(self, seconds: float = 0.05, *, times: int | None = None, method: str = "", path: str = "") -> None:
        """The body comes byte by byte, ``seconds`` apart."""
        self._add(Drip(seconds), times, method, path)

    def take(self, method: str, path: str) -> tuple[tuple[Delay, ...], Fault | None]:
        """What happens to a call: every delay that holds for it, and the oldest other fault. Counts them down."""
        matching = [rule for rule in self._rules if rule.matches(method, path)]
        delays = [rule for rule in matching if isinstance(rule.fault, Delay)]
        others = [rule for rule in matching if not isinstance(rule.fault, Delay)][:1]
        for rule in delays + others:
            rule.left = None if rule.left is None else rule.left - 1
        waits = tuple(rule.fault for rule in delays if isinstance(rule.fault, Delay))
        return waits, others[0].fault if others else None

    def _add(self, fault: Fault, times: int | None, method: str, path: str) -> None:
        self._rules.append(_Rule(fault, times, method, path))
