"""The one place where everything is built and started, in the order in which it is needed, and closed in reverse."""

import asyncio
from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from types import TracebackType
from typing import TYPE_CHECKING

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from jobbot import __version__
from jobbot.access import Policy
from jobbot.access.configured import policy_of
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Gateway
from jobbot.config import Settings
from jobbot.flows.history import HistoryFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.listing import ListingFlow
from jobbot.flows.pace import Pace
from jobbot.flows.stopping import StoppingFlow
from jobbot.flows.tempo import Tempo
from jobbot.flows.upkeep import Upkeep
from jobbot.followers import Followers
from jobbot.logs import get_logger
from jobbot.slack.answers import Answers
from jobbot.slack.bolt import build_bolt
from jobbot.slack.directory import SlackDirectory
from jobbot.slack.gate import Gate
from jobbot.slack.http import EventsEndpoint, build_web
from jobbot.slack.listeners import Listeners
from jobbot.slack.outbound import Outbound
from jobbot.slack.port import CannotListen
from jobbot.slack.reply import SlackVoice
from jobbot.slack.server import WebServer
from jobbot.slack.start import StartFailed, ask_home, connect, socket_mode
from jobbot.slack.stop_dialogue import StopDialogue
from jobbot.slack.vigil import Vigil
from jobbot.slack.work import Work
from jobbot.store.deliveries import Deliveries
from jobbot.store.engine import BadDatabaseUrl, Database, StoreUnavailable, make_engine, open_once
from jobbot.store.history import StopHistory
from jobbot.store.migrate import NewerSchema, migrate
from jobbot.store.presence import Presence
from jobbot.store.sealed import Seal
from jobbot.store.sql_ledger import LEASE, SqlLedger
from jobbot.telemetry import Metrics, Telemetry, Traces
from jobbot.telemetry.configured import open_traces
from jobbot.telemetry.known import Queue

if TYPE_CHECKING:
    from jobbot.slack.socket import SocketSupervisor

__all__ = ["Jobbot", "StartFailed"]

log = get_logger(__name__)

SLACK_TIMEOUT = 10.0
"""Seconds for one call of Slack's; the SDK's own 30 are longer than anybody waits."""

