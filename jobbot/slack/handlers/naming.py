"""Resolves names of datastreams and workspaces in a channel, or words the message that asks which one is meant."""

from collections.abc import Sequence
from dataclasses import replace

from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.narrowing import Meant, Narrowing
from jobbot.intents.model import Narrowed
from jobbot.interaction import Interaction
from jobbot.render.alert_settings import AlertSettings
from jobbot.render.blockkit.blocks import Message
from jobbot.render.naming import (
    NoSuchDatastream,
    NoSuchName,
    NoSuchWorkspace,
    SeveralMeant,
    render_no_datastream,
    render_no_name,
    render_no_workspace,
    render_several,
)
from jobbot.slack.handlers.gate import Gate


class Naming:
    """Finds out what is meant where; what the channel does not see is neither found nor suggested."""

    def __init__(self, gate: Gate, narrowing: Narrowing) -> None:
        self._gate = gate
        self._narrowing = narrowing

    async def find(
        self,
        interaction: Interaction,
        intent: Narrowed,
        instance: Instance,
        *,
        beginnings: bool = True,
        nearly: bool = True,
    ) -> Meant | SeveralMeant | NoSuchName | NoSuchDatastream | NoSuchWorkspace:
        """As :meth:`Narrowing.find`, for this channel."""
        rule = self._gate.rule(interaction.channel_id)
        return await self._narrowing.find(
            intent,
            instance,
            bound=rule.workspaces if rule is not None else (),
            aliases=self._gate.aliases(instance.name),
            beginnings=beginnings,
            nearly=nearly,
        )

    async def name_alerts(
        self, interaction: Interaction, alerts: Sequence[AlertSettings], instances: Instances
    ) -> list[AlertSettings]:
        """The alerts with the names of their datastreams, of those that are remembered and that the channel sees."""
        names: dict[tuple[str, int | None], str] = {}
        for place in {one.instance for one in alerts}:
            here = [one for one in alerts if one.instance == place]
            ids = {id_ for one in here for id_ in (one.datastream, *(quiet.datastream for quiet in one.snoozes))}
            found, wanted = instances.get(place), sorted(id_ for id_ in ids if id_ is not None)
            if found is None or not wanted:
                continue
            reach = await self._gate.reach(interaction.channel_id, found)
            for seen in await self._narrowing.seen(found.for_answer(), wanted, reach):
                names[place, seen.id] = seen.name
        return [
            replace(
                one,
                stream=names.get((one.instance, one.datastream), ""),
                snoozes=tuple(replace(q, stream=names.get((one.instance, q.datastream), "")) for q in one.snoozes),
            )
            for one in alerts
        ]

    async def meant(self, interaction: Interaction, intent: Narrowed, instance: Instance) -> Meant | Message:
        """What is meant, or what the person is told where that is not certain."""
        found = await self.find(interaction, intent, instance)
        return found if isinstance(found, Meant) else told(found)


def told(found: SeveralMeant | NoSuchName | NoSuchDatastream | NoSuchWorkspace) -> Message:
    """In words."""
    match found:
        case SeveralMeant():
            return render_several(found)
        case NoSuchName():
            return render_no_name(found)
        case NoSuchDatastream():
            return render_no_datastream(found)
        case NoSuchWorkspace():
            return render_no_workspace(found)
