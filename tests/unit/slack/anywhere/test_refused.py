"""Every way in from anywhere, tried by those who may not: no job data reaches Slack, nothing is asked of Adverity.

Payloads are tried as Slack documents them, with single fields of another shape, and as anything at all.
"""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobbot.access import Home, Person
from tests.unit.slack import payloads
from tests.unit.slack.anywhere.test_find_jobs import submission
from tests.unit.slack.anywhere.world import ANA, FACEBOOK, GUS, INC, PAGE, RANDOM, ROBOT, World, leaks
from tests.unit.slack.payloads import BOT, OUR_TEAM, Where, Who
from tests.unit.slack.test_payloads import JSON, paths_of, replaced

TEXT = f"job 48470, datastream 42, {FACEBOOK} {PAGE} stop 48470"

OUTSIDER = Who(id="U0OLGA", team="T0GLOBEX")
"""The payload says whose they are, and so does Slack."""
SILENT_OUTSIDER = Who(id="U0OLGA", team=OUR_TEAM)
"""The payload says that they are ours, as it may in a shared channel: Slack, when it is asked, says they are not."""
OTHER_GRID = Who(id="U0ERIN", team="T0OTHER", enterprise="E0OTHER")
A_BOT = Who(id=ROBOT)
OURSELVES = Who(id=BOT)
UNKNOWN = Who(id="U0NOBODY")
GONE = Who(id="U0GONE")
REFUSED = [OUTSIDER, SILENT_OUTSIDER, OTHER_GRID, A_BOT, OURSELVES, UNKNOWN, GONE]

Made = Callable[[Who, str], dict[str, Any]]
"""A payload of somebody, of a channel where it has one."""

KINDS: dict[str, Made] = {
    "global shortcut": lambda who, _: payloads.global_shortcut(who),
    "message shortcut": lambda who, channel: payloads.message_shortcut(who, Where(channel=channel), TEXT),
    "block suggestion": lambda who, _: payloads.block_suggestion(who),
    "submitted window": lambda who, channel: submission(channel, "42 acme", who=who),
    "link shared": lambda who, channel: payloads.link_shared(who, Where(channel=channel), PAGE),
    "home opened": lambda who, _: payloads.app_home_opened(who),
    "edited mention": lambda who, channel: payloads.app_mention(
        who,
        Where(channel=channel),
        f"<@{BOT}> stop 48470",
        edited={"user": who.id, "ts": "1667210590.000000"},
        **({"bot_id": "B0OTHER"} if who is A_BOT else {}),
    ),
}


def world_of_strangers(home: Home | None = None) -> World:
    """People who may do nothing are in #inc all the same, as far as Slack says."""
    world = World(home)
    world.people.people |= {
        "U0ERIN": Person(team_id="T0OTHER", enterprise_id="E0OTHER"),
        "U0GONE": Person(team_id=OUR_TEAM, is_deactivated=True),
        BOT: Person(team_id=OUR_TEAM, is_bot=True),
    }
    for who in REFUSED:
        world.in_channels(INC, who=who.id)
    return world


def nothing_came_of_it(world: World, answer: object = None) -> bool:
    """No job data, no question to Adverity, no act, nothing for the channel."""
    in_the_channel = [one for one in world.slack.said if one.how in ("post", "preview", "edit")]
    return (
        leaks(world, answer) == []
        and world.acme.calls == world.staging.calls == 0
        and not in_the_channel
        and not world.acts
    )


@pytest.mark.parametrize("home", [None, Home(OUR_TEAM, "E0ACME", bot_user_id=BOT)], ids=["one workspace", "grid"])
@pytest.mark.parametrize("who", REFUSED, ids=lambda who: f"{who.id} {who.team}")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_may_nothing_gets_nothing(kind: str, who: Who, home: Home | None) -> None:
    world = world_of_strangers(home)
    await world.does(payloads.global_shortcut())  # names are known to jobbot
    answer = await world.does(KINDS[kind](who, INC))
    again = await world.does(KINDS[kind](who, INC) | {"event_id": "EvAGAIN"})
    assert nothing_came_of_it(world, [answer, again]), world.shown


@pytest.mark.parametrize("channel", [RANDOM, "D0ANA", "G0MPIM", "COMPOSER", "", "C0INC "])
@pytest.mark.parametrize("who", [Who(id=ANA), Who(id=GUS)], ids=lambda who: who.id)
@pytest.mark.parametrize("kind", ["message shortcut", "submitted window", "link shared", "edited mention"])
async def test_where_nothing_is_permitted_nothing_is_shown(kind: str, who: Who, channel: str) -> None:
    world = World()
    answer = await world.does(KINDS[kind](who, channel))
    assert nothing_came_of_it(world, answer), world.shown


@pytest.mark.parametrize("kind", ["global shortcut", "home opened"])
async def test_what_has_no_channel_shows_nothing_of_jobs_to_anybody(kind: str) -> None:
    world = World()
    answer = await world.does(KINDS[kind](Who(id=ANA), INC))
    assert nothing_came_of_it(world, answer)


@given(st.sampled_from(sorted(KINDS)), st.sampled_from(REFUSED[:2]), st.data(), JSON)
async def test_no_single_odd_field_shows_an_outsider_anything(
    kind: str, who: Who, data: st.DataObject, new: object
) -> None:
    """But for who they are: a payload that says it is Ana's is hers, as Slack has signed it."""
    payload = KINDS[kind](who, INC)
    path = data.draw(st.sampled_from(paths_of(payload)[1:]))
    world = world_of_strangers()
    odd = replaced(payload, path, new)
    if "U0ANA" in str(odd):
        return
    answer = await world.does(odd)
    assert nothing_came_of_it(world, answer), world.shown


@given(st.sampled_from(sorted(KINDS)), st.data(), JSON)
async def test_a_form_of_another_shape_never_raises_and_never_acts(kind: str, data: st.DataObject, new: object) -> None:
    payload = KINDS[kind](Who(id=ANA), INC)
    path = data.draw(st.sampled_from(paths_of(payload)[1:]))
    world = World()
    await world.does(replaced(payload, path, new))
    assert b'outcome="crashed"' not in world.telemetry.metrics.text()
    assert not [one for one in world.slack.said if one.how == "post" and one.where not in (INC, "response_url")]
