"""HTTP's door: who is Slack, what is a payload, and what anybody else gets."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any

import httpx
import pytest
import uvicorn
from hypothesis import given
from hypothesis import strategies as st
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.types import Message

from jobbot.access import Home
from jobbot.http.prompt_server import PromptServer
from jobbot.interaction import Clicked, Interaction, Submitted, Typed
from jobbot.slack.handlers.listeners import Ack
from jobbot.slack.transport.background import BackgroundTasks
from jobbot.slack.transport.bolt import build_bolt
from jobbot.slack.transport.http import BODY_MOST, EventsEndpoint, Unusable, build_web, parse_body
from jobbot.telemetry import Metrics
from tests.support.loopback import loopback_client
from tests.unit.slack import payloads

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"
PATH = "/slack/events"


class Taken:
    """In the place of the listeners: keeps what reaches them, and answers with what it is told to."""

    def __init__(self) -> None:
        self.interactions: list[Interaction] = []
        self.body: dict[str, Any] | None = None

    def acknowledge(self, interaction: Interaction) -> Ack:
        self.interactions.append(interaction)
        return Ack(self.body)


class Door:
    """The web app, and what came through it."""

    def __init__(self, **limits: float) -> None:
        self.taken = Taken()
        self.work = BackgroundTasks()
        self.reasons: list[str] = []
        self.metrics = Metrics("1.2.3")
        client = AsyncWebClient(base_url="http://127.0.0.1:1/api/")
        bolt = build_bolt(client, Home(payloads.OUR_TEAM), self.taken, self.work)  # type: ignore[arg-type]
        endpoint = EventsEndpoint(bolt, SECRET, self.metrics, **limits)  # type: ignore[arg-type]
        self.web: Starlette = build_web(endpoint, lambda: self.reasons, self.metrics)
        self.client = loopback_client(transport=httpx.ASGITransport(self.web), base_url="http://jobbot")

    async def gets(self, payload: dict[str, Any]) -> httpx.Response:
        """Slack delivers a payload."""
        body, content_type = payloads.body_of(payload)
        return await self.posts(body, **payloads.signature_headers(body, SECRET), **{"content-type": content_type})

    async def posts(self, body: bytes, **headers: str) -> httpx.Response:
        """Anybody posts anything."""
        return await self.client.post(PATH, content=body, headers=headers)

    @property
    def did(self) -> list[object]:
        return [one.did for one in self.taken.interactions]


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    one = Door()
    async with one.client:
        yield one


BODY, FORM = payloads.body_of(payloads.slash_command(text="running"))


class TestPayloads:
    """Each of Slack's shapes, as HTTP carries it."""

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "running",
            "payload",
            "payload={}",
            "stop 987 the payload",
            'payload {"type": "block_actions"}',
            "ünï &=%",
        ],
    )
    async def test_a_slash_command_whatever_its_words(self, door: Door, text: str) -> None:
        answer = await door.gets(payloads.slash_command(text=text))
        assert (answer.status_code, answer.content) == (200, b"")
        assert door.did == [Typed(text, "/jobs")]

    @pytest.mark.parametrize("path", ["/slack/events", "/slack/events/"])
    async def test_its_address_with_and_without_a_slash_behind_it(self, door: Door, path: str) -> None:
        """A redirect would be followed by nobody: Slack takes it for a failure."""
        headers = {**payloads.signature_headers(BODY, SECRET), "content-type": FORM}
        answer = await door.client.post(path, content=BODY, headers=headers)
        assert (answer.status_code, answer.content) == (200, b"")
        assert door.did == [Typed("running", "/jobs")]

    @pytest.mark.parametrize(
        "path", ["/", "/slack", "/slack/events//", "/events", "/healthz/", "/readyz/", "/metrics/"]
    )
    async def test_no_other_address_is_redirected(self, door: Door, path: str) -> None:
        assert (await door.client.get(path)).status_code == 404

    async def test_a_mention(self, door: Door) -> None:
        answer = await door.gets(payloads.app_mention(text=f"<@{payloads.BOT}> 987"))
        assert answer.status_code == 200
        (typed,) = door.did
        assert isinstance(typed, Typed)
        assert (typed.text.strip(), typed.command) == ("987", None)

    async def test_a_click(self, door: Door) -> None:
        answer = await door.gets(payloads.block_actions(action_id="job.refresh", value="v1"))
        assert answer.status_code == 200
        assert door.did == [Clicked("job.refresh", "v1")]

    async def test_a_submission_is_answered_in_the_modal(self, door: Door) -> None:
        door.taken.body = {"response_action": "errors", "errors": {"reason": "Why?"}}
        answer = await door.gets(payloads.view_submission(callback_id="stop_confirm", private_metadata="meta"))
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("application/json")
        assert answer.json() == door.taken.body
        assert door.did == [Submitted("stop_confirm", "V0MODAL", "meta", {})]

    async def test_an_outsiders_click_arrives_as_theirs(self, door: Door) -> None:
        await door.gets(payloads.block_actions(payloads.MALLORY))
        assert [one.user_team_id for one in door.taken.interactions] == ["T0GLOBEX"]

    async def test_what_nobody_serves_is_taken_without_a_word(self, door: Door) -> None:
        answer = await door.gets({"type": "event_callback", "event": {"type": "tokens_revoked"}})
        assert (answer.status_code, answer.content, door.did) == (200, b"", [])

    async def test_the_url_is_verified(self, door: Door) -> None:
        answer = await door.gets({"type": "url_verification", "challenge": "3eZbrw1a", "token": payloads.TOKEN})
        assert (answer.status_code, answer.text, door.did) == (200, "3eZbrw1a", [])
        assert answer.headers["content-type"].startswith("text/plain")

    async def test_half_a_character_in_the_challenge_is_no_error_of_ours(self, door: Door) -> None:
        answer = await door.gets({"type": "url_verification", "challenge": "a\ud83d"})
        assert (answer.status_code, answer.text) == (200, "a?")

    @pytest.mark.parametrize(
        "odd",
        [
            {"type": "event_callback", "event": "app_mention"},
            {"type": "event_callback", "event": ["app_mention"], "is_ext_shared_channel": True},
            {"type": "event_callback", "event": {"type": "app_mention"}, "authorizations": ["U0JOBBOT"]},
            {"type": "block_actions", "authorizations": {"user_id": "U0JOBBOT"}},
            {"type": "block_actions", "user": 5, "team": 1.5, "channel": True},
            {"type": "view_submission", "enterprise": 3, "response_urls": [5]},
            {"type": ["block_actions"]},
        ],
    )
    async def test_a_payload_of_an_odd_shape_is_nobodys_doing(self, door: Door, odd: dict[str, Any]) -> None:
        answer = await door.gets(odd)
        assert (answer.status_code, answer.content, door.did) == (200, b"", [])

    async def test_slacks_certificate_check(self, door: Door) -> None:
        body = b"ssl_check=1&token=x"
        answer = await door.posts(body, **payloads.signature_headers(body, SECRET))
        assert (answer.status_code, answer.content, door.did) == (200, b"", [])

    async def test_while_shutting_down_slack_is_told_to_go_elsewhere(self, door: Door) -> None:
        door.work.refuse_more()
        answer = await door.gets(payloads.slash_command())
        assert answer.status_code == 503
        assert door.did == []

    async def test_oauth_variables_of_the_environment_change_nothing(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SLACK_CLIENT_ID", "1.2")
        monkeypatch.setenv("SLACK_CLIENT_SECRET", "s3cr3t")
        door = Door()
        async with door.client:
            answer = await door.gets(payloads.slash_command(text="running"))
        assert answer.status_code == 200
        assert door.did == [Typed("running", "/jobs")]


def signed(**changes: str | None) -> dict[str, str]:
    """A right signature of BODY, with one thing different."""
    headers = {**payloads.signature_headers(BODY, SECRET), **changes}
    return {name: value for name, value in headers.items() if value is not None}


def stamped(timestamp: str) -> dict[str, str]:
    """Signed rightly, at a time that Slack would not send."""
    headers = payloads.signature_headers(BODY, SECRET)
    return {**headers, "x-slack-request-timestamp": timestamp}


NOT_SLACK = {
    "no headers": {},
    "no signature": signed(**{"x-slack-signature": None}),
    "no timestamp": signed(**{"x-slack-request-timestamp": None}),
    "an empty signature": signed(**{"x-slack-signature": ""}),
    "an empty timestamp": signed(**{"x-slack-request-timestamp": ""}),
    "another secret": payloads.signature_headers(BODY, "another"),
    "another body": payloads.signature_headers(BODY + b"&text=stop", SECRET),
    "no version": signed(**{"x-slack-signature": payloads.signature_headers(BODY, SECRET)["x-slack-signature"][3:]}),
    "five minutes old": payloads.signature_headers(BODY, SECRET, at=time.time() - 302),
    "of the future": payloads.signature_headers(BODY, SECRET, at=time.time() + 900),
    "another time": stamped(str(int(time.time()) - 1)),
    "a time in words": stamped("now"),
    "a time that is no number": stamped("nan"),
    "a time beyond floats": stamped("9" * 400),
    "a time beyond integers": stamped("9" * 5000),
    "a negative time": stamped("-5"),
}


class TestWhoIsSlack:
    """401 and nothing else happens."""

    @pytest.mark.parametrize("headers", NOT_SLACK.values(), ids=NOT_SLACK.keys())
    async def test_nobody_else_is(self, door: Door, headers: dict[str, str]) -> None:
        answer = await door.posts(BODY, **headers, **{"content-type": FORM})
        assert (answer.status_code, answer.text) == (401, "invalid signature")
        assert door.did == []

    async def test_a_signature_of_letters_beyond_ascii(self, door: Door) -> None:
        headers = [
            (b"x-slack-request-timestamp", str(int(time.time())).encode()),
            (b"x-slack-signature", "v0=é".encode()),
        ]
        answer = await door.client.post(PATH, content=BODY, headers=headers)
        assert answer.status_code == 401

    async def test_a_body_that_is_not_text(self, door: Door) -> None:
        body = b"\xff\xfe{}"
        answer = await door.posts(body, **payloads.signature_headers(body, SECRET))
        assert answer.status_code == 401

    async def test_nothing_is_parsed_before_it_is_known_who_sends_it(self, door: Door) -> None:
        for body in (b'{"type": "url_verification", "challenge": "mine"}', b"ssl_check=1", b"{", b""):
            answer = await door.posts(body)
            assert (answer.status_code, answer.text) == (401, "invalid signature")

    async def test_what_was_sent_is_not_logged(self, door: Door, caplog: pytest.LogCaptureFixture) -> None:
        with caplog.at_level(logging.DEBUG, logger="jobbot"):
            await door.posts(b"text=pl4nted", **{"x-slack-signature": "v0=pl4nted"})
        assert "requests turned away" in caplog.text
        assert "pl4nted" not in caplog.text

    async def test_four_minutes_are_young_enough(self, door: Door) -> None:
        answer = await door.posts(BODY, **payloads.signature_headers(BODY, SECRET, at=time.time() - 240))
        assert answer.status_code == 200

    async def test_only_posts_are_taken(self, door: Door) -> None:
        for method in ("GET", "PUT", "DELETE", "HEAD"):
            answer = await door.client.request(method, PATH, headers=signed())
            assert answer.status_code == 405


NO_PAYLOADS = [
    b"{",
    b"{]",
    b"payload=",
    b"payload=%7B",
    b"payload=5",
    b"payload=%5B%5D",
    b'{"a":' * 100_000,
    b'{"a": ' + b"1" * 5000 + b"}",
]


@pytest.mark.parametrize("body", NO_PAYLOADS, ids=lambda body: body[:12])
async def test_what_slack_signed_and_is_no_payload_gets_a_400(door: Door, body: bytes) -> None:
    answer = await door.posts(body, **payloads.signature_headers(body, SECRET))
    assert (answer.status_code, door.did) == (400, [])


@given(st.binary(max_size=60) | st.text(max_size=60).map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_body_is_a_payload_or_is_refused(body: bytes) -> None:
    try:
        payload: object = parse_body(body)
    except Unusable:
        payload = {}
    assert isinstance(payload, dict)


@given(st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=20), max_size=5), st.text(max_size=30))
def test_a_command_is_read_as_it_was_typed(others: dict[str, str], text: str) -> None:
    fields = {**others, "command": "/jobs", "text": text}
    body, _ = payloads.body_of(fields)
    assert parse_body(body) == fields or body.lstrip().startswith(b"{")


