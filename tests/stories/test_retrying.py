"""A failed job is retried, or its issue acknowledged: asked in a window, once, and told as it was."""

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.world import REVOKED, World

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def a_job_has_failed_where_everything_may_be_done(it: World) -> None:
    it.bot.set_policy(Policy({it.inc.id: ChannelRule(may=frozenset(Need))}))
    it.adverity.has_datastream(42, "Facebook Ads EU")
    it.adverity.has_job(987, state="Failed", issues=[REVOKED])


@pytest.mark.both_transports
async def test_what_failed_is_retried_and_the_message_ends_with_its_job(it: World) -> None:
    await it.ana.types("/jobs 987", in_=it.inc)
    card = await it.said("*Job 987: Failed*")
    assert [one for one in card.buttons if one in ("Retry", "Acknowledge")] == ["Retry", "Acknowledge"]
    await it.ana.clicks("Retry", on=card)
    modal = await it.modal(it.ana, "until somebody authorises the datastream again")
    assert (modal.title, modal.submit) == ("Retry job 987?", "Retry")
    assert "The token was revoked." in str(modal.blocks)
    await it.ana.submits(reason="token renewed")
    told = await it.said("Retrying Facebook Ads EU (job 987)")
    (job,) = [one for one in it.adverity.sights() if one.job.manual]
    assert f"job {job.job.id}" in told.text
    it.adverity.job(job.job.id).ends("Success")
    await it.slack.until(lambda: ": Success" in told.text, seconds=30)
    assert "token renewed" in told.text
    assert it.inc.public == [card, told]
    await it.slack.until(lambda: not {"Retry", "Acknowledge"} & set(card.buttons), seconds=30)
    assert "retried it" in card.text, "the card on which it was pressed says so by itself"
    await it.ana.clicks("Refresh", on=card)
    await it.said("retried it")
    assert not {"Retry", "Acknowledge", "Fetch again"} & set(card.buttons)
    await it.ana.types("/jobs acknowledge 987", in_=it.inc)
    await it.modal(it.ana, "has no open issue of job 987")
    assert sum(it.adverity.writes.values()) == 1


@pytest.mark.both_transports
async def test_an_issue_is_acknowledged_and_nothing_is_fetched(it: World) -> None:
    await it.ana.types("/jobs issues", in_=it.inc)
    issues = await it.said("1 open issue")
    assert issues.buttons == ["Details", "Retry", "Acknowledge", "Refresh"]
    await it.ana.clicks("Acknowledge", on=issues)
    await it.modal(it.ana, "Nothing is fetched")
    await it.ana.submits(reason="known")
    await it.said("Acknowledged: the issue of Facebook Ads EU (job 987)")
    await it.slack.until(lambda: issues.buttons == ["Details", "Refresh"], seconds=30)
    assert "acknowledged its issue" in issues.text
    assert [one for one in it.adverity.sights() if one.job.manual] == []
    await it.ana.types("/jobs history", in_=it.inc)
    await it.said("Acknowledged")


async def test_a_list_that_was_refreshed_stays_what_it_is_when_an_act_about_it_ends(it: World) -> None:
    it.adverity.has_datastream(43, "Google Ads")
    await it.ana.types("/jobs issues", in_=it.inc)
    issues = await it.said("1 open issue")
    it.adverity.has_job(988, datastream=43, state="Failed", issues=[REVOKED])
    it.clock.advance(minutes=4)
    await it.ana.clicks("Refresh", on=issues)
    await it.slack.until(lambda: "2 open issues" in issues.text, seconds=30)
    await it.ana.types("/jobs acknowledge 987", in_=it.inc)
    await it.modal(it.ana, "Nothing is fetched")
    await it.ana.submits(reason="known")
    await it.slack.until(lambda: "acknowledged its issue" in issues.text, seconds=30)
    assert "Google Ads" in issues.text
    assert issues.buttons == ["Details", "Retry", "Acknowledge", "Details", "Refresh"], "the newest first"
