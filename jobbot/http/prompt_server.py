"""uvicorn in a loop that is running already: signals are left alone, and it ends as soon as it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import uvicorn

_TURNS = 5
"""Of the loop, after which whoever had connected by the end is served: accepted in one, read from two turns later."""


class PromptServer(uvicorn.Server):
    """Serves until :meth:`end`, and then until the requests at hand are answered.

    uvicorn's own looks ten times a second whether it is to end, and waits for at least a tenth of a second then.
    """

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._ending = asyncio.Event()

    def end(self) -> None:
        """Let :meth:`serve` finish the requests at hand and return."""
        self.should_exit = True
        self._ending.set()

    async def main_loop(self) -> None:
        """Update the date of answers once a second, until the end."""
        while not await self.on_tick(0):
            with suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._ending.wait()
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop accepting, close idle connections, and wait for the others as uvicorn does."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        await asyncio.sleep(0)  # a closed transport tells its protocol in the next turn of the loop
        if self.server_state.connections or self.server_state.tasks:
            await super().shutdown(sockets)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Signals are the business of whoever runs the loop."""
        yield