class TestBounds:
    """At most a mebibyte, however it comes, and nobody who hangs up is our trouble."""

    async def test_a_body_that_is_just_not_too_large(self, door: Door) -> None:
        body = b"text=" + b"x" * (BODY_MOST - 5)
        answer = await door.posts(body, **payloads.signature_headers(body, SECRET))
        assert answer.status_code == 200

    async def test_a_body_that_is_too_large(self, door: Door) -> None:
        body = b"x" * (BODY_MOST + 1)
        answer = await door.posts(body, **payloads.signature_headers(body, SECRET))
        assert (answer.status_code, door.did) == (413, [])

    async def test_of_an_endless_body_no_more_is_read_than_is_kept(self, door: Door) -> None:
        read = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal read
            while read < 100 * BODY_MOST:
                read += 64 * 1024
                yield b"x" * 64 * 1024

        async with serving(door.web) as url, loopback_client() as client:
            # The answer may be lost on a client that would not stop writing: what counts is that it had to stop.
            with suppress(httpx.TransportError):
                assert (await client.post(url + PATH, content=endless())).status_code == 413
        assert read < 50 * BODY_MOST

    async def test_whoever_hangs_up_halfway_is_no_error(self, door: Door) -> None:
        assert await halfway(door, {"type": "http.disconnect"}) == 400

    async def test_whoever_never_comes_to_an_end_is_not_waited_for(self) -> None:
        assert await halfway(Door(body_seconds=0.05), None) == 408


