"""Limits of HTTP connections: how many at a time, how long a request may take, how many bytes it may have.

uvicorn bounds none of these itself (executed and seen, 0.54): its parser keeps whatever headers come, a connection that
says nothing stays for ever, and at the descriptor limit asyncio's own accept loop writes a traceback for each of the
connections that it cannot take. So each connection has one deadline from its opening, or the first byte of a request,
to the end of the answer; so many bytes for a request; and where there are too many, the one that has waited for longest
without a whole request goes, so that whoever opens connections and says nothing keeps nobody out.
"""

import asyncio
import logging
import resource
import socket
from collections.abc import Callable, Iterator
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from jobbot.logs import get_logger

log = get_logger(__name__)

REQUEST_SECONDS = 10.0
"""From the opening of a connection, or a request's first byte, to the end of the answer; Slack itself waits for 3."""

HEADER_MOST = 32 * 1024
REQUEST_MOST = 2 * 1024 * 1024
"""Bytes on the wire: of a request up to the end of its headers, and of the whole of it. Slack's headers are 1 KB."""

MOST_CONNECTIONS = 256
"""Connections at a time; fewer where the process may have fewer than twice as many descriptors."""

ACCEPTED_MOST = 64
"""Connections that are accepted at once. Each takes three turns of the loop to open, and each turn may hold work: one
after the other, sixty-four that came together would keep the last one waiting for as many times three turns."""

_QUIET = logging.getLogger("jobbot.slack.transport.http_connections.uvicorn")
_QUIET.setLevel(logging.ERROR)
"""Silences uvicorn's own lines about bad requests; they are counted and logged throttled instead."""

OnRejected = Callable[[str], None]
"""Called with the reason of a rejection: ``headers``, ``too_large``, ``too_slow``, ``unreadable`` or ``crowd``."""


