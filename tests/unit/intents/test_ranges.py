"""Ranges, as Ana types them in Vienna on Wednesday, 2 November 2022, at 10:42:05."""

from datetime import timedelta

from jobbot.intents import BadRange, Between, Last, Since
from tests.support.each import each
from tests.unit.intents.world import INSTANCES, listed, misread, ranged, utc

OCT_31 = Between(utc("2022-10-30 23:00:00"), utc("2022-10-31 22:59:59"))
NOV_1 = Between(utc("2022-10-31 23:00:00"), utc("2022-11-01 22:59:59"))
OCT_31_TO_NOV_1 = Between(OCT_31.start, NOV_1.end)
MORNING = Between(utc("2022-10-31 08:00"), utc("2022-10-31 12:00"))


@each(
    ("text", "length"),
    [
        ("last 6h", timedelta(hours=6)),
        ("6h", timedelta(hours=6)),
        ("6 hours", timedelta(hours=6)),
        ("past 6 hrs", timedelta(hours=6)),
        ("last 6H", timedelta(hours=6)),
        ("since 6h", timedelta(hours=6)),
        ("since 6 hours ago", timedelta(hours=6)),
        ("last 30 min", timedelta(minutes=30)),
        ("last 1h30m", timedelta(minutes=90)),
        ("last 1.5h", timedelta(minutes=90)),
        ("last 45s", timedelta(seconds=45)),
        ("last hour", timedelta(hours=1)),
        ("the last day", timedelta(days=1)),
        ("last 2 days", timedelta(days=2)),
        ("last week", timedelta(days=7)),
        ("since last week", timedelta(days=7)),
        ("last 2w", timedelta(days=14)),
        ("last month", timedelta(days=30)),
        ("last year", timedelta(days=365)),
        ("last 366 days", timedelta(days=366)),
    ],
)
def test_lengths_up_to_now(text: str, length: timedelta) -> None:
    assert ranged(text) == Last(length)


@each(
    ("text", "day"),
    [
        ("today", Between(utc("2022-11-01 23:00:00"), utc("2022-11-02 22:59:59"))),
        ("yesterday", NOV_1),
        ("on monday", OCT_31),
        ("mon", OCT_31),
        ("last monday", OCT_31),
        ("wednesday", Between(utc("2022-11-01 23:00:00"), utc("2022-11-02 22:59:59"))),
        ("last wednesday", Between(utc("2022-10-25 22:00:00"), utc("2022-10-26 21:59:59"))),
        ("thursday", Between(utc("2022-10-26 22:00:00"), utc("2022-10-27 21:59:59"))),
        ("2022-10-31", OCT_31),
        ("2022/10/31", OCT_31),
        ("31.10.2022", OCT_31),
        ("2022-10-31 UTC", Between(utc("2022-10-31 00:00:00"), utc("2022-10-31 23:59:59"))),
        ("2022–10–31", OCT_31),
        ("2022‑10‑31", OCT_31),
    ],
)
def test_days(text: str, day: Between) -> None:
    assert ranged(text) == day


@each(
    ("text", "start"),
    [
        ("since monday", "2022-10-30 23:00"),
        ("Since Monday", "2022-10-30 23:00"),
        ("since last monday", "2022-10-30 23:00"),
        ("since yesterday", "2022-10-31 23:00"),
        ("from yesterday", "2022-10-31 23:00"),
        ("since 10:30", "2022-11-02 09:30"),
        ("10:30", "2022-11-02 09:30"),
        ("since 23:00", "2022-11-01 22:00"),
        ("since midnight", "2022-11-01 23:00"),
        ("since noon", "2022-11-01 11:00"),
        ("since 9am", "2022-11-02 08:00"),
        ("since 12:15am", "2022-11-01 23:15"),
        ("since 10:30:15", "2022-11-02 09:30:15"),
        ("since 10:30:15.250", "2022-11-02 09:30:15"),
        ("since 08:00Z", "2022-11-02 08:00"),
        ("since 08:00 utc", "2022-11-02 08:00"),
        ("since 08:00+05:45", "2022-11-02 02:15"),
        ("since yesterday 10:30", "2022-11-01 09:30"),
        ("since yesterday at 10:30", "2022-11-01 09:30"),
        ("since 10:30 yesterday", "2022-11-01 09:30"),
        ("since monday 10:30", "2022-10-31 09:30"),
        ("since 2022-10-31", "2022-10-30 23:00"),
        ("since 2022-10-31T08:00Z", "2022-10-31 08:00"),
        ("since 2022-10-31t08:00z", "2022-10-31 08:00"),
        ("since 2022-10-31 08:00", "2022-10-31 07:00"),
        ("since 2022-10-31 08:00 UTC", "2022-10-31 08:00"),
        ("since 2022-10-31T08:00:30-05:00", "2022-10-31 13:00:30"),
        ("since 2022-10-31T08:00+0200", "2022-10-31 06:00"),
        ("since <!date^1667203200^{time}|then>", "2022-10-31 08:00"),
        ("2022-10-31..", "2022-10-30 23:00"),
        ("2022-10-31..now", "2022-10-30 23:00"),
        ("from monday until now", "2022-10-30 23:00"),
        ("this week", "2022-10-30 23:00"),
        ("this month", "2022-10-31 23:00"),
        ("since now", "2022-11-02 09:42:05"),
    ],
)
def test_from_then_up_to_now(text: str, start: str) -> None:
    assert ranged(text) == Since(utc(start))


