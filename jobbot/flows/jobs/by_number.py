"""Whether a datastream exists of which the number was typed."""

from jobbot.adverity.errors import AdverityError, NotReadable
from jobbot.adverity.model import DatastreamId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue


async def is_no_datastream(catalogue: Catalogue, instance: Instance, which: DatastreamId) -> bool:
    """Whether there is no datastream with this number: Adverity says so, or has told all that there are.

    False where it says nothing in time. Never raises.
    """
    try:
        async with instance.extras.limit():
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
