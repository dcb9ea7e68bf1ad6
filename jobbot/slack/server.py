"""uvicorn inside our own loop, on a port that is open from the start."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.applications import Starlette

from jobbot.slack.port import open_port


class _Uvicorn(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the command line's business: one handler for the whole process."""
        yield


class WebServer:
    """Serves ``web`` until closed. Port 0 takes a free one. Raises CannotListen."""

    def __init__(self, web: Starlette, host: str, port: int) -> None:
        self._socket = open_port(host, port)
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
