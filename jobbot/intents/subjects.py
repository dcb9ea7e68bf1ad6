"""What an act is about, as a short key: what it claims, and by which the messages that offer it are found."""

from jobbot.adverity.model import Days
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
    StopSeveral,
)


def of_job(job: int) -> str:
    """A job: it is stopped by one at a time, and what is done about it is found by it."""
    return f"job {job}"


def of_days(datastream: int, days: Days) -> str:
    """Days of a datastream: the same are fetched by one at a time."""
    return f"fetch {datastream} {days.start.isoformat()} {days.end.isoformat()}"


def of_schedule(datastream: int) -> str:
    """A datastream's schedule: it is paused or resumed by one at a time."""
    return f"schedule {datastream}"


def job_of(subject: str) -> int | None:
    """The job's number, where it is the key of one."""
    word, _, number = subject.partition(" ")
    return int(number) if word == "job" else None


def subject_of(wish: Act) -> str | None:
    """The key of what an act would be done to; None where it names a datastream, or means many jobs."""
    match wish:
        case StopJob(job=job) | Retry(job=job) | Acknowledge(job=job):
            return of_job(job)
        case FetchAgain(job=job) if job is not None:
            return of_job(job)
        case FetchAgain(datastream=int(stream), days=days) if days is not None:
            return of_days(stream, days)
        case PauseSchedule(datastream=int(stream)) | ResumeSchedule(datastream=int(stream)):
            return of_schedule(stream)
        case FetchAgain() | PauseSchedule() | ResumeSchedule() | StopSeveral():
            return None
