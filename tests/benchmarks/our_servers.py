"""The servers of ``servers`` that have jobbot in them, apart so that what is compared with them does not import it."""

import asyncio
import os

from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from jobbot.access import Home
from jobbot.interaction import Interaction
from jobbot.slack.handlers.listeners import Ack, Listeners
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt
from jobbot.slack.transport.http import EventsEndpoint, build_web
from jobbot.slack.transport.payloads import read_payload
from jobbot.telemetry import Metrics
from tests.benchmarks.load import SECRET
from tests.unit.slack.anywhere.world import World
from tests.unit.slack.payloads import BOT, block_suggestion


class _Acks(Listeners):
    """jobbot's listeners without what comes after the ack, which alone is measured."""

    def __init__(self) -> None:
        pass

    def acknowledge(self, interaction: Interaction) -> Ack:
        return Ack(then=self._work())

    def refuse_busy(self, interaction: Interaction) -> Ack:
        return Ack()

    async def _work(self) -> None:
        await asyncio.sleep(0)


def jobbot() -> Starlette:
    """jobbot's own door, router and hand-over to its work, with work that is over at once."""
    home = Home("T0ACME", None, "U0JOBBOT", "B0")
    app = build_bolt(AsyncWebClient(), home, _Acks(), BackgroundTasks())
    metrics = Metrics()
    return build_web(EventsEndpoint(app, SECRET, metrics), list, metrics)


def suggestions() -> Starlette:
    """jobbot's own door and listeners, with so many names in memory as ``SUGGESTED_NAMES`` says, all for Ana."""
    world = World()
    for number in range(1_000, 1_000 + int(os.environ.get("SUGGESTED_NAMES", "10000"))):
        source, place = ("Facebook", "Google", "TikTok")[number % 3], ("EMEA", "US", "APAC")[number % 7 % 3]
        world.table.has("acme", number, f"{source} Ads {place} {number % 97}")
    asked = read_payload(block_suggestion(), BOT)
    assert asked is not None
    _, learns = world.anywhere.finding.suggests(asked)
    assert learns is not None
    asyncio.run(learns())
    metrics = Metrics()
    return build_web(EventsEndpoint(world.app, SECRET, metrics), list, metrics)