DRAIN_SECONDS = 20.0
"""How long a shutdown waits for what runs; platforms kill after about 30."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Jobbot:
    """The running bot: ``async with Jobbot(settings) as bot: await bot.run_until(event)``.

    ``clock`` gives the time, aware; ``pace`` and ``vigil`` are how often a stopped job and Slack's connection are
    looked at; ``traces`` is where spans go, if anywhere. Entering raises :class:`StartFailed`; ``run_until`` raises
    :class:`SocketLost`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = _utc_now,
        pace: Pace | None = None,
        vigil: Vigil | None = None,
        drain_seconds: float = DRAIN_SECONDS,
        lease: timedelta = LEASE,
        traces: Traces | None = None,
        tempo: Tempo | None = None,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pace = pace or Pace()
        self._vigil = vigil or Vigil()
        self._drain_seconds = drain_seconds
        self._lease = lease
        self._tempo = tempo or Tempo()
        self._telemetry = Telemetry(Metrics(__version__), traces or open_traces(settings.traces, __version__))
        self._stack = AsyncExitStack()
        self._work = Work()
        self._upkeep: Upkeep | None = None
        self._socket: SocketSupervisor | None = None
        self._server: WebServer | None = None
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
        if self._upkeep is not None:
            self._upkeep.close()
        await self._stack.aclose()

    @property
    def port(self) -> int:
        """The port of the health endpoints and, over HTTP, of Slack's requests."""
        assert self._server is not None  # noqa: S101 - entered
        return self._server.port

    def not_ready(self) -> list[str]:
        """Why nothing can be served right now; empty when it can."""
        if self._work.is_closed:
            return ["shutting down"]  # which closes what the others look at
        reasons = []
        if self._socket is not None and not self._socket.is_live:
            reasons.append("no live connection to Slack")
        if self._upkeep is not None and self._upkeep.trouble:
            reasons.append(f"the database cannot be used: {self._upkeep.trouble}")
        return reasons

    def obey(self, policy: Policy) -> None:
        """From the next interaction on these rules hold; what is running ends under those it began with."""
        assert self._gate is not None  # noqa: S101 - entered
        self._gate.obey(policy)

    async def run_until(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set. Raises SocketLost when Slack cannot be had any more."""
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
        settings, telemetry = self._settings, self._telemetry
        supervisor = socket_mode() if settings.mode == "socket" else None
        self._stack.callback(telemetry.close)
        timeout = aiohttp.ClientTimeout(total=SLACK_TIMEOUT)
        session = await self._stack.enter_async_context(aiohttp.ClientSession(timeout=timeout))
        token = settings.bot_token.get_secret_value()
        client = AsyncWebClient(token, base_url=settings.slack_api_url, session=session, retry_handlers=[])
        home = await ask_home(client)
        database = await self._open_database()

        instances = self._instances()
        telemetry.metrics.measure(Queue.WORK, lambda: len(self._work))
        telemetry.metrics.measure(Queue.UPSTREAM, lambda: sum(one.gateway.waiting for one in instances))
        telemetry.metrics.watch_readiness(self.not_ready)
        directory = SlackDirectory(client, telemetry=telemetry)
        gate = self._gate = Gate(home, policy_of(settings.channels), directory, telemetry)
        outbound = Outbound(client, session, telemetry)
        presence = Presence(database, clock=self._clock, lease=self._lease)
        self._stack.push_async_callback(presence.aclose)
        ledger = SqlLedger(database, owner=presence.owner, clock=self._clock, lease=self._lease, seal=Seal(token))
        history = StopHistory(database)
        deliveries = Deliveries(database, self._clock)
        followers = Followers(
            database=database,
            owner=presence.owner,
            instances=instances,
            gate=gate,
            look_up=directory.channel_now,
            outbound=outbound,
            clock=self._clock,
            lease=self._lease,
            tempo=self._tempo,
        )
        telemetry.metrics.count_watches(lambda: followers.watched)
        telemetry.metrics.measure(Queue.OUTBOX, lambda: followers.owed)
        voice, follow = SlackVoice(outbound), followers.watching.follow_stop
        stopping = StoppingFlow(ledger, voice, self._clock, self._pace, telemetry, follow=follow)
        answers = Answers(
            gate=gate,
            instances=instances,
            listing=ListingFlow(self._clock),
            history=HistoryFlow(history, self._clock),
            following=followers.door(),
            outbound=outbound,
            clock=self._clock,
            command="/jobs",
        )
        dialogue = StopDialogue(gate=gate, instances=instances, stopping=stopping, outbound=outbound, clock=self._clock)
        listeners = Listeners(
            gate=gate, answers=answers, dialogue=dialogue, is_first=deliveries.seems_first, telemetry=telemetry
        )
        template = AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])
        app = build_bolt(template, home, token, listeners, self._work)

        events = None
        if settings.mode == "http" and settings.signing_secret is not None:
            events = EventsEndpoint(app, settings.signing_secret.get_secret_value(), telemetry.metrics)
        self._server = self._open_port(build_web(events, self.not_ready, telemetry.metrics))
        self._stack.push_async_callback(self._server.close)
        # Drained before the server closes, and both before the clients that the work uses.
        self._stack.push_async_callback(self._work.drain, self._drain_seconds)
        self._upkeep = Upkeep(
            ledger=ledger,
            presence=presence,
            deliveries=deliveries,
            stopping=stopping,
            instances=instances,
            start=self._work.start,
            lease=self._lease,
            history=history,
            clock=self._clock,
            keep=timedelta(days=settings.keep_days) if settings.keep_days is not None else None,
            tidy=followers.look_after,
        )
        self._upkeep.begin()
        self._stack.push_async_callback(self._upkeep.aclose)
        await self._stack.enter_async_context(followers.running())
        if supervisor is not None and settings.app_token is not None:
            app_token = settings.app_token.get_secret_value()
            self._socket = supervisor(app, app_token, client, self._vigil, telemetry.metrics)
            self._stack.push_async_callback(self._socket.close)
            await connect(self._socket)
        log.info("ready", mode=settings.mode, bot=home.bot_user_id, port=self._server.port)

    def _open_port(self, web: Starlette) -> WebServer:
        try:
            return WebServer(web, self._settings.host, self._settings.port)
        except CannotListen as error:
            raise StartFailed(f"{error.setting}: {error}") from None

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

    def _instances(self) -> Instances:
        """One client and one gateway an instance, for the life of the process."""
        instances = []
        for name, one in self._settings.instances.items():
            client = AdverityClient(one.url, one.key.get_secret_value(), scheme=one.scheme)
            gateway = Gateway(
                client,
                clock=self._clock,
                max_age=one.cache_seconds,
                concurrency=one.concurrency,
                telemetry=self._telemetry,
            )
            self._stack.push_async_callback(gateway.aclose)
            instances.append(Instance(name, one.url, gateway))
        return Instances(instances)
