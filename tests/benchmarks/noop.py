"""Bolt with one command that does nothing, and nothing of jobbot's: ``python -m tests.benchmarks.noop PORT``."""

import asyncio
import sys
from typing import Any

import uvicorn
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.benchmarks.load import SECRET


def noop(*, before_response: bool) -> Starlette:
    """The app; ``before_response`` is Bolt's process_before_response."""

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


def main() -> None:
    """Serve until killed."""
    config = uvicorn.Config(
        noop(before_response=True), host="127.0.0.1", port=int(sys.argv[1]), log_level="warning", access_log=False
    )
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
