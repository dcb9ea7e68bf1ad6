"""Tells a person what they may do and why not: decided anew, with the facts of now, by the gate's own function."""

import time
from collections.abc import Callable

from cachetools import TTLCache

from jobbot.access import ACTS, Allowed, Need, Refused
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.instances import Instances
from jobbot.intents.model import WhoAmI
from jobbot.interaction import Interaction
from jobbot.render.blockkit.blocks import Message
from jobbot.render.trace import render_why
from jobbot.render.whoami import render_whoami
from jobbot.slack.handlers.gate import Gate

FRESH_EVERY = 3.0
"""Seconds between two explanations that ask Slack anew: anybody may ask as often as they like, and Slack takes few
look-ups of user groups a minute (https://docs.slack.dev/reference/methods/usergroups.users.list), which stops need."""


class Rights:
    """Answers :class:`WhoAmI`, for whoever asks, in whatever channel; for that person alone."""

    def __init__(
        self, gate: Gate, instances: Instances, frozen: FreezeLine, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._frozen = frozen
        self._asked_anew: TTLCache[str, bool] = TTLCache(1, FRESH_EVERY, monotonic)

    async def told(self, interaction: Interaction, asked: WhoAmI, *, command: str) -> Message:
        """Every need, or each rule about the one that is asked about; where nothing may be seen, about that."""
        meant = self._gate.meant(interaction.channel_id, asked.instance)
        instance = self._instances.get(meant)
        name = instance.name if instance is not None else meant or ""
        key = instance.gateway.key_seen if instance is not None else None
        needs = (asked.need,) if asked.need is not None else tuple(Need)
        if fresh := "" not in self._asked_anew:
            self._asked_anew[""] = True
        told = await self._gate.explain(interaction, needs, asked.instance, key=key, fresh=fresh)
        need = asked.need or Need.VIEW
        if asked.need is not None or isinstance(told[need].decision, Refused):
            why, holds, ends = told[need], None, told
            if isinstance(why.decision, Allowed) and need in ACTS | {Need.STOP} and instance is not None:
                holds = await self._frozen.of(instance.for_answer(), interaction.channel_id)
            if holds is not None and Need.STOP not in told:
                ends = await self._gate.explain(interaction, (Need.STOP,), asked.instance, key=key)
            return render_why(
                why.decision,
                need,
                why.elsewhere,
                user=interaction.user_id,
                instance=name,
                frozen=holds,
                may_end=holds is not None and isinstance(ends[Need.STOP].decision, Allowed),
            )
        rows = {one: (said.decision, said.elsewhere) for one, said in told.items()}
        holds = await self._frozen.of(instance.for_answer(), interaction.channel_id) if instance is not None else None
        return render_whoami(rows, user=interaction.user_id, instance=name, command=command, frozen=holds)
