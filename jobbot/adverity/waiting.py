"""Which scheduled jobs wait behind another: those of the same datastream, which a stop discards with it. Pure.

The jobs API does not name follow-up jobs, so that being of the same datastream is all that is known of them.
"""

from collections.abc import Iterable, Mapping

from jobbot.adverity.model import DatastreamId, Job, JobId, State


def waiting_behind(jobs: Iterable[Job]) -> Mapping[JobId, tuple[JobId, ...]]:
    """By running job the scheduled ones behind it, in the order of their numbers; only of those that have some.

    Where several of a datastream run, they wait behind the one that began first.
    """
    alike: dict[DatastreamId, list[Job]] = {}
    for job in jobs:
        if job.datastream is not None:
            alike.setdefault(job.datastream.id, []).append(job)
    running = (min(_running(some), key=_began) for some in alike.values() if _running(some))
    behind = {job.id: discarded_with(job, alike[job.datastream.id]) for job in running if job.datastream is not None}
    return {job: waiting for job, waiting in behind.items() if waiting}


def discarded_with(job: Job, jobs: Iterable[Job]) -> tuple[JobId, ...]:
    """The scheduled ones of ``jobs`` that Adverity discards with ``job``, in the order of their numbers."""
    if job.datastream is None:
        return ()
    stream = job.datastream.id
    return tuple(
        sorted(
            one.id
            for one in jobs
            if one.state is State.SCHEDULED
            and one.id != job.id
            and one.datastream is not None
            and one.datastream.id == stream
        )
    )


def _running(jobs: Iterable[Job]) -> list[Job]:
    return [job for job in jobs if job.state is State.RUNNING]


def _began(job: Job) -> tuple[float, int]:
    return (job.start.timestamp() if job.start is not None else float("inf"), job.id)
