"""What Slack's answer to something that is told means for it; over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer, unused_port
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.flows.teller import CannotTell, NeverAgain, NotNow, NotThere, NotThis
from jobbot.render.blocks import Message, section
from jobbot.slack.outbound import Outbound
from jobbot.slack.teller import SlackTeller

WORDS = Message("Job 987 has ended.", [section("Job 987 has ended.")])


@dataclass
class Slack:
    """Answers every call alike: a status with an error, or nothing at all."""

    teller: SlackTeller
    status: int = 200
    error: str = ""
    retry_after: str = ""
    asked: list[str] = field(default_factory=list)


async def unheard(_: str) -> None:
    """What Slack says of a channel is not asked here."""


def teller(url: str, session: aiohttp.ClientSession) -> SlackTeller:
    client = AsyncWebClient("xoxb-1", base_url=url, session=session, retry_handlers=[])
    return SlackTeller(lambda _: None, unheard, Outbound(client, session), trust=0)


@pytest.fixture
async def slack() -> AsyncIterator[Slack]:
    async def api(request: web.Request) -> web.Response:
        it.asked.append(request.match_info["method"])
        if it.error == "cut":
            assert request.transport is not None
            request.transport.abort()
        headers = {"Retry-After": it.retry_after} if it.retry_after else {}
        if not it.error:
            return web.Response(status=it.status, text="<html>", content_type="text/html", headers=headers)
        return web.json_response({"ok": False, "error": it.error}, status=it.status, headers=headers)

    app = web.Application()
    app.router.add_route("*", "/api/{method}", api)
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        it = Slack(teller(str(server.make_url("/api/")), session))
        yield it


SAID = [
    # Never again, and nothing else there either.
    ({"error": "is_archived"}, NeverAgain("is_archived"), False, False),
    ({"error": "not_in_channel"}, NeverAgain("not_in_channel"), False, False),
    # Not there: the message, or the thread.
    ({"error": "message_not_found"}, NotThere("message_not_found"), False, False),
    ({"error": "thread_not_found"}, NotThere("thread_not_found"), False, False),
    ({"error": "edit_window_closed"}, NotThere("edit_window_closed"), False, False),
    ({"error": "restricted_action_thread_locked"}, NotThere("restricted_action_thread_locked"), False, False),
    # Not this.
    ({"error": "missing_scope"}, NotThis("missing_scope"), False, False),
    ({"error": "no_text"}, NotThis("no_text"), False, False),
    (
        {"error": "restricted_action_thread_only_channel"},
        NotThis("restricted_action_thread_only_channel"),
        False,
        False,
    ),
    (
        {"error": "something_that_slack_thinks_of_next_year"},
        NotThis("something_that_slack_thinks_of_next_year"),
        False,
        False,
    ),
    # Not now, and certainly not told.
    ({"error": "ratelimited", "status": 429, "retry_after": "120"}, NotNow("ratelimited", 120.0), False, False),
    ({"status": 429, "retry_after": "7"}, NotNow("status 429", 7.0), False, False),
    ({"error": "token_revoked"}, NotNow("token_revoked"), False, False),
    ({"error": "message_limit_exceeded"}, NotNow("message_limit_exceeded"), False, False),
    ({"status": 403}, NotNow("status 403"), False, False),
    # Not now, and perhaps told.
    ({"error": "internal_error"}, NotNow("internal_error"), True, False),
    ({"error": "service_unavailable", "status": 503}, NotNow("service_unavailable"), True, False),
    ({"status": 502}, NotNow("status 502"), True, False),
    ({"error": "cut"}, NotNow("ServerDisconnectedError"), True, True),
]


@pytest.mark.parametrize(("says", "leave", "perhaps_told", "no_answer"), SAID)
async def test_what_slack_says(
    slack: Slack, says: dict[str, Any], leave: object, perhaps_told: bool, no_answer: bool
) -> None:
    for name, value in says.items():
        setattr(slack, name, value)
    for tell in (slack.teller.post("C0INC", WORDS, "1.1"), slack.teller.edit("C0INC", "1.1", WORDS)):
        with pytest.raises(CannotTell) as refused:
            await tell
        assert (refused.value.leave, refused.value.perhaps_told, refused.value.no_answer) == (
            leave,
            perhaps_told,
            no_answer,
        )
    assert slack.asked == ["chat.postMessage", "chat.update"], "once each: whoever delivers them waits for nobody"


async def test_blocks_that_are_refused_are_told_as_text_once(slack: Slack) -> None:
    slack.error = "invalid_blocks"
    with pytest.raises(CannotTell) as refused:
        await slack.teller.post("C0INC", WORDS, None)
    assert refused.value.leave == NotThis("invalid_blocks")
    assert len(slack.asked) == 2


async def test_a_slack_that_cannot_be_reached_was_told_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(CannotTell) as refused:
            await asyncio.wait_for(teller(f"http://127.0.0.1:{unused_port()}/", session).post("C0INC", WORDS, None), 5)
    assert isinstance(refused.value.leave, NotNow)
    assert not refused.value.perhaps_told
