"""Alerts of jobs that run far longer than usual, and of successes that brought nothing: each is told once.

Whoever dies, and whichever process goes on: what was told stands in the transaction that told it.
"""

import json
import logging
from datetime import timedelta

import pytest
from sqlalchemy import update

from jobbot.adverity.errors import AdverityError, NotReadable, OptionalRead, Unexpected, Unreachable
from jobbot.adverity.model import State
from jobbot.flows.following.poll_state import PollState
from jobbot.flows.following.reconcile import WEIGHED
from jobbot.intents.model import Sign
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import pollers
from tests.machinery.following.world import INC, OTHER, Killed, World

LATE, EMPTY = frozenset({Sign.LATE}), frozenset({Sign.EMPTY})
NONE: frozenset[State] = frozenset()
FAR = "far longer than usual"
STREAM = 7000 + 987
"""What the scripted Adverity calls the datastream of job 987."""


async def rounds(it: World, *, minutes: float = 0.0, times: int = 4) -> None:
    """Time passes, then some rounds are done by both processes in turn, and what they found is told."""
    it.clock.pass_(60 * minutes)
    for number in range(times):
        await (it.one, it.two)[number % 2].round()
    await it.one.delivers_all()


async def test_a_job_that_is_far_longer_at_it_is_told_once(it: World) -> None:
    it.adverity.took[STREAM] = [10] * 6
    it.adverity.starts(987)
    await it.one.alerts_on(states=NONE, signs=LATE)
    await rounds(it)
    assert "runs" not in it.adverity.calls, "a job that has just begun cannot be late"
    await rounds(it, minutes=25)
    assert not it.slack.said
    await rounds(it, minutes=5)
    (told,) = it.slack.of(INC, FAR)
    assert "usually about 10 min (last 6 runs)" in told.text
    await rounds(it, minutes=60, times=6)
    assert len(it.slack.said) == 1
    assert it.adverity.calls.count("runs") == 1


