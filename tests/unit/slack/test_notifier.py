"""What Slack's answers to a notification mean for it; over a real socket."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Channel, ChannelRule, Need, Reach
from jobbot.flows.delivery.notifier import (
    ContentRejected,
    MayNotify,
    NotificationFailed,
    TargetGone,
    TryLater,
    Undeliverable,
)
from jobbot.render.blockkit.blocks import Message, section
from jobbot.slack.web.notifier import SlackNotifier
from jobbot.slack.web.outbound import Outbound

WORDS = Message("Job 987 has ended.", [section("Job 987 has ended.")])


@dataclass
class Slack:
    """Answers every call alike: a status with an error, or nothing at all."""

    notifier: SlackNotifier
    status: int = 200
    error: str = ""
    retry_after: str = ""
    asked: list[str] = field(default_factory=list)


async def unheard(_: str) -> None:
    """What Slack says of a channel is not asked here."""


async def everything(_: str, __: str) -> None:
    """No channel is bound to workspaces here."""


def notifier(url: str, session: aiohttp.ClientSession) -> SlackNotifier:
    client = AsyncWebClient("xoxb-1", base_url=url, session=session, retry_handlers=[])
    return SlackNotifier(lambda _: None, unheard, Outbound(client, session), trust=0, reaches=everything)


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
        it = Slack(notifier(str(server.make_url("/api/")), session))
        yield it


SAID = [
    # Never again, and nothing else there either.
    ({"error": "is_archived"}, Undeliverable("is_archived"), False, False),
    ({"error": "not_in_channel"}, Undeliverable("not_in_channel"), False, False),
    # Not there: the message, or the thread.
    ({"error": "message_not_found"}, TargetGone("message_not_found"), False, False),
    ({"error": "thread_not_found"}, TargetGone("thread_not_found"), False, False),
    ({"error": "edit_window_closed"}, TargetGone("edit_window_closed"), False, False),
    ({"error": "restricted_action_thread_locked"}, TargetGone("restricted_action_thread_locked"), False, False),
    # Not this.
    ({"error": "missing_scope"}, ContentRejected("missing_scope"), False, False),
    ({"error": "no_text"}, ContentRejected("no_text"), False, False),
    (
        {"error": "restricted_action_thread_only_channel"},
        ContentRejected("restricted_action_thread_only_channel"),
        False,
        False,
    ),
    (
        {"error": "something_that_slack_thinks_of_next_year"},
        ContentRejected("something_that_slack_thinks_of_next_year"),
        False,
        False,
    ),
    # Not now, and certainly not told.
    ({"error": "ratelimited", "status": 429, "retry_after": "120"}, TryLater("ratelimited", 120.0), False, False),
    ({"status": 429, "retry_after": "7"}, TryLater("status 429", 7.0), False, False),
    ({"error": "token_revoked"}, TryLater("token_revoked"), False, False),
    ({"error": "message_limit_exceeded"}, TryLater("message_limit_exceeded"), False, False),
    ({"status": 403}, TryLater("status 403"), False, False),
    # Not now, and perhaps told.
    ({"error": "internal_error"}, TryLater("internal_error"), True, False),
    ({"error": "service_unavailable", "status": 503}, TryLater("service_unavailable"), True, False),
    ({"status": 502}, TryLater("status 502"), True, False),
    ({"error": "cut"}, TryLater("ServerDisconnectedError"), True, True),
]


@pytest.mark.parametrize(("says", "leave", "maybe_delivered", "no_answer"), SAID)
async def test_what_slack_says(
    slack: Slack, says: dict[str, Any], leave: object, maybe_delivered: bool, no_answer: bool
) -> None:
    for name, value in says.items():
        setattr(slack, name, value)
    for tell in (slack.notifier.post("C0INC", WORDS, "1.1"), slack.notifier.edit("C0INC", "1.1", WORDS)):
        with pytest.raises(NotificationFailed) as refused:
            await tell
        assert (refused.value.failure, refused.value.maybe_delivered, refused.value.no_answer) == (
            leave,
            maybe_delivered,
            no_answer,
        )
    assert slack.asked == ["chat.postMessage", "chat.update"], "once each: whoever delivers them waits for nobody"


async def test_blocks_that_are_refused_are_told_as_text_once(slack: Slack) -> None:
    slack.error = "invalid_blocks"
    with pytest.raises(NotificationFailed) as refused:
        await slack.notifier.post("C0INC", WORDS, None)
    assert refused.value.failure == ContentRejected("invalid_blocks")
    assert len(slack.asked) == 2


async def test_a_slack_that_cannot_be_reached_was_told_nothing() -> None:
    async with aiohttp.ClientSession() as session:
        with pytest.raises(NotificationFailed) as refused:
            await asyncio.wait_for(notifier("http://127.0.0.1:1/", session).post("C0INC", WORDS, None), 30)
    assert isinstance(refused.value.failure, TryLater)
    assert not refused.value.maybe_delivered


async def test_a_delivery_asks_once_for_its_channel() -> None:
    asked = []

    async def look_up(channel_id: str) -> Channel:
        asked.append(channel_id)
        return Channel(is_shared_outside=False)

    outbound = cast("Outbound", None)
    one = SlackNotifier(lambda _: ChannelRule(), look_up, outbound, trust=60, reaches=everything)
    assert await one.may_notify("C0INC", Need.VIEW, "acme", frozenset()) == MayNotify()
    assert await one.channel("C0INC") == Channel(is_shared_outside=False)
    assert asked == ["C0INC"]
    nobody = SlackNotifier(lambda _: ChannelRule(), unheard, outbound, trust=60, reaches=everything)
    assert await nobody.channel("C0INC") is None


EMEA, NAMES = frozenset({14}), ("EMEA",)
ELSEWHERE = Undeliverable("the channel does not see the job's workspace", only_one=True)


@pytest.mark.parametrize(
    ("reach", "workspaces", "may"),
    [
        (Reach(EMEA, NAMES), frozenset({14}), MayNotify()),
        (Reach(EMEA, NAMES), frozenset({14, 15}), ELSEWHERE),
        (Reach(EMEA, NAMES, whole=False), frozenset({15}), ELSEWHERE),
        (Reach(EMEA, NAMES, whole=False, passing=True), frozenset({14}), MayNotify()),
        (
            Reach(EMEA, NAMES, whole=False, passing=True),
            frozenset({15}),
            TryLater("Adverity does not say which workspaces lie in the channel's"),
        ),
        (Reach(EMEA, NAMES, whole=False, passing=True), None, ELSEWHERE),
        (None, None, MayNotify()),
    ],
)
async def test_a_bound_channel_hears_of_what_it_sees_and_of_the_rest_when_that_is_known(
    reach: Reach | None, workspaces: frozenset[int] | None, may: object
) -> None:
    async def reaches(_: str, instance: str) -> Reach | None:
        assert instance == "acme"
        return reach

    async def look_up(_: str) -> Channel:
        return Channel(is_shared_outside=False)

    rule = ChannelRule(workspaces=(14,))
    one = SlackNotifier(lambda _: rule, look_up, cast("Outbound", None), trust=60, reaches=reaches)
    assert await one.may_notify("C0INC", Need.VIEW, "acme", workspaces) == may
