"""A server that takes what jobbot posts to response URLs, in a process of its own: ``servers sink PORT``.

``POST /NUMBER`` is an answer; ``GET /last`` is the body of the last one that was for a whole channel. Who sends
``WATCH / HTTP/1.1`` gets a line an answer from then on: its number, and ``answer`` (for the channel) or ``whisper``.
"""

import asyncio
import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import httpx


class Sink(asyncio.Protocol):
    """One connection. Answers are told to ``watchers``; the last body is kept in ``kept``."""

    def __init__(self, watchers: set[asyncio.Transport], kept: list[bytes]) -> None:
        self._watchers, self._kept = watchers, kept
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if not separator:
            return
        lines = head.split(b"\r\n")
        length = next((int(line[15:]) for line in lines if line.lower().startswith(b"content-length:")), 0)
        if len(body) < length:
            return
        self._buffer = body[length:]
        self._serve(lines[0].split(), body[:length])

    def connection_lost(self, error: Exception | None) -> None:
        self._watchers.discard(self._transport)

    def _serve(self, asked: list[bytes], body: bytes) -> None:
        if asked[0] == b"WATCH":
            self._watchers.add(self._transport)
            return
        said = self._kept[0] if asked[1] == b"/last" else b"ok"
        self._transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(said) + said)
        if asked[0] == b"POST" and b"delete_original" not in body:
            is_answer = b'"in_channel"' in body
            if is_answer:
                self._kept[0] = body
            line = asked[1].rpartition(b"/")[2] + (b" answer\n" if is_answer else b" whisper\n")
            for watcher in self._watchers:
                watcher.write(line)


async def serve(port: int) -> None:
    """Until killed."""
    watchers: set[asyncio.Transport] = set()
    kept = [b"{}"]
    server = await asyncio.get_running_loop().create_server(lambda: Sink(watchers, kept), "127.0.0.1", port)
    await server.serve_forever()


class _Watch(asyncio.Protocol):
    def __init__(self, tell: Callable[[int, bool], None]) -> None:
        self._tell = tell
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        transport.write(b"WATCH / HTTP/1.1\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        *lines, self._buffer = (self._buffer + data).split(b"\n")
        for line in lines:
            number, _, kind = line.partition(b" ")
            self._tell(int(number), kind == b"answer")


async def watch(port: int, tell: Callable[[int, bool], None]) -> asyncio.BaseTransport:
    """Tell of each answer that the sink takes: its number, and whether it was for the channel. Waits until it is up."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(20):
        while True:
            with suppress(ConnectionRefusedError):
                return (await loop.create_connection(lambda: _Watch(tell), "127.0.0.1", port))[0]
            await asyncio.sleep(0.05)


async def last(client: httpx.AsyncClient, port: int) -> dict[str, Any]:
    """Text and blocks of the last answer for a whole channel. Any: Block Kit."""
    said = json.loads((await client.get(f"http://127.0.0.1:{port}/last")).content)
    return {"text": said["text"], "blocks": said["blocks"]}


def main(port: str) -> None:
    """Serve until killed."""
    asyncio.run(serve(int(port)))
