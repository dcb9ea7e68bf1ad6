"""Reads what every ending of a stop tells beside the job itself: the next fetch, the days, what became of what follows.

What the job as it was read does not say is told from the row: an ending that another process decides after a crash, or
without having read the job, tells no less. The reads have the time that an answer has for what it can do without.
"""

import asyncio
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import STOPPED, DatastreamId, Job
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.render.acts.stop import Stop


async def tell_around(stop: Stop, instance: Instance, datastream: int | None, job: Job | None, now: datetime) -> Stop:
    """The stop with all that. ``job`` is as it was read last; ``datastream`` is used where it names none. Never raises.

    Whether the follow-up jobs went with it is asked only where the job ended as stopped: nothing else discards them.
    """
    if job is not None and job.datastream is not None:
        datastream = job.datastream.id
    ended = job is not None and job.state in STOPPED and bool(stop.followups)
    next_fetch, left = await asyncio.gather(
        read_next_fetch(instance, None if datastream is None else DatastreamId(datastream), now),
        _still_there(instance, stop.followups or ()) if ended else _nothing(),
    )
    days = job.days if job is not None and job.days is not None else stop.days
    return replace(stop, next_fetch=next_fetch, told_at=now, days=days, followups_left=left)


async def _nothing() -> None:
    return None


async def _still_there(instance: Instance, followups: Collection[int]) -> tuple[int, ...] | None:
    """Those that Adverity still lists as going on; None where that could not be read in time."""
    try:
        async with instance.extras.asking():
            current = (await instance.gateway.jobs(JobQuery(), fresh=True)).value
    except (AdverityError, TimeoutError):
        return None
    if not current.complete:  # what is not in it need not be gone
        return None
    return tuple(sorted(job.id for job in current.jobs if job.id in followups and job.is_going_on))
