"""One WebSocket of the bot's: what is sent on it, what is acknowledged, and how it can go wrong."""

import asyncio
import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from jobbot.playground.slack.delivery.wire import SocketProtocol


class Connection:
    """What is sent is queued, so that sending needs no waiting."""

    def __init__(self, websocket: WebSocket, number: int) -> None:
        self.number = number
        self.is_frozen = False
        self.is_leaving = False
        self._websocket = websocket
        self._line: SocketProtocol = websocket.scope["state"]["socket"]
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[Any]] = {}

    @property
    def pongs(self) -> int:
        """How many of Slack's pings were answered."""
        return self._line.pongs

    def send(self, message: Mapping[str, Any] | str) -> None:
        """Queue a message. On a frozen connection it is lost on the way."""
        if not self.is_frozen:
            self._outgoing.put_nowait(message if isinstance(message, str) else json.dumps(message))

    def leave(self) -> None:
        """Close in order, after what is queued."""
        self.is_leaving = True
        self._outgoing.put_nowait(None)

    def cut(self) -> None:
        """Cut the TCP connection."""
        self._line.cut()

    def freeze(self) -> None:
        """Stay open and silent: nothing is read any more, pings included, and nothing is sent."""
        self.is_frozen = True
        self._line.freeze()

    def thaw(self) -> None:
        """Go on; what the bot sent meanwhile is read now."""
        self.is_frozen = False
        self._line.thaw()

    async def ask(self, envelope_id: str, envelope: Mapping[str, Any], seconds: float) -> Any:
        """Send an envelope and wait for its acknowledgement. Raises TimeoutError, ConnectionError."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[envelope_id] = answer
        self.send(envelope)
        try:
            async with asyncio.timeout(seconds):
                return await answer
        finally:
            self._waiting.pop(envelope_id, None)

    async def serve(self) -> None:
        """Send what is queued and read acknowledgements, until either side is gone."""
        sending = asyncio.create_task(self._send_queued())
        try:
            while True:
                self._hear(await self._websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            # Gone, closed by us meanwhile, or a binary frame, which no client of Slack's sends.
            pass
        finally:
            sending.cancel()
            for answer in self._waiting.values():
                if not answer.done():
                    answer.set_exception(ConnectionError())

    async def _send_queued(self) -> None:
        with suppress(WebSocketDisconnect, RuntimeError):
            while (message := await self._outgoing.get()) is not None:
                await self._websocket.send_text(message)
            await self._websocket.close()

    def _hear(self, text: str) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        answer = self._waiting.get(str(message.get("envelope_id"))) if isinstance(message, dict) else None
        if answer is not None and not answer.done():
            answer.set_result(message.get("payload"))
