"""Messages that the bot posts, edits and deletes, and where it may not."""

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, actions, button, code_of, section


async def test_a_message_is_posted_and_seen(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    answer = await bot.chat_postMessage(channel=inc.id, text="3 jobs", blocks=[section(), actions(button())])
    message = inc.last_message
    assert message is not None
    assert (message.ts, message.text, message.user, message.buttons) == (
        answer["ts"], "3 jobs", slack.bot, ["Stop job"]
    )  # fmt: skip
    assert answer["message"]["blocks"] == message.blocks
    assert message in inc.seen_by(slack.gus)
    assert message not in inc.seen_by(slack.olga)


async def test_slack_completes_what_blocks_leave_out(slack: LocalSlack, bot: AsyncWebClient) -> None:
    sent = actions(button(), button())
    await bot.chat_postMessage(channel="C0INCDATA1", text="x", blocks=[sent])
    shown = slack.channel("inc-data").messages[0].blocks[0]
    assert shown["block_id"]
    assert len({element["action_id"] for element in shown["elements"]}) == 2
    assert shown["elements"][0]["text"]["emoji"] is True
    assert "block_id" not in sent


async def test_timestamps_are_of_the_clock_and_never_twice(
    slack: LocalSlack, bot: AsyncWebClient, clock: Clock
) -> None:
    first = (await bot.chat_postMessage(channel="C0INCDATA1", text="x"))["ts"]
    second = (await bot.chat_postMessage(channel="C0INCDATA1", text="x"))["ts"]
    clock.advance(seconds=10)
    third = (await bot.chat_postMessage(channel="C0READONLY", text="x"))["ts"]
    assert first.startswith("1772620925.")
    assert first < second < third
    assert third.startswith("1772620935.")


async def test_an_edit_keeps_what_was_said_before(slack: LocalSlack, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="C0INCDATA1", text="stopping", blocks=[section("a")]))["ts"]
    await bot.chat_update(channel="C0INCDATA1", ts=ts, text="stopped", blocks=[section("b")])
    message = slack.channel("inc-data").messages[0]
    assert (message.text, message.edited is not None) == ("stopped", True)
    assert [version.text for version in message.history] == ["stopping"]


async def test_an_edit_leaves_blocks_that_it_does_not_mention(slack: LocalSlack, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="C0INCDATA1", text="x", blocks=[section("kept")]))["ts"]
    message = slack.channel("inc-data").messages[0]
    await bot.chat_update(channel="C0INCDATA1", ts=ts, text="y")
    assert message.blocks[0]["text"]["text"] == "kept"
    await bot.chat_update(channel="C0INCDATA1", ts=ts, text="z", blocks=[])
    assert message.blocks == []


