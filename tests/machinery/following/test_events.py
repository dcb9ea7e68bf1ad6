"""What the rounds put down for the timeline: what channels are told, once, in the transaction of its message."""

from datetime import timedelta

import pytest

from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import State
from jobbot.flows.following.poll_state import AWAY_AFTER
from jobbot.intents.model import Sign
from jobbot.store.events import EventHistory, EventQuery, KeptEvent
from tests.machinery.following.passing import begins, ends, lasts, looks
from tests.machinery.following.world import BEN, INC, OTHER, World


async def happened(it: World, channel: str = INC) -> list[KeptEvent]:
    """The oldest first."""
    found = await EventHistory(it.one.database).newest(EventQuery(channel_id=channel))
    return found[::-1]


async def test_a_failure_and_the_success_that_ends_it_point_to_the_one_message(it: World) -> None:
    await begins(it)
    it.adverity.open[42] = [{"id": 1, "error_cause_label": "Authorization <invalid>", "message": "x"}]
    await ends(it, 1)
    await ends(it, 2)
    await ends(it, 3, State.SUCCESS)
    await ends(it, 4, State.SUCCESS)
    found = await happened(it)
    assert [(one.what, one.job, one.datastream) for one in found] == [
        ("Failed", 1, 42),
        ("Failed", 2, 42),
        ("recovered", 3, 42),
    ]
    assert [one.at for one in found] == [it.adverity.jobs[job].ended for job in (1, 2, 3)]
    assert {one.message_ts for one in found} == {it.slack.of(INC)[0].ts}
    assert found[0].said.startswith("Authorization <invalid>")
    assert found[0].name == "Stream ec"


async def test_each_channel_has_its_own_and_what_it_was_not_told_it_has_not(it: World) -> None:
    await begins(it)
    await it.one.alerts_on(OTHER, datastream=43)
    await it.one.round_of("going", "past")
    await ends(it, 1)
    await ends(it, 2, stream=43)
    assert [one.job for one in await happened(it)] == [1, 2]
    assert [one.job for one in await happened(it, OTHER)] == [2]


async def test_times_are_on_this_machines_clock(it: World) -> None:
    it.adverity.ahead = timedelta(minutes=10)
    await begins(it)
    await ends(it, 1)
    (one,) = await happened(it)
    ended = it.adverity.jobs[1].ended
    assert ended is not None
    assert abs(one.at - ended) <= timedelta(seconds=2)


@pytest.mark.slow
async def test_late_and_empty_runs(it: World) -> None:
    it.adverity.took[42], it.adverity.took[43] = [10.0] * 9, [10.0] * 9
    await begins(it, states=frozenset[State](), signs=frozenset({Sign.LATE, Sign.EMPTY}))
    it.adverity.starts(1, before=3_000, stream=42)
    it.adverity.brought[2] = [0]
    await ends(it, 2, State.SUCCESS, stream=43)
    for _ in range(6):
        await looks(it)
        it.clock.pass_(60)
    found = {(one.what, one.job) for one in await happened(it)}
    assert {("late", 1), ("empty", 2)} <= found


async def test_how_a_watched_job_ended(it: World) -> None:
    it.adverity.starts(9, stream=42)
    await it.one.watch(9, user=BEN)
    await it.one.round_of("going")
    it.adverity.ends(9, State.SUCCESS)
    await looks(it)
    assert [(one.what, one.job) for one in await happened(it)] == [("Success", 9)]


async def test_an_outage_begins_and_ends(it: World) -> None:
    await begins(it)
    it.adverity.fails = dict.fromkeys(("going", "past", "one"), Unreachable("no answer"))
    began = it.clock()
    await lasts(it, 400)
    it.adverity.fails = {}
    await lasts(it, 400)
    await it.one.delivers_all()
    blind, seeing = await happened(it)
    assert (blind.what, blind.said, seeing.what) == ("blind", "Unreachable", "seeing")
    assert began <= blind.at < seeing.at
    assert [blind.message_ts, seeing.message_ts] == [one.ts for one in it.slack.of(INC)]


async def test_a_time_in_which_nobody_looked(it: World) -> None:
    await begins(it)
    gone = it.clock()
    it.clock.pass_(AWAY_AFTER.total_seconds() * 4)
    await looks(it)
    away, back = await happened(it, "")
    assert (away.what, back.what) == ("away", "back")
    assert away.at <= gone < back.at


async def test_where_nobody_followed_anything_nobody_was_away(it: World) -> None:
    await begins(it)
    await it.one.alerts_off()
    it.clock.pass_(3_600)
    await begins(it)
    await looks(it)
    assert await happened(it, "") == []
