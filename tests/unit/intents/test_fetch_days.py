"""The days of a fetch: of the calendar of who asks, both included, no hours and none to come."""

from datetime import date, datetime

from jobbot.adverity.model import Days
from jobbot.intents import BadRange, FetchAgain
from tests.support.each import each
from tests.unit.intents.world import misread, typed


def days(text: str, **how: object) -> Days | None:
    intent = typed(f"fetch datastream 42 {text}", **how)  # type: ignore[arg-type]
    assert isinstance(intent, FetchAgain), intent
    return intent.days


@each(
    ("text", "first", "last"),
    [
        ("today", "2022-11-02", "2022-11-02"),
        ("yesterday", "2022-11-01", "2022-11-01"),
        ("2 days ago", "2022-10-31", "2022-10-31"),
        ("monday", "2022-10-31", "2022-10-31"),
        ("31 oct", "2022-10-31", "2022-10-31"),
        ("1 oct..27 oct", "2022-10-01", "2022-10-27"),
        ("oct 1 to oct 27", "2022-10-01", "2022-10-27"),
        ("from 1 oct until 27 oct", "2022-10-01", "2022-10-27"),
        ("between 1 oct and 27 oct", "2022-10-01", "2022-10-27"),
        ("between 1 and 27 oct", "2022-10-01", "2022-10-27"),
        ("1-27 oct", "2022-10-01", "2022-10-27"),
        ("oct 1-27", "2022-10-01", "2022-10-27"),
        ("1st to 27th of oct", "2022-10-01", "2022-10-27"),
        ("1.10.-27.10.", "2022-10-01", "2022-10-27"),
        ("2021-11-01..2021-11-27", "2021-11-01", "2021-11-27"),
        ("2021-11-01 - 2021-11-27", "2021-11-01", "2021-11-27"),
        ("20 dec..10 jan", "2021-12-20", "2022-01-10"),
        ("october", "2022-10-01", "2022-10-31"),
        ("november", "2022-11-01", "2022-11-02"),
        ("december 2021", "2021-12-01", "2021-12-31"),
        ("since monday", "2022-10-31", "2022-11-02"),
        ("since 3 days ago", "2022-10-30", "2022-11-02"),
        ("last 7 days", "2022-10-26", "2022-11-01"),
        ("7d", "2022-10-26", "2022-11-01"),
        ("past two weeks", "2022-10-19", "2022-11-01"),
        ("last week", "2022-10-24", "2022-10-30"),
        ("this week", "2022-10-31", "2022-11-02"),
        ("last month", "2022-10-01", "2022-10-31"),
        ("this month", "2022-11-01", "2022-11-02"),
        ("last year", "2021-01-01", "2021-12-31"),
        ("this year", "2022-01-01", "2022-11-02"),
        ("weekend", "2022-10-29", "2022-10-30"),
        ("yesterday..today", "2022-11-01", "2022-11-02"),
    ],
)
def test_days(text: str, first: str, last: str) -> None:
    assert days(text) == Days(date.fromisoformat(first), date.fromisoformat(last))


@each(
    ("text", "reason"),
    [
        ("last 6h", "not days"),
        ("48h", "not days"),
        ("since 36 hours ago", "not days"),
        ("since 10:30", "not days"),
        ("yesterday 10:30..yesterday 12:00", "not days"),
        ("between 8 and 10", "not days"),
        ("last night", "not days"),
        ("tomorrow", "in the future"),
        ("next week", "in the future"),
        ("yesterday..tomorrow", "in the future"),
        ("1 nov..27 nov", "in the future"),
        ("2023-01-01..2023-01-05", "in the future"),
        ("2 years", "too long"),
        ("2020-01-01..2021-12-31", "too long"),
        ("27 oct..1 oct", "ends before it starts"),
        ("30 feb", "no such date"),
        ("0 days", "no length"),
    ],
)
def test_what_is_refused(text: str, reason: str) -> None:
    problems = misread(f"fetch datastream 42 {text}").problems

    assert [problem.reason for problem in problems if isinstance(problem, BadRange)] == [reason]


def test_days_are_those_of_the_persons_zone() -> None:
    late = datetime.fromisoformat("2022-11-02T23:30:00Z")
    assert days("yesterday", now=late) == Days(date(2022, 11, 2), date(2022, 11, 2))
    assert days("yesterday", now=late, zone="America/New_York") == Days(date(2022, 11, 1), date(2022, 11, 1))


def test_days_of_23_and_25_hours_are_days() -> None:
    later = datetime.fromisoformat("2022-11-20T12:00:00Z")
    assert days("29 oct..31 oct", now=later) == Days(date(2022, 10, 29), date(2022, 10, 31))
    assert days("30 oct", now=later) == Days(date(2022, 10, 30), date(2022, 10, 30))
