"""What only a real socket shows: answers that break off, drip, never end or are no answers, and connections anew."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import date

import pytest

from jobbot.adverity import AdverityClient
from jobbot.adverity.errors import AdverityError, CutShort, Forbidden, NotStoppable, Unexpected, Unreachable
from jobbot.adverity.model import DatastreamId, Days
from jobbot.adverity.query import JobQuery
from tests.unit.adverity.world import JOB

Says = Callable[[asyncio.StreamWriter], Awaitable[None]]

_LIST = b'{"results": [], "next": null}'


class Server:
    """Answers each request with what it was given, and counts requests and connections."""

    def __init__(self, says: Says) -> None:
        self._says = says
        self.requests: list[bytes] = []
        self.connections = 0
        self.url = ""
        self.greeting = b""
        self._serving: set[asyncio.Task[None]] = set()

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._serving.add(asyncio.create_task(self._serve(reader, writer)))

    async def hang_up(self) -> None:
        for task in self._serving:
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            writer.write(self.greeting)
            while True:
                self.requests.append(await reader.readuntil(b"\r\n\r\n"))
                await self._says(writer)
                await writer.drain()
                if writer.is_closing():
                    return
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ConnectionError):
            return
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()


@asynccontextmanager
async def serving(says: Says) -> AsyncIterator[Server]:
    server = Server(says)
    listening = await asyncio.start_server(server.accept, "127.0.0.1", 0)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    async with listening:
        yield server
        await server.hang_up()


@asynccontextmanager
async def serving_at_once(raw: bytes) -> AsyncIterator[Server]:
    """A server that speaks first, so that nothing needs to look like a request."""
    async with serving(silent) as server:
        server.greeting = raw
        yield server


@asynccontextmanager
async def client_of(
    server: Server, *, read_timeout: float = 30.0, deadline: float = 30.0, scheme: str = "http"
) -> AsyncIterator[AdverityClient]:
    url = server.url.replace("http:", f"{scheme}:")
    client = AdverityClient(url, "s3cret-key", read_timeout=read_timeout, deadline=deadline)
    try:
        yield client
    finally:
        await client.aclose()


def bytes_and(raw: bytes, *, close: bool = False) -> Says:
    async def says(writer: asyncio.StreamWriter) -> None:
        writer.write(raw)
        if close:
            writer.close()

    return says


def ok(body: bytes, *headers: str, status: str = "200 OK", length: int | None = None) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def dripping(writer: asyncio.StreamWriter) -> None:
    """A body that comes byte by byte, each in time, for as long as anybody listens."""
    writer.write(ok(b"", length=1_000_000))
    await _drip(writer)


async def dripping_refusal(writer: asyncio.StreamWriter) -> None:
    """The same, below a status that says it all."""
    writer.write(ok(b"", status="400 Bad Request", length=1_000_000))
    await _drip(writer)


async def _drip(writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.005)  # not a wait of the test: the server's own slowness


async def silent(writer: asyncio.StreamWriter) -> None:
    """A server that takes the request and says nothing."""
    await asyncio.Event().wait()


async def endless(writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"10000\r\n" + b" " * 65536 + b"\r\n")
        await writer.drain()


async def read(server: Server, *, read_timeout: float = 30.0, deadline: float = 30.0) -> AdverityError:
    async with client_of(server, read_timeout=read_timeout, deadline=deadline) as client:
        with pytest.raises(AdverityError) as caught:
            await client.list_jobs(JobQuery())
    return caught.value


async def test_a_body_without_end_is_given_up_at_ten_mebibytes() -> None:
    async with serving(endless) as server:
        error = await read(server)

    assert isinstance(error, Unexpected)
    assert "10485760" in error.detail


async def test_a_body_that_is_huge_when_it_is_unpacked_is_given_up() -> None:
    bomb = gzip.compress(b" " * 50_000_000)
    assert len(bomb) < 100_000
    async with serving(bytes_and(ok(bomb, "Content-Encoding: gzip"))) as server:
        error = await read(server)

    assert isinstance(error, Unexpected)
    assert "10485760" in error.detail


@pytest.mark.parametrize("encoding", ["gzip, gzip", "br", "deflate"])
async def test_what_was_packed_in_another_way_is_not_unpacked(encoding: str) -> None:
    packed = zlib.compress(_LIST)
    async with serving(bytes_and(ok(packed, f"Content-Encoding: {encoding}"))) as server:
        error = await read(server)

    assert isinstance(error, Unexpected)
    assert encoding in error.detail


async def test_what_only_claims_to_be_packed_is_unexpected() -> None:
    async with serving(bytes_and(ok(_LIST, "Content-Encoding: gzip"))) as server:
        assert isinstance(await read(server), Unexpected)


async def test_a_packed_list_is_read() -> None:
    raw = ok(gzip.compress(_LIST), "Content-Encoding: gzip")
    async with serving(bytes_and(raw)) as server, client_of(server) as client:
        assert (await client.list_jobs(JobQuery())).jobs == ()


@pytest.mark.parametrize(
    "raw",
    [
        ok(_LIST[:10], length=len(_LIST)),
        ok(gzip.compress(_LIST)[:20], "Content-Encoding: gzip"),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{\r\n",
    ],
    ids=["as it is", "packed", "in chunks"],
)
async def test_an_answer_that_breaks_off_is_cut_short(raw: bytes) -> None:
    async with serving(bytes_and(raw, close=True)) as server:
        error = await read(server)

    assert isinstance(error, CutShort)
    assert error.is_transient


@pytest.mark.parametrize(
    "raw", [b"", b"HTTP/1.1 200", b"SSH-2.0-OpenSSH\r\n\r\n"], ids=["nothing", "half a line", "not HTTP"]
)
async def test_a_connection_that_is_cut_before_the_answer_may_have_been_received(raw: bytes) -> None:
    async with serving(bytes_and(raw, close=True)) as server:
        error = await read(server)

    assert isinstance(error, Unreachable)
    assert error.maybe_received


async def test_silence_ends_at_the_read_timeout() -> None:
    async with serving(silent) as server:
        error = await read(server, read_timeout=0.05)

    assert isinstance(error, Unreachable)
    assert (error.maybe_received, error.detail) == (True, "no answer in time")


async def test_an_answer_that_drips_ends_at_the_deadline() -> None:
    async with serving(dripping) as server:
        error = await read(server, deadline=0.5)

    assert isinstance(error, Unreachable)
    assert (error.maybe_received, error.detail) == (True, "no complete answer within 0.5 s")


async def test_a_refused_stop_is_refused_although_its_words_are_cut_off() -> None:
    raw = ok(b'{"det', status="400 Bad Request", length=500)
    async with serving(bytes_and(raw, close=True)) as server, client_of(server) as client:
        with pytest.raises(NotStoppable) as caught:
            await client.stop(JOB)

    assert caught.value.detail == ""


async def test_a_refused_stop_is_refused_although_its_words_drip(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("jobbot.adverity.exchange._WORDS_SECONDS", 0.05)
    async with serving(dripping_refusal) as server, client_of(server) as client:
        with pytest.raises(NotStoppable):
            await client.stop(JOB)


async def test_a_refusal_of_a_megabyte_is_a_refusal() -> None:
    raw = ok(b"x" * 1_000_000, status="403 Forbidden")
    async with serving(bytes_and(raw)) as server:
        assert isinstance(await read(server), Forbidden)


async def test_an_accepted_stop_is_accepted_although_its_body_breaks_off() -> None:
    async with serving(bytes_and(ok(b"{", length=50), close=True)) as server, client_of(server) as client:
        await client.stop(JOB)

    assert len(server.requests) == 1
    assert server.requests[0].startswith(b"POST /api/jobs/987/stop/ HTTP/1.1\r\n")


@pytest.mark.parametrize(
    ("body", "jobs"), [(b'{"jobs": [{"id": 991}]}', (991,)), (b'{"jobs": [{"id": 99', ()), (b"", ())]
)
async def test_an_accepted_fetch_is_accepted_whatever_of_its_body_comes(body: bytes, jobs: tuple[int, ...]) -> None:
    length = 0 if not body else len(b'{"jobs": [{"id": 991}]}')
    async with serving(bytes_and(ok(body, length=length), close=True)) as server, client_of(server) as client:
        started = await client.fetch(DatastreamId(42), Days(date(2022, 11, 1), date(2022, 11, 27)))

    assert (started.jobs, len(server.requests)) == (jobs, 1)


async def test_a_stop_that_meets_a_closed_connection_is_not_sent_again() -> None:
    async def first_well_then_cut(writer: asyncio.StreamWriter) -> None:
        if len(server.requests) == 1:
            writer.write(ok(_LIST))
        else:
            writer.close()

    async with serving(first_well_then_cut) as server, client_of(server) as client:
        await client.list_jobs(JobQuery())
        with pytest.raises(Unreachable) as caught:
            await client.stop(JOB)

    assert caught.value.maybe_received
    assert [request.split(b" ")[0] for request in server.requests] == [b"GET", b"POST"]
    assert server.connections == 1


async def test_connections_are_used_again() -> None:
    async with serving(bytes_and(ok(_LIST))) as server, client_of(server) as client:
        for _ in range(3):
            await client.list_jobs(JobQuery())

    assert (len(server.requests), server.connections) == (3, 1)


async def test_a_redirect_is_not_followed() -> None:
    raw = ok(b"", "Location: /api/jobs/elsewhere/", status="302 Found")
    async with serving(bytes_and(raw)) as server:
        error = await read(server)

    assert isinstance(error, Unexpected)
    assert (error.status, len(server.requests)) == (302, 1)


async def test_a_refused_connection_was_certainly_not_received() -> None:
    async with serving(silent) as server:
        pass
    error = await read(server)

    assert isinstance(error, Unreachable)
    assert (error.maybe_received, error.detail) == (False, "the connection was refused")


async def test_what_does_not_speak_tls_is_said_so() -> None:
    async with serving_at_once(ok(_LIST)) as server, client_of(server, scheme="https") as client:
        with pytest.raises(Unreachable, match=r"^TLS: ") as caught:
            await client.stop(JOB)

    assert not caught.value.maybe_received


async def test_a_proxy_of_the_environment_does_not_stand_before_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    async with serving(bytes_and(ok(_LIST))) as server, client_of(server) as client:
        assert (await client.list_jobs(JobQuery())).complete
