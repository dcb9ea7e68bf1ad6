"""What becomes of an answer where Slack, or what stands before it, misbehaves; over a real socket."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field, replace

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.flows.acts.announcer import Delivered, NotDelivered, Place
from jobbot.logs.lines import FIELDS
from jobbot.render.blockkit.blocks import Message, section
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from tests.unit.slack.test_reply import TYPED

WORDS = Message("Stopped job 987.", [section("Stopped job 987.")])


def _accepted() -> web.Response:
    return web.json_response({"ok": True, "channel": "C0INC", "ts": "1667210582.000200"})


def _plain() -> web.Response:
    return web.Response(text="ok")


def _a_page_that_is_not_utf_8() -> web.Response:
    return web.Response(status=502, body="Gäste".encode("latin-1"), content_type="text/plain")


def _a_list() -> web.Response:
    return web.json_response([1])


def _without_ts() -> web.Response:
    return web.json_response({"ok": True})


def _busy() -> web.Response:
    return web.json_response({"ok": False, "error": "ratelimited"}, status=429, headers={"Retry-After": "60"})


def _down() -> web.Response:
    return web.json_response({"ok": False, "error": "service_unavailable"}, status=503)


def _not_in_channel() -> web.Response:
    return web.json_response({"ok": False, "error": "not_in_channel"})


def _bad_token() -> web.Response:
    return web.json_response({"ok": False, "error": "invalid_auth"})


@dataclass
class Slack:
    """Answers every method alike, and response URLs with a status and a body."""

    outbound: Outbound
    url: str
    says: Callable[[], web.Response] = _accepted
    response_url_says: int = 200
    response_url_body: str | bytes = "ok"
    response_url_is_cut: bool = False
    asked: list[str] = field(default_factory=list)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async def api(request: web.Request) -> web.Response:
        it.asked.append(request.match_info["method"])
        return it.says()

    async def response_url(request: web.Request) -> web.Response:
        it.asked.append("response_url")
        if it.response_url_is_cut:
            assert request.transport is not None
            request.transport.abort()
        body = it.response_url_body
        return web.Response(
            status=it.response_url_says,
            body=body if isinstance(body, bytes) else body.encode(),
            content_type="text/html",
        )

    app = web.Application()
    app.router.add_route("*", "/api/{method}", api)
    app.router.add_route("*", "/respond", response_url)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        client = AsyncWebClient("xoxb-1", base_url=str(server.make_url("/api/")), session=session, retry_handlers=[])
        it = Slack(Outbound(client, session, sleep=passes_at_once), str(server.make_url("/respond")))
        yield it


async def passes_at_once(_: float) -> None:
    """Nobody waits for a wait to pass."""


@pytest.mark.parametrize("says", [_plain, _a_list, _a_page_that_is_not_utf_8])
async def test_what_is_no_answer_of_slacks_is_a_refusal_like_any_other(
    slack: Slack, says: Callable[[], web.Response]
) -> None:
    slack.says = says
    with pytest.raises(SlackRefused):
        await slack.outbound.post("C0INC", WORDS)
    assert slack.asked == ["chat.postMessage"], "it may have been posted: it is not posted again"


async def test_a_stops_message_goes_the_other_way_then(slack: Slack) -> None:
    slack.says = _plain
    announcer = SlackAnnouncer(slack.outbound)
    assert await announcer.announce(Place("C0INC", response_url=slack.url), WORDS) == Delivered(None)
    assert slack.asked == ["chat.postMessage", "response_url"]


async def test_a_message_whose_ts_slack_did_not_say_cannot_be_edited(slack: Slack) -> None:
    slack.says = _without_ts
    assert await SlackAnnouncer(slack.outbound).announce(Place("C0INC"), WORDS) == Delivered(None)


@pytest.mark.parametrize(("says", "later"), [(_busy, 60.0), (_down, 0.0)])
async def test_an_ending_that_nobody_could_be_told_is_told_later(
    slack: Slack, says: Callable[[], web.Response], later: float
) -> None:
    announcer, place = SlackAnnouncer(slack.outbound), Place("C0INC", response_url=slack.url)
    slack.says, slack.response_url_says = says, 503
    for said in (await announcer.amend(place, None, WORDS), await announcer.post_ephemeral(place, "U0ANA", WORDS)):
        assert isinstance(said, NotDelivered)
        assert said.may_pass
        assert (said.wait or 0.0) == later
    slack.says = _accepted
    assert await announcer.amend(place, None, WORDS) == Delivered("1667210582.000200")
    assert await announcer.post_ephemeral(place, "U0ANA", WORDS) == Delivered(None)


async def test_an_ending_that_slack_will_never_take_is_not_tried_for_ever(slack: Slack) -> None:
    slack.says, slack.response_url_says = _not_in_channel, 404
    said = await SlackAnnouncer(slack.outbound).amend(Place("C0INC", response_url=slack.url), None, WORDS)
    assert said == NotDelivered("not_in_channel")


@pytest.mark.parametrize("status", [429, 503])
async def test_a_response_url_that_is_in_trouble_is_tried_again_later(slack: Slack, status: int) -> None:
    slack.says, slack.response_url_says = _not_in_channel, status
    said = await SlackAnnouncer(slack.outbound).amend(Place("C0INC", response_url=slack.url), None, WORDS)
    assert isinstance(said, NotDelivered)
    assert said.may_pass


def _cuts(slack: Slack) -> None:
    slack.response_url_is_cut = True


def _has_a_page_that_is_not_utf_8(slack: Slack) -> None:
    slack.response_url_says, slack.response_url_body = 502, "Gäste".encode("latin-1")


def _is_not_there(slack: Slack) -> None:
    slack.url = "http://127.0.0.1:1/respond"


@pytest.mark.parametrize(
    ("does", "maybe_delivered"), [(_cuts, True), (_has_a_page_that_is_not_utf_8, True), (_is_not_there, False)]
)
async def test_where_a_response_url_gives_no_answer_the_other_way_is_tried(
    slack: Slack, does: Callable[[Slack], None], maybe_delivered: bool
) -> None:
    does(slack)
    asked = replace(TYPED, response_url=slack.url)
    await Reply(slack.outbound, asked).post_ephemeral(WORDS)
    await Reply(slack.outbound, asked).answer(WORDS, visible=True)
    assert [one for one in slack.asked if one != "response_url"] == ["chat.postEphemeral", "chat.postMessage"]
    slack.says = _not_in_channel
    said = await SlackAnnouncer(slack.outbound).announce(Place("C0INC", response_url=slack.url), WORDS)
    assert isinstance(said, NotDelivered)
    assert (said.may_pass, said.maybe_delivered) == (True, maybe_delivered)


async def test_an_answer_that_can_be_delivered_in_no_way_is_an_error_in_the_log(
    slack: Slack, caplog: pytest.LogCaptureFixture
) -> None:
    slack.says, slack.response_url_says = _not_in_channel, 404
    asked = replace(TYPED, response_url=slack.url, is_ephemeral=False, message_ts="1667210582.000200")
    reply = Reply(slack.outbound, asked)
    answer: Callable[[Message], Awaitable[None]] = lambda message: reply.answer(message, visible=True)  # noqa: E731
    for tell in (reply.post_ephemeral, answer, reply.redraw):
        caplog.clear()
        slack.asked.clear()
        await tell(WORDS)
        *tried, last = [one for one in caplog.records if one.name == "jobbot.slack.web.reply"]
        assert len(tried) == len(slack.asked) >= 2, "a line for each way"
        assert (last.levelname, last.message) == ("ERROR", "message not delivered in any way")
        assert getattr(last, FIELDS).items() >= {"channel": "C0INC", "user": "U0ANA"}.items()


async def test_a_token_that_is_refused_is_no_word_about_the_message(slack: Slack) -> None:
    slack.says = _bad_token
    said = await SlackAnnouncer(slack.outbound).amend(Place("C0INC"), "1667210582.000200", WORDS)
    assert said == NotDelivered("invalid_auth", may_pass=True)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"ok":false,"error":"expired_url"}', "expired_url"),
        ('{"error": "used_url", "ok": false}', "used_url"),
        ('{"ok":false,"error":"Expired url"}', "not_ok"),
        ('{"ok":false}', "not_ok"),
        ("action_prohibited", "action_prohibited"),
        (" no_text\n", "no_text"),
    ],
)
async def test_a_response_url_can_refuse_in_the_body_of_a_200(slack: Slack, body: str, code: str) -> None:
    slack.response_url_body = body
    with pytest.raises(SlackRefused) as refused:
        await slack.outbound.respond(slack.url, WORDS)
    assert (refused.value.code, refused.value.may_pass, refused.value.maybe_delivered) == (code, False, False)


@pytest.mark.parametrize(
    "body",
    ["ok", "", " ok\n", '{"ok":true}', '{"ok": true, "warning": "x"}', "<html>", "true", "1", "null", "accepted", "_"],
)
async def test_a_200_of_a_response_url_that_says_no_refusal_took_the_message(slack: Slack, body: str) -> None:
    slack.response_url_body = body
    await slack.outbound.respond(slack.url, WORDS)
    assert slack.asked == ["response_url"]


async def test_what_refuses_the_blocks_in_a_200_gets_the_text(slack: Slack) -> None:
    slack.response_url_body = "invalid_blocks"
    with pytest.raises(SlackRefused):
        await slack.outbound.respond(slack.url, WORDS)
    assert slack.asked == ["response_url", "response_url"]


@pytest.mark.parametrize("status", [200, 503])
@pytest.mark.parametrize("body", ['{"ok":false,"error":"internal_error"}', '{"ok":false,"error":"fatal_error"}'])
async def test_trouble_of_slacks_in_a_200_may_pass(slack: Slack, body: str, status: int) -> None:
    """And a part may have been done."""
    slack.response_url_body, slack.response_url_says = body, status
    with pytest.raises(SlackRefused) as refused:
        await slack.outbound.respond(slack.url, WORDS)
    assert refused.value.may_pass
    assert refused.value.maybe_delivered
    slack.says = _not_in_channel
    said = await SlackAnnouncer(slack.outbound).announce(Place("C0INC", response_url=slack.url), WORDS)
    assert isinstance(said, NotDelivered)
    assert said.maybe_delivered, "whoever goes on says that there may be another message"
