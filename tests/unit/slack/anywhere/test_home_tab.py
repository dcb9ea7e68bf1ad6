"""The Home tab: where somebody may do what, and what can be typed; nothing of any job."""

import json

import pytest

from jobbot.access import Channel, ChannelRule
from jobbot.playground.slack.blockkit.check import problems_in_view
from jobbot.render.help import COMMANDS
from tests.unit.slack import payloads
from tests.unit.slack.anywhere.world import (
    ANA,
    EMEA,
    GUS,
    INC,
    OLGA,
    RANDOM,
    ROBOT,
    SHARED,
    STAGING,
    World,
    leaks,
    permitting,
)
from tests.unit.slack.payloads import Who


async def opens(world: World, who: str = ANA, event_id: str = "Ev1") -> str:
    """Somebody opens it: all its words."""
    assert await world.does(payloads.app_home_opened(Who(id=who), event_id=event_id)) is None
    homes = world.said("home")
    if not homes:
        return ""
    assert homes[-1].to == who
    view = json.loads(homes[-1].what)
    assert problems_in_view(view) == []
    return "\n".join(str(block.get("text", {}).get("text", "")) for block in view["blocks"])


async def test_it_says_what_can_be_typed_and_where_what_may_be_done() -> None:
    world = World()
    world.in_channels(INC, EMEA, RANDOM)
    shown = await opens(world)
    assert f"<#{INC}> – look at jobs, stop jobs" in shown
    assert f"<#{EMEA}> – look at jobs, watch jobs" in shown
    assert RANDOM not in shown
    assert STAGING not in shown, "she is not in it"
    assert all(words in shown for words, _ in COMMANDS)
    assert leaks(world) == []
    assert world.acme.calls == world.staging.calls == world.table.reads == 0


async def test_what_is_for_others_there_is_not_among_it() -> None:
    world = World()
    world.in_channels(INC, who=GUS)
    shown = await opens(world, GUS)
    assert f"<#{INC}> – look at jobs, watch jobs" in shown
    assert "stop jobs" not in shown.partition("What you can type")[0]


async def test_in_a_shared_channel_nothing_but_looking_is() -> None:
    world = World()
    world.in_channels(SHARED)
    assert f"<#{SHARED}> – look at jobs\n" in await opens(world) + "\n"


async def test_it_is_drawn_anew_each_time() -> None:
    world = World()
    assert f"<#{INC}>" in await opens(world)
    permitting(world, **{INC: None})
    assert "You are in no channel" in await opens(world, event_id="Ev2")


async def test_of_very_many_channels_some_are_listed() -> None:
    world = World()
    many = {f"C0M{number}": ChannelRule() for number in range(300)}
    world.people.channels |= dict.fromkeys(many, Channel())
    world.in_channels(*many)
    permitting(world, **many)
    shown = await opens(world)
    assert shown.count("<#C0M") == 25
    assert "275 more channels" in world.said("home")[-1].what


@pytest.mark.parametrize(
    ("silent", "words"), [("person", "did not say who you are"), ("channels", "in which channels")]
)
async def test_a_look_up_that_fails_says_so(silent: str, words: str) -> None:
    world = World()
    world.people.silent = {silent}
    shown = await opens(world)
    assert words in shown
    assert INC not in shown


async def test_somebody_of_another_organisation_reads_that_it_is_not_for_them() -> None:
    world = World()
    shown = await opens(world, OLGA)
    assert "Only members" in shown
    assert "<#" not in shown


async def test_a_bot_gets_none() -> None:
    world = World()
    assert await opens(world, ROBOT) == ""
    assert await opens(world, payloads.BOT, "Ev2") == ""


async def test_the_messages_tab_is_nothing_to_jobbot() -> None:
    world = World()
    await world.does(payloads.app_home_opened(tab="messages"))
    assert (world.slack.said, world.calls) == ([], 0)


async def test_a_home_that_slack_does_not_take_is_no_matter() -> None:
    world = World()
    world.slack.broken = {"home"}
    assert await opens(world) == ""
