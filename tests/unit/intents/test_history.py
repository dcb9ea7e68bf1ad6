"""The record of acts: of a range, of a job, by somebody."""

from jobbot.intents import Between, DoesNotFit, History, Last, Misread, MissingNumber, UnknownPerson, canonical
from tests.support.each import each
from tests.unit.intents.world import JOB, misread, typed, utc

ANA = "U024BE7LH"


@each("text", ["history", "History", "audit", "show history", "show me the history", "history:"])
def test_everything(text: str) -> None:
    assert typed(text) == History()


@each(
    "text",
    [
        f"history by <@{ANA}>",
        f"history by <@{ANA}|ana>",
        f"history <@{ANA}>",
        f"by <@{ANA}> history",
        f"by <@{ANA}>",
        f"history by {ANA}",
        f"history by @{ANA}",
    ],
)
def test_somebodys(text: str) -> None:
    assert typed(text) == History(by=ANA)


@each("text", ["history job 987", "history 987", "987 history", "history of job #987"])
def test_of_one_job(text: str) -> None:
    assert typed(text) == History(job=JOB)


def test_of_a_range_an_instance_and_all_of_it() -> None:
    day = Between(utc("2022-10-30 23:00:00"), utc("2022-10-31 22:59:59"))
    assert typed("history 2022-10-31") == History(range=day)
    found = typed(f"in staging history last 6h by <@{ANA}> job 987")
    assert isinstance(found, History)
    assert isinstance(found.range, Last)
    assert (found.by, found.job, found.instance) == (ANA, JOB, "staging")
    assert typed(canonical(found)) == found


def test_whom_nobody_knows() -> None:
    assert misread("history by @ana").problems == (UnknownPerson("@ana"),)
    assert misread("history by").problems == (UnknownPerson(""),)
    assert misread("history by yesterday").problems == (UnknownPerson(""),)
    assert misread("history by @ana").suggestion == "history"


def test_what_has_no_meaning_beside_it() -> None:
    found = misread("history failed datastream 42")
    assert set(found.problems) == {DoesNotFit("failed", "history")}
    assert found.suggestion == "history datastream 42"
    assert misread("history job").problems == (MissingNumber("job"),)
    assert misread(f"watch 987 by <@{ANA}>").problems == (DoesNotFit(f"by @{ANA}", "watch"),)


def test_a_reason_may_say_history() -> None:
    assert not isinstance(typed("stop 987 history repeats itself, by @ana"), Misread | History)
