"""Looks up the names of jobs' datastreams, and whether there is one with a number, within a time limit.

A job object may carry its datastream's number alone, and Adverity asks for one call at a time: so names that are known
are used at once, missing ones are asked for one after the other as long as the answer's budget lasts, and what
did not come is shown by its number. Every name that comes is remembered by the gateway, so the next answer has it.
"""

from collections.abc import Iterable

from jobbot.adverity.errors import AdverityError, NotReadable
from jobbot.adverity.model import DatastreamId, Job
from jobbot.flows.instances import Instance, read_each
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.render.jobs import Names


async def name_datastreams(instance: Instance, jobs: Iterable[Job]) -> Names:
    """Whatever is known, or becomes known in time, of the jobs' datastreams. Never raises: a name is a nicety."""
    jobs = list(jobs)
    refs = {job.datastream.id: job.datastream for job in jobs if job.datastream is not None}
    gateway = instance.gateway
    missing = [id_ for id_, ref in refs.items() if ref.name is None and gateway.known_datastream(id_) is None]
    if missing:
        await read_each(missing, gateway.datastream, instance.extras)
    return known_names(instance, jobs)


def known_names(instance: Instance, jobs: Iterable[Job]) -> Names:
    """What is known already, without asking."""
    ids = {job.datastream.id for job in jobs if job.datastream is not None}
    known = {id_: found for id_ in ids if (found := instance.gateway.known_datastream(id_)) is not None}
    return Names(instance.base_url, known)


async def is_no_datastream(catalogue: Catalogue, instance: Instance, which: DatastreamId) -> bool:
    """Whether there is no datastream with this number: Adverity says so, or has told all that there are.

    False where it says nothing in time. Never raises.
    """
    try:
        async with instance.extras.asking():
            await instance.gateway.datastream(which)
    except NotReadable as error:
        if error.status == 404:
            return True
    except (AdverityError, TimeoutError):
        return False
    else:
        return False
    known = await catalogue.datastreams(instance)
    return known.whole and all(one.id != which for one in known.all)
