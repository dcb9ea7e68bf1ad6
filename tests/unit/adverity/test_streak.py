"""Failures in a row, and the last success before a job."""

from datetime import UTC, datetime, timedelta

from jobbot.adverity.model import Job, JobList
from jobbot.adverity.streak import Streak, streak
from tests.support.each import each

START = datetime(2026, 11, 1, tzinfo=UTC)


def run(number: int, state: str, **fields: object) -> Job:
    """A run that began so many hours after the first, and took ten minutes."""
    began = START + timedelta(hours=number)
    times = {"job_start": began, "job_end": began + timedelta(minutes=10)}
    return Job.model_validate({"id": number, "state_label": state, **times, **fields})


def ended(number: int) -> datetime:
    return START + timedelta(hours=number, minutes=10)


def past(*states: str, complete: bool = True) -> JobList:
    """Runs in this order, newest first as Adverity lists them."""
    jobs = tuple(run(number, state) for number, state in enumerate(states, 1))
    return JobList(jobs=jobs[::-1], complete=complete)


@each(
    ("before", "state", "failures", "last_success"),
    [
        (("Success",), "Failed", 1, 1),
        (("Success", "Failed"), "Failed", 2, 1),
        (("Failed", "Success", "Failed", "Failed"), "Failed", 3, 2),
        (("Success", "Failed", "Cancelled", "Discarded", "Stale", "Failed"), "Failed", 3, 1),
        (("Success", "Failed", "Failed"), "Running", 2, 1),
        (("Success",), "Running", 0, 1),
        (("Success", "Failed"), "Success", 1, 1),
    ],
)
def test_what_came_before(before: tuple[str, ...], state: str, failures: int, last_success: int) -> None:
    found = streak(run(20, state), past(*before))
    assert found == Streak(failures=failures, last_success=ended(last_success))


def test_no_success_is_known_where_none_was_read() -> None:
    assert streak(run(20, "Failed"), past("Failed", "Failed")) == Streak(failures=3)
    assert streak(run(20, "Failed"), past()) == Streak(failures=1)
    found = streak(run(20, "Failed"), past("Failed", complete=False))
    assert found == Streak(failures=2, whole=False), "there may have been more"


def test_what_came_after_it_does_not_count() -> None:
    runs = past("Success", "Failed", "Failed", "Success")
    assert streak(run(3, "Failed"), runs) == Streak(failures=2, last_success=ended(1))


def test_a_run_that_never_began_stands_where_it_ended() -> None:
    never = run(2, "Failed", job_start=None)
    assert streak(run(20, "Failed"), JobList(jobs=(never, run(1, "Success")))).failures == 2
    waiting = Job.model_validate({"id": 30, "state_label": "Scheduled"})
    assert streak(waiting, past("Success", "Failed")) == Streak(failures=1, last_success=ended(1))
