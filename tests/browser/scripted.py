"""A workspace that does what a test says: what a bot would show is put there, what the page does is written down."""

import asyncio
import itertools
from collections.abc import Callable
from typing import Any

from jobbot.playground.page.protocol import CannotBeDone, Json
from jobbot.playground.page.workspace import Change, HomeChanged, MessageChanged, MessageGone, ViewChanged

ANA, BEN, BOT = "U0ANA", "U0BEN", "U0BOT"
INC_DATA, RANDOM, DM = "C0INC", "C0RND", "D0ANA"


def _person(ident: str, name: str, hue: int, *, bot: bool = False, zone: str = "Europe/Vienna") -> Json:
    return {
        "id": ident, "name": name, "handle": name.lower(), "role": "app" if bot else "data engineer", "zone": zone,
        "hue": hue, "playable": not bot, "isBot": bot, "outsider": False, "team": "acme",
    }  # fmt: skip


def _channel(ident: str, name: str, kind: str = "public") -> Json:
    closed = "Sending messages to this app has been turned off." if kind == "dm" else None
    return {"id": ident, "name": name, "kind": kind, "note": f"About {name}.", "closed": closed}


class ScriptedWorkspace:
    """Ana (in Vienna) and Ben (in New York), two channels and a direct message.

    ``done`` is everything that the page did, in its order. ``answers`` is awaited with each: it may raise
    CannotBeDone, show something, or take its time. ``options`` are what a menu of the bot's offers, ``has_home`` is
    whether the app has a Home tab. Messages are a second apart, from 10:42:05 on 4 March 2026 (UTC).
    """

    def __init__(self) -> None:
        self.done: list[tuple[Any, ...]] = []
        self.answers: Callable[[tuple[Any, ...]], Any] | None = None
        self._listeners: list[Callable[[Change], None]] = []
        self._messages: dict[str, list[tuple[Json, str | None]]] = {INC_DATA: [], RANDOM: [], DM: []}
        self._views: dict[str, Json] = {}
        self._homes: dict[str, Json] = {}
        self.has_home = False
        self.options: list[Json] = []
        self._clock = itertools.count(1_772_620_925)
        self._hashes = itertools.count(1)
        self._something = asyncio.Event()

    async def did(self, many: int = 1) -> list[tuple[Any, ...]]:
        """Everything that the page did, once it is that many things. Raises TimeoutError after 30 seconds."""
        async with asyncio.timeout(30):
            while len(self.done) < many:
                self._something.clear()
                await self._something.wait()
        return self.done

    def posts(self, text: str = "", *, to: str = INC_DATA, by: str = BOT, only: str | None = None, **more: Any) -> Json:
        """A message comes."""
        message = {
            "ts": f"{next(self._clock)}.000100", "user": by, "text": text, "edited": False,
            "ephemeral": only is not None, **more,
        }  # fmt: skip
        self._messages[to].append((message, only))
        self._tell(MessageChanged(to, message, only))
        return message

    def edits(self, message: Json, **changes: Any) -> None:
        """A message of #inc-data changes."""
        edited = {**message, "edited": True, **changes}
        self._messages[INC_DATA] = [
            (edited if one["ts"] == message["ts"] else one, only) for one, only in self._messages[INC_DATA]
        ]
        self._tell(MessageChanged(INC_DATA, edited))

    def deletes(self, message: Json) -> None:
        """A message of #inc-data goes."""
        self._messages[INC_DATA] = [pair for pair in self._messages[INC_DATA] if pair[0]["ts"] != message["ts"]]
        self._tell(MessageGone(INC_DATA, message["ts"]))

    def opens(self, view: Json, *, to: str = ANA, ident: str = "V1") -> None:
        """A window opens, or becomes another."""
        self._views[to] = {"id": ident, "hash": str(next(self._hashes)), **view}
        self._tell(ViewChanged(to, self._views[to]))

    def publishes(self, *blocks: Json, to: str = ANA) -> None:
        """The bot fills the Home tab of somebody."""
        self._homes[to] = {"id": "V0HOME", "hash": str(next(self._hashes)), "blocks": list(blocks)}
        self._tell(HomeChanged(to, self._homes[to]))

    def people(self) -> list[Json]:
        return [
            _person(ANA, "Ana", 1),
            _person(BEN, "Ben", 2, zone="America/New_York"),
            _person(BOT, "jobbot", 0, bot=True),
        ]

    def usergroups(self) -> dict[str, str]:
        return {"S1": "data-oncall"}

    def channels(self, person: str) -> list[Json]:
        direct = {**_channel(DM, "jobbot", "dm"), "home": self.has_home}
        return [_channel(INC_DATA, "inc-data"), _channel(RANDOM, "random"), direct]

    def messages(self, person: str, channel: str) -> list[Json]:
        return [message for message, only in self._messages[channel] if only in {None, person}]

    def view(self, person: str) -> Json | None:
        return self._views.get(person)

    def home(self, person: str) -> Json | None:
        return self._homes.get(person)

    def shortcuts(self) -> list[Json]:
        return [
            {"callback": "find", "name": "Find jobs", "type": "global", "description": "Look for jobs"},
            {"callback": "named", "name": "Jobs named here", "type": "message", "description": ""},
        ]

    async def search(self, person: str, typed: str, fields: Json) -> list[Json]:
        await self._do("search", person, typed, fields["action"])
        return [{"options": self.options}]

    async def use_shortcut(self, person: str, callback: str, channel: str, ts: str | None) -> None:
        await self._do("shortcut", person, callback, channel, ts)

    async def edit(self, person: str, channel: str, ts: str, text: str) -> None:
        await self._do("edit", person, channel, ts, text)

    async def draft(self, person: str, channel: str, text: str) -> None:
        await self._do("draft", person, channel, text)

    async def open_home(self, person: str) -> None:
        await self._do("home", person)

    async def say(self, person: str, channel: str, text: str, thread: str | None) -> None:
        await self._do("say", person, channel, text, thread)

    async def act(self, person: str, fields: Json) -> None:
        await self._do("act", person, fields["action"])

    async def submit(self, person: str, view: str, values: Json) -> None:
        await self._do("submit", person, values)
        await self.close(person, view)

    async def close(self, person: str, view: str) -> None:
        if self._views.pop(person, None) is not None:
            self._note("close", person)
            self._tell(ViewChanged(person, None))

    def subscribe(self, listener: Callable[[Change], None]) -> Callable[[], None]:
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def _tell(self, change: Change) -> None:
        for listener in tuple(self._listeners):
            listener(change)

    def _note(self, *what: Any) -> None:
        self.done.append(what)
        self._something.set()

    async def _do(self, *what: Any) -> None:
        self._note(*what)
        if self.answers is not None:
            answer = self.answers(what)
            if asyncio.iscoroutine(answer):
                await answer


def silence(*_: Any) -> None:
    """The bot does not answer."""
    raise CannotBeDone("jobbot did not respond.")


class ScriptedSlackPanel:
    """Slack's half of the panel; ``done`` is what was asked of it."""

    acts = frozenset({"drop", "twice", "ratelimit"})

    def __init__(self) -> None:
        self.done: list[tuple[str, object]] = []
        self._switches: dict[str, object] = {"twice": False, "ratelimit": False}
        self._something = asyncio.Event()

    def shown(self) -> Json:
        return dict(self._switches)

    async def act(self, act: str, fields: Json) -> None:
        self.done.append((act, fields.get("on")))
        if act in self._switches:
            self._switches[act] = fields.get("on")
        self._something.set()

    async def did(self, many: int) -> None:
        """Wait until that many things were asked. Raises TimeoutError after 30 seconds."""
        async with asyncio.timeout(30):
            while len(self.done) < many:
                self._something.clear()
                await self._something.wait()
