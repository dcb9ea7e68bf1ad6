"""The servers that are compared, each in a process of its own: ``servers KIND PORT``, ``servers socket API TOKEN``."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from importlib import import_module
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

from tests.benchmarks.load import SECRET


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


KINDS: dict[str, Callable[[], Starlette]] = {
    "bare": bare,
    "bolt": lambda: noop(before_response=False),
    "bolt-before": lambda: noop(before_response=True),
    "jobbot": lambda: _of_ours("jobbot"),
    "suggestions": lambda: _of_ours("suggestions"),
}


def _of_ours(kind: str) -> Starlette:
    """One that has jobbot in it, which the others must not weigh."""
    made: Starlette = getattr(import_module("tests.benchmarks.our_servers"), kind)()
    return made


def main(kind: str, *where: str) -> None:
    """Serve until killed."""
    if kind == "socket":
        asyncio.run(socket(*where))
        return
    (port,) = where
    config = uvicorn.Config(KINDS[kind](), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
    serve: Coroutine[None, None, None] = uvicorn.Server(config).serve()
    asyncio.run(serve)
