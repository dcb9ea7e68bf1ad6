"""The ways to Slack and Adverity: through real proxies on this machine, with certificates of our own, and past them.

A proxy looks names up itself, so that hosts can be named here that nobody has.
"""

import asyncio
import base64
import shutil
import ssl
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from pydantic import SecretStr
from websockets.asyncio.client import connect

from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.query import JobQuery
from jobbot.config import Network
from jobbot.slack.web.session import ConnectionSettings, web_client, webhook_client

NAMES = ("slack.example", "hooks.example", "wss.example", "acme.example")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``ca.pem``, which nobody else believes, and ``server.pem`` for the names above."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not here")
    folder = tmp_path_factory.mktemp("certificates")
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")
    own = ("-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=jobbot's tests")
    names = ",".join(f"DNS:{name}" for name in NAMES)
    of_the_server = ("-keyout", "server.key", "-out", "server.crt", "-subj", "/CN=server", "-CA", "ca.pem")
    for given in (own, (*of_the_server, "-CAkey", "ca.key", "-addext", f"subjectAltName={names}")):
        subprocess.run(["openssl", "req", "-x509", *key, *given], cwd=folder, check=True, capture_output=True)
    (folder / "server.pem").write_text((folder / "server.key").read_text() + (folder / "server.crt").read_text())
    return folder


def application() -> web.Application:
    """Slack's Web API, a response URL, a WebSocket and the jobs API, as far as one call of each goes."""

    async def slack(request: web.Request) -> web.Response:
        return web.json_response({"ok": True})

    async def response_url(request: web.Request) -> web.Response:
        return web.Response(text="ok")

    async def jobs(request: web.Request) -> web.Response:
        return web.json_response({"results": [{"id": 987}]})

    async def link(request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_str("hello")
        await socket.close()
        return socket

    app = web.Application()
    app.router.add_get("/api/jobs/", jobs)
    app.router.add_post("/api/{method}", slack)
    app.router.add_post("/respond", response_url)
    app.router.add_get("/link", link)
    return app


@dataclass
class Proxy:
    """Brings every connection to the one server there is, and remembers whom it was asked for, and by whom."""

    to: int
    port: int = 0
    asked: list[str] = field(default_factory=list)
    by: set[str] = field(default_factory=set)
    open: list[asyncio.StreamWriter] = field(default_factory=list)
    tunnels: set[asyncio.Task[None]] = field(default_factory=set)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        self.asked.append(head.split()[1])
        for line in head.splitlines():
            if line.lower().startswith("proxy-authorization: basic "):
                self.by.add(base64.b64decode(line.split()[-1]).decode())
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await self._tunnel(reader, writer)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """https://www.rfc-editor.org/rfc/rfc1928 and 1929."""
        methods = await reader.readexactly((await reader.readexactly(2))[1])
        writer.write(bytes([5, 2 if 2 in methods else 0]))
        if 2 in methods:
            user = await reader.readexactly((await reader.readexactly(2))[1])
            password = await reader.readexactly((await reader.readexactly(1))[0])
            self.by.add(f"{user.decode()}:{password.decode()}")
            writer.write(bytes([1, 0]))
        assert (await reader.readexactly(4))[3] == 3, "an address instead of a name: it was looked up here"
        name = await reader.readexactly((await reader.readexactly(1))[0])
        self.asked.append(f"{name.decode()}:{int.from_bytes(await reader.readexactly(2), 'big')}")
        writer.write(bytes([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]))
        await self._tunnel(reader, writer)

    async def _tunnel(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, away = await asyncio.open_connection("127.0.0.1", self.to)
        self.open += [writer, away]

        async def pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            with suppress(OSError):
                while some := await source.read(65536):
                    sink.write(some)
            sink.close()

        passing = {asyncio.create_task(pass_on(*ends)) for ends in ((reader, away), (there, writer))}
        self.tunnels |= passing
        await asyncio.wait(passing)


@asynccontextmanager
async def proxied(kind: str, certificates: Path) -> AsyncIterator[Proxy]:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificates / "server.pem")
    server = TestServer(application(), scheme="https")
    await server.start_server(ssl=tls)
    proxy = Proxy(to=server.port or 0)
    serve: Callable[..., Awaitable[None]] = proxy.http if kind == "http" else proxy.socks
    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    proxy.port = listening.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        listening.close()
        for one in proxy.open:
            one.close()
        if proxy.tunnels:
            await asyncio.wait(proxy.tunnels, timeout=30)
        await server.close()


async def all_four(network: Network, *, base: str = "https://{}") -> None:
    """One call of each kind."""
    slack, hooks, wss, acme = (base.format(name) for name in NAMES)
    way = ConnectionSettings(network.proxy_for(slack), network.tls)
    async with asyncio.timeout(30), way.session(10) as session:
        assert (await web_client("xoxb-1", f"{slack}/api/", session).auth_test())["ok"]
        assert (await webhook_client(f"{hooks}/respond", session).send_dict({"text": "hello"})).status_code == 200
        url = wss.replace("http", "ws", 1) + "/link"
        async with connect(url, **way.websocket(url)) as socket:
            assert await socket.recv() == "hello"
        adverity = AdverityClient(acme, "key", proxy=network.proxy_for(acme), tls=network.tls)
        try:
            assert [job.id for job in (await adverity.list_jobs(JobQuery())).jobs] == [987]
        finally:
            await adverity.aclose()


@pytest.mark.slow
@pytest.mark.parametrize("url", ["http://127.0.0.1:{}", "http://ana:s3%40cret@127.0.0.1:{}"])
async def test_through_a_proxy(certificates: Path, url: str) -> None:
    async with proxied("http", certificates) as proxy:
        network = Network(proxy=SecretStr(url.format(proxy.port)), cert_file=certificates / "ca.pem")
        await all_four(network)
    assert proxy.asked == [f"{name}:443" for name in NAMES]
    assert proxy.by == ({"ana:s3@cret"} if "@" in url else set())


@pytest.mark.slow
@pytest.mark.parametrize(
    "url", ["socks5://127.0.0.1:{}", "socks5h://127.0.0.1:{}", "socks5://ana:s3%40cret@127.0.0.1:{}"]
)
async def test_through_a_socks_proxy(certificates: Path, url: str) -> None:
    async with proxied("socks", certificates) as proxy:
        network = Network(proxy=SecretStr(url.format(proxy.port)), cert_file=certificates / "ca.pem")
        await all_four(network)
    assert proxy.asked == [f"{name}:443" for name in NAMES]
    assert proxy.by == ({"ana:s3@cret"} if "@" in url else set())


@pytest.mark.slow
async def test_certificates_that_nobody_believes_are_called_so(certificates: Path) -> None:
    async with proxied("http", certificates) as proxy:
        network = Network(proxy=SecretStr(f"http://127.0.0.1:{proxy.port}"))
        acme = "https://acme.example"
        adverity = AdverityClient(acme, "key", proxy=network.proxy_for(acme), tls=network.tls)
        with pytest.raises(Unreachable, match="TLS: "):
            await adverity.list_jobs(JobQuery())
        await adverity.aclose()


async def test_this_machine_is_reached_past_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also where a library would read it by itself, or stumble over it."""
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "https_proxy", "http_proxy", "all_proxy", "ws_proxy"):
        monkeypatch.setenv(name, "socks5://127.0.0.1:1")
    monkeypatch.setenv("NO_PROXY", "fd00::/8,[::1]")
    async with TestServer(application()) as server:
        await all_four(Network(proxy=SecretStr("http://127.0.0.1:1")), base=f"http://127.0.0.1:{server.port}")
