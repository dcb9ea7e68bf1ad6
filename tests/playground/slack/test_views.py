"""Modals: the trigger that opens one, what is shown on whose screen, and Slack's codes."""

import json
from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, client_of, code_of, field, modal, plain, section


async def trigger(slack: LocalSlack, name: str = "ana") -> str:
    """Of a command that nobody answers: no bot is there."""
    action = await slack.person(name).types("/jobs", in_=slack.channel("inc-data"))
    assert action.payload is not None
    return str(action.payload["trigger_id"])


async def opened(slack: LocalSlack, view: dict[str, Any]) -> dict[str, Any]:
    return dict((await client_of(slack).views_open(trigger_id=await trigger(slack), view=view))["view"])


async def test_a_modal_opens_for_whoever_did_it(slack: LocalSlack) -> None:
    view = await opened(slack, modal(field(), private_metadata="carried"))
    shown = slack.ana.modal
    assert shown is not None
    assert (shown.id, shown.title, shown.submit, shown.close, shown.fields, shown.private_metadata) == (
        view["id"], "Stop job 987?", "Stop job", "Cancel", ["Reason"], "carried"
    )  # fmt: skip
    assert (view["root_view_id"], view["previous_view_id"], view["team_id"]) == (view["id"], None, "T0ACME0001")
    assert view["state"] == {"values": {"why": {"reason": {"type": "plain_text_input", "value": None}}}}
    assert slack.ben.modal is None


