"""Routes intents: decides access to view, and hands each kind of intent to whatever serves it.

``reports`` serves what only reads, ``following`` watches and alerts, ``acts`` acts and freezes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from jobbot.access import Need, Refused, may_ask
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.narrowing import Meant
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
from jobbot.render import notices
from jobbot.render.blockkit.blocks import Message
from jobbot.render.blockkit.parts import Part
from jobbot.render.help import render_help
from jobbot.render.misread import MENTION, render_greeting, render_misread
from jobbot.render.naming import NoSuchDatastream, NoSuchName, NoSuchWorkspace, SeveralMeant
from jobbot.render.refusals import refusal, render_refusal
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.acts.freezing import FreezeHandler
from jobbot.slack.handlers.following.handler import Following
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.handlers.misreading import of_the_job, within, without_known_names
from jobbot.slack.handlers.naming import Naming, told
from jobbot.slack.handlers.reports.drawing import AnswerMode, Showing, Shown
from jobbot.slack.handlers.reports.handler import Reports
from jobbot.slack.handlers.rights import Rights
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.reply import Reply
from jobbot.telemetry import Outcome


class Answers:
    """Answers intents. ``clock``: aware time; ``command``: the slash command's name until one is typed."""

    def __init__(
        self,
        *,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        reports: Reports,
        rights: Rights,
        freezing: FreezeHandler,
        following: Following,
        dialogue: ActDialogue,
        outbound: Outbound,
        clock: Callable[[], datetime],
        command: str,
    ) -> None:
        self._gate = gate
        self._naming = naming
        self._instances = instances
        self._reports = reports
        self._rights = rights
        self._freezing = freezing
        self._following = following
        self._dialogue = dialogue
        self._outbound = outbound
        self._clock = clock
        self._command = command

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
        return parse(
            text,
            now=self._clock(),
            zone=zone or ZoneInfo("UTC"),
            instances=self._instances.names,
            base_urls=self._instances.base_urls,
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
        if interaction.is_command and not interaction.is_bot:
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
        reply, instance = self.reply(interaction), instance or self.instance(interaction, intent.instance)
        if instance is None:
            await reply.post_ephemeral(notices.unknown_instance(self._instances.names))
            return Outcome.UNKNOWN_INSTANCE
        command = self.command(interaction)
        on = Showing(interaction=interaction, passed=passed, instance=instance, mode=mode, command=command)
        return await self._reports.show(intent, on, reply, meant)

    async def _help(
        self, interaction: Interaction, *, first: Sequence[Part] = (), topic: Topic | None = None
    ) -> Outcome:
        names = () if first else self._gate.limited_to(interaction.channel_id) or self._instances.names
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
        misread = within(misread, self._gate.limited_to(interaction.channel_id))
        message = render_misread(misread, near, command=self.command(interaction), whose=whose)
        await self.reply(interaction).post_ephemeral(message)
        return Outcome.MISREAD


def _is_in_thread(interaction: Interaction) -> bool:
    """Whether an answer is read in a thread: a mention or a message read is answered in one, and its buttons stay."""
    if interaction.is_mention or isinstance(interaction.did, MessageShortcut):
        return True
    return not interaction.is_command and interaction.thread_ts not in (None, interaction.message_ts)
