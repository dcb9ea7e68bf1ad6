"""Links of registered domains: what the bot is told of them, and which previews Slack takes."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, actions, button, client_of, code_of, refusal_of, section

Body = dict[str, Any]
DOMAIN = "acme.datatap.adverity.com"
PAGE = f"https://{DOMAIN}/datastreams/42"
PREVIEW = {"blocks": [section("*Facebook Ads EU*"), actions(button("Details", action_id="show", value="42"))]}


@pytest.fixture
async def linked(clock: Clock) -> AsyncIterator[LocalSlack]:
    """A Slack whose app registered for links of acme's Adverity."""
    async with LocalSlack(now=clock, rates="off", unfurl_domains=["adverity.com", DOMAIN]) as slack:
        yield slack


async def test_links_of_registered_domains_are_told_of(linked: LocalSlack) -> None:
    thread = await linked.posts(linked.ben, "broken?", in_=linked.channel("inc-data"))
    other = "https://other.example/42 https://adverity.com.evil.example"
    words = f"{PAGE}?a=1&b=2, ({PAGE}) https://demo.adverity.com {other}"
    action = await linked.ana.types(words, in_=linked.channel("inc-data"), thread=thread)
    assert action.payload is not None
    event = action.payload["event"]
    assert event["links"] == [
        {"domain": DOMAIN, "url": f"{PAGE}?a=1&amp;b=2"},
        {"domain": DOMAIN, "url": PAGE},
        {"domain": "adverity.com", "url": "https://demo.adverity.com"},
    ]
    message = linked.channel("inc-data").last_message
    assert message is not None
    assert message.text.startswith(f"<{PAGE}?a=1&amp;b=2>, (<{PAGE}>) <https://demo.adverity.com> <https://other.")
    assert (event["type"], event["user"], event["channel"]) == ("link_shared", linked.ana.id, "C0INCDATA1")
    assert (event["message_ts"], event["thread_ts"]) == (message.ts, thread.ts)
    assert (event["source"], event["is_bot_user_member"]) == ("conversations_history", True)
    assert event["unfurl_id"].startswith(f"C0INCDATA1.{message.ts}.")


async def test_where_links_are_told_of_and_where_not(linked: LocalSlack) -> None:
    private = linked.add_channel("secret", members=[linked.ana], is_private=True)
    elsewhere = await linked.ana.types(PAGE, in_=private)
    assert elsewhere.payload is not None
    assert elsewhere.payload["event"]["is_bot_user_member"] is False
    outsider = await linked.olga.types(PAGE, in_=linked.channel("acme-shared"))
    assert outsider.payload is not None
    assert outsider.payload["is_ext_shared_channel"] is True
    both = await linked.ana.types(f"@jobbot {PAGE}", in_=linked.channel("inc-data"))
    assert both.kind == "app_mention"
    linked.scopes.remove("links:read")
    assert (await linked.ana.types(PAGE, in_=private)).payload is None
    async with LocalSlack() as unregistered:
        assert (await unregistered.ana.types(PAGE, in_=unregistered.channel("inc-data"))).payload is None
    async with LocalSlack(grid=True, unfurl_domains=[DOMAIN]) as grid:
        action = await grid.ana.types(PAGE, in_=grid.channel("inc-data"))
        assert action.payload is not None
        assert {"unfurl_id", "source"}.isdisjoint(action.payload["event"])
        assert (await grid.ana.drafts(PAGE, in_=grid.channel("inc-data")))[1].payload is None


async def test_an_edit_tells_of_new_links_and_takes_old_previews_away(linked: LocalSlack) -> None:
    inc, bot = linked.channel("inc-data"), client_of(linked)
    await linked.ana.types(PAGE, in_=inc)
    message = inc.last_message
    assert message is not None
    await bot.chat_unfurl(channel=inc.id, ts=message.ts, unfurls={PAGE: PREVIEW})
    assert (await linked.ana.edits(message, f"see {PAGE}")).payload is None
    assert message.unfurls.keys() == {PAGE}
    second = await linked.ana.edits(message, f"see {PAGE} {PAGE}/jobs")
    assert second.payload is not None
    assert [link["url"] for link in second.payload["event"]["links"]] == [f"{PAGE}/jobs"]
    assert second.payload["event"]["message_ts"] == message.ts
    await bot.chat_unfurl(channel=inc.id, ts=message.ts, unfurls={f"{PAGE}/jobs": PREVIEW})
    await linked.ana.edits(message, f"{PAGE}/jobs")
    assert message.unfurls.keys() == {f"{PAGE}/jobs"}


