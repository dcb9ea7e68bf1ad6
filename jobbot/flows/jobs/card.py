"""Reads one job for its card."""

from jobbot.adverity.model import JobId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.datastream_names import name_datastreams
from jobbot.render.card import Card


async def read_card(job: JobId, instance: Instance) -> Card:
    """The job with its datastream's name, where that comes within ``PATIENCE``. Raises AdverityError."""
    answer = await instance.gateway.job(job)
    names = await name_datastreams(instance, [answer.value])
    return Card(job=answer.value, instance=instance.name, as_of=answer.read_at, names=names)
