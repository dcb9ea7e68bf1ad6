"""Fetching again: asked in a window, once, and told as the live card of what it has started."""

from datetime import date

import pytest

from jobbot.access import ChannelRule, Need, Policy
from tests.stories.world import World

pytestmark = pytest.mark.slow

DAYS = "fetch datastream 42 2022-10-01..2022-10-27 gap in the report"


@pytest.fixture(autouse=True)
def everything_may_be_done_in_inc_data(it: World) -> None:
    it.bot.set_policy(Policy({it.inc.id: ChannelRule(may=frozenset(Need))}))


@pytest.mark.both_transports
async def test_some_days_are_fetched_again_and_the_message_ends_with_their_job(it: World) -> None:
    it.adverity.has_datastream(42, "Facebook Ads EU")
    await it.ana.types(f"/jobs {DAYS}", in_=it.inc)
    modal = await it.modal(it.ana, "27 days")
    assert (modal.title, modal.submit) == ("Fetch again?", "Fetch again")
    it.ana.picks_date(date(2022, 10, 2), at="last_day")
    await it.ana.submits()
    told = await it.said("Fetching Facebook Ads EU, 1–2 Oct 2022 again")
    (job,) = [one for one in it.adverity.sights() if one.job.manual]
    assert f"job {job.job.id}" in told.text
    it.adverity.job(job.job.id).ends("Success")
    await it.slack.until(lambda: ": Success" in told.text, seconds=30)
    assert "gap in the report" in told.text, "the message of the fetch is the card of its job"
    assert sum(it.adverity.writes.values()) == 1
    assert it.inc.public == [told]


async def test_pressed_twice_it_is_fetched_once(it: World) -> None:
    it.adverity.has_datastream(42, "Facebook Ads EU")
    for person in (it.ana, it.ben):
        await person.types(f"/jobs {DAYS}", in_=it.inc)
        await it.modal(person, "27 days")
    await it.ana.submits()
    await it.said("Fetching Facebook Ads EU")
    await it.ben.submits()
    await it.whispered("has already fetched these days", it.ben)
    assert sum(it.adverity.writes.values()) == 1


async def test_a_key_that_may_not_write(it: World) -> None:
    it.adverity.has_datastream(42, "Facebook Ads EU")
    it.adverity.faults.forbidden(times=1, method="POST")
    await it.ana.types(f"/jobs {DAYS}", in_=it.inc)
    await it.modal(it.ana, "27 days")
    await it.ana.submits()
    told = await it.said("Not fetched again: Facebook Ads EU")
    assert "Whoever runs jobbot can give the key more permissions" in told.text


async def test_where_it_is_not_permitted_nothing_is_asked(it: World) -> None:
    it.bot.set_policy(Policy({it.inc.id: ChannelRule()}))
    await it.ana.types(f"/jobs {DAYS}", in_=it.inc)
    await it.whispered("fetch", it.ana)
    assert it.ana.modal is None
