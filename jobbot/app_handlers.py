"""Builds the use cases of acts and of all that only reads, and the handlers that Slack's payloads go to."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from jobbot.app_following import FollowingServices
from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.acts.history import HistoryFlow
from jobbot.flows.acts.kinds.fetch_question import FetchQuestions
from jobbot.flows.acts.kinds.retry_question import IssueQuestions
from jobbot.flows.acts.kinds.schedule_aftermath import ScheduleAftermath
from jobbot.flows.acts.kinds.schedule_question import ScheduleQuestions
from jobbot.flows.acts.kinds.several_question import SeveralQuestions
from jobbot.flows.acts.kinds.stop_confirmation import StopConfirmations
from jobbot.flows.acts.paused import PausedFlow
from jobbot.flows.handover import HandoverFlow
from jobbot.flows.instances import Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.earlier_stops import EarlierStops
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
from jobbot.slack.handlers.act_dialogue import ActDialogue
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.drawing import Drawing
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.interrupted_acts import permits_of
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports import Reports
from jobbot.slack.handlers.rights import Rights
from jobbot.slack.handlers.windows.act_window import ActWindow
from jobbot.slack.handlers.windows.fetch import FetchWindow
from jobbot.slack.handlers.windows.retry import AcknowledgeWindow, RetryWindow
from jobbot.slack.handlers.windows.schedule import PauseWindow, ResumeWindow
from jobbot.slack.handlers.windows.several import SeveralWindow
from jobbot.slack.handlers.windows.stop import StopWindow
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.outbound import Outbound
from jobbot.slack.web.permalinks import Permalinks
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActState, Kind
from jobbot.store.acts.review_history import ReviewHistory
from jobbot.store.database.engine import Database
from jobbot.store.events import EventHistory
from jobbot.store.slack_retries import SlackRetries
from jobbot.telemetry import Telemetry
from jobbot.timing import Timing


class Handlers:
    """``listeners`` take every payload, ``acting`` carries acts out, also those that an earlier process began."""

    def __init__(
        self,
        *,
        database: Database,
        ledger: SqlLedger,
        slack_retries: SlackRetries,
        gate: Gate,
        naming: Naming,
        instances: Instances,
        catalogue: Catalogue,
        stops: EarlierStops,
        directory: SlackDirectory,
        following: FollowingServices,
        outbound: Outbound,
        clock: Callable[[], datetime],
        timing: Timing,
        telemetry: Telemetry,
    ) -> None:
        history = ActHistory(database)
        windows = _act_windows(gate, ledger, history, naming, catalogue, clock=clock, timing=timing)
        self.acting = ActFlow(
            ledger,
            SlackAnnouncer(outbound),
            clock,
            timing.act_timing,
            telemetry,
            freezes=following.freezes_there,
            may_notify=following.may_notify,
            permits=permits_of(gate, windows.values()),
            afterwards=following.offered.beside(
                {
                    (Kind.STOP, ActState.UNKNOWN): following.watching.live.follow_stop,
                    (Kind.FETCH, ActState.DONE): following.watching.live.follow_started,
                    (Kind.RETRY, ActState.DONE): following.watching.live.follow_started,
                    **ScheduleAftermath(history, SlackAnnouncer(outbound), may_notify=following.may_notify).aftermath,
                }
            ),
        )
        dialogue = ActDialogue(
            gate=gate,
            instances=instances,
            acting=self.acting,
            reviewing=following.reviewing,
            windows=windows,
            outbound=outbound,
            clock=clock,
            act_timing=timing.act_timing,
        )
        answers = Answers(
            gate=gate,
            naming=naming,
            instances=instances,
            reports=_reports(
                database=database,
                gate=gate,
                naming=naming,
                instances=instances,
                following=following,
                catalogue=catalogue,
                stops=stops,
                directory=directory,
                outbound=outbound,
                clock=clock,
                patience=timing.patience,
            ),
            rights=Rights(gate, instances, following.frozen),
            freezing=following.freeze_handler(),
            following=following.handler(),
            dialogue=dialogue,
            outbound=outbound,
            clock=clock,
            command="/jobs",
        )
        self.listeners = Listeners(
            gate=gate,
            answers=answers,
            dialogue=dialogue,
            anywhere=Anywhere.of(
                gate=gate,
                directory=directory,
                catalogue=catalogue,
                instances=instances,
                answers=answers,
                outbound=outbound,
                clock=clock,
            ),
            is_first=slack_retries.seems_first,
            telemetry=telemetry,
        )


def _act_windows(
    gate: Gate,
    ledger: SqlLedger,
    history: ActHistory,
    naming: Naming,
    catalogue: Catalogue,
    *,
    clock: Callable[[], datetime],
    timing: Timing,
) -> Mapping[type[Intent], ActWindow[Any]]:
    """The window of each act, by the intent that asks for it."""
    issues, schedules = IssueQuestions(ledger), ScheduleQuestions(history)
    ask = timing.act_timing.ask
    return {
        StopJob: StopWindow(gate, StopConfirmations(ledger), ask=ask),
        FetchAgain: FetchWindow(gate, FetchQuestions(ledger)),
        StopSeveral: SeveralWindow(gate, naming, SeveralQuestions(catalogue, clock)),
        PauseSchedule: PauseWindow(gate, schedules),
        ResumeSchedule: ResumeWindow(gate, schedules),
        Retry: RetryWindow(gate, issues, ask=ask),
        Acknowledge: AcknowledgeWindow(gate, issues, ask=ask),
    }


def _reports(
    *,
    database: Database,
    gate: Gate,
    naming: Naming,
    instances: Instances,
    following: FollowingServices,
    catalogue: Catalogue,
    stops: EarlierStops,
    directory: SlackDirectory,
    outbound: Outbound,
    clock: Callable[[], datetime],
    patience: float,
) -> Reports:
    """The handler of all that only reads, with its use cases."""
    history = ActHistory(database)
    listing, paused = ListingFlow(clock, catalogue, stops), PausedFlow(history)
    record = TimelineRecord(history, EventHistory(database), following.freezes, ReviewHistory(database))
    permalinks = Permalinks(outbound, seconds=patience)
    drawing = Drawing(
        gate=gate,
        naming=naming,
        instances=instances,
        listing=listing,
        history=HistoryFlow(history, clock),
        timeline=TimelineFlow(record, permalinks.of, directory.names, clock, audience=gate.audience),
        issues=IssuesFlow(catalogue),
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
    return Reports(drawing=drawing, naming=naming, cards=following.cards, names=directory.names, patience=patience)
