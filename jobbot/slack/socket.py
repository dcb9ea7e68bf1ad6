"""Socket Mode, supervised: Slack's own client on ``websockets``, watched from outside.

Facts (executed and seen, slack_sdk 3.47): with a bad app token the client never raises, so ``apps.connections.open`` is
called first; ``is_connected()`` may lie, so the age of the last pong is what counts. When no connection can be had for
``give_up`` seconds the supervisor raises, and the process ends for its own supervisor to start it again.
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.async_internals import send_async_response
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.websockets import SocketModeClient
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.logs import get_logger
from jobbot.slack.bolt import dispatch
from jobbot.slack.failures import error_code
from jobbot.slack.vigil import SocketLost, Vigil
from jobbot.telemetry import Metrics
from jobbot.telemetry.known import Transport

log = get_logger(__name__)

SDK_LOG = logging.getLogger("jobbot.slack.socket.sdk")
SDK_LOG.setLevel(logging.CRITICAL)
"""The SDK's client logs each closed connection as an error, ours at shutdown too; the supervisor says what matters."""

FATAL = frozenset(
    {"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired", "app_uninstalled"}
)


class SocketSupervisor:
    """Keeps one connection alive and hands its envelopes to Bolt."""

    def __init__(self, app: AsyncApp, app_token: str, client: AsyncWebClient, vigil: Vigil, metrics: Metrics) -> None:
        self._app = app
        self._vigil = vigil
        self._metrics = metrics
        self._app_token = app_token
        self._web_client = client
        self._client: SocketModeClient | None = None
        self._last_pong = float("-inf")
        self._last_alive = float("-inf")

    async def start(self) -> None:
        """Connect for the first time. Raises SlackApiError for a token that Slack does not take."""
        client = SocketModeClient(
            self._app_token, web_client=self._web_client, logger=SDK_LOG, auto_reconnect_enabled=False
        )
        client.socket_mode_request_listeners.append(self._envelope)
        self._client = client
        try:
            await client.connect()
        except BaseException:
            await self.close()
            raise
        self._alive()

    @property
    def is_live(self) -> bool:
        """Whether a pong has come lately, and nobody has closed the connection since."""
        session = self._client.current_session if self._client is not None else None
        is_open = session is not None and session.close_code is None
        return is_open and asyncio.get_running_loop().time() - self._last_pong < self._vigil.stale

    async def watch(self) -> None:
        """Until cancelled: ask for pongs, renew what is dead. Raises SocketLost."""
        loop, pause = asyncio.get_running_loop(), self._vigil.look
        while True:
            await asyncio.sleep(pause)
            if await self._pong_comes():
                self._alive()
                pause = self._vigil.look
                continue
            if loop.time() - self._last_alive > self._vigil.give_up:
                raise SocketLost(f"no live connection to Slack for {self._vigil.give_up:.0f} s")
            if not await self._is_connected() or not self.is_live:
                pause = self._vigil.look if await self._renew() else min(pause * 2, 10.0)

    async def close(self) -> None:
        """Take nothing new."""
        if self._client is not None:
            await self._client.close()
            self._client.message_processor.cancel()

    async def _envelope(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        started = asyncio.get_running_loop().time()
        response = await dispatch(self._app, request.payload)
        await send_async_response(client, request, response, started)
        self._metrics.acked(Transport.SOCKET, asyncio.get_running_loop().time() - started)

    async def _pong_comes(self) -> bool:
        session = self._client.current_session if self._client is not None else None
        if session is None or not await self._is_connected():
            return False
        try:
            async with asyncio.timeout(self._vigil.look * 2):
                await (await session.ping())
        except Exception as error:
            # Whatever websockets raises here, the answer is the same: no pong.
            log.debug("no pong", error=type(error).__name__)
            return False
        return True

    async def _is_connected(self) -> bool:
        return self._client is not None and await self._client.is_connected()

    async def _renew(self) -> bool:
        assert self._client is not None  # noqa: S101 - start() has run
        log.warning("connection to Slack is dead or stale, renewing it")
        try:
            await self._client.connect_to_new_endpoint(force=True)
        except SlackApiError as error:
            code = error_code(error)
            self._not_renewed(code)
            if code in FATAL:
                raise SocketLost(f"Slack does not take the app token any more ({code})") from None
            return False
        except Exception as error:
            self._not_renewed(type(error).__name__)
            return False
        self._metrics.reconnected(renewed=True)
        self._alive()
        return True

    def _not_renewed(self, code: str) -> None:
        self._metrics.slack_error("apps.connections.open", code)
        self._metrics.reconnected(renewed=False)
        log.warning("connection to Slack not renewed", error=code)

    def _alive(self) -> None:
        self._last_pong = self._last_alive = asyncio.get_running_loop().time()
