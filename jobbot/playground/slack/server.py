"""A local Slack over real HTTP and WebSocket, inside the running event loop: ``async with LocalSlack() as slack``."""

import asyncio
import random
from collections.abc import Sequence
from datetime import timedelta
from typing import Literal, Self

import uvicorn
from uvicorn.server import ServerState

from jobbot.playground.slack.client.acme import SHORTCUTS, acme
from jobbot.playground.slack.client.gestures import Gestures
from jobbot.playground.slack.client.inside import Inside
from jobbot.playground.slack.delivery.connection import Connection
from jobbot.playground.slack.delivery.dispatch import RETRIES, Dispatcher
from jobbot.playground.slack.delivery.http import HttpDelivery
from jobbot.playground.slack.delivery.payloads import Payloads
from jobbot.playground.slack.delivery.socket import SocketMode
from jobbot.playground.slack.delivery.wire import SocketProtocol, WireProtocol
from jobbot.playground.slack.state.changes import Changes
from jobbot.playground.slack.state.clock import Now, utc_now
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.objects import permalink
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.state.world import Shortcut
from jobbot.playground.slack.web_api.api import Api
from jobbot.playground.slack.web_api.calls import CallLog
from jobbot.playground.slack.web_api.faults import Faults
from jobbot.playground.slack.web_api.rates import Rates
from jobbot.playground.slack.web_api.tokens import Tokens

SCOPES = frozenset(
    {
        *("app_mentions:read", "channels:read", "chat:write", "commands", "groups:read", "links:read", "links:write"),
        *("users:read", "usergroups:read"),
    }
)
"""What the bot is granted, until ``slack.scopes`` says otherwise."""


class LocalSlack(Inside):
    """A workspace on 127.0.0.1, on ``port`` or (0) a free one, with one app installed in it.

    ``now`` is its clock: trigger ids, response URLs and rate limits go by it, waiting for the bot by the world's.
    ``transport`` is how the bot is told: with ``http``, say where with ``delivers_to``. ``commands`` are the app's
    slash commands. The bot has ``ack_seconds`` to acknowledge, and ``trigger_seconds`` to open a window; events that
    it does not take are delivered again after ``event_retries`` seconds each. Each WebSocket is pinged every
    ``ping_seconds``. ``grid`` puts the workspace on Enterprise Grid, with Sam of a sister workspace. ``messages_tab``
    is whether people can write to the bot (``messages_tab_enabled`` of the app's manifest), ``home_tab`` whether it
    has a Home. It is told of links to its ``unfurl_domains``; ``shortcuts`` are its own.
    """

    def __init__(
        self,
        *,
        now: Now = utc_now,
        seed: int = 0,
        port: int = 0,
        transport: Literal["socket", "http"] = "socket",
        rates: Literal["on", "off"] = "on",
        grid: bool = False,
        commands: Sequence[str] = ("/jobs",),
        escapes_commands: bool = True,
        ack_seconds: float = 3.0,
        trigger_seconds: float = 3.0,
        event_retries: Sequence[float] = RETRIES,
        ping_seconds: float = 5.0,
        bot_name: str = "jobbot",
        messages_tab: bool = True,
        home_tab: bool = True,
        shortcuts: Sequence[Shortcut] = SHORTCUTS,
        unfurl_domains: Sequence[str] = (),
    ) -> None:
        rng = random.Random(seed)  # noqa: S311 - ids of a local server, the same for the same seed
        changes = Changes()
        workspace = Workspace(acme(grid=grid, bot_name=bot_name), changes, now, rng)
        workspace.scopes = set(SCOPES)
        workspace.triggers.lives = timedelta(seconds=trigger_seconds)
        workspace.takes_direct_messages, workspace.has_home_tab = messages_tab, home_tab
        workspace.shortcuts, workspace.links.domains = tuple(shortcuts), tuple(unfurl_domains)
        self._tokens = Tokens(rng)
        self._sockets = SocketMode(changes, rng, ack_seconds, is_on=transport == "socket")
        self._http = HttpDelivery(self._tokens.signing_secret, ack_seconds)
        self._dispatcher = Dispatcher(
            self._sockets if transport == "socket" else self._http,
            changes,
            event_retries,
            timeout_reason="timeout" if transport == "socket" else "http_timeout",
        )
        payloads = Payloads(workspace, lambda: self.url)
        gestures = Gestures(workspace, payloads, self._dispatcher, commands, escapes_commands=escapes_commands)
        log, self.faults, self._rates = CallLog(), Faults(self._sockets), Rates(now, is_on=rates == "on")
        super().__init__(workspace, gestures, log, self._dispatcher)
        self._api = Api(
            workspace,
            tokens=self._tokens,
            faults=self.faults,
            rates=self._rates,
            sockets=self._sockets,
            log=log,
            base=lambda: self.url,
        )
        self._state = ServerState()
        self._port = port
        self._ping_seconds = ping_seconds
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        config = uvicorn.Config(
            self._api.app(), http=WireProtocol, ws=SocketProtocol, ws_ping_interval=self._ping_seconds,
            ws_ping_timeout=None, lifespan="off", log_config=None, access_log=False,
        )  # fmt: skip
        config.load()
        # uvicorn.Server would take over the process's signals and poll; its protocols need neither.
        self._server = await asyncio.get_running_loop().create_server(
            lambda: WireProtocol(config=config, server_state=self._state, app_state={}), "127.0.0.1", self._port
        )
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._server is None:
            return
        await self._dispatcher.close()
        await self._http.close()
        self.faults.clear()
        self._server.close()
        for connection in tuple(self._state.connections):
            connection.transport.abort()
        await asyncio.gather(*self._state.tasks, return_exceptions=True)
        await asyncio.sleep(0)  # a transport that was aborted closes its socket at the loop's next turn
        await self._server.wait_closed()
        self._server = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``; the port is known once it runs."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def api_url(self) -> str:
        """What ``https://slack.com/api/`` is elsewhere."""
        return f"{self.url}/api/"

    @property
    def bot_token(self) -> str:
        """The bot's token (``xoxb-``)."""
        return self._tokens.bot

    @property
    def app_token(self) -> str:
        """The app-level token (``xapp-``), for Socket Mode."""
        return self._tokens.app

    @property
    def signing_secret(self) -> str:
        """What deliveries over HTTP are signed with."""
        return self._tokens.signing_secret

    @property
    def has_home_tab(self) -> bool:
        """Whether the app has a Home tab, as its manifest has it."""
        return self._in.has_home_tab

    @property
    def shortcuts(self) -> Sequence[Shortcut]:
        """The app's shortcuts, as its manifest has them."""
        return self._in.shortcuts

    def link_of(self, message: Message) -> str:
        """A message's address."""
        return permalink(message, self.world)

    def delivers_to(self, url: str | None) -> None:
        """Where the bot takes what is delivered over HTTP; None for nowhere."""
        self._http.url = url

    def revoke(self, token: str, code: str = "token_revoked") -> None:
        """From now on this token is refused with this code."""
        self._tokens.refuse(token, code)

    @property
    def connections(self) -> int:
        """How many WebSockets of the bot's are open."""
        return len(self._sockets.connections)

    @property
    def open_connections(self) -> list[Connection]:
        """They themselves, oldest first."""
        return list(self._sockets.connections)

    def limit_rates(self, *, on: bool) -> None:
        """Whether calls are counted against Slack's rate limits."""
        self._rates.is_on = on
