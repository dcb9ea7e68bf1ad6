"""Reads one job for its card."""

from jobbot.adverity.model import JobId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.render.card import Card


async def read_card(job: JobId, instance: Instance) -> Card:
    """The job with its datastream's name, where that comes within ``PATIENCE``. Raises AdverityError."""
    answer = await instance.gateway.job(job)
    around = await look_around(instance, answer.value, answer.read_at)
    # Reading its datastream's schedule has brought the name.
    names = known_names(instance, [answer.value])
    return Card(job=answer.value, instance=instance.name, as_of=answer.read_at, names=names, around=around)