@each(
    "text",
    [
        "2022-10-31..2022-11-01",
        "2022-10-31...2022-11-01",
        "2022-10-31…2022-11-01",
        "2022-10-31‥2022-11-01",
        "2022-10-31 .. 2022-11-01",
        "2022-10-31–2022-11-01",
        "2022-10-31—2022-11-01",
        "2022-10-31 — 2022-11-01",
        "2022-10-31-2022-11-01",
        "2022-10-31--2022-11-01",
        "2022-10-31 - 2022-11-01",
        "2022-10-31 to 2022-11-01",
        "from 2022-10-31 until 2022-11-01",
        "between 2022-10-31 and 2022-11-01",
        "since 2022-10-31 till 2022-11-01",
        "31.10.2022..1.11.2022",
        "monday..yesterday",
        "monday-tuesday",
        "mon to tue",
    ],
)
def test_days_from_and_to(text: str) -> None:
    assert ranged(text) == OCT_31_TO_NOV_1


@each(
    "text",
    [
        "2022-10-31T08:00Z..2022-10-31T12:00Z",
        "2022-10-31T10:00+02:00..2022-10-31T12:00Z",
        "2022-10-31 09:00..2022-10-31 13:00",
        "2022-10-31 09:00..13:00",
        "2022-10-31 09:00-13:00",
        "2022-10-31 9am to 1pm",
        "2022-10-31T08:00Z..12:00",
        "2022-10-31 08:00 to 12:00 UTC",
        "09:00-13:00 2022-10-31",
        "monday 09:00-13:00",
        "2022-10-31T08:00Z-2022-10-31T12:00Z",
    ],
)
def test_times_from_and_to(text: str) -> None:
    assert ranged(text) == MORNING


def test_times_without_a_day_are_the_latest_and_may_cross_midnight() -> None:
    assert ranged("22:00..02:00") == Between(utc("2022-11-01 21:00"), utc("2022-11-02 01:00"))
    assert ranged("09:00..10:00") == Between(utc("2022-11-02 08:00"), utc("2022-11-02 09:00"))
    assert ranged("09:00..12:00") == Between(utc("2022-11-02 08:00"), utc("2022-11-02 11:00"))
    assert ranged("11:00..12:00") == Between(utc("2022-11-01 10:00"), utc("2022-11-01 11:00"))


def test_a_weekday_is_counted_back_from_where_the_range_ends() -> None:
    thursday_to_tuesday = Between(utc("2022-10-26 22:00:00"), utc("2022-11-01 22:59:59"))

    assert ranged("thursday..tuesday") == thursday_to_tuesday
    assert ranged("friday..thursday") == Between(utc("2022-10-20 22:00:00"), utc("2022-10-27 21:59:59"))


@each(
    ("text", "start"),
    [
        ("since 3am CET", "2022-11-02 02:00"),
        ("since 2022-07-01 3am CET", "2022-07-01 01:00"),
        ("since 22:00 EST", "2022-11-02 02:00"),
        ("since 2022-11-01 22:00 PST", "2022-11-02 05:00"),
        ("since 9:00 JST", "2022-11-02 00:00"),
    ],
)
def test_behind_a_time_the_clocks_of_another_place_may_be_named(text: str, start: str) -> None:
    assert ranged(text) == Since(utc(start))
    assert misread("since 03:00 IST").understood == ("since 03:00",)


