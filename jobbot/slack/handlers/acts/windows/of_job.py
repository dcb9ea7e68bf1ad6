"""Whether the channel sees the job that an act is about, asked anew on submit."""

import asyncio

from jobbot.access import Need
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import JobId
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.instances import Instance
from jobbot.interaction import Interaction
from jobbot.slack.handlers.gate import Gate, OutOfReach, denied


async def refuse_job(
    gate: Gate, who: Interaction, job: int, instance: Instance, need: Need, *, within: float
) -> Denied | None:
    """The refusal of a submission whose job is out of the channel's reach by now; None where it is not.

    Where it is not read ``within`` so many seconds, nobody knows in which workspace it is.
    """
    instance = instance.for_answer()
    if not gate.is_bound(who.channel_id):
        return None
    try:
        async with asyncio.timeout(within):
            found = (await instance.gateway.job(JobId(job), fresh=True)).value
            await gate.place(who, instance, found, need)
    except OutOfReach as out:
        return denied(out.refused)
    except (AdverityError, TimeoutError):
        return denied(gate.cannot_place(who, need, JobId(job)))
    return None
