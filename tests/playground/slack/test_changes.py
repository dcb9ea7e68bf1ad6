"""Being told of what happens, and waiting for it."""

import asyncio

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import ApiCall, Change, LocalSlack, Message
from tests.playground.slack.world import client_of, modal


async def test_everything_that_happens_is_told_in_its_order(slack: LocalSlack, bot: AsyncWebClient) -> None:
    told: list[Change] = []
    unsubscribe = slack.subscribe(told.append)
    ts = (await bot.chat_postMessage(channel="C0INCDATA1", text="x"))["ts"]
    await bot.chat_update(channel="C0INCDATA1", ts=ts, text="y")
    await bot.chat_delete(channel="C0INCDATA1", ts=ts)
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    view = (await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal()))["view"]
    await bot.views_update(view_id=view["id"], view=modal())
    await slack.ana.closes()
    kinds = [change.kind for change in told if change.kind != "api_call"]
    assert kinds == [
        "message_posted", "message_edited", "message_deleted", "delivery", "message_posted",
        "view_opened", "view_updated", "view_closed",
    ]  # fmt: skip
    calls = [change.subject for change in told if isinstance(change.subject, ApiCall)]
    assert [call.method for call in calls] == [
        "chat.postMessage", "chat.update", "chat.delete", "views.open", "views.update"
    ]  # fmt: skip
    assert isinstance(told[0].subject, Message)
    unsubscribe()
    await bot.chat_postMessage(channel="C0INCDATA1", text="x")
    assert told[-1].kind == "view_closed"


async def test_waiting_for_something(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    waiting = asyncio.create_task(slack.until(lambda: inc.last_message))
    await client_of(slack).chat_postMessage(channel=inc.id, text="here")
    found = await waiting
    assert found is not None
    assert found.text == "here"
    assert await slack.until(lambda: 42) == 42


async def test_waiting_has_a_bound(slack: LocalSlack) -> None:
    with pytest.raises(TimeoutError):
        await slack.until(lambda: False, seconds=0.01)


async def test_leaving_and_coming_back_keeps_port_and_world() -> None:
    slack = LocalSlack()
    async with slack:
        url = slack.url
        await client_of(slack).chat_postMessage(channel="C0INCDATA1", text="x")
    async with slack:
        assert slack.url == url
        assert (await client_of(slack).auth_test())["ok"]
        assert slack.channel("inc-data").last_message is not None


async def test_the_same_seed_makes_the_same_secrets() -> None:
    one, same, other = LocalSlack(seed=1), LocalSlack(seed=1), LocalSlack(seed=2)
    assert (one.bot_token, one.app_token, one.signing_secret) == (same.bot_token, same.app_token, same.signing_secret)
    assert one.bot_token != other.bot_token
