"""Builds and starts everything, in the order in which it is needed, and closes it in reverse."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncApp

from jobbot import __version__
from jobbot.access import Policy
from jobbot.app_following import FollowingServices
from jobbot.app_handlers import Handlers
from jobbot.app_resources import Resources, SlackConnection, build_resources
from jobbot.config import Settings
from jobbot.flows.recovery import Recovery
from jobbot.logs import get_logger
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt
from jobbot.slack.transport.http import EventsEndpoint, RejectionCounter, build_web
from jobbot.slack.transport.start import StartFailed, ask_home, connect, open_server, socket_mode
from jobbot.slack.transport.web_server import WebServer
from jobbot.slack.web.session import ConnectionSettings, web_client
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine, open_once
from jobbot.store.database.migrate import NewerSchema, migrate
from jobbot.store.database.urls import BadDatabaseUrl
from jobbot.telemetry import Metrics, Telemetry, Traces
from jobbot.telemetry.labels import Queue
from jobbot.telemetry.traces import open_traces
from jobbot.timing import Timing

if TYPE_CHECKING:
    from jobbot.slack.transport.socket_supervisor import SocketSupervisor

__all__ = ["Jobbot", "StartFailed"]

log = get_logger(__name__)

SLACK_TIMEOUT = 10.0
"""Seconds for one call of Slack's; the SDK's own 30 are longer than anybody waits."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Jobbot:
    """The running bot: ``async with Jobbot(settings) as bot: await bot.run_until(event)``.

    ``clock`` gives the time, aware; ``timing`` is how often it looks and how long it waits; ``traces`` is where spans
    go, if anywhere. Entering raises :class:`StartFailed`; ``run_until`` raises :class:`SocketLost`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = _utc_now,
        timing: Timing | None = None,
        traces: Traces | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._timing = timing or Timing()
        self._telemetry = Telemetry(Metrics(__version__), traces or open_traces(settings.traces, __version__))
        self._stack = AsyncExitStack()
        self._work = BackgroundTasks()
        self._recovery: Recovery | None = None
        self._socket: SocketSupervisor | None = None
        self._servers: list[WebServer] = []
        self._gate: Gate | None = None

    async def __aenter__(self) -> "Jobbot":
        try:
            await self._start()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        log.info("shutting down")
        self._work.refuse_more()
        if self._recovery is not None:
            self._recovery.close()
        await self._stack.aclose()

    @property
    def port(self) -> int:
        """The port of Slack's requests over HTTP, and of ``/healthz``."""
        return self._servers[0].port

    @property
    def metrics_port(self) -> int:
        """The port of readiness and metrics: the same where they have none of their own."""
        return self._servers[-1].port

    def not_ready(self) -> list[str]:
        """Why nothing can be served right now; empty when it can."""
        if self._work.is_closed:
            return ["shutting down"]  # which closes what the others look at
        reasons = []
        if self._socket is not None and not self._socket.is_live:
            reasons.append("no live connection to Slack")
        if self._recovery is not None and self._recovery.trouble:
            reasons.append(f"the database cannot be used: {self._recovery.trouble}")
        return reasons

    def set_policy(self, policy: Policy) -> None:
        """Replace the policy from the next interaction on; what is running ends under the old one."""
        assert self._gate is not None  # noqa: S101 - entered
        self._gate.set_policy(policy)

    async def run_until(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set. Raises SocketLost when the connection to Slack is lost for good."""
        waiting: list[asyncio.Task[object]] = [asyncio.create_task(stop.wait())]
        if self._socket is not None:
            waiting.append(asyncio.create_task(self._socket.watch()))
        try:
            done, _ = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _start(self) -> None:
        settings, timing = self._settings, self._timing
        supervisor = socket_mode() if settings.mode == "socket" else None
        self._stack.callback(self._telemetry.close)
        for note in settings.notes:
            log.warning("setting not used", setting=note)
        slack = await self._open_slack()
        shared = build_resources(
            settings,
            slack,
            await self._open_database(),
            clock=self._clock,
            timing=timing,
            telemetry=self._telemetry,
            stack=self._stack,
        )
        self._gate = shared.gate
        following = FollowingServices(shared)
        handlers = Handlers(shared, following)
        self._measure(shared, following)
        template = web_client(None, settings.slack_api_url, slack.session)
        app = build_bolt(template, slack.home, handlers.listeners, self._work, channel_changed=following.forget_channel)

        self._open_ports(app)
        # Drained before the server closes, and both before the clients that the work uses.
        self._stack.push_async_callback(self._work.drain, timing.drain)
        self._begin_recovery(shared, following, handlers)
        await self._stack.enter_async_context(following.running())
        if supervisor is not None and settings.app_token is not None:
            token, metrics = settings.app_token.get_secret_value(), self._telemetry.metrics
            self._socket = supervisor(app, token, slack.client, timing.watchdog, metrics, way=slack.connection)
            self._stack.push_async_callback(self._socket.close)
            await connect(self._socket, timing.watchdog)
        log.info("ready", mode=settings.mode, bot=slack.home.bot_user_id, port=self.port)

    async def _open_slack(self) -> SlackConnection:
        """Slack's client, with its first answer. Raises StartFailed."""
        url, network = self._settings.slack_api_url, self._settings.network
        connection = ConnectionSettings(network.proxy_for(url), network.tls)
        session = await self._stack.enter_async_context(connection.session(SLACK_TIMEOUT))
        client = web_client(self._settings.bot_token.get_secret_value(), url, session)
        home = await ask_home(client, self._timing.watchdog)
        return SlackConnection(home=home, client=client, session=session, connection=connection)

    async def _open_database(self) -> Database:
        try:
            url = self._settings.database_url.get_secret_value()
            database = Database(make_engine(url), time_is_held=self._clock is not _utc_now)
            self._stack.push_async_callback(database.aclose)
            open_once(url)
            await migrate(database)
        except BadDatabaseUrl as error:
            raise StartFailed(f"JOBBOT_DATABASE_URL: {error}") from None
        except (StoreUnavailable, NewerSchema) as error:
            raise StartFailed(f"JOBBOT_DATABASE_URL: the database cannot be used ({error})") from None
        return database

    def _measure(self, shared: Resources, following: FollowingServices) -> None:
        """What is measured whenever somebody asks for metrics."""
        metrics = self._telemetry.metrics
        metrics.measure(Queue.WORK, lambda: len(self._work))
        metrics.measure(Queue.UPSTREAM, lambda: sum(one.gateway.waiting for one in shared.instances))
        metrics.measure(Queue.OUTBOX, lambda: following.owed)
        metrics.watch_readiness(self.not_ready)
        metrics.count_watches(lambda: following.watched)
        metrics.count_outages(lambda: following.outages)

    def _open_ports(self, app: AsyncApp) -> None:
        """Slack's port, and that of readiness and metrics where it is another one."""
        settings, metrics = self._settings, self._telemetry.metrics
        on_rejected, secret, events = RejectionCounter(metrics), settings.signing_secret, None
        if settings.mode == "http" and secret is not None:
            events = EventsEndpoint(app, secret.get_secret_value(), metrics, on_rejected=on_rejected)
        inner = settings.metrics_port
        webs = [(build_web(events, self.not_ready, metrics, public=inner is not None), settings.port, "PORT")]
        if inner is not None:
            webs.append((build_web(None, self.not_ready, metrics), inner, "JOBBOT_METRICS_PORT"))
        for web, port, setting in webs:
            self._servers.append(open_server(web, settings.host, port, setting, on_rejected))
            self._stack.push_async_callback(self._servers[-1].close)

    def _begin_recovery(self, shared: Resources, following: FollowingServices, handlers: Handlers) -> None:
        """Take over what dead processes have left, from now on."""
        self._recovery = Recovery(
            ledger=shared.ledger,
            presence=shared.presence,
            slack_retries=shared.slack_retries,
            acting=handlers.acting,
            instances=shared.instances,
            start=self._work.start,
            lease=self._timing.lease,
            look_every=self._timing.recovery,
            timer=self._timing.timer,
            history=shared.history,
            events=shared.events,
            clock=self._clock,
            keep=shared.keep,
            tidy=following.look_after,
            forget=following.forget_old,
        )
        self._recovery.begin()
        self._stack.push_async_callback(self._recovery.aclose)