async def test_a_message_is_deleted(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    ts = (await bot.chat_postMessage(channel=inc.id, text="x"))["ts"]
    await bot.chat_delete(channel=inc.id, ts=ts)
    assert inc.messages[0].deleted
    assert inc.last_message is None
    assert inc.seen_by(slack.ana) == []
    assert await code_of(bot.chat_delete(channel=inc.id, ts=ts)) == "message_not_found"


async def test_only_one_person_sees_an_ephemeral_message(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    answer = await bot.chat_postEphemeral(channel=inc.id, user=slack.ana.id, text="for you")
    [whisper] = inc.whispers(slack.ana)
    assert (whisper.ts, whisper.ephemeral_for) == (answer["message_ts"], slack.ana)
    assert inc.seen_by(slack.ben) == inc.public == []
    for change in (bot.chat_update, bot.chat_delete):
        assert await code_of(change(channel=inc.id, ts=whisper.ts, text="y")) == "message_not_found"


async def test_threads(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    first = await slack.posts(slack.ana, "What is going on?", in_=inc)
    answer = await bot.chat_postMessage(channel=inc.id, text="this", thread_ts=first.ts)
    assert answer["message"]["thread_ts"] == first.ts
    deeper = await bot.chat_postMessage(channel=inc.id, text="that", thread_ts=answer["ts"], reply_broadcast=True)
    assert deeper["message"]["thread_ts"] == first.ts
    assert [message.text for message in inc.thread(first)] == ["What is going on?", "this", "that"]
    assert [message.broadcast for message in inc.thread(first.ts)] == [False, False, True]
    assert [message.is_reply for message in inc.messages] == [False, True, True]
    lost = bot.chat_postMessage(channel=inc.id, text="x", thread_ts="1.000001")
    assert await code_of(lost) == "thread_not_found"


@pytest.mark.parametrize(
    ("channel", "code"),
    [
        ("C0NOWHERE1", "channel_not_found"),
        ("inc-data", "channel_not_found"),
        ("C0RANDOM01", "not_in_channel"),
        ("C0INC2021X", "is_archived"),
        ("C0LEADS001", "ok"),
        ("D0ANA00001", "ok"),
        ("U0ANA00001", "ok"),
        ("U0OLGA0001", "channel_not_found"),
    ],
)
async def test_where_the_bot_may_write(slack: LocalSlack, bot: AsyncWebClient, channel: str, code: str) -> None:
    assert await code_of(bot.chat_postMessage(channel=channel, text="x")) == code


async def test_a_private_channel_without_the_bot_is_not_to_be_found(slack: LocalSlack, bot: AsyncWebClient) -> None:
    secret = slack.add_channel("secret", members=[slack.ana], is_private=True)
    assert await code_of(bot.chat_postMessage(channel=secret.id, text="x")) == "channel_not_found"
    assert await code_of(bot.conversations_info(channel=secret.id)) == "channel_not_found"


async def test_a_direct_message_by_user_id(slack: LocalSlack, bot: AsyncWebClient) -> None:
    await bot.chat_postMessage(channel=slack.ana.id, text="psst")
    last = slack.ana.dm.last_message
    assert last is not None
    assert last.text == "psst"


@pytest.mark.parametrize(
    ("user", "code"),
    [("U0NOBODY01", "user_not_found"), ("U0OLGA0001", "user_not_in_channel"), ("U0LEFT0001", "user_not_in_channel")],
)
async def test_who_can_be_whispered_to(bot: AsyncWebClient, user: str, code: str) -> None:
    assert await code_of(bot.chat_postEphemeral(channel="C0INCDATA1", user=user, text="x")) == code


async def test_the_bot_changes_its_own_messages_only(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    message = await slack.posts(slack.ana, "mine", in_=inc)
    assert await code_of(bot.chat_update(channel=inc.id, ts=message.ts, text="x")) == "cant_update_message"
    assert await code_of(bot.chat_delete(channel=inc.id, ts=message.ts)) == "cant_delete_message"
    assert await code_of(bot.chat_update(channel=inc.id, ts="1.000001", text="x")) == "message_not_found"
    inc.members.remove(slack.bot.id)
    assert await code_of(bot.chat_update(channel=inc.id, ts=message.ts, text="x")) == "not_in_channel"


async def test_a_message_has_an_address(slack: LocalSlack, bot: AsyncWebClient) -> None:
    ts = (await bot.chat_postMessage(channel="C0INCDATA1", text="x"))["ts"]
    answer = await bot.chat_getPermalink(channel="C0INCDATA1", message_ts=ts)
    assert answer["permalink"] == f"https://acme.slack.com/archives/C0INCDATA1/p{ts.replace('.', '')}"
    lost = bot.chat_getPermalink(channel="C0INCDATA1", message_ts="1.000001")
    assert await code_of(lost) == "message_not_found"
    reply = (await bot.chat_postMessage(channel="C0INCDATA1", text="y", thread_ts=ts))["ts"]
    answer = await bot.chat_getPermalink(channel="C0INCDATA1", message_ts=reply)
    in_thread = f"p{reply.replace('.', '')}?thread_ts={ts}&cid=C0INCDATA1"
    assert answer["permalink"] == f"https://acme.slack.com/archives/C0INCDATA1/{in_thread}"


async def test_arguments_that_are_missing_are_named(bot: AsyncWebClient) -> None:
    assert await code_of(bot.api_call("chat.postMessage", params={"text": "x"})) == "invalid_arguments"
    assert await code_of(bot.api_call("chat.update", params={"channel": "C0INCDATA1"})) == "invalid_arguments"
