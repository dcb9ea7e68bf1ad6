"""What the parts of a round tell a channel is one whole: failures that waited, and successes that brought nothing."""

import json

import pytest

from jobbot.access.workspaces import Reach
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import DatastreamId, State
from jobbot.intents.model import Sign
from jobbot.store.database.tables import alert_messages, pollers
from tests.machinery.following.world import INC, World, telling

BOUND = Reach(frozenset({14}), ("EMEA",))
EMPTY = frozenset({Sign.EMPTY})


async def following(it: World, *jobs: int, states: frozenset[State]) -> None:
    """Alerts are on in a bound channel, and these jobs go on; nobody knows where they are."""
    it.sights.reaches[INC] = BOUND
    await it.one.alerts_on(states=states, signs=EMPTY)
    await it.one.round_of("going", "past")
    for job in jobs:
        it.adverity.starts(job, before=1)
    await it.one.round_of("going")


async def waits(it: World, job: int) -> None:
    """Rounds, until the job is put down as one that waits for its workspace."""
    for _ in range(20):
        await it.one.round()
        (row,) = await it.rows(pollers)
        if any(json.loads(one["job"])["id"] == job for one in json.loads(row.state)["placing"]):
            return
    raise AssertionError("it does not wait")


async def test_what_two_parts_of_a_round_join_to_one_group_is_one_edit(it: World) -> None:
    await following(it, 1, 2, 3, states=frozenset({State.FAILED}))
    it.adverity.ends(2)
    await waits(it, 2)
    known_at = it.clock()
    it.clock.pass_(35)
    it.sights.places |= {DatastreamId(7001): 14, DatastreamId(7003): 14}
    it.adverity.brought[3] = [0]

    async def at_extracts() -> None:
        """While what the third one brought is asked, the second one's place becomes known."""
        if it.adverity.calls[-1] != "extracts":
            it.adverity.during.append(at_extracts)
            return
        it.sights.places[DatastreamId(7002)] = 14
        it.clock.pass_(max(0.0, 61 - (it.clock() - known_at).total_seconds()))

    it.adverity.during.append(at_extracts)
    it.adverity.ends(1)
    it.adverity.ends(3, State.SUCCESS)
    await it.one.round_of("extracts")
    await it.one.delivers_all()

    head, *thread = it.slack.of(INC)
    assert "3 jobs" in head.text
    assert {one.thread for one in thread} == {head.ts}
    assert [len([*telling(thread, job)]) for job in (1, 2, 3)] == [1, 1, 1]
    (kept,) = [row for row in await it.rows(alert_messages) if "3 jobs" in row.message]
    assert {number for number in (7001, 7002, 7003) if str(number) in kept.datastreams} == {7001, 7002, 7003}


async def later(it: World, minutes: int = 6) -> None:
    for _ in range(minutes):
        it.clock.pass_(60)
        for _ in range(3):
            await it.one.round()


async def succeeds_unseen(it: World) -> None:
    """A success waits for its workspace, and what it brought could not be read at first."""
    await following(it, 3, states=frozenset({State.SUCCESS}))
    it.adverity.fails["extracts"] = Unreachable("no answer")
    it.adverity.brought[3] = [0]
    it.adverity.ends(3, State.SUCCESS)
    await waits(it, 3)
    await it.one.round_of("extracts")


@pytest.mark.slow
@pytest.mark.parametrize("first", ["place", "brought"])
async def test_a_success_that_waited_for_its_workspace_is_told_once(it: World, first: str) -> None:
    await succeeds_unseen(it)
    if first == "place":
        it.clock.pass_(60)
        await it.one.round_of("extracts")  # fails again, and is put off for longer than the place is
        it.sights.places[DatastreamId(7003)] = 14
        it.adverity.fails.clear()
    else:
        it.adverity.fails.clear()
        it.clock.pass_(60)
        await it.one.round_of("extracts")
        it.sights.places[DatastreamId(7003)] = 14
    await later(it)
    await it.one.delivers_all()
    (told,) = it.slack.of(INC)
    assert not told.versions


async def test_a_success_is_told_once_where_all_becomes_known_in_one_round(it: World) -> None:
    await succeeds_unseen(it)
    it.adverity.fails.clear()

    async def at_extracts() -> None:
        if it.adverity.calls[-1] != "extracts":
            it.adverity.during.append(at_extracts)
            return
        it.sights.places[DatastreamId(7003)] = 14
        it.clock.pass_(61)

    it.adverity.during.append(at_extracts)
    await later(it)
    await it.one.delivers_all()
    (told,) = it.slack.of(INC)
    assert not told.versions
