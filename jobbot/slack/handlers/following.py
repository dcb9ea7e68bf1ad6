"""Serves watch, unwatch, watches and alerts, and job cards: decides access, runs the use case, replies."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from jobbot.access import Need, Reach, Refused
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, JobId
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.following.alert_marks import AlertMarks
from jobbot.flows.following.watching import AlreadyOver, CannotKeep, Subscriber, WatchBegun, WatchingFlow, keeping
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.card import read_card
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.intents.model import Alerts, AlertsDo, MarkAlert, Marking, UnwatchJob, Watches, WatchJob
from jobbot.interaction import Clicked, Interaction
from jobbot.logs import REFERENCE, get_logger
from jobbot.render import notices
from jobbot.render import watching as words
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.buttons import ActionId
from jobbot.render.card import Card, render_card
from jobbot.render.earlier_stops import DoneAbout
from jobbot.render.errors import render_error
from jobbot.render.offered import fetched_days
from jobbot.render.refusals import render_refusal
from jobbot.render.watching import Waiting
from jobbot.slack.handlers.alerting import Alerting
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

log = get_logger(__name__)

Followed = WatchJob | UnwatchJob | Watches | Alerts | MarkAlert


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """An answer that can be redrawn: the ``card`` that it is, the ``workspaces`` of what it tells of (None: one is not
    known), and when that was read (``since``)."""

    message: Message
    since: datetime
    card: Card | None = None
    workspaces: frozenset[int] | None = None


class Following:
    """The handlers. ``clock`` gives the time, aware.

    ``is_first``: whether a key of Slack's is new in every process that shares the database; raises CannotKeep.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        watching: WatchingFlow,
        stops: EarlierStops,
        marks: AlertMarks,
        offered: OfferedActs,
        frozen: FreezeLine,
        directory: SlackDirectory,
        is_first: Callable[[str], Awaitable[bool]],
        outbound: Outbound,
        clock: Callable[[], datetime],
    ) -> None:
        self._gate = gate
        self._naming = naming
        self._alerting = Alerting(
            gate=gate,
            naming=naming,
            instances=instances,
            watching=watching,
            marks=marks,
            directory=directory,
            outbound=outbound,
            clock=clock,
        )
        self._instances = instances
        self._watching = watching
        self._stops = stops
        self._offered = offered
        self._frozen = frozen
        self._is_first = is_first
        self._outbound = outbound
        self._clock = clock

    async def serve(self, interaction: Interaction, intent: Followed) -> Outcome:
        """Serve one intent. Raises AlreadyReported where it failed and the person has been told."""
        reply = Reply(self._outbound, interaction)
        passed = await self._gate.decide(interaction, _need(intent), intent.instance)
        if isinstance(passed, Refused):
            await reply.post_ephemeral(render_refusal(passed))
            return Outcome.REFUSED
        instance = self._instances.get(self._gate.meant(interaction.channel_id, intent.instance))
        if instance is None:
            await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        instance = instance.for_answer()
        if not passed.is_member and _is_told_later(intent):
            # The cached membership may be older than an invitation that just happened.
            passed = await self._gate.decide(interaction, _need(intent), intent.instance, fresh=True)
            if isinstance(passed, Refused):
                await reply.post_ephemeral(render_refusal(passed))
                return Outcome.REFUSED
        if not passed.is_member and _is_told_later(intent):
            await reply.post_ephemeral(notices.no_member())
            return Outcome.REFUSED
        try:
            # Its signature holds for five minutes: whoever has it may send it again, to another process or after a
            # restart.
            if _changes(intent) and interaction.key and not await self._is_first(interaction.key):
                return Outcome.REPEATED
            return await self._do(interaction, intent, instance, passed, reply)
        except CannotKeep as error:
            await reply.post_ephemeral(notices.cannot_keep())
            raise AlreadyReported from error
        except OutOfReach as out:
            await reply.post_ephemeral(render_refusal(out.refused))
            return Outcome.REFUSED
        except AdverityError as error:
            job = intent.job if isinstance(intent, WatchJob | UnwatchJob | Alerts) else None
            about = f"{'jobs' if job is None else f'job {job}'} on {instance.name}"
            message = render_error(error, REFERENCE.get(), about=about, changing=_changes(intent), again=intent)
            await reply.post_ephemeral(message)
            raise AlreadyReported from error

    async def _do(
        self, interaction: Interaction, intent: Followed, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        match intent:
            case WatchJob(job=job):
                return await self._watch(interaction, job, instance, passed, reply)
            case UnwatchJob(job=job):
                subscriber = self._subscriber(interaction, reply)
                there_were = await self._watching.unwatch(job, instance.name, subscriber)
                said = words.taken_back(job, there_were=there_were)
                if _is_on_a_card(interaction) and there_were:
                    await self._redraw(interaction, job, instance, passed, said, reply=reply)
                else:
                    await reply.post_ephemeral(said)
                return Outcome.ANSWERED
            case Watches(instance=named):
                waiting, alerts, outages = await self._watching.of_channel(interaction.channel_id or "", named)
                seen = await self._seen(interaction, waiting)
                alerts = await self._naming.name_alerts(interaction, alerts, self._instances)
                # Ephemeral: in the channel it would mention everybody who watches.
                await reply.post_ephemeral(words.listed(seen, alerts, outages, now=self._clock()))
                return Outcome.ANSWERED
            case Alerts():
                subscriber = self._subscriber(interaction, reply)
                return await self._alerting.serve(intent, instance, passed, interaction, subscriber, reply=reply)
            case MarkAlert():
                return await self._alerting.mark(intent, instance, passed, interaction, interaction.user_id)
            case _:
                assert_never(intent)

    async def _watch(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, reply: Reply
    ) -> Outcome:
        subscriber, place = self._subscriber(interaction, reply), None
        # Of a watch that begins the person alone is told, or the card.
        redraws = _is_on_a_card(interaction)
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
                elif _is_on_a_card(interaction):
                    # The card itself says who waits: no further message.
                    await self._redraw(interaction, job, instance, passed, said, reply=reply)
                else:
                    await reply.post_ephemeral(said)
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

    async def card(
        self, interaction: Interaction, job: JobId, instance: Instance, passed: Passed, *, again: bool, share: bool
    ) -> Drawn:
        """Read and render one job's card, with who watches it in this channel. Raises AdverityError, OutOfReach."""
        since = self._clock()

        async def see(found: Job) -> None:
            await self._gate.place(interaction, instance, found)

        card = await read_card(job, instance, see)
        watchers, stops, done, frozen = await asyncio.gather(
            self._watching.watchers(job, instance, interaction.channel_id or ""),
            self._stops.of(instance, [job]),
            self._done_about(card.job, instance),
            self._frozen.of(instance, interaction.channel_id),
        )
        card = replace(card, stop=stops.get(job), done=done, frozen=frozen)
        message = render_card(
            card,
            now=self._clock(),
            asker=Asker(interaction.user_id, again=again),
            offers=passed.offers,
            offer_share=share,
            watchers=watchers,
        )
        place = card.names.workspace_of(card.job)
        workspaces = None if place is None else frozenset({place})
        return Drawn(message=message, since=since, card=card, workspaces=workspaces)

    async def _done_about(self, job: Job, instance: Instance) -> DoneAbout | None:
        return await self._stops.done_about(instance, job.id) if job.is_over else None

    async def answer_live(
        self,
        interaction: Interaction,
        card: Card,
        message: Message,
        instance: Instance,
        passed: Passed,
        *,
        reply: Reply,
    ) -> bool:
        """Post a live card; False where it could not be posted, so that it must be answered otherwise.

        A response URL tells no ts, and without one nothing can be edited later: so such a card is posted, which needs
        jobbot to be a member of the channel.
        """
        ts = await reply.post(message)
        if ts is None:
            return False
        await self._keep_live(interaction, card, ts, instance, passed)
        return True

    async def answer_offering(
        self, interaction: Interaction, drawn: Drawn, instance: Instance, *, reply: Reply
    ) -> bool:
        """Post an answer that offers acts, to be edited once one was done; as :meth:`answer_live`."""
        ts = await reply.post(drawn.message)
        if ts is None:
            return False
        await self._keep_offers(interaction, drawn, instance, ts=ts)
        return True

    async def redrawn(self, interaction: Interaction, drawn: Drawn, instance: Instance, passed: Passed) -> None:
        """Keep anew what was refreshed in its place, also where it offers nothing any more: as it was it comes no more.

        The card of a job that goes on is a live one again.
        The refresh may have overwritten a later edit of the poller's, even the last one; so the card is followed again,
        and the next round edits it.
        """
        ts = None if interaction.is_ephemeral else interaction.message_ts
        if ts is None or not passed.is_member or not (passed.visible or passed.may_share):
            return
        if drawn.card is not None and drawn.card.job.is_going_on:
            await self._keep_live(interaction, drawn.card, ts, instance, passed)
        else:
            await self._keep_offers(interaction, drawn, instance, ts=ts)

    async def _keep_offers(self, interaction: Interaction, drawn: Drawn, instance: Instance, *, ts: str) -> None:
        """While the database is unavailable the message stays as it was posted."""
        with suppress(CannotKeep):
            async with keeping():
                await self._offered.keep(
                    drawn.message,
                    instance=instance.name,
                    channel_id=interaction.channel_id or "",
                    ts=ts,
                    workspaces=drawn.workspaces,
                    days=fetched_days(drawn.card.job) if drawn.card is not None else None,
                    since=drawn.since,
                )

    async def _keep_live(
        self, interaction: Interaction, card: Card, ts: str, instance: Instance, passed: Passed
    ) -> None:
        subscriber = self._subscriber(interaction, Reply(self._outbound, interaction))
        await self._watching.keep_live(card, instance.base_url, ts=ts, subscriber=subscriber, offers=passed.offers)

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
            drawn = await self.card(interaction, job, instance, passed, again=True, share=False)
        except OutOfReach:
            # What was asked for is done all the same: a watch may be taken back where nothing is shown any more.
            await reply.post_ephemeral(said)
            return
        except AdverityError as error:
            log.info("card not redrawn", job=job, error=type(error).__name__)
            await reply.post_ephemeral(said)
            return
        await reply.redraw(drawn.message)
        await self.redrawn(interaction, drawn, instance, passed)

    def _subscriber(self, interaction: Interaction, reply: Reply) -> Subscriber:
        """Who asked, and where they are told: for a card or a mention its thread, for a command the channel."""
        thread = reply.thread_ts
        if thread is None and _is_on_a_card(interaction):
            thread = interaction.message_ts
        return Subscriber(interaction.channel_id or "", thread, interaction.user_id)


def _is_on_a_card(interaction: Interaction) -> bool:
    """Whether a card's own button was pressed, and so its message must be redrawn."""
    match interaction.did:
        case Clicked(action_id=ActionId.JOB_WATCH | ActionId.JOB_UNWATCH | ActionId.JOB_REFRESH):
            return not interaction.is_ephemeral and interaction.message_ts is not None
        case _:
            return False


def _is_told_later(intent: Followed) -> bool:
    """Whether jobbot will post here later, for which it must be a member of the channel."""
    return isinstance(intent, WatchJob) or (isinstance(intent, Alerts) and intent.does is AlertsDo.ON)


def _changes(intent: Followed) -> bool:
    """Whether it changes anything."""
    return not (isinstance(intent, Watches) or (isinstance(intent, Alerts) and intent.does is AlertsDo.SHOW))


def _need(intent: Followed) -> Need:
    match intent:
        case WatchJob() | UnwatchJob():
            return Need.WATCH
        case Watches():
            return Need.VIEW
        case Alerts(does=AlertsDo.SHOW):
            return Need.VIEW
        case MarkAlert(does=Marking.ON_IT | Marking.NOT_ON_IT):
            # Guests may help too. Where alerts are told, everybody may look.
            return Need.VIEW
        case Alerts() | MarkAlert():
            return Need.ALERTS
        case _:
            assert_never(intent)
