"""What the alerts tell a channel in one round is one whole: of failures that waited, and of successes that were empty."""

import json

from jobbot.access.workspaces import Reach
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
