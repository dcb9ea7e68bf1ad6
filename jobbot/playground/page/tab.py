"""One tab of a browser: who it is, what it is told, what it asks."""

import asyncio
import json
from collections.abc import Awaitable, Callable

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from jobbot.playground.page.protocol import CannotBeDone, Json, asked

MOST_WAITING = 5_000
"""Messages that may wait for a tab. One that reads none of them is cut off, and gets everything when it returns."""


class Tab:
    """A connection with its outbox. ``person`` is who the tab is, None until it said so."""

    def __init__(self, socket: WebSocket) -> None:
        self.person: str | None = None
        self._socket = socket
        self._outbox: asyncio.Queue[str | None] = asyncio.Queue()
        self._asking: set[asyncio.Task[None]] = set()

    def tell(self, event: Json) -> None:
        """Send something when its turn has come."""
        self.tell_text(json.dumps(event, ensure_ascii=False, separators=(",", ":")))

    def tell_text(self, text: str) -> None:
        """The same, from JSON that many tabs are sent."""
        if self._outbox.qsize() >= MOST_WAITING:
            self.leave()
        else:
            self._outbox.put_nowait(text)

    def leave(self) -> None:
        """Hang up, after what waits was sent."""
        self._outbox.put_nowait(None)

    async def serve(self, answer: Callable[["Tab", str, Json], Awaitable[Json]]) -> None:
        """Talk until one side hangs up. Questions are answered side by side: a press may wait for the bot."""
        await self._socket.accept()
        sending = asyncio.create_task(self._send())
        listening = asyncio.create_task(self._listen(answer))
        try:
            await asyncio.wait({sending, listening}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (sending, listening, *self._asking):
                task.cancel()
            await asyncio.gather(sending, listening, *self._asking, return_exceptions=True)
            if self._socket.application_state is WebSocketState.CONNECTED:
                await self._hang_up()

    async def _hang_up(self) -> None:
        try:
            await self._socket.close(1001)
        except (WebSocketDisconnect, RuntimeError):
            return  # the other side was first

    async def _send(self) -> None:
        while (text := await self._outbox.get()) is not None:
            await self._socket.send_text(text)

    async def _listen(self, answer: Callable[["Tab", str, Json], Awaitable[Json]]) -> None:
        while True:
            text = await self._socket.receive_text()
            task = asyncio.create_task(self._answer(text, answer))
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _answer(self, text: str, answer: Callable[["Tab", str, Json], Awaitable[Json]]) -> None:
        number = 0
        try:
            number, wish, fields = asked(json.loads(text))
            reply = {"is": "answer", "n": number, "ok": True, **await answer(self, wish, fields)}
        except (CannotBeDone, json.JSONDecodeError) as error:
            errors = error.errors if isinstance(error, CannotBeDone) else {}
            reply = {"is": "answer", "n": number, "ok": False, "words": str(error), "errors": errors}
        self.tell(reply)
