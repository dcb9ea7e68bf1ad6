"""A load generator for signed Slack requests: HTTP/1.1 over kept-alive connections, one process, no framework.

Every request is signed freshly, before the clock starts, with a trigger of its own, as Slack's are.
"""

import asyncio
import hashlib
import hmac
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run saw: seconds a request in order of size, requests a second over all connections.

    ``said``: how many answers had a body.
    """

    seconds: Sequence[float]
    rate: float
    said: int = 0

    def at(self, share: float) -> float:
        """A percentile, in milliseconds."""
        return self.seconds[min(len(self.seconds) - 1, int(share * len(self.seconds)))] * 1000


def command_body(
    text: str, number: int, *, response_url: str = "", channel: str = "C0INCDATA", user: str = "U0ANA"
) -> bytes:
    """A slash command as Slack sends it (https://docs.slack.dev/interactivity/implementing-slash-commands)."""
    fields = {
        "token": "legacy",
        "team_id": "T0ACME",
        "team_domain": "acme",
        "channel_id": channel,
        "channel_name": "inc-data",
        "user_id": user,
        "user_name": "ana",
        "command": "/jobs",
        "text": text,
        "api_app_id": "A0JOBBOT",
        "is_enterprise_install": "false",
        "response_url": response_url or f"https://hooks.slack.com/commands/T0ACME/{number}/secret",
        "trigger_id": f"{number}.{time.time_ns()}.secret",
    }
    return urlencode(fields).encode()


def signed(body: bytes, port: int, *, secret: str = SECRET, now: float | None = None) -> bytes:
    """The whole HTTP request."""
    stamp = str(int(now or time.time()))
    mark = hmac.new(secret.encode(), f"v0:{stamp}:".encode() + body, hashlib.sha256).hexdigest()
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {stamp}\r\nX-Slack-Signature: v0={mark}\r\n\r\n"
    )
    return head.encode() + body


class _Connection(asyncio.Protocol):
    """Sends the next request when the answer to the one before is complete."""

    def __init__(self, take: Callable[[], bytes | None], done: Callable[[float, bytes], None]) -> None:
        self._take, self._done = take, done
        self._buffer = b""
        self._sent = 0.0
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._next()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lines = head.lower().split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)
        if len(body) < length:
            return
        if b" 200 " not in head.split(b"\r\n")[0]:
            self._fail(RuntimeError(head.split(b"\r\n")[0].decode()))
            return
        self._buffer = b""
        self._done(time.perf_counter() - self._sent, body)
        self._next()

    def connection_lost(self, error: Exception | None) -> None:
        if not self.closed.done():
            self.closed.set_exception(error or ConnectionError("closed"))

    def _next(self) -> None:
        request = self._take()
        if request is None:
            self.closed.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(request)

    def _fail(self, error: Exception) -> None:
        if not self.closed.done():
            self.closed.set_exception(error)
        self._transport.close()


class Line(_Connection):
    """A connection on which one request is sent at a time, whenever it is asked for."""

    def __init__(self) -> None:
        super().__init__(lambda: None, lambda seconds, body: self._answer.set_result(seconds))

    async def ask(self, request: bytes) -> float:
        """Send it; the seconds until its answer was complete."""
        self._answer: asyncio.Future[float] = asyncio.get_running_loop().create_future()
        self._sent = time.perf_counter()
        self._transport.write(request)
        return await self._answer

    def connection_lost(self, error: Exception | None) -> None:
        self.closed.cancel()

    def _next(self) -> None:
        pass


async def connect(port: int) -> Line:
    """Open one."""
    _, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


async def run(port: int, requests: Iterable[bytes], connections: int) -> Figures:
    """Send them all, each when it is its turn. Raises for any answer but 200."""
    waiting = iter(requests)
    seconds: list[float] = []
    said = 0

    def done(took: float, body: bytes) -> None:
        nonlocal said
        seconds.append(took)
        said += bool(body)

    loop = asyncio.get_running_loop()
    started = time.perf_counter()
    new = partial(_Connection, lambda: next(waiting, None), done)
    made = [await loop.create_connection(new, "127.0.0.1", port) for _ in range(connections)]
    await asyncio.gather(*(connection.closed for _, connection in made))
    return Figures(sorted(seconds), len(seconds) / (time.perf_counter() - started), said)
