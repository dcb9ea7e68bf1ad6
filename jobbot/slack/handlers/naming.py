"""Names at Slack's door: what a question means in this channel, or the message that asks which one is meant."""

from jobbot.flows.instances import Instance
from jobbot.flows.jobs.narrowing import Meant, Narrowing
from jobbot.intents.model import Narrowed
from jobbot.interaction import Interaction
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
        self, interaction: Interaction, intent: Narrowed, instance: Instance, *, beginnings: bool = True
    ) -> Meant | SeveralMeant | NoSuchName | NoSuchDatastream | NoSuchWorkspace:
        """As :meth:`Narrowing.find`, for this channel."""
        rule = self._gate.rule(interaction.channel_id)
        return await self._narrowing.find(
            intent,
            instance,
            bound=rule.workspaces if rule is not None else (),
            aliases=self._gate.aliases(instance.name),
            beginnings=beginnings,
        )

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
