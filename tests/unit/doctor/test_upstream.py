"""Adverity: reachable, the key taken, what it may do; one call at a time, and nothing but reads."""

import asyncio
import shutil
import socket
import ssl
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Literal

import pytest
import respx
from pydantic import SecretStr

from jobbot.adverity import AdverityClient, Entries
from jobbot.adverity.model import Datastream, JobList
from jobbot.config import InstanceSettings, Network, Scheme
from jobbot.doctor import around, key_scopes, upstream
from jobbot.playground.adverity import Key, Quirks
from jobbot.playground.adverity.keys import Permission
from tests.unit.doctor.world import Practice


def asks_with(it: Practice, key: Key | str, scheme: Scheme = "Token") -> None:
    secret = key if isinstance(key, str) else key.secret
    it.has(instances={"acme": InstanceSettings(url=it.adverity.url, key=SecretStr(secret), scheme=scheme)})


@pytest.fixture(autouse=True)
async def _manners(it: Practice) -> AsyncIterator[None]:
    yield
    assert {call.method for call in it.adverity.calls} <= {"GET"}
    assert it.adverity.max_in_flight <= 1


async def test_a_key_that_may_do_everything(it: Practice) -> None:
    found = [one for one in (await it.looks()).findings if one.check.startswith("adverity")]
    assert [(one.check, one.outcome) for one in found] == [
        ("adverity", "ok"),
        ("adverity key", "ok"),
        ("adverity clock", "ok"),
        ("adverity permissions", "ok"),
        ("adverity permissions", "skipped"),
        *[("adverity permissions", "ok")] * 4,
        ("adverity workspaces", "ok"),
    ]
    assert found[1].says == "accepted, with the word Token"
    assert found[3].says == "may read jobs (1 running or scheduled)"
    assert found[4].says.startswith("not known whether it may write")
    assert [one.says for one in found[5:9]] == [
        "may read datastreams (1)",
        "may read a datastream: its name and its next fetch",
        "may read issues (0 open)",
        "may read extracts",
    ]
    assert it.adverity.count() == 6


async def test_the_workspaces_are_named_with_those_that_they_lie_in(it: Practice) -> None:
    it.adverity.has_workspace(4, "acme")
    it.adverity.has_workspace(5, "acme CRM", parent_id=4)
    it.adverity.has_workspace(6, "acme Retail", parent_id=99)
    found = await it.finds("adverity workspaces")
    assert found.says == "sees acme (4), acme CRM (5 in acme), acme Retail (6 in 99)"


@pytest.mark.parametrize(
    ("jobs", "others", "outcome", "says"),
    [
        ("write", "write", "ok", "may write, as Adverity says: datastreams:write, extracts:write, issues:write, jobs:"),
        (
            "read",
            "read",
            "warn",
            "may only read, as Adverity says: datastreams:read, extracts:read, issues:read, jobs:",
        ),
        ("read", "none", "warn", "may only read, as Adverity says: jobs:read; stopping, fetching"),
    ],
)
async def test_whether_a_key_may_write_is_what_adverity_says_of_it(
    it: Practice, jobs: Permission, others: Permission, outcome: str, says: str
) -> None:
    rest = dict.fromkeys(("datastreams", "workspaces", "issues", "extracts"), others)
    asks_with(it, it.adverity.make_key("Bearer", jobs=jobs, **rest), "Bearer")
    found = await it.finds("adverity permissions", "as Adverity says")
    assert found.outcome == outcome
    assert found.says.startswith(says)


@pytest.mark.parametrize(
    ("how", "why"), [("missing", "HTTP 404"), ("throttled", "HTTP 429"), ("cut", "Unreachable"), ("html", "HTTP 200")]
)
async def test_where_adverity_does_not_say_it_is_not_known(it: Practice, how: str, why: str) -> None:
    asks_with(it, it.adverity.make_key("Bearer"), "Bearer")
    getattr(it.adverity.faults, how)(path="/introspect/")
    found = await it.finds("adverity permissions", "not known whether it may write")
    assert found.outcome == "skipped"
    assert why in found.says


async def test_an_adverity_that_does_not_say_in_time_is_not_waited_for() -> None:
    class Hanging(AdverityClient):
        async def introspect(self) -> object:
            raise TimeoutError

    client = Hanging("https://acme.test", "s3cret", scheme="Bearer")
    found = await key_scopes.may_write("acme", client, "Bearer")
    await client.aclose()
    assert found.outcome == "skipped"
    assert found.says.startswith("not known whether it may write")
    assert found.says.endswith("Adverity did not tell within 6 s")


