"""The open port: what a passer-by may cost. Real sockets, and bounds that are small enough to be met."""

import asyncio
import errno
import os
import socket
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from uvicorn.server import ServerState

from jobbot.slack.transport.http import build_web
from jobbot.slack.transport.http_connections import HEADER_MOST, REQUEST_MOST, HttpConnection, OpenConnections, accept
from jobbot.slack.transport.web_server import WebServer
from jobbot.telemetry import Metrics
from tests.support.virtual_time import run_virtually
from tests.unit.slack.world import until

ASKS = b"GET /healthz HTTP/1.1\r\nhost: jobbot\r\n\r\n"
BOUND = 30.0


class Port:
    """A server on a free port, and why it turned people away."""

    def __init__(self, **bounds: float) -> None:
        self.on_rejected: Counter[str] = Counter()
        self._opened: list[asyncio.StreamWriter] = []
        told: Callable[[str], None] = lambda reason: self.on_rejected.update([reason])  # noqa: E731
        web = build_web(None, list, Metrics())
        self.server = WebServer(web, "127.0.0.1", 0, on_rejected=told, **bounds)  # type: ignore[arg-type]

    async def opens(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.server.port)
        self._opened.append(writer)
        return reader, writer

    async def close(self) -> None:
        """Everybody goes, and then the server."""
        for writer in self._opened:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()
        await self.server.close()

    async def answers(self) -> bool:
        """Whether somebody who asks as they should is answered."""
        reader, writer = await self.opens()
        writer.write(ASKS)
        return (await reader.readline()).startswith(b"HTTP/1.1 200")


@asynccontextmanager
async def serving(**bounds: float) -> AsyncIterator[Port]:
    port = Port(**bounds)
    try:
        async with asyncio.timeout(BOUND):
            yield port
    finally:
        await port.close()


async def rest(reader: asyncio.StreamReader) -> bytes:
    """What comes until it is closed."""
    found = b""
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            found += piece
    return found


async def sends_until_closed(writer: asyncio.StreamWriter, piece: bytes, most: int) -> int:
    """How many bytes the other side let us send."""
    sent = 0
    with suppress(ConnectionError):
        while sent < most and not writer.is_closing():
            writer.write(piece)
            sent += len(piece)
            await writer.drain()
    return sent


async def test_headers_without_end_are_not_kept() -> None:
    async with serving() as port:
        reader, writer = await port.opens()
        writer.write(b"GET /healthz HTTP/1.1\r\n")
        sent = await sends_until_closed(writer, b"x-more: " + b"x" * 8_000 + b"\r\n", 100 * 1024 * 1024)
        assert sent < 50 * 1024 * 1024
        await rest(reader)
        assert port.on_rejected["headers"] == 1
        assert await port.answers()


async def test_one_header_without_end_is_not_kept() -> None:
    async with serving() as port:
        reader, writer = await port.opens()
        writer.write(b"GET /healthz HTTP/1.1\r\nx: " + b"x" * (HEADER_MOST + 1))
        assert b" 431 " in await rest(reader)


