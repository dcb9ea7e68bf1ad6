"""Links to datastreams' pages: a preview for everybody where everybody may see jobs, and nothing anywhere else."""

import json
from dataclasses import replace
from typing import Any

import pytest

from jobbot.access import ChannelRule
from jobbot.adverity.errors import Unreachable
from tests.unit.slack import payloads
from tests.unit.slack.anywhere.world import (
    EMEA,
    FACEBOOK,
    GOOGLE,
    INC,
    PAGE,
    QUIET,
    RANDOM,
    SHARED,
    STAGING,
    URL,
    World,
    leaks,
    permitting,
)
from tests.unit.slack.payloads import Where

GOOGLE_PAGE = f"{URL}/us/google-ads-us-43/"


async def shares(world: World, *urls: str, channel: str = INC, **event: Any) -> World:
    """Ana posts a message with these links."""
    assert await world.does(payloads.link_shared(payloads.ANA, Where(channel=channel), *urls, **event)) is None
    return world


async def test_a_link_to_a_datastream_gets_its_last_runs() -> None:
    world = await shares(World(), PAGE)
    (said,) = world.slack.said
    assert (said.how, said.where, said.thread) == ("preview", INC, "1667210582.000300")
    unfurls = json.loads(said.what)
    assert list(unfurls) == [PAGE]
    shown = json.dumps(unfurls[PAGE]["blocks"], ensure_ascii=False)
    assert FACEBOOK in shown
    assert all(word in shown for word in ("Running", "Failed", "Success", "48470", "48469", "48468", "acme"))
    assert "48555" not in shown
    assert "action_id" not in shown


@pytest.mark.parametrize("more", ["?tab=jobs", "#runs", "settings/"])
async def test_a_page_of_the_datastream_is_one_too(more: str) -> None:
    world = await shares(World(), PAGE + more)
    assert list(json.loads(world.said("preview")[0].what)) == [PAGE + more]


@pytest.mark.parametrize(
    "url",
    [
        PAGE.replace("https:", "http:"),
        PAGE.replace("acme.", "acme2."),
        PAGE.replace("https://", "https://evil.example.com@"),
        PAGE.replace("https://", "https://acme.datatap.adverity.com@evil.example.com/"),
        PAGE.replace(".com", ".com.evil.example.com"),
        PAGE.replace(".com", ".com:8443"),
        PAGE.replace("acme", "evil.acme"),
        f"{URL}/emea/other-name-42/",
        f"{URL}/emea/facebook-ads-eu-4242/",
        f"{URL}/emea/",
        f"{URL}/jobs/48470/",
        f"{URL}/",
        "https://[::1/emea/facebook-ads-eu-42/",
        "https://evil.example.com/?u=" + PAGE,
        "//acme.datatap.adverity.com/emea/facebook-ads-eu-42/",
        "javascript:" + PAGE,
    ],
)
async def test_a_link_that_is_not_exactly_a_page_of_the_instance_gets_nothing(url: str) -> None:
    world = await shares(World(), url)
    assert world.slack.said == []


@pytest.mark.parametrize("channel", [RANDOM, SHARED, QUIET, "D0ANA", STAGING])
async def test_where_not_everybody_may_see_jobs_there_is_no_preview(channel: str) -> None:
    world = await shares(World(), PAGE, channel=channel)
    assert world.slack.said == []
    assert world.acme.calls == 0


async def test_a_shared_channel_has_none_whatever_the_policy_says() -> None:
    world = World()
    permitting(world, **{SHARED: ChannelRule(external=True)})
    await shares(world, PAGE, channel=SHARED)
    assert world.slack.said == []
    assert world.acme.calls == 0


async def test_a_channel_that_becomes_shared_has_none_from_then_on() -> None:
    world = World()
    world.people.channels[INC] = replace(world.people.channels[INC], is_shared_outside=True)
    await shares(world, PAGE)
    assert world.slack.said == []


@pytest.mark.parametrize("silent", ["person", "channel"])
async def test_a_look_up_that_fails_means_none(silent: str) -> None:
    world = World()
    world.people.silent = {silent}
    await shares(world, PAGE)
    assert world.slack.said == []
    assert world.acme.calls == 0


@pytest.mark.parametrize(
    "event", [{"source": "composer"}, {"source": "composer", "channel": "COMPOSER"}, {"source": 1}]
)
async def test_a_draft_gets_none(event: dict[str, Any]) -> None:
    world = await shares(World(), PAGE, **event)
    assert world.slack.said == []
    assert world.calls == 0


async def test_a_bound_channel_gets_none_of_elsewhere() -> None:
    world = await shares(World(), PAGE, GOOGLE_PAGE, channel=EMEA)
    assert list(json.loads(world.said("preview")[0].what)) == [PAGE]
    assert GOOGLE not in world.shown


async def test_of_many_links_the_first_ones_get_a_preview() -> None:
    world = await shares(World(), *(f"{PAGE}?n={number}" for number in range(40)))
    assert len(json.loads(world.said("preview")[0].what)) == 3


async def test_an_adverity_that_does_not_answer_leaves_the_link_as_it_is() -> None:
    world = World()
    world.acme.error = Unreachable("no answer")
    await shares(world, PAGE)
    assert world.slack.said == []


async def test_a_preview_that_slack_does_not_take_is_no_matter() -> None:
    world = World()
    world.slack.broken = {"preview"}
    await shares(world, PAGE)
    assert world.slack.said == []


async def test_the_same_delivery_gets_one_preview() -> None:
    world = await shares(World(), PAGE)
    await shares(world, PAGE)
    assert len(world.said("preview")) == 1
    assert leaks(World()) == []
