"""Draws the answers to what only reads: runs the use case, and renders what came of it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto
from typing import assert_never
from zoneinfo import ZoneInfo

from jobbot.access import Reach
from jobbot.flows.acts.history import HistoryFlow
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.frozen import FreezeLine
from jobbot.flows.handover import HandoverFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.issues import IssuesFlow
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.flows.timeline import TimelineFlow
from jobbot.intents.model import Handover, History, Issues, ListJobs, Paused, ShowJob, Timeline
from jobbot.interaction import Interaction
from jobbot.render.asked import Asker
from jobbot.render.blockkit.blocks import Message
from jobbot.render.frozen import Frozen
from jobbot.render.handover import render_handover
from jobbot.render.history import PastAct, render_history
from jobbot.render.issues import render_issues
from jobbot.render.listing import render_listing
from jobbot.render.paused import PausedList, PausedSchedule, render_paused
from jobbot.render.timeline.markdown import render_copy
from jobbot.render.timeline.message import render_timeline
from jobbot.slack.handlers.gate import Gate, Passed
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports.job_cards import Drawn, JobCards

Shown = ListJobs | ShowJob | History | Timeline | Issues | Paused | Handover
"""What is answered with a message that can be redrawn and shared."""


class AnswerMode(Enum):
    """Where an answer goes: a new message, in place of the message that was clicked, or shared with the channel.

    COPY: for the person alone, in a form that can be pasted elsewhere.
    """

    NEW = auto()
    REDRAW = auto()
    SHARE = auto()
    COPY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """One answer: who asked where, what was decided, of which instance and in which scope; ``mode``: where it goes."""

    interaction: Interaction
    passed: Passed
    instance: Instance
    mode: AnswerMode
    command: str
    scope: Scope = EVERYTHING

    @property
    def asker(self) -> Asker:
        """Who asked, for the answer's last line."""
        return Asker(self.interaction.user_id, again=self.mode is AnswerMode.REDRAW)

    @property
    def offers_share(self) -> bool:
        """Whether the person alone sees the answer, and may show it to the channel."""
        redraws = self.mode is AnswerMode.REDRAW
        private = self.interaction.is_ephemeral if redraws else not self.passed.visible
        return self.passed.may_share and private and self.mode is not AnswerMode.SHARE

    def hides_reason(self, channel_id: str) -> bool:
        """Whether a reason typed in a channel is not told here: to another organisation only this channel's own are."""
        return self.passed.is_shared and channel_id != self.interaction.channel_id

    @property
    def zone(self) -> str | None:
        """The person's time zone, an IANA name."""
        return self.passed.zone.key if self.passed.zone is not None else None


class Drawing:
    """Draws answers. ``clock``: aware time. ``draw`` raises AdverityError, CannotRead, OutOfReach."""

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
        cards: JobCards,
        clock: Callable[[], datetime],
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
        self._cards = cards
        self._clock = clock

    async def draw(self, intent: Shown, on: Showing) -> Drawn:
        """The answer, with what is needed to edit it later."""
        since, workspaces = self._clock(), on.scope.ids
        match intent:
            case ListJobs():
                return Drawn(message=await self._list(intent, on), since=since)
            case ShowJob(job=job):
                again, share = on.mode is AnswerMode.REDRAW, on.offers_share
                return await self._cards.card(on.interaction, job, on.instance, on.passed, again=again, share=share)
            case History():
                record = await self._history.run(intent, on.instance, on.zone, on.scope)
                record = replace(record, acts=_acts(record.acts, on))
                message = render_history(record, asker=on.asker, offer_share=on.offers_share, command=on.command)
                return Drawn(message=message, since=since)
            case Timeline():
                happened = await self._timeline.page(intent, on.instance, on.zone, on.scope, on.interaction.channel_id)
                message = render_timeline(happened, asker=on.asker, offer_share=on.offers_share, command=on.command)
                return Drawn(message=message, since=since)
            case Paused():
                reach = await self._gate.reach(on.interaction.channel_id, on.instance)
                message = await self._paused_schedules(reach, on)
                return Drawn(message=message, since=since, workspaces=reach.ids if reach is not None else None)
            case Handover():
                return Drawn(message=await self._handed_over(on), since=since, workspaces=workspaces)
            case Issues():
                return Drawn(message=await self._open_issues(intent, on), since=since, workspaces=workspaces)
            case _:
                assert_never(intent)

    async def _list(self, intent: ListJobs, on: Showing) -> Message:
        listing = await self._listing.run(intent, on.instance, on.zone, on.scope)
        return render_listing(
            replace(listing, frozen=await self._freeze(on)),
            now=self._clock(),
            asker=on.asker,
            offers=on.passed.offers,
            offer_share=on.offers_share,
            command=on.command,
        )

    async def _paused_schedules(self, reach: Reach | None, on: Showing) -> Message:
        found = await self._paused.run(on.instance, reach)
        paused = replace(found, schedules=_schedules(found, on), frozen=await self._freeze(on))
        offers, share = on.passed.offers, on.offers_share
        return render_paused(paused, now=self._clock(), asker=on.asker, offers=offers, offer_share=share)

    async def _handed_over(self, on: Showing) -> Message:
        facts = await self._handover.run(on.instance, on.scope, on.interaction.channel_id or "")
        paused = replace(facts.paused, schedules=_schedules(facts.paused, on))
        facts = replace(facts, unknown=_acts(facts.unknown, on), paused=paused)
        alerts = await self._naming.name_alerts(on.interaction, facts.alerts, self._instances)
        return render_handover(
            replace(facts, alerts=alerts),
            now=self._clock(),
            asker=on.asker,
            offers=on.passed.offers,
            offer_share=on.offers_share,
        )

    async def _open_issues(self, intent: Issues, on: Showing) -> Message:
        found = await self._issues.run(intent, on.instance, on.scope)
        found = replace(found, frozen=await self._freeze(on))
        return render_issues(found, asker=on.asker, offer_share=on.offers_share, offers=on.passed.offers)

    async def copy(self, intent: Timeline, on: Showing) -> list[Message]:
        """A timeline as Markdown, in as many messages as it takes."""
        zone = on.passed.zone or ZoneInfo("UTC")
        happened = await self._timeline.whole(intent, on.instance, zone.key, on.scope, on.interaction.channel_id)
        return render_copy(happened, zone, here=on.interaction.channel_id)

    async def _freeze(self, on: Showing) -> Frozen | None:
        return await self._frozen.of(on.instance, on.interaction.channel_id)


def _acts(acts: Sequence[PastAct], on: Showing) -> tuple[PastAct, ...]:
    """As they may be told there."""
    return tuple(replace(one, reason=None) if on.hides_reason(one.channel_id) else one for one in acts)


def _schedules(found: PausedList, on: Showing) -> tuple[PausedSchedule, ...]:
    return tuple(
        replace(one, paused=replace(one.paused, reason=None)) if on.hides_reason(one.channel_id) else one
        for one in found.schedules
    )
