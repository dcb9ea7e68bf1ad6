"""Which jobs fetch the days of a range: those that a fetch has started, and those that stand in its way. Pure."""

from collections.abc import Collection, Iterable

from jobbot.adverity.model import Days, Job, JobId


def new_manual_jobs(before: Collection[JobId], after: Iterable[Job], days: Days) -> tuple[Job, ...]:
    """Of jobs of one datastream those that were started by hand for exactly these days since ``before``, by number.

    ``before``: the numbers of all its jobs as they were read before. After a fetch that got no answer these are the
    jobs that it may have started; also somebody else may have. A job that does not say whether it was started by hand,
    or which days it fetches, is none.
    """
    found = (job for job in after if job.manual and job.days == days and job.id not in before)
    return tuple(sorted(found, key=lambda job: job.id))


def overlapping(jobs: Iterable[Job], days: Days) -> tuple[Job, ...]:
    """The jobs that are not over and fetch some of these days, by number; one that does not say which is left out."""
    found = (job for job in jobs if not job.is_over and job.days is not None and _overlap(job.days, days))
    return tuple(sorted(found, key=lambda job: job.id))


def _overlap(one: Days, other: Days) -> bool:
    return one.start <= other.end and other.start <= one.end
