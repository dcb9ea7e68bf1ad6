"""Adverity's clock is wrong, or ours is: nothing is missed for it, and nothing of before is told."""

from datetime import timedelta

import pytest

from jobbot.adverity.errors import Unreachable
from tests.machinery.following.world import INC, World, telling

pytestmark = pytest.mark.slow

APART = [-1800, -300, -90, 300, 10800]
"""Seconds."""


@pytest.mark.parametrize("by_end", [False, pytest.param(True, marks=pytest.mark.slow)])
@pytest.mark.parametrize("ahead", APART)
async def test_what_begins_and_ends_between_two_rounds_is_told_and_what_was_before_is_not(
    it: World, ahead: float, by_end: bool
) -> None:
    it.adverity.ahead, it.adverity.by_end = timedelta(seconds=ahead), by_end
    it.adverity.starts(986, before=600)
    it.clock.pass_(300)
    it.adverity.ends(986)
    it.clock.pass_(200)
    await it.one.alerts_on(INC)
    for job in range(100, 110):
        for _ in range(2):
            await it.one.round()
        it.clock.pass_(1)
        it.adverity.starts(job, before=0.5)
        it.adverity.ends(job)
        it.clock.pass_(1)
    for _ in range(4):
        await it.one.round()
    await it.one.delivers_all()
    told = {job: len([*telling(it.slack.of(INC), job)]) for job in (986, *range(100, 110))}
    assert told == {986: 0} | dict.fromkeys(range(100, 110), 1)


async def test_a_process_that_has_not_heard_adverity_yet_goes_by_what_the_others_heard(it: World) -> None:
    """The first thing it asks is a range: on the wrong clock it would miss what is in it, and count it as covered."""
    it.adverity.ahead = timedelta(minutes=-40)
    await it.one.alerts_on(INC)
    await it.one.round_of("going", "past")
    await it.one.round_of("going")
    it.adverity.starts(987, before=1)
    it.adverity.ends(987)
    it.adverity.heard = None
    await it.two.round()
    assert it.adverity.calls[-3:] == ["past", "issues", "runs"]
    await it.two.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == 1


async def test_a_range_that_was_asked_for_on_the_wrong_clock_is_asked_for_again(it: World) -> None:
    """Somebody sets a clock while jobbot runs: the answer says so, and was about another time."""
    await it.one.alerts_on(INC)
    await it.one.round_of("going", "past")
    await it.one.round_of("going")
    it.adverity.ahead = timedelta(minutes=-40)
    it.adverity.starts(987, before=1)
    it.adverity.ends(987)
    for _ in range(4):
        await it.one.round()
    await it.one.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == 1


async def test_it_is_said_once_in_the_log(it: World, caplog: pytest.LogCaptureFixture) -> None:
    it.adverity.ahead = timedelta(minutes=-40)
    await it.one.alerts_on(INC)
    for _ in range(6):
        await it.one.round()
        await it.two.round()
    it.adverity.fails = {"going": Unreachable("no answer")}
    await it.one.round()
    it.adverity.fails.clear()
    await it.process("later").round()
    said = [one for one in caplog.records if "clock" in one.message]
    assert len(said) == 1
