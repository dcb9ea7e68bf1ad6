"""Response URLs: how often, how long, and what can be done at one."""

from typing import Any

import httpx
import pytest

from jobbot.playground.slack import Action, LocalSlack
from jobbot.playground.slack.delivery.action import Ack
from tests.playground.slack.world import Clock, actions, button, section
from tests.support.loopback import loopback_client


async def say(action: Action, **fields: Any) -> httpx.Response:
    """Answer what somebody did, although their Slack did not reach the bot."""
    assert action.payload is not None
    async with loopback_client() as caller:
        return await caller.post(action.payload["response_url"], json=fields)


async def typed(slack: LocalSlack, channel: str = "inc-data") -> Action:
    return await slack.ana.types("/jobs", in_=slack.channel(channel))


async def test_an_answer_is_for_the_person_alone_unless_it_says_otherwise(slack: LocalSlack) -> None:
    inc, action = slack.channel("inc-data"), await typed(slack)
    answer = await say(action, text="for you")
    assert (answer.status_code, answer.text) == (200, "ok")
    await say(action, text="for all", response_type="in_channel", blocks=[section()])
    assert [message.text for message in inc.whispers(slack.ana) if message.user is slack.bot] == ["for you"]
    assert [message.text for message in inc.public] == ["for all"]


async def test_it_works_where_the_bot_is_no_member(slack: LocalSlack) -> None:
    await say(await typed(slack, "random"), text="hello", response_type="in_channel")
    last = slack.channel("random").last_message
    assert last is not None
    assert last.user is slack.bot


async def test_five_times(slack: LocalSlack) -> None:
    action = await typed(slack)
    assert [(await say(action, text="x")).status_code for _ in range(5)] == [200] * 5
    sixth = await say(action, text="x")
    assert (sixth.status_code, sixth.json()) == (404, {"ok": False, "error": "used_url"})
    assert [call.error for call in slack.calls_of("response_url")] == [None] * 5 + ["used_url"]


async def test_thirty_minutes(slack: LocalSlack, clock: Clock) -> None:
    action = await typed(slack)
    clock.advance(minutes=30)
    assert (await say(action, text="x")).status_code == 200
    clock.advance(seconds=0.001)
    late = await say(action, text="x")
    assert (late.status_code, late.json()["error"]) == (404, "expired_url")


async def test_an_address_that_slack_never_gave(slack: LocalSlack) -> None:
    async with loopback_client(base_url=slack.url) as caller:
        answer = await caller.post("/commands/T0ACME0001/1/2", json={"text": "x"})
    assert (answer.status_code, answer.json()["error"]) == (404, "no_service")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({}, "no_text"),
        ({"text": "x", "blocks": [section("x" * 3_001)]}, "invalid_blocks"),
        ({"text": "x", "blocks": [section("x" * 3_000)] * 5}, "msg_blocks_too_long"),
        ({"text": "x" * 40_001}, "msg_too_long"),
        ({"delete_original": True}, "message_not_found"),
    ],
)
async def test_what_is_refused(slack: LocalSlack, fields: dict[str, Any], code: str) -> None:
    answer = await say(await typed(slack), **fields)
    assert (answer.status_code, answer.json()["error"]) == (400, code)


async def test_what_a_command_whispered_is_replaced_and_taken_back(slack: LocalSlack) -> None:
    inc, action = slack.channel("inc-data"), await typed(slack)
    await say(action, text="Asking ...")
    [note] = [message for message in inc.whispers(slack.ana) if message.user is slack.bot]
    await say(action, text="Still asking ...", replace_original=True)
    assert (note.text, [version.text for version in note.history]) == ("Still asking ...", ["Asking ..."])
    await say(action, delete_original=True)
    assert note.deleted


async def clicked(slack: LocalSlack, *, whispered: bool) -> Action:
    inc = slack.channel("inc-data")
    blocks = [actions(button())]
    if whispered:
        await say(await typed(slack), text="list", blocks=blocks)
        message = next(one for one in inc.whispers(slack.ana) if one.user is slack.bot)
    else:
        message = await slack.says_as_bot(inc, "list", blocks)
    return await slack.ana.clicks("Stop job", on=message)


@pytest.mark.parametrize("whispered", [False, True])
async def test_after_a_click_the_original_is_the_message(slack: LocalSlack, whispered: bool) -> None:
    action = await clicked(slack, whispered=whispered)
    inc = slack.channel("inc-data")
    [message] = [one for one in inc.messages if one.text == "list"]
    await say(action, text="list 2", replace_original=True)
    assert message.text == "list 2"
    await say(action, text="beside it")
    assert message.text == "list 2"
    assert inc.messages[-1].text == "beside it"
    await say(action, delete_original=True)
    assert message.deleted
    assert not inc.messages[-1].deleted


async def test_an_answer_may_go_into_a_thread(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    first = await slack.posts(slack.ana, "What is going on?", in_=inc)
    await say(await typed(slack), text="this", response_type="in_channel", thread_ts=first.ts)
    assert [message.text for message in inc.thread(first)] == ["What is going on?", "this"]


async def test_the_older_form_with_a_payload(slack: LocalSlack) -> None:
    action = await typed(slack)
    assert action.payload is not None
    async with loopback_client() as caller:
        answer = await caller.post(action.payload["response_url"], data={"payload": '{"text": "x"}'})
    assert answer.status_code == 200
    assert slack.channel("inc-data").whispers(slack.ana)[-1].text == "x"


async def test_without_a_bot_a_command_fails_and_slackbot_says_so(slack: LocalSlack) -> None:
    action = await typed(slack)
    assert (action.outcome, action.attempts) == ("dispatch_failed", [Ack(seconds=0.0, failure="dispatch_failed")])
    [told] = slack.channel("inc-data").whispers(slack.ana)
    assert (told.user.name, told.text) == ("slackbot", '/jobs failed with the error "dispatch_failed"')
    assert action.trouble == told.text
