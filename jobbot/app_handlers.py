"""Builds the use cases of acts and of all that only reads, and the handlers that Slack's payloads go to."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from jobbot.app_following import FollowingServices
from jobbot.app_resources import Resources
from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.acts.history import HistoryFlow
from jobbot.flows.acts.kinds.fetch_question import FetchQuestions
from jobbot.flows.acts.kinds.retry_question import IssueQuestions
from jobbot.flows.acts.kinds.schedule_aftermath import ScheduleAftermath
from jobbot.flows.acts.kinds.schedule_question import ScheduleQuestions
from jobbot.flows.acts.kinds.several_question import SeveralQuestions
from jobbot.flows.acts.kinds.stop_confirmation import StopConfirmations
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.following.keeping import is_first_delivery
from jobbot.flows.handover import HandoverFlow
from jobbot.flows.jobs.issues import IssuesFlow
from jobbot.flows.jobs.listing import ListingFlow
from jobbot.flows.timeline import TimelineFlow
from jobbot.flows.timeline_record import TimelineRecord
from jobbot.intents.model import (
    Acknowledge,
    FetchAgain,
    Intent,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    StopJob,
    StopSeveral,
)
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.acts.freezing import FreezeHandler
from jobbot.slack.handlers.acts.interrupted import permits_of
from jobbot.slack.handlers.acts.windows.fetch import FetchWindow
from jobbot.slack.handlers.acts.windows.retry import AcknowledgeWindow, RetryWindow
from jobbot.slack.handlers.acts.windows.schedule import PauseWindow, ResumeWindow
from jobbot.slack.handlers.acts.windows.several import SeveralWindow
from jobbot.slack.handlers.acts.windows.stop import StopWindow
from jobbot.slack.handlers.acts.windows.window import ActWindow
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.following.handler import Following
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.reports.drawing import Drawing
from jobbot.slack.handlers.reports.handler import Reports
from jobbot.slack.handlers.rights import Rights
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.permalinks import Permalinks
from jobbot.store.acts.model import ActState, Kind
from jobbot.store.acts.review_history import ReviewHistory


class Handlers:
    """``listeners`` take every payload, ``acting`` carries acts out, also those that an earlier process began."""

    def __init__(self, shared: Resources, following: FollowingServices) -> None:
        windows = _act_windows(shared)
        self.acting = _act_flow(shared, following, windows)
        dialogue = ActDialogue(
            gate=shared.gate,
            instances=shared.instances,
            acting=self.acting,
            reviewing=following.reviewing,
            windows=windows,
            outbound=shared.outbound,
            clock=shared.clock,
            act_timing=shared.timing.act_timing,
        )
        answers = Answers(
            gate=shared.gate,
            naming=shared.naming,
            instances=shared.instances,
            reports=_reports(shared, following),
            rights=Rights(shared.gate, shared.instances, following.frozen),
            freezing=_freezing(shared, following),
            following=_following(shared, following),
            dialogue=dialogue,
            outbound=shared.outbound,
            clock=shared.clock,
            command="/jobs",
        )
        self.listeners = Listeners(
            gate=shared.gate,
            answers=answers,
            dialogue=dialogue,
            anywhere=Anywhere.of(
                gate=shared.gate,
                directory=shared.directory,
                catalogue=shared.catalogue,
                instances=shared.instances,
                answers=answers,
                outbound=shared.outbound,
                clock=shared.clock,
            ),
            is_first=shared.slack_retries.seems_first,
            telemetry=shared.telemetry,
        )


def _act_flow(
    shared: Resources, following: FollowingServices, windows: Mapping[type[Intent], ActWindow[Any]]
) -> ActFlow:
    """What carries acts out, with what follows their endings."""
    announcer = SlackAnnouncer(shared.outbound)
    schedules = ScheduleAftermath(shared.history, announcer, may_notify=following.may_notify)
    return ActFlow(
        shared.ledger,
        announcer,
        shared.clock,
        shared.timing.act_timing,
        shared.telemetry,
        freezes=following.freezes_there,
        may_notify=following.may_notify,
        permits=permits_of(shared.gate, windows.values()),
        afterwards=following.offered.beside(
            {
                (Kind.STOP, ActState.UNKNOWN): following.watching.live.follow_stop,
                (Kind.FETCH, ActState.DONE): following.watching.live.follow_started,
                (Kind.RETRY, ActState.DONE): following.watching.live.follow_started,
                **schedules.aftermath,
            }
        ),
    )


def _act_windows(shared: Resources) -> Mapping[type[Intent], ActWindow[Any]]:
    """The window of each act, by the intent that asks for it."""
    gate, issues, schedules = shared.gate, IssueQuestions(shared.ledger), ScheduleQuestions(shared.history)
    ask = shared.timing.act_timing.ask
    return {
        StopJob: StopWindow(gate, StopConfirmations(shared.ledger), ask=ask),
        FetchAgain: FetchWindow(gate, FetchQuestions(shared.ledger)),
        StopSeveral: SeveralWindow(gate, shared.naming, SeveralQuestions(shared.catalogue, shared.clock)),
        PauseSchedule: PauseWindow(gate, schedules),
        ResumeSchedule: ResumeWindow(gate, schedules),
        Retry: RetryWindow(gate, issues, ask=ask),
        Acknowledge: AcknowledgeWindow(gate, issues, ask=ask),
    }


def _reports(shared: Resources, following: FollowingServices) -> Reports:
    """The handler of all that only reads, with its use cases."""
    history, stops, clock = shared.history, shared.stops, shared.clock
    names, patience = shared.directory.names, shared.timing.patience
    listing, paused = ListingFlow(clock, shared.catalogue, stops), PausedFlow(history)
    record = TimelineRecord(history, shared.events, following.freezes, ReviewHistory(shared.database))
    permalinks = Permalinks(shared.outbound, seconds=patience)
    drawing = Drawing(
        gate=shared.gate,
        naming=shared.naming,
        instances=shared.instances,
        listing=listing,
        history=HistoryFlow(history, clock),
        timeline=TimelineFlow(record, permalinks.of, names, clock, audience=shared.gate.audience),
        issues=IssuesFlow(shared.catalogue),
        paused=paused,
        handover=HandoverFlow(
            listing=listing,
            paused=paused,
            watching=following.watching,
            history=history,
            stops=stops,
            frozen=following.frozen,
            clock=clock,
        ),
        frozen=following.frozen,
        cards=following.cards,
        clock=clock,
    )
    return Reports(drawing=drawing, naming=shared.naming, cards=following.cards, names=names, patience=patience)


def _following(shared: Resources, following: FollowingServices) -> Following:
    """The handler of watches and alerts."""
    return Following(
        gate=shared.gate,
        naming=shared.naming,
        instances=shared.instances,
        watching=following.watching,
        cards=following.cards,
        marks=following.marks,
        directory=shared.directory,
        is_first=partial(is_first_delivery, shared.slack_retries),
        outbound=shared.outbound,
        clock=shared.clock,
    )


def _freezing(shared: Resources, following: FollowingServices) -> FreezeHandler:
    """The handler of freezes."""
    return FreezeHandler(
        gate=shared.gate,
        instances=shared.instances,
        freezing=following.freezing,
        outbound=shared.outbound,
        clock=shared.clock,
    )