@each(
    ("text", "reason"),
    [
        ("2022-02-30", "no such date"),
        ("since 2022-13-01", "no such date"),
        ("31.11.2021", "no such date"),
        ("0000-01-01", "no such date"),
        ("0001-01-01", "no such date"),
        ("since 25:00", "no such date"),
        ("since 10:75", "no such date"),
        ("since 13pm", "no such date"),
        ("since 2022-10-31T08:00+99:00", "no such date"),
        ("since 2022-10-31T08:00+01:75", "no such date"),
        ("2022-02-30..2022-03-02", "no such date"),
        ("2022-10-31..2022-11-31", "no such date"),
        ("2022-10-31 to", "no time"),
        ("0/5", "no such date"),
        ("32/1", "no such date"),
        ("13/13/2022", "no such date"),
        ("since", "no time"),
        ("between monday", "no time"),
        ("last 5", "no unit"),
        ("last", "no unit"),
        ("2022-11-01..2022-10-31", "ends before it starts"),
        ("2022-10-31 12:00..2022-10-31 08:00", "ends before it starts"),
        ("2022-10-31T12:00Z..2022-10-31T08:00Z", "ends before it starts"),
        ("last 0h", "no length"),
        ("0h", "no length"),
        ("next 0h", "no length"),
        ("since next 0 days", "no length"),
        ("until yesterday", "no start"),
        ("2022-11-12", "in the future"),
        ("since tomorrow", "in the future"),
        ("next 9 days", "in the future"),
        ("today 23:00", "in the future"),
        ("2099-01-01..2099-01-02", "in the future"),
        ("9999-12-30", "in the future"),
        ("9999-12-31", "no such date"),
        ("last 367 days", "too long"),
        ("last 999999999 years", "too long"),
        ("since 2021-11-01", "too long"),
        ("2020-01-01..2022-01-01", "too long"),
        ("..2022-10-31", "no start"),
    ],
)
def test_ranges_without_a_meaning_are_told(text: str, reason: str) -> None:
    assert misread(text).problems == (BadRange(text, reason),)
    assert misread(f"failed {text}").understood == ("failed",)


def test_the_answer_can_repeat_what_was_said() -> None:
    said = {
        "Yesterday": "yesterday",
        "LAST 6H": "last 6h",
        "6 hours": "last 6 hours",
        "since  Monday": "since monday",
        "10:30": "since 10:30",
        "2022-10-31…2022-11-01": "2022-10-31..2022-11-01",
        "from 2022-10-31t08:00z to 12:00": "2022-10-31T08:00Z..12:00",
        "yesterday at 10:30 until now": "yesterday 10:30..now",
        "this week": "this week",
    }
    assert {text: ranged(text).said for text in said} == said


def test_words_that_start_no_range_start_none() -> None:
    assert listed("failed - running").range is None
    assert listed("yesterday - failed") == listed("failed yesterday")
    assert listed("from staging", instances=INSTANCES).range is None
    assert listed("past").range is None


@each(
    ("text", "start", "end"),
    [
        ("yesterday 22:00-02:00", "2026-03-10 21:00", "2026-03-11 01:00"),
        ("22:00-02:00 yesterday", "2026-03-10 21:00", "2026-03-11 01:00"),
        ("next monday", "2026-03-15 23:00", "2026-03-16 22:59:59"),
        ("next wednesday", "2026-03-17 23:00", "2026-03-18 22:59:59"),
        ("next weekend", "2026-03-13 23:00", "2026-03-15 22:59:59"),
        ("next 2 hours", "2026-03-11 09:30:01", "2026-03-11 11:30:01"),
        ("past weekend", "2026-03-06 23:00", "2026-03-08 22:59:59"),
        ("december 2025", "2025-11-30 23:00", "2025-12-31 22:59:59"),
        ("2w ago", "2026-02-24 23:00", "2026-02-25 22:59:59"),
        ("28.12.-3.1.", "2025-12-27 23:00", "2026-01-03 22:59:59"),
        ("1.3.-15.3.", "2026-02-28 23:00", "2026-03-15 22:59:59"),
    ],
)
def test_what_is_said_on_a_wednesday_in_march(text: str, start: str, end: str) -> None:
    assert ranged(text, now=utc("2026-03-11 09:30")) == Between(utc(start), utc(end))


def test_a_turn_of_the_year_is_the_last_one() -> None:
    turn = Between(utc("2025-12-27 23:00"), utc("2026-01-03 22:59:59"))

    assert ranged("28.12.-3.1.", now=utc("2026-01-01 12:00")) == turn
    assert ranged("28.12.-3.1.", now=utc("2026-01-20 12:00")) == turn
    assert ranged("28.12.-3.1.", now=utc("2025-12-30 12:00")) == turn


@each(
    ("text", "order", "start", "end"),
    [
        ("02/10/2026-03/12/2026", "month/day", "2026-02-09 23:00", "2026-03-12 22:59:59"),
        ("03/04/2026-05/04/2026", "month/day", "2026-03-03 23:00", "2026-05-04 21:59:59"),
        ("03/02/2026-05/02/2026", "day/month", "2026-02-02 23:00", "2026-02-05 22:59:59"),
        ("12/28-1/3", "month/day", "2025-12-27 23:00", "2026-01-03 22:59:59"),
        ("1/2-13/2", "day/month", "2026-01-31 23:00", "2026-02-13 22:59:59"),
    ],
)
def test_both_ends_of_a_range_are_read_in_one_order(text: str, order: str, start: str, end: str) -> None:
    found = ranged(text, now=utc("2026-03-11 09:30"))

    assert isinstance(found, Between)
    assert (found.order, found.start, found.end) == (order, utc(start), utc(end))