async def halfway(door: Door, then: Message | None) -> int:
    """The status for half a body, after which ``then`` comes, or nothing ever again."""
    sent: list[Message] = []
    comes: list[Message | None] = [{"type": "http.request", "body": b"command=", "more_body": True}, then]

    async def receive() -> Message:
        message = comes.pop(0)
        if message is None:
            await asyncio.Event().wait()
        assert message is not None
        return message

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": PATH,
        "raw_path": PATH.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }
    async with asyncio.timeout(20):
        await door.web(scope, receive, send)
    assert door.did == []
    return int(sent[0]["status"])


class TestHealth:
    """For platforms and their probes, in both modes."""

    async def test_it_lives(self, door: Door) -> None:
        answer = await door.client.get("/healthz")
        assert (answer.status_code, answer.json()) == (200, {"ok": True})

    async def test_it_is_ready_when_nothing_speaks_against_it(self, door: Door) -> None:
        assert (await door.client.get("/readyz")).status_code == 200
        door.reasons = ["no live connection to Slack"]
        answer = await door.client.get("/readyz")
        assert (answer.status_code, answer.json()) == (503, {"ready": False, "reasons": door.reasons})

    async def test_a_public_port_has_neither_readiness_nor_metrics(self) -> None:
        transport = httpx.ASGITransport(build_web(None, list, Metrics(), public=True))
        async with httpx.AsyncClient(transport=transport, base_url="http://jobbot") as client:
            found = {path: (await client.get(path)).status_code for path in ("/healthz", "/readyz", "/metrics")}
        assert found == {"/healthz": 200, "/readyz": 404, "/metrics": 404}

    async def test_in_socket_mode_there_is_no_door_for_events(self) -> None:
        transport = httpx.ASGITransport(build_web(None, list, Metrics()))
        async with loopback_client(transport=transport, base_url="http://jobbot") as client:
            assert (await client.get("/healthz")).status_code == 200
            assert (await client.post(PATH, content=BODY, headers=signed())).status_code == 404


@asynccontextmanager
async def serving(web: Starlette) -> AsyncIterator[str]:
    """The web app behind uvicorn on loopback, on a free port; its URL."""
    config = uvicorn.Config(web, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    with socket.create_server(("127.0.0.1", 0)) as port:
        server = PromptServer(config)
        running = asyncio.create_task(server.serve(sockets=[port]))
        try:
            yield f"http://127.0.0.1:{port.getsockname()[1]}"
        finally:
            server.end()
            await running


async def test_over_a_real_socket_each_shape_arrives(door: Door) -> None:
    async with serving(door.web) as url, loopback_client() as client:
        for payload in (payloads.slash_command(text="payload"), payloads.app_mention(), payloads.block_actions()):
            body, content_type = payloads.body_of(payload)
            headers = {**payloads.signature_headers(body, SECRET), "content-type": content_type}
            assert (await client.post(url + PATH, content=body, headers=headers)).status_code == 200
        assert (await client.post(url + PATH, content=BODY)).status_code == 401
    assert [type(one) for one in door.did] == [Typed, Typed, Clicked]
