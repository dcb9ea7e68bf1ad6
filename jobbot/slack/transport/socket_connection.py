"""One WebSocket connection of Socket Mode: reads envelopes, dispatches them, acknowledges on the same connection.

Messages: https://docs.slack.dev/apis/events-api/using-socket-mode. ``hello`` says that a connection is up,
``disconnect`` that it will be closed soon (``warning``, ``refresh_requested``) or is not wanted (``link_disabled``,
``too_many_websockets``); everything else is an envelope. websockets answers Slack's pings, sends its own, and closes a
connection on which no pong comes (executed and seen, 17.4). Slack may leave the TCP connection open after the closing
handshake (reported), hence the short ``_CLOSING``.
"""

import asyncio
import json
import logging
from typing import Any, Self

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.protocol import State

from jobbot.logs import get_logger
from jobbot.slack.transport.bolt import dispatch
from jobbot.slack.transport.watchdog import NotConnected, WatchdogSettings
from jobbot.slack.web.session import ConnectionSettings
from jobbot.telemetry import Metrics
from jobbot.telemetry.labels import Transport

log = get_logger(__name__)

WIRE_LOG = logging.getLogger("jobbot.slack.transport.socket_connection.wire")
WIRE_LOG.setLevel(logging.CRITICAL)
"""websockets prints frames, and with them payloads, at DEBUG; what matters is logged here and in ``socket_mode``."""

_CLOSING = 1.0
"""Seconds for a closing handshake."""

_ACKING = 2.0
"""Seconds that closing waits for acks that are under way: Slack waits 3 for each."""


class SocketConnection:
    """An open connection after Slack's hello; made by :meth:`open`."""

    def __init__(self, session: ClientConnection, app: AsyncApp, metrics: Metrics) -> None:
        loop = asyncio.get_running_loop()
        self._session = session
        self._app = app
        self._metrics = metrics
        self._since = loop.time()
        self._hello: asyncio.Future[None] = loop.create_future()
        self._acks: set[asyncio.Task[None]] = set()
        self.close_reason = ""
        """Why it ends: Slack's word, else ``closed`` and WebSocket's code."""
        self.is_leaving = asyncio.Event()
        """Set when Slack has said that it will close the connection, or it is closed."""
        self._reader = asyncio.create_task(self._read())

    @classmethod
    async def open(
        cls, url: str, app: AsyncApp, metrics: Metrics, watchdog: WatchdogSettings, way: ConnectionSettings
    ) -> Self:
        """Connect, and wait for the hello. Raises NotConnected; nothing stays open then, nor when it is cancelled."""
        try:
            session = await connect(
                url,
                **way.websocket(url),
                logger=WIRE_LOG,
                # Some kilobytes a payload are sooner sent than packed; Slack's own SDK asks for none either.
                compression=None,
                open_timeout=watchdog.handshake,
                close_timeout=_CLOSING,
                ping_interval=watchdog.look,
                ping_timeout=watchdog.stale,
            )
        except Exception as error:
            # Whatever websockets raises for a handshake that fails, there is no connection.
            raise NotConnected(type(error).__name__) from None
        connection = cls(session, app, metrics)
        try:
            async with asyncio.timeout(watchdog.handshake):
                await connection._hello
        except BaseException as error:
            await connection.close()
            if isinstance(error, TimeoutError):
                raise NotConnected("no_hello") from None
            raise
        return connection

    @property
    def is_open(self) -> bool:
        """Whether the connection is open and answers pings."""
        return self._session.state is State.OPEN

    @property
    def age(self) -> float:
        """Seconds since the handshake."""
        return asyncio.get_running_loop().time() - self._since

    async def linger(self, seconds: float) -> None:
        """Serve what still comes until Slack closes the connection, at most for so long; then close it."""
        await asyncio.wait({self._reader}, timeout=seconds)
        await self.close()

    async def close(self) -> None:
        """Finish the acks that are under way, begin no new one, and close. Bounded."""
        if self._acks:
            await asyncio.wait(self._acks, timeout=_ACKING)
        await self._session.close()
        await asyncio.wait({self._reader})

    async def _read(self) -> None:
        try:
            async for message in self._session:
                self._take(message)
        except ConnectionClosed:
            pass  # without a word of WebSocket's
        finally:
            self._leave(f"closed {self._session.close_code}")

    def _take(self, message: str | bytes) -> None:
        content = _parsed(message)
        kind, envelope_id, payload = content.get("type"), content.get("envelope_id"), content.get("payload")
        if kind == "hello":
            if not self._hello.done():
                self._hello.set_result(None)
        elif kind == "disconnect":
            self._leave(str(content.get("reason"))[:40])
        elif isinstance(envelope_id, str) and isinstance(payload, dict):
            if self.is_open:  # What cannot be acknowledged is not begun either.
                ack = asyncio.create_task(self._answer(envelope_id, payload))
                self._acks.add(ack)
                ack.add_done_callback(self._acks.discard)
        else:
            log.info("message of Slack's not understood", type=str(kind)[:40])

    def _leave(self, reason: str) -> None:
        if not self._hello.done():
            self._hello.set_exception(NotConnected(reason))
        if not self.is_leaving.is_set():
            self.close_reason = reason
            self.is_leaving.set()

    async def _answer(self, envelope_id: str, payload: dict[str, Any]) -> None:
        started = asyncio.get_running_loop().time()
        try:
            response = await dispatch(self._app, payload)
            if response.status != 200:
                log.info("envelope not acknowledged", status=response.status)
                return
            await self._session.send(_ack(envelope_id, response))
        except ConnectionClosed:
            log.info("the connection was closed before an envelope was acknowledged")
        except Exception as error:
            log.error("envelope not acknowledged", exc_info=error)
        else:
            self._metrics.acked(Transport.SOCKET, asyncio.get_running_loop().time() - started)


def _parsed(message: str | bytes) -> dict[str, Any]:
    try:
        content = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return content if isinstance(content, dict) else {}


def _ack(envelope_id: str, response: BoltResponse) -> str:
    """The acknowledgement; a response's body is JSON already."""
    payload = f', "payload": {response.body}' if response.body else ""
    return f'{{"envelope_id": {json.dumps(envelope_id)}{payload}}}'
