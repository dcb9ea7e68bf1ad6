"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode. Each envelope goes to any one of at most ten connections.
"""

import asyncio
import json
import random
from collections.abc import Mapping
from contextlib import suppress
from time import perf_counter
from typing import Any
from uuid import UUID

from starlette.websockets import WebSocket, WebSocketDisconnect

from jobbot.playground.slack.changes import Changes
from jobbot.playground.slack.delivery.action import Ack, Envelope

MOST_CONNECTIONS = 10
HOST = "applink-local-1"


class Connection:
    """One WebSocket of the bot's. What is sent is queued, so that sending needs no waiting."""

    def __init__(self, websocket: WebSocket, number: int) -> None:
        self.number = number
        self.is_frozen = False
        self.is_leaving = False
        self._websocket = websocket
        self._transport: asyncio.Transport = websocket.scope["state"]["transport"]
        self._outgoing: asyncio.Queue[str | None] = asyncio.Queue()
        self._waiting: dict[str, asyncio.Future[Any]] = {}

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
        self._transport.abort()

    def freeze(self) -> None:
        """Stay open and silent: nothing is read any more, pings included, and nothing is sent."""
        self.is_frozen = True
        self._transport.pause_reading()

    def thaw(self) -> None:
        """Go on; what the bot sent meanwhile is read now."""
        if self.is_frozen:
            self.is_frozen = False
            if not self._transport.is_closing():
                self._transport.resume_reading()

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


class SocketMode:
    """Lets connections in and delivers to them. ``is_on`` is False where the app is set to HTTP."""

    def __init__(self, changes: Changes, rng: random.Random, ack_seconds: float, *, is_on: bool) -> None:
        self._changes = changes
        self._rng = rng
        self._ack_seconds = ack_seconds
        self._is_on = is_on
        self._tickets: set[str] = set()
        self._made = 0
        self.connections: list[Connection] = []
        self.refuses = False

    def open_ticket(self, app_id: str) -> str:
        """Path and query of a WebSocket URL that can be used once."""
        ticket = str(UUID(int=self._rng.getrandbits(128), version=4))
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id={app_id}"

    async def endpoint(self, websocket: WebSocket) -> None:
        """A WebSocket comes in."""
        ticket = websocket.query_params.get("ticket", "")
        if self.refuses or ticket not in self._tickets:
            await websocket.close()
            return
        self._tickets.remove(ticket)
        await websocket.accept()
        self._made += 1
        connection = Connection(websocket, self._made)
        if reason := self._unwelcome():
            connection.send(disconnect(reason))
            connection.leave()
            await connection.serve()
            return
        self.connections.append(connection)
        connection.send(self._hello(websocket))
        self._changes.tell("connection_opened", connection)
        try:
            await connection.serve()
        finally:
            self.connections.remove(connection)
            self._changes.tell("connection_closed", connection)

    async def deliver(self, envelope: Envelope, payload: Mapping[str, Any], *, retry: tuple[int, str] | None) -> Ack:
        """One delivery to any one connection."""
        envelope_id = str(UUID(int=self._rng.getrandbits(128), version=4))
        message: dict[str, Any] = {
            "envelope_id": envelope_id,
            "type": envelope,
            "payload": payload,
            "accepts_response_payload": envelope != "events_api",
        }
        if envelope == "events_api":
            message |= {"retry_attempt": retry[0] if retry else 0, "retry_reason": retry[1] if retry else ""}
        begun, connection = perf_counter(), self._any()
        if connection is None:
            return Ack(seconds=0.0, failure="dispatch_failed")
        try:
            body = await connection.ask(envelope_id, message, self._ack_seconds)
        except TimeoutError:
            return Ack(seconds=perf_counter() - begun, failure="operation_timeout")
        except ConnectionError:
            return Ack(seconds=perf_counter() - begun, failure="dispatch_failed")
        return Ack(seconds=perf_counter() - begun, status=200, body=body)

    async def post(self, body: bytes, headers: Mapping[str, str], *, signed: bool) -> Ack:
        """This text, whatever it is, to any one connection, which is not waited for. Nothing is signed here."""
        connection = self._any()
        if connection is None:
            return Ack(seconds=0.0, failure="dispatch_failed")
        connection.send(body.decode())
        return Ack(seconds=0.0)

    def _any(self) -> Connection | None:
        there = [connection for connection in self.connections if not connection.is_leaving]
        return self._rng.choice(there) if there else None

    def _unwelcome(self) -> str | None:
        if not self._is_on:
            return "link_disabled"
        return "too_many_websockets" if len(self.connections) >= MOST_CONNECTIONS else None

    def _hello(self, websocket: WebSocket) -> dict[str, Any]:
        return {
            "type": "hello",
            "num_connections": len(self.connections),
            "debug_info": {"host": HOST, "build_number": 1, "approximate_connection_time": 18060},
            "connection_info": {"app_id": websocket.query_params.get("app_id", "")},
        }


def disconnect(reason: str) -> dict[str, Any]:
    """Slack's word that a connection ends: ``warning``, ``refresh_requested``, ``link_disabled``."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
