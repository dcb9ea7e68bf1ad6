"""Tells a person what they may do and why not: decided anew, with the facts of now, by the gate's own function."""

from jobbot.access import Need, Refused
from jobbot.flows.instances import Instances
from jobbot.intents.model import WhoAmI
from jobbot.interaction import Interaction
from jobbot.render.blockkit.blocks import Message
from jobbot.render.trace import render_why
from jobbot.render.whoami import render_whoami
from jobbot.slack.handlers.gate import Gate


class Rights:
    """Answers :class:`WhoAmI`, for whoever asks, in whatever channel; for that person alone."""

    def __init__(self, gate: Gate, instances: Instances) -> None:
        self._gate = gate
        self._instances = instances

    async def told(self, interaction: Interaction, asked: WhoAmI, *, command: str) -> Message:
        """Every need, or each rule about the one that is asked about; where nothing may be seen, about that."""
        meant = self._gate.meant(interaction.channel_id, asked.instance)
        instance = self._instances.get(meant)
        name = instance.name if instance is not None else meant or ""
        key = instance.gateway.key_seen if instance is not None else None
        needs = (asked.need,) if asked.need is not None else tuple(Need)
        told = await self._gate.explain(interaction, needs, asked.instance, key=key)
        need = asked.need or Need.VIEW
        if asked.need is not None or isinstance(told[need].decision, Refused):
            why = told[need]
            return render_why(why.decision, need, why.elsewhere, user=interaction.user_id, instance=name)
        rows = {one: (said.decision, said.elsewhere) for one, said in told.items()}
        channel = interaction.channel_id or ""
        return render_whoami(rows, user=interaction.user_id, channel=channel, instance=name, command=command)
