"""The supervisor of Socket Mode: keeps one connection alive, renews it without a gap, gives up after two minutes.

The supervisor opens one connection at a time, and only when the one before is told to go or is closed; until the new
one is up, and for a while afterwards, the old one is served on. Slack's own client is not used for it: two of its
reconnects can overlap, which leaves a connection that takes envelopes and acknowledges none, and it neither backs off
nor bounds a ``Retry-After`` (executed and seen, slack_sdk 3.47).
https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import random
from collections.abc import Awaitable, Callable

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.config.network import trusted
from jobbot.logs import get_logger
from jobbot.slack.transport.socket_connection import SocketConnection
from jobbot.slack.transport.watchdog import NotConnected, SocketLost, WatchdogSettings
from jobbot.slack.web.errors import TOKEN_REFUSED, asked_to_wait, error_code
from jobbot.slack.web.session import ConnectionSettings
from jobbot.telemetry import Metrics

log = get_logger(__name__)


class SocketSupervisor:
    """Keeps a connection alive whose envelopes go to Bolt.

    ``way``: proxy and TLS, no proxy where it is None. ``sleep`` waits between attempts, for seconds
    that ``chance`` (0 to 1) varies.
    """

    def __init__(
        self,
        app: AsyncApp,
        app_token: str,
        client: AsyncWebClient,
        watchdog: WatchdogSettings,
        metrics: Metrics,
        *,
        way: ConnectionSettings | None = None,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._client = client
        self._watchdog = watchdog
        self._metrics = metrics
        self._way = way or ConnectionSettings(proxy=None, tls=trusted())
        self._sleep = sleep
        self._chance = chance
        self._connection: SocketConnection | None = None
        self._old: dict[SocketConnection, asyncio.Task[None]] = {}
        self._alive_at = float("-inf")
        self._trouble = ""

    async def start(self) -> None:
        """Connect for the first time. Raises NotConnected, or what the SDK does where Slack opens no connection."""
        self._connection = await self._open()

    @property
    def is_live(self) -> bool:
        """Whether a connection is open, and pongs come on it."""
        current = [self._connection] if self._connection is not None else []
        return any(connection.is_open for connection in (*current, *self._old))

    async def watch(self) -> None:
        """Until cancelled: renew the connection whenever it ends. Raises SocketLost."""
        loop = asyncio.get_running_loop()
        renewing = asyncio.create_task(self._renew_for_ever())
        try:
            # The bound is kept here, whatever the renewing waits for.
            while not (await asyncio.wait({renewing}, timeout=self._watchdog.look))[0]:
                if self.is_live:
                    self._alive_at = loop.time()
                elif loop.time() - self._alive_at > self._watchdog.give_up:
                    raise SocketLost(
                        f"no live connection to Slack for {self._watchdog.give_up:.0f} s ({self._trouble})"
                    )
            renewing.result()
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})

    async def close(self) -> None:
        """Close all connections; acks under way are finished."""
        for lingering in self._old.values():
            lingering.cancel()
        current = [self._connection] if self._connection is not None else []
        await asyncio.gather(*(connection.close() for connection in (*current, *self._old)))

    async def _renew_for_ever(self) -> None:
        failures = 0
        while True:
            old = self._connection
            assert old is not None  # noqa: S101 - start() has run
            await old.is_leaving.wait()
            self._trouble = old.close_reason
            log.info("the connection to Slack ends and is renewed", reason=old.close_reason)
            # One that ends at once is as good as none: without this they would come by the hundred a second.
            failures = 0 if old.age >= self._watchdog.steady else failures + 1
            self._connection, failures = await self._renew(failures)
            lingering = self._old[old] = asyncio.create_task(old.linger(self._watchdog.linger))
            lingering.add_done_callback(lambda _, old=old: self._old.pop(old, None))  # type: ignore[misc]

    async def _renew(self, failures: int) -> tuple[SocketConnection, int]:
        """A new connection, and how many attempts in a row have failed. Raises SocketLost."""
        asked = 0.0
        while True:
            await self._sleep(max(asked, self._watchdog.backoff(failures, self._chance())))
            try:
                connection = await self._open()
            except Exception as error:
                # Whatever it is: it is tried again, until watch() gives up.
                self._trouble = str(error) if isinstance(error, NotConnected) else error_code(error)
                self._metrics.slack_error("apps.connections.open", self._trouble)
                self._metrics.reconnected(renewed=False)
                if self._trouble in TOKEN_REFUSED:
                    raise SocketLost(f"Slack refuses the app token now ({self._trouble})") from None
                failures, asked = failures + 1, asked_to_wait(error) or 0.0
                log.warning("connection to Slack not renewed", error=self._trouble, failures=failures)
            else:
                self._metrics.reconnected(renewed=True)
                return connection, failures

    async def _open(self) -> SocketConnection:
        response = await self._client.apps_connections_open(app_token=self._app_token)
        url = str(response.get("url"))
        connection = await SocketConnection.open(url, self._app, self._metrics, self._watchdog, self._way)
        self._alive_at = asyncio.get_running_loop().time()
        return connection
