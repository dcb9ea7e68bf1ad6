"""Reads one job for its card."""

from collections.abc import Awaitable, Callable

from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.render.card import Card


async def read_card(job: JobId, instance: Instance, see: Callable[[Job], Awaitable[None]]) -> Card:
    """The job, and what stands around it as far as that comes in time. Raises AdverityError, and what ``see`` raises.

    ``see`` is given the job before anything else is read of it, and raises where it may not be seen.
    """
    answer = await instance.gateway.job(job)
    await see(answer.value)
    around = await look_around(instance, answer.value, answer.read_at)
    # Reading its datastream's schedule has brought the name.
    names = known_names(instance, [answer.value])
    return Card(job=answer.value, instance=instance.name, as_of=answer.read_at, names=names, around=around)
