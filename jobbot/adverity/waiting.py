"""Which scheduled jobs wait behind a running one: those of the same datastream, which a stop discards with it. Pure."""

from collections.abc import Iterable, Mapping

from jobbot.adverity.model import DatastreamId, Job, JobId, State


def waiting_behind(jobs: Iterable[Job]) -> Mapping[JobId, tuple[JobId, ...]]:
    """By running job the scheduled ones behind it, in the order of their numbers; only of those that have some.

    Where several of a datastream run, they wait behind the one that began first. The jobs API does not name follow-up
    jobs, so that being of the same datastream is all that is known of them.
    """
    scheduled: dict[DatastreamId, list[JobId]] = {}
    running: dict[DatastreamId, Job] = {}
    for job in jobs:
        if job.datastream is None:
            continue
        stream = job.datastream.id
        if job.state is State.SCHEDULED:
            scheduled.setdefault(stream, []).append(job.id)
        elif job.state is State.RUNNING and (stream not in running or _began(job) < _began(running[stream])):
            running[stream] = job
    return {job.id: tuple(sorted(scheduled[stream])) for stream, job in running.items() if stream in scheduled}


def _began(job: Job) -> tuple[float, int]:
    return (job.start.timestamp() if job.start is not None else float("inf"), job.id)
