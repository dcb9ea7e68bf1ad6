"""An instance is frozen over the wire: a window that was open is refused, cards and lists say it, and it ends."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.following import later
from tests.stories.world import World, world

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[World]:
    async with world("socket", tmp_path) as made:
        # Whoever is there may stop jobs.
        made.bot.set_policy(Policy({made.inc.id: ChannelRule(may=frozenset(Need))}))
        yield made


async def test_it_is_frozen_says_so_everywhere_and_ends(it: World) -> None:
    it.adverity.has_job(987, datastream=42).stop_takes(timedelta(seconds=0.01))
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Running*")
    await it.asks_to_stop(it.ana, 987, "runaway")
    await it.ben.types("/jobs freeze deploy", in_=it.inc)
    asked = await it.whispered("*For how long?*", it.ben)
    await it.ben.clicks("30 min", on=asked)
    frozen = await it.said(f"<@{it.ben.id}> froze acme until")
    assert "deploy" in frozen.text
    await it.ana.submits()
    await it.whispered("Nothing was sent: acme is frozen", it.ana)
    assert it.posts() == 0
    line = f"*Frozen* by <@{it.ben.id}> until"
    await it.slack.until(lambda: line in card.text, seconds=30)
    await it.ana.types("/jobs", in_=it.inc)
    listed = await it.said(f"*Frozen* by {it.ben.real_name} until")
    await it.ana.types("/jobs stop 987", in_=it.inc)
    await it.modal(it.ana, "acme is frozen by")
    await it.ana.clicks("Unfreeze", on=listed)
    await it.said(f"<@{it.ana.id}> unfroze acme")
    await it.slack.until(lambda: line not in card.text, seconds=30)
    await it.ben.clicks("Unfreeze", on=frozen)
    await it.whispered("acme is not frozen", it.ben)
    await it.ana.types("/jobs freeze 30m another deploy", in_=it.inc)
    await it.said(f"<@{it.ana.id}> froze acme until")
    await later(it, minutes=30, seconds=1)
    await it.said("The freeze of acme is over")
    await it.asks_to_stop(it.ana, 987, "runaway")
    await it.ana.submits()
    await it.said("*Stopped Facebook Ads EU (job 987)")
    assert it.posts() == 1
    assert sum("is over" in one.text for one in it.inc.public) == 1


async def test_what_is_handed_over(it: World) -> None:
    await it.ana.types("/jobs handover", in_=it.inc)
    await it.said("*Nothing to hand over*")
    it.adverity.has_job(987, datastream=42)
    it.adverity.has_job(986, datastream=42, state="Failed")
    await it.ben.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel", it.ben)
    await it.ben.types("/jobs freeze 30m deploy", in_=it.inc)
    await it.said("froze acme until")
    await it.ana.types("/jobs handover", in_=it.inc)
    told = await it.said("*Hand-over*")
    for words in (
        "*Frozen* by",
        "*Going on:* 1 running",
        "*Failing*",
        "job 986",
        "*Watched*",
        f"watched by {it.ben.real_name}",
    ):
        assert words in told.text, words
    assert f"<@{it.ben.id}>" not in str((told.text, told.blocks)), "who hands over calls nobody"
    await it.ana.clicks("Unfreeze", on=told)
    await it.said("unfroze acme")
    await it.ana.clicks("Refresh", on=told)
    await it.slack.until(lambda: "Frozen" not in told.text, seconds=30)
