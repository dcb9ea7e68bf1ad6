"""Finds the datastream that an act is about: by its number or its name, and only where the channel sees it."""

from jobbot.access import Need
from jobbot.adverity.model import DatastreamId
from jobbot.flows.acts.attempts import Denied
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.narrowing import Meant
from jobbot.intents.model import ListJobs, Stream, number_of
from jobbot.interaction import Interaction
from jobbot.slack.handlers.gate import Gate, OutOfReach, denied
from jobbot.slack.handlers.naming import Naming, told
from jobbot.slack.handlers.windows.act_window import Nothing


class DatastreamFinder:
    """For the windows of acts that are about a datastream."""

    def __init__(self, gate: Gate, naming: Naming) -> None:
        self._gate = gate
        self._naming = naming

    async def find(
        self, who: Interaction, stream: Stream, workspace: str | None, instance: Instance, need: Need
    ) -> DatastreamId | Nothing:
        """The datastream that is meant; Nothing where a name means several, or none. Raises OutOfReach."""
        asked = ListJobs(datastream=stream, workspace=workspace, instance=instance.name)
        found = await self._naming.find(who, asked, instance)
        if not isinstance(found, Meant):
            return Nothing(f"{told(found).text}\nAsk again with its number.")
        assert isinstance(found.intent, ListJobs)  # noqa: S101 - narrows for the type checker
        meant = number_of(found.intent.datastream)
        assert meant is not None  # noqa: S101 - it was asked for
        await self._gate.may_see(who, instance, meant, need)
        return meant

    async def refuse(self, who: Interaction, stream: int | None, instance: Instance, need: Need) -> Denied | None:
        """Whether a submission's datastream is out of the channel's reach by now."""
        if stream is None or not self._gate.is_bound(who.channel_id):
            return None
        try:
            await self._gate.may_see(who, instance.for_answer(), DatastreamId(stream), need)
        except OutOfReach as out:
            return denied(out.refused)
        return None
