"""What becomes of a datastream's trouble by the runs that are seen of it, in whatever order; pure."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from jobbot.adverity.streak import Streak
from jobbot.flows.following.matters import Hit, after, begin, belongs, counted_late
from jobbot.render.alert_entry import EMPTY, LATE, Entry
from jobbot.render.around import streak_in_words
from jobbot.render.matters import How, Matter, head

START = datetime(2026, 3, 4, 6, 10, tzinfo=UTC)


def run(job: int, state: str = "Failed") -> Entry:
    """One that ended so many hours after the start."""
    return Entry(job=job, name="X", state=state, stream=42, when=START + timedelta(hours=job))


def read(job: int, failures: int) -> Entry:
    """A failed run of which its past runs say how many failed in a row."""
    found = Streak(failures=failures, last_success=START - timedelta(days=1))
    return replace(run(job), failures=found, streak=streak_in_words(found))


def played(*entries: Entry) -> Matter:
    """As a channel follows them that has asked for failures."""
    matter = begin(Hit(entry=entries[0]), START)
    for entry in entries[1:]:
        hit = Hit(entry=entry, wanted=entry.state == "Failed")
        matter = counted_late(matter, entry, START) if belongs(matter, entry) else after(matter, hit, START)
    return matter


@pytest.mark.parametrize("order", [*permutations((1, 2, 3))])
def test_failures_are_counted_in_whatever_order_they_are_seen_and_once(order: tuple[int, ...]) -> None:
    matter = played(*map(run, order), *map(run, order))
    assert (matter.total, matter.newest.job, matter.since, matter.last) == (3, 3, run(1).when, run(3).when)


def test_a_success_from_before_the_last_failure_does_not_end_it() -> None:
    assert played(run(3), run(2, "Success")).end is None
    assert played(run(3), run(4, "Success")).is_fixed


def test_a_failure_that_is_seen_after_the_end_is_counted_and_the_end_stays() -> None:
    matter = played(run(1), run(4, "Success"), run(2))
    assert (matter.total, matter.is_fixed, matter.opens) == (2, True, 4)
    assert "after 2 failures since" in head(matter)
    assert not belongs(matter, run(5)), "that is another matter"


def test_of_runs_that_ended_in_one_second_the_higher_number_is_the_later() -> None:
    first, good, again = (
        replace(run(job, state), when=START) for job, state in enumerate(("Failed", "Success", "Failed"))
    )
    matter = played(first, good)
    assert matter.is_fixed
    assert not belongs(matter, again), "what failed behind the success is another matter"
    assert not played(first, again, good).is_fixed, "also where it is seen before the success"
    assert belongs(played(again, replace(good, job=9)), first), "what failed before it is of this one"


@pytest.mark.parametrize("state", ["Cancelled", "Discarded", "Paused"])
def test_what_nobody_asked_for_neither_counts_nor_ends_it(state: str) -> None:
    matter = played(run(1))
    assert after(matter, Hit(entry=run(2, state), wanted=False), START) is matter


def test_a_late_job_ends_its_matter_and_no_other_job_does() -> None:
    matter = played(run(1), run(3, LATE))
    other = after(matter, Hit(entry=run(4, "Success"), wanted=False), START)
    assert other.end is None
    assert after(other, Hit(entry=run(3, "Success"), wanted=False), START).is_fixed
    alone = after(played(run(3, LATE)), Hit(entry=run(3, "Cancelled"), wanted=False), START)
    assert alone.end is not None
    assert alone.end.how is How.ENDED


def test_runs_without_rows_end_with_rows_alone() -> None:
    matter = played(run(1, EMPTY))
    assert after(matter, Hit(entry=run(2, "Success"), wanted=False), START) is matter
    assert after(matter, Hit(entry=run(2, "Success"), wanted=False, rows=True), START).is_fixed


def test_a_late_job_that_ended_before_the_last_failure_does_not_hold_its_matter_open() -> None:
    matter = played(run(1), run(3, LATE), run(5))
    seen_late = after(matter, Hit(entry=run(4, "Success"), wanted=False), START)
    assert seen_late is matter
    ended = after(matter, Hit(entry=run(3, "Success"), wanted=False), START)
    assert (ended.end, ended.late, ended.newest.job) == (None, (), 5)
    assert after(ended, Hit(entry=run(6, "Success"), wanted=False), START).is_fixed


def test_what_ended_before_the_first_that_is_told_is_not_counted_when_a_look_reaches_back_to_it() -> None:
    matter = begin(Hit(entry=run(5)), START)
    assert after(matter, Hit(entry=run(2), wanted=False), START) is matter
    late = begin(Hit(entry=run(5, LATE)), START)
    assert after(late, Hit(entry=run(2), wanted=False), START) is late
    assert after(late, Hit(entry=replace(run(5), when=run(4).when), wanted=False), START).total == 1


def test_the_failures_before_the_first_that_is_told_are_in_every_number_after_it() -> None:
    matter = played(read(1, 4))
    assert "failed · 4th time in a row, last success" in head(matter)
    matter = after(matter, Hit(entry=read(2, 5)), START)
    assert head(matter).count("last success") == 1
    assert "failed · 5th time in a row, last success" in head(matter)
    unread = after(matter, Hit(entry=run(3)), START)
    assert "failed · 6th time in a row, last success" in head(unread), "also where its past runs cannot be read"
    assert "6th time in a row" in head(after(matter, Hit(entry=read(3, 2)), START)), "it never counts down"
    late = after(unread, Hit(entry=run(4, LATE)), START)
    assert "after 6 failures in a row" in head(late)
    cancelled = after(unread, Hit(entry=run(4, "Cancelled")), START)
    assert "was cancelled · after 6 failures in a row" in head(cancelled)
    assert head(after(unread, Hit(entry=run(4, "Success")), START)).endswith("after 6 failures in a row")


def test_a_failure_that_is_seen_late_is_in_the_number_that_was_read_after_it() -> None:
    assert "5th time in a row" in head(played(read(1, 3), read(3, 5), read(2, 4)))
    assert "5th time in a row" in head(played(read(1, 3), run(3), run(2)))


def test_failures_of_which_none_is_older_are_told_with_their_beginning() -> None:
    assert "2 failures in a row since" in head(played(read(1, 1), read(2, 2)))


def test_a_run_without_rows_ends_the_row_of_failures() -> None:
    empty = after(played(read(1, 4)), Hit(entry=run(2, EMPTY)), START)
    assert "5th" not in head(after(empty, Hit(entry=read(3, 1)), START))
