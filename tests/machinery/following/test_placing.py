"""A job that failed in a bound channel while nobody knew in which workspace it is: told as soon as that is known."""

import json
import logging

import pytest
from sqlalchemy import update

from jobbot.access.workspaces import Reach
from jobbot.adverity.model import DatastreamId, State, Workspace
from jobbot.flows.following.placing import WAITS
from jobbot.intents.model import Sign
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import pollers
from tests.machinery.following.world import INC, OTHER, Killed, World, telling

STREAM = DatastreamId(7987)
BOUND = Reach(frozenset({14}), ("EMEA",))


async def fails(it: World, job: int = 987, *, state: State = State.FAILED) -> None:
    """In a channel that is bound to a workspace, while Adverity does not tell where the job is."""
    it.sights.reaches[INC] = BOUND
    for channel in (INC, OTHER):
        await it.one.alerts_on(channel)
    await it.one.round_of("going", "past")
    it.adverity.starts(job, before=1)
    await it.one.round_of("going")
    it.adverity.ends(job, state)
    await lasts(it, 0)


async def lasts(it: World, seconds: float) -> None:
    until = it.clock().timestamp() + seconds
    for number in range(2000):
        await (it.one, it.two)[number % 2].round()
        if number > 4 and it.clock().timestamp() > until:
            break
    await it.one.delivers_all()


async def test_it_is_told_when_it_is_known_and_others_have_heard_it_at_once(it: World) -> None:
    await fails(it)
    assert (len(it.slack.of(INC)), len(it.slack.of(OTHER))) == (0, 1)
    it.sights.places[STREAM] = 14
    await lasts(it, 120)
    await lasts(it, 600)
    assert [len([*telling(it.slack.of(channel), 987)]) for channel in (INC, OTHER)] == [1, 1]


async def test_where_it_turns_out_to_be_elsewhere_it_is_not_told(it: World) -> None:
    await fails(it)
    it.sights.places[STREAM] = 16
    await lasts(it, 120)
    it.sights.places[STREAM] = 14
    await lasts(it, 120)
    assert not it.slack.of(INC)


async def test_it_is_also_told_where_which_workspaces_are_the_channels_was_not_known(it: World) -> None:
    it.sights.places[STREAM] = 15
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    it.sights.reaches[INC] = Reach(frozenset({14}), ("EMEA",), whole=False, passing=True)
    it.adverity.starts(987, before=1)
    await it.one.round_of("going")
    it.adverity.ends(987)
    await lasts(it, 0)
    assert not it.slack.of(INC)
    it.sights.reaches[INC] = Reach(frozenset({14, 15}), ("EMEA",))
    await lasts(it, 120)
    assert len([*telling(it.slack.of(INC), 987)]) == 1


EMEA, DACH = (
    Workspace.model_validate(one) for one in ({"id": 14, "name": "EMEA"}, {"id": 15, "name": "DACH", "parent_id": 14})
)


@pytest.mark.parametrize("passing", [True, False])
async def test_an_alert_of_a_workspace_waits_while_more_may_become_known_of_what_lies_in_it(
    it: World, passing: bool
) -> None:
    it.sights.places[STREAM] = 15
    it.sights.known, it.sights.passing = (EMEA,), passing
    await it.one.alerts_on(workspace=14)
    await it.one.round_of("going", "past")
    it.adverity.starts(987, before=1)
    await it.one.round_of("going")
    it.adverity.ends(987)
    await lasts(it, 0)
    assert not it.slack.of(INC)
    it.sights.known, it.sights.passing = (EMEA, DACH), False
    await lasts(it, 120)
    assert len([*telling(it.slack.of(INC), 987)]) == int(passing)


@pytest.mark.slow
async def test_it_is_asked_about_once_a_minute_and_given_up_with_a_line_in_the_log(
    it: World, caplog: pytest.LogCaptureFixture
) -> None:
    await fails(it)
    caplog.set_level(logging.WARNING)
    asked, began = it.sights.asked, it.clock()
    await lasts(it, WAITS.total_seconds() + 120)
    minutes = (it.clock() - began).total_seconds() / 60
    assert it.sights.asked - asked <= minutes + 1
    assert [one.message for one in caplog.records] == ["workspace not known, alerts not told"]
    it.sights.places[STREAM] = 14
    await lasts(it, 300)
    assert not it.slack.of(INC)


async def test_a_success_that_brought_nothing_waits_too(it: World) -> None:
    it.sights.reaches[INC] = BOUND
    await it.one.alerts_on(states=frozenset(), signs=frozenset({Sign.EMPTY}))
    it.adverity.starts(987)
    await it.one.round_of("going", "past")
    it.adverity.brought[987] = [0]
    it.adverity.ends(987, State.SUCCESS)
    await lasts(it, 120)
    assert not it.slack.of(INC)
    it.sights.places[STREAM] = 14
    await lasts(it, 120)
    await lasts(it, 600)
    assert len(it.slack.of(INC, "brought no rows")) == 1


async def test_one_that_another_version_put_down_is_left_out_and_the_next_is_told(it: World) -> None:
    await fails(it)
    (row,) = await it.rows(pollers)
    state = json.loads(row.state)
    (waiting,) = state["placing"]
    waiting["job"] = '{"of": "another version"}'
    async with it.one.database.writing() as connection:
        await connection.execute(update(pollers).values(state=json.dumps(state)))
    it.sights.places |= {STREAM: 14, DatastreamId(7986): 14}
    await lasts(it, 120)
    assert not it.slack.of(INC)
    (row,) = await it.rows(pollers)
    assert json.loads(row.state)["placing"] == []
    it.adverity.starts(986, before=1)
    it.adverity.ends(986)
    await lasts(it, 60)
    assert len([*telling(it.slack.of(INC), 986)]) == 1


async def test_several_that_become_known_together_are_one_message(it: World) -> None:
    it.sights.reaches[INC] = BOUND
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    for job in (986, 987):
        it.adverity.starts(job, before=1)
    await it.one.round_of("going")
    for job in (986, 987):
        it.adverity.ends(job)
    await lasts(it, 0)
    it.sights.places |= {STREAM: 14, DatastreamId(7986): 14}
    await lasts(it, 120)
    assert [one.thread for one in it.slack.of(INC)] == [None, it.slack.of(INC)[0].ts]
    assert "2 jobs failed" in it.slack.of(INC)[0].text


@pytest.mark.slow
@pytest.mark.parametrize("how", [Killed, StoreUnavailable])
async def test_whatever_is_interrupted_it_is_told_once(it: World, how: type[BaseException]) -> None:
    await fails(it)
    for step in range(7):
        for when in ("before", "after"):
            dying = it.process(f"dies {step} {when}")
            dying.database.fails(after=step, when=when, how=how)
            await dying.round()
            it.clock.pass_(61)
        it.sights.places[STREAM] = 14
    await lasts(it, 300)
    assert len([*telling(it.slack.of(INC), 987)]) == 1