async def test_a_trigger_opens_once_within_three_seconds(slack: LocalSlack, bot: AsyncWebClient, clock: Clock) -> None:
    first, second, third = [await trigger(slack) for _ in range(3)]
    assert await code_of(bot.views_open(trigger_id=first, view=modal())) == "ok"
    assert await code_of(bot.views_open(trigger_id=first, view=modal())) == "exchanged_trigger_id"
    assert await code_of(bot.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"
    clock.advance(seconds=3)
    assert await code_of(bot.views_open(trigger_id=second, view=modal())) == "ok"
    clock.advance(seconds=0.001)
    assert await code_of(bot.views_open(trigger_id=third, view=modal())) == "expired_trigger_id"


async def test_a_modal_that_is_refused_leaves_the_trigger_alone(slack: LocalSlack, bot: AsyncWebClient) -> None:
    trigger_id = await trigger(slack)
    assert await code_of(bot.views_open(trigger_id=trigger_id, view=modal(title=plain("x" * 25)))) != "ok"
    assert await code_of(bot.views_open(trigger_id=trigger_id, view=modal())) == "ok"


async def test_a_second_modal_replaces_the_first(slack: LocalSlack) -> None:
    first = await opened(slack, modal())
    second = await opened(slack, modal(title=plain("Second")))
    assert slack.ana.modal is not None
    assert slack.ana.modal.id == second["id"] != first["id"]
    assert slack.person("ana").modal is slack.ana.modal


async def test_a_modal_is_updated_by_either_id(slack: LocalSlack, bot: AsyncWebClient) -> None:
    view = await opened(slack, modal(external_id="stop-987"))
    await bot.views_update(view_id=view["id"], view=modal(title=plain("One"), external_id="stop-987"))
    assert slack.ana.modal is not None
    assert slack.ana.modal.title == "One"
    await bot.views_update(external_id="stop-987", view=modal(title=plain("Two")))
    assert slack.ana.modal.title == "Two"
    assert await code_of(bot.views_update(external_id="stop-987", view=modal())) == "not_found"
    assert await code_of(bot.views_update(view_id="V0NONE", view=modal())) == "not_found"
    assert await code_of(bot.api_call("views.update", json={"view": modal()})) == "invalid_arguments"


async def test_a_closed_modal_is_not_to_be_found(slack: LocalSlack, bot: AsyncWebClient) -> None:
    view = await opened(slack, modal())
    await slack.ana.closes()
    assert await code_of(bot.views_update(view_id=view["id"], view=modal())) == "not_found"


async def test_an_update_of_another_state_than_it_knows(slack: LocalSlack, bot: AsyncWebClient) -> None:
    view = await opened(slack, modal())
    answer = await bot.views_update(view_id=view["id"], hash=view["hash"], view=modal(title=plain("One")))
    assert answer["view"]["hash"] != view["hash"]
    stale = bot.views_update(view_id=view["id"], hash=view["hash"], view=modal())
    assert await code_of(stale) == "hash_conflict"


async def test_what_was_typed_survives_an_update_of_the_same_field(slack: LocalSlack, bot: AsyncWebClient) -> None:
    view = await opened(slack, modal(field()))
    slack.ana.fills(reason="runaway")
    await bot.views_update(view_id=view["id"], view=modal(section(), field("Why?")))
    assert slack.ana.modal is not None
    assert slack.ana.modal.values["why"]["reason"]["value"] == "runaway"
    await bot.views_update(view_id=view["id"], view=modal({**field(), "block_id": "other"}))
    assert slack.ana.modal.values["other"]["reason"]["value"] is None


async def test_at_most_three_modals_on_top_of_each_other(slack: LocalSlack, bot: AsyncWebClient) -> None:
    root = await opened(slack, modal())
    second = (await bot.views_push(trigger_id=await trigger(slack), view=modal(title=plain("Two"))))["view"]
    assert (second["root_view_id"], second["previous_view_id"]) == (root["id"], root["id"])
    await bot.views_push(trigger_id=await trigger(slack), view=modal(title=plain("Three")))
    fourth = bot.views_push(trigger_id=await trigger(slack), view=modal())
    assert await code_of(fourth) == "push_limit_reached"
    titles = []
    while slack.ana.modal is not None:
        titles.append(slack.ana.modal.title)
        await slack.ana.closes()
    assert titles == ["Three", "Two", "Stop job 987?"]


async def test_nothing_is_pushed_onto_nothing(slack: LocalSlack, bot: AsyncWebClient) -> None:
    assert await code_of(bot.views_push(trigger_id=await trigger(slack), view=modal())) == "not_found"


async def test_an_external_id_is_one_of_a_kind(slack: LocalSlack, bot: AsyncWebClient) -> None:
    await opened(slack, modal(external_id="stop-987"))
    again = bot.views_open(trigger_id=await trigger(slack, "ben"), view=modal(external_id="stop-987"))
    assert await code_of(again) == "duplicate_external_id"


async def test_home(slack: LocalSlack, bot: AsyncWebClient) -> None:
    home = {"type": "home", "blocks": [section("Nothing here")]}
    first = (await bot.views_publish(user_id=slack.ana.id, view=home))["view"]
    second = (await bot.views_publish(user_id=slack.ana.id, view=home, hash=first["hash"]))["view"]
    assert second["id"] == first["id"]
    stale = bot.views_publish(user_id=slack.ana.id, view=home, hash=first["hash"])
    assert await code_of(stale) == "hash_conflict"
    assert await code_of(bot.views_publish(user_id="U0NOBODY01", view=home)) == "user_not_found"
    assert await code_of(bot.views_publish(user_id=slack.ana.id, view=modal())) == "invalid_arguments"


@pytest.mark.parametrize("view", ["{", '"x"', "[]", ""])
async def test_a_view_that_is_none(slack: LocalSlack, bot: AsyncWebClient, view: str) -> None:
    args = {"trigger_id": await trigger(slack), "view": view}
    assert await code_of(bot.api_call("views.open", params=args)) == "invalid_arguments"


async def test_a_view_may_come_as_a_string(slack: LocalSlack, bot: AsyncWebClient) -> None:
    args = {"trigger_id": await trigger(slack), "view": json.dumps(modal())}
    assert await code_of(bot.api_call("views.open", params=args)) == "ok"
