"""Builds and starts everything, in the order in which it is needed, and closes it in reverse."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

from slack_bolt.async_app import AsyncApp

from jobbot import __version__
from jobbot.access import Policy
from jobbot.access.configured import policy_of
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Gateway
from jobbot.app_following import FollowingServices
from jobbot.app_handlers import Handlers
from jobbot.config import Settings
from jobbot.flows.acts.paused import Pauses
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.flows.recovery import Recovery
from jobbot.logs import get_logger
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt
from jobbot.slack.transport.http import EventsEndpoint, RejectionCounter, build_web
from jobbot.slack.transport.start import StartFailed, ask_home, connect, open_server, socket_mode
from jobbot.slack.transport.web_server import WebServer
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.session import ConnectionSettings, web_client
from jobbot.store.acts.encryption import UrlCipher
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine, open_once
from jobbot.store.database.migrate import NewerSchema, migrate
from jobbot.store.database.urls import BadDatabaseUrl
from jobbot.store.datastreams import Datastreams
from jobbot.store.events import EventHistory
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries
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


def _kept_for(settings: Settings) -> timedelta | None:
    """How long the record is kept; None for ever."""
    return timedelta(days=settings.keep_days) if settings.keep_days is not None else None


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
        settings, telemetry, timing = self._settings, self._telemetry, self._timing
        supervisor = socket_mode() if settings.mode == "socket" else None
        self._stack.callback(telemetry.close)
        for note in settings.notes:
            log.warning("setting not used", setting=note)
        way = ConnectionSettings(settings.network.proxy_for(settings.slack_api_url), settings.network.tls)
        session = await self._stack.enter_async_context(way.session(SLACK_TIMEOUT))
        token = settings.bot_token.get_secret_value()
        client = web_client(token, settings.slack_api_url, session)
        home = await ask_home(client, timing.watchdog)
        database = await self._open_database()
        history, events = ActHistory(database), EventHistory(database)
        instances = self._instances(Pauses(history, extra=timing.extra))
        telemetry.metrics.measure(Queue.WORK, lambda: len(self._work))
        telemetry.metrics.measure(Queue.UPSTREAM, lambda: sum(one.gateway.waiting for one in instances))
        telemetry.metrics.watch_readiness(self.not_ready)
        directory = SlackDirectory(client, telemetry=telemetry, sleep=timing.timer.sleep)
        catalogue = Catalogue(Datastreams(database, self._clock), self._clock, extra=timing.extra)
        self._stack.push_async_callback(catalogue.aclose)
        policy = policy_of(
            settings.channels, settings.aliases, settings.datastreams, default=next(iter(settings.instances))
        )
        gate = self._gate = Gate(home, policy, directory, telemetry, catalogue=catalogue)
        naming = Naming(gate, Narrowing(catalogue, self._clock))
        outbound = Outbound(client, session, telemetry, sleep=timing.timer.sleep)
        presence = Presence(database, clock=self._clock, lease=timing.lease)
        self._stack.push_async_callback(presence.aclose)
        ledger = SqlLedger(
            database, owner=presence.owner, clock=self._clock, lease=timing.lease, cipher=UrlCipher(token)
        )
        stops = EarlierStops(history, extra=timing.extra)
        slack_retries = SlackRetries(database, self._clock, extra=timing.extra)
        following = FollowingServices(
            database=database,
            slack_retries=slack_retries,
            owner=presence.owner,
            instances=instances,
            catalogue=catalogue,
            gate=gate,
            naming=naming,
            stops=stops,
            directory=directory,
            history=history,
            outbound=outbound,
            clock=self._clock,
            lease=timing.lease,
            schedule=timing.schedule,
            extra=timing.extra,
            timer=timing.timer,
            telemetry=telemetry,
            keep=_kept_for(settings),
        )
        telemetry.metrics.count_watches(lambda: following.watched)
        telemetry.metrics.count_outages(lambda: following.outages)
        telemetry.metrics.measure(Queue.OUTBOX, lambda: following.owed)
        handlers = Handlers(
            database=database,
            ledger=ledger,
            history=history,
            events=events,
            slack_retries=slack_retries,
            gate=gate,
            naming=naming,
            instances=instances,
            catalogue=catalogue,
            stops=stops,
            directory=directory,
            following=following,
            outbound=outbound,
            clock=self._clock,
            timing=timing,
            telemetry=telemetry,
        )
        template = web_client(None, settings.slack_api_url, session)
        app = build_bolt(template, home, handlers.listeners, self._work, channel_changed=following.forget_channel)

        self._open_ports(app)
        # Drained before the server closes, and both before the clients that the work uses.
        self._stack.push_async_callback(self._work.drain, timing.drain)
        self._recovery = Recovery(
            ledger=ledger,
            presence=presence,
            slack_retries=slack_retries,
            acting=handlers.acting,
            instances=instances,
            start=self._work.start,
            lease=timing.lease,
            look_every=timing.recovery,
            timer=timing.timer,
            history=history,
            events=events,
            clock=self._clock,
            keep=_kept_for(settings),
            tidy=following.look_after,
            forget=following.forget_old,
        )
        self._recovery.begin()
        self._stack.push_async_callback(self._recovery.aclose)
        await self._stack.enter_async_context(following.running())
        if supervisor is not None and settings.app_token is not None:
            app_token = settings.app_token.get_secret_value()
            self._socket = supervisor(app, app_token, client, timing.watchdog, telemetry.metrics, way=way)
            self._stack.push_async_callback(self._socket.close)
            await connect(self._socket, timing.watchdog)
        log.info("ready", mode=settings.mode, bot=home.bot_user_id, port=self.port)

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

    def _instances(self, pauses: Pauses) -> Instances:
        """One client and one gateway an instance, for the life of the process."""
        instances, network = [], self._settings.network
        for name, one in self._settings.instances.items():
            key, proxy = one.key.get_secret_value(), network.proxy_for(one.url)
            client = AdverityClient(one.url, key, scheme=one.scheme, proxy=proxy, tls=network.tls, clock=self._clock)
            gateway = Gateway(
                client,
                clock=self._clock,
                monotonic=self._timing.timer.monotonic,
                retries=self._timing.retries(),
                optional_seconds=self._timing.optional,
                max_age=one.cache_seconds,
                concurrency=one.concurrency,
                telemetry=self._telemetry,
            )
            self._stack.push_async_callback(gateway.aclose)
            waits = self._timing.patience, self._timing.needed
            instances.append(Instance(name, one.url, gateway, *waits, who_paused=pauses.of))
        return Instances(instances)
