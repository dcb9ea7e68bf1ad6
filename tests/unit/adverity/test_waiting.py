"""Which scheduled jobs wait behind a running one."""

from jobbot.adverity.model import Job
from jobbot.adverity.waiting import discarded_with, waiting_behind


def job(number: int, state: str, datastream: int | None = 42, start: str | None = None) -> Job:
    return Job.model_validate({"id": number, "state_label": state, "datastream": datastream, "job_start": start})


def test_scheduled_jobs_wait_behind_the_running_one_of_their_datastream() -> None:
    jobs = [
        job(1, "Running"),
        job(4, "Scheduled"),
        job(3, "Scheduled"),
        job(5, "Running", 43),
        job(6, "Scheduled", 44),
        job(7, "Scheduled", None),
        job(8, "Running", None),
        job(9, "Failed"),
        job(10, "Queued"),
    ]
    assert waiting_behind(jobs) == {1: (3, 4)}


def test_of_several_that_run_they_wait_behind_the_one_that_began_first() -> None:
    late, early = "2026-11-01T10:00:00Z", "2026-11-01T05:00:00Z"
    jobs = [job(1, "Running", start=late), job(2, "Running", start=early), job(3, "Running"), job(4, "Scheduled")]
    assert waiting_behind(jobs) == {2: (4,)}
    assert waiting_behind(jobs[2:]) == {3: (4,)}
    assert waiting_behind(jobs[3:]) == {}


def test_what_is_discarded_with_a_job_is_what_is_scheduled_beside_it() -> None:
    jobs = [job(1, "Running"), job(2, "Running"), job(4, "Scheduled"), job(3, "Scheduled"), job(5, "Scheduled", 43)]
    assert discarded_with(jobs[0], jobs) == discarded_with(jobs[1], jobs) == (3, 4)
    assert discarded_with(jobs[2], jobs) == (3,), "it does not wait for itself"
    assert discarded_with(job(8, "Running", None), [*jobs, job(7, "Scheduled", None)]) == ()
