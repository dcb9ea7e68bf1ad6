"""A schedule that is paused over the wire, told as paused, and resumed: by jobbot at its hour, or by somebody."""

from datetime import timedelta

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.following import later
from tests.stories.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def everything_may_be_done_in_inc_data(it: World) -> None:
    it.bot.set_policy(Policy({it.inc.id: ChannelRule(may=frozenset(Need))}))


@pytest.mark.both_transports
async def test_it_is_paused_for_two_hours_and_resumed_at_the_end(it: World) -> None:
    await it.ana.types("/jobs pause datastream 42 for 2h runaway fetch", in_=it.inc)
    modal = await it.modal(it.ana, "Paused, it is not fetched by its schedule")
    assert (modal.title, modal.submit) == ("Pause this schedule?", "Pause schedule")
    await it.ana.submits()
    told = await it.said("paused the schedule of Facebook Ads EU until")
    assert it.adverity.datastreams[42].enabled is False
    assert "The schedule is off (checked " in told.text
    assert "runaway fetch" in told.text
    await it.ben.types("/jobs paused", in_=it.inc)
    await it.said("1 paused schedule*")
    await later(it, hours=2, seconds=1)
    await it.slack.until(lambda: "as planned" in told.text or ", late" in told.text, seconds=30)
    assert it.adverity.datastreams[42].enabled is True
    assert sum(it.adverity.writes.values()) == 2


async def test_after_a_stop_its_schedule_is_paused_and_resumed_by_somebody_else(it: World) -> None:
    it.adverity.has_job(987, datastream=42).stop_takes(timedelta(seconds=0.01))
    await it.asks_to_stop(it.ana, 987, "runaway fetch")
    await it.ana.submits()
    stopped = await it.said("*Stopped Facebook Ads EU (job 987)")
    assert "Pause schedule" not in str(stopped.blocks), "nothing will start it again"
    await it.ana.types("/jobs pause datastream 42", in_=it.inc)
    await it.modal(it.ana, "Paused, it is not fetched")
    await it.ana.submits()
    told = await it.said("paused the schedule of Facebook Ads EU*")
    await it.ben.types("/jobs scheduled datastream 42", in_=it.inc)
    listed = await it.said(f"Schedule paused by {it.ana.real_name}.")
    assert "Resume" in str(listed.blocks)
    await it.ben.types("/jobs pause datastream 42 for 4h", in_=it.inc)
    modal = await it.modal(it.ben, "It is still paused.")
    assert (modal.title, modal.submit) == ("Paused until when?", "Change the end")
    await it.ben.submits()
    changed = await it.said("changed how long the schedule of Facebook Ads EU is paused: until")
    await it.slack.until(lambda: told.text.startswith("*Changed since by"), seconds=30)
    await it.ben.clicks("Resume", on=changed)
    await it.modal(it.ben, "paused it")
    await it.ben.submits()
    await it.said("resumed the schedule of Facebook Ads EU")
    await it.slack.until(lambda: changed.text.startswith("*Resumed since by"), seconds=30)
    assert sum(it.adverity.writes.values()) == 3, "the stop, one switch off and one on"
    assert it.adverity.datastreams[42].enabled is True
