"""Serves watches: begun, taken back, listed. The gate has been passed (by ``handler``)."""

from collections.abc import Callable, Sequence
from datetime import datetime

from jobbot.access import Need, Reach
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import JobId
from jobbot.flows.following.watching import AlreadyOver, WatchBegun, WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.interaction import Interaction
from jobbot.logs import get_logger
from jobbot.render import notices
from jobbot.render import watching as words
from jobbot.render.blockkit.blocks import Message
from jobbot.render.watching import Waiting
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports.job_cards import JobCards, is_on_a_card, subscriber_of
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

log = get_logger(__name__)


class Watching:
    """Serves what is asked of them. ``clock`` gives the time, aware."""

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        watching: WatchingFlow,
        cards: JobCards,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._naming = naming
        self._instances = instances
        self._watching = watching
        self._cards = cards
        self._clock = clock

    async def watch(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        """Begin a watch; of a job that is over say how it ended. Raises OutOfReach, CannotKeep, AdverityError."""
        subscriber, place = subscriber_of(interaction), None
        # Of a watch that begins the person alone is told, or the card.
        redraws = is_on_a_card(interaction)
        visible = passed.visible and redraws
        async with reply.note_when_slow(notices.asking_job(job), visible=visible, redraws=redraws):
            if await self._gate.reach(interaction.channel_id, instance) is not None:
                found = (await instance.gateway.job(job)).value
                place = await self._gate.place(interaction, instance, found, Need.WATCH)
            watched = await self._watching.watch(job, instance, subscriber, place)
        match watched:
            case AlreadyOver(name, found, around):
                user, now = interaction.user_id, self._clock()
                message = words.over_already(name, found, instance.name, user, now=now, around=around)
                await reply.answer(message, visible=passed.visible)
                return Outcome.ANSWERED
            case WatchBegun(name, already):
                said = words.begun(name, in_thread=subscriber.thread_ts is not None)
                if already:
                    await reply.post_ephemeral(words.waits_already(name))
                elif redraws:
                    # The card itself says who waits: no further message.
                    await self._redraw(interaction, job, instance, passed, said, reply=reply)
                else:
                    await reply.post_ephemeral(said)
                return Outcome.ANSWERED

    async def unwatch(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        """Take this person's watches of a job back. Raises CannotKeep."""
        there_were = await self._watching.unwatch(job, instance.name, subscriber_of(interaction))
        said = words.taken_back(job, there_were=there_were)
        if is_on_a_card(interaction) and there_were:
            await self._redraw(interaction, job, instance, passed, said, reply=reply)
        else:
            await reply.post_ephemeral(said)
        return Outcome.ANSWERED

    async def show_all(self, interaction: Interaction, instance: str | None, reply: Reply) -> Outcome:
        """What the channel waits for, of the instance that is named or of all. Raises CannotKeep."""
        waiting, alerts, outages = await self._watching.of_channel(interaction.channel_id or "", instance)
        seen = await self._seen(interaction, waiting)
        alerts = await self._naming.name_alerts(interaction, alerts, self._instances)
        # Ephemeral: in the channel it would mention everybody who watches.
        await reply.post_ephemeral(words.listed(seen, alerts, outages, now=self._clock()))
        return Outcome.ANSWERED

    async def _seen(self, interaction: Interaction, waiting: Sequence[Waiting]) -> list[Waiting]:
        """What was begun before and is still to be shown in the channel; each instance is asked once."""
        rule, reaches = self._gate.rule(interaction.channel_id), dict[str, Reach | None]()
        for name in {one.instance for one in waiting}:
            instance = self._instances.get(name)
            if instance is not None:
                reaches[name] = await self._gate.reach(interaction.channel_id, instance)
            elif rule is not None and not rule.workspaces:
                reaches[name] = None
            else:
                reaches[name] = Reach(frozenset(), ())
        found = ((one, reaches[one.instance]) for one in waiting)
        return [one for one, reach in found if reach is None or reach.sees(one.workspace)]

    async def _redraw(
        self,
        interaction: Interaction,
        job: JobId,
        instance: Instance,
        passed: Passed,
        said: Message,
        *,
        reply: Reply,
    ) -> None:
        """Show the change by redrawing the card; where the job cannot be read, post ``said`` instead."""
        try:
            drawn = await self._cards.card(interaction, job, instance, passed, again=True, share=False)
        except OutOfReach:
            # What was asked for is done all the same: a watch may be taken back where nothing is shown any more.
            await reply.post_ephemeral(said)
            return
        except AdverityError as error:
            log.info("card not redrawn", job=job, error=type(error).__name__)
            await reply.post_ephemeral(said)
            return
        await reply.redraw(drawn.message)
        await self._cards.redrawn(interaction, drawn, instance, passed)
