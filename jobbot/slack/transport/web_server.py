"""The HTTP server: uvicorn in jobbot's own loop, on a port that is opened first."""

import asyncio
import socket

import uvicorn
from starlette.applications import Starlette

from jobbot.http.prompt_server import PromptServer
from jobbot.slack.transport.http_connections import (
    MOST_CONNECTIONS,
    REQUEST_SECONDS,
    HttpConnection,
    OnRejected,
    OpenConnections,
    accept,
)
from jobbot.slack.transport.port import open_port


class _Uvicorn(PromptServer):
    def __init__(self, config: uvicorn.Config, open_connections: OpenConnections, request_seconds: float) -> None:
        super().__init__(config)
        self._open_connections = open_connections
        self._seconds = request_seconds
        self._accepting: list[asyncio.Task[None]] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Take connections in a loop of our own, which knows how many there may be (``http_connections``)."""
        self.servers = []
        self._accepting = [asyncio.create_task(accept(one, self._open_connections, self._new)) for one in sockets or []]
        self.started = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting before everything else."""
        for task in self._accepting:
            task.cancel()
        await asyncio.wait(self._accepting)
        await super().shutdown(sockets)

    def _new(self) -> HttpConnection:
        return HttpConnection(
            self._open_connections,
            request_seconds=self._seconds,
            config=self.config,
            server_state=self.server_state,
            app_state=self.lifespan.state,
        )


class WebServer:
    """Serves ``web`` until closed. Port 0 takes a free one. Raises CannotListen.

    ``on_rejected`` hears why a connection was closed early; ``request_seconds`` and ``most`` bound connections.
    """

    def __init__(
        self,
        web: Starlette,
        host: str,
        port: int,
        *,
        on_rejected: OnRejected,
        request_seconds: float = REQUEST_SECONDS,
        most: int = MOST_CONNECTIONS,
    ) -> None:
        self._socket = open_port(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                web,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # nothing asks who sent a request but its signature
                lifespan="off",
                ws="none",
                # A little longer than a body may take (``transport/http``): what is cut here is logged as an error.
                timeout_graceful_shutdown=4,
            ),
            OpenConnections(on_rejected, most=most),
            request_seconds,
        )
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._socket]))

    async def close(self) -> None:
        """Finish the requests at hand and close the port."""
        self._uvicorn.end()
        await self._serving
        self._socket.close()
