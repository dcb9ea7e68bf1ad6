"""The page's files and its WebSocket on 127.0.0.1, in the loop that is running, gone within a second."""

import asyncio
import socket
from collections.abc import Awaitable, Callable
from importlib.resources import files
from mimetypes import guess_type

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from jobbot.http.prompt_server import PromptServer
from jobbot.playground.page.guard import LOOPBACK, Guard

LONGEST_MESSAGE = 1 << 20
"""Bytes of one message from the browser; what is typed has 3,000 characters at most."""


class _Protocol(WebSocketsSansIOProtocol):
    """uvicorn's WebSocket. One that is closing already is not told to end: a tab may go in the turn before the server.

    uvicorn's own raises then (executed and seen, 0.54).
    """

    def shutdown(self) -> None:
        """The server ends."""
        if not self.transport.is_closing():
            super().shutdown()


class PageServer:
    """Serves the static files and ``talk`` at ``/ws``; ``port`` 0 takes a free one. Raises OSError for one in use."""

    def __init__(self, talk: Callable[[WebSocket], Awaitable[None]], *, port: int) -> None:
        self._socket = socket.create_server((LOOPBACK, port))
        self.port: int = self._socket.getsockname()[1]
        self._files = _static_files()
        app = Starlette(routes=[WebSocketRoute("/ws", talk), Route("/{path:path}", self._file)])
        self._uvicorn = PromptServer(
            uvicorn.Config(
                Guard(app, self.port),
                ws=_Protocol,
                ws_max_size=LONGEST_MESSAGE,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._socket]))

    async def close(self) -> None:
        """End what is still open, and close the port."""
        self._uvicorn.end()
        await self._serving
        self._socket.close()

    async def _file(self, request: Request) -> Response:
        found = self._files.get(request.path_params["path"] or "index.html")
        if found is None:
            return PlainTextResponse("There is nothing here.\n", status_code=404)
        body, media_type = found
        return Response(body, media_type=media_type)


def _static_files() -> dict[str, tuple[bytes, str]]:
    """All files of the page, read once: they are few and small, and nobody changes them meanwhile."""
    folder = files("jobbot.playground.page") / "static"
    return {
        file.name: (file.read_bytes(), guess_type(file.name)[0] or "application/octet-stream")
        for file in folder.iterdir()
    }
