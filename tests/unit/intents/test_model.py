"""What is asked of an intent, whatever it is: its instance, its key, whether a zone or a name decides what it means."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from jobbot.adverity.model import DatastreamId, Days, JobId
from jobbot.intents import FetchAgain, Help, NoQuestion, StopJob
from jobbot.intents.model import Act, Misread, instance_of, is_named, nearly_known, number_of, rests_on_zone
from jobbot.intents.parsing import is_greeting
from jobbot.intents.subjects import job_of, subject_of
from jobbot.intents.times.zones import zone_named
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed

DS = DatastreamId(42)
DAYS = Days(date(2022, 11, 1), date(2022, 11, 1))


@each(
    ("text", "rests"),
    [
        *(("failed yesterday", True), ("history since 10:30", True), ("timeline yesterday", True), ("qwertz", True)),
        *(("failed last 6h", False), ("stop 987", False), ("987", False), ("alerts on", False), ("fetch 987", False)),
        *(("fetch ds 42 yesterday", True), ("pause ds 42 until 13:00", True), ("freeze 30m", True)),
        *(("snooze until 18:00", True), ("pause ds 42", False), ("freeze", False)),
    ],
)
def test_what_may_mean_something_else_in_another_zone(text: str, rests: bool) -> None:
    assert rests_on_zone(typed(text)) is rests


@each(
    ("text", "subject"),
    [
        *(("stop 987", "job 987"), ("retry 987", "job 987"), ("ack 987", "job 987"), ("fetch 987", "job 987")),
        ("fetch ds 42 yesterday", "fetch 42 2022-11-01 2022-11-01"),
        *(("pause ds 42", "schedule 42"), ("resume ds 42", "schedule 42")),
        *(("fetch ds 42", None), ("pause datastream facebook", None), ("stop all", None)),
    ],
)
def test_the_key_of_what_is_acted_on(text: str, subject: str | None) -> None:
    act = typed(text)
    assert isinstance(act, Act)
    assert subject_of(act) == subject
    assert job_of(subject or "") == (JOB if subject == "job 987" else None)


def test_what_is_said_by_its_name_has_to_be_found_first() -> None:
    named = FetchAgain(datastream="facebook", days=DAYS)
    assert is_named(named)
    assert is_named(FetchAgain(datastream=DS, workspace="emea"))
    assert not is_named(FetchAgain(datastream=DS))
    assert not is_named(StopJob(job=JobId(987)))
    assert number_of(DS) == DS
    assert number_of(None) is None
    with pytest.raises(TypeError):
        number_of(named.datastream)


def test_the_instance_that_was_named() -> None:
    assert instance_of(typed("stop 987 in staging")) == "staging"
    for text in ("help", "thanks", "stop 987", "faild", "failed facebook"):
        assert instance_of(typed(text)) is None, text
    assert isinstance(typed("thanks"), NoQuestion)
    assert isinstance(typed("help"), Help)


def test_a_word_that_is_nearly_known() -> None:
    assert nearly_known(misread("faild"))
    assert not nearly_known(misread("facebook"))
    assert not nearly_known(Misread((), ()))


def test_a_greeting_says_nothing() -> None:
    assert is_greeting("<@U1|jobbot> hello")
    assert is_greeting("")
    assert not is_greeting("hello failed")


@each("name", ["Europe/Nowhere", "", "../etc", "Europe", "\0"])
def test_a_zone_that_there_is_not(name: str) -> None:
    assert zone_named(name) is None
    assert zone_named("Europe/Vienna") == ZoneInfo("Europe/Vienna")