@pytest.mark.parametrize(
    ("answer", "scopes"),
    [
        ({"active": True, "scope": "datastreams:read jobs:write"}, ["datastreams:read", "jobs:write"]),
        ({"key": {"permissions": [{"scopes": ["jobs:read"]}]}}, ["jobs:read"]),
        (
            {"permissions": {"datastreams": "Write", "issues": "read-only", "stacks": "none"}},
            ["datastreams:write", "issues:read"],
        ),
        (["a:write\x1b[2J", "http://x:write", "A:write", ":write", "x" * 50 + ":write"], []),
        ("s3cret", []),
        (None, []),
        (7, []),
    ],
)
def test_scopes_are_found_wherever_they_stand_and_nothing_else_is_repeated(answer: object, scopes: list[str]) -> None:
    assert list(key_scopes.scopes_in(answer)) == scopes


@pytest.mark.parametrize("minutes", [-40, 0, 40])
async def test_clocks_that_differ_are_told(it: Practice, minutes: int) -> None:
    it.clock.advance(minutes=minutes)
    found = await it.finds("adverity clock")
    assert found.outcome == ("warn" if minutes else "ok")


async def test_an_answer_without_a_time_has_no_clock_to_compare_with(it: Practice) -> None:
    it.adverity.quirks = Quirks(clock_ahead=None)
    found = await it.finds("adverity clock")
    assert (found.outcome, found.says) == ("skipped", "its answers have no time to compare with")


@pytest.mark.parametrize(
    ("path", "resource", "missing"),
    [
        ("/api/datastreams/42/", "datastreams", "its next scheduled fetch"),
        ("/api/stacks/", "workspaces", "which workspaces belong to which"),
        ("/api/errors/", "issues", "not the cause"),
        ("/api/extracts/", "extracts", "what a job fetched is not shown"),
    ],
)
async def test_what_the_key_may_not_read_is_told_with_what_is_missing_without(
    it: Practice, path: str, resource: str, missing: str
) -> None:
    it.adverity.faults.forbidden(path=path)
    found = await it.finds("adverity permissions", f"may not read {resource}")
    assert found.outcome == "warn"
    assert missing in found.says
    assert f"allow the key to read {resource}" in found.next


async def test_a_path_that_is_not_there_is_nobodys_fault(it: Practice) -> None:
    it.adverity.faults.missing(path="/api/errors/")
    found = await it.finds("adverity permissions", "there is no /api/errors/ here")
    assert "if you can do without it" in found.next


async def test_a_path_that_hangs_hides_no_other() -> None:
    class Hanging(AdverityClient):
        async def datastreams(self, *, pages: int = 50) -> Entries[Datastream]:
            raise TimeoutError

    client = Hanging("https://acme.test", "s3cret")
    with respx.mock(base_url="https://acme.test") as api:
        api.get(path__regex="^/api/").respond(json=[])
        found = await around.reads("acme", client, JobList(jobs=()))
    await client.aclose()
    assert [one.outcome for one in found] == ["warn", "skipped", "ok", "skipped", "ok"]
    assert "no answer within" in found[0].says


async def test_without_jobs_and_datastreams_there_is_less_to_try(it: Practice) -> None:
    it.adverity.forgets(987)
    it.adverity.datastreams.clear()
    found = [one for one in (await it.looks()).findings if one.check == "adverity permissions"]
    assert [one.outcome for one in found] == ["ok", "skipped", "ok", "skipped", "ok", "skipped"]


@pytest.mark.parametrize(("made_for", "sent_with"), [("Bearer", "Token"), ("Token", "Bearer")])
@pytest.mark.parametrize("status", [401, 403])
async def test_the_other_word_is_tried_and_said(
    it: Practice, made_for: Scheme, sent_with: Scheme, status: Literal[401, 403]
) -> None:
    it.adverity.quirks = Quirks(wrong_word_status=status)
    asks_with(it, it.adverity.make_key(made_for), sent_with)
    found = await it.finds("adverity key")
    assert found.outcome == "wrong"
    assert f"with the word {sent_with}" in found.says
    assert f"accepted with {made_for}" in found.says
    assert f"ADVERITY_AUTH_SCHEME={made_for}" in found.next
    assert it.adverity.count() == 2


async def test_a_key_that_nobody_knows(it: Practice) -> None:
    asks_with(it, "f" * 40)
    found = await it.finds("adverity key")
    assert (found.outcome, found.says) == ("wrong", "refused (HTTP 401), both with the word Token and with Bearer")
    assert "make a new key" in found.next


@pytest.mark.parametrize("sent_with", ["Token", "Bearer"])
async def test_a_key_that_may_not_read_jobs(it: Practice, sent_with: Scheme) -> None:
    asks_with(it, it.adverity.make_key("Bearer", jobs="none"), sent_with)
    found = await it.finds("adverity key")
    assert found.outcome == "wrong"
    assert "not allowed to read jobs" in found.says
    assert "in Adverity" in found.next
    assert ("Bearer" in found.next) == (sent_with == "Token")


