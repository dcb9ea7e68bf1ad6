"""Questions about how things are: never answered by what is green, and by what goes on before what is over."""

import pytest

from jobbot.adverity.model import State
from jobbot.intents import (
    Between,
    Handover,
    Help,
    Intent,
    ListJobs,
    PauseSchedule,
    ShowJob,
    Topic,
    UnknownWord,
    canonical,
)
from jobbot.intents.wording import as_said
from tests.support.each import each
from tests.unit.intents.world import JOB, listed, misread, ranged, typed, utc

LOOKED_AT = frozenset({State.SCHEDULED, State.RUNNING, State.FAILED})
ANY = frozenset(State)


@pytest.mark.parametrize(
    "text",
    [
        *("is adverity down", "adverity down?", "is adverity back", "what is wrong with adverity", "is adverity ok"),
        *("is everything ok", "is everything fine?", "everything ok?", "all ok?", "are we ok", "is anything wrong"),
        *("is everything all right", "what's wrong", "what is wrong?", "is all well", "is everything okay right now"),
    ],
)
def test_whether_all_is_well_is_the_hand_over(text: str) -> None:
    assert typed(text) == Handover()
    assert typed(f"{text.rstrip('?')} in staging") == Handover(instance="staging")


@each(
    "text",
    ["failed adverity?", "running adverity?", "are there failed jobs adverity", "adverity? failed", "tiktok adverity?"],
)
def test_a_list_does_not_lose_a_word_that_may_be_a_name(text: str) -> None:
    found = misread(text)

    assert UnknownWord("adverity") in found.problems
    assert "adverity" in str(found.named)


@pytest.mark.parametrize("text", ["adverity?", "is adverity down", "what is wrong with adverity"])
def test_an_instance_that_is_called_adverity_is_meant(text: str) -> None:
    instances = ("staging", "adverity")

    assert typed(text, instances=instances) == Handover(instance="adverity")
    assert typed("is adverity down in staging", instances=instances) == Handover(instance="staging")


@pytest.mark.parametrize("text", ["was everything ok last night", "what was wrong last night"])
def test_whether_all_was_well_is_what_failed_then(text: str) -> None:
    assert typed(text) == typed("failed last night")


@each(
    ("text", "states"),
    [
        *((f"{asked} facebook", LOOKED_AT) for asked in ("what is wrong with", "whats up with", "what's wrong with")),
        *(("is facebook ok", LOOKED_AT), ("is everything ok with facebook", LOOKED_AT)),
        *((f"is facebook {done}", ANY) for done in ("done yet", "done", "finished?", "ready", "through")),
        *(("when is facebook done", ANY), ("has facebook finished yet", ANY), ("is the facebook done", ANY)),
        *((f"how long {does} facebook take", ANY) for does in ("will", "does", "did")),
        ("how long is facebook running", frozenset({State.RUNNING})),
        ("is facebook still running", frozenset({State.RUNNING})),
    ],
)
def test_a_question_about_one_datastream_shows_what_goes_on_of_it(text: str, states: frozenset[State]) -> None:
    named = misread(text).named

    assert named == ListJobs(states=states, datastream="facebook")
    assert typed(canonical(named)) == named
    assert listed(text.replace("facebook", "datastream 42")).states == states


@each("text", ["how long will 987 take", "is 987 done", "is 987 ok", "what's wrong with 987"])
def test_a_question_about_a_job_shows_it(text: str) -> None:
    assert typed(text) == ShowJob(job=JOB)


def test_what_only_asks_for_a_list_is_one() -> None:
    assert listed("which jobs are done").states == {State.SUCCESS}
    assert listed("success datastream 42").states == {State.SUCCESS}
    assert typed("ok jobs") == typed("success")
    assert listed('"ok" failed').datastream == listed("failed").datastream


@each(
    ("text", "meant"),
    [
        *(
            (text, Help(Topic.FREEZE))
            for text in ("cancel freeze", "end the freeze", "stop the freeze", "stop freezing")
        ),
        ("help fetching", Help(Topic.FETCH)),
        ("help pausing", Help(Topic.PAUSE)),
        ("help stopping", Help(Topic.STOP)),
        ("help retrying", Help(Topic.RETRY)),
    ],
)
def test_what_is_helped_with(text: str, meant: Intent) -> None:
    assert typed(text) == meant


@pytest.mark.parametrize("text", ["retry all failed", "retry everything", "acknowledge all"])
def test_of_all_that_failed_the_issues_are_offered(text: str) -> None:
    assert as_said(misread(text).offers[0]) == "issues"


