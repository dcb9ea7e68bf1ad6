"""The world of the stories: a local Slack, a local Adverity, and the real bot between them, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from pydantic import SecretStr

from jobbot.app import Jobbot
from jobbot.config import ChannelSettings, InstanceSettings, Settings
from jobbot.flows.stopping import Pace
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.slack.socket import Vigil

Transport = Literal["socket", "http"]

PACE = Pace(first=0.05, longest=0.2, accepted=2.0, unanswered=1.0)
VIGIL = Vigil(look=0.1, stale=1.0, give_up=3.0)


class Clock:
    """The real time, and what was added to it: everybody in the world looks at it."""

    def __init__(self) -> None:
        self._added = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._added

    def advance(self, **span: float) -> None:
        """Let time pass without waiting."""
        self._added += timedelta(**span)


@dataclass
class World:
    """What a story needs at hand."""

    clock: Clock
    slack: LocalSlack
    adverity: LocalAdverity
    bot: Jobbot
    settings: Settings
    running: asyncio.Task[None]
    stop: asyncio.Event = field(default_factory=asyncio.Event)


def settings_for(slack: LocalSlack, adverity: LocalAdverity, transport: Transport, **changes: Any) -> Settings:
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
            "acme": InstanceSettings(url=adverity.url, key=SecretStr(adverity.api_key), cache_seconds=0.2),
        },
        "channels": {
            slack.channel("inc-data").id: both,
            slack.channel("data-read-only").id: look,
            slack.channel("acme-shared").id: both,
        },
        "database_url": SecretStr("sqlite:///jobbot.db"),
        "mode": transport,
        "host": "127.0.0.1",
        "port": 0,
        "log_format": "text",
        "log_level": "INFO",
    }
    return Settings(**{**given, **changes})


@asynccontextmanager
async def world(transport: Transport, **changes: Any) -> AsyncIterator[World]:
    """Everything started, and ended afterwards in the reverse order."""
    clock = Clock()
    async with LocalAdverity(now=clock) as adverity, LocalSlack(now=clock, transport=transport) as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        settings = settings_for(slack, adverity, transport, **changes)
        async with Jobbot(settings, clock=clock, pace=PACE, vigil=VIGIL, drain_seconds=2.0) as bot:
            stop = asyncio.Event()
            running = asyncio.create_task(bot.run_until(stop))
            if transport == "http":
                slack.delivers_to(f"http://127.0.0.1:{bot.port}/slack/events")
            yield World(clock, slack, adverity, bot, settings, running, stop)
            stop.set()
            await asyncio.wait({running}, timeout=5)
