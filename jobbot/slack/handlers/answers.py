"""Serves list, card, history, help and misread commands: decide access, run the use case, render, reply.

``handlers/following`` serves watches and alerts, ``handlers/act_dialogue`` stops.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from enum import Enum, auto
from typing import assert_never
from zoneinfo import ZoneInfo

from jobbot.access import Need, Refused, may_ask
from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.flows.acts.history import CannotRead, HistoryFlow
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.handover import HandoverFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.issues import IssuesFlow
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.narrowing import Meant
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.flows.timeline import TimelineFlow
from jobbot.intents import parse
from jobbot.intents.model import (
    Acknowledge,
    Act,
    Alerts,
    FetchAgain,
    Freeze,
    Handover,
    Help,
    History,
    Intent,
    Issues,
    ListJobs,
    MarkAlert,
    Misread,
    NoQuestion,
    OnDatastream,
    OnReview,
    Paused,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    ShowJob,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    Topic,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
    instance_of,
    is_named,
    nearly_known,
    rests_on_zone,
)
from jobbot.interaction import Interaction, MessageShortcut, Typed
from jobbot.logs import REFERENCE
from jobbot.render import notices
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.mentions import mentioned, without_mentions
from jobbot.render.blockkit.parts import Part
from jobbot.render.errors import render_error
from jobbot.render.handover import render_handover
from jobbot.render.help import render_help
from jobbot.render.history import render_history
from jobbot.render.issues import render_issues
from jobbot.render.listing import render_listing
from jobbot.render.misread import MENTION, render_greeting, render_misread
from jobbot.render.naming import NoSuchDatastream, NoSuchName, NoSuchWorkspace, SeveralMeant
from jobbot.render.offered import has_offers
from jobbot.render.paused import render_paused
from jobbot.render.refusals import refusal, render_refusal
from jobbot.render.timeline.markdown import render_copy
from jobbot.render.timeline.message import render_timeline
from jobbot.slack.handlers.act_dialogue import ActDialogue
from jobbot.slack.handlers.following import Drawn, Following
from jobbot.slack.handlers.freezing import FreezeHandler
from jobbot.slack.handlers.gate import Gate, OutOfReach, Passed
from jobbot.slack.handlers.misreading import datastream_of_number, of_the_job, within, without_known_names
from jobbot.slack.handlers.naming import Naming, told
from jobbot.slack.handlers.reported import AlreadyReported
from jobbot.slack.handlers.rights import Rights
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome

Shown = ListJobs | ShowJob | History | Timeline | Issues | Paused | Handover
"""What is answered with a message that can be redrawn and shared."""

_AboutPeople = Handover | Timeline | History | Paused
"""What tells of many people who did something: nobody looks there for a mention, so it has names when redrawn too."""

_Edited = ShowJob | Issues | Paused | Handover
"""What offers acts, and is edited once one was done. A list of jobs is asked for anew: it goes on by itself."""


class AnswerMode(Enum):
    """Where an answer goes: a new message, in place of the message that was clicked, or shared with the channel.

    COPY: for the person alone, in a form that can be pasted elsewhere.
    """

    NEW = auto()
    REDRAW = auto()
    SHARE = auto()
    COPY = auto()


class Answers:
    """Answers intents. ``clock``: aware time; ``command``: the slash command's name until one is typed.

    ``names``: what people are called, by their ids; ``patience``: seconds that an answer waits for them.
    """

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        listing: ListingFlow,
        history: HistoryFlow,
        timeline: TimelineFlow,
        issues: IssuesFlow,
        paused: PausedFlow,
        handover: HandoverFlow,
        frozen: FreezeLine,
        freezing: FreezeHandler,
        following: Following,
        dialogue: ActDialogue,
        names: Callable[[Collection[str]], Awaitable[Mapping[str, str]]],
        patience: float,
        outbound: Outbound,
        clock: Callable[[], datetime],
        command: str,
    ) -> None:
        self._gate = gate
        self._naming = naming
        self._instances = instances
        self._listing = listing
        self._history = history
        self._timeline = timeline
        self._issues = issues
        self._paused = paused
        self._handover = handover
        self._frozen = frozen
        self._freezing = freezing
        self._following = following
        self._dialogue = dialogue
        self._names, self._patience = names, patience
        self._outbound = outbound
        self._clock = clock
        self._command = command
        self._rights = Rights(gate, instances, frozen)

    @property
    def instance_names(self) -> tuple[str, ...]:
        """The configured instances, the default first."""
        return self._instances.names

    def reply(self, interaction: Interaction) -> Reply:
        """A Reply to this interaction."""
        return Reply(self._outbound, interaction)

    def command(self, interaction: Interaction) -> str:
        """What hints begin with: the slash command's name, or a mention where the answer stands in a thread.

        As a click does not carry the command's name, it is the one that was typed last.
        """
        if isinstance(interaction.did, Typed) and interaction.did.command:
            self._command = interaction.did.command
        return MENTION if _is_in_thread(interaction) else self._command

    def read(self, text: str, zone: ZoneInfo | None = None) -> Intent:
        """Parse typed words; times in the person's zone, UTC where it is not known."""
        base_urls = {one.name: one.base_url for one in self._instances}
        return parse(
            text,
            now=self._clock(),
            zone=zone or ZoneInfo("UTC"),
            instances=self._instances.names,
            base_urls=base_urls,
        )

    def instance(self, interaction: Interaction, name: str | None) -> Instance | None:
        """The instance named, else the channel's own, else the default; None for one that is not configured."""
        found = self._instances.get(self._gate.meant(interaction.channel_id, name))
        return None if found is None else found.for_answer()

    async def typed(self, interaction: Interaction, text: str, intent: Intent) -> Outcome:
        """Serve typed words. ``intent``: what they mean in UTC; what rests on the person's zone is read again in it."""
        if isinstance(intent, WhoAmI):
            return await self._tell_rights(interaction, intent)
        # Which instance is named does not depend on the zone.
        passed = await self._gate.decide(interaction, Need.VIEW, instance_of(intent))
        if isinstance(passed, Passed) and passed.zone is not None and rests_on_zone(intent):
            intent = self.read(text, passed.zone)
        return await self._serve(interaction, intent, passed, AnswerMode.NEW)

    async def greeted(self, interaction: Interaction) -> Outcome:
        """Serve a mention without a question: a word of help for this person, and nothing in the channel."""
        passed = await self._gate.decide(interaction, Need.VIEW, None)
        if isinstance(passed, Refused):
            return await self.refuse(interaction, passed)
        await self.reply(interaction).post_ephemeral(render_greeting(command=self.command(interaction)))
        return Outcome.NO_QUESTION

    async def serve(self, interaction: Interaction, intent: Intent, mode: AnswerMode) -> Outcome:
        """Serve an intent that a button carried."""
        if isinstance(intent, WhoAmI):
            return await self._tell_rights(interaction, intent)
        passed = await self._gate.decide(interaction, Need.VIEW, instance_of(intent))
        return await self._serve(interaction, intent, passed, mode)

    async def refuse(self, interaction: Interaction, refused: Refused) -> Outcome:
        """Tell the person why they are refused; bots get no answer, as two bots could answer each other for ever."""
        if not interaction.is_bot:
            await self.reply(interaction).post_ephemeral(render_refusal(refused))
        return Outcome.REFUSED

    async def _tell_rights(self, interaction: Interaction, asked: WhoAmI) -> Outcome:
        """Never refused, and never but to the person alone; bots get no answer, as in :meth:`refuse`."""
        if not interaction.is_bot:
            told = await self._rights.told(interaction, asked, command=self.command(interaction))
            await self.reply(interaction).post_ephemeral(told)
        return Outcome.ANSWERED

    async def _serve(  # noqa: PLR0912 - one branch a kind of intent
        self, interaction: Interaction, intent: Intent, passed: Passed | Refused, mode: AnswerMode
    ) -> Outcome:
        if isinstance(passed, Refused):
            if isinstance(intent, Help) and not interaction.is_bot:
                return await self._help(interaction, first=refusal(passed))
            return await self.refuse(interaction, passed)
        match intent:
            case ListJobs() | ShowJob() | History() | Timeline() | Issues() | Paused() | Handover():
                return await self._show(interaction, intent, passed, mode)
            case Help(topic=topic):
                return await self._help(interaction, topic=topic)
            case NoQuestion():
                return Outcome.NO_QUESTION
            case Misread():
                return await self._misread(interaction, intent, passed, mode)
            case WatchJob() | UnwatchJob() | Watches() | Alerts() | MarkAlert():
                return await self._following.serve(interaction, intent)
            case (
                StopJob() | FetchAgain() | Retry() | Acknowledge() | PauseSchedule() | ResumeSchedule() | StopSeveral()
            ):
                return await self.asks(interaction, intent)
            case WhoAmI():
                return await self._tell_rights(interaction, intent)
            case StopNoMore():
                return await self._dialogue.halts(interaction, intent)
            case OnReview():
                return await self._dialogue.reviews(interaction, intent)
            case Freeze() | Unfreeze():
                return await self._freezing.serve(interaction, intent)
            case _:
                assert_never(intent)

    async def asks(self, interaction: Interaction, intent: Act, text: str = "") -> Outcome:
        """Open the window of an act. ``text``: the words that were typed for it, read in UTC so far.

        Slack gives 3 seconds for it, so nothing is looked up before but what the act rests on: the person's zone for
        its days, the datastream that its name means. Where that takes too long, the window's button is offered.
        """
        need, named = self._dialogue.need_of(intent), instance_of(intent)
        instance = self.instance(interaction, named)
        if instance is None:
            # Which instances there are is nobody's business who is refused.
            passed = await self._gate.decide(interaction, need, named)
            if isinstance(passed, Refused):
                return await self.refuse(interaction, passed)
            await self.reply(interaction).post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        if (text and rests_on_zone(intent)) or is_named(intent):
            passed = await self._gate.decide(interaction, need, named)
            if isinstance(passed, Refused) and not may_ask(passed):
                return await self.refuse(interaction, passed)
            zone = await self._gate.zone(interaction, passed)
            if text and zone is not None and rests_on_zone(intent):
                read = self.read(text, zone)
                if not isinstance(read, Act):
                    return await self._serve(interaction, read, passed, AnswerMode.NEW)
                intent = read
            if isinstance(intent, OnDatastream) and is_named(intent):
                found = await self._naming.meant(interaction, intent, instance)
                if isinstance(found, Message):
                    await self.reply(interaction).post_ephemeral(found)
                    return Outcome.MISREAD
                assert isinstance(found.intent, OnDatastream)  # noqa: S101 - narrows for the type checker
                # A datastream's number means something on this instance alone.
                intent = replace(found.intent, instance=instance.name)
        return await self._dialogue.asks(interaction, intent, instance)

    async def thanked(self, interaction: Interaction) -> Outcome:
        """Thanks in a slash command, where silence would look like a failure; in a mention an answer would be noise."""
        if isinstance(interaction.did, Typed) and interaction.did.command is not None and not interaction.is_bot:
            await self.reply(interaction).post_ephemeral(notices.thanked(self.command(interaction)))
        return Outcome.NO_QUESTION

    async def _show(
        self,
        interaction: Interaction,
        intent: Shown,
        passed: Passed,
        mode: AnswerMode,
        *,
        instance: Instance | None = None,
        meant: Meant | None = None,
    ) -> Outcome:
        """``meant``: what was found out of the intent already, with the ``instance`` that was asked for it."""
        reply = self.reply(interaction)
        instance = instance or self.instance(interaction, intent.instance)
        if instance is None:
            await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        try:
            redraws = mode is AnswerMode.REDRAW
            async with reply.note_when_slow(_still_asking(intent), visible=passed.visible, redraws=redraws):
                scope = EVERYTHING
                if not isinstance(intent, ShowJob | Paused):
                    asked = ListJobs(instance=intent.instance) if isinstance(intent, Handover) else intent
                    found = meant or await self._naming.meant(interaction, asked, instance)
                    if isinstance(found, Message):
                        await reply.post_ephemeral(found)
                        return Outcome.MISREAD
                    assert isinstance(found.intent, ListJobs | History | Timeline | Issues)  # noqa: S101 - for mypy
                    intent, scope = intent if isinstance(intent, Handover) else found.intent, found.scope
                if mode is AnswerMode.COPY and isinstance(intent, Timeline):
                    return await self._copy(interaction, intent, instance, passed, reply=reply, scope=scope)
                drawn = await self._drawn(interaction, intent, instance, passed, mode, scope=scope)
        except OutOfReach as out:
            await reply.post_ephemeral(render_refusal(out.refused))
            return Outcome.REFUSED
        except CannotRead as error:
            await reply.post_ephemeral(notices.cannot_read_record())
            raise AlreadyReported from error
        except AdverityError as error:
            about = {ShowJob: f"job {getattr(intent, 'job', '')}", Issues: "open issues"}.get(type(intent), "jobs")
            about = f"{about} on {instance.name}"
            perhaps = None
            if isinstance(error, NotFound) and isinstance(intent, ShowJob):
                perhaps = await datastream_of_number(int(intent.job), interaction, instance, self._naming)
            message = render_error(error, REFERENCE.get(), about=about, again=intent, perhaps=perhaps)
            await reply.post_ephemeral(message)
            raise AlreadyReported from error
        visible = passed.visible or (mode is AnswerMode.SHARE and passed.may_share)
        is_public = not interaction.is_ephemeral if mode is AnswerMode.REDRAW else visible
        if is_public and (mode is not AnswerMode.REDRAW or isinstance(intent, _AboutPeople)):
            # Whoever asks calls nobody: a new message notifies all whom it mentions, an edit does not.
            drawn = replace(drawn, message=await self._without_mentions(drawn.message, but=interaction.user_id))
        if mode is AnswerMode.REDRAW and (interaction.is_ephemeral or passed.visible or passed.may_share):
            await reply.redraw(drawn.message)
            if isinstance(intent, _Edited):
                await self._following.redrawn(interaction, drawn, instance, passed)
            return Outcome.ANSWERED
        # A message that everybody sees is not redrawn where answers are not for everybody (any more).
        visible = visible and mode is not AnswerMode.REDRAW
        is_kept = visible and isinstance(intent, _Edited)
        if not (is_kept and await self._kept(interaction, drawn, instance, passed, reply=reply)):
            await reply.answer(drawn.message, visible=visible)
        return Outcome.ANSWERED

    async def _without_mentions(self, message: Message, *, but: str) -> Message:
        """The same for a whole channel, with the names that Slack tells in a moment."""
        names: Mapping[str, str] = {}
        if people := mentioned(message, but=but):
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    names = await self._names(people)
        return without_mentions(message, names, but=but)

    async def _kept(
        self, interaction: Interaction, drawn: Drawn, instance: Instance, passed: Passed, *, reply: Reply
    ) -> bool:
        """Post an answer that is edited later: the card of a job that goes on, and what offers acts.

        False where it is none, or could not be posted.
        """
        card = drawn.card
        if card is not None and card.job.is_going_on:
            return await self._following.answer_live(interaction, card, drawn.message, instance, passed, reply=reply)
        if has_offers(drawn.message):
            return await self._following.answer_offering(interaction, drawn, instance, reply=reply)
        return False

    async def _drawn(
        self,
        interaction: Interaction,
        intent: Shown,
        instance: Instance,
        passed: Passed,
        mode: AnswerMode,
        *,
        scope: Scope,
    ) -> Drawn:
        since = self._clock()
        asker = Asker(interaction.user_id, again=mode is AnswerMode.REDRAW)
        private = interaction.is_ephemeral if mode is AnswerMode.REDRAW else not passed.visible
        share = passed.may_share and private and mode is not AnswerMode.SHARE
        command = self.command(interaction)
        match intent:
            case ListJobs():
                zone = passed.zone.key if passed.zone is not None else None
                listing = await self._listing.run(intent, instance, zone, scope)
                shown = render_listing(
                    replace(listing, frozen=await self._frozen.of(instance, interaction.channel_id)),
                    now=self._clock(),
                    asker=asker,
                    offers=passed.offers,
                    offer_share=share,
                    command=command,
                )
                return Drawn(message=shown, since=since)
            case ShowJob(job=job):
                again = mode is AnswerMode.REDRAW
                return await self._following.card(interaction, job, instance, passed, again=again, share=share)
            case History():
                zone = passed.zone.key if passed.zone is not None else None
                record = await self._history.run(intent, instance, zone, scope)
                shown = render_history(record, asker=asker, offer_share=share, command=command)
                return Drawn(message=shown, since=since)
            case Timeline():
                zone, channel = passed.zone.key if passed.zone is not None else None, interaction.channel_id
                happened = await self._timeline.page(intent, instance, zone, scope, channel)
                shown = render_timeline(happened, asker=asker, offer_share=share, command=command)
                return Drawn(message=shown, since=since)
            case Paused():
                reach = await self._gate.reach(interaction.channel_id, instance)
                paused = replace(
                    await self._paused.run(instance, reach),
                    frozen=await self._frozen.of(instance, interaction.channel_id),
                )
                offers = passed.offers
                shown = render_paused(paused, now=self._clock(), asker=asker, offers=offers, offer_share=share)
                return Drawn(message=shown, since=since, workspaces=reach.ids if reach is not None else None)
            case Handover():
                facts = await self._handover.run(instance, scope, interaction.channel_id or "")
                alerts = await self._naming.name_alerts(interaction, facts.alerts, self._instances)
                shown = render_handover(
                    replace(facts, alerts=alerts),
                    now=self._clock(),
                    asker=asker,
                    offers=passed.offers,
                    offer_share=share,
                )
                return Drawn(message=shown, since=since, workspaces=scope.ids)
            case Issues():
                found = replace(
                    await self._issues.run(intent, instance, scope),
                    frozen=await self._frozen.of(instance, interaction.channel_id),
                )
                shown = render_issues(found, asker=asker, offer_share=share, offers=passed.offers)
                return Drawn(message=shown, since=since, workspaces=scope.ids)
            case _:
                assert_never(intent)

    async def _copy(
        self,
        interaction: Interaction,
        intent: Timeline,
        instance: Instance,
        passed: Passed,
        *,
        reply: Reply,
        scope: Scope,
    ) -> Outcome:
        """Whisper a timeline as Markdown. Raises CannotRead."""
        zone = passed.zone or ZoneInfo("UTC")
        happened = await self._timeline.whole(intent, instance, zone.key, scope, interaction.channel_id)
        for part in render_copy(happened, zone):
            await reply.post_ephemeral(part)
        return Outcome.ANSWERED

    async def _help(
        self, interaction: Interaction, *, first: Sequence[Part] = (), topic: Topic | None = None
    ) -> Outcome:
        rule = self._gate.rule(interaction.channel_id)
        names = () if first else (rule.instances if rule is not None else ()) or self._instances.names
        message = render_help(names, command=self.command(interaction), first=first, topic=topic)
        await self.reply(interaction).post_ephemeral(message)
        return Outcome.ANSWERED

    async def _misread(self, interaction: Interaction, misread: Misread, passed: Passed, mode: AnswerMode) -> Outcome:
        named, near = misread.named, NoSuchName("")
        instance = self.instance(interaction, named.instance) if named is not None else None
        if named is not None and instance is not None:
            found = await self._naming.find(interaction, named, instance, beginnings=not nearly_known(misread))
            match found:
                case Meant(intent=Alerts() as known):
                    return await self._following.serve(interaction, known)
                case Meant(intent=FetchAgain() | PauseSchedule() | ResumeSchedule() | StopSeveral() as known):
                    return await self.asks(interaction, replace(known, instance=instance.name))
                case Meant(intent=ListJobs() | History() | Timeline() | Issues() as known):
                    return await self._show(interaction, known, passed, mode, instance=instance, meant=found)
                case SeveralMeant():
                    await self.reply(interaction).post_ephemeral(told(found))
                    return Outcome.MISREAD
                case NoSuchName(trouble=trouble) if trouble is not None and not nearly_known(misread):
                    await self.reply(interaction).post_ephemeral(told(found))
                    return Outcome.MISREAD
                case NoSuchName():
                    near = found
                case NoSuchDatastream() | NoSuchWorkspace():
                    pass
        here, whose = instance or self.instance(interaction, None), ""
        if here is not None:
            misread = await without_known_names(misread, interaction, here, self._naming)
            misread, whose = await of_the_job(misread, interaction, here, self._gate)
        rule = self._gate.rule(interaction.channel_id)
        misread = within(misread, rule.instances if rule is not None else ())
        message = render_misread(misread, near, command=self.command(interaction), whose=whose)
        await self.reply(interaction).post_ephemeral(message)
        return Outcome.MISREAD


def _still_asking(intent: Shown) -> Message:
    """What a person reads while an answer takes longer than a moment."""
    match intent:
        case ShowJob(job=job):
            return notices.asking_job(job)
        case ListJobs() | Handover():
            return notices.asking_list()
        case History() | Paused():
            return notices.asking_record()
        case Timeline():
            return notices.asking_timeline()
        case Issues():
            return notices.asking_issues()
        case _:
            assert_never(intent)


def _is_in_thread(interaction: Interaction) -> bool:
    """Whether an answer is read in a thread: a mention or a message read is answered in one, and its buttons stay."""
    if isinstance(interaction.did, MessageShortcut):
        return True
    if isinstance(interaction.did, Typed):
        return interaction.did.command is None
    return interaction.thread_ts is not None and interaction.thread_ts != interaction.message_ts