async def test_ten_minutes_over_it_are_the_least(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 6
    it.adverity.starts(987)
    await it.one.alerts_on(states=NONE, signs=LATE)
    await rounds(it, minutes=9)
    assert not it.slack.said
    await rounds(it, minutes=2)
    assert len(it.slack.of(INC, FAR)) == 1


async def test_of_too_few_runs_nothing_is_said(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 4
    it.adverity.starts(987)
    await it.one.alerts_on(states=NONE, signs=LATE)
    await rounds(it, minutes=600)
    assert not it.slack.said


async def test_each_channel_hears_of_it_also_one_that_asks_later_or_was_quiet(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 6
    it.adverity.starts(987, before=3600)
    await it.one.alerts_on(states=NONE, signs=LATE)
    await rounds(it)
    await it.one.alerts_on(OTHER, states=NONE, signs=LATE)
    await rounds(it)
    await rounds(it)
    assert [one.channel for one in it.slack.said] == [INC, OTHER]


async def test_several_at_once_are_one_message(it: World) -> None:
    for number in (987, 988, 989):
        it.adverity.took[7000 + number] = [1] * 6
        it.adverity.starts(number, before=3600)
    await it.one.alerts_on(states=NONE, signs=LATE)
    await rounds(it)
    (told,) = it.slack.said
    assert "3 jobs are running far longer than usual" in told.text


async def test_alerts_of_failures_say_nothing_of_late_jobs(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 6
    it.adverity.starts(987, before=3600)
    await it.one.alerts_on()
    await rounds(it, minutes=5)
    assert not it.slack.said
    assert "runs" not in it.adverity.calls


@pytest.mark.slow
async def test_whoever_dies_at_any_step_of_a_round_tells_of_a_late_job_once(it: World) -> None:
    number, killed = 100, 0
    for step in range(6):
        for when in ("before", "after"):
            number += 1
            it.adverity.took[7000 + number] = [1] * 6
            it.adverity.starts(number, before=3600)
            await it.two.alerts_on(states=NONE, signs=LATE)
            dying = it.process(f"dies {step} {when}")
            dying.database.fails(after=step, when=when, how=Killed)
            killed += await dying.round() == "killed"
            it.clock.pass_(61)
            await it.two.round_of("going")
            await it.two.delivers_all()
            name = "Stream " + "".join(chr(ord("a") + int(digit)) for digit in str(number))
            assert len(it.slack.of(INC, f"*{name}* · running {FAR}")) == 1, (step, when)
            it.adverity.ends(number, State.SUCCESS)
            await it.two.alerts_off()
    assert killed > 5, "or else nothing was tried"


async def succeeds(it: World, job: int = 987, *rows: int) -> None:
    it.adverity.starts(job)
    await it.one.round_of("going", "past")
    it.adverity.brought[job] = list(rows)
    it.adverity.ends(job, State.SUCCESS)


@pytest.mark.parametrize(("rows", "told"), [((0,), 1), ((0, 0), 1), ((), 1), ((12, 0), 0)])
async def test_a_success_that_brought_nothing_is_told_once(it: World, rows: tuple[int, ...], told: int) -> None:
    await it.one.alerts_on(states=NONE, signs=EMPTY)
    await succeeds(it, 987, *rows)
    await rounds(it, times=8)
    await rounds(it, minutes=2, times=8)
    assert len(it.slack.of(INC, "succeeded, but brought no rows")) == told
    assert len(it.slack.said) == told


async def test_a_failure_and_alerts_of_failures_ask_for_no_extracts(it: World) -> None:
    await it.one.alerts_on(states=frozenset({State.FAILED}), signs=EMPTY)
    it.adverity.starts(987)
    await it.one.round_of("going", "past")
    it.adverity.ends(987, State.FAILED)
    await rounds(it, times=8)
    assert "extracts" not in it.adverity.calls


async def test_where_successes_are_told_the_message_says_it_itself(it: World) -> None:
    await it.one.alerts_on(states=frozenset({State.SUCCESS}), signs=EMPTY)
    await it.one.alerts_on(OTHER, states=NONE, signs=EMPTY)
    await succeeds(it, 987, 0)
    await rounds(it, times=8)
    await rounds(it, minutes=2, times=8)
    (here,), (there,) = it.slack.of(INC), it.slack.of(OTHER)
    assert "Success, but empty: 1 extract, 0 rows" in here.text
    assert "succeeded, but brought no rows" in there.text


@pytest.mark.slow
@pytest.mark.parametrize("error", [Unreachable("no answer"), Unexpected("HTML", status=200)])
async def test_what_cannot_be_read_is_asked_again_and_nothing_else_waits(it: World, error: AdverityError) -> None:
    await it.one.alerts_on(states=frozenset({State.FAILED}), signs=EMPTY)
    it.adverity.starts(988)
    await succeeds(it, 987, 0)
    it.adverity.fails["extracts"] = error
    await it.one.round_of("extracts")
    it.adverity.ends(988, State.FAILED)
    await rounds(it, times=6)
    assert len(it.slack.of(INC, "failed")) == 1, "the list that matters more"
    it.adverity.fails.clear()
    await rounds(it, minutes=3, times=8)
    assert len(it.slack.of(INC, "succeeded, but brought no rows")) == 1


async def weighs(it: World, **changes: object) -> None:
    """What is kept of a success of which nobody could read what it brought, with these changes."""
    await it.one.alerts_on(states=NONE, signs=EMPTY)
    it.adverity.fails["extracts"] = Unreachable("no answer")
    await succeeds(it, 987, 0)
    await it.one.round_of("extracts")
    (row,) = await it.rows(pollers)
    state = json.loads(row.state)
    state["weighing"]["987"] |= changes
    async with it.one.database.writing() as connection:
        await connection.execute(update(pollers).values(state=json.dumps(state)))


async def test_what_cannot_be_read_in_a_day_is_given_up_with_a_line_in_the_log(
    it: World, caplog: pytest.LogCaptureFixture
) -> None:
    await weighs(it, tries=WEIGHED)
    await rounds(it, minutes=16, times=8)
    assert [one.message for one in caplog.records if one.levelno >= logging.WARNING] == [
        "not known what jobs brought, empty ones are not told"
    ]
    it.adverity.fails.clear()
    await rounds(it, minutes=16, times=8)
    assert not it.slack.said


async def test_a_success_that_another_version_put_down_is_left_out_and_the_next_is_told(it: World) -> None:
    await weighs(it, job='{"of": "another version"}')
    it.adverity.fails.clear()
    await rounds(it, minutes=16, times=8)
    (row,) = await it.rows(pollers)
    assert not PollState.load(row.state).weighing
    await succeeds(it, 988, 0)
    await rounds(it, times=8)
    (told,) = it.slack.said
    assert "brought no rows" in told.text
    assert "988" in told.text


async def test_a_key_that_may_not_read_extracts_is_said_once(it: World) -> None:
    await it.one.alerts_on(states=NONE, signs=EMPTY)
    it.adverity.fails["extracts"] = NotReadable(OptionalRead.EXTRACTS, 403)
    for job in (987, 988):
        await succeeds(it, job, 0)
        await rounds(it, times=8)
    (told,) = it.slack.said
    assert "the key may not read it" in told.text


@pytest.mark.slow
@pytest.mark.parametrize("how", [Killed, StoreUnavailable])
async def test_whatever_is_interrupted_an_empty_success_is_told_once(it: World, how: type[BaseException]) -> None:
    number = 100
    await it.two.alerts_on(states=NONE, signs=EMPTY)
    for step in range(6):
        for when in ("before", "after"):
            number += 1
            it.adverity.starts(number)
            await it.two.round_of("going", "past")
            it.adverity.brought[number] = [0]
            it.adverity.ends(number, State.SUCCESS)
            for _ in range(3):
                dying = it.process(f"dies {number} {_}")
                dying.database.fails(after=step, when=when, how=how)
                await dying.round()
                it.clock.pass_(61)
            await rounds(it, times=10)
            name = "Stream " + "".join(chr(ord("a") + int(digit)) for digit in str(number))
            told = [one for one in it.slack.said if name in one.text and "brought no rows" in one.text]
            assert len(told) == 1, (step, when)
            it.clock.pass_(3 * 3600)


async def test_what_nobody_asks_for_any_more_is_not_kept(it: World) -> None:
    it.adverity.took[STREAM] = [1] * 6
    it.adverity.starts(987, before=3600)
    await it.one.alerts_on(states=frozenset({State.FAILED}), signs=frozenset(Sign))
    await rounds(it)
    it.adverity.fails["extracts"] = Unreachable("no answer")
    await succeeds(it, 988, 0)
    await rounds(it)
    (row,) = await it.rows(pollers)
    kept = PollState.load(row.state)
    assert (set(kept.usual), set(kept.late), set(kept.weighing)) == ({987}, {987}, {988})
    await it.one.alerts_off()
    await it.one.alerts_on()
    await rounds(it)
    (row,) = await it.rows(pollers)
    kept = PollState.load(row.state)
    assert (kept.usual, kept.late, kept.weighing) == ({}, {}, {})
    assert kept.looked_at is not None
    assert it.clock() - kept.looked_at < timedelta(minutes=1)
