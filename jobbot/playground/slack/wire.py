"""uvicorn's HTTP and WebSocket protocols, with the connection's transport in reach.

ASGI has no word for "cut the line" or "read no more": both protocols put their transport into each scope's ``state``.
"""

import asyncio
from typing import cast

from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


class WireProtocol(H11Protocol):
    """uvicorn's HTTP/1.1."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A caller connected."""
        super().connection_made(cast("asyncio.Transport", transport))
        self.app_state = {"transport": transport}


class SocketProtocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """A WebSocket is asked for."""
        super().connection_made(transport)
        self.app_state = {"transport": transport}
