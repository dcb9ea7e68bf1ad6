"""Days on which the clocks change, and places where they do it oddly."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from jobbot.intents import BadRange, Between, Misread, Since
from jobbot.intents.model import PauseSchedule
from jobbot.intents.times.zones import day_ends, day_starts, to_utc
from tests.support.each import each
from tests.unit.intents.world import misread, ranged, typed, utc

LATER = datetime(2026, 12, 1, 12, tzinfo=UTC)
ZONES = [
    *(
        "Europe/Vienna",
        "America/New_York",
        "Asia/Kathmandu",
        "Pacific/Apia",
        "Australia/Lord_Howe",
        "America/Sao_Paulo",
    ),
    *("Africa/Cairo", "America/Havana", "Asia/Beirut", "Pacific/Kiritimati", "UTC", "Europe/London", "Asia/Tehran"),
]


@each(
    ("zone", "day", "start", "end", "hours"),
    [
        ("Europe/Vienna", "2026-03-28", "2026-03-27 23:00:00", "2026-03-28 22:59:59", 24),
        ("Europe/Vienna", "2026-03-29", "2026-03-28 23:00:00", "2026-03-29 21:59:59", 23),
        ("Europe/Vienna", "2026-10-25", "2026-10-24 22:00:00", "2026-10-25 22:59:59", 25),
        ("America/New_York", "2026-03-08", "2026-03-08 05:00:00", "2026-03-09 03:59:59", 23),
        ("America/New_York", "2026-11-01", "2026-11-01 04:00:00", "2026-11-02 04:59:59", 25),
        ("Asia/Kathmandu", "2026-03-29", "2026-03-28 18:15:00", "2026-03-29 18:14:59", 24),
        ("Australia/Lord_Howe", "2026-04-05", "2026-04-04 13:00:00", "2026-04-05 13:29:59", 24.5),
        # The clocks jump at midnight: the day starts at 01:00.
        ("Africa/Cairo", "2026-04-24", "2026-04-23 22:00:00", "2026-04-24 20:59:59", 23),
        # They go back at midnight: the day before has its last hour twice.
        ("Africa/Cairo", "2026-10-29", "2026-10-28 21:00:00", "2026-10-29 21:59:59", 25),
        # They go back at one o'clock: the day has its first hour twice.
        ("America/Havana", "2026-11-01", "2026-11-01 04:00:00", "2026-11-02 04:59:59", 25),
    ],
)
def test_a_day_is_as_long_as_it_is(zone: str, day: str, start: str, end: str, hours: float) -> None:
    found = ranged(day, zone=zone, now=LATER)

    assert found == Between(utc(start), utc(end))
    assert isinstance(found, Between)
    assert found.end - found.start + timedelta(seconds=1) == timedelta(hours=hours)


def test_yesterday_is_counted_in_local_days_not_in_hours() -> None:
    after_the_change = datetime(2026, 3, 30, 0, 30, tzinfo=ZoneInfo("Europe/Vienna")).astimezone(UTC)

    assert ranged("yesterday", now=after_the_change) == ranged("2026-03-29", now=after_the_change)


@each(
    ("now", "until"),
    [
        # In the night from 28 to 29 March the clocks skip 02:30: it means the jump, and on the day after itself again.
        ("2026-03-28 23:00", "2026-03-29 01:00"),
        ("2026-03-29 12:00", "2026-03-30 00:30"),
        # On 25 October 02:30 comes twice, an hour apart.
        ("2026-10-25 00:10", "2026-10-25 00:30"),
        ("2026-10-25 00:50", "2026-10-25 01:30"),
        ("2026-10-25 01:30", "2026-10-26 01:30"),
    ],
)
def test_until_a_time_means_its_next_coming(now: str, until: str) -> None:
    wish = typed("pause datastream 42 until 02:30", now=utc(now))

    assert isinstance(wish, PauseSchedule)
    assert wish.until == utc(until)


def test_until_a_weekday_whose_midnight_is_skipped_means_its_own_midnight_a_week_later() -> None:
    wish = typed("pause datastream 42 until friday", zone="Africa/Cairo", now=utc("2026-04-24 12:00"))

    assert isinstance(wish, PauseSchedule)
    assert wish.until == utc("2026-04-30 21:00")


def test_until_now_is_no_moment_to_come() -> None:
    assert isinstance(typed("pause datastream 42 until now"), Misread)


def test_today_is_the_persons_not_londons() -> None:
    at = datetime(2026, 6, 30, 22, 30, tzinfo=UTC)

    assert ranged("today", now=at, zone="Europe/Vienna") == ranged("2026-07-01", now=at, zone="Europe/Vienna")
    assert ranged("today", now=at, zone="America/New_York") == ranged("2026-06-30", now=at, zone="America/New_York")
    assert ranged("today", now=at, zone="Pacific/Kiritimati") == ranged("2026-07-01", now=at, zone="Pacific/Kiritimati")


@each(
    ("zone", "said", "instant"),
    [
        ("Europe/Vienna", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Europe/Vienna", "2026-03-29 02:00", "2026-03-29 01:00"),
        ("Europe/Vienna", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("America/New_York", "2026-03-08 02:59", "2026-03-08 07:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),
    ],
)
def test_a_time_that_the_clocks_skip_is_when_they_jump(zone: str, said: str, instant: str) -> None:
    assert ranged(f"since {said}", zone=zone, now=LATER) == Since(utc(instant))


def test_a_time_that_comes_twice_starts_with_the_first_and_ends_with_the_second() -> None:
    assert ranged("since 2026-10-25 02:30", now=LATER) == Since(utc("2026-10-25 00:30"))
    assert ranged("2026-10-25 02:30..2026-10-25 02:30", now=LATER) == Between(
        utc("2026-10-25 00:30"), utc("2026-10-25 01:30")
    )


def test_a_day_that_never_was_has_no_jobs() -> None:
    new_year = datetime(2012, 1, 1, tzinfo=UTC)

    assert misread("2011-12-30", zone="Pacific/Apia", now=new_year).problems == (
        BadRange("2011-12-30", "no such date"),
    )
    assert ranged("2011-12-29..2011-12-31", zone="Pacific/Apia", now=new_year) == Between(
        utc("2011-12-29 10:00:00"), utc("2011-12-31 09:59:59")
    )


@given(zone=st.sampled_from(ZONES), day=st.dates(date(1990, 1, 1), date(2036, 12, 30)))
def test_days_follow_each_other_without_gap_or_overlap(zone: str, day: date) -> None:
    here = ZoneInfo(zone)

    assert day_ends(day, here) + timedelta(seconds=1) == day_starts(day + timedelta(days=1), here)
    if day_starts(day, here) <= day_ends(day, here):
        assert day_starts(day, here).astimezone(here).date() == day
        assert day_ends(day, here).astimezone(here).date() == day


@given(zone=st.sampled_from(ZONES), seconds=st.integers(631_152_000, 2_114_208_000))
def test_a_local_time_comes_back_unless_the_clocks_skip_it(zone: str, seconds: int) -> None:
    here, local = ZoneInfo(zone), datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None)
    first, last = to_utc(local, here), to_utc(local, here, last=True)

    assert first <= last
    back = first.astimezone(here).replace(tzinfo=None)
    assert back == local or (first == last and back > local)
