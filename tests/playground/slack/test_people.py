"""What people do, and what becomes of it on their screens, over either transport."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond, AsyncSay
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack, NotPossible
from tests.playground.slack.world import (
    Transport,
    actions,
    bolt_app,
    button,
    client_of,
    connected,
    field,
    modal,
    plain,
    section,
)

Body = dict[str, Any]


@pytest.fixture
def app(told: LocalSlack) -> AsyncApp:
    return bolt_app(told)


def keeps(bodies: list[Body], answer: Any = None) -> Any:
    """A listener that acknowledges with ``answer`` and keeps what it was told."""

    async def listener(ack: AsyncAck, body: Body) -> None:
        bodies.append(body)
        await (ack() if answer is None else ack(**answer) if isinstance(answer, dict) else ack(answer))

    return listener


async def test_a_command(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    bodies: list[Body] = []
    app.command("/jobs")(keeps(bodies))
    async with connected(told, app, transport):
        action = await told.ben.types("/jobs  failed   yesterday ", in_=told.channel("random"))
    assert (action.outcome, action.status, action.trouble) == ("ok", 200, None)
    [body] = bodies
    assert body == action.payload
    assert {name: body[name] for name in ("command", "text", "user_id", "user_name", "team_id", "channel_name")} == {
        "command": "/jobs", "text": "failed   yesterday", "user_id": told.ben.id, "user_name": "ben",
        "team_id": "T0ACME0001", "channel_name": "random",
    }  # fmt: skip
    assert body["response_url"].startswith(f"{told.url}/commands/T0ACME0001/")
    assert "enterprise_id" not in body


@pytest.mark.parametrize(
    ("answer", "seen_by_all"),
    [("hello", False), ({"text": "hello"}, False), ({"text": "hello", "response_type": "in_channel"}, True)],
)
async def test_a_command_is_answered_at_once(
    told: LocalSlack, app: AsyncApp, transport: Transport, answer: object, seen_by_all: bool
) -> None:
    app.command("/jobs")(keeps([], answer))
    inc = told.channel("inc-data")
    async with connected(told, app, transport):
        action = await told.ana.types("/jobs", in_=inc)
    assert action.is_ok
    [message] = inc.seen_by(told.ana)
    assert (message.text, message.user, message in inc.public) == ("hello", told.bot, seen_by_all)


async def test_an_answer_that_slack_cannot_use(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    app.command("/jobs")(keeps([], {"text": "x", "blocks": [section("x" * 3_001)]}))
    async with connected(told, app, transport):
        action = await told.ana.types("/jobs", in_=told.channel("inc-data"))
    assert action.outcome == "dispatch_unknown_error"
    assert action.refusal is not None
    assert action.refusal.code == "invalid_blocks"
    assert action.trouble == '/jobs failed with the error "dispatch_unknown_error"'


async def test_who_has_no_command_and_where_there_is_none(slack: LocalSlack) -> None:
    inc, shared = slack.channel("inc-data"), slack.channel("acme-shared")
    first = await slack.posts(slack.ana, "x", in_=inc)
    for person, words, channel, thread, why in (
        (slack.olga, "/jobs", shared, None, "not a valid command"),
        (slack.ana, "/other", inc, None, "not a valid command"),
        (slack.ana, "/jobs", inc, first, "not supported in threads"),
        (slack.olga, "/jobs", inc, None, "is not in #inc-data"),
        (slack.person("lena"), "/jobs", slack.channel("random"), None, "is not in"),
        (slack.ana, "/jobs", slack.channel("inc-2021"), None, "is archived"),
        (slack.ana, "hello", inc, "1.000001", "no such thread"),
    ):
        with pytest.raises(NotPossible, match=why):
            await person.types(words, in_=channel, thread=thread)
    assert slack.calls == ()


async def test_names_in_commands_become_links_where_the_app_wants_it() -> None:
    async with LocalSlack() as escaping, LocalSlack(escapes_commands=False) as plainly:
        for slack, words in ((escaping, "<@U0ANA00001> in <#C0INCDATA1|inc-data>"), (plainly, "@ana in #inc-data")):
            action = await slack.ben.types("/jobs @ana in #inc-data", in_=slack.channel("inc-data"))
            assert action.payload is not None
            assert action.payload["text"] == words


async def test_a_click_on_a_message(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    bodies: list[Body] = []
    app.action("stop")(keeps(bodies))
    shared = told.channel("acme-shared")
    first = await told.posts(told.ana, "x", in_=shared)
    stop = button(action_id="stop", value="987", style="danger")
    row = actions(stop, button("Details", action_id="show"), block_id="row")
    async with connected(told, app, transport):
        answer = await client_of(told).chat_postMessage(channel=shared.id, text="987", blocks=[row], thread_ts=first.ts)
        message = shared.find(answer["ts"])
        action = await told.olga.clicks("Stop job", on=message)
    assert action.is_ok
    [body] = bodies
    assert body["type"] == "block_actions"
    assert body["team"] == {"id": "T0ACME0001", "domain": "acme"}
    assert body["user"] == {"id": told.olga.id, "username": "olga", "name": "olga", "team_id": "T0GLOBEX01"}
    assert body["container"] == {
        "type": "message", "message_ts": answer["ts"], "channel_id": shared.id, "is_ephemeral": False,
        "thread_ts": first.ts,
    }  # fmt: skip
    assert body["channel"] == {"id": shared.id, "name": "acme-shared"}
    assert body["message"] == answer["message"]
    assert body["response_url"].startswith(f"{told.url}/actions/")
    [pressed] = body["actions"]
    assert {name: pressed[name] for name in ("action_id", "block_id", "type", "value", "style")} == {
        "action_id": "stop", "block_id": "row", "type": "button", "value": "987", "style": "danger"
    }  # fmt: skip
    assert pressed["text"] == {**plain("Stop job"), "emoji": True}
    assert float(pressed["action_ts"]) > float(answer["ts"])


async def test_of_an_ephemeral_message_the_click_says_less(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc = slack.channel("inc-data")
    await bot.chat_postEphemeral(channel=inc.id, user=slack.ana.id, text="x", blocks=[actions(button())])
    [whisper] = inc.whispers(slack.ana)
    action = await slack.ana.clicks("Stop job", on=whisper)
    assert action.payload is not None
    assert action.payload["container"]["is_ephemeral"] is True
    assert "message" not in action.payload
    with pytest.raises(NotPossible, match="does not see"):
        await slack.ben.clicks("Stop job", on=whisper)


async def test_finding_a_button(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    row = actions(button(value="1"), button("Details", action_id="show"))
    message = await slack.says_as_bot(inc, "x", [row, actions(button(value="2"))])
    for name, nth, value in (("Stop job", 0, "1"), ("Stop job", 1, "2"), ("Stop job", -1, "2"), ("show", 0, None)):
        action = await slack.ana.clicks(name, on=message, nth=nth)
        assert action.payload is not None
        assert action.payload["actions"][0].get("value") == value
    assert message.buttons == ["Stop job", "Details", "Stop job"]
    for name, nth in (("Stop", 0), ("Stop job", 2)):
        with pytest.raises(NotPossible, match=r"there is \[Stop job\], \[Details\], \[Stop job\]"):
            await slack.ana.clicks(name, on=message, nth=nth)
    with pytest.raises(NotPossible, match="no modal open"):
        await slack.ana.clicks("Stop job")
    message.deleted = True
    with pytest.raises(NotPossible, match="does not see"):
        await slack.ana.clicks("Stop job", on=message)


async def test_a_button_that_asks_back(slack: LocalSlack) -> None:
    words = {name: plain("x") for name in ("title", "text", "confirm", "deny")}
    message = await slack.says_as_bot(slack.channel("inc-data"), "x", [actions(button(confirm=words))])
    declined = await slack.ana.clicks("Stop job", on=message, confirms=False)
    assert (declined.outcome, declined.payload) == ("not_sent", None)
    assert (await slack.ana.clicks("Stop job", on=message)).payload is not None


CHOOSERS: list[tuple[Body, object, Body]] = [
    ({"type": "overflow"}, "Two", {"selected_option": "two"}),
    ({"type": "static_select"}, "two", {"selected_option": "two"}),
    ({"type": "radio_buttons"}, "One", {"selected_option": "one"}),
    ({"type": "checkboxes"}, ["One", "Two"], {"selected_options": ["one", "two"]}),
    ({"type": "datepicker"}, "2026-03-04", {"selected_date": "2026-03-04"}),
    ({"type": "timepicker"}, "10:42", {"selected_time": "10:42"}),
    ({"type": "users_select"}, "U0BEN00001", {"selected_user": "U0BEN00001"}),
    ({"type": "conversations_select"}, "C0INCDATA1", {"selected_conversation": "C0INCDATA1"}),
]


@pytest.mark.parametrize(("element", "chosen", "said"), CHOOSERS)
async def test_choosing(slack: LocalSlack, element: Body, chosen: object, said: Body) -> None:
    options = [{"text": plain("One"), "value": "one"}, {"text": plain("Two"), "value": "two"}]
    if element["type"] in {"overflow", "static_select", "radio_buttons", "checkboxes"}:
        element = {**element, "options": options}
    message = await slack.says_as_bot(slack.channel("inc-data"), "x", [actions(button(), element)])
    action = await slack.ana.chooses(chosen, on=message)
    assert action.payload is not None
    [told] = action.payload["actions"]
    [(name, wanted)] = said.items()
    assert _values(told[name]) == wanted
    assert told["type"] == element["type"]


def _values(held: Any) -> Any:
    """What was chosen; of options their values."""
    if isinstance(held, list):
        return [_values(one) for one in held]
    return held["value"] if isinstance(held, dict) else held


async def test_choosing_what_is_not_there(slack: LocalSlack) -> None:
    menu = {"type": "overflow", "action_id": "more", "options": [{"text": plain("One"), "value": "one"}]}
    message = await slack.says_as_bot(slack.channel("inc-data"), "x", [actions(menu)])
    with pytest.raises(NotPossible, match="'Two' is not among the choices: 'One'"):
        await slack.ana.chooses("Two", on=message)
    with pytest.raises(NotPossible, match="nothing to choose from called 'less'"):
        await slack.ana.chooses("One", at="less", on=message)


@pytest.fixture
async def asked(told: LocalSlack, app: AsyncApp) -> list[Body]:
    """A command opens a modal; what is submitted is kept here, by the listeners that tests add."""

    async def opens(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        view = modal(field(), section(), private_metadata="m", notify_on_close=True, close=plain("Keep running"))
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.command("/jobs")(opens)
    return []


async def test_a_modal_is_submitted(told: LocalSlack, app: AsyncApp, transport: Transport, asked: list[Body]) -> None:
    app.view("asked")(keeps(asked))
    async with connected(told, app, transport):
        await told.ana.types("/jobs stop 987", in_=told.channel("inc-data"))
        view = told.ana.modal
        assert view is not None
        action = await told.ana.submits(reason="runaway fetch")
    assert (action.outcome, told.ana.modal) == ("ok", None)
    [body] = asked
    assert (body["type"], body["team"]["id"], body["user"]["id"]) == ("view_submission", "T0ACME0001", told.ana.id)
    assert (body["view"]["id"], body["view"]["private_metadata"], body["view"]["callback_id"]) == (
        view.id,
        "m",
        "asked",
    )
    assert body["view"]["state"]["values"] == {
        "why": {"reason": {"type": "plain_text_input", "value": "runaway fetch"}}
    }
    assert body["view"]["app_installed_team_id"] == "T0ACME0001"


@pytest.mark.parametrize("name", ["reason", "why", "Reason", "rea"])
async def test_a_field_by_any_of_its_names(slack: LocalSlack, bot: AsyncWebClient, name: str) -> None:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal(field("Reason (seen by all)")))
    slack.ana.fills({name: "x"})
    assert slack.ana.modal is not None
    assert slack.ana.modal.values["why"]["reason"]["value"] == "x"
    with pytest.raises(NotPossible, match=r"no one field called 'job'; the fields are 'Reason \(seen by all\)'"):
        slack.ana.fills(job="987")


ANSWERS: list[tuple[Body, str]] = [
    ({"response_action": "errors", "errors": {"why": "Too short"}}, "errors"),
    ({"response_action": "update", "view": modal(title=plain("Stopping"))}, "Stopping"),
    ({"response_action": "push", "view": modal(title=plain("Sure?"))}, "Sure?"),
    ({"response_action": "clear"}, "closed"),
]


@pytest.mark.parametrize(("answer", "then"), ANSWERS, ids=[then for _, then in ANSWERS])
async def test_what_a_submission_is_answered(
    told: LocalSlack, app: AsyncApp, *, transport: Transport, asked: list[Body], answer: Body, then: str
) -> None:
    app.view("asked")(keeps(asked, answer))
    async with connected(told, app, transport):
        await told.ana.types("/jobs", in_=told.channel("inc-data"))
        action = await told.ana.submits(reason="x")
    assert action.is_ok
    assert action.body == answer
    view = told.ana.modal
    if then == "closed":
        assert view is None
    elif then == "errors":
        assert view is not None
        assert (view.title, view.errors) == ("Stop job 987?", {"why": "Too short"})
    else:
        assert view is not None
        assert view.title == then


@pytest.mark.parametrize(
    "answer",
    [
        {"response_action": "errors", "errors": {"nowhere": "x"}},
        {"response_action": "update", "view": {"type": "modal"}},
        {"response_action": "dance"},
        {"text": "x"},
    ],
)
async def test_an_answer_that_is_none_to_a_submission(
    told: LocalSlack, app: AsyncApp, transport: Transport, asked: list[Body], answer: Body
) -> None:
    app.view("asked")(keeps(asked, answer))
    async with connected(told, app, transport):
        await told.ana.types("/jobs", in_=told.channel("inc-data"))
        action = await told.ana.submits(reason="x")
    assert action.outcome == "dispatch_unknown_error"
    view = told.ana.modal
    assert view is not None
    assert view.trouble == action.trouble == "We had some trouble connecting. Try again?"


async def test_what_slacks_client_itself_refuses(slack: LocalSlack, bot: AsyncWebClient) -> None:
    async def asks(view: Body) -> None:
        action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
        assert action.payload is not None
        await bot.views_open(trigger_id=action.payload["trigger_id"], view=view)

    with pytest.raises(NotPossible, match="no modal open"):
        await slack.ana.submits()
    await asks(modal(field(min_length=2, max_length=5)))
    for words, why in (("", "complete this required field"), ("x", "wants 2 characters"), ("x" * 6, "takes 5")):
        with pytest.raises(NotPossible, match=why):
            await slack.ana.submits(reason=words)
    assert slack.ana.modal is not None
    assert slack.ana.modal.errors == {"why": "Please complete this required field."}
    await asks({name: part for name, part in modal().items() if name != "submit"})
    with pytest.raises(NotPossible, match="no submit button"):
        await slack.ana.submits()
    await asks(modal({**field(), "optional": True}))
    assert (await slack.ana.submits()).payload is not None


async def test_an_outsiders_submission_is_of_their_team(slack: LocalSlack, bot: AsyncWebClient) -> None:
    shared = slack.channel("acme-shared")
    message = await slack.says_as_bot(shared, "x", [actions(button())])
    click = await slack.olga.clicks("Stop job", on=message)
    assert click.payload is not None
    await bot.views_open(trigger_id=click.payload["trigger_id"], view=modal())
    submission = await slack.olga.submits()
    assert submission.payload is not None
    assert submission.payload["team"] == {"id": "T0GLOBEX01", "domain": "globex"}
    assert submission.payload["user"]["team_id"] == "T0GLOBEX01"
    assert submission.payload["view"]["app_installed_team_id"] == "T0ACME0001"


async def test_somebody_elses_modal_can_be_forged(slack: LocalSlack, bot: AsyncWebClient) -> None:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal(field()))
    assert slack.ana.modal is not None
    forged = await slack.submits_as(slack.olga, slack.ana.modal, reason="x")
    assert forged.payload is not None
    assert forged.payload["user"]["id"] == slack.olga.id


async def test_closing_is_told_where_it_was_asked_for(
    told: LocalSlack, app: AsyncApp, transport: Transport, asked: list[Body]
) -> None:
    app.view_closed("asked")(keeps(asked))
    async with connected(told, app, transport):
        await told.ana.types("/jobs", in_=told.channel("inc-data"))
        action = await told.ana.closes()
        assert (action.outcome, told.ana.modal) == ("ok", None)
        assert (asked[0]["type"], asked[0]["is_cleared"]) == ("view_closed", False)


async def test_closing_is_not_told_otherwise(slack: LocalSlack, bot: AsyncWebClient) -> None:
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal())
    assert (await slack.ana.closes()).outcome == "not_sent"


async def test_a_button_and_a_field_in_a_modal(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    bodies: list[Body] = []
    day = {"type": "datepicker", "action_id": "day"}
    view = modal(
        actions(button("Refresh", action_id="refresh")),
        {"type": "input", "block_id": "when", "dispatch_action": True, "label": plain("Day"), "element": day},
        {"type": "input", "block_id": "then", "label": plain("Other day"), "element": {**day, "action_id": "other"}},
    )

    async def opens(ack: AsyncAck, body: Body, client: AsyncWebClient) -> None:
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=view)

    app.command("/jobs")(opens)
    app.action("refresh")(keeps(bodies))
    app.action("day")(keeps(bodies))
    async with connected(told, app, transport):
        await told.ana.types("/jobs", in_=told.channel("inc-data"))
        await told.ana.chooses("2026-03-04", at="day")
        quiet = await told.ana.chooses("2026-03-05", at="other")
        await told.ana.clicks("Refresh")
    chosen, refreshed = bodies
    assert chosen["actions"][0]["selected_date"] == "2026-03-04"
    assert quiet.outcome == "not_sent"
    assert "channel" not in refreshed
    assert "response_url" not in refreshed
    assert refreshed["container"]["view_id"] == refreshed["view"]["id"]
    values = refreshed["view"]["state"]["values"]
    assert (values["when"]["day"]["selected_date"], values["then"]["other"]["selected_date"]) == (
        "2026-03-04", "2026-03-05"
    )  # fmt: skip


async def test_a_mention(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    bodies: list[Body] = []

    async def mentioned(body: Body, say: AsyncSay) -> None:
        bodies.append(body)
        await say("here", thread_ts=body["event"]["ts"])

    app.event("app_mention")(mentioned)
    inc = told.channel("inc-data")
    async with connected(told, app, transport):
        action = await told.ana.mentions("@jobbot failed <yesterday> & @ben", in_=inc)
        await told.until(lambda: inc.last_message and inc.last_message.text == "here")
    assert (action.kind, action.outcome) == ("app_mention", "ok")
    [body] = bodies
    event = body["event"]
    asked = inc.messages[0]
    assert (event["type"], event["text"], event["user"], event["ts"], event["channel"], event["team"]) == (
        "app_mention", f"<@{told.bot.id}> failed &lt;yesterday&gt; &amp; <@{told.ben.id}>", told.ana.id, asked.ts,
        inc.id, "T0ACME0001",
    )  # fmt: skip
    [block] = event["blocks"]
    assert block["elements"][0]["elements"][:2] == [
        {"type": "user", "user_id": told.bot.id},
        {"type": "text", "text": " failed <yesterday> & "},
    ]
    assert body["type"] == "event_callback"
    assert body["event_id"].startswith("Ev")
    assert body["event_time"] == int(float(asked.ts))
    assert body["authorizations"][0]["user_id"] == told.bot.id
    assert "thread_ts" not in event
    assert "user_team" not in event


async def test_a_mention_in_a_thread_of_a_shared_channel(slack: LocalSlack) -> None:
    shared = slack.channel("acme-shared")
    first = await slack.posts(slack.ana, "x", in_=shared)
    action = await slack.olga.mentions("@jobbot failed", in_=shared, thread=first)
    assert action.payload is not None
    event = action.payload["event"]
    assert (event["thread_ts"], event["team"], event["user_team"], event["source_team"]) == (
        first.ts, "T0GLOBEX01", "T0GLOBEX01", "T0GLOBEX01"
    )  # fmt: skip
    assert event["user_profile"]["team"] == "T0GLOBEX01"
    assert action.payload["is_ext_shared_channel"] is True
    assert action.payload["team_id"] == "T0ACME0001"


async def test_the_least_that_an_event_says(slack: LocalSlack) -> None:
    action = await slack.ana.mentions("@jobbot help", in_=slack.channel("inc-data"), shape="bare")
    assert action.payload is not None
    assert action.payload["event"].keys() == {"type", "user", "text", "ts", "channel", "event_ts"}


async def test_a_reply_that_is_sent_to_the_channel_as_well(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    first = await slack.posts(slack.ana, "What is going on?", in_=inc)
    action = await slack.ben.mentions("@jobbot failed", in_=inc, thread=first, broadcast=True)
    assert action.payload is not None
    event = action.payload["event"]
    assert (event["type"], event["subtype"], event["thread_ts"]) == ("app_mention", "thread_broadcast", first.ts)
    assert event["root"]["ts"] == first.ts
    bare = await slack.ben.mentions("@jobbot", in_=inc, thread=first, broadcast=True, shape="bare")
    assert bare.payload is not None
    assert bare.payload["event"].keys() == {
        "type", "user", "text", "ts", "channel", "event_ts", "subtype", "thread_ts"
    }  # fmt: skip
    with pytest.raises(NotPossible, match="only a reply"):
        await slack.ben.types("hello", in_=inc, broadcast=True)


async def test_what_is_said_with_me(slack: LocalSlack) -> None:
    action = await slack.ana.types("/me asks @jobbot", in_=slack.channel("inc-data"))
    assert action.payload is not None
    event = action.payload["event"]
    assert (event["subtype"], event["text"]) == ("me_message", f"asks <@{slack.bot.id}>")


async def test_a_message_that_is_edited(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    message = await slack.posts(slack.ana, "failed", in_=inc)
    told: list[Body] = []
    for words in ("what failed & why", "@jobbot failed", "@jobbot failed yesterday", "never mind"):
        action = await slack.ana.edits(message, words)
        told += [action.payload] if action.payload is not None else []
    assert [body["event"]["text"] for body in told] == [
        f"<@{slack.bot.id}> failed", f"<@{slack.bot.id}> failed yesterday"
    ]  # fmt: skip
    assert {(body["event"]["type"], body["event"]["ts"]) for body in told} == {("app_mention", message.ts)}
    assert {body["event"]["edited"]["user"] for body in told} == {slack.ana.id}
    assert len({body["event"]["edited"]["ts"] for body in told}) == len({body["event_id"] for body in told}) == 2
    assert [version.text for version in message.history][1] == "what failed &amp; why"
    with pytest.raises(NotPossible, match="cannot edit"):
        await slack.ben.edits(message, "mine")


async def test_a_guest_of_a_single_channel(slack: LocalSlack, bot: AsyncWebClient) -> None:
    inc, read_only = slack.channel("inc-data"), slack.channel("data-read-only")
    eve = slack.add_person("eve", is_ultra_restricted=True, in_=[inc])
    user = (await bot.users_info(user=eve.id))["user"]
    assert (user["is_restricted"], user["is_ultra_restricted"]) == (True, True)
    gus = (await bot.users_info(user=slack.gus.id))["user"]
    assert (gus["is_restricted"], gus["is_ultra_restricted"]) == (True, False)
    with pytest.raises(ValueError, match="in one channel"):
        slack.add_person("eva", is_ultra_restricted=True, in_=[inc, read_only])


async def test_names_that_are_typed(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    for words, sent in (
        ("@ana @data-oncall look at #inc-data", "<@U0ANA00001> <!subteam^S0ONCALL01> look at <#C0INCDATA1|inc-data>"),
        ("@nobody #nowhere a@ana.com", "@nobody #nowhere a@ana.com"),
        ("<@U0ANA00001> &", "&lt;@U0ANA00001&gt; &amp;"),
    ):
        message = await slack.posts(slack.ben, words, in_=inc)
        assert message.text == sent


async def test_every_kind_of_field_can_be_filled(slack: LocalSlack, bot: AsyncWebClient) -> None:
    options = [{"text": plain("One"), "value": "one"}, {"text": plain("Two"), "value": "two"}]
    grouped = [{"label": plain("Numbers"), "options": options}]
    elements: list[tuple[str, Body, object, Body]] = [
        ("Who", {"type": "multi_users_select"}, ["U0ANA00001"], {"selected_users": ["U0ANA00001"]}),
        ("When", {"type": "timepicker", "initial_time": "10:42"}, "11:00", {"selected_time": "11:00"}),
        ("Which", {"type": "static_select", "option_groups": grouped}, "Two", {"selected_option": options[1]}),
        ("Many", {"type": "multi_static_select", "options": options}, "One", {"selected_options": options[:1]}),
        ("How many", {"type": "number_input", "is_decimal_allowed": False}, 3, {"value": "3"}),
    ]
    fields = [
        {"type": "input", "block_id": label, "label": plain(label), "element": {**element, "action_id": "a"}}
        for label, element, _, _ in elements
    ]
    action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    await bot.views_open(trigger_id=action.payload["trigger_id"], view=modal(*fields))
    submission = await slack.ana.submits({label: given for label, _, given, _ in elements})
    assert submission.payload is not None
    values = submission.payload["view"]["state"]["values"]
    for label, element, _, held in elements:
        assert {name: _plainly(part) for name, part in values[label]["a"].items()} == {"type": element["type"], **held}


def _plainly(part: Any) -> Any:
    """Without what Slack adds to text."""
    if isinstance(part, list):
        return [_plainly(one) for one in part]
    if isinstance(part, dict):
        return {name: _plainly(inner) for name, inner in part.items() if name != "emoji"}
    return part


async def test_closing_may_close_everything(slack: LocalSlack, bot: AsyncWebClient) -> None:
    for open_, view in ((bot.views_open, modal()), (bot.views_push, modal(clear_on_close=True))):
        action = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
        assert action.payload is not None
        await open_(trigger_id=action.payload["trigger_id"], view=view)
    await slack.ana.closes()
    assert slack.ana.modal is None


async def test_a_modal_that_was_closed_meanwhile_stays_closed(
    told: LocalSlack, app: AsyncApp, transport: Transport, asked: list[Body]
) -> None:
    async def slowly(ack: AsyncAck, body: Body) -> None:
        asked.append(body)
        if body["type"] == "view_submission":
            await told.ana.closes()
        await ack(response_action="errors", errors={"why": "Too short"})

    app.view_submission("asked")(slowly)
    app.view_closed("asked")(keeps(asked))
    async with connected(told, app, transport):
        await told.ana.types("/jobs", in_=told.channel("inc-data"))
        await told.ana.submits(reason="x")
    assert told.ana.modal is None


async def test_whose_mention_nobody_is_told_of(slack: LocalSlack) -> None:
    inc = slack.channel("inc-data")
    assert (await slack.ana.types("hello @ben", in_=inc)).payload is None
    assert (await slack.ana.types("@jobbot hi", in_=slack.channel("random"))).payload is None
    assert (await slack.ana.types("@jobbot hi", in_=slack.ana.dm)).payload is None
    assert (await slack.ana.types("@jobbot hi", in_=inc)).payload is not None
    with pytest.raises(NotPossible, match="not mentioned"):
        await slack.ana.mentions("hello", in_=inc)
    robots = await slack.person("robo").mentions("@jobbot hi", in_=inc)
    assert robots.payload is not None
    assert robots.payload["event"]["bot_id"] == "B0ROBO0001"
    slack.scopes.remove("app_mentions:read")
    assert (await slack.ana.types("@jobbot hi", in_=inc)).payload is None


async def test_enterprise_grid_is_in_every_payload() -> None:
    async with LocalSlack(grid=True) as slack:
        command = await slack.ana.types("/jobs", in_=slack.channel("inc-data"))
        assert command.payload is not None
        assert command.payload["enterprise_id"] == "E0ACME0001"
        message = await slack.says_as_bot(slack.channel("org-data"), "x", [actions(button())])
        click = await slack.sam.clicks("Stop job", on=message)
        assert click.payload is not None
        assert click.payload["enterprise"] == {"id": "E0ACME0001", "name": "Acme Group"}
        assert (click.payload["team"]["id"], click.payload["user"]["team_id"]) == ("T0ACME0001", "T0SISTER01")
        mention = await slack.sam.mentions("@jobbot hi", in_=slack.channel("org-data"))
        assert mention.payload is not None
        assert mention.payload["event"]["user_team"] == "T0SISTER01"
        with pytest.raises(NotPossible, match="not a valid command"):
            await slack.sam.types("/jobs", in_=slack.channel("org-data"))


async def test_a_bot_whose_messages_tab_is_off_cannot_be_written_to() -> None:
    async with LocalSlack(messages_tab=False) as slack:
        for words in ("/jobs", "hello"):
            with pytest.raises(NotPossible, match="Sending messages to this app has been turned off"):
                await slack.ana.types(words, in_=slack.ana.dm)
        assert slack.ana.dm.messages == []


async def test_who_has_a_direct_message_with_the_bot(slack: LocalSlack) -> None:
    assert slack.gus.dm.im_with is slack.gus
    assert str(slack.gus.dm) == "@gus"
    action = await slack.ana.types("/jobs", in_=slack.ana.dm)
    assert action.payload is not None
    assert action.payload["channel_name"] == "directmessage"
    with pytest.raises(NotPossible, match="no direct message"):
        _ = slack.olga.dm


async def test_responding_later(told: LocalSlack, app: AsyncApp, transport: Transport) -> None:
    async def jobs(ack: AsyncAck, respond: AsyncRespond) -> None:
        await ack()
        await respond("later", response_type="in_channel")

    app.command("/jobs")(jobs)
    random = told.channel("random")
    async with connected(told, app, transport):
        await told.ben.types("/jobs", in_=random)
        await told.until(lambda: random.last_message)
    assert told.refused_calls == []
