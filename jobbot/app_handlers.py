"""Builds the use cases of acts and of all that only reads, and the handlers that Slack's payloads go to."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
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
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.acts.interrupted import permits_of
from jobbot.slack.handlers.acts.windows.fetch import FetchWindow
from jobbot.slack.handlers.acts.windows.retry import AcknowledgeWindow, RetryWindow
from jobbot.slack.handlers.acts.windows.schedule import PauseWindow, ResumeWindow
from jobbot.slack.handlers.acts.windows.several import SeveralWindow
from jobbot.slack.handlers.acts.windows.stop import StopWindow
from jobbot.slack.handlers.acts.windows.window import ActWindow
from jobbot.slack.handlers.answers import Answers
from jobbot.slack.handlers.anywhere import Anywhere
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.listeners import Listeners
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports.drawing import Drawing
from jobbot.slack.handlers.reports.handler import Reports
from jobbot.slack.handlers.rights import Rights
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


@dataclass(kw_only=True)
class Handlers:
    """``listeners`` take every payload, ``acting`` carries acts out, also those that an earlier process began."""

    database: Database
    ledger: SqlLedger
    history: ActHistory
    events: EventHistory
    slack_retries: SlackRetries
    gate: Gate
    naming: Naming
    instances: Instances
    catalogue: Catalogue
    stops: EarlierStops
    directory: SlackDirectory
    following: FollowingServices
    outbound: Outbound
    clock: Callable[[], datetime]
    timing: Timing
    telemetry: Telemetry
    acting: ActFlow = field(init=False)
    listeners: Listeners = field(init=False)

    def __post_init__(self) -> None:
        following, windows, announcer = self.following, self._act_windows(), SlackAnnouncer(self.outbound)
        schedules = ScheduleAftermath(self.history, announcer, may_notify=following.may_notify)
        self.acting = ActFlow(
            self.ledger,
            announcer,
            self.clock,
            self.timing.act_timing,
            self.telemetry,
            freezes=following.freezes_there,
            may_notify=following.may_notify,
            permits=permits_of(self.gate, windows.values()),
            afterwards=following.offered.beside(
                {
                    (Kind.STOP, ActState.UNKNOWN): following.watching.live.follow_stop,
                    (Kind.FETCH, ActState.DONE): following.watching.live.follow_started,
                    (Kind.RETRY, ActState.DONE): following.watching.live.follow_started,
                    **schedules.aftermath,
                }
            ),
        )
        dialogue = ActDialogue(
            gate=self.gate,
            instances=self.instances,
            acting=self.acting,
            reviewing=following.reviewing,
            windows=windows,
            outbound=self.outbound,
            clock=self.clock,
            act_timing=self.timing.act_timing,
        )
        answers = Answers(
            gate=self.gate,
            naming=self.naming,
            instances=self.instances,
            reports=self._reports(),
            rights=Rights(self.gate, self.instances, following.frozen),
            freezing=following.freeze_handler(),
            following=following.handler(),
            dialogue=dialogue,
            outbound=self.outbound,
            clock=self.clock,
            command="/jobs",
        )
        self.listeners = Listeners(
            gate=self.gate,
            answers=answers,
            dialogue=dialogue,
            anywhere=Anywhere.of(
                gate=self.gate,
                directory=self.directory,
                catalogue=self.catalogue,
                instances=self.instances,
                answers=answers,
                outbound=self.outbound,
                clock=self.clock,
            ),
            is_first=self.slack_retries.seems_first,
            telemetry=self.telemetry,
        )

    def _act_windows(self) -> Mapping[type[Intent], ActWindow[Any]]:
        """The window of each act, by the intent that asks for it."""
        gate, issues, schedules = self.gate, IssueQuestions(self.ledger), ScheduleQuestions(self.history)
        ask = self.timing.act_timing.ask
        return {
            StopJob: StopWindow(gate, StopConfirmations(self.ledger), ask=ask),
            FetchAgain: FetchWindow(gate, FetchQuestions(self.ledger)),
            StopSeveral: SeveralWindow(gate, self.naming, SeveralQuestions(self.catalogue, self.clock)),
            PauseSchedule: PauseWindow(gate, schedules),
            ResumeSchedule: ResumeWindow(gate, schedules),
            Retry: RetryWindow(gate, issues, ask=ask),
            Acknowledge: AcknowledgeWindow(gate, issues, ask=ask),
        }

    def _reports(self) -> Reports:
        """The handler of all that only reads, with its use cases."""
        history, stops, following, clock = self.history, self.stops, self.following, self.clock
        names, patience = self.directory.names, self.timing.patience
        listing, paused = ListingFlow(clock, self.catalogue, stops), PausedFlow(history)
        record = TimelineRecord(history, self.events, following.freezes, ReviewHistory(self.database))
        permalinks = Permalinks(self.outbound, seconds=patience)
        drawing = Drawing(
            gate=self.gate,
            naming=self.naming,
            instances=self.instances,
            listing=listing,
            history=HistoryFlow(history, clock),
            timeline=TimelineFlow(record, permalinks.of, names, clock, audience=self.gate.audience),
            issues=IssuesFlow(self.catalogue),
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
        return Reports(drawing=drawing, naming=self.naming, cards=following.cards, names=names, patience=patience)
