"""Serves freeze and unfreeze: who may stop there may hold all acts on an instance back, and let them go on."""

from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from jobbot.access import Need, Refused
from jobbot.flows.acts.freezing import CannotFreeze, DoneBefore, Ended, FreezeFlow, Lacks, Place, end_of
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
    """The handler. ``clock``: aware time."""

    def __init__(
        self,
        *,
        gate: Gate,
        instances: Instances,
        freezing: FreezeFlow,
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._instances = instances
        self._freezing = freezing
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
        if passed.is_shared or self._gate.is_bound(interaction.channel_id):
            places = await self._gate.open_to_all_of(interaction, Need.STOP, instance.name)
            await reply.post_ephemeral(words.not_from_here(instance.name, places, is_shared=passed.is_shared))
            return Outcome.REFUSED
        place = Place(
            interaction.user_id,
            interaction.channel_id or "",
            reply.thread_ts,
            key=interaction.key,
            is_member=passed.is_member,
        )
        try:
            match intent:
                case Freeze():
                    return await self._freeze(intent, instance.name, place, reply)
                case Unfreeze():
                    return await self._unfreeze(intent, instance.name, place, reply)
                case _:
                    assert_never(intent)
        except CannotFreeze as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error

    async def _freeze(self, wish: Freeze, instance: str, place: Place, reply: Reply) -> Outcome:
        until = end_of(wish, self._clock())
        if isinstance(until, Lacks):
            await reply.post_ephemeral(_lacking(until, wish, await self._freezing.current(instance)))
            return Outcome.REASON_WANTED
        done = await self._freezing.freeze(instance, until, wish.reason, place)
        if isinstance(done, DoneBefore):
            return Outcome.REPEATED
        if not place.is_member:
            await reply.answer(words.began(done.frozen, done.before), visible=True)
        return Outcome.ANSWERED

    async def _unfreeze(self, wish: Unfreeze, instance: str, place: Place, reply: Reply) -> Outcome:
        match await self._freezing.unfreeze(wish, instance, place):
            case Ended(frozen):
                if not place.is_member:
                    await reply.answer(words.ended(frozen, place.user_id, wish.reason), visible=True)
                return Outcome.ANSWERED
            case DoneBefore():
                return Outcome.REPEATED
            case Frozen() as other:
                await reply.post_ephemeral(words.frozen_anew(other))
                return Outcome.STALE
            case None:
                await reply.post_ephemeral(words.not_frozen(instance))
                return Outcome.NOTHING_TO_DO


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
