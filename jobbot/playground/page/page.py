"""The page: what its tabs ask is done to the workspace and to the world, what changes there is told to its tabs."""

import asyncio
import json
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Self

from starlette.websockets import WebSocket

from jobbot.playground.page.guard import LOOPBACK
from jobbot.playground.page.protocol import CannotBeDone, Json, number_of, optional_text, text_of
from jobbot.playground.page.server import PageServer
from jobbot.playground.page.story import Command, Suggestion
from jobbot.playground.page.tab import Tab
from jobbot.playground.page.wire import WireLog
from jobbot.playground.page.workspace import (
    Change,
    HomeChanged,
    MessageChanged,
    MessageGone,
    ViewChanged,
    Workspace,
)
from jobbot.playground.page.world import World

TICK_SECONDS = 1.0
"""How often the world's panel is redrawn while somebody looks: jobs move by time alone."""


class PageOf:
    """A page over a workspace and a world: ``async with PageOf(...) as page: open_browser(page.url)``.

    ``port`` 0 takes a free one. Entering raises OSError for a port in use, ValueError for a host other than 127.0.0.1.
    """

    def __init__(
        self,
        workspace: Workspace,
        world: World,
        wire: WireLog,
        *,
        now: Callable[[], datetime],
        commands: Sequence[Command],
        suggestions: Callable[[], Sequence[Suggestion]],
        host: str = LOOPBACK,
        port: int = 0,
    ) -> None:
        if host != LOOPBACK:
            raise ValueError(f"the page is served on {LOOPBACK} only, not on {host}")
        self._workspace, self._world, self._wire = workspace, world, wire
        self._now = now
        self._commands, self._suggestions = commands, suggestions
        self._port = port
        self._tabs: set[Tab] = set()
        self._server: PageServer | None = None
        self._stack = AsyncExitStack()

    @property
    def url(self) -> str:
        """Where the page is, once entered."""
        return f"http://{LOOPBACK}:{self._port}/"

    async def __aenter__(self) -> Self:
        self._server = PageServer(self._talk, port=self._port)
        self._port = self._server.port
        self._stack.push_async_callback(self._server.close)
        self._stack.callback(self._hang_up)
        self._stack.callback(self._workspace.subscribe(self._changed))
        self._stack.callback(self._wire.subscribe(lambda call: self._tell_all({"is": "call", "call": call})))
        ticking = asyncio.create_task(self._tick())
        self._stack.callback(ticking.cancel)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    def _tell_all(self, event: Json) -> None:
        """Tell every tab that has said who it is."""
        text = json.dumps(event, ensure_ascii=False, separators=(",", ":"))
        for tab in tuple(self._tabs):
            if tab.person is not None:
                tab.tell_text(text)

    def show_world(self) -> None:
        """Redraw the world's panel without waiting for the next tick."""
        self._tell_all({"is": "world", "world": self._world.shown()})

    def _hang_up(self) -> None:
        for tab in tuple(self._tabs):
            tab.leave()

    async def _talk(self, socket: WebSocket) -> None:
        tab = Tab(socket)
        self._tabs.add(tab)
        try:
            await tab.serve(self._answer)
        finally:
            self._tabs.discard(tab)

    async def _tick(self) -> None:
        last: Json | None = None
        while True:
            await asyncio.sleep(TICK_SECONDS)
            if self._tabs and (world := self._world.shown()) != last:
                self._tell_all({"is": "world", "world": world})
                last = world

    async def _answer(self, tab: Tab, wish: str, fields: Json) -> Json:
        """Do what a tab asks. Raises CannotBeDone."""
        if wish == "be":
            return self._be(tab, fields)
        if tab.person is None:
            raise CannotBeDone("Nobody is here yet.")
        match wish:
            case "look":
                return {"parts": self._wire.look(number_of(fields, "call"))}
            case "world":
                await self._world.act(text_of(fields, "act"), fields)
                self.show_world()
                return {}
            case _:
                return await self._do(tab.person, wish, fields)

    async def _do(self, person: str, wish: str, fields: Json) -> Json:
        """Do what a person does in Slack. Raises CannotBeDone."""
        text, slack = partial(text_of, fields), self._workspace
        match wish:
            case "say":
                await slack.say(person, text("channel"), text("text"), optional_text(fields, "thread"))
            case "act":
                await slack.act(person, fields)
            case "search":
                return {"groups": await slack.search(person, text("typed"), fields)}
            case "shortcut":
                await slack.use_shortcut(person, text("callback"), text("channel"), optional_text(fields, "ts"))
            case "edit":
                await slack.edit(person, text("channel"), text("ts"), text("text"))
            case "draft":
                await slack.draft(person, text("channel"), text("text"))
            case "home":
                await slack.open_home(person)
            case "submit":
                await slack.submit(person, text("view"), fields.get("values") or {})
            case "close":
                await slack.close(person, text("view"))
            case _:
                raise CannotBeDone(f"Nothing is known to do that is called {wish}.")
        return {}

    def _be(self, tab: Tab, fields: Json) -> Json:
        known = [person["id"] for person in self._workspace.people() if person["playable"]]
        person: str = fields["person"] if fields.get("person") in known else known[0]
        tab.person = person
        tab.tell(self._all(person))
        return {}

    def _all(self, person: str) -> Json:
        channels = self._workspace.channels(person)
        return {
            "is": "all",
            "me": person,
            "people": self._workspace.people(),
            "channels": channels,
            "usergroups": self._workspace.usergroups(),
            "messages": {channel["id"]: self._workspace.messages(person, channel["id"]) for channel in channels},
            "view": self._workspace.view(person),
            "home": self._workspace.home(person),
            "shortcuts": self._workspace.shortcuts(),
            "commands": [asdict(command) for command in self._commands],
            "suggestions": [asdict(suggestion) for suggestion in self._suggestions()],
            "world": self._world.shown(),
            "calls": self._wire.shown(),
            "now": self._now().timestamp(),
        }

    def _changed(self, change: Change) -> None:
        for tab in tuple(self._tabs):
            if tab.person is None:
                continue
            match change:
                case MessageChanged(channel, message, only):
                    if only in {None, tab.person} and self._is_in(tab.person, channel):
                        tab.tell({"is": "message", "channel": channel, "message": message})
                case MessageGone(channel, ts):
                    if self._is_in(tab.person, channel):
                        tab.tell({"is": "gone", "channel": channel, "ts": ts})
                case ViewChanged(tab.person, view):
                    tab.tell({"is": "view", "view": view})
                case HomeChanged(tab.person, view):
                    tab.tell({"is": "home", "view": view})

    def _is_in(self, person: str, channel: str) -> bool:
        return any(one["id"] == channel for one in self._workspace.channels(person))