async def test_a_key_that_may_not_read_datastreams(it: Practice) -> None:
    asks_with(it, it.adverity.make_key("Bearer", datastreams="none"), "Bearer")
    found = [one for one in (await it.looks()).findings if "may not read datastreams" in one.says]
    assert [one.outcome for one in found] == ["warn", "warn"]


async def test_a_datastream_that_is_not_answered(it: Practice) -> None:
    it.adverity.faults.broken(path="/datastreams/42/")
    found = await it.finds("adverity permissions", "/api/datastreams/ID/ was not answered (HTTP 500)")
    assert found.outcome == "warn"


@pytest.mark.parametrize(
    ("how", "outcome", "words"),
    [
        ("missing", "wrong", "answers, but has no jobs API (HTTP 404): another host, or a page in front of it"),
        ("html", "wrong", "not with a list of jobs (HTTP 200): a login page, or a host other than"),
        ("broken", "wrong", "has an error of its own (HTTP 500)"),
        ("throttled", "warn", "is busy (HTTP 429)"),
        ("unavailable", "warn", "is busy (HTTP 503)"),
        ("cut", "wrong", "the connection was cut"),
    ],
)
async def test_an_instance_that_does_not_answer_well(it: Practice, how: str, outcome: str, words: str) -> None:
    getattr(it.adverity.faults, how)()
    found = await it.finds("adverity")
    assert found.outcome == outcome
    assert words in found.says
    assert "DNS" not in found.next or "cut" in found.says, "it was reached"
    assert (await it.finds("adverity key")).outcome == "skipped"


def elsewhere(it: Practice, url: str) -> None:
    it.has(instances={"acme": InstanceSettings(url=url, key=SecretStr(it.adverity.api_key))})


async def test_nobody_there(it: Practice) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    elsewhere(it, f"http://127.0.0.1:{port}")
    found = await it.finds("adverity")
    assert (found.outcome, found.says) == ("wrong", f"http://127.0.0.1:{port}: the connection was refused")


async def test_a_name_that_nobody_has(it: Practice) -> None:
    elsewhere(it, "https://nobody.invalid")
    found = await it.finds("adverity")
    assert found.outcome == "wrong"
    assert "DNS" in found.next


async def test_tls_with_one_who_speaks_none(it: Practice) -> None:
    elsewhere(it, it.adverity.url.replace("http:", "https:"))
    found = await it.finds("adverity")
    assert found.outcome == "wrong"
    assert "TLS: " in found.says
    assert "certificate" in found.next


@asynccontextmanager
async def tls_in_front_of(port: int, folder: Path) -> AsyncIterator[tuple[str, Path]]:
    """A proxy on localhost with a certificate of its own: its URL, and the certificate."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    files = ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(certificate)]
    await asyncio.to_thread(subprocess.run, [*command, *files], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    ended: set[asyncio.Task[None]] = set()

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65_536):
            writer.write(data)
            await writer.drain()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        onward, back = await asyncio.open_connection("127.0.0.1", port)
        ended.add(asyncio.current_task())  # type: ignore[arg-type] # within one
        ways = {asyncio.create_task(pass_on(reader, back)), asyncio.create_task(pass_on(onward, writer))}
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in ways:
            way.cancel()
        await asyncio.gather(*ways, return_exceptions=True)
        for end in (back, writer):
            end.close()
            with suppress(OSError):
                await end.wait_closed()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    yield f"https://localhost:{server.sockets[0].getsockname()[1]}", certificate
    server.close()
    if ended:
        await asyncio.wait(ended, timeout=30)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here")
async def test_tls_with_a_certificate_that_is_trusted_or_not(it: Practice, tmp_path: Path) -> None:
    async with tls_in_front_of(int(it.adverity.url.rpartition(":")[2]), tmp_path) as (url, certificate):
        elsewhere(it, url)
        found = await it.finds("adverity")
        assert (found.outcome, found.says) == ("wrong", f"{url}: TLS: self-signed certificate")
        it.has(network=Network(cert_file=certificate))
        found = await it.finds("adverity")
        assert (found.outcome, found.says) == ("ok", f"{url} answers, over TLS")


async def test_each_of_several_instances_is_asked_and_one_that_hangs_hides_no_other(
    it: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upstream, "READ", 0.3)
    good = InstanceSettings(url=it.adverity.url, key=SecretStr(it.adverity.api_key))
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        it.has(instances={"acme": good, "staging": good.model_copy(update={"url": url})})
        found = {(one.check, one.subject): one.outcome for one in (await it.looks()).findings}
    assert found["adverity key", "acme"] == "ok"
    assert found["adverity", "staging"] == "wrong"
    assert found["adverity key", "staging"] == "skipped"
