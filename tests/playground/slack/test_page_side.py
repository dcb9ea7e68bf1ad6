"""What the page asks of the local Slack beside commands and clicks, without a browser."""

from typing import Any

import pytest
from slack_bolt.async_app import AsyncAck

from jobbot.playground.page.protocol import CannotBeDone
from jobbot.playground.page.slack_side import SlackWorkspace
from jobbot.playground.page.workspace import Change, HomeChanged, MessageChanged
from jobbot.playground.slack import Action, LocalSlack
from tests.playground.slack.test_entry_points import menu, opened, option
from tests.playground.slack.world import actions, bolt_app, button, client_of, connected, plain, section

INC_DATA = "C0INCDATA1"


async def test_a_search_in_a_window_is_the_bots_and_what_it_offered_is_submitted(slack: LocalSlack) -> None:
    app, page, sent = bolt_app(slack), SlackWorkspace(slack), list[Action]()
    slack.subscribe(lambda change: sent.append(change.subject) if isinstance(change.subject, Action) else None)

    async def options(ack: AsyncAck) -> None:
        await ack(option_groups=[{"label": plain("Running"), "options": [option("Facebook Ads EU", "42")]}])

    app.options("menu")(options)
    channel = menu("conversations_select", "Channel", default_to_current_conversation=True)
    view = await opened(slack, menu(min_query_length=0), channel)
    shown = page.view("ana")
    assert shown is not None
    assert shown["blocks"][1]["element"]["initial_conversation"] == INC_DATA
    control = {"type": "external_select", "action_id": "menu", "block_id": "datastream"}
    async with connected(slack, app, "socket"):
        [group] = await page.search("ana", "face", {"view": view.id, "action": control})
    assert (group["label"]["text"], group["options"]) == ("Running", [option("Facebook Ads EU", "42")])
    values = {
        "datastream": {"menu": {"type": "external_select", "selected_option": group["options"][0]}},
        "channel": {"menu": {"type": "conversations_select", "selected_conversation": INC_DATA}},
    }
    with pytest.raises(CannotBeDone, match="trouble connecting"):
        await page.submit("ana", view.id, values)
    payload: dict[str, Any] = sent[-1].payload or {}
    assert payload["view"]["state"]["values"] == values
    with pytest.raises(CannotBeDone, match="Options could not be loaded"):
        await page.search("ana", "face", {"view": view.id, "action": control})
    with pytest.raises(CannotBeDone, match="This menu is gone"):
        await page.search("ana", "face", {"view": view.id, "action": {**control, "block_id": "other"}})


async def test_shortcuts_edits_links_and_the_home_tab(slack: LocalSlack) -> None:
    page, changes = SlackWorkspace(slack), list[Change]()
    page.subscribe(changes.append)
    await page.say("ana", INC_DATA, "987 again?", None)
    [message] = page.messages("ana", INC_DATA)
    assert message["link"] == f"https://acme.slack.com/archives/{INC_DATA}/p{message['ts'].replace('.', '')}"
    for callback, ts in (("find_jobs", None), ("jobs_named_here", message["ts"])):
        with pytest.raises(CannotBeDone, match="failed with the error"):
            await page.use_shortcut("ana", callback, INC_DATA, ts)
    with pytest.raises(CannotBeDone, match="no message shortcut"):
        await page.use_shortcut("ana", "find_jobs", INC_DATA, message["ts"])
    with pytest.raises(CannotBeDone, match="cannot edit"):
        await page.edit("ben", INC_DATA, message["ts"], "mine")
    await page.edit("ana", INC_DATA, message["ts"], "988 again?")
    assert isinstance(changes[-1], MessageChanged)
    assert (changes[-1].message["text"], changes[-1].message["edited"]) == ("988 again?", True)
    with pytest.raises(CannotBeDone, match="nothing in the Home tab"):
        await page.act("ana", {"home": True, "action": {"type": "button", "action_id": "help", "block_id": "row"}})
    home = {"type": "home", "blocks": [section(), actions(button("Help", action_id="help"), block_id="row")]}
    await client_of(slack).views_publish(user_id=slack.ana.id, view=home)
    assert HomeChanged(slack.ana.id, page.home("ana") or {}) in changes
    with pytest.raises(CannotBeDone, match="did not respond"):
        await page.act("ana", {"home": True, "action": {"type": "button", "action_id": "help", "block_id": "row"}})