async def test_headers_of_an_ordinary_size_are_taken_also_one_after_the_other() -> None:
    async with serving() as port:
        reader, writer = await port.opens()
        padded = ASKS[:-2] + b"x-more: " + b"x" * (HEADER_MOST // 2) + b"\r\n\r\n"
        for _ in range(5):
            writer.write(padded)
            assert (await reader.readuntil(b'{"ok":true}')).startswith(b"HTTP/1.1 200")
        assert not port.on_rejected


async def test_trailers_and_chunks_without_end_are_not_kept() -> None:
    async with serving() as port:
        reader, writer = await port.opens()
        writer.write(b"POST /healthz HTTP/1.1\r\nhost: jobbot\r\ntransfer-encoding: chunked\r\n\r\n0\r\n")
        await sends_until_closed(writer, b"x-more: " + b"x" * 8_000 + b"\r\n", 100 * REQUEST_MOST)
        await rest(reader)
        assert port.on_rejected["too_large"] == 1


@pytest.mark.parametrize(
    "begun",
    [
        b"",
        b"GET /healthz HT",
        b"GET /healthz HTTP/1.1\r\nhost: jobbot\r\n",
        # Answered, and idle since: that wait is uvicorn's own, in whole seconds.
        pytest.param(b"POST /healthz HTTP/1.1\r\nhost: jobbot\r\ncontent-length: 9\r\n\r\n", marks=pytest.mark.slow),
        pytest.param(ASKS + b"\r\n", marks=pytest.mark.slow),
        pytest.param(ASKS + b"GET /hea", marks=pytest.mark.slow),
    ],
)
async def test_whoever_does_not_come_to_an_end_is_not_kept(begun: bytes) -> None:
    async with serving(request_seconds=0.2) as port:
        reader, writer = await port.opens()
        writer.write(begun)
        await rest(reader)
        assert await port.answers()


async def test_whoever_says_nothing_keeps_nobody_out() -> None:
    async with serving(most=3) as port:
        idle = [await port.opens() for _ in range(12)]
        assert await port.answers()
        assert port.on_rejected["crowd"] >= 9
        closed = [asyncio.create_task(rest(reader)) for reader, _ in idle[:9]]
        await asyncio.gather(*closed)


class Waiting:
    """In the place of a connection: whether it was cut."""

    def __init__(self) -> None:
        self.cuts = 0

    def cut(self) -> None:
        """Closed in a later turn of the loop, as asyncio does."""
        self.cuts += 1


def test_of_several_that_come_at_once_each_takes_the_place_of_another() -> None:
    told: Counter[str] = Counter()
    those = OpenConnections(lambda reason: told.update([reason]), most=3)
    some = [Waiting() for _ in range(6)]
    for one in some[:5]:
        those.enter(one)  # type: ignore[arg-type]
    assert ([one.cuts for one in some[:5]], told["crowd"], those.room) == ([1, 1, 0, 0, 0], 2, 3)
    for one in some[2:4]:
        those.is_served(one)  # type: ignore[arg-type]
    assert those.room == 1
    those.is_served(some[4])  # type: ignore[arg-type]
    assert those.room == 0


class Listener(socket.socket):
    """Keeps what happens in its order."""

    happened: list[str]

    def accept(self) -> tuple[socket.socket, Any]:
        taken = super().accept()
        self.happened.append("accepted")
        return taken


class Opened(asyncio.Protocol):
    """A connection that is closed as soon as it is open."""

    def __init__(self, happened: list[str]) -> None:
        self.happened = happened
        happened.append("opened")

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self.happened.append("closed")


async def test_those_who_wait_together_are_accepted_together() -> None:
    """One after the other, each would wait for the turns of the loop that the ones before take, with work in each."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as port, ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(socket.create_connection(port.getsockname()))
        listener = stack.enter_context(Listener(fileno=os.dup(port.fileno())))
        happened = listener.happened = []
        opened: Any = lambda: Opened(happened)  # noqa: E731
        accepting = asyncio.create_task(accept(listener, OpenConnections(lambda reason: None), opened))
        await until(lambda: happened.count("closed") == 20)
        accepting.cancel()
        await asyncio.wait({accepting})
    assert happened[:40] == ["accepted"] * 20 + ["opened"] * 20


async def test_whoever_comes_while_everybody_is_served_is_taken_when_one_has_gone() -> None:
    those, served = OpenConnections(lambda reason: None, most=1), Waiting()
    those.enter(served)  # type: ignore[arg-type]
    those.is_served(served)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as port, socket.create_connection(port.getsockname()):
        happened: list[str] = []
        opened: Any = lambda: Opened(happened)  # noqa: E731
        accepting = asyncio.create_task(accept(port, those, opened))
        for _ in range(20):
            await asyncio.sleep(0)
        assert (happened, served.cuts) == ([], 0)
        those.leave(served)  # type: ignore[arg-type]
        await until(lambda: happened == ["opened", "closed"])
        accepting.cancel()
        await asyncio.wait({accepting})


class Exhausted(Listener):
    """There is no descriptor for the first one."""

    def accept(self) -> tuple[socket.socket, Any]:
        if not self.happened:
            self.happened.append("no descriptor")
            raise OSError(errno.EMFILE, "Too many open files")
        return super().accept()


@pytest.mark.slow  # it waits for a moment before it tries again
async def test_where_there_is_no_descriptor_whoever_waits_for_longest_goes() -> None:
    told: Counter[str] = Counter()
    those, waits = OpenConnections(lambda reason: told.update([reason])), [Waiting(), Waiting()]
    for one in waits:
        those.enter(one)  # type: ignore[arg-type]
    with socket.create_server(("127.0.0.1", 0)) as port, socket.create_connection(port.getsockname()):
        listener = Exhausted(fileno=os.dup(port.fileno()))
        happened = listener.happened = []
        opened: Any = lambda: Opened(happened)  # noqa: E731
        accepting = asyncio.create_task(accept(listener, those, opened))
        await until(lambda: "closed" in happened)
        accepting.cancel()
        await asyncio.wait({accepting})
        listener.close()
    assert happened == ["no descriptor", "accepted", "opened", "closed"]
    assert [one.cuts for one in waits] == [1, 0]
    assert told["crowd"]


class Wire(asyncio.Transport):
    """What is written, piece by piece, and whether it was closed."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []
        self.is_closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def is_closing(self) -> bool:
        return self.is_closed

    def close(self) -> None:
        self.is_closed = True

    abort = close

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass


def echoing(those: OpenConnections, **bounds: float) -> tuple[HttpConnection, Wire]:
    """A connection to whoever answers with what was asked, and its wire."""

    async def echo(request: Request) -> Response:
        return Response(await request.body())

    web = Starlette(routes=[Route("/echo", echo, methods=["GET", "POST"])])
    config = uvicorn.Config(web, log_config=None, lifespan="off")
    config.load()
    connection = HttpConnection(those, config=config, server_state=ServerState(), app_state={}, **bounds)
    wire = Wire()
    connection.connection_made(wire)
    return connection, wire


async def wired(*sent: bytes) -> Wire:
    """A connection on which this was sent, each piece after something was answered to the one before."""
    connection, wire = echoing(OpenConnections(lambda reason: None))
    for number, piece in enumerate(sent, start=1):
        connection.data_received(piece)
        await until(lambda number=number: len(wire.pieces) == number)  # type: ignore[misc]
    connection.connection_lost(ConnectionResetError())
    return wire


ECHO = b"POST /echo HTTP/1.1\r\nhost: jobbot\r\ncontent-length: 2\r\n"


async def test_an_answer_goes_out_in_one_piece() -> None:
    wire = await wired(ECHO + b"\r\nhi", ECHO + b"\r\nho")
    assert [(piece[:15], piece[-6:]) for piece in wire.pieces] == [
        (b"HTTP/1.1 200 OK", b"\r\n\r\n" + said) for said in (b"hi", b"ho")
    ]


async def test_an_answer_without_a_body_and_the_last_one_go_out_too() -> None:
    head, last = await wired(b"HEAD /echo HTTP/1.1\r\n\r\n"), await wired(ECHO + b"connection: close\r\n\r\nhi")
    assert (head.pieces[0][-4:], head.is_closed) == (b"\r\n\r\n", False)
    assert (last.pieces[0][-6:], last.is_closed) == (b"\r\n\r\nhi", True)


async def test_whoever_asks_whether_to_go_on_is_told_at_once() -> None:
    wire = await wired(ECHO + b"expect: 100-continue\r\n\r\n", b"hi")
    assert wire.pieces[0] == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert wire.pieces[1].endswith(b"\r\n\r\nhi")


async def test_requests_that_are_sent_without_waiting_are_answered_in_their_order() -> None:
    those = OpenConnections(lambda reason: None, most=1)
    connection, wire = echoing(those)
    connection.data_received(b"".join(ECHO + b"\r\n" + said for said in (b"hi", b"ho", b"he")))
    rooms = set[int]()

    def are_answered() -> bool:
        if len(wire.pieces) < 3:
            rooms.add(those.room)
        return len(wire.pieces) == 3

    await until(are_answered)
    assert rooms == {0}, "nobody who comes meanwhile has its place"
    connection.connection_lost(None)
    assert [piece[-6:] for piece in wire.pieces] == [b"\r\n\r\n" + said for said in (b"hi", b"ho", b"he")]


def test_on_a_connection_that_is_kept_each_request_has_its_own_time() -> None:
    told: Counter[str] = Counter()

    async def asks_thrice() -> Wire:
        connection, wire = echoing(OpenConnections(lambda reason: told.update([reason])), request_seconds=10.0)
        connection.data_received(ECHO + b"\r\nhi")
        await until(lambda: len(wire.pieces) == 1)
        await asyncio.sleep(4)
        connection.data_received(ECHO)
        await asyncio.sleep(9)
        assert not wire.is_closed, "13 seconds after it was opened"
        connection.data_received(b"\r\nho")
        await until(lambda: len(wire.pieces) == 2)
        assert not told
        connection.data_received(ECHO)
        await asyncio.sleep(9)
        assert not wire.is_closed
        await asyncio.sleep(2)
        connection.connection_lost(None)
        return wire

    wire, _ = run_virtually(asks_thrice())
    assert wire.is_closed
    assert told == {"too_slow": 1}


async def test_what_is_no_http_is_counted_and_uvicorn_says_nothing_of_it(caplog: pytest.LogCaptureFixture) -> None:
    async with serving() as port:
        for _ in range(20):
            reader, writer = await port.opens()
            writer.write(b"\x16\x03\x01 hello\r\n\r\n")
            assert b" 400 " in await rest(reader)
        assert port.on_rejected["unreadable"] == 20
    assert not [record for record in caplog.records if "Invalid HTTP" in record.getMessage()]


@pytest.mark.parametrize("turns", range(4))
async def test_whoever_has_asked_by_the_end_is_answered(turns: int) -> None:
    """The system has accepted it; the loop learns of it within its next turns."""
    async with serving() as port:
        reader, writer = await port.opens()
        writer.write(ASKS[:-2] + b"connection: close\r\n\r\n")
        assert await rest(reader), "it serves by now"
        with socket.create_connection(("127.0.0.1", port.server.port)) as asks:
            asks.sendall(ASKS)
            for _ in range(turns):
                await asyncio.sleep(0)
            await port.server.close()
            asks.settimeout(BOUND)
            assert asks.recv(4096).startswith(b"HTTP/1.1 200")
