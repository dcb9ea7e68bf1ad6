"""Watching, alerts and live cards at Slack's door: who may, where it is told, and what is answered at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import assert_never

from jobbot.access import Need, Refused
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import JobId
from jobbot.flows.following.watching import Begun, CannotKeep, Offers, OverAlready, Spot, WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.card import read_card
from jobbot.intents.model import Alerts, AlertsDo, UnwatchJob, Watches, WatchJob
from jobbot.interaction import Clicked, Interaction
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices
from jobbot.render import watching as words
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.card import Card, render_card
from jobbot.render.errors import render_error
from jobbot.render.refusals import render_refusal
from jobbot.render.watching import Waiting
from jobbot.slack.handlers.alerting import Alerting
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

log = get_logger(__name__)

Followed = WatchJob | UnwatchJob | Watches | Alerts


class Following:
    """Serves what is followed. ``clock`` gives the time, aware.

    ``is_first`` tells whether what Slack delivered under a key was obeyed by nobody yet, in this process or another,
    and raises CannotKeep.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        watching: WatchingFlow,
        is_first: Callable[[str], Awaitable[bool]],
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._alerting = Alerting(gate=gate, naming=naming, watching=watching, outbound=outbound, clock=clock)
        self._instances = instances
        self._watching = watching
        self._is_first = is_first
        self._outbound = outbound
        self._clock = clock

    async def serve(self, interaction: Interaction, intent: Followed) -> Outcome:
        """Decide, do, answer."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, _need(intent), intent.instance)
        if isinstance(passed, Refused):
            await reply.whisper(render_refusal(passed.reason))
            return Outcome.REFUSED
        instance = self._instances.get(self._gate.meant(interaction.channel_id, intent.instance))
        if instance is None:
            await reply.whisper(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        if not passed.is_member and _is_told_later(intent):
            # What is remembered of the channel may be of before somebody invited jobbot, as they were told to.
            passed = await self._gate.decide(interaction, _need(intent), intent.instance, fresh=True)
            if isinstance(passed, Refused):
                await reply.whisper(render_refusal(passed.reason))
                return Outcome.REFUSED
        if not passed.is_member and _is_told_later(intent):
            await reply.whisper(notices.no_member())
            return Outcome.REFUSED
        try:
            # Its signature holds for five minutes: whoever has it may send it again, to another process or after a
            # restart.
            if _changes(intent) and interaction.key and not await self._is_first(interaction.key):
                return Outcome.REPEATED
            return await self._do(interaction, intent, instance, passed, reply)
        except CannotKeep as error:
            await reply.whisper(notices.cannot_keep())
            raise AlreadyReported from error
        except OutOfReach as out:
            await reply.whisper(render_refusal(out.refused.reason))
            return Outcome.REFUSED
        except AdverityError as error:
            job = intent.job if isinstance(intent, WatchJob | UnwatchJob) else ""
            about = f"job {job} on {instance.name}"
            await reply.whisper(render_error(error, REFERENCE.get(), about=about))
            raise AlreadyReported from error

    async def _do(
        self, interaction: Interaction, intent: Followed, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        match intent:
            case WatchJob(job=job):
                return await self._watch(interaction, job, instance, passed, reply)
            case UnwatchJob(job=job):
                spot = self._spot(interaction, reply)
                there_were = await self._watching.unwatch(job, instance.name, spot)
                said = words.taken_back(job, there_were=there_were)
                if _is_on_a_card(interaction) and there_were:
                    await self._redraw(interaction, job, instance, passed, said)
                else:
                    await reply.whisper(said)
                return Outcome.ANSWERED
            case Watches(instance=named):
                waiting, alerts, outages = await self._watching.of_channel(interaction.channel_id or "", named)
                seen = [one for one in waiting if await self._sees(interaction, one)]
                # For whoever asks: in the channel it would call everybody who waits.
                await reply.whisper(words.listed(seen, alerts, outages, now=self._clock()))
                return Outcome.ANSWERED
            case Alerts():
                return await self._alerting.serve(intent, instance, passed, interaction, self._spot(interaction, reply))
            case _:
                assert_never(intent)

    async def _watch(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        spot, place = self._spot(interaction, reply), None
        if await self._gate.reach(interaction.channel_id, instance) is not None:
            found = (await instance.gateway.job(job)).value
            place = await self._gate.place(interaction, instance, found, Need.WATCH)
        match await self._watching.watch(job, instance, spot, place):
            case OverAlready(name, found):
                message = words.over_already(name, found, instance.name, interaction.user_id, now=self._clock())
                await reply.answer(message, visible=passed.visible)
                return Outcome.ANSWERED
            case Begun(name, already):
                said = words.begun(name, in_thread=spot.thread_ts is not None)
                if already:
                    await reply.whisper(words.waits_already(name))
                elif _is_on_a_card(interaction):
                    # The card itself says who waits: no further message.
                    await self._redraw(interaction, job, instance, passed, said)
                else:
                    await reply.whisper(said)
                return Outcome.ANSWERED

    async def _sees(self, interaction: Interaction, one: Waiting) -> bool:
        """Whether what was begun before is still to be shown in the channel."""
        instance, rule = self._instances.get(one.instance), self._gate.rule(interaction.channel_id)
        if instance is None:
            return rule is not None and not rule.workspaces
        reach = await self._gate.reach(interaction.channel_id, instance)
        return reach is None or reach.sees(one.workspace)

    async def card(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, *, again: bool, share: bool
    ) -> tuple[Card, Message]:
        """One job's card, with who waits for it here. Raises AdverityError, OutOfReach."""
        card = await read_card(job, instance)
        await self._gate.place(interaction, instance, card.job)
        watchers = await self._watching.watchers(job, instance.name, interaction.channel_id or "")
        message = render_card(
            card,
            now=self._clock(),
            asker=Asker(interaction.user_id, again=again),
            offer_stop=passed.offer_stop,
            offer_share=share,
            offer_watch=passed.offer_watch,
            watchers=watchers,
        )
        return card, message

    async def answer_live(
        self, interaction: Interaction, card: Card, message: Message, instance: Instance, passed: Passed
    ) -> bool:
        """Post a card that keeps itself true; False where it was not posted, so that it must be answered otherwise.

        A response URL tells no ts, and without one nothing can be edited later: so such a card is posted, which needs
        jobbot to be a member of the channel.
        """
        reply = Reply(self._outbound, interaction)
        ts = await reply.post(message)
        if ts is None:
            return False
        await self._keep_live(interaction, card, ts, instance, passed)
        return True

    async def redrawn(self, interaction: Interaction, card: Card, instance: Instance, passed: Passed) -> None:
        """A card was drawn anew in its place: keep it true from here on.

        What was drawn may be older by a moment than the last edit of a live card, which its end does not repeat; so it
        is live again, and the next round puts it right.
        """
        ts = None if interaction.is_ephemeral else interaction.message_ts
        if ts is not None and card.job.is_going_on and (passed.visible or passed.may_share) and passed.is_member:
            await self._keep_live(interaction, card, ts, instance, passed)

    async def _keep_live(
        self, interaction: Interaction, card: Card, ts: str, instance: Instance, passed: Passed
    ) -> None:
        spot = self._spot(interaction, Reply(self._outbound, interaction))
        offers = Offers(stop=passed.offer_stop, watch=passed.offer_watch)
        await self._watching.keep_live(card, instance.base_url, ts=ts, spot=spot, offers=offers)

    async def _redraw(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, said: Message
    ) -> None:
        """What was kept shows on the card itself; where the job cannot be read for that, ``said`` says it."""
        reply = Reply(self._outbound, interaction)
        try:
            card, message = await self.card(interaction, job, instance, passed, again=True, share=False)
        except OutOfReach:
            # What was asked for is done all the same: a watch may be taken back where nothing is shown any more.
            await reply.whisper(said)
            return
        except AdverityError as error:
            log.info("card not drawn anew", job=job, error=type(error).__name__)
            await reply.whisper(said)
            return
        await reply.redraw(message)
        await self.redrawn(interaction, card, instance, passed)

    def _spot(self, interaction: Interaction, reply: Reply) -> Spot:
        """A card's end is told in its own thread; a command's in the channel; a mention's in its thread."""
        thread = reply.thread_ts
        if thread is None and _is_on_a_card(interaction):
            thread = interaction.message_ts
        return Spot(interaction.channel_id or "", thread, interaction.user_id)


def _is_on_a_card(interaction: Interaction) -> bool:
    return isinstance(interaction.did, Clicked) and not interaction.is_ephemeral and interaction.message_ts is not None


def _is_told_later(intent: Followed) -> bool:
    """Whether it is a promise to tell this channel something, which only a member of it can keep."""
    return isinstance(intent, WatchJob) or (isinstance(intent, Alerts) and intent.does is AlertsDo.ON)


def _changes(intent: Followed) -> bool:
    """Whether it does more than look."""
    return not (isinstance(intent, Watches) or (isinstance(intent, Alerts) and intent.does is AlertsDo.SHOW))


def _need(intent: Followed) -> Need:
    match intent:
        case WatchJob() | UnwatchJob():
            return Need.WATCH
        case Watches():
            return Need.VIEW
        case Alerts(does=AlertsDo.SHOW):
            return Need.VIEW
        case Alerts():
            return Need.ALERTS
        case _:
            assert_never(intent)
