"""Shortcuts, menus that the bot fills and the Home tab: what the bot is told, and what Slack takes of it."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from jobbot.playground.page.recorder import Recorder
from jobbot.playground.page.redact import Redaction
from jobbot.playground.page.wire import WireLog
from jobbot.playground.slack import LocalSlack, NotPossible, Shortcut
from jobbot.playground.slack.state.views import View
from tests.playground.slack.test_people import keeps
from tests.playground.slack.test_responses import say
from tests.playground.slack.world import (
    Transport,
    actions,
    bolt_app,
    button,
    client_of,
    code_of,
    connected,
    listening,
    modal,
    plain,
    section,
)

Body = dict[str, Any]


def option(words: str, value: str) -> Body:
    return {"text": plain(words), "value": value}


def menu(kind: str = "external_select", label: str = "Datastream", **fields: Any) -> Body:
    element = {"type": kind, "action_id": "menu", **fields}
    return {"type": "input", "block_id": label.lower(), "label": plain(label), "element": element}


async def opened(slack: LocalSlack, *blocks: Body) -> View:
    """A modal with these blocks, opened while Ana looks at #inc-data."""
    action = await slack.ana.uses_shortcut("find_jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    await client_of(slack).views_open(trigger_id=action.payload["trigger_id"], view=modal(*blocks))
    assert slack.ana.modal is not None
    return slack.ana.modal


async def test_a_global_shortcut_says_who_and_nothing_of_the_channel(told: LocalSlack, transport: Transport) -> None:
    app, bodies = bolt_app(told), list[Body]()

    async def find(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        bodies.append(body)
        await client.views_open(trigger_id=body["trigger_id"], view=modal())
        await ack()

    app.global_shortcut("find_jobs")(find)
    async with connected(told, app, transport):
        action = await told.gus.uses_shortcut("Find Adverity jobs", in_=told.channel("inc-data"))
    assert (action.kind, action.outcome, action.trouble) == ("shortcut", "ok", None)
    [body] = bodies
    assert body == action.payload
    assert body.keys() == {
        "type", "token", "action_ts", "team", "user", "callback_id", "trigger_id", "enterprise",
        "is_enterprise_install",
    }  # fmt: skip
    assert (body["callback_id"], body["user"]["id"], body["team"]["id"]) == ("find_jobs", told.gus.id, "T0ACME0001")
    assert told.gus.modal is not None


async def test_a_shortcut_of_a_message_says_which_and_answers_beside_it(told: LocalSlack, transport: Transport) -> None:
    app, bodies = bolt_app(told), list[Body]()

    async def named(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await ack()

    app.message_shortcut("jobs_named_here")(named)
    random = told.channel("random")
    message = await told.posts(told.ben, "987 again?", in_=random)
    async with connected(told, app, transport):
        action = await told.ana.uses_shortcut("jobs_named_here", on=message)
        [body] = bodies
        assert body == action.payload
        assert (body["type"], body["callback_id"], body["message_ts"]) == (
            "message_action",
            "jobs_named_here",
            message.ts,
        )
        assert body["channel"] == {"id": random.id, "name": "random"}
        assert (body["message"]["text"], body["message"]["user"]) == ("987 again?", told.ben.id)
    await say(action, text="three jobs", replace_original=True)
    assert (message.text, [whisper.text for whisper in random.whispers(told.ana)]) == ("987 again?", ["three jobs"])


async def test_who_has_no_shortcut_and_where_there_is_none(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc, shared = slack.channel("inc-data"), slack.channel("acme-shared")
    said = await slack.posts(slack.ana, "987", in_=inc)
    in_shared = await slack.posts(slack.ana, "987", in_=shared)
    await bot.chat_postEphemeral(channel=inc.id, user=slack.ana.id, text="x")
    [whisper] = inc.whispers(slack.ana)
    for person, name, on, why in (
        (slack.ana, "jobs_named_here", None, "no global shortcut"),
        (slack.ana, "find_jobs", said, "no message shortcut"),
        (slack.ana, "jobs_named_here", whisper, "no shortcuts at that message"),
        (slack.olga, "jobs_named_here", said, "no shortcuts"),
        (slack.olga, "jobs_named_here", in_shared, "no shortcuts of @jobbot"),
        (slack.olga, "find_jobs", None, "no shortcuts of @jobbot"),
        (slack.person("robo"), "find_jobs", None, "no shortcuts of @jobbot"),
    ):
        with pytest.raises(NotPossible, match=why):
            await person.uses_shortcut(name, on=on)
    async with LocalSlack(shortcuts=[Shortcut("other", "Other", "global")]) as other:
        assert (await other.ana.uses_shortcut("Other")).trouble == 'Other failed with the error "dispatch_failed"'


async def test_a_menu_is_filled_by_the_bot_and_what_it_offered_is_chosen(
    told: LocalSlack, transport: Transport
) -> None:
    app, bodies = bolt_app(told), list[Body]()

    async def options(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await ack(options=[option("Facebook Ads EU", "42"), option("Facebook Ads US", "43")])

    app.options("menu")(options)
    action = await told.ana.types("/jobs", in_=told.channel("inc-data"))
    assert action.payload is not None
    view = modal(menu(min_query_length=0))
    opened = await client_of(told).views_open(trigger_id=action.payload["trigger_id"], view=view)
    async with connected(told, app, transport):
        searched = await told.ana.searches("face", at="Datastream")
    [body] = bodies
    assert body == searched.payload
    assert {name: body[name] for name in ("type", "value", "action_id", "block_id", "container")} == {
        "type": "block_suggestion", "value": "face", "action_id": "menu", "block_id": "datastream",
        "container": {"type": "view", "view_id": opened["view"]["id"]},
    }  # fmt: skip
    assert body["view"]["state"] == {
        "values": {"datastream": {"menu": {"type": "external_select", "selected_option": None}}}
    }
    assert "trigger_id" not in body
    assert [one["value"] for one in searched.offered] == ["42", "43"]
    with pytest.raises(NotPossible, match="not among the choices: 'Facebook Ads US', 'Facebook Ads EU'"):
        told.ana.fills(datastream="Instagram")
    sent = await told.ana.submits(datastream="Facebook Ads US")
    assert sent.payload is not None
    held = sent.payload["view"]["state"]["values"]["datastream"]["menu"]
    assert held == {"type": "external_select", "selected_option": option("Facebook Ads US", "43")}


async def test_a_menu_of_a_message_is_filled_too_and_in_groups(told: LocalSlack, transport: Transport) -> None:
    app, groups = bolt_app(told), [{"label": plain("Running"), "options": [option("Facebook Ads EU", "42")]}]

    async def options(ack: AsyncAck) -> None:
        await ack(option_groups=groups)

    app.options("menu")(options)
    app.action("menu")(keeps([]))
    inc, element = told.channel("inc-data"), menu(min_query_length=1)["element"]
    message = await told.says_as_bot(inc, "which?", [actions(element)])
    async with connected(told, app, transport):
        searched = await told.ana.searches("f", on=message)
        chosen = await told.ana.chooses("Facebook Ads EU", on=message)
    assert searched.payload is not None
    assert searched.payload["container"]["message_ts"] == searched.payload["message"]["ts"] == message.ts
    assert (searched.payload["channel"]["id"], [one["value"] for one in searched.offered]) == (inc.id, ["42"])
    assert chosen.payload is not None
    assert chosen.payload["actions"][0]["selected_option"] == option("Facebook Ads EU", "42")
    with pytest.raises(NotPossible, match="not among the choices"):
        await told.ben.chooses("Facebook Ads EU", on=message)


USELESS: list[tuple[object, str]] = [
    (None, "must provide an object"),
    ("options", "must provide an object"),
    ({}, "must define either `options` or `option_groups`"),
    ({"options": [], "option_groups": []}, "but not both"),
    ({"options": [option("x" * 76, "1")]}, "must be less than 76 characters [json-pointer:/options/0/text/text]"),
    ({"options": [option("x", "1" * 151)]}, "must be less than 151 characters [json-pointer:/options/0/value]"),
    ({"options": [option("x", str(number)) for number in range(101)]}, "no more than 100 items allowed"),
    ({"options": [{"text": {"type": "mrkdwn", "text": "x"}, "value": "1"}]}, "unsupported type: mrkdwn"),
    ({"option_groups": [{"label": plain("x"), "options": []}]}, "no less than 1 items allowed"),
]


async def test_an_answer_that_is_no_list_of_options_is_refused_and_seen_on_the_wire() -> None:
    wire, answers = WireLog(Redaction()), [answer for answer, _ in USELESS]

    async def receive(request: Request) -> Response:
        answer = answers.pop(0)
        return Response(b"") if answer is None else JSONResponse(answer)

    async with LocalSlack(transport="http") as slack, listening(receive) as url:
        await opened(slack, menu(min_query_length=0))
        slack.subscribe(Recorder(wire).slack)
        slack.delivers_to(url)
        for _, why in USELESS:
            searched = await slack.ana.searches("f")
            assert (searched.outcome, searched.offered) == ("dispatch_unknown_error", ())
            assert searched.trouble == "Options could not be loaded (dispatch_unknown_error)."
            assert searched.refusal is not None
            assert why in str(searched.refusal.fields["errors"])
            newest = wire.shown()[0]
            assert (newest["path"], newest["status"]) == ("block_suggestion", "dispatch_unknown_error")
            assert why in wire.look(newest["n"])[-1]["text"]
    assert len(wire.shown()) == len(USELESS)


async def test_no_options_is_an_answer_and_little_typed_is_no_question(slack: LocalSlack) -> None:
    app = bolt_app(slack)

    async def options(ack: AsyncAck) -> None:
        await ack(options=[])

    app.options("menu")(options)
    await opened(slack, menu())
    async with connected(slack, app, "socket"):
        searched = await slack.ana.searches("fac")
    assert (searched.outcome, searched.offered, searched.trouble) == ("ok", (), None)
    with pytest.raises(NotPossible, match="3 characters have to be typed"):
        await slack.ana.searches("fa")
    with pytest.raises(NotPossible, match="no menu to search in"):
        await slack.ana.searches("fac", at="Channel")


async def test_what_was_chosen_stays_chosen_and_several_come_from_several_searches(slack: LocalSlack) -> None:
    app = bolt_app(slack)

    async def options(ack: AsyncAck, body: Body) -> None:
        await ack(options=[option(f"Number {body['value']}", body["value"])])

    app.options("menu")(options)
    several = menu("multi_external_select", min_query_length=1, initial_options=[option("Number 0", "0")])
    view = await opened(slack, several)
    async with connected(slack, app, "socket"):
        for typed in ("1", "2"):
            await slack.ana.searches(typed)
    slack.ana.fills(datastream=["0", "Number 1", "2"])
    await client_of(slack).views_update(view_id=view.id, view=modal(section(), several))
    held = view.values["datastream"]["menu"]["selected_options"]
    assert [one["value"] for one in held] == ["0", "1", "2"]
    slack.ana.fills(datastream=["2"])
    assert [one["value"] for one in view.values["datastream"]["menu"]["selected_options"]] == ["2"]


CHANNELS: list[tuple[Body, set[str]]] = [
    ({}, {"inc-data", "data-read-only", "random", "acme-shared", "data-leads", "directmessage"}),
    ({"filter": {"include": ["public"]}}, {"inc-data", "data-read-only", "random", "acme-shared"}),
    ({"filter": {"include": ["private"]}}, {"data-leads"}),
    ({"filter": {"exclude_external_shared_channels": True, "exclude_bot_users": True}},
     {"inc-data", "data-read-only", "random", "data-leads"}),
]  # fmt: skip


@pytest.mark.parametrize(("fields", "names"), CHANNELS)
async def test_which_conversations_can_be_chosen(slack: LocalSlack, fields: Body, names: set[str]) -> None:
    view = await opened(slack, menu("conversations_select", "Channel", **fields))
    for channel in slack.world.channels.values():
        if channel.name in names and channel.im_with in (None, slack.ana):
            slack.ana.fills(channel=channel.id)
            assert view.values["channel"]["menu"]["selected_conversation"] == channel.id
        else:
            with pytest.raises(NotPossible, match="not among the choices"):
                slack.ana.fills(channel=channel.id)


async def test_a_guest_sees_the_channels_that_they_are_in(slack: LocalSlack, bot: AsyncWebClient) -> None:
    action = await slack.gus.uses_shortcut("find_jobs")
    assert action.payload is not None
    await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal(menu("channels_select", "Channel")))
    slack.gus.fills(channel="#inc-data")
    with pytest.raises(NotPossible, match="not among the choices: C0INCDATA1, C0READONLY"):
        slack.gus.fills(channel="#random")


async def test_a_menu_begins_with_the_conversation_one_looks_at_and_can_be_answered_there(slack: LocalSlack) -> None:
    fields = {"default_to_current_conversation": True, "response_url_enabled": True}
    view = await opened(slack, menu("conversations_select", "Channel", **fields))
    assert view.values["channel"]["menu"]["selected_conversation"] == "C0INCDATA1"
    sent = await slack.ana.submits(channel="#random")
    assert sent.payload is not None
    [url] = sent.payload["response_urls"]
    assert (url["block_id"], url["action_id"], url["channel_id"]) == ("channel", "menu", "C0RANDOM01")
    assert url["response_url"].startswith(f"{slack.url}/app/")
    private = {**fields, "filter": {"include": ["private"]}}
    view = await opened(slack, menu("conversations_select", "Channel", **private))
    assert view.values["channel"]["menu"]["selected_conversation"] is None


async def test_opening_the_home_tells_what_is_published_there(told: LocalSlack, transport: Transport) -> None:
    app, events = bolt_app(told), list[Body]()

    async def opened_home(event: Body, client: AsyncWebClient) -> None:
        events.append(event)
        home = {"type": "home", "blocks": [section("Hello"), actions(button("Help", action_id="help"))]}
        hash_ = event.get("view", {}).get("hash")
        if event["tab"] == "home":
            await client.views_publish(user_id=event["user"], view=home, hash=hash_)

    app.event("app_home_opened")(opened_home)
    app.action("help")(keeps([]))
    async with connected(told, app, transport):
        for tab in ("home", "home", "messages"):
            assert (await told.gus.opens_home(tab)).is_ok
        home = await told.until(lambda: told.gus.home)
        assert home is not None
        await told.until(lambda: len(events) == 3)
        pressed = await told.gus.clicks("Help", on=home)
    first, second, third = events
    assert (first["user"], first["channel"], first["tab"], "view" in first) == (
        told.gus.id,
        told.gus.dm.id,
        "home",
        False,
    )
    assert (second["view"]["id"], second["view"]["type"]) == (home.id, "home")
    assert (third["tab"], "view" in third) == ("messages", False)
    assert pressed.payload is not None
    assert (pressed.payload["container"], "channel" in pressed.payload) == ({"type": "view", "view_id": home.id}, False)
    with pytest.raises(NotPossible, match="does not see"):
        await told.ana.clicks("Help", on=home)
    with pytest.raises(NotPossible, match="no direct message"):
        await told.olga.opens_home()
    assert told.refused_calls == []


async def test_a_home_that_changed_meanwhile_and_an_app_without_one(slack: LocalSlack, bot: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section()]}
    first = (await bot.views_publish(user_id=slack.ana.id, view=home))["view"]
    await bot.views_publish(user_id=slack.ana.id, view=home, hash=first["hash"])
    assert await code_of(bot.views_publish(user_id=slack.ana.id, view=home, hash=first["hash"])) == "hash_conflict"
    assert await code_of(bot.views_publish(user_id="U0NOBODY", view=home)) == "user_not_found"
    async with LocalSlack(home_tab=False) as without:
        with pytest.raises(NotPossible, match="has no Home tab"):
            await without.ana.opens_home()
        assert await code_of(client_of(without).views_publish(user_id=slack.ana.id, view=home)) == "not_enabled"
