"""Being told late, not at all, again, or what nobody has done."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Transport, actions, bolt_app, button, connected, listening

Body = dict[str, Any]


async def never(ack: AsyncAck) -> None:
    """A listener that has not answered by the time that anybody waits for."""
    await asyncio.Event().wait()


async def test_who_does_not_answer_in_time(transport: Transport) -> None:
    async with LocalSlack(transport=transport, ack_seconds=0.05) as slack:
        app = bolt_app(slack)
        app.command("/jobs")(never)
        app.action("stop")(never)
        inc = slack.channel("inc-data")
        message = await slack.says_as_bot(inc, "x", [actions(button(action_id="stop"))])
        async with connected(slack, app, transport):
            command = await slack.ana.types("/jobs", in_=inc)
            click = await slack.ana.clicks("Stop job", on=message)
            assert (command.outcome, click.outcome, command.status) == ("operation_timeout", "operation_timeout", None)
            assert command.seconds >= 0.05
            assert inc.whispers(slack.ana)[0].text == '/jobs failed with the error "operation_timeout"'
            assert message.warning == click.trouble == "This app did not respond (operation_timeout)."


async def test_a_bot_that_has_gone(slack: LocalSlack) -> None:
    receiver = Receiver()
    async with LocalSlack(transport="http") as slack_over_http:
        async with listening(receiver.receives) as url:
            slack_over_http.delivers_to(url)
            assert (await slack_over_http.ana.types("/jobs", in_=slack_over_http.channel("inc-data"))).is_ok
        gone = await slack_over_http.ana.types("/jobs", in_=slack_over_http.channel("inc-data"))
    assert gone.outcome == "dispatch_failed"
    mention = await slack.ana.mentions("@jobbot hi", in_=slack.channel("inc-data"))
    assert mention.outcome == "dispatch_failed"
    with pytest.raises(ValueError, match="no more than 25 items"):
        await slack.says_as_bot(slack.channel("inc-data"), "x", [actions(*[button()] * 26)])


async def test_nobody_is_there(told: LocalSlack) -> None:
    action = await told.ana.types("/jobs", in_=told.channel("inc-data"))
    assert action.outcome == "dispatch_failed"


async def test_a_warning_goes_when_the_message_changes(slack: LocalSlack) -> None:
    message = await slack.says_as_bot(slack.channel("inc-data"), "x", [actions(button())])
    await slack.ana.clicks("Stop job", on=message)
    assert message.warning is not None
    message.become("y", [], None)
    assert message.warning is None


@pytest.mark.parametrize(("status", "outcome"), [(404, "http_client_error"), (503, "http_service_error"), (201, "ok")])
async def test_other_answers_than_a_200(status: int, outcome: str) -> None:
    async def receive(_: Request) -> Response:
        return PlainTextResponse("", status)

    async with LocalSlack(transport="http") as slack, listening(receive) as url:
        slack.delivers_to(url)
        action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
        assert (action.outcome, action.status) == (outcome, status)
        slack.delivers_to(None)
        assert (await slack.ana.types("/jobs", in_=slack.channel("inc-data"))).outcome == "dispatch_failed"


class Receiver:
    """A request URL that keeps what comes, and answers with ``statuses``, one after another."""

    def __init__(self, *statuses: int, headers: dict[str, str] | None = None) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self._statuses = list(statuses)
        self._headers = headers or {}

    async def receives(self, request: Request) -> Response:
        self.requests.append((dict(request.headers), await request.body()))
        return Response("", self._statuses.pop(0) if self._statuses else 200, headers=self._headers)


async def test_what_comes_over_http_is_signed() -> None:
    receiver = Receiver()
    async with LocalSlack(transport="http") as slack, listening(receiver.receives) as url:
        slack.delivers_to(url)
        inc = slack.channel("inc-data")
        message = await slack.says_as_bot(inc, "x", [actions(button())])
        await slack.ana.types("/jobs failed & more", in_=inc)
        await slack.ana.clicks("Stop job", on=message)
        await slack.ana.mentions("@jobbot hi", in_=inc)
        verifier = SignatureVerifier(slack.signing_secret)
        assert all(verifier.is_valid_request(body, headers) for headers, body in receiver.requests)
        assert not SignatureVerifier("other").is_valid_request(receiver.requests[0][1], receiver.requests[0][0])
    kinds = [headers["content-type"] for headers, _ in receiver.requests]
    assert kinds == ["application/x-www-form-urlencoded"] * 2 + ["application/json"]
    assert b"text=failed+%26+more" in receiver.requests[0][1]
    assert receiver.requests[1][1].startswith(b"payload=%7B")
    assert json.loads(receiver.requests[2][1])["type"] == "event_callback"


async def test_an_event_is_delivered_again_until_it_is_taken() -> None:
    receiver = Receiver(500, 404, 200)
    async with (
        LocalSlack(transport="http", event_retries=(0.0, 0.0, 0.0)) as slack,
        listening(receiver.receives) as url,
    ):
        slack.delivers_to(url)
        action = await slack.ana.mentions("@jobbot hi", in_=slack.channel("inc-data"))
        assert await slack.until(lambda: action.is_ok)
    assert [ack.status for ack in action.attempts] == [500, 404, 200]
    said = [(headers.get("x-slack-retry-num"), headers.get("x-slack-retry-reason")) for headers, _ in receiver.requests]
    assert said == [(None, None), ("1", "http_error"), ("2", "http_error")]
    assert len({body for _, body in receiver.requests}) == 1


async def test_an_event_is_given_up_after_its_last_time() -> None:
    receiver = Receiver(500, 500, 500, 500)
    async with LocalSlack(transport="http", event_retries=(0.0, 0.0)) as slack, listening(receiver.receives) as url:
        slack.delivers_to(url)
        action = await slack.ana.mentions("@jobbot hi", in_=slack.channel("inc-data"))
        assert await slack.until(lambda: len(action.attempts) == 3)
        await slack.ana.mentions("@jobbot again", in_=slack.channel("inc-data"))
    assert len(action.attempts) == 3


async def test_a_bot_may_ask_not_to_be_told_again() -> None:
    receiver = Receiver(500, headers={"x-slack-no-retry": "1"})
    async with LocalSlack(transport="http", event_retries=(0.0,)) as slack, listening(receiver.receives) as url:
        slack.delivers_to(url)
        await slack.ana.mentions("@jobbot hi", in_=slack.channel("inc-data"))
        await slack.ana.mentions("@jobbot again", in_=slack.channel("inc-data"))
    assert [headers.get("x-slack-retry-num") for headers, _ in receiver.requests] == [None, None]


async def test_commands_and_clicks_are_delivered_once(told: LocalSlack) -> None:
    action = await told.ana.types("/jobs", in_=told.channel("inc-data"))
    mention = await told.ana.mentions("@jobbot hi", in_=told.channel("inc-data"))
    assert await told.until(lambda: len(mention.attempts) == 3)
    assert len(action.attempts) == 1


async def test_the_same_again_on_demand(told: LocalSlack, transport: Transport) -> None:
    bodies: list[Body] = []
    app = bolt_app(told)

    async def keeps(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await ack()

    app.command("/jobs")(keeps)
    app.event("app_mention")(keeps)
    async with connected(told, app, transport):
        command = await told.ana.types("/jobs", in_=told.channel("inc-data"))
        assert (await told.redeliver(command)).is_ok
        mention = await told.ana.mentions("@jobbot hi", in_=told.channel("inc-data"))
        assert (await told.redeliver(mention)).is_ok
    assert bodies == [command.payload, command.payload, mention.payload, mention.payload]


async def test_payloads_that_nobodys_doing_has_made(told: LocalSlack, transport: Transport) -> None:
    bodies: list[Body] = []
    app: AsyncApp = bolt_app(told)

    async def keeps(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await ack()

    app.action("stop")(keeps)
    hostile = {"type": "block_actions", "actions": [{"type": "button", "action_id": "stop", "block_id": "b"}]}
    home = {"team": {"id": "T0ACME0001"}, "user": {"id": "U0ANA00001"}}
    async with connected(told, app, transport):
        ack = await told.raw_deliver({**hostile, **home})
        assert ack.failure is None
        assert bodies[0]["actions"] == hostile["actions"]


@pytest.mark.parametrize(
    ("headers", "signed", "is_taken"),
    [
        ({}, True, True),
        ({}, False, False),
        ({"x-slack-signature": "v0=00"}, True, False),
        ({"x-slack-request-timestamp": "1"}, True, False),
    ],
)
async def test_requests_that_are_not_slacks(headers: dict[str, str], signed: bool, is_taken: bool) -> None:
    async with LocalSlack(transport="http") as slack:
        app = bolt_app(slack)

        async def jobs(ack: AsyncAck) -> None:
            await ack()

        app.command("/jobs")(jobs)
        body = b"command=%2Fjobs&team_id=T0ACME0001&user_id=U0ANA00001"
        form = {"content-type": "application/x-www-form-urlencoded"}
        async with connected(slack, app, "http"):
            ack = await slack.raw_bytes(body, {**form, **headers}, signed=signed)
        assert (ack.status == 200) == is_taken


async def test_bytes_that_no_client_would_understand(told: LocalSlack, transport: Transport) -> None:
    app = bolt_app(told)
    bodies: list[Body] = []

    async def keeps(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await ack()

    app.command("/jobs")(keeps)
    nonsense: list[Callable[[], Any]] = [lambda: told.raw_bytes(b"["), lambda: told.raw_bytes(b'{"type": "dance"}')]
    async with connected(told, app, transport):
        for send in nonsense:
            await send()
        assert (await told.ana.types("/jobs", in_=told.channel("inc-data"))).is_ok
    assert len(bodies) == 1
