"""What the tests of the local Slack share: a clock, and a tiny bot on Bolt that is told over either transport."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import uvicorn
from slack_bolt.adapter.socket_mode.websockets import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from jobbot.http.prompt_server import PromptServer
from jobbot.playground.slack import LocalSlack

Transport = Literal["socket", "http"]


class Clock:
    """10:42:05 on 4 March 2026, until a test moves it."""

    def __init__(self) -> None:
        self._at = datetime(2026, 3, 4, 10, 42, 5, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self._at

    def advance(self, **span: float) -> None:
        self._at += timedelta(**span)


def client_of(slack: LocalSlack, token: str | None = None) -> AsyncWebClient:
    """The bot's own client."""
    return AsyncWebClient(token or slack.bot_token, base_url=slack.api_url, retry_handlers=[])


async def code_of(call: Awaitable[Any]) -> str:
    """The code with which a call was refused; ``ok`` if it was not."""
    try:
        await call
    except SlackApiError as refused:
        return str(refused.response["error"])
    return "ok"


async def refusal_of(call: Awaitable[Any]) -> dict[str, Any]:
    """The whole answer of a call that was refused."""
    try:
        await call
    except SlackApiError as refused:
        return dict(refused.response.data)
    raise AssertionError("it was not refused")


def bolt_app(slack: LocalSlack) -> AsyncApp:
    """A bot without listeners."""
    return AsyncApp(
        client=client_of(slack), signing_secret=slack.signing_secret, process_before_response=True, logger=_quiet()
    )


def _quiet() -> logging.Logger:
    logger = logging.getLogger("tests.playground.slack.bolt")
    logger.setLevel(logging.CRITICAL)
    return logger


@asynccontextmanager
async def connected(slack: LocalSlack, app: AsyncApp, transport: Transport) -> AsyncIterator[None]:
    """The bot is there, and told of what happens."""
    if transport == "http":
        async with listening(_receiver(app)) as url:
            slack.delivers_to(url)
            yield
        return
    handler = AsyncSocketModeHandler(app, slack.app_token, logger=_quiet(), web_client=client_of(slack))
    before = slack.connections
    await handler.connect_async()
    await slack.until(lambda: slack.connections == before + 1)
    try:
        yield
    finally:
        with suppress(Exception):
            await handler.close_async()


def _receiver(app: AsyncApp) -> Callable[[Request], Awaitable[Response]]:
    handler = AsyncSlackRequestHandler(app)

    async def receive(request: Request) -> Response:
        return await handler.handle(request)

    return receive


@asynccontextmanager
async def listening(receive: Callable[[Request], Awaitable[Response]]) -> AsyncIterator[str]:
    """A web server of the bot's; its URL."""
    web = Starlette(routes=[Route("/slack/events", receive, methods=["POST"])])
    with socket.create_server(("127.0.0.1", 0)) as port:
        config = uvicorn.Config(web, log_config=None, access_log=False, lifespan="off", timeout_graceful_shutdown=1)
        server = PromptServer(config)
        serving = asyncio.create_task(server.serve(sockets=[port]))
        yield f"http://127.0.0.1:{port.getsockname()[1]}/slack/events"
        server.end()
        await serving


def section(words: str = "words") -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}}


def plain(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def button(words: str = "Stop job", **fields: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(words), **fields}


def actions(*elements: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements), **fields}


def field(label: str = "Reason", **fields: Any) -> dict[str, Any]:
    element = {"type": "plain_text_input", "action_id": "reason", **fields}
    return {"type": "input", "block_id": "why", "label": plain(label), "element": element}


def modal(*blocks: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "type": "modal",
        "callback_id": "asked",
        "title": plain("Stop job 987?"),
        "submit": plain("Stop job"),
        "blocks": list(blocks) or [section()],
        **fields,
    }
