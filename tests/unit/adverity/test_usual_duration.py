"""How long jobs usually take: which runs count, from how many on, and when a job is far longer at it."""

from datetime import UTC, datetime, timedelta

from jobbot.adverity.model import Job
from jobbot.adverity.usual_duration import FEWEST, LAST_RUNS, TooFew, Usual, usual_duration
from tests.support.each import each

START = datetime(2026, 11, 1, tzinfo=UTC)


def run(number: int, minutes: float, **fields: object) -> Job:
    """A past run that began so many hours after the first."""
    began = START + timedelta(hours=number)
    given = {"id": number, "state_label": "Success", "manual": False, "type": "Fetch", **fields}
    return Job.model_validate({**given, "job_start": began, "job_end": began + timedelta(minutes=minutes)})


def now(**fields: object) -> Job:
    return Job.model_validate({"id": 987, "state_label": "Running", "manual": False, "type": "Fetch", **fields})


def days(start: str, end: str) -> dict[str, object]:
    return {"range_start": start, "range_end": end}


@each(
    ("minutes", "low", "median", "high"),
    [
        ([10] * 5, 10, 10, 10),
        ([8, 9, 10, 14, 20], 9, 10, 14),
        ([1, 2, 3, 4, 5, 6], 2.25, 3.5, 4.75),
        ([5, 5, 5, 5, 600], 5, 5, 5),
    ],
)
def test_the_median_and_the_middle_half(minutes: list[float], low: float, median: float, high: float) -> None:
    found = usual_duration(now(), [run(number, took) for number, took in enumerate(minutes, 1)])
    of = {"low": low, "median": median, "high": high}
    assert found == Usual(runs=len(minutes), **{name: timedelta(minutes=value) for name, value in of.items()})


@each("count", range(FEWEST))
def test_fewer_than_five_say_nothing(count: int) -> None:
    assert usual_duration(now(), [run(number, 10) for number in range(1, count + 1)]) == TooFew(comparable=count)


def test_only_the_last_twenty_count_in_whatever_order_they_come() -> None:
    long_ago = [run(number, 100) for number in range(1, 30)]
    lately = [run(number, 10) for number in range(30, 30 + LAST_RUNS)]
    found = usual_duration(now(), [*lately[:7], *long_ago, *lately[7:]])
    assert found == Usual(runs=20, **dict.fromkeys(("low", "median", "high"), timedelta(minutes=10)))


@each(
    ("job", "past"),
    [
        ({}, {"state_label": "Failed"}),
        ({}, {"state_label": "Cancelled"}),
        ({}, {"state_label": "Running"}),
        ({"manual": True}, {}),
        ({"type": "Load"}, {}),
        (days("2026-11-01", "2026-11-27"), days("2026-11-27", "2026-11-27")),
        (days("2026-11-27", "2026-11-27"), days("2025-11-01", "2026-11-27")),
    ],
)
def test_what_cannot_be_compared_does_not_count(job: dict[str, object], past: dict[str, object]) -> None:
    assert usual_duration(now(**job), [run(number, 10, **past) for number in range(1, 9)]) == TooFew(comparable=0)


@each(
    ("job", "past"),
    [
        ({"manual": None}, {}),
        ({}, {"manual": None}),
        ({"type": None}, {"type": "Load"}),
        ({"type": "fetch"}, {}),
        (days("2026-11-01", "2026-11-27"), {}),
        (days("2026-11-01", "2026-11-30"), days("2026-10-01", "2026-10-15")),
    ],
)
def test_what_is_alike_or_does_not_say_so_counts(job: dict[str, object], past: dict[str, object]) -> None:
    found = usual_duration(now(**job), [run(number, 10, **past) for number in range(1, 9)])
    assert isinstance(found, Usual)


def test_a_job_is_not_held_against_itself_nor_against_times_that_make_no_sense() -> None:
    past = [run(number, 10) for number in range(1, 5)]
    backwards = run(50, -10)
    without = [run(51, 10).model_copy(update={"end": None}), run(52, 10).model_copy(update={"start": None})]
    assert usual_duration(past[0], [*past, backwards, *without]) == TooFew(comparable=3)


def test_a_run_took_what_lies_between_two_times_that_make_sense() -> None:
    assert run(1, 10).took == timedelta(minutes=10)
    assert run(1, 0).took == timedelta(0)
    assert run(1, -10).took is None
    assert run(1, 10).model_copy(update={"start": None}).took is None
    assert now().took is None


@each(("median", "far_from"), [(1, 11), (4, 14), (5, 15), (6, 18), (60, 180)])
def test_far_is_three_times_and_ten_minutes(median: int, far_from: int) -> None:
    same = timedelta(minutes=median)
    assert Usual(runs=5, median=same, low=same, high=same).far_from == timedelta(minutes=far_from)
