"""One HTTP exchange with an instance: bounded in time and in size, never repeated, never redirected.

The bounds hold whatever the other side does: a total deadline beside the read timeout (which a server that drips bytes
never reaches), and a limit on the body as it is after decompression.
"""

import asyncio
import zlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import httpx

from jobbot.adverity.clock_difference import ClockDifference
from jobbot.adverity.error_mapping import Refusal, error_of, no_answer
from jobbot.adverity.errors import CutShort, Unexpected, Unreachable

_WORDS_BYTES = 64 * 1024
_WORDS_SECONDS = 2.0
"""Bounds for a body whose status has said most already: that of an error, and of the answer to a write."""

_ANY_ZLIB_HEADER = 47


@dataclass(frozen=True, slots=True)
class Request:
    """A request: ``target`` is a path with its query, on the instance; ``body`` is JSON, or nothing.

    ``wants_words``: whether the answer to a write is read, for what it says beside its status.
    """

    method: Literal["GET", "POST", "PATCH"]
    target: str
    body: bytes = b""
    wants_words: bool = False


Send = Callable[[Request], Awaitable[bytes]]
"""Sends one request and returns the body of a 2xx. Raises AdverityError for everything else."""


@dataclass(frozen=True, slots=True, repr=False)
class Exchange:
    """The :data:`Send` that really sends. ``headers`` hold the key; ``deadline`` is in seconds, ``limit`` in bytes.

    Whatever the words of an error, or of the answer to a write, repeat of the key is made unreadable.
    """

    http: httpx.AsyncClient
    base_url: str
    headers: Mapping[str, str]
    timeout: httpx.Timeout
    deadline: float
    limit: int
    clock: Callable[[], datetime]
    key: str
    difference: ClockDifference

    async def __call__(self, request: Request) -> bytes:
        """Send once: the body of a 2xx. Raises AdverityError.

        The status of a write says enough, also where the deadline passes or the line is cut while its body is read:
        that body is returned where it is wanted and came whole, else nothing.
        """
        try:
            return await self._exchange(request)
        except TimeoutError as error:
            raise Unreachable(f"no complete answer within {self.deadline:g} s") from error
        except (httpx.TransportError, OSError) as error:
            # OSError: TLS alerts that arrive after the handshake come through httpx as they are.
            raise no_answer(error) from error

    async def _exchange(self, request: Request) -> bytes:
        until = asyncio.get_running_loop().time() + self.deadline
        async with asyncio.timeout_at(until):
            response = await self._begin(request)
        try:
            if not response.is_success:
                said = await self._words(response)
                raise error_of(Refusal(response.status_code, response.headers, said), self.clock())
            if request.method != "GET":
                return await self._words(response) if request.wants_words else b""
            async with asyncio.timeout_at(until):
                return await self._body(response)
        finally:
            await response.aclose()

    async def _begin(self, request: Request) -> httpx.Response:
        headers = {**self.headers, "Content-Type": "application/json"} if request.body else self.headers
        built = self.http.build_request(
            request.method,
            self.base_url + request.target,
            headers=headers,
            content=request.body or None,
            timeout=self.timeout,
        )
        response = await self.http.send(built, stream=True, auth=None, follow_redirects=False)
        self.difference.observe(response.headers.get("date"))
        return response

    async def _body(self, response: httpx.Response) -> bytes:
        try:
            return await read_bounded(response, self.limit)
        except (httpx.ReadError, httpx.RemoteProtocolError) as error:
            raise CutShort("the answer broke off", status=response.status_code) from error

    async def _words(self, response: httpx.Response) -> bytes:
        """A short body without the key in it; nothing where it does not come whole and soon."""
        try:
            async with asyncio.timeout(_WORDS_SECONDS):
                body = await read_bounded(response, _WORDS_BYTES)
        except (TimeoutError, httpx.TransportError, OSError, Unexpected):
            return b""
        return body.replace(self.key.encode(), b"[key]")


async def read_bounded(response: httpx.Response, limit: int) -> bytes:
    """The whole body, decompressed, of at most ``limit`` bytes. Raises Unexpected, and what httpx raises."""
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in ("", "identity", "gzip"):
        # Nested encodings multiply: what cannot be undone within the bound is not undone at all.
        raise Unexpected(f"an answer in the encoding {encoding[:40]}", status=response.status_code)
    inflate = zlib.decompressobj(_ANY_ZLIB_HEADER) if encoding == "gzip" else None
    body = bytearray()
    async for chunk in response.aiter_raw():
        try:
            body += chunk if inflate is None else inflate.decompress(chunk, limit + 1 - len(body))
        except zlib.error as error:
            raise Unexpected("an answer that is not compressed as it says", status=response.status_code) from error
        if len(body) > limit:
            raise Unexpected(f"an answer of more than {limit} bytes", status=response.status_code)
    if inflate is not None and body and not inflate.eof:
        raise CutShort("the answer broke off", status=response.status_code)
    return bytes(body)
