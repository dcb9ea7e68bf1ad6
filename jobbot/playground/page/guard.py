"""Who may talk to the page's server: a browser of this machine, on this page, and nobody else.

Binding loopback keeps other machines out, not other web sites: a page from elsewhere can send requests to 127.0.0.1,
and by DNS rebinding it can even read the answers. Therefore every request must name this server in ``Host``, and where
a browser says which page it comes from (``Origin``; always with a WebSocket), that must be this one.
"""

from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = "127.0.0.1"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' {sockets}; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'"
)
"""Nothing from elsewhere, nothing inline, and no string becomes HTML: the browser refuses what the page never does."""


class Guard:
    """Lets through what comes from this page, and dresses every answer with the page's policy."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        names = ("127.0.0.1", "localhost")
        self._app = app
        self._hosts = {f"{name}:{port}" for name in names} | (set(names) if port == 80 else set())
        sockets = " ".join(f"ws://{host}" for host in sorted(self._hosts))
        self._dress = [
            (b"content-security-policy", POLICY.format(sockets=sockets).encode()),
            (b"cross-origin-opener-policy", b"same-origin"),
            (b"cross-origin-resource-policy", b"same-origin"),
            (b"referrer-policy", b"no-referrer"),
            (b"x-content-type-options", b"nosniff"),
            (b"cache-control", b"no-cache"),
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request that may be served; 403 for any other, before anything else is looked at."""

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *self._dress]
            await send(message)

        if self._is_ours(scope):
            await self._app(scope, receive, dressed)
        elif scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.close", "code": 1008})  # before it was accepted: a 403
        else:
            refusal = PlainTextResponse("jobbot demo answers its own page on this machine only.\n", status_code=403)
            await refusal(scope, receive, dressed)

    def _is_ours(self, scope: Scope) -> bool:
        headers = Headers(scope=scope)
        hosts, origins = headers.getlist("host"), headers.getlist("origin")
        if not hosts or (scope["type"] == "websocket" and not origins):
            return False
        return _all_in(hosts, self._hosts) and _all_in(origins, {f"http://{host}" for host in self._hosts})


def _all_in(given: Iterable[str], known: set[str]) -> bool:
    return all(one.lower() in known for one in given)