@pytest.mark.parametrize(
    "text",
    [
        *("change the pause of facebook to 6h", "extend pause facebook 6h", "extend the pause of facebook for 6h"),
        "change facebook pause to 6h",
    ],
)
def test_to_change_a_pause_is_to_pause_again(text: str) -> None:
    meant = PauseSchedule(datastream="facebook", until=utc("2022-11-02 15:42:05"))

    assert misread(text).named == meant
    assert typed(text.replace("facebook", 'datastream "facebook"')) == meant


def test_a_pause_is_changed_until_a_time_of_day() -> None:
    for text in ("change pause datastream 42 until 18:00", "move the pause of datastream 42 to 18:00"):
        assert typed(text) == typed("pause datastream 42 until 18:00")


def test_at_a_time_is_the_hour_that_begins_then_and_a_time_alone_is_since() -> None:
    three = Between(utc("2022-11-02 02:00:00"), utc("2022-11-02 02:59:59"))

    assert ranged("failed at 3am") == ranged("failed around 3am") == three
    assert as_said(typed("failed at 3am")) == "failed at 3AM"
    assert ranged("failed yesterday at 10:30") == Between(utc("2022-11-01 09:30:00"), utc("2022-11-01 10:29:59"))
    assert ranged("failed 3am") == ranged("failed since 3am") != three
    assert ranged("yesterday at 22:00 to 23:00") == ranged("yesterday 22:00..23:00")


def test_an_hour_alone_is_that_hour_where_a_time_is_wanted() -> None:
    three = ranged("failed at 3:00")

    assert ranged("failed at 3").said == "at 3:00"
    for said in ("failed at 3", "failed around 3", "what failed at 3?", "failed at 3 o'clock"):
        assert ranged(said) == three
    assert typed("what happened at 3") == typed("timeline at 3am")
    assert typed("history at 3") == typed("history at 3:00")
    assert ranged("jobs at 15") == ranged("jobs at 15:00") == ranged("at 15:00")
    assert ranged("failed since 3") == ranged("failed since 3am")
    day_before = Between(utc("2022-11-01 02:00:00"), utc("2022-11-01 02:59:59"))
    for said in ("failed yesterday at 3", "failed at 3 yesterday", "failed yesterday around 3am"):
        assert ranged(said) == day_before
    assert ranged("failed since 3 days") == ranged("failed last 3 days")
    assert ranged("failed at 3 nov").said == "3 nov"


def test_a_pause_may_end_at_an_hour_alone() -> None:
    for said, whole in (("until 18", "until 18:00"), ("until 3", "until 3:00")):
        assert typed(f"pause datastream 42 {said}") == typed(f"pause datastream 42 {whole}")


def test_a_number_that_is_no_hour_is_a_job() -> None:
    for said in ("look at 12", "have a look at 12", "job 12"):
        assert typed(said) == typed("12")
    assert misread("failed at 987").offers[0] == ShowJob(job=JOB)


def test_yesterday_around_an_hour_is_one_range() -> None:
    assert ranged("failed yesterday around 3am") == ranged("failed yesterday at 3am")


def test_what_is_planned_at_an_hour_is_to_come() -> None:
    nine = Between(utc("2022-11-03 08:00:00"), utc("2022-11-03 08:59:59"))
    today = Between(utc("2022-11-02 08:00:00"), utc("2022-11-02 08:59:59"))

    assert ranged("scheduled at 9am") == ranged("scheduled around 9:00") == nine
    assert ranged("failed at 9am") == ranged("scheduled today at 9am") == today


def test_the_night_of_a_friday_is_that_one() -> None:
    night = Between(utc("2022-10-28 16:00:00"), utc("2022-10-29 03:59:59"))

    assert (
        ranged("failed last friday night") == ranged("failed friday night") == ranged("failed on friday night") == night
    )
    assert ranged("last wednesday evening").said == "last wednesday evening"


def test_a_question_that_is_misspelt_is_offered_as_it_is_meant() -> None:
    found = misread("wat is runing")

    assert found.problems == (UnknownWord("wat", "what"), UnknownWord("runing", "running"))
    assert found.suggestion == "running"


def test_a_day_of_two_orders_says_how_it_was_read() -> None:
    fetch = typed("fetch datastream 42 10/11")
    assert getattr(fetch, "order", "") == "month/day" or getattr(fetch, "order", "") == "day/month"
    assert getattr(typed("fetch datastream 42 1 nov"), "order", None) == ""
    assert getattr(misread("fetch facebook 10/11").named, "order", "")
    assert getattr(typed("pause datastream 42 until 12/11/2022"), "order", "")


def test_why_somebody_stopped_it_is_the_record() -> None:
    assert typed("why did you stop 987") == typed("history job 987")
