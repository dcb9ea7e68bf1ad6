"""The doors for the bot: ``/api/METHOD``, its response URLs, and the WebSocket of Socket Mode.

Answers are Slack's: HTTP 200 whatever happened, but 429 for too many calls, and plain refusals at response URLs.
"""

import json
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute

from jobbot.playground.slack.delivery.socket import SocketMode
from jobbot.playground.slack.errors import ApiError
from jobbot.playground.slack.state.workspace import Workspace
from jobbot.playground.slack.web_api.arguments import Arguments, read_arguments
from jobbot.playground.slack.web_api.calls import CallLog
from jobbot.playground.slack.web_api.faults import Broken, Faults
from jobbot.playground.slack.web_api.methods import METHODS
from jobbot.playground.slack.web_api.rates import TIER_1, Rates
from jobbot.playground.slack.web_api.responses import answer_url
from jobbot.playground.slack.web_api.tokens import OF_THE_APP, Tokens

_PAGE = b"<!doctype html><html><head><title>Server Error</title></head><body><h1>Server Error</h1></body></html>"


class Api:
    """Serves the bot. ``base`` answers the server's ``http://127.0.0.1:PORT``."""

    def __init__(
        self,
        workspace: Workspace,
        *,
        tokens: Tokens,
        faults: Faults,
        rates: Rates,
        sockets: SocketMode,
        log: CallLog,
        base: Callable[[], str],
    ) -> None:
        self._in = workspace
        self._tokens = tokens
        self._faults = faults
        self._rates = rates
        self._sockets = sockets
        self._log = log
        self._base = base

    def app(self) -> Starlette:
        """All doors."""
        return Starlette(
            routes=[
                Route("/api/{method}", self._call, methods=["GET", "POST"]),
                Route("/commands/{rest:path}", self._respond, methods=["POST"]),
                Route("/actions/{rest:path}", self._respond, methods=["POST"]),
                Route("/app/{rest:path}", self._respond, methods=["POST"]),
                WebSocketRoute("/link/", self._sockets.endpoint),
            ]
        )

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]

        async def serve(args: Arguments) -> dict[str, Any]:
            return {"ok": True, **self._serve(method, request, args)}

        return await self._exchange(method, request, serve)

    async def _respond(self, request: Request) -> Response:
        async def serve(args: Arguments) -> dict[str, Any]:
            answer_url(self._in, request.url.path, args)
            return {"ok": True}

        return await self._exchange("response_url", request, serve)

    async def _exchange(
        self, method: str, request: Request, serve: Callable[[Arguments], Awaitable[dict[str, Any]]]
    ) -> Response:
        """One call: what is wrong with the line first, then what is wrong with the call."""
        begun, args, error, retry = perf_counter(), Arguments({}), None, None
        fields: dict[str, Any] = {}
        try:
            args = read_arguments(
                request.headers.get("content-type", ""), await request.body(), dict(request.query_params)
            )
            instead = await self._faults.meet(method)
            if not isinstance(instead, Broken):
                fields = await serve(args)
            if instead == "bare":
                fields = {"ok": True}
        except ApiError as refused:
            instead, error, retry = None, refused.code, refused.retry_after
            fields = {"ok": False, "error": error, **refused.fields}
        response = self._response(method, fields, error, retry)
        if isinstance(instead, Broken):
            error = f"http_{instead.status}"
            body, kind = (_PAGE, "text/html") if instead.html else (b"", "text/plain")
            response = Response(body, instead.status, media_type=kind)
        self._note(method, args, response.status_code, error, begun)
        if instead == "cut":
            request.scope["state"]["transport"].abort()
        return response

    def _serve(self, name: str, request: Request, args: Arguments) -> dict[str, Any]:
        method = METHODS.get(name)
        if method is None and name not in OF_THE_APP:
            raise ApiError("unknown_method", fields={"req_method": name})
        self._tokens.check(name, request.headers, args.given)
        if method is None:
            self._rates.take(name, "", TIER_1)
            return {"url": self._base().replace("http:", "ws:") + self._sockets.open_ticket(self._in.app_id)}
        self._in.need_scope(*method.scopes)
        self._rates.take(name, str(args.given.get(method.per, "")) if method.per else "", method.tier)
        return method.serve(self._in, args)

    def _response(self, method: str, fields: dict[str, Any], error: str | None, retry: int | None) -> Response:
        headers = {
            "date": self._in.now().strftime("%a, %d %b %Y %H:%M:%S GMT"),
            "x-slack-req-id": f"{self._in.rng.getrandbits(128):032x}",
        }
        if retry is not None:
            headers["retry-after"] = str(retry)
        status = 429 if retry is not None else 200
        if method == "response_url":
            if error is None:
                return Response("ok", status, headers, "text/plain")
            status = status if retry is not None else _STATUS_OF_URL.get(error, 400)
        else:
            headers["x-oauth-scopes"] = ",".join(sorted(self._in.scopes))
            if method in METHODS:
                headers["x-accepted-oauth-scopes"] = ",".join(METHODS[method].scopes)
        return Response(json.dumps(fields), status, headers, "application/json; charset=utf-8")

    def _note(self, method: str, args: Arguments, status: int, error: str | None, begun: float) -> None:
        ms = (perf_counter() - begun) * 1000
        call = self._log.add(method, args.given, at=self._in.now(), status=status, error=error, ms=ms)
        self._in.changes.tell("api_call", call)


_STATUS_OF_URL = {"used_url": 404, "expired_url": 404, "no_service": 404}
