"""The window of a stop while Adverity or Slack takes its time: whoever waits reads that, and nobody waits for ever."""

from dataclasses import replace
from typing import Any

import pytest

from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
    StopSeveral,
)
from jobbot.interaction import Interaction, Submitted
from jobbot.render.acts.retry_window import ACKNOWLEDGE_MODAL, RETRY_MODAL
from jobbot.render.acts.several_window import SEVERAL_MODAL
from jobbot.render.acts.stop_window import STOP_MODAL
from jobbot.slack.handlers.acts.metadata import ActMetadata, decode
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.urgency import IS_URGENT
from jobbot.store.acts.model import ActState, Kind
from jobbot.telemetry import Outcome
from tests.machinery.acts.steps import Action, Do, Gate, away, first, raises
from tests.machinery.acts.world import ACT_TIMING, ANA, INC, OCTOBER, TEAM, World

MODALS = {
    Kind.RETRY: RETRY_MODAL,
    Kind.ACKNOWLEDGE: ACKNOWLEDGE_MODAL,
    Kind.STOP_SEVERAL: SEVERAL_MODAL,
    Kind.STOP: STOP_MODAL,
}

AT_ONCE: ActTiming = replace(ACT_TIMING, note=0.0)


def opening(gate: Gate) -> Action:
    """A step after which the gate is open."""

    async def does(do: Do) -> Any:
        done = await do()
        gate.open.set()
        return done

    return does


def says(window: Any) -> str:
    return str(window.view)


SLOW: dict[str, tuple[Act, str, str]] = {
    "a stop": (StopJob(job=JobId(987)), "read", "job 987"),
    "a retry": (Retry(job=JobId(980)), "read", "job 980"),
    "an acknowledgement": (Acknowledge(job=JobId(980)), "read", "job 980"),
    "a fetch": (FetchAgain(datastream=DatastreamId(42), days=OCTOBER), "datastream", "datastream 42"),
    "a pause": (PauseSchedule(datastream=DatastreamId(42)), "datastream", "the schedule of datastream 42"),
    "several stops": (StopSeveral(jobs=(JobId(987), JobId(988))), "read", "jobs 987, 988"),
}
"""What is asked for, the question to Adverity that takes long, and about what it is."""


@pytest.mark.parametrize("what", SLOW)
async def test_a_window_that_takes_long_says_so_and_is_filled_all_the_same(it: World, what: str) -> None:
    wish, step, about = SLOW[what]
    it.runs()
    it.fails(980)
    one = it.starts("one", act_timing=AT_ONCE)
    gate = Gate()

    one.steps.at(step, gate)
    one.steps.at("update_modal", opening(gate))
    assert await one.asks(wish=wish) is Outcome.ASKED
    checking, patience, asked = map(says, it.slack.windows)
    assert f"Checking {about}" in checking
    assert f"Asking Adverity for {about}" in patience
    assert "'submit'" in asked


async def test_what_fills_a_window_comes_no_more_before_what_others_wait_for(it: World) -> None:
    it.runs()
    one = it.starts("one")
    seen: list[bool] = []
    IS_URGENT.set(True)

    async def read(do: Do) -> Any:
        seen.append(IS_URGENT.get())
        return await do()

    one.steps.at("read", read)
    assert await one.asks() is Outcome.ASKED
    assert seen == [False]


async def test_a_note_that_is_on_its_way_is_not_shown_over_what_was_asked(it: World) -> None:
    it.runs()
    one = it.starts("one", act_timing=AT_ONCE)
    note = Gate()

    async def read(do: Do) -> Any:
        await note.reached.wait()
        found = await do()
        note.open.set()
        return found

    one.steps.at("read", read)
    one.steps.at("update_modal", note)
    await one.asks()
    assert "'submit'" in says(it.slack.windows[-1])


async def test_a_window_is_not_waited_for_for_ever(it: World) -> None:
    it.runs()
    one = it.starts("one", act_timing=replace(ACT_TIMING, ask=0.01))
    one.steps.at("read", Gate())
    with pytest.raises(Exception) as failed:  # noqa: PT011 - whoever serves it knows that the person has been told
        await one.asks()
    assert type(failed.value).__name__ == "AlreadyReported"
    assert "did not answer within 0.01 s, so nothing was asked or sent" in says(it.slack.windows[-1])
    assert "'submit'" not in says(it.slack.windows[-1])


async def test_who_has_submitted_is_told_that_it_is_not_sent_yet(it: World) -> None:
    it.runs()
    one = it.starts("one", act_timing=AT_ONCE)
    gate = Gate()

    one.steps.at("person", gate)
    one.steps.at("whisper", opening(gate))
    await one.submits()
    await one.ends()
    (whisper,) = it.slack.whispers(ANA)
    assert "recorded, but not sent yet" in whisper
    assert (await it.row()).state is ActState.DONE


async def test_in_a_bound_channel_a_job_that_cannot_be_placed_in_time_is_not_stopped(it: World) -> None:
    it.runs()
    it.rule = replace(it.rule, workspaces=(14,))
    one = it.starts("one", act_timing=replace(ACT_TIMING, ask=0.01))
    one.steps.at("read", Gate())
    await one.submits()
    await one.ends()
    row = await it.row()
    assert (row.state, row.sent_at) == (ActState.DENIED, None)
    assert it.adverity.posts == []
    (whisper,) = it.slack.whispers(ANA)
    assert "*Job 987 is not shown in this channel.*" in whisper


