"""The global shortcut: its window, what its select offers to whom, and where the list goes."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from jobbot.access import ChannelRule, Need
from jobbot.render.finding import CHANNEL, DATASTREAM, FIND_JOBS, RANGE, STATES
from jobbot.render.notices import too_busy
from jobbot.slack.handlers.anywhere import finding
from tests.unit.slack import payloads
from tests.unit.slack.anywhere.world import (
    ANA,
    EMEA,
    FACEBOOK,
    GOOGLE,
    INC,
    QUIET,
    RANDOM,
    SECRET,
    SHARED,
    STAGING,
    World,
    leaks,
    names_in,
    permitting,
    trigger,
)
from tests.unit.slack.payloads import Who
from tests.unit.slack.world import until


def chosen(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": "x"}, "value": value}


def submission(
    channel: str | None = INC,
    stream: str | None = None,
    states: tuple[str, ...] = (),
    when: str | None = None,
    who: Who = payloads.ANA,
) -> dict[str, Any]:
    """The window, sent with these choices."""
    fields: dict[tuple[str, str], object] = {
        (CHANNEL, CHANNEL): {"type": "conversations_select", "selected_conversation": channel},
        (DATASTREAM, DATASTREAM): {"type": "external_select", "selected_option": stream and chosen(stream)},
        (STATES, STATES): {"type": "multi_static_select", "selected_options": [chosen(state) for state in states]},
        (RANGE, RANGE): {"type": "static_select", "selected_option": when and chosen(when)},
    }
    return payloads.view_submission(who, FIND_JOBS, "", fields=fields, trigger_id=trigger())


def errors(answer: Any) -> dict[str, str]:
    """The errors of the fields; the window stays open."""
    assert answer is not None, "the window was closed"
    assert answer["response_action"] == "errors"
    return dict(answer["errors"])


async def opened(world: World) -> World:
    """Ana has opened the window."""
    assert await world.does(payloads.global_shortcut(trigger_id=trigger())) is None
    return world


async def test_the_window_opens_at_once_and_has_nothing_of_any_job() -> None:
    world = World()
    world.people.hold = asyncio.Event()
    await world.gets(payloads.global_shortcut())
    await until(lambda: bool(world.said("window")))
    (window,) = world.said("window")
    view = json.loads(window.what)
    assert [block["block_id"] for block in view["blocks"]] == [CHANNEL, DATASTREAM, STATES, RANGE]
    world.people.hold.set()
    await world.ends()
    assert len(world.said("window")) == 1, "it is left as the person fills it"
    assert leaks(world) == []


async def test_names_are_offered_from_memory_alone() -> None:
    world = await opened(World())
    with world.memory_alone():
        answer = await world.gets(payloads.block_suggestion())
        some = await world.gets(payloads.block_suggestion(typed=" ADS  goog "))
        by_number = await world.gets(payloads.block_suggestion(typed="43"))
        none = await world.gets(payloads.block_suggestion(typed="tiktok"))
    assert names_in(answer) == [FACEBOOK, GOOGLE]
    assert names_in(some) == names_in(by_number) == [GOOGLE]
    assert names_in(none) == []
    assert answer["options"][0]["value"] == "42 acme"


async def test_where_nothing_is_remembered_it_is_learned_for_the_next_letter() -> None:
    """The window may have been opened in another process."""
    world = World()
    with world.memory_alone():
        assert await world.gets(payloads.block_suggestion(typed="f")) == {"options": []}
    await world.ends()
    assert names_in(await world.gets(payloads.block_suggestion(typed="fa"))) == [FACEBOOK]


async def test_no_more_is_offered_than_slack_takes_and_nothing_too_long() -> None:
    world = World()
    for number in range(1_000, 1_500):
        world.table.has("acme", number, f"Ads <!channel> & {number} " + "x" * 300)
    await opened(world)
    answer = await world.gets(payloads.block_suggestion(typed="ads"))
    assert len(answer["options"]) == 100
    for option in answer["options"]:
        assert option["text"]["type"] == "plain_text"
        assert len(option["text"]["text"]) <= 75
        assert len(option["description"]["text"]) <= 75
        assert len(option["value"]) <= 150


async def test_what_begins_so_comes_first() -> None:
    world = World()
    world.table.has("acme", 50, "A copy of Google Ads", 15)
    await opened(world)
    assert names_in(await world.gets(payloads.block_suggestion(typed="goog"))) == [GOOGLE, "A copy of Google Ads"]


async def test_only_instances_are_offered_that_a_channel_of_the_person_shows() -> None:
    world = await opened(World())
    assert SECRET not in names_in(await world.gets(payloads.block_suggestion()))
    world.in_channels(INC, STAGING)
    await opened(world)
    assert names_in(await world.gets(payloads.block_suggestion())) == [FACEBOOK, GOOGLE, SECRET]


async def test_a_channel_that_is_bound_to_workspaces_offers_what_lies_in_them() -> None:
    world = World()
    world.table.has("acme", 60, "Of an unknown place")
    world.in_channels(EMEA)
    await opened(world)
    assert names_in(await world.gets(payloads.block_suggestion())) == [FACEBOOK]
    world.in_channels(EMEA, INC)
    await opened(world)
    assert names_in(await world.gets(payloads.block_suggestion())) == [FACEBOOK, GOOGLE, "Of an unknown place"]


async def test_what_a_channel_is_bound_to_is_offered_only_once_it_is_known() -> None:
    world = World()
    world.in_channels(EMEA)
    await opened(world)
    permitting(world, **{EMEA: ChannelRule(instance="acme", instances=("acme",), workspaces=("us",))})
    assert names_in(await world.gets(payloads.block_suggestion())) == []


async def test_a_policy_that_is_replaced_counts_at_once() -> None:
    world = await opened(World())
    permitting(world, **{INC: None})
    assert names_in(await world.gets(payloads.block_suggestion())) == []


@pytest.mark.parametrize("silent", ["person", "channels"])
async def test_where_slack_does_not_say_who_is_where_nothing_is_offered(silent: str) -> None:
    world = World()
    world.people.silent = {silent}
    await opened(world)
    assert "did not say" in world.said("window")[-1].what
    assert await world.does(payloads.block_suggestion()) == {"options": []}
    assert await world.gets(payloads.block_suggestion()) == {"options": []}
    assert leaks(world) == []


@pytest.mark.parametrize("channels", [(), (RANDOM,)])
async def test_who_is_in_no_permitted_channel_is_told_so(channels: tuple[str, ...]) -> None:
    world = World()
    world.in_channels(*channels)
    await opened(world)
    assert "You are in no channel" in world.said("window")[-1].what
    assert await world.gets(payloads.block_suggestion()) == {"options": []}


@pytest.mark.parametrize("other", [{"action_id": "states"}, {"callback_id": "act_stop"}, {"action_id": ""}])
async def test_another_select_has_no_options_of_ours(other: dict[str, Any]) -> None:
    world = await opened(World())
    assert await world.gets(payloads.block_suggestion(**other)) == {"options": []}


async def test_the_list_is_shown_in_the_channel_as_the_command_would() -> None:
    world = await opened(World())
    assert await world.does(submission()) is None
    (said,) = world.said("post")
    assert (said.where, said.thread) == (INC, None)
    assert "2 jobs" in said.what
    assert f"<@{ANA}>" in said.what


async def test_what_was_chosen_is_what_is_listed() -> None:
    world = await opened(World())
    assert await world.does(submission(stream="42 acme", states=("Failed", "Success"), when="today")) is None
    (said,) = world.said("post")
    assert "48469" in said.what
    assert "48468" in said.what
    assert "today in Europe/Vienna" in said.what
    assert "datastream 42" in said.what
    assert GOOGLE not in said.what


async def test_the_list_takes_its_turn_and_no_more_room_than_there_is() -> None:
    """Only the decision is part of the ack."""
    world = await opened(World())
    world.work._most_of_one = 0
    assert await world.does(submission()) is None, "it is decided all the same"
    assert (world.said("post"), world.acme.calls) == ([], 0)
    (said,) = world.said("whisper")
    assert (said.where, said.to) == (INC, ANA)
    assert too_busy().text in said.what


@pytest.mark.parametrize(
    ("channel", "why"),
    [
        (None, "Choose a channel"),
        (RANDOM, "may not show you jobs there"),
        ("D0ANA", "may not show you jobs there"),
        ("C0NOWHERE", "may not show you jobs there"),
        (STAGING, "Slack does not say that you are in that channel"),
    ],
)
async def test_a_channel_in_which_nothing_is_shown_is_an_error_at_the_field(channel: str | None, why: str) -> None:
    world = await opened(World())
    assert why in errors(await world.does(submission(channel)))[CHANNEL]
    assert leaks(world) == []
    assert world.acme.calls == 0


async def test_a_channel_that_jobbot_is_not_in_is_an_error_at_the_field() -> None:
    """There is no response URL: a list could reach nobody."""
    world = await opened(World())
    world.people.channels[INC] = replace(world.people.channels[INC], is_member=False)
    assert "Invite it" in errors(await world.does(submission()))[CHANNEL]
    assert world.acme.calls == 0


async def test_access_is_decided_again_when_it_is_sent() -> None:
    world = await opened(World())
    permitting(world, **{INC: ChannelRule(may=frozenset({Need.WATCH}))})
    assert CHANNEL in errors(await world.does(submission()))
    permitting(world)
    world.in_channels(RANDOM)
    assert "Slack does not say that you are" in errors(await world.does(submission()))[CHANNEL]
    assert world.acme.calls == 0


async def test_a_channel_does_not_show_another_instances_jobs() -> None:
    world = World()
    world.in_channels(INC, STAGING)
    await opened(world)
    assert "does not show jobs of staging" in errors(await world.does(submission(INC, "44 staging")))[CHANNEL]
    assert await world.does(submission(STAGING, "44 staging")) is None
    assert SECRET in world.said("post")[-1].what


@pytest.mark.parametrize("channel", [SHARED, QUIET])
async def test_where_answers_are_for_who_asks_the_list_is(channel: str) -> None:
    world = World()
    world.in_channels(channel)
    await opened(world)
    assert await world.does(submission(channel)) is None
    assert world.said("post") == []
    (said,) = world.said("whisper")
    assert (said.where, said.to) == (channel, ANA)
    assert "2 jobs" in said.what


@pytest.mark.parametrize(
    ("choices", "field"),
    [
        ({"stream": "42"}, DATASTREAM),
        ({"stream": "facebook acme"}, DATASTREAM),
        ({"stream": "42 elsewhere"}, DATASTREAM),
        ({"stream": "-1 acme"}, DATASTREAM),
        ({"stream": "0 acme"}, DATASTREAM),
        ({"stream": "9223372036854775808 acme"}, DATASTREAM),
        ({"states": ("Running", "Haywire")}, STATES),
        ({"when": "stop 48470"}, RANGE),
        ({"when": "since 1970"}, RANGE),
    ],
)
async def test_what_was_never_offered_is_an_error_at_its_field(choices: dict[str, Any], field: str) -> None:
    world = await opened(World())
    assert list(errors(await world.does(submission(**choices)))) == [field]
    assert world.acme.calls == 0


async def test_a_datastream_of_elsewhere_lists_nothing_in_a_bound_channel() -> None:
    world = World()
    world.in_channels(EMEA)
    await opened(world)
    assert await world.does(submission(EMEA, "43 acme")) is None
    assert "48555" not in world.shown
    assert GOOGLE not in world.shown


@pytest.mark.parametrize("silent", ["person", "channel", "channels"])
async def test_a_look_up_that_fails_means_no(silent: str) -> None:
    world = await opened(World())
    world.people.silent = {silent}
    assert list(errors(await world.does(submission()))) == [CHANNEL]
    assert world.acme.calls == 0


async def test_a_look_up_that_takes_too_long_is_an_error_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await opened(World())
    monkeypatch.setattr("jobbot.slack.handlers.anywhere.finding.DECIDE_SECONDS", 0.0)
    world.people.hold = asyncio.Event()
    assert "Press Show jobs again" in errors(await world.gets(submission()))[CHANNEL]
    world.people.hold.set()
    await world.ends()
    assert finding.DECIDE_SECONDS < 3


async def test_a_bug_leaves_no_window_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    world = await opened(World())

    async def breaks(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(world.gate, "decide", breaks)
    assert CHANNEL in errors(await world.does(submission()))


async def test_a_shortcut_of_another_version_does_nothing() -> None:
    world = World()
    assert await world.does(payloads.global_shortcut(callback_id="find_everything")) is None
    assert await world.does(payloads.message_shortcut(callback_id="stop_them", text="job 48470")) is None
    assert world.slack.said == []


async def test_where_slack_does_not_open_the_window_nothing_else_is_said() -> None:
    world = World()
    world.slack.broken = {"window"}
    await opened(world)
    assert world.slack.said == []
