"""Who may reach the page, what the browser may do with it, and how it ends."""

import asyncio
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from importlib.resources import files
from itertools import product
from pathlib import Path

import httpx
import pytest
import pytest_asyncio
import yaml
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from jobbot.playground.page.page import PageOf
from jobbot.playground.page.server import PageServer
from jobbot.playground.page.story import JOBS
from jobbot.playground.page.wire import WireLog
from jobbot.playground.page.world import World
from tests.browser.scripted import ScriptedWorkspace
from tests.support.loopback import loopback_client

STATIC = Path(str(files("jobbot.playground.page") / "static"))


@pytest_asyncio.fixture(loop_scope="session")
async def caller(demo: PageOf) -> AsyncIterator[httpx.AsyncClient]:
    async with loopback_client(base_url=demo.url) as caller:
        yield caller


def host_of(demo: PageOf) -> str:
    return demo.url.removeprefix("http://").rstrip("/")


async def test_the_page_is_there(caller: httpx.AsyncClient) -> None:
    answer = await caller.get("/")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


async def test_localhost_is_this_machine_too(caller: httpx.AsyncClient, demo: PageOf) -> None:
    host = host_of(demo).replace("127.0.0.1", "localhost")
    assert (await caller.get("/", headers={"Host": host})).status_code == 200


async def test_another_host_is_refused(caller: httpx.AsyncClient, demo: PageOf) -> None:
    port = host_of(demo).rpartition(":")[2]
    hosts = ("evil.example", f"evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "", f"0.0.0.0:{port}")
    for host, path in product(hosts, ("/", "/main.js", "/ws")):
        answer = await caller.get(path, headers={"Host": host})
        assert answer.status_code == 403, (host, path)
        assert "text/html" not in answer.headers["content-type"], (host, path)


async def test_another_origin_is_refused(caller: httpx.AsyncClient, demo: PageOf) -> None:
    port = host_of(demo).rpartition(":")[2]
    for origin in ("https://evil.example", "null", "http://127.0.0.1:1", f"https://127.0.0.1:{port}"):
        assert (await caller.get("/", headers={"Origin": origin})).status_code == 403, origin


async def test_a_websocket_from_elsewhere_is_refused(demo: PageOf) -> None:
    for origin in (None, "https://evil.example", "null", "http://127.0.0.1:1"):
        with pytest.raises(InvalidStatus) as refused:
            await connect(f"ws://{host_of(demo)}/ws", additional_headers={"Origin": origin} if origin else {})
        assert refused.value.response.status_code == 403, origin


async def test_a_websocket_of_a_rebound_name_is_refused(demo: PageOf) -> None:
    port = host_of(demo).rpartition(":")[2]
    with pytest.raises(InvalidStatus):
        await connect(f"ws://evil.example:{port}/ws", host="127.0.0.1", port=int(port), origin=f"http://evil.example:{port}")  # type: ignore[arg-type]  # fmt: skip


async def test_only_what_belongs_to_the_page_is_served(caller: httpx.AsyncClient) -> None:
    for path in ("/../page.py", "/%2e%2e/page.py", "/static/main.js", "/favicon.ico", "/.env"):
        assert (await caller.get(path)).status_code == 404
    assert (await caller.post("/")).status_code == 405


async def test_every_answer_carries_the_policy(caller: httpx.AsyncClient) -> None:
    for path in ("/", "/main.js", "/nothing"):
        headers = (await caller.get(path)).headers
        policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["style-src"] == "'self'"
        assert policy["require-trusted-types-for"] == "'script'"
        assert policy["frame-ancestors"] == "'none'"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cross-origin-resource-policy"] == "same-origin"


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "localhost", "192.168.1.7"])
def test_no_other_host_is_bound(workspace: ScriptedWorkspace, wire: WireLog, host: str) -> None:
    with pytest.raises(ValueError, match=re.escape(host)):
        PageOf(workspace, World(), wire, now=lambda: None, commands=(), suggestions=tuple, host=host)  # type: ignore[arg-type, return-value]  # fmt: skip


