"""What a stop's message tells beside the job - its days, its follow-up jobs, the next fetch - in every ending of it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from jobbot.adverity.errors import NotStoppable, Unreachable
from jobbot.flows.acts.kinds.stop import StopDetails
from jobbot.store.acts.model import ActState
from tests.machinery.acts.steps import Do, done_and_raises, raises
from tests.machinery.acts.world import ANA, Process, World
from tests.unit.store.world import LEASE

DAYS, FOLLOWUPS, NEXT = "1–27 Oct", "also discards 988, 989", "next scheduled fetch 2022-10-31 11:00 UTC (in "
NO_ANSWER = Unreachable("timed out")

Happens = Callable[[World, Process], None]


@pytest.fixture
def all_known(it: World) -> World:
    """A fetch of some days with two jobs behind it; its datastream is fetched again soon."""
    it.runs()
    it.adverity.states |= {988: "Scheduled", 989: "Scheduled"}
    it.adverity.datastream, it.adverity.followups = 42, (988, 989)
    it.adverity.days = ("2022-10-01", "2022-10-27")
    it.adverity.next_run = datetime(2022, 10, 31, 11, 0, tzinfo=UTC).isoformat()
    return it


def is_ignored(it: World, one: Process) -> None:
    it.adverity.stops_work = False


def is_refused(it: World, one: Process) -> None:
    one.steps.at("stop", raises(NotStoppable("Not in fetch.", status=409)))


def was_over(it: World, one: Process) -> None:
    it.adverity.states[987] = "Success"


def ends_by_itself(it: World, one: Process) -> None:
    async def meanwhile(do: Do) -> None:
        it.adverity.states[987] = "Success"
        raise NotStoppable("Not in fetch.", status=409)

    one.steps.at("stop", meanwhile)


def cannot_be_read(it: World, one: Process) -> None:
    one.steps.always["read"] = raises(NO_ANSWER)


def gets_no_answer(it: World, one: Process) -> None:
    one.steps.at("stop", raises(NO_ANSWER))


ENDINGS: dict[str, tuple[Happens, ActState, str]] = {
    "stopped": (lambda it, one: None, ActState.DONE, "Stopped job 987"),
    "accepted and ignored": (is_ignored, ActState.UNKNOWN, "is still running"),
    "refused": (is_refused, ActState.REFUSED, "Adverity refused"),
    "over before": (was_over, ActState.ENDED_OTHERWISE, "was over already"),
    "ended by itself": (ends_by_itself, ActState.ENDED_OTHERWISE, "ended by itself"),
    "not readable": (cannot_be_read, ActState.REFUSED, "No request was sent"),
    "no answer": (gets_no_answer, ActState.UNKNOWN, "Unknown whether"),
}


@pytest.mark.parametrize("how", ENDINGS)
async def test_every_ending_tells_the_days_and_the_next_fetch(all_known: World, how: str) -> None:
    it, one = all_known, all_known.starts("one")
    happens, state, words = ENDINGS[how]
    happens(it, one)
    await one.submits()
    await one.ends()
    assert (await it.row()).state is state
    (said,) = it.slack.public
    assert words in said.text
    assert DAYS in said.text
    assert NEXT in said.text


@pytest.mark.slow
@pytest.mark.parametrize("step", ["post", "announced", "sending", "stop", "answered", "list", "close", "edit"])
@pytest.mark.parametrize("readable", [True, False])
async def test_whoever_goes_on_after_a_crash_tells_no_less(all_known: World, step: str, readable: bool) -> None:
    it, one, two = all_known, all_known.starts("one"), all_known.starts("two")
    one.steps.at(step, one.steps.dies_after if step in ("post", "stop") else one.steps.dies)
    await one.submits()
    await one.ends()
    assert one.steps.dead
    if not readable:
        cannot_be_read(it, two)
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    said = it.slack.public[-1]
    assert DAYS in said.text
    assert NEXT in said.text
    row = await it.row()
    assert StopDetails.model_validate_json(row.details).followups == (988, 989)
    if row.state in (ActState.DONE, ActState.UNKNOWN):
        assert "also discarded: 988, 989" in said.text or FOLLOWUPS in said.text


async def test_the_announcement_and_the_ending_tell_which_jobs_go_with_it(all_known: World) -> None:
    it, one = all_known, all_known.starts("one")
    await one.submits()
    await one.ends()
    (said,) = it.slack.public
    assert said.texts[0].startswith(f"*<@{ANA}> is stopping job 987 (datastream 42)*")
    assert "stopping also discards 988, 989" in said.texts[0]
    assert "also discarded: 988, 989" in said.text


@pytest.mark.parametrize(
    ("left", "words"),
    [((989,), "also discarded: 988 · not discarded: 989"), ((988, 989), "not discarded: 988, 989")],
)
async def test_what_adverity_did_not_discard_is_not_said_to_be(
    all_known: World, left: tuple[int, ...], words: str
) -> None:
    it, one = all_known, all_known.starts("one")

    async def meanwhile(do: Do) -> object:
        it.adverity.states |= dict.fromkeys(left, "Scheduled")
        return await do()

    one.steps.at("list", meanwhile)
    await one.submits()
    await one.ends()
    assert words in it.slack.public[0].text


async def test_jobs_that_cannot_be_read_again_are_said_to_be_so(all_known: World) -> None:
    it, one = all_known, all_known.starts("one")
    one.steps.at("list", raises(NO_ANSWER))
    await one.submits()
    await one.ends()
    assert "discarded with it: 988, 989 (not read again)" in it.slack.public[0].text


async def test_without_jobs_behind_it_the_list_is_not_read_again(all_known: World) -> None:
    it, one = all_known, all_known.starts("one")
    it.adverity.followups = ()
    await one.submits()
    await one.ends()
    assert "list" not in one.steps.taken
    assert "discard" not in it.slack.public[0].text


async def test_what_the_window_did_not_know_is_not_told_as_none(all_known: World) -> None:
    it, one = all_known, all_known.starts("one")
    it.shows = False
    one.steps.at("stop", done_and_raises(NO_ANSWER))
    await one.submits()
    await one.ends()
    assert StopDetails.model_validate_json((await it.row()).details).followups is None
    assert "whether follow-up jobs were discarded with it is not known" in it.slack.public[0].text
    assert "was to fetch 1–27 Oct" in it.slack.public[0].text, "the job itself says its days"


async def test_what_an_incomplete_list_does_not_hold_is_not_called_discarded(all_known: World) -> None:
    it, one = all_known, all_known.starts("one")
    it.adverity.complete = False
    await one.submits()
    await one.ends()
    (said,) = it.slack.public
    assert "also discarded" not in said.text
    assert "follow-up jobs that are discarded with it: 988, 989 (not read again)" in said.text
