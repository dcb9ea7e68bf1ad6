"""The world of the stories: a local Slack, a local Adverity, and the real bot between them, over real sockets."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from unittest.mock import patch
from weakref import WeakKeyDictionary

import stamina
from pydantic import SecretStr

from jobbot.app import Jobbot
from jobbot.config import ChannelSettings, InstanceSettings, Settings
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.following.schedule import PollSchedule
from jobbot.playground.adverity import Issue, LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.messages import Channel, Message
from jobbot.playground.slack.state.views import View
from jobbot.slack.transport.watchdog import WatchdogSettings
from jobbot.store.database.retry import Timer
from jobbot.telemetry import Traces
from jobbot.timing import Timing
from tests.support.databases import sqlite_url
from tests.support.kept_engines import kept_engine

Transport = Literal["socket", "http"]

ACT_TIMING = ActTiming(
    first=0.05, longest=0.2, accepted=0.8, unanswered=0.5, record=30.0, decide=30.0, ask=30.0, note=30.0
)
SCHEDULE = PollSchedule(close=0.02, near=0.02, far=0.02, next=0.03, trouble=0.1, look=0.1, trust=0.0)
WATCHDOG = WatchdogSettings(look=0.1, stale=10.0, give_up=30.0)
"""A busy machine makes pongs and records late: no connection is given up and no submission refused for that."""

BOUND = 30.0
"""Seconds that anything may take: it tells what never happens from what does, not a speed."""

REVOKED = Issue(
    "The <b>token</b> was revoked.", cause="Authorization invalid", remedy="Authorize again", url="/acme/issues/11/"
)


class Clock:
    """The real time, and what was added to it: everybody in the world looks at it."""

    def __init__(self) -> None:
        self._added = timedelta(0)
        self._moved = asyncio.Event()
        self._seen: WeakKeyDictionary[asyncio.Event, asyncio.Event] = WeakKeyDictionary()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._added

    def advance(self, **span: float) -> None:
        """Let time pass without waiting."""
        self._added += timedelta(**span)
        self._moved.set()
        self._moved = asyncio.Event()

    def monotonic(self) -> float:
        """Seconds, since whenever."""
        return time.monotonic() + self._added.total_seconds()

    async def sleep(self, seconds: float) -> None:
        """So much time passes, at once."""
        self.advance(seconds=seconds)
        await asyncio.sleep(0)

    async def wait(self, event: asyncio.Event, seconds: float) -> bool:
        """Until the event is set, or time was let pass since it was waited for the last time."""
        moved = self._seen.setdefault(event, self._moved)
        waits = [asyncio.create_task(one.wait()) for one in (event, moved)]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
        self._seen[event] = self._moved
        return event.is_set()


def timing_by(clock: Clock) -> Timing:
    """How the bot of a story waits: hardly."""
    return Timing(
        act_timing=ACT_TIMING,
        schedule=SCHEDULE,
        watchdog=WATCHDOG,
        recovery=0.5,
        drain=2.0,
        patience=BOUND,
        needed=BOUND,
        extra=BOUND,
        optional=BOUND,
        retries=lambda: stamina.AsyncRetryingCaller(
            attempts=3, timeout=None, wait_initial=0.001, wait_max=0.001, wait_jitter=0
        ),
        timer=Timer(clock.monotonic, clock.sleep, clock.wait),
    )


@dataclass
class World:
    """What a story needs at hand: who there is, where, and what they see. ``also`` are further instances, by name."""

    clock: Clock
    slack: LocalSlack
    adverity: LocalAdverity
    bot: Jobbot
    settings: Settings
    running: asyncio.Task[None]
    also: dict[str, LocalAdverity] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.ana, self.ben, self.gus, self.olga = (self.slack.person(name) for name in ("ana", "ben", "gus", "olga"))
        self.inc, self.read_only, self.random, self.shared = (
            self.slack.channel(name) for name in ("inc-data", "data-read-only", "random", "acme-shared")
        )

    async def said(self, words: str, *, in_: Channel | None = None, seconds: float = BOUND) -> Message:
        """Wait for a message that everybody in the channel (#inc-data) sees and that has these words."""
        channel = in_ or self.inc
        return await self._found(lambda: channel.public, words, seconds)

    async def whispered(self, words: str, to: Actor, *, in_: Channel | None = None, seconds: float = BOUND) -> Message:
        """Wait for a message that this person alone sees."""
        channel = in_ or self.inc
        return await self._found(lambda: channel.whispers(to), words, seconds)

    def answers(self, to: Actor) -> list[Message]:
        """What this person alone sees in #inc-data, without the notes that say that something takes a while."""
        return [one for one in self.inc.whispers(to) if not one.text.startswith(("Asking ", "Reading "))]

    async def answer(self, to: Actor, known: int) -> Message:
        """Wait for the newest of these answers, where so many are ``known``."""
        await self.slack.until(lambda: len(self.answers(to)) > known)
        return self.answers(to)[-1]

    async def _found(self, messages: Callable[[], list[Message]], words: str, seconds: float = BOUND) -> Message:
        def there() -> Message | None:
            return next((message for message in reversed(messages()) if words in message.text), None)

        try:
            found = await self.slack.until(there, seconds=seconds)
        except TimeoutError:
            raise AssertionError(f"nobody said {words!r}, but: {[message.text for message in messages()]}") from None
        assert found is not None
        return found

    async def modal(self, person: Actor, words: str, *, seconds: float = BOUND) -> View:
        """Wait for a modal on this person's screen that has these words."""

        def shown() -> View | None:
            view = person.modal
            return view if view is not None and words in str(view.definition) else None

        try:
            view = await self.slack.until(shown, seconds=seconds)
        except TimeoutError:
            now = person.modal
            raise AssertionError(f"no modal with {words!r}, but: {now.definition if now else None}") from None
        assert view is not None
        return view

    async def opens(self, person: Actor, job: int, *, on: Message) -> None:
        """Choose a job of a list in its select, "Open a job" or "Open or watch a job"."""
        await self.chooses_of_a_list(person, job, "", on=on)

    async def chooses_of_a_list(self, person: Actor, job: int, begins: str, *, on: Message) -> None:
        """Choose a job's option of a list's select that begins so."""
        found = [one for block in on.blocks for one in block.get("elements", []) if one["type"] == "static_select"]
        groups = found[0].get("option_groups") or [found[0]]
        words = [one["text"]["text"] for group in groups for one in group["options"]]
        option = next(one for one in words if one.startswith(begins) and one.endswith(f"· {job}"))
        await person.chooses(option, at=found[0]["placeholder"]["text"], on=on)

    async def asks_to_stop(self, person: Actor, job: int = 987, why: str = "") -> View:
        """``/jobs stop``, up to the modal that can be submitted."""
        await person.types(f"/jobs stop {job} {why}".strip(), in_=self.inc)
        return await self.modal(person, "The channel will see who did it")

    def posts(self) -> int:
        """How many stops were sent to Adverity."""
        return self.adverity.count("POST", "/stop/")


def settings_for(
    slack: LocalSlack, adverity: LocalAdverity, transport: Transport, folder: Path, **changes: Any
) -> Settings:
    """As they would be for one instance; ``changes`` replaces fields."""
    oncall = frozenset({slack.usergroup("data-oncall").id})
    both = ChannelSettings(stop_usergroups=oncall)
    look = ChannelSettings(may=frozenset({"view", "watch"}))
    given: dict[str, Any] = {
        "bot_token": SecretStr(slack.bot_token),
        "app_token": SecretStr(slack.app_token),
        "signing_secret": SecretStr(slack.signing_secret),
        "slack_api_url": slack.api_url,
        "instances": {
            "acme": InstanceSettings(url=adverity.url, key=SecretStr(adverity.api_key), cache_seconds=0),
        },
        "channels": {
            slack.channel("inc-data").id: both,
            slack.channel("data-read-only").id: look,
            slack.channel("acme-shared").id: both,
        },
        "database_url": SecretStr(f"sqlite:///{folder}/jobbot.db"),
        "mode": transport,
        "host": "127.0.0.1",
        "port": 0,
        "log_format": "text",
        "log_level": "INFO",
    }
    return Settings(**{**given, **changes})


@asynccontextmanager
async def world(
    transport: Transport,
    folder: Path,
    *,
    traces: Traces | None = None,
    watchdog: WatchdogSettings = WATCHDOG,
    patience: float = BOUND,
    commands: Sequence[str] = ("/jobs",),
    unfurl_domains: Sequence[str] = (),
    also: Sequence[str] = (),
    **changes: Any,
) -> AsyncIterator[World]:
    """Everything started, and ended afterwards in the reverse order. ``also`` names instances beside acme."""
    clock = Clock()
    if "database_url" not in changes and not (folder / "jobbot.db").exists():
        sqlite_url(folder / "jobbot.db")
    async with (
        AsyncExitStack() as stack,
        LocalAdverity(now=clock) as adverity,
        LocalSlack(
            now=clock,
            transport=transport,
            commands=commands,
            ack_seconds=BOUND,
            trigger_seconds=BOUND,
            unfurl_domains=unfurl_domains,
        ) as slack,
    ):
        adverity.has_datastream(42, "Facebook Ads EU")
        settings = settings_for(slack, adverity, transport, folder, **changes)
        more = {name: await stack.enter_async_context(LocalAdverity(now=clock)) for name in also}
        for name, one in more.items():
            settings.instances[name] = InstanceSettings(url=one.url, key=SecretStr(one.api_key), cache_seconds=0)
        async with serving(clock, slack, adverity, settings, traces, watchdog=watchdog, patience=patience) as made:
            made.also.update(more)
            yield made
            assert not slack.refused_calls, slack.refused_calls


@asynccontextmanager
async def serving(
    clock: Clock,
    slack: LocalSlack,
    adverity: LocalAdverity,
    settings: Settings,
    traces: Traces | None = None,
    **waits: Any,
) -> AsyncIterator[World]:
    """A bot that is started, and ended in order; ``waits`` replaces fields of its Timing."""
    timing = replace(timing_by(clock), **waits)
    with patch("jobbot.app.make_engine", kept_engine):  # for the sake of the SQL that it has compiled before
        async with Jobbot(settings, clock=clock, timing=timing, traces=traces) as bot:
            stop = asyncio.Event()
            running = asyncio.create_task(bot.run_until(stop))
            if settings.mode == "http":
                slack.delivers_to(f"http://127.0.0.1:{bot.port}/slack/events")
            yield World(clock, slack, adverity, bot, settings, running)
            stop.set()
            await asyncio.wait({running}, timeout=BOUND)
