"""What was done is not offered any more, wherever a message offers it: said there once, whoever did it, and how."""

from contextlib import suppress
from datetime import date

import pytest

from jobbot.access import ChannelRule, Need
from jobbot.adverity.errors import InvalidRequest
from jobbot.adverity.model import DatastreamId, Days, JobId
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    OnDatastream,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
)
from jobbot.interaction import Interaction
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.store.acts.model import ActState, Kind
from tests.machinery.acts.steps import Killed, raises
from tests.machinery.acts.world import ANA, BEN, INC, OCTOBER, Process, Said, World
from tests.unit.store.world import LEASE

JOB, STREAM = JobId(987), DatastreamId(42)
RETRY, ACKNOWLEDGE = Retry(job=JOB, instance="acme"), Acknowledge(job=JOB, instance="acme")
FETCH, STOP = FetchAgain(job=JOB, instance="acme"), StopJob(job=JOB, instance="acme")
PAUSE, RESUME = PauseSchedule(datastream=STREAM, instance="acme"), ResumeSchedule(datastream=STREAM, instance="acme")
OF_DAYS = FetchAgain(datastream=STREAM, days=OCTOBER, instance="acme")


def _button(act: Act) -> Block:
    if isinstance(act, StopJob):
        return buttons.stop_with_reason(act)
    assert isinstance(act, Retry | Acknowledge | OnDatastream)
    return buttons.act(act)


def _offering(*acts: Act) -> Message:
    row = [buttons.show(JOB, "acme"), *map(_button, acts)]
    return parts.compose([parts.text("*Facebook Ads EU*: Failed"), parts.controls(row)])


async def offering(it: World, process: Process, *acts: Act, days: Days | None = None) -> Said:
    """A message that jobbot keeps, with these buttons, and one that shows the job. ``days``: those that it fetches."""
    message = _offering(*acts)
    ts = it.slack.say(message)
    of_days = None if days is None else (int(STREAM), days)
    await process.offered.keep(message, instance="acme", channel_id=INC, ts=ts, workspaces=None, days=of_days)
    it.time.pass_(2)
    return it.slack.messages[-1]


async def does(it: World, process: Process, kind: Kind) -> None:
    """Ana does it, on another way."""
    await process.sends(submission(it, kind))
    await process.ends()
    await process.delivers()


def submission(it: World, kind: Kind) -> Interaction:
    match kind:
        case Kind.STOP:
            return it.submission(ANA, 987)
        case Kind.FETCH:
            return it.fetch(job=987, of_job=OCTOBER)
        case Kind.PAUSE:
            return it.pause(ANA)
        case Kind.RESUME:
            return it.resume(ANA)
        case _:
            return it.about_issue(kind=kind)


@pytest.mark.parametrize(
    ("kind", "acts", "left", "said"),
    [
        (Kind.RETRY, (RETRY, ACKNOWLEDGE, FETCH), ["Fetch again"], "retried it"),
        (Kind.ACKNOWLEDGE, (RETRY, ACKNOWLEDGE, FETCH), ["Fetch again"], "acknowledged its issue"),
        (Kind.FETCH, (RETRY, ACKNOWLEDGE, FETCH), [], "fetched it again"),
        (Kind.PAUSE, (FETCH, PAUSE), ["Fetch again"], "paused the schedule"),
        (Kind.RESUME, (RESUME, FETCH), ["Fetch again"], "resumed the schedule"),
        (Kind.STOP, (STOP, PAUSE), ["Pause schedule"], "stopped it"),
    ],
)
async def test_the_button_of_what_was_done_is_gone_where_it_stands(
    it: World, kind: Kind, acts: tuple[Act, ...], left: list[str], said: str
) -> None:
    it.fails()
    it.adverity.enabled = kind is not Kind.RESUME
    if kind is Kind.STOP:
        it.runs()
    one, two = it.starts("one"), it.starts("two")
    message, other = [await offering(it, one, *acts) for _ in range(2)]
    await does(it, two, kind)
    for each in (message, other):
        assert each.pressed == ["Details", *left]
        assert f"<@{ANA}> {said}" in each.text
        assert len(each.texts) == 2, "edited once"


async def test_a_fetch_of_the_same_days_answers_it_too_and_an_earlier_one_does_not(it: World) -> None:
    it.fails()
    one = it.starts("one")
    await one.sends(it.fetch())
    await one.ends()
    it.time.pass_(600)
    message = await offering(it, one, FETCH, days=OCTOBER)
    typed = await offering(it, one, OF_DAYS)
    elsewhere = await offering(it, one, FETCH, days=Days(date(2022, 9, 1), date(2022, 9, 2)))
    await one.delivers()
    assert message.pressed == ["Details", "Fetch again"], "that was before this job"
    await one.sends(it.fetch(BEN))
    await one.ends()
    await one.delivers()
    assert message.pressed == typed.pressed == ["Details"]
    assert f"<@{BEN}> fetched it again" in message.text
    assert (elsewhere.pressed, len(elsewhere.texts)) == (["Details", "Fetch again"], 1)