async def test_a_link_is_unfurled_and_its_preview_can_be_pressed(linked: LocalSlack) -> None:
    inc, bot = linked.channel("inc-data"), client_of(linked)
    told = await linked.ana.types(f"{PAGE}?a=1&b=2", in_=inc)
    message = inc.last_message
    assert told.payload is not None
    assert message is not None
    unfurl_id, text = told.payload["event"]["unfurl_id"], message.text
    await bot.chat_unfurl(
        unfurl_id=unfurl_id, source="conversations_history", unfurls={f"{PAGE}?a=1&b=2": {"text": "…"}}
    )
    await bot.chat_unfurl(channel=inc.id, ts=message.ts, unfurls={f"{PAGE}?a=1&amp;b=2": PREVIEW})
    assert (message.text, message.edited, len(message.unfurls)) == (text, None, 1)
    pressed = await linked.ben.clicks("Details", on=message)
    assert pressed.payload is not None
    container = pressed.payload["container"]
    assert (container["type"], container["is_app_unfurl"], container["app_unfurl_url"]) == (
        "message_attachment", True, f"{PAGE}?a=1&amp;b=2",
    )  # fmt: skip
    assert pressed.payload["app_unfurl"]["blocks"][0]["text"]["text"] == "*Facebook Ads EU*"
    assert pressed.payload["message"]["attachments"] == [pressed.payload["app_unfurl"]]


async def test_a_link_in_the_composer_is_unfurled_before_it_is_posted(linked: LocalSlack) -> None:
    draft, told = await linked.ana.drafts(f"look: {PAGE}", in_=linked.channel("acme-shared"))
    assert told.payload is not None
    event, bot = told.payload["event"], client_of(linked)
    assert (event["channel"], event["source"], "thread_ts" in event) == ("COMPOSER", "composer", False)
    assert event["message_ts"] == event["unfurl_id"]
    assert told.payload["is_ext_shared_channel"] is False
    await bot.chat_unfurl(channel="COMPOSER", ts=event["message_ts"], unfurls={PAGE: PREVIEW})
    await bot.chat_unfurl(unfurl_id=event["unfurl_id"], source="composer", unfurls={PAGE: PREVIEW})
    assert draft.unfurls.keys() == {PAGE}
    assert await code_of(bot.chat_postMessage(channel="COMPOSER", text="x")) == "channel_not_found"


REFUSED: list[tuple[Body, str]] = [
    ({"channel": None}, "missing_channel"),
    ({"ts": None}, "missing_ts"),
    ({"channel": "C0NOWHERE1"}, "cannot_find_channel"),
    ({"ts": "1.000001"}, "cannot_find_message"),
    ({"unfurls": None}, "missing_unfurls"),
    ({"unfurls": "no JSON"}, "invalid_unfurls_format"),
    ({"unfurls": [PREVIEW]}, "invalid_unfurls_format"),
    ({"unfurls": {PAGE: "words"}}, "invalid_unfurls_format"),
    ({"unfurls": {PAGE: {"color": "#123456"}}}, "cannot_parse_attachment"),
    ({"unfurls": {PAGE: {"blocks": [section("x" * 3_001)]}}}, "invalid_blocks"),
    ({"unfurls": {f"{PAGE}/other": PREVIEW}}, "cannot_unfurl_message"),
    ({"unfurls": {"https://other.example/42": PREVIEW}}, "cannot_unfurl_url"),
    ({"unfurl_id": "C0.1"}, "missing_source"),
    ({"source": "composer"}, "missing_unfurl_id"),
    ({"unfurl_id": "C0.1", "source": "elsewhere"}, "invalid_source"),
    ({"unfurl_id": "C0.1", "source": "composer"}, "invalid_unfurl_id"),
]


async def test_what_cannot_be_unfurled(linked: LocalSlack) -> None:
    inc, bot = linked.channel("inc-data"), client_of(linked)
    await linked.ana.types(f"{PAGE} https://other.example/42", in_=inc)
    message = inc.last_message
    assert message is not None
    for changes, code in REFUSED:
        given = {"channel": inc.id, "ts": message.ts, "unfurls": {PAGE: PREVIEW}, **changes}
        sent = {name: value for name, value in given.items() if value is not None}
        assert await code_of(bot.api_call("chat.unfurl", json=sent)) == code
    silent = await linked.posts(linked.ben, PAGE, in_=inc)
    assert await code_of(bot.chat_unfurl(channel=inc.id, ts=silent.ts, unfurls={PAGE: PREVIEW})) == "cannot_unfurl_url"
    linked.deletes(message)
    assert (
        await code_of(bot.chat_unfurl(channel=inc.id, ts=message.ts, unfurls={PAGE: PREVIEW})) == "cannot_find_message"
    )
    linked.scopes.remove("links:write")
    refused = await refusal_of(bot.chat_unfurl(channel=inc.id, ts=message.ts, unfurls={PAGE: PREVIEW}))
    assert (refused["error"], refused["needed"]) == ("missing_scope", "links:write")
    assert message.unfurls == {}
