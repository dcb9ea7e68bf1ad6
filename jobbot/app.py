"""The one place where everything is built and started, in the order in which it is needed, and closed in reverse."""

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from datetime import UTC, datetime
from types import TracebackType

import aiohttp
import uvicorn
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import ChannelRule, Home, Need, Policy
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Gateway
from jobbot.config import Settings
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.listing import ListingFlow
from jobbot.flows.stopping import Pace, StoppingFlow
from jobbot.slack.answers import Answers
from jobbot.slack.bolt import build_bolt
from jobbot.slack.directory import SlackDirectory
from jobbot.slack.gate import Gate
from jobbot.slack.http import EventsEndpoint, build_web
from jobbot.slack.listeners import Listeners
from jobbot.slack.outbound import Outbound
from jobbot.slack.reply import SlackVoice
from jobbot.slack.socket import SocketLost, SocketSupervisor, Vigil
from jobbot.slack.stop_dialogue import StopDialogue
from jobbot.slack.work import Work
from jobbot.store import MemoryLedger

log = logging.getLogger(__name__)

SLACK_TIMEOUT = 10.0
"""Seconds for one call of Slack's; the SDK's own 30 are longer than anybody waits."""

DRAIN_SECONDS = 20.0
"""How long a shutdown waits for what runs; platforms kill after about 30."""


class StartFailed(Exception):
    """jobbot cannot start; the message is one readable line."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Jobbot:
    """The running bot: ``async with Jobbot(settings) as bot: await bot.run_until(event)``.

    ``clock`` gives the time, aware; ``pace`` and ``vigil`` are how often a stopped job and Slack's connection are
    looked at. Entering raises :class:`StartFailed`; ``run_until`` raises :class:`SocketLost`.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        clock: Callable[[], datetime] = _utc_now,
        pace: Pace | None = None,
        vigil: Vigil | None = None,
        drain_seconds: float = DRAIN_SECONDS,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._pace = pace or Pace()
        self._vigil = vigil or Vigil()
        self._drain_seconds = drain_seconds
        self._stack = AsyncExitStack()
        self._work = Work()
        self._socket: SocketSupervisor | None = None
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

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
        await self._stop()

    @property
    def port(self) -> int:
        """The port of the health endpoints and, over HTTP, of Slack's requests."""
        assert self._server is not None  # noqa: S101 - entered
        return self._server.port

    def not_ready(self) -> list[str]:
        """Why nothing can be served right now; empty when it can."""
        reasons = []
        if self._work.is_closed:
            reasons.append("shutting down")
        if self._socket is not None and not self._socket.is_live:
            reasons.append("no live connection to Slack")
        return reasons

    async def run_until(self, stop: asyncio.Event) -> None:
        """Serve until ``stop`` is set. Raises SocketLost when Slack cannot be had any more."""
        tasks = [asyncio.create_task(stop.wait())]
        if self._socket is not None:
            tasks.append(asyncio.create_task(self._watch(self._socket)))
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _start(self) -> None:
        settings = self._settings
        session = await self._stack.enter_async_context(
            aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=SLACK_TIMEOUT))
        )
        token = settings.bot_token.get_secret_value()
        client = AsyncWebClient(token, base_url=settings.slack_api_url, session=session, retry_handlers=[])
        home = await _auth_test(client)

        instances = self._instances()
        directory = SlackDirectory(client)
        gate = Gate(home, _policy(settings), directory)
        outbound = Outbound(client, session)
        stopping = StoppingFlow(MemoryLedger(), SlackVoice(outbound), self._clock, self._pace)
        answers = Answers(
            gate=gate,
            instances=instances,
            listing=ListingFlow(self._clock),
            outbound=outbound,
            clock=self._clock,
            command="/jobs",
        )
        dialogue = StopDialogue(
            gate=gate, instances=instances, stopping=stopping, outbound=outbound, clock=self._clock
        )
        listeners = Listeners(gate=gate, answers=answers, dialogue=dialogue)
        template = AsyncWebClient(base_url=settings.slack_api_url, session=session, retry_handlers=[])
        app = build_bolt(template, home, token, listeners, self._work)

        events = None
        if settings.mode == "http" and settings.signing_secret is not None:
            events = EventsEndpoint(app, settings.signing_secret.get_secret_value())
        self._server = _Server(build_web(events, self.not_ready), settings.host, settings.port)
        await self._server.start()
        self._serving = asyncio.create_task(self._server.serve())
        if settings.mode == "socket" and settings.app_token is not None:
            self._socket = SocketSupervisor(app, settings.app_token.get_secret_value(), client, self._vigil)
            await _connect(self._socket)
        log.info("ready in %s mode as %s, port %d", settings.mode, home.bot_user_id, self._server.port)
