"""Socket Mode: tickets, connections, envelopes and their acknowledgements.

https://docs.slack.dev/apis/events-api/using-socket-mode. Each envelope goes to any one of at most ten connections.
"""

import random
from collections.abc import Awaitable, Callable, Mapping
from time import perf_counter
from typing import Any
from uuid import UUID

from starlette.websockets import WebSocket

from jobbot.playground.slack.delivery.action import Ack, Envelope
from jobbot.playground.slack.delivery.connection import Connection
from jobbot.playground.slack.state.changes import Changes

MOST_CONNECTIONS = 10
HOST = "applink-local-1"


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
        self.before_handshake: Callable[[], Awaitable[None]] | None = None
        """Waited for before a WebSocket is let in."""
        self.after_hello: Callable[[], str | None] | None = None
        """Why a connection is told to go right after its hello, if it is."""

    def open_ticket(self, app_id: str) -> str:
        """Path and query of a WebSocket URL that can be used once."""
        ticket = str(UUID(int=self._rng.getrandbits(128), version=4))
        self._tickets.add(ticket)
        return f"/link/?ticket={ticket}&app_id={app_id}"

    async def endpoint(self, websocket: WebSocket) -> None:
        """A WebSocket comes in."""
        if self.before_handshake is not None:
            await self.before_handshake()
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
        if self.after_hello is not None and (reason := self.after_hello()):
            connection.send(disconnect(reason))
            connection.leave()
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