class OpenConnections:
    """The open connections; those without a complete request in the order in which they began to wait."""

    def __init__(self, on_rejected: OnRejected, *, most: int = MOST_CONNECTIONS) -> None:
        self.on_rejected = on_rejected
        self._most = min(most, resource.getrlimit(resource.RLIMIT_NOFILE)[0] // 2)
        self._all: set[HttpConnection] = set()
        self._waiting: dict[HttpConnection, None] = {}

    def enter(self, one: "HttpConnection") -> None:
        """Add a connection; where there are too many, the one that waits longest is closed."""
        if len(self._all) >= self._most:
            self.make_room()
        self._all.add(one)
        self._waiting[one] = None

    def make_room(self) -> bool:
        """Close the connection that has waited for longest without a whole request, if there is one."""
        oldest = next(iter(self._waiting), None)
        if oldest is None:
            return False
        self.on_rejected("crowd")
        self.leave(oldest)  # at once: asyncio says only in the next turn of the loop that it is closed
        oldest.cut()
        return True

    @property
    def room(self) -> int:
        """How many can be accepted: as many as are missing, or wait without a whole request and would be closed."""
        return max(0, self._most - len(self._all) + len(self._waiting))

    def waits(self, one: "HttpConnection") -> None:
        """Mark it as waiting: it has no request that is being answered."""
        if one in self._all:
            self._waiting.pop(one, None)
            self._waiting[one] = None

    def is_served(self, one: "HttpConnection") -> None:
        """Mark it as served: it has a complete request."""
        self._waiting.pop(one, None)

    def leave(self, one: "HttpConnection") -> None:
        """Remove a closed connection."""
        self._all.discard(one)
        self._waiting.pop(one, None)


class HttpConnection(HttpToolsProtocol):
    """uvicorn's HTTP protocol with these limits. Any: uvicorn's own configuration and state, passed on."""

    def __init__(
        self, open_connections: OpenConnections, *, request_seconds: float = REQUEST_SECONDS, **given: Any
    ) -> None:
        super().__init__(**given)
        self.logger = _QUIET
        self._open_connections = open_connections
        self._seconds = request_seconds
        self._deadline: float | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._received = 0
        self._in_headers = True

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """asyncio: a client has connected."""
        super().connection_made(transport)
        self._open_connections.enter(self)
        self._begin()

    def connection_lost(self, exc: Exception | None) -> None:
        """asyncio: the connection is closed."""
        self._end()
        if self._timer is not None:
            self._timer.cancel()
        self._open_connections.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """asyncio: bytes have come; rejects what exceeds the limits."""
        if self._deadline is None:
            self._begin()
        self._received += len(data)
        if self._received > REQUEST_MOST:
            self._refuse("too_large", "413 Content Too Large")
            return
        # asyncio gives at most 256 KB at a time, so that no more than those are parsed before it is seen.
        super().data_received(data)
        if self._in_headers and self._received > HEADER_MOST and not self.transport.is_closing():
            self._refuse("headers", "431 Request Header Fields Too Large")

    def send_400_response(self, msg: str) -> None:
        """uvicorn: the bytes are not HTTP."""
        self._open_connections.on_rejected("unreadable")
        super().send_400_response(msg)

    def on_message_begin(self) -> None:
        """httptools: a request begins."""
        super().on_message_begin()
        self._in_headers = True

    def on_headers_complete(self) -> None:
        """httptools: its headers are complete."""
        self._in_headers = False
        super().on_headers_complete()
        _InOnePiece(self.cycle)

    def on_message_complete(self) -> None:
        """httptools: the request is complete."""
        super().on_message_complete()
        self._received = 0
        if not self.cycle.response_complete:
            self._open_connections.is_served(self)

    def on_response_complete(self) -> None:
        """uvicorn: the response is complete."""
        self._end()
        super().on_response_complete()
        if self.transport.is_closing():
            self.loop.call_later(self._seconds, self.cut)  # a close waits for whoever does not read the answer
        elif self.cycle.response_complete:
            self._open_connections.waits(self)
        else:
            self._begin()  # the next one, which was sent without waiting

    def timeout_keep_alive_handler(self) -> None:
        """uvicorn: idle for too long. Aborted, as a close would wait for a client that does not read."""
        self.cut()

    def cut(self) -> None:
        """Abort the connection."""
        self.transport.abort()

    def _begin(self) -> None:
        """A deadline, from now. One timer watches over all of a connection's, as a timer a request costs more."""
        self._deadline = self.loop.time() + self._seconds
        if self._timer is None:
            self._timer = self.loop.call_at(self._deadline, self._look)

    def _end(self) -> None:
        self._deadline = None

    def _look(self) -> None:
        self._timer = None
        if self._deadline is None:
            return
        if self.loop.time() < self._deadline:
            self._timer = self.loop.call_at(self._deadline, self._look)
            return
        if self._received or self.cycle is not None:
            self._open_connections.on_rejected("too_slow")
        self.cut()

    def _refuse(self, reason: str, status: str) -> None:
        self._open_connections.on_rejected(reason)
        self.transport.write(f"HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n".encode())
        self.transport.close()
        self.loop.call_later(1.0, self.cut)


class _InOnePiece:
    """The transport of one answer, which goes out when it is complete.

    uvicorn writes head and body one after the other: two system calls, and two packets that wake whoever waits for
    them, which together cost more than everything else that is done for an ack (executed and seen, 0.54).
    """

    def __init__(self, cycle: RequestResponseCycle) -> None:
        self._cycle, self._transport, self._completed = cycle, cycle.transport, cycle.on_response
        self._held: list[bytes] = []
        cycle.transport, cycle.on_response = self, self._complete  # type: ignore[assignment]

    def write(self, data: bytes) -> None:
        """Hold a piece of the answer; what comes before one, "100 Continue", is waited for."""
        if self._cycle.response_started:
            self._held.append(data)
        else:
            self._transport.write(data)

    def is_closing(self) -> bool:
        """See asyncio."""
        return self._transport.is_closing()

    def close(self) -> None:
        """Send what there is, and close."""
        self._send()
        self._transport.close()

    def _complete(self) -> None:
        self._send()
        self._cycle.transport = self._transport  # no circle of references is left to the garbage collector
        self._completed()

    def _send(self) -> None:
        if self._held:
            self._transport.write(b"".join(self._held))
            self._held.clear()


async def accept(listener: socket.socket, open_connections: OpenConnections, new: Callable[[], HttpConnection]) -> None:
    """Accept connections until cancelled; at the descriptor limit, close a waiting one and pause."""
    loop = asyncio.get_running_loop()
    listener.setblocking(False)
    while True:
        if not (room := open_connections.room):
            await asyncio.sleep(0.05)
            continue
        try:
            first, _ = await loop.sock_accept(listener)
        except OSError as error:
            # No descriptors, or one who was gone before they were taken.
            open_connections.on_rejected("crowd")
            log.debug("connection not taken", error=error.strerror)
            open_connections.make_room()
            await asyncio.sleep(0.2)
            continue
        taken = [first, *_accept_more(listener, min(room, ACCEPTED_MOST) - 1)]
        opening = [loop.create_task(_open(new, one)) for one in taken]
        try:
            await asyncio.wait(opening)
        finally:
            await asyncio.wait(opening)  # when cancelled too: who closes the connections must know all of them


def _accept_more(listener: socket.socket, most: int) -> Iterator[socket.socket]:
    """Those who are there already. What fails fails again for whoever waits for the next one."""
    for _ in range(most):
        try:
            taken, _ = listener.accept()
        except OSError:
            return
        taken.setblocking(False)
        yield taken


async def _open(new: Callable[[], HttpConnection], taken: socket.socket) -> None:
    try:
        await asyncio.get_running_loop().connect_accepted_socket(new, taken)
    except OSError:
        taken.close()
