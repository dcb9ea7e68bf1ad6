"""Whether the channel sees the datastream that an act is about: when its window is filled, and on submit."""

from jobbot.access import Need
from jobbot.adverity.model import DatastreamId
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.instances import Instance
from jobbot.interaction import Interaction
from jobbot.slack.handlers.gate import Gate, OutOfReach, denied


async def refuse_datastream(
    gate: Gate, who: Interaction, stream: int | None, instance: Instance, need: Need
) -> Denied | None:
    """The refusal of a submission whose datastream is out of the channel's reach by now; None where it is not."""
    if stream is None or not gate.is_bound(who.channel_id):
        return None
    try:
        await gate.may_see(who, instance.for_answer(), DatastreamId(stream), need)
    except OutOfReach as out:
        return denied(out.refused)
    return None
