"""The servers that are compared, each in a process of its own: ``servers KIND PORT``, ``servers socket API TOKEN``."""

import asyncio
import json
import os
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from websockets.asyncio.client import connect

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


def bare() -> Starlette:
    """Verifies and answers, nothing else: what no framework can beat."""
    verifier = SignatureVerifier(SECRET)

    async def events(request: Request) -> Response:
        headers = dict(request.headers.items())
        return Response(status_code=200 if verifier.is_valid_request(await request.body(), headers) else 401)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


def noop(*, before_response: bool) -> Starlette:
    """Bolt with one command that does nothing, and nothing of jobbot's; ``before_response`` as Bolt's own."""

    async def authorize(**_: Any) -> AuthorizeResult:
        return AuthorizeResult(
            enterprise_id=None, team_id="T0ACME", bot_token="xoxb-none", bot_id="B0", bot_user_id="U0"
        )

    app = AsyncApp(signing_secret=SECRET, authorize=authorize, process_before_response=before_response)

    async def jobs(ack: AsyncAck) -> None:
        await ack()

    app.command("/jobs")(jobs)
    handler = AsyncSlackRequestHandler(app)

    async def events(request: Request) -> Response:
        return await handler.handle(request)

    return Starlette(routes=[Route("/slack/events", events, methods=["POST"])])


async def socket(api_url: str, app_token: str) -> None:
    """Acknowledges envelopes in Socket Mode, nothing else. Until killed."""
    opened = await AsyncWebClient(base_url=api_url).apps_connections_open(app_token=app_token)
    async with connect(str(opened["url"]), compression=None) as session:
        async for message in session:
            if (envelope := json.loads(message).get("envelope_id")) is not None:
                await session.send(json.dumps({"envelope_id": envelope}))


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


KINDS: dict[str, Callable[[], Starlette]] = {
    "bare": bare,
    "bolt": lambda: noop(before_response=False),
    "bolt-before": lambda: noop(before_response=True),
    "jobbot": jobbot,
    "suggestions": suggestions,
}


def main(kind: str, *where: str) -> None:
    """Serve until killed."""
    if kind == "socket":
        asyncio.run(socket(*where))
        return
    (port,) = where
    config = uvicorn.Config(KINDS[kind](), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
    serve: Coroutine[None, None, None] = uvicorn.Server(config).serve()
    asyncio.run(serve)
