"""What can go wrong in Slack, on demand: ``slack.faults.slow("views.open", 4)``, ``.drop_sockets()``.

Methods are named as the Web API names them; ``response_url`` is posts to those, and ``*`` is everything. Each fault
holds for the next ``times`` calls, or until ``clear()``. A call meets the delay and the one refusal that are oldest.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from jobbot.playground.slack.delivery.socket import SocketMode, disconnect
from jobbot.playground.slack.errors import ApiError

Farewell = Literal["warning", "refresh_requested", "link_disabled"]

_HANDSHAKE = "(handshake)"
"""What WebSocket handshakes go by among the methods; no method of the Web API is called that."""

Instead = Literal["cut", "bare"]
"""What a call that took effect is answered with: nothing, or no more than that it did."""


@dataclass(frozen=True, slots=True)
class Broken:
    """An answer that is none of the API's."""

    status: int
    html: bool


@dataclass(slots=True)
class _Rule:
    method: str
    left: int | None
    seconds: float = 0.0
    refusal: ApiError | Broken | Instead | None = None
    released: asyncio.Event = field(default_factory=asyncio.Event)

    def matches(self, method: str) -> bool:
        return self.left != 0 and self.method in ("*", method)

    def use(self) -> None:
        if self.left is not None:
            self.left -= 1

    async def wait(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(self.seconds):
                await self.released.wait()


class Faults:
    """The faults that hold now."""

    def __init__(self, sockets: SocketMode) -> None:
        self._sockets = sockets
        self._rules: list[_Rule] = []
        sockets.before_handshake = self._meet_handshake
        sockets.after_hello = self._meet_hello
        self._unwanted: list[_Rule] = []

    def clear(self) -> None:
        """Nothing goes wrong any more; calls that wait go on, frozen sockets thaw."""
        for rule in self._rules:
            rule.released.set()
        self._rules, self._unwanted = [], []
        self._sockets.refuses = False
        for connection in self._sockets.connections:
            connection.thaw()

    def slow(self, method: str, seconds: float, *, times: int | None = None) -> None:
        """Answers come ``seconds`` late (the world's time)."""
        self._rules.append(_Rule(method, times, seconds=seconds))

    def error(self, method: str, code: str, *, times: int | None = None) -> None:
        """Refused with this code, and nothing happens."""
        self._rules.append(_Rule(method, times, refusal=ApiError(code)))

    def ratelimit(self, method: str, retry_after: int = 1, *, times: int | None = 1) -> None:
        """429, with ``Retry-After`` in seconds."""
        self._rules.append(_Rule(method, times, refusal=ApiError("ratelimited", retry_after=retry_after)))

    def broken(self, method: str, status: int = 500, *, html: bool = True, times: int | None = None) -> None:
        """This status with an HTML page, or with an empty body; nothing happens."""
        self._rules.append(_Rule(method, times, refusal=Broken(status, html)))

    def cut(self, method: str, *, times: int | None = None) -> None:
        """The connection is cut instead of an answer, after the call took effect."""
        self._rules.append(_Rule(method, times, refusal="cut"))

    def bare(self, method: str, *, times: int | None = None) -> None:
        """The answer is ``{"ok": true}`` and nothing else, after the call took effect."""
        self._rules.append(_Rule(method, times, refusal="bare"))

    def drop_sockets(self) -> None:
        """Cut the TCP connection of every WebSocket."""
        for connection in tuple(self._sockets.connections):
            connection.cut()

    def ask_to_refresh(self, reason: Farewell = "refresh_requested", *, close: bool = True) -> None:
        """Tell every connection that it ends, and (unless it is a warning) end it in order."""
        for connection in tuple(self._sockets.connections):
            connection.send(disconnect(reason))
            if close and reason != "warning":
                connection.leave()

    def freeze_sockets(self) -> None:
        """Every WebSocket stays open and silent: no pong, no envelope, until ``clear()``. New ones work."""
        for connection in self._sockets.connections:
            connection.freeze()

    def slow_handshakes(self, seconds: float, *, times: int | None = None) -> None:
        """WebSocket handshakes are answered ``seconds`` late (the world's time), or when ``clear()`` is called."""
        self._rules.append(_Rule(_HANDSHAKE, times, seconds=seconds))

    def send_away(self, reason: Farewell = "refresh_requested", *, times: int | None = None) -> None:
        """Every new connection is told to go right after its hello, and ended in order."""
        self._unwanted.append(_Rule(reason, times))

    def refuse_connections(self) -> None:
        """No WebSocket handshake succeeds, until ``clear()``."""
        self._sockets.refuses = True

    async def meet(self, method: str) -> Broken | Instead | None:
        """What a call of this method meets: a wait, then ApiError raised, or something else instead of the answer."""
        delay = next((rule for rule in self._rules if rule.refusal is None and rule.matches(method)), None)
        refusal = next((rule for rule in self._rules if rule.refusal is not None and rule.matches(method)), None)
        for rule in (delay, refusal):
            if rule is not None:
                rule.use()
        if delay is not None:
            await delay.wait()
        if refusal is None or refusal.refusal is None:
            return None
        if isinstance(refusal.refusal, ApiError):
            raise ApiError(refusal.refusal.code, retry_after=refusal.refusal.retry_after)
        return refusal.refusal

    async def _meet_handshake(self) -> None:
        rule = next((rule for rule in self._rules if rule.method == _HANDSHAKE and rule.left != 0), None)
        if rule is not None:
            rule.use()
            await rule.wait()

    def _meet_hello(self) -> str | None:
        rule = next((rule for rule in self._unwanted if rule.left != 0), None)
        if rule is None:
            return None
        rule.use()
        return rule.method
