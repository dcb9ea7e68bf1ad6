"""A stop's window and message: no title says the opposite of its text, nothing is said twice; what can be pressed."""

from dataclasses import replace
from datetime import timedelta

import pytest

from jobbot.adverity.around import Around, NextFetch
from jobbot.adverity.model import Job
from jobbot.adverity.usual_duration import Usual
from jobbot.render.acts import message, stop_window
from jobbot.render.acts import several as several_words
from jobbot.render.acts import stop as stop_words
from jobbot.render.acts.message import RequestFate
from jobbot.render.acts.stop import GO_ON
from jobbot.render.blockkit.blocks import Message, Modal
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.finding import FIND_JOBS
from tests.support.each import each
from tests.unit.render.gallery import NOW, as_given, ended, job, names
from tests.unit.render.gallery import gallery as everything

STOP = stop_words.Stop(
    name="Facebook Ads EU", job=987, instance="acme", user_id="U0ANA", asked_at=NOW, reason="runaway", followups=()
)

SEVERAL = several_words.Several(
    instance="acme",
    user_id="U0ANA",
    asked_at=NOW,
    reason="runaway",
    id="0" * 32,
    jobs=(987, 988),
    stops=tuple(several_words.StopOfOne(987 + n, "Facebook Ads EU", 42 + n, "done", "Cancelled") for n in range(2)),
)


def acts(message: Message) -> list[str]:
    return [one["action_id"] for block in message.blocks if block["type"] == "actions" for one in block["elements"]]


def words_of(window: Modal) -> str:
    return str(window.view["blocks"])


def window(one: Job, **around: object) -> Modal:
    return stop_window.confirm(
        one,
        names(as_given),
        NOW,
        followups=(),
        around=Around.model_validate(around),
        reason="",
        reason_required=False,
        metadata="x",
    )


def test_only_a_window_with_something_to_press_asks() -> None:
    """But for that of a list, in which nothing is done."""
    views = {name: said for name, said in everything() if isinstance(said, Modal) and "checking" not in name}
    acts = {name: said for name, said in views.items() if said.view.get("callback_id") != FIND_JOBS}
    windows = {name: said for name, said in acts.items() if said.view["type"] == "modal"}
    assert windows
    for name, said in windows.items():
        assert said.view["title"]["text"].endswith("?") == ("submit" in said.view), name


@each("state", ["Success", "Failed", "Cancelled", "Discarded", "Stale"])
def test_what_is_over_is_not_called_not_stopped(state: str) -> None:
    """A job that somebody else has cancelled is stopped."""
    for said in (
        stop_words.too_late(STOP, ended(as_given, state)),
        stop_words.over_before(STOP, ended(as_given, state)),
    ):
        assert "Not stopped" not in said.text
        assert f"It ended as {state}" in said.text
        assert acts(said) == [ActionId.JOB_SHOW]


def test_a_refusal_says_once_that_only_what_is_fetching_can_be_stopped() -> None:
    own = stop_words.refused(STOP, "Only jobs in the fetch stage can be stopped.")
    assert own.text.casefold().count("fetch") == 1
    other = stop_words.refused(STOP, "Not now.")
    assert other.text.casefold().count("fetching") == 1


def test_a_stop_is_offered_again_where_that_can_help() -> None:
    running = job(as_given)
    again = [
        stop_words.refused(STOP, "Not now.", None, running),
        stop_words.refused(STOP, "Too many.", 429),
        message.not_sent(STOP, "Adverity could not be reached."),
        stop_words.slow(STOP, running, NOW, NOW),
        stop_words.unknown(STOP, None, NOW, fate=RequestFate.NONE),
        message.interrupted(STOP, sent=True),
        message.interrupted(STOP, sent=False),
    ]
    for said in again:
        assert acts(said) == [ActionId.JOB_SHOW, ActionId.JOB_STOP], said.text
        assert "runaway" in str(said.blocks[-1]), "with the reason that was given"
    never = [
        stop_words.refused(STOP, "Only jobs in the fetch stage can be stopped.", None, running),
        message.begun(STOP),
        message.still_asking(STOP, RequestFate.NONE),
        stop_words.stopped(STOP, ended(as_given, "Cancelled"), NOW),
        stop_words.refused(STOP, "Not yours.", 403, running),
        stop_words.refused(STOP, "Invalid token.", 401),
    ]
    assert {tuple(acts(said)) for said in never} == {(ActionId.JOB_SHOW,)}
    assert acts(message.not_set_up(STOP, sent=True)) == acts(message.not_set_up(STOP, sent=False)) == []


