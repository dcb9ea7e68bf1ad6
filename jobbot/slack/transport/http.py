"""The HTTP endpoints: ``POST /slack/events`` with signature check, ``/healthz``, ``/readyz``, ``/metrics``.

The signature covers the raw body and a timestamp of at most 5 minutes of age
(https://docs.slack.dev/authentication/verifying-requests-from-slack). It is checked before anything is parsed. Bodies
are parsed here and not by Bolt, which takes any form that contains the word "payload" for an interaction and would
answer ``/jobs payload`` with a 404 (executed and seen, Bolt 1.30).
"""

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_bolt.response import BoltResponse
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from yarl import query_to_pairs

from jobbot.intents.language.slack_text import whole
from jobbot.logs import get_logger
from jobbot.logs.throttled import ThrottledLog
from jobbot.slack.transport.bolt import dispatch
from jobbot.slack.transport.payload_parts import Payload
from jobbot.telemetry import Metrics
from jobbot.telemetry.labels import Transport

log = get_logger(__name__)

EVENTS_PATHS = ("/slack/events", "/slack/events/")
"""With a slash behind it too, as some write the address into Slack: a redirect is an error to it."""

BODY_MOST = 1024 * 1024
"""Bytes; Slack's largest payloads are some hundred kilobytes."""

BODY_SECONDS = 3.0
"""How long a body may take: as long as Slack waits for the answer. Shutting down waits for no one longer than that."""

_TAKEN = PlainTextResponse()
"""Nearly every ack: an empty 200."""

Reasons = Callable[[], list[str]]
"""Why jobbot cannot serve right now; empty when it can."""


class RejectionCounter:
    """Counts requests that are no payload of Slack's, and logs them throttled, as anybody may send them."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self._throttled = ThrottledLog(log, "requests turned away")

    def __call__(self, reason: str) -> None:
        """One more. ``reason`` is a label of ``jobbot_requests_rejected_total``."""
        self._metrics.rejected(reason)
        self._throttled.warn(reason)


class Unusable(Exception):
    """A body that cannot be understood, though its signature was right."""


class EventsEndpoint:
    """``POST /slack/events``."""

    def __init__(
        self,
        app: AsyncApp,
        signing_secret: str,
        metrics: Metrics,
        *,
        on_rejected: Callable[[str], None] | None = None,
        body_seconds: float = BODY_SECONDS,
    ) -> None:
        self._on_rejected = on_rejected or RejectionCounter(metrics)
        self._app = app
        self._body_seconds = body_seconds
        self._metrics = metrics
        self._verifier = SignatureVerifier(signing_secret)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI: answer a request, and count an ack when it is sent."""
        arrived = perf_counter()
        request = Request(scope, receive)
        payload = await self._payload(request)
        if isinstance(payload, Response):
            await payload(scope, receive, send)
            return
        answer = await dispatch(self._app, payload)
        await _response(answer)(scope, receive, send)
        self._metrics.acked(Transport.HTTP, perf_counter() - arrived)

    async def _payload(self, request: Request) -> Payload | Response:
        """The payload; else the answer, without an ack.

        401 for a bad signature, 408 or 413 for a body too slow or large, 400 for no payload, and Slack's own checks.
        """
        try:
            async with asyncio.timeout(self._body_seconds):
                body = await _read_bounded(request)
        except ClientDisconnect:
            # Anybody may hang up; nobody reads this answer, and it is no error of ours.
            return Response(status_code=400)
        except TimeoutError:
            self._on_rejected("too_slow")
            return PlainTextResponse("too slow", 408, headers={"connection": "close"})
        if body is None:
            self._on_rejected("too_large")
            # Closed, because uvicorn would go on to read, and drop, whatever still comes (executed and seen, 0.54).
            return PlainTextResponse("too large", 413, headers={"connection": "close"})
        if not self._is_slack(body, request.headers):
            self._on_rejected("signature")
            return PlainTextResponse("invalid signature", 401)
        try:
            payload = parse_body(body)
        except Unusable:
            self._on_rejected("unusable")
            return PlainTextResponse("not a payload", 400)
        if payload.get("type") == "url_verification":
            return PlainTextResponse(whole(str(payload.get("challenge", ""))))
        return Response() if "ssl_check" in payload else payload

    def _is_slack(self, body: bytes, headers: Mapping[str, str]) -> bool:
        try:
            return self._verifier.is_valid(
                body, headers.get("x-slack-request-timestamp"), headers.get("x-slack-signature")
            )
        except (ValueError, TypeError, OverflowError):
            # A timestamp that is no number or one without end, a signature that is not ASCII, a body that is not UTF-8.
            return False


def parse_body(body: bytes) -> dict[str, Any]:
    """Slack's three shapes: JSON for events, a form for commands, a form with one JSON field for interactions.

    Raises Unusable for anything else. Any: foreign JSON, read by ``transport/payloads``.
    """
    try:
        text = body.decode()
        if text.lstrip().startswith("{"):
            payload = json.loads(text)
        else:
            form = dict(query_to_pairs(text))
            payload = json.loads(form["payload"]) if "payload" in form and "command" not in form else form
    except (ValueError, RecursionError) as error:
        raise Unusable from error
    if not isinstance(payload, dict):
        raise Unusable
    return payload


def _response(answer: BoltResponse) -> Response:
    if answer.status == 200 and not answer.body:
        return _TAKEN
    return Response(answer.body, answer.status, headers=answer.first_headers_without_set_cookie())


async def _read_bounded(request: Request) -> bytes | None:
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > BODY_MOST:
            return None
        chunks.append(chunk)
    return b"".join(chunks)


class _Web(Starlette):
    """Starlette, which Slack's payloads go past: what it does around a request is a tenth of an ack."""

    def __init__(self, routes: Sequence[Route], events: EventsEndpoint | None) -> None:
        super().__init__(routes=routes)
        self.router.redirect_slashes = False
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if self._events is not None and scope["path"] in EVENTS_PATHS and scope["method"] == "POST":
            await self._events(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def build_web(
    events: EventsEndpoint | None, not_ready: Reasons, metrics: Metrics, *, public: bool = False
) -> Starlette:
    """The web app. Without ``events`` (Socket Mode) it has health and metrics alone, which hold no ids and no secrets.

    ``public``: readiness and metrics are served at an address of their own, so that this one has ``/healthz`` alone.
    ``/healthz``: the loop lives. ``/readyz``: something can be served; Adverity has no part in it, because an instance
    that is down must not take the bot down, which is there to say so.
    """

    async def healthz(request: Request) -> Response:
        return JSONResponse({"ok": True})

    async def readyz(request: Request) -> Response:
        reasons = not_ready()
        return JSONResponse({"ready": not reasons, "reasons": reasons}, 503 if reasons else 200)

    async def shown(request: Request) -> Response:
        return Response(metrics.text(), headers={"content-type": metrics.content_type})

    routes = [Route("/healthz", healthz)]
    if not public:
        routes += [Route("/readyz", readyz), Route("/metrics", shown)]
    if events is not None:
        routes += [Route(path, events, methods=["POST"]) for path in EVENTS_PATHS]
    return _Web(routes, events)
