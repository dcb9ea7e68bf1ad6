"""One HTTP exchange with its socket in reach, so that it can be cut, left open, or broken off half-way.

uvicorn's protocol does the HTTP. ASGI has no word for "close the socket", therefore ``LineProtocol`` puts the
connection's transport into the ``state`` of each request's scope, and ``Line`` cuts there. An application that then
waits for ``http.disconnect`` has ended in order, as far as uvicorn is concerned: nothing is logged, nothing raised.
"""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_CHUNK = 64 * 1024


class LineProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 with the transport in every request's scope."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """A caller connected."""
        super().connection_made(transport)
        self.app_state = {"transport": transport}


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Line:
    """The exchange over one request: its body is read first, then it is answered or mistreated.

    ``status`` is that of the answer, once one was begun to a caller who was still there.
    """

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.scope = scope
        self._receive = receive
        self._send = send
        self._transport: asyncio.Transport = scope["state"]["transport"]
        self.is_gone = False
        self.status: int | None = None
        self.body = b""

    async def read(self) -> None:
        """Read the request's body."""
        while True:
            message = await self._receive()
            if message["type"] == "http.disconnect":
                self.is_gone = True
                return
            self.body += message.get("body", b"")
            if not message.get("more_body"):
                return

    async def gone(self) -> None:
        """Wait until the caller has gone away, or the line was cut."""
        while not self.is_gone:
            self.is_gone = (await self._receive())["type"] == "http.disconnect"

    async def wait(self, seconds: float | None, over: asyncio.Event) -> None:
        """Wait for some seconds, until ``over`` is set, or until the caller has gone."""
        waits = [asyncio.ensure_future(wait) for wait in (self.gone(), over.wait())]
        try:
            await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def ask(self, app: ASGIApp) -> Answer:
        """What the application answers; nothing is sent yet, and the effect has happened."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": self.body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await app({**self.scope, "state": {}}, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], tuple(sent[0]["headers"]), body)

    async def answer(self, answer: Answer) -> None:
        """Send a whole answer."""
        await self._begin(answer)
        for first in range(0, len(answer.body), _CHUNK):
            await self._part(answer.body[first : first + _CHUNK])
        await self._part(b"", more=False)

    async def drip(self, answer: Answer, seconds: float) -> None:
        """Send the body byte by byte, until the caller has had enough."""
        await self._begin(answer)
        for byte in answer.body:
            await self._part(bytes([byte]))
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.gone()
            if self.is_gone:
                return
        await self._part(b"", more=False)

    async def truncate(self, answer: Answer) -> None:
        """Send half of the body, and hang up."""
        await self._begin(answer)
        await self._part(answer.body[: len(answer.body) // 2])
        self._transport.close()
        await self.gone()

    async def cut(self) -> None:
        """Hang up at once; what was not yet sent is lost."""
        self._transport.abort()
        await self.gone()

    async def _begin(self, answer: Answer) -> None:
        self.status = None if self.is_gone else answer.status
        await self._send({"type": "http.response.start", "status": answer.status, "headers": list(answer.headers)})

    async def _part(self, body: bytes, *, more: bool = True) -> None:
        await self._send({"type": "http.response.body", "body": body, "more_body": more})
