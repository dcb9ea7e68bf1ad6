"""Serves freeze and unfreeze: who may stop there may hold all acts on an instance back, and let them go on."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from jobbot.access import Need, Refused
from jobbot.flows.acts.freezing import CannotFreeze, Ended, FreezeFlow, Lacks, Place, end_of
from jobbot.flows.following.watching import CannotKeep
from jobbot.flows.instances import Instances
from jobbot.intents.model import Freeze, Freezing, Unfreeze
from jobbot.interaction import Interaction
from jobbot.render import frozen as words
from jobbot.render import notices
from jobbot.render.blockkit.blocks import Message
from jobbot.render.frozen import Frozen
from jobbot.render.refusals import render_refusal
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome


class FreezeHandler:
    """The handler. ``is_first``: whether a key of Slack's is new in all processes; ``clock``: aware time."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        freezing: FreezeFlow,
        is_first: Callable[[str], Awaitable[bool]],
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._freezing = freezing
        self._is_first = is_first
        self._outbound = outbound
        self._clock = clock

    async def serve(self, interaction: Interaction, intent: Freezing) -> Outcome:
        """Serve one. What changes something is told to the whole channel. Raises AlreadyReported."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, Need.STOP, intent.instance, fresh=True)
        if isinstance(passed, Refused):
            await reply.post_ephemeral(render_refusal(passed))
            return Outcome.REFUSED
        instance = self._instances.get(self._gate.meant(interaction.channel_id, intent.instance))
        if instance is None:
            await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        try:
            match intent:
                case Freeze():
                    return await self._freeze(interaction, intent, instance.name, reply)
                case Unfreeze():
                    return await self._unfreeze(interaction, intent, instance.name, reply)
                case _:
                    assert_never(intent)
        except (CannotFreeze, CannotKeep) as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error

    async def _freeze(self, interaction: Interaction, wish: Freeze, instance: str, reply: Reply) -> Outcome:
        until = end_of(wish, self._clock())
        if isinstance(until, Lacks):
            await reply.post_ephemeral(_lacking(until, wish, await self._freezing.current(instance)))
            return Outcome.REASON_WANTED
        if await self._is_repeated(interaction):
            return Outcome.REPEATED
        place = Place(interaction.user_id, interaction.channel_id or "", reply.thread_ts)
        done = await self._freezing.freeze(instance, until, wish.reason, place)
        await reply.answer(words.began(done.frozen, done.before), visible=True)
        return Outcome.ANSWERED

    async def _unfreeze(self, interaction: Interaction, wish: Unfreeze, instance: str, reply: Reply) -> Outcome:
        if await self._is_repeated(interaction):
            return Outcome.REPEATED
        match await self._freezing.unfreeze(wish, instance, interaction.user_id):
            case Ended(frozen):
                await reply.answer(words.ended(frozen, interaction.user_id, wish.reason), visible=True)
                return Outcome.ANSWERED
            case Frozen() as other:
                await reply.post_ephemeral(words.frozen_anew(other))
                return Outcome.STALE
            case None:
                await reply.post_ephemeral(words.not_frozen(instance))
                return Outcome.NOTHING_TO_DO

    async def _is_repeated(self, interaction: Interaction) -> bool:
        """Whether this delivery was obeyed before: whoever has it may send it again for some minutes."""
        return bool(interaction.key) and not await self._is_first(interaction.key)


def _lacking(lacks: Lacks, wish: Freeze, frozen: Frozen | None) -> Message:
    match lacks:
        case Lacks.LENGTH | Lacks.SHORTER:
            return words.ask_how_long(wish, frozen, too_long=lacks is Lacks.SHORTER)
        case Lacks.FUTURE:
            return words.is_past()
        case Lacks.REASON:
            return words.ask_why(wish, frozen)
        case _:
            assert_never(lacks)
