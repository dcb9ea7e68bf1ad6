"""How often each method may be called."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, client_of, code_of


@pytest.mark.parametrize(
    ("method", "args", "at_once", "wait"),
    [
        ("chat.postMessage", {"channel": "C0INCDATA1", "text": "x"}, 10, 1),
        ("chat.update", {"channel": "C0INCDATA1", "ts": "1.000001", "text": "x"}, 50, 2),
        ("conversations.info", {"channel": "C0INCDATA1"}, 50, 2),
        ("users.info", {"user": "U0ANA00001"}, 100, 1),
        ("views.open", {"trigger_id": "1.2.3", "view": "{}"}, 100, 1),
        ("usergroups.users.list", {"usergroup": "S0ONCALL01"}, 20, 3),
    ],
)
async def test_too_many_calls(clock: Clock, method: str, args: dict[str, Any], at_once: int, wait: int) -> None:
    async with LocalSlack(now=clock) as slack:
        bot = client_of(slack)
        codes = [await code_of(bot.api_call(method, params=args)) for _ in range(at_once)]
        assert "ratelimited" not in codes
        with pytest.raises(SlackApiError) as refused:
            await bot.api_call(method, params=args)
        response = refused.value.response
        assert (response["error"], response.status_code, response.headers["Retry-After"]) == (
            "ratelimited", 429, str(wait)
        )  # fmt: skip
        clock.advance(seconds=wait)
        assert await code_of(bot.api_call(method, params=args)) == codes[0]


async def test_each_channel_is_counted_apart(clock: Clock) -> None:
    async with LocalSlack(now=clock) as slack:
        bot = client_of(slack)
        for _ in range(10):
            await bot.chat_postMessage(channel="C0INCDATA1", text="x")
        assert await code_of(bot.chat_postMessage(channel="C0INCDATA1", text="x")) == "ratelimited"
        assert await code_of(bot.chat_postMessage(channel="C0READONLY", text="x")) == "ok"


async def test_counting_can_be_ended(clock: Clock) -> None:
    async with LocalSlack(now=clock) as slack:
        slack.limit_rates(on=False)
        assert {
            await code_of(client_of(slack).chat_postMessage(channel="C0INCDATA1", text="x")) for _ in range(12)
        } == {"ok"}