async def test_it_ends_whatever_is_open(workspace: ScriptedWorkspace, wire: WireLog) -> None:
    page = PageOf(
        workspace, World(), wire, now=lambda: datetime.now(UTC), commands=(), suggestions=tuple
    )  # fmt: skip
    async with page, loopback_client(base_url=page.url) as caller:
        await caller.get("/")
        origin = page.url.rstrip("/")
        tabs = [await connect(f"{page.url.replace('http', 'ws')}ws", origin=origin) for _ in range(3)]  # type: ignore[arg-type]  # fmt: skip
        await tabs[0].send('{"do": "be", "n": 1}')
        await tabs[0].recv()
        async with asyncio.timeout(30):
            await page.__aexit__(None, None, None)
        with pytest.raises(httpx.ConnectError):
            await loopback_client().get(page.url)


async def test_nonsense_is_answered_and_nothing_breaks(demo: PageOf) -> None:
    for asked in ("nonsense", "[]", "{}", '{"do": "fly", "n": 1}', '{"do": "say", "n": 1}'):
        async with connect(f"{demo.url.replace('http', 'ws')}ws", origin=demo.url.rstrip("/")) as tab:  # type: ignore[arg-type]  # fmt: skip
            await tab.send(asked)
            assert '"ok":false' in str(await tab.recv()), asked
            await tab.send('{"do": "be", "n": 2}')
            assert str(await tab.recv()).startswith('{"is":"all"'), asked


def scripts() -> list[Path]:
    return sorted(STATIC.glob("*.js"))


FORBIDDEN = re.compile(
    r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|DOMParser|createContextualFragment|setHTML|srcdoc|\beval\b"
    r"|new Function|https?://(?!www\.w3\.org/2000/svg)"
)


def test_no_script_makes_html_of_text_or_asks_elsewhere() -> None:
    assert scripts()
    for script in scripts():
        code = "\n".join(
            line for line in script.read_text().splitlines() if not line.lstrip().startswith(("//", "/*", "*"))
        )
        assert not [found for found in FORBIDDEN.findall(code) if found != "https?://"], script.name


def test_the_page_holds_no_script_or_style_of_its_own_and_preloads_every_module() -> None:
    html = (STATIC / "index.html").read_text()
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\son\w+=|\sstyle=|https?://", html)
    loaded = set(re.findall(r'(?:href|src)="([\w.]+)"', html))
    assert {script.name for script in scripts()} <= loaded
    assert {name for name in loaded if not (STATIC / name).exists()} == set()


def test_the_command_is_the_manifests() -> None:
    manifest = yaml.safe_load((Path(__file__).parents[2] / "manifest.yml").read_text())
    [command] = manifest["features"]["slash_commands"]
    assert (command["command"], command["description"], command["usage_hint"]) == (
        JOBS.command, JOBS.description, JOBS.hint,
    )  # fmt: skip


@pytest.mark.parametrize("turns", range(10))
async def test_a_tab_that_goes_as_the_server_ends_is_in_nobodys_way(turns: int) -> None:
    """Its close frame comes so many turns of the loop after the server was told to end."""

    async def talk(one: WebSocket) -> None:
        await one.accept()
        await one.receive()

    server = PageServer(talk, port=0)
    host = f"127.0.0.1:{server.port}"
    async with connect(f"ws://{host}/ws", origin=Origin(f"http://{host}")) as tab:
        (connection,) = server._uvicorn.server_state.connections
        closing = asyncio.create_task(server.close())
        for _ in range(turns):
            await asyncio.sleep(0)
        if not connection.transport.is_closing():
            connection.data_received(b"\x88\x80\0\0\0\0")  # close, masked with zeros (RFC 6455, 5.5.1)
        await closing
        await tab.wait_closed()