async def test_what_came_to_nothing_is_offered_still(it: World) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY)
    one.steps.at("retry", raises(InvalidRequest("Nothing to retry.", status=400)))
    await does(it, one, Kind.RETRY)
    assert (message.pressed, len(message.texts)) == (["Details", "Retry"], 1)
    refused = it.slack.public[-1]
    assert "Retry" in refused.pressed, "ask for it again"
    await does(it, one, Kind.RETRY)
    assert message.pressed == ["Details"]
    assert "Retry" not in refused.pressed, "an ending is such a message too"


@pytest.mark.parametrize("kind", [Kind.RETRY, Kind.FETCH, Kind.PAUSE])
@pytest.mark.parametrize("after", [False, True])
async def test_a_process_dies_before_or_after_the_edit_was_ordered(it: World, kind: Kind, *, after: bool) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY, FETCH, PAUSE)
    one.steps.at("draw_again", one.steps.dies_after if after else one.steps.dies)
    with suppress(Killed):
        await one.sends(submission(it, kind))
    await one.ends()
    assert one.steps.dead
    two = it.starts("two")
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    await two.delivers()
    assert len(message.texts) == 2, "edited once"
    assert len(message.pressed) < 4
    row = (await it.rows(None))[0]
    assert (row.state, row.told_at is not None) == (ActState.DONE, True)


async def test_an_edit_that_waits_tells_all_that_was_done_by_then(it: World) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY, PAUSE)
    for kind in (Kind.RETRY, Kind.PAUSE):
        await one.sends(submission(it, kind))
        await one.ends()
    await one.delivers()
    assert (message.pressed, len(message.texts)) == (["Details"], 2)
    assert "retried it" in message.text
    assert "paused the schedule" in message.text


async def test_what_was_paused_and_resumed_may_be_paused_again(it: World) -> None:
    one = it.starts("one")
    message = await offering(it, one, PAUSE)
    await does(it, one, Kind.PAUSE)
    assert message.pressed == ["Details"]
    it.time.pass_(60)
    await does(it, one, Kind.RESUME)
    assert message.pressed == ["Details", "Pause schedule"]


async def test_what_jobbot_resumed_by_itself_is_said_to_be_its_own(it: World) -> None:
    one = it.starts("one")
    message = await offering(it, one, RESUME)
    await one.sends(it.pause(until="1"))
    await one.ends()
    it.time.pass_(3_700)
    await one.looks()
    await one.delivers()
    assert it.adverity.switches == [False, True]
    assert message.pressed == ["Details"]
    assert "jobbot resumed the schedule" in message.text


async def test_a_channel_is_offered_only_what_it_may(it: World) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY, FETCH, PAUSE)
    one.forbids(ChannelRule(may=frozenset({Need.VIEW, Need.RETRY, Need.PAUSE})))
    await does(it, one, Kind.PAUSE)
    assert message.pressed == ["Details", "Retry"]
    assert "fetched" not in message.text


@pytest.mark.parametrize(("kind", "acts"), [(Kind.RETRY, (RETRY,)), (Kind.PAUSE, (PAUSE,)), (Kind.FETCH, (OF_DAYS,))])
async def test_what_was_done_between_posting_and_keeping_is_gone_too(
    it: World, kind: Kind, acts: tuple[Act, ...]
) -> None:
    it.fails()
    one = it.starts("one")
    message = _offering(*acts)
    drawn_at = it.time()
    ts = it.slack.say(message)
    posted = it.slack.messages[-1]
    it.time.pass_(1)
    await does(it, one, kind)
    await one.offered.keep(message, instance="acme", channel_id=INC, ts=ts, workspaces=None, since=drawn_at)
    it.time.pass_(4)
    await one.delivers()
    assert posted.pressed == ["Details"]
    assert len(posted.texts) == 2, "edited once"


async def test_a_pause_that_was_under_way_when_it_was_drawn_is_gone_too(it: World) -> None:
    one = it.starts("one")
    await one.sends(it.pause(ANA))
    it.time.pass_(1)
    posted = await offering(it, one, PAUSE)
    await one.ends()
    await one.delivers()
    assert posted.pressed == ["Details"]


async def test_while_slack_says_nothing_of_the_channel_the_buttons_stay(it: World) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY, FETCH)
    one.offered.may_offer = _nobody_knows
    await does(it, one, Kind.RETRY)
    assert message.pressed == ["Details", "Fetch again"]


async def _nobody_knows(channel_id: str) -> None:
    return None


async def test_a_message_that_is_gone_is_left_alone(it: World) -> None:
    it.fails()
    one = it.starts("one")
    message = await offering(it, one, RETRY)
    it.slack.messages.remove(message)
    await does(it, one, Kind.RETRY)
    assert len(it.slack.public) == 1, "the act's own"
