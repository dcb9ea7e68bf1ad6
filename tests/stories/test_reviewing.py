"""Somebody who may not stop a job asks those who may; somebody else confirms, and everything says who did which."""

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.test_metrics import scrape
from tests.stories.test_stopping import SOON
from tests.stories.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def a_job_is_going_on_that_ana_may_not_stop(it: World) -> None:
    rule = ChannelRule(may=frozenset(Need), stop_users=frozenset({it.ben.id}))
    it.bot.set_policy(Policy({it.inc.id: rule}))
    it.adverity.has_job(987).stop_takes(SOON)


async def test_one_asks_and_another_one_confirms(it: World) -> None:
    await it.ana.types("/jobs stop 987", in_=it.inc)
    modal = await it.modal(it.ana, "you are not on the list")
    assert (modal.title, modal.submit) == ("Ask for a stop?", "Ask")
    await it.ana.submits(reason="runaway fetch")
    await it.modal(it.ana, "Asked.")
    card = await it.said("asks for a stop of Facebook Ads EU (job 987)")
    assert "runaway fetch" in card.text
    assert card.buttons == ["Review", "Discard", "Withdraw"]
    await it.ana.clicks("Review", on=card)
    await it.whispered("somebody else has to confirm it", it.ana)
    assert it.posts() == 0

    await it.ben.clicks("Review", on=card)
    modal = await it.modal(it.ben, "asks for this since")
    assert (modal.title, modal.submit) == ("Stop job 987?", "Stop job 987")
    assert "runaway fetch" in str(modal.blocks)
    await it.ben.submits()
    told = await it.said("Stopped Facebook Ads EU (job 987)")
    assert f"asked for by <@{it.ana.id}>" in told.text
    assert f"reviewed by <@{it.ben.id}>" in told.text
    await it.slack.until(lambda: f"<@{it.ben.id}> reviewed the stop" in card.text)
    assert card.buttons == []
    assert it.posts() == 1
    for state in ("open", "confirmed"):
        assert (await scrape(it)).value("jobbot_review_requests_total", kind="stop", state=state) == 1
    await it.ana.types("/jobs history", in_=it.inc)
    await it.said(f"asked for by <@{it.ana.id}>, reviewed by Ben Ortiz")


async def test_nobody_confirms_and_it_is_over_by_itself(it: World) -> None:
    rule = ChannelRule(may=frozenset(Need), two_people=True)
    it.bot.set_policy(Policy({it.inc.id: rule}))
    await it.ana.types("/jobs stop 987 runaway", in_=it.inc)
    await it.modal(it.ana, "Here two people are needed")
    await it.ana.submits()
    card = await it.said("asks for a stop of Facebook Ads EU (job 987)")
    await it.ben.clicks("Review", on=card)
    await it.modal(it.ben, "asks for this since")
    it.clock.advance(minutes=10)
    await it.said("Nobody reviewed it in time")
    await it.ben.submits()
    await it.modal(it.ben, "has expired")
    assert it.posts() == 0