async def test_a_quick_window_says_nothing_of_waiting(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("read", first(lambda: None))
    await one.asks()
    assert not any("Asking Adverity" in says(window) for window in it.slack.windows)


@pytest.mark.parametrize(
    "wish", [FetchAgain(datastream=DatastreamId(42), days=OCTOBER), PauseSchedule(datastream=DatastreamId(42))]
)
async def test_a_window_opens_for_a_datastream_however_long_its_name_is(it: World, wish: Act) -> None:
    it.adverity.name = "Facebook Ads EU " * 100
    one = it.starts("one")
    assert await one.asks(wish=wish) is Outcome.ASKED
    view = it.slack.windows[-1].view
    metadata = decode(view["private_metadata"])
    assert metadata is not None
    assert metadata.name.startswith("Facebook Ads EU")


@pytest.mark.parametrize("kind", [Kind.RETRY, Kind.ACKNOWLEDGE, Kind.STOP_SEVERAL, Kind.STOP])
@pytest.mark.parametrize("details", ["{", '{"issue":"77"}', '{"of":"another version"}', "[]"])
async def test_a_window_whose_details_are_not_ours_is_stale(it: World, kind: Kind, details: str) -> None:
    it.fails()
    one = it.starts("one")
    metadata = ActMetadata(
        kind=kind,
        instance="acme",
        job=987,
        name="",
        channel=INC,
        user=ANA,
        asked_at=it.time.monotonic(),
        datastream=42,
        details=details,
    )
    did = Submitted(MODALS[kind], "V1", metadata.encode(), {"reason": "x"})
    said = await one.sends(Interaction(did=did, key="submit", user_id=ANA, user_team_id=TEAM))
    assert "Nothing was sent." in str(said)
    assert await it.rows(None) == []


QUESTIONS: dict[str, tuple[Act, str]] = {
    "a stop": (StopJob(job=JobId(987)), "earlier"),
    "a fetch": (FetchAgain(datastream=DatastreamId(42), days=OCTOBER), "earlier"),
    "a retry": (Retry(job=JobId(980)), "earlier"),
    "an acknowledgement": (Acknowledge(job=JobId(980)), "earlier"),
    "a resume": (ResumeSchedule(datastream=DatastreamId(42)), "paused"),
}
"""What is asked for, and the question to the database without whose answer nothing is asked."""


@pytest.mark.parametrize("what", QUESTIONS)
async def test_without_the_database_the_window_says_so_and_asks_nothing(it: World, what: str) -> None:
    wish, step = QUESTIONS[what]
    it.runs()
    it.fails(980)
    it.adverity.enabled = not isinstance(wish, ResumeSchedule)
    one = it.starts("one")
    one.steps.at(step, away)
    with pytest.raises(AlreadyReported):
        await one.asks(wish=wish)
    window = it.slack.windows[-1]
    assert "so it will not send one" in says(window)
    assert "submit" not in window.view


@pytest.mark.parametrize("what", QUESTIONS)
async def test_without_adverity_the_window_says_so_and_asks_nothing(it: World, what: str) -> None:
    wish, _ = QUESTIONS[what]
    it.runs()
    one = it.starts("one")
    for step in ("read", "datastream"):
        one.steps.at(step, raises(Unreachable("timed out")))
    with pytest.raises(AlreadyReported):
        await one.asks(wish=wish)
    window = it.slack.windows[-1]
    assert "Adverity did not answer (timed out)" in says(window)
    assert "Reference" in says(window)
    assert "submit" not in window.view


@pytest.mark.parametrize("how", ["no answer", "not all of them"])
async def test_without_the_jobs_that_are_going_on_the_window_says_what_it_does_not_know(it: World, how: str) -> None:
    it.runs()
    it.adverity.datastream = 42
    one = it.starts("one")
    if how == "no answer":
        one.steps.always["list"] = raises(Unreachable("timed out"))
    else:
        it.adverity.complete = False
    assert await one.asks() is Outcome.ASKED
    assert "Stopping also discards the follow-up jobs of its datastream." in says(it.slack.windows[-1])
    assert await one.asks(wish=FetchAgain(datastream=DatastreamId(42), days=OCTOBER)) is Outcome.ASKED
    assert "Whether a job fetches some of these days already is not known." in says(it.slack.windows[-1])


NOTHING_TO_ASK: dict[str, tuple[Act, str]] = {
    "a job that there is not": (FetchAgain(job=JobId(1)), "Adverity knows no job 1."),
    "a job of no datastream": (FetchAgain(job=JobId(987)), "Adverity does not say of which datastream job 987 is."),
    "a schedule of which nothing is told": (
        PauseSchedule(datastream=DatastreamId(42)),
        "does not say whether the schedule",
    ),
    "a schedule that is off": (PauseSchedule(datastream=DatastreamId(42)), "there is nothing to pause."),
}
"""What is asked for, and what the window says instead of a question."""


@pytest.mark.parametrize("what", NOTHING_TO_ASK)
async def test_where_there_is_nothing_to_ask_the_window_says_why(it: World, what: str) -> None:
    wish, words = NOTHING_TO_ASK[what]
    it.runs()
    it.adverity.enabled = None if "told" in what else False
    one = it.starts("one")
    assert await one.asks(wish=wish) is Outcome.NOTHING_TO_DO
    window = it.slack.windows[-1]
    assert words in says(window)
    assert "submit" not in window.view
