"""What goes wrong in Slack on demand, as the bot meets it."""

import asyncio
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import code_of
from tests.support.loopback import loopback_client


async def test_an_error_for_some_calls_of_one_method(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.error("chat.postMessage", "internal_error", times=2)
    codes = [await code_of(bot.chat_postMessage(channel="C0INCDATA1", text="x")) for _ in range(3)]
    assert codes == ["internal_error", "internal_error", "ok"]
    assert len(slack.channel("inc-data").public) == 1
    assert [call.error for call in slack.refused_calls] == ["internal_error"] * 2


async def test_errors_of_everything_until_cleared(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.error("*", "fatal_error")
    assert [await code_of(bot.auth_test()), await code_of(bot.users_info(user="x"))] == ["fatal_error"] * 2
    slack.faults.clear()
    assert await code_of(bot.auth_test()) == "ok"


async def test_faults_of_one_method_are_met_one_after_another(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.error("auth.test", "internal_error", times=1)
    slack.faults.ratelimit("auth.test", 7)
    assert await code_of(bot.auth_test()) == "internal_error"
    with pytest.raises(SlackApiError) as refused:
        await bot.auth_test()
    response = refused.value.response
    assert (response.status_code, response["error"], response.headers["Retry-After"]) == (429, "ratelimited", "7")
    assert await code_of(bot.auth_test()) == "ok"


async def test_a_slow_answer_is_late_and_right(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.slow("auth.test", 0.05, times=1)
    assert (await bot.auth_test())["ok"]
    assert slack.calls[-1].ms >= 49


async def test_clearing_lets_slow_calls_go_on(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.slow("auth.test", 60)
    call = asyncio.create_task(bot.auth_test())
    await bot.api_test()
    assert not call.done()
    slack.faults.clear()
    async with asyncio.timeout(30):
        assert (await call)["ok"]


@pytest.mark.parametrize(("status", "html"), [(500, True), (503, False), (200, True)])
async def test_an_answer_that_is_none_of_the_apis(slack: LocalSlack, status: int, html: bool) -> None:
    slack.faults.broken("auth.test", status, html=html, times=1)
    async with loopback_client(base_url=slack.api_url) as caller:
        answer = await caller.post("auth.test", data={"token": slack.bot_token})
    assert (answer.status_code, answer.text.startswith("<!doctype html>")) == (status, html)
    assert slack.refused_calls[0].error == f"http_{status}"


async def test_the_line_is_cut_after_the_call_took_effect(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.cut("chat.postMessage", times=1)
    with pytest.raises(aiohttp.ClientError):
        await bot.chat_postMessage(channel="C0INCDATA1", text="said")
    last = slack.channel("inc-data").last_message
    assert last is not None
    assert last.text == "said"
    assert await code_of(bot.auth_test()) == "ok"


async def test_an_answer_says_ok_and_nothing_of_what_was_done(slack: LocalSlack, bot: AsyncWebClient) -> None:
    slack.faults.bare("chat.postMessage", times=1)
    answer = await bot.chat_postMessage(channel="C0INCDATA1", text="said")
    assert answer.data == {"ok": True}
    assert len(slack.channel("inc-data").public) == 1
    assert not slack.refused_calls


async def test_response_urls_have_faults_of_their_own(slack: LocalSlack) -> None:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    slack.faults.error("response_url", "internal_error", times=1)
    slack.faults.ratelimit("response_url", 3)
    async with loopback_client() as caller:
        answers: list[Any] = [await caller.post(action.payload["response_url"], json={"text": "x"}) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [400, 429, 200]
    assert answers[1].headers["retry-after"] == "3"
