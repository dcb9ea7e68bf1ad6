"""uvicorn's HTTP and WebSocket protocols, with the connection itself in reach.

ASGI has no word for "cut the line" or "read no more": both protocols put what can into each scope's ``state``.
"""

import asyncio
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import Frame


class WireProtocol(H11Protocol):
    """uvicorn's HTTP/1.1."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller connected."""
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {"transport": transport}


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket. While it is frozen nothing that comes is looked at, and nothing is sent, pings included."""

    pongs = 0
    """How many of the pings that were sent the bot has answered."""

    _held: list[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A WebSocket is asked for."""
        super().connection_made(transport)
        self.app_state = {"socket": self}

    def data_received(self, data: bytes) -> None:
        """Something came."""
        if self._held is None:
            super().data_received(data)
        else:
            self._held.append(data)

    def send_keepalive_ping(self) -> None:
        """The time for a ping has come."""
        if self._held is None:
            super().send_keepalive_ping()
        else:
            self.schedule_ping()

    def handle_pong(self, event: Frame) -> None:
        """A pong came; one that answers no ping counts for nothing."""
        if self.pending_ping_payload is not None and bytes(event.data) == self.pending_ping_payload:
            self.pongs += 1
        super().handle_pong(event)

    def freeze(self) -> None:
        """Look at nothing any more."""
        self._held = self._held or []

    def thaw(self) -> None:
        """Look at everything that came meanwhile, and go on."""
        held, self._held = self._held or [], None
        for data in held:
            super().data_received(data)

    def cut(self) -> None:
        """Cut the TCP connection."""
        self.transport.abort()