def test_a_job_that_ended_since_is_not_offered_to_be_stopped_and_its_old_title_is_none() -> None:
    slow = stop_words.slow(STOP, job(as_given), NOW, NOW)
    told = stop_words.ended_since(slow, stop_words.called(STOP.name, STOP.job), ended(as_given, "Cancelled"), now=NOW)
    assert acts(told) == [ActionId.JOB_SHOW]
    first, second = (block["text"]["text"] for block in told.blocks[:2])
    assert first.startswith(":octagonal_sign: *Facebook Ads EU (job 987) ended since: Cancelled*")
    assert second.startswith("Told before: Facebook Ads EU (job 987) is still running\n")


@pytest.mark.parametrize("reason", ["see: {}", "{}", "next scheduled fetch 12:00{}, which the stop does not change"])
def test_what_somebody_wrote_stays_as_it_is_once_the_schedule_was_paused(reason: str) -> None:
    reason = reason.format(f"Next scheduled fetch{GO_ON}: never")
    fetch = NextFetch(at=NOW + timedelta(hours=1))
    one = replace(STOP, reason=reason, next_fetch=fetch, told_at=NOW)
    several = replace(SEVERAL, reason=reason, told_at=NOW, next_fetches={42: fetch})
    for told in (
        stop_words.stopped(one, ended(as_given, "Cancelled"), NOW),
        several_words.ended(several, ()),
    ):
        paused = stop_words.without_promise(told)
        for said in (paused.text, str(paused.blocks)):
            assert said.count(reason) == 1
            assert said.count(", before the schedule was paused") == 1


def test_of_several_schedules_it_is_not_said_that_the_one_was_paused() -> None:
    """Only some of them may be."""
    soon = {42 + n: NextFetch(at=NOW + timedelta(hours=1 + n)) for n in range(2)}
    told = several_words.ended(replace(SEVERAL, told_at=NOW, next_fetches=soon), ())
    paused = stop_words.without_promise(told)
    assert "Next scheduled fetches, before schedules were paused: " in paused.text
    assert GO_ON not in str(paused)


def test_the_window_says_how_long_against_how_long_usually() -> None:
    started = NOW - timedelta(hours=5, minutes=21)
    usual = Usual(runs=5, median=timedelta(minutes=20), low=timedelta(minutes=18), high=timedelta(minutes=24))
    said = words_of(window(job(as_given, job_start=started.isoformat()), usual=usual))
    assert ":warning: *Facebook Ads EU* · Running 62 % · *5 h 21 min*, usually 18–24 min (last 5 runs)" in said


@pytest.mark.parametrize(
    ("one", "words"),
    [
        (job(as_given), stop_window.ONLY_WHILE_FETCHING),
        (job(as_given, type="Load"), "*It is past fetching (Load)*"),
        (job(as_given, 987, "Paused"), "*jobbot does not know this state*"),
    ],
)
def test_the_window_says_once_whether_the_job_can_be_stopped(one: Job, words: str) -> None:
    said = words_of(window(one))
    assert words in said
    assert said.count("still fetching") == 1


def test_the_window_of_a_scheduled_job_says_that_nothing_has_been_fetched() -> None:
    said = words_of(window(job(as_given, 987, "Scheduled", progress=0, job_start=None)))
    assert "Nothing has been fetched yet." in said
    assert "fetching" not in said


def test_the_window_names_the_jobs_that_go_with_it() -> None:
    said = stop_window.numbers_in_words((1, 2, 3, 4, 5)), stop_window.numbers_in_words((1, 2, 3, 4, 5, 6, 7))
    assert said == ("1, 2, 3, 4, 5", "1, 2, 3, 4, 5 and 2 more")
