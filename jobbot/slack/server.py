"""uvicorn inside our own loop, on a port that is open from the start."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command line's business: one handler for the whole process."""
        yield


class WebServer:
    """Serves ``web`` until closed. Port 0 takes a free one. Raises OSError where the port cannot be opened."""

    def __init__(self, web: Starlette, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family, backlog=1024)
        self.port: int = self._socket.getsockname()[1]
        self._uvicorn = _Uvicorn(
            uvicorn.Config(
                web,
                log_config=None,
                access_log=False,
                server_header=False,
                lifespan="off",
                ws="none",
                # A little longer than a body may take (``slack/http``): what is cut here is logged as an error.
                timeout_graceful_shutdown=4,
            )
        )
        self._serving = asyncio.create_task(self._uvicorn.serve(sockets=[self._socket]))

    async def close(self) -> None:
        """Finish the requests at hand and close the port."""
        self._uvicorn.should_exit = True
        await self._serving
        self._socket.close()
