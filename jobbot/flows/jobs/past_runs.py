"""Which of the running jobs are far longer at it than usual, at a bounded price.

A job that runs for less than ten minutes cannot be (``FAR_AT_LEAST``), so nothing is asked for it. The past runs of a
few datastreams are read at once, within the answer's budget; of many they are learned in the background, and
the next answer knows them.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.usual_duration import FAR_AT_LEAST, TooFew, Usual, usual_duration
from jobbot.flows.instances import Instance, read_each

AT_ONCE = 5
"""For so many datastreams an answer waits; for more it does not."""


def may_be_far(job: Job, now: datetime) -> bool:
    """Whether it runs for long enough."""
    return (
        job.state is State.RUNNING
        and job.datastream is not None
        and job.start is not None
        and now - job.start >= FAR_AT_LEAST
    )


def how_far(job: Job, usual: Usual | TooFew | None, now: datetime) -> timedelta:
    """By how much it has run for longer than usual, where that is far longer; else zero.

    Not how many times: 12 minutes of what takes a second are less unusual than five hours of what takes 20 minutes.
    """
    if not isinstance(usual, Usual) or job.start is None or now - job.start <= usual.far_from:
        return timedelta(0)
    return now - job.start - usual.median


async def usual_durations(instance: Instance, jobs: Iterable[Job], now: datetime) -> Mapping[JobId, Usual | TooFew]:
    """By job, for those that may be far longer than usual and whose past is known, or becomes known in time."""
    gateway = instance.gateway
    long = {job.id: (job, job.datastream.id) for job in jobs if may_be_far(job, now) and job.datastream is not None}
    unknown = [id_ for id_ in dict.fromkeys(stream for _, stream in long.values()) if gateway.known_runs(id_) is None]
    if len(unknown) > AT_ONCE:
        gateway.learn_runs(unknown)
    elif unknown:
        await read_each(unknown, gateway.runs, instance.extras)
    past = {stream: gateway.known_runs(stream) for _, stream in long.values()}
    return {id_: usual_duration(job, known.jobs) for id_, (job, stream) in long.items() if (known := past[stream])}
