"""Processes that stop jobs: everything of a stop but the wire, on a real SQLite, with time that stands still.

Each :class:`Process` has an owner and connections of its own. Adverity and Slack are one object for all of them: they
remember what was sent, and what each message said from the beginning to the end.
"""

import asyncio
from collections.abc import AsyncIterator, Collection, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any, cast

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.access import Channel, ChannelRule, Home, Need, Person, Policy, Reach
from jobbot.adverity.errors import NotFound
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Datastream, DatastreamId, Days, Issue, Job, JobId, JobList, Priority, Started
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery
from jobbot.adverity.read_cache import Answer
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.acts.freezing import FreezeFlow
from jobbot.flows.acts.kinds.fetch_question import FetchQuestions
from jobbot.flows.acts.kinds.of_issue import IssueDetails
from jobbot.flows.acts.kinds.retry_question import IssueQuestions
from jobbot.flows.acts.kinds.schedule_aftermath import ScheduleAftermath
from jobbot.flows.acts.kinds.schedule_plan import PausedBefore, PauseDetails
from jobbot.flows.acts.kinds.schedule_question import ScheduleQuestions
from jobbot.flows.acts.kinds.several_question import SeveralQuestions
from jobbot.flows.acts.kinds.stop import StopDetails
from jobbot.flows.acts.kinds.stop_confirmation import StopConfirmations
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.acts.paused import Pauses
from jobbot.flows.acts.reviewing import ReviewFlow
from jobbot.flows.delivery.dispatcher import OutboxDispatcher
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.narrowing import Narrowing
from jobbot.flows.recovery import Recovery
from jobbot.intents.button import encode
from jobbot.intents.model import (
    Acknowledge,
    Act,
    FetchAgain,
    Freezing,
    Intent,
    OnReview,
    PauseSchedule,
    ResumeSchedule,
    Retry,
    Reviewing,
    StopJob,
    StopNoMore,
    StopSeveral,
)
from jobbot.interaction import Clicked, FieldValue, Interaction, Submitted, Typed
from jobbot.render.acts.fetch_window import FETCH_MODAL, FIRST_DAY, LAST_DAY, PRIORITY
from jobbot.render.acts.retry_window import ACKNOWLEDGE_MODAL, RETRY_MODAL
from jobbot.render.acts.schedule_window import PAUSE_MODAL, RESUME_MODAL, UNTIL
from jobbot.render.acts.several_window import COUNT, SEVERAL_MODAL
from jobbot.render.acts.stop_window import STOP_MODAL
from jobbot.render.blockkit.blocks import Block, Message, Modal
from jobbot.render.blockkit.buttons import ActionId
from jobbot.slack.handlers.acts.dialogue import ActDialogue
from jobbot.slack.handlers.acts.freezing import FreezeHandler
from jobbot.slack.handlers.acts.interrupted import permits_of
from jobbot.slack.handlers.acts.metadata import ActMetadata
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
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.notifier import SlackNotifier
from jobbot.slack.web.outbound import Outbound, SlackRefused
from jobbot.slack.web.reply import Reply
from jobbot.store.acts.encryption import UrlCipher
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.acts.reviews import ReviewStore
from jobbot.store.database.engine import Database, StoreUnavailable
from jobbot.store.database.retry import Timer, until_set
from jobbot.store.database.tables import acts
from jobbot.store.events import EventHistory
from jobbot.store.following.offers import OfferStore
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.watches import WatchStore
from jobbot.store.freezes import Freezes
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries
from jobbot.telemetry import Outcome, Telemetry
from tests.machinery.acts.steps import ANSWER_LOST, Killed, Steps
from tests.support.databases import sqlite_url
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.store.world import LEASE, START

INC, ANA, BEN, TEAM = "C0INC", "U0ANA", "U0BEN", "T0ACME"
URL = "https://hooks.slack.test/commands/T0/1/secret"
ACT_TIMING = ActTiming(
    first=1.0,
    longest=5.0,
    accepted=60.0,
    unanswered=20.0,
    record=30.0,
    decide=30.0,
    note=3600.0,
    store=3600.0,
    last_look=30.0,
)
"""A record that is awaited for long: only where a test says so is somebody told that it did not come."""

OCTOBER = Days(date(2022, 10, 1), date(2022, 10, 27))

BOUND = 30.0
"""Seconds that anything may take: it tells what never happens from what does, not a speed."""


@dataclass
class Time:
    """Stands still until it is moved; whoever sleeps moves it."""

    now: datetime = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, seconds: float) -> None:
        """Let time pass without waiting."""
        self.now += timedelta(seconds=seconds)

    def monotonic(self) -> float:
        """Seconds."""
        return self.now.timestamp()

    async def sleep(self, seconds: float) -> None:
        """It has passed at once."""
        self.pass_(seconds)
        await asyncio.sleep(0)


class Adverity:
    """One instance. ``posts`` are the jobs whose stop arrived, in order."""

    def __init__(self, time: Time) -> None:
        self.time = time
        self.states: dict[int, str] = {}
        self.posts: list[int] = []
        self.stops_work = True
        self.datastream: int | None = None
        self.streams: dict[int, int] = {}
        """Of jobs whose datastream is another one than that."""
        self.followups: tuple[int, ...] = ()
        """Scheduled jobs, which are discarded with a job that is stopped."""
        self.days: tuple[str, str] | None = None
        self.next_run: str | None = None
        self.complete = True
        self.fetches: list[Days] = []
        """The days that were asked for, as they arrived."""
        self.names_jobs = True
        """Whether the answer to a fetch names the new job."""
        self.by_hand: dict[int, Days] = {}
        """Jobs that somebody has started by hand, and which days they fetch."""
        self.switches: list[bool] = []
        """What the schedule was switched to by requests, as they arrived."""
        self.enabled: bool | None = True
        self.updated = time.now
        self.tells_changes = True
        """Whether it tells when the datastream was changed last."""
        self.switches_work = True
        self.issues: dict[int, int] = {}
        """The open issues, each with the failed job that had it last."""
        self.retries: list[str] = []
        """The paths of the retries and acknowledgements that arrived."""
        self.offers_links = True
        self.began: dict[int, datetime] = {}
        """When jobs have begun to run, of those of which that is told."""
        self.retried: set[int] = set()
        """Jobs that a retry has started."""
        self.name = "Facebook Ads EU"
        """The datastream's."""

    def job_now(self, job: int) -> Job:
        """As a read would find it. Raises NotFound."""
        if job not in self.states:
            raise NotFound("Not found.", status=404)
        first, last = self.days or (None, None)
        if (days := self.by_hand.get(job)) is not None:
            first, last = days.start.isoformat(), days.end.isoformat()
        return Job.model_validate(
            {
                "id": job,
                "state_label": self.states[job],
                "datastream": self.streams.get(job, self.datastream),
                "range_start": first,
                "range_end": last,
                "job_start": self.began.get(job),
                "manual": job in self.by_hand or job in self.retried,
            }
        )

    def datastream_now(self, stream: DatastreamId) -> Datastream:
        """As a read would find it."""
        fields: dict[str, Any] = {"name": self.name, "enabled": self.enabled, "next_run": self.next_run}
        if self.tells_changes:
            fields["updated"] = self.updated
        return Datastream.model_validate({"id": stream, **fields})

    def changes(self, *, enabled: bool | None) -> None:
        """Somebody saves the datastream."""
        self.enabled, self.updated = enabled, self.time.now

    def takes_switch(self, *, enabled: bool) -> None:
        """A switch of the schedule arrives."""
        self.switches.append(enabled)
        if self.switches_work:
            self.changes(enabled=enabled)

    def takes_fetch(self, days: Days) -> Started:
        """A fetch arrives."""
        self.fetches.append(days)
        job = max(self.states, default=990) + 1
        self.states[job] = "Scheduled"
        self.by_hand[job] = days
        return Started(jobs=(JobId(job),) if self.names_jobs else ())

    def open_issues(self) -> tuple[Issue, ...]:
        """As a read would find them."""
        return tuple(
            Issue(
                id=number,
                message="Token expired.",
                job_id=JobId(job),
                retry_url=f"/api/errors/{number}/retry/" if self.offers_links else None,
                ack_url=f"/api/errors/{number}/ack/" if self.offers_links else None,
            )
            for number, job in self.issues.items()
        )

    def takes_retry(self, path: str) -> Started:
        """A retry arrives: the issue is acknowledged, and a job of the same days begins."""
        self.takes_acknowledgement(path)
        job = max(self.states, default=990) + 1
        self.states[job] = "Scheduled"
        self.retried.add(job)
        return Started(jobs=(JobId(job),) if self.names_jobs else ())

    def takes_acknowledgement(self, path: str) -> None:
        """An acknowledgement arrives."""
        self.retries.append(path)
        self.issues.pop(int(path.split("/")[3]), None)

    def takes(self, job: int) -> None:
        """A stop arrives."""
        self.posts.append(job)
        if self.stops_work and self.states[job] == "Running":
            self.states[job] = "Cancelled"
            self.states.update(dict.fromkeys(self.followups, "Discarded"))


class ScriptedGateway:
    """One process's way to it."""

    clock_ahead: timedelta | None = None

    def __init__(self, adverity: Adverity, steps: Steps) -> None:
        self._adverity = adverity
        self._steps = steps

    async def job(self, job_id: JobId, *, fresh: bool = False) -> Answer[Job]:
        """See Gateway."""

        async def read() -> Answer[Job]:
            return Answer(self._adverity.job_now(job_id), self._adverity.time())

        return cast("Answer[Job]", await self._steps.take("read", read))

    async def jobs(self, query: JobQuery, *, fresh: bool = False) -> Answer[JobList]:
        """See Gateway."""

        async def read() -> Answer[JobList]:
            going = [job for job, state in self._adverity.states.items() if state in ("Running", "Scheduled")]
            jobs = tuple(self._adverity.job_now(job) for job in going)
            return Answer(JobList(jobs=jobs, complete=self._adverity.complete), self._adverity.time())

        return cast("Answer[JobList]", await self._steps.take("list", read))

    async def datastream(
        self, stream: DatastreamId, *, max_age: timedelta | None = None, fresh: bool = False
    ) -> Answer[Datastream]:
        """See Gateway."""
        known = self._adverity
        return Answer(known.datastream_now(stream), known.time())

    async def current_datastream(self, stream: DatastreamId) -> Answer[Datastream]:
        """See Gateway."""

        async def read() -> Answer[Datastream]:
            return Answer(self._adverity.datastream_now(stream), self._adverity.time())

        return cast("Answer[Datastream]", await self._steps.take("datastream", read))

    async def set_enabled(self, stream: DatastreamId, *, enabled: bool, before_send: Any) -> None:
        """See Gateway."""

        async def patch() -> None:
            await before_send()
            self._adverity.takes_switch(enabled=enabled)

        await self._steps.take("switch", patch)

    async def jobs_since(self, stream: DatastreamId, since: datetime) -> Answer[JobList]:
        """See Gateway."""

        async def read() -> Answer[JobList]:
            return Answer(
                JobList(jobs=tuple(map(self._adverity.job_now, self._adverity.states))), self._adverity.time()
            )

        return cast("Answer[JobList]", await self._steps.take("recent", read))

    async def runs(self, datastream_id: DatastreamId, *, max_age: timedelta | None = None) -> Answer[JobList]:
        """See Gateway: it has none of before."""
        return Answer(JobList(jobs=()), self._adverity.time())

    async def fetch(
        self, stream: DatastreamId, days: Days, priority: Priority | None = None, *, before_send: Any
    ) -> Started:
        """See Gateway."""

        async def post() -> Started:
            await before_send()
            return self._adverity.takes_fetch(days)

        return cast("Started", await self._steps.take("fetch", post))

    async def issues(self, stream: DatastreamId) -> Answer[Entries[Issue]]:
        """See Gateway."""
        return Answer(Entries(self._adverity.open_issues()), self._adverity.time())

    async def current_issues(self, stream: DatastreamId) -> Answer[Entries[Issue]]:
        """See Gateway."""

        async def read() -> Answer[Entries[Issue]]:
            return Answer(Entries(self._adverity.open_issues()), self._adverity.time())

        return cast("Answer[Entries[Issue]]", await self._steps.take("issues", read))

    async def retry(self, path: str, *, before_send: Any) -> Started:
        """See Gateway."""

        async def post() -> Started:
            await before_send()
            return self._adverity.takes_retry(path)

        return cast("Started", await self._steps.take("retry", post))

    async def acknowledge(self, path: str, *, before_send: Any) -> None:
        """See Gateway."""

        async def post() -> None:
            await before_send()
            self._adverity.takes_acknowledgement(path)

        await self._steps.take("acknowledge", post)

    def known_datastream(self, _: DatastreamId) -> Datastream | None:
        """See Gateway."""
        return None

    async def stop(self, job_id: JobId, *, before_send: Any) -> None:
        """See Gateway; what waits in the line waits before the last look."""

        async def post() -> None:
            await before_send()
            self._adverity.takes(job_id)

        await self._steps.take("stop", post)


@dataclass
class Said:
    """A message, and all that it has said; ``to`` whom, where it is one person alone; ``thread``: a reply to which.

    ``blocks`` are those of what it says now.
    """

    ts: str
    texts: list[str]
    to: str | None = None
    thread: str | None = None
    blocks: Sequence[Block] = ()

    @property
    def pressed(self) -> list[str]:
        """The words of its buttons."""
        rows = [block["elements"] for block in self.blocks if block["type"] == "actions"]
        sides = [[block["accessory"]] for block in self.blocks if "accessory" in block]
        return [one["text"]["text"] for row in (*rows, *sides) for one in row if one["type"] == "button"]

    @property
    def text(self) -> str:
        """What it says now."""
        return self.texts[-1]


@dataclass
class Slack:
    """What was said in the one channel."""

    messages: list[Said] = field(default_factory=list)
    windows: list[Modal] = field(default_factory=list)
    people: dict[str, Person] = field(default_factory=lambda: {who: Person(team_id=TEAM) for who in (ANA, BEN)})
    channel: Channel | None = field(default_factory=Channel)
    others: Mapping[str, Channel] = field(default_factory=dict)
    _numbers: "count[int]" = field(default_factory=lambda: count(1))

    def say(self, message: Message, to: str | None = None, thread: str | None = None) -> str:
        """A new message; its ts."""
        ts = f"1667213000.{next(self._numbers):06}"
        self.messages.append(Said(ts, [message.text], to, thread, message.blocks))
        return ts

    def edit(self, ts: str, message: Message) -> None:
        """Another text. Raises SlackRefused where there is no such message."""
        for said in self.messages:
            if said.ts == ts and said.to is None:
                said.texts.append(message.text)
                said.blocks = message.blocks
                return
        raise SlackRefused("chat.update", "message_not_found")

    @property
    def public(self) -> list[Said]:
        """What everybody sees."""
        return [said for said in self.messages if said.to is None]

    def whispers(self, to: str) -> list[str]:
        """What one person alone sees."""
        return [said.text for said in self.messages if said.to == to]


class ScriptedOutbound(Outbound):
    """One process's way to Slack."""

    def __init__(self, slack: Slack, steps: Steps) -> None:
        self._slack = slack
        self._steps = steps

    async def post(
        self,
        channel: str,
        message: Message,
        *,
        thread_ts: str | None = None,
        broadcast: bool = False,
        attempts: int = 3,
        repeatable: bool = False,
    ) -> str:
        """See Outbound."""

        async def post() -> str:
            return self._slack.say(message, thread=thread_ts)

        return cast("str", await self._steps.take("post", post))

    async def edit(self, channel: str, ts: str, message: Message, *, attempts: int = 3) -> None:
        """See Outbound."""

        async def edit() -> None:
            self._slack.edit(ts, message)

        await self._steps.take("edit", edit)

    async def post_ephemeral(self, channel: str, user: str, message: Message, *, thread_ts: str | None = None) -> None:
        """See Outbound."""

        async def post_ephemeral() -> None:
            self._slack.say(message, to=user)

        await self._steps.take("whisper", post_ephemeral)

    async def respond(
        self, url: str, message: Message, *, in_channel: bool = False, replace_original: bool = False
    ) -> None:
        """See Outbound: works where jobbot is no member, and says no ts."""
        assert url == URL

        async def respond() -> None:
            self._slack.say(message, to=None if in_channel else ANA)

        await self._steps.take("respond", respond)

    async def open_modal(self, trigger_id: str, modal: Modal) -> str:
        """See Outbound."""

        async def open_modal() -> str:
            self._slack.windows.append(modal)
            return "V1"

        return cast("str", await self._steps.take("open_modal", open_modal))

    async def update_modal(self, view_id: str, modal: Modal) -> None:
        """See Outbound."""

        async def update() -> None:
            self._slack.windows.append(modal)

        await self._steps.take("update_modal", update)


class ScriptedDirectory:
    """One process's way to what Slack says of people."""

    def __init__(self, slack: Slack, steps: Steps) -> None:
        self._slack = slack
        self._steps = steps

    async def person(self, user_id: str, *, fresh: bool = False) -> Person | None:
        """See Directory."""

        async def look() -> Person | None:
            return self._slack.people.get(user_id)

        return cast("Person | None", await self._steps.take("person", look))

    async def channel(self, channel_id: str, *, fresh: bool = False) -> Channel | None:
        """See Directory."""
        return self._slack.others.get(channel_id, self._slack.channel)

    async def is_in_usergroups(self, user_id: str, groups: Collection[str], *, fresh: bool = False) -> bool | None:
        """See Directory."""
        return True


def _initial(element: Mapping[str, Any]) -> FieldValue | None:
    """What a field holds as it was drawn."""
    match element:
        case {"initial_value": str(words)}:
            return words
        case {"initial_date": str(day)}:
            return date.fromisoformat(day)
        case {"initial_option": {"value": str(value)}}:
            return value
        case {"initial_options": list(options)}:
            return frozenset(one["value"] for one in options)
        case _:
            return None


async def _sees_all(channel_id: str, instance: str) -> Reach | None:
    """No channel is bound to workspaces."""
    return None


class LineThatLoses(Database):
    """Commits, and where a test says so the answer to that is lost on its way back."""

    @asynccontextmanager
    async def writing(self, *, seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        """As always, but for the end."""
        async with super().writing(seconds=seconds) as connection:
            yield connection
        if ANSWER_LOST.get():
            raise StoreUnavailable("no connection")


class Replies:
    """Of all answers what is told where something fails."""

    def __init__(self, outbound: Outbound) -> None:
        self._outbound = outbound

    def reply(self, interaction: Interaction) -> Reply:
        """See Answers."""
        return Reply(self._outbound, interaction)


class Process:
    """One jobbot: listeners, the flow of a stop and the recovery, on connections of its own."""

    def __init__(self, world: "World", owner: str, *, act_timing: ActTiming, instances: Collection[str]) -> None:
        self.world, self.steps = world, Steps()
        self.database = LineThatLoses(make_inline_engine(world.url))
        self.closing = False
        self.tasks: list[asyncio.Task[None]] = []
        self.followed: list[int] = world.followed
        self.freeze_store = Freezes(self.database, world.time)
        ledger = self.steps.of(
            SqlLedger(self.database, owner=owner, clock=world.time, lease=LEASE, cipher=UrlCipher("xoxb-1"))
        )
        gateway = cast("Gateway", ScriptedGateway(world.adverity, self.steps))
        history = ActHistory(self.database)
        who = Pauses(history, extra=BOUND).of
        served = Instances([Instance(name, "https://acme.invalid", gateway, who_paused=who) for name in instances])
        outbound = ScriptedOutbound(world.slack, self.steps)
        notifier = SlackNotifier(
            lambda channel: world.rule if channel == INC else None,
            ScriptedDirectory(world.slack, self.steps).channel,
            outbound,
            trust=0.0,
            reaches=_sees_all,
        )
        may_notify = notifier.may_notify
        announcer = SlackAnnouncer(outbound)
        timer = Timer(
            world.time.monotonic,
            lambda seconds: self.steps.take("sleep", lambda: world.time.sleep(seconds)),
            lambda event, seconds: self.steps.take("wait", lambda: until_set(event, seconds)),
        )
        policy = Policy({INC: world.rule}, two_people=world.two_people)
        gate = self.gate = Gate(Home(TEAM), policy, ScriptedDirectory(world.slack, self.steps), world.telemetry)
        self.freezes_there = FreezesThere(self.freeze_store, gate.audience)
        offers = self.steps.of(OfferStore(self.database, world.time))

        async def may_offer(channel_id: str) -> frozenset[Need] | None:
            return gate.offers(channel_id, await notifier.channel(channel_id))

        self.offered = offered = OfferedActs(offers, ActHistory(self.database), may_offer)
        self.outbox = Outbox(self.database, owner=owner, clock=world.time, lease=2 * LEASE)
        self.dispatcher = OutboxDispatcher(
            outbox=self.steps.of(self.outbox),
            watches=WatchStore(self.database, world.time),
            notifier=notifier,
            clock=world.time,
            look=1.0,
            timer=timer,
            as_now=lambda one, message: offered.as_now(one.written_to, one.instance, one.channel_id, message),
        )
        windows: dict[type[Intent], ActWindow[Any]] = {
            StopJob: StopWindow(gate, StopConfirmations(ledger), ask=act_timing.ask),
            FetchAgain: FetchWindow(gate, FetchQuestions(ledger)),
            StopSeveral: SeveralWindow(
                gate,
                Naming(gate, Narrowing(cast("Catalogue", None), world.time)),
                SeveralQuestions(None, world.time),
            ),
            PauseSchedule: PauseWindow(gate, ScheduleQuestions(self.steps.of(history))),
            ResumeSchedule: ResumeWindow(gate, ScheduleQuestions(self.steps.of(history))),
            Retry: RetryWindow(gate, IssueQuestions(ledger), ask=act_timing.ask),
            Acknowledge: AcknowledgeWindow(gate, IssueQuestions(ledger), ask=act_timing.ask),
        }
        self.acting = ActFlow(
            ledger,
            announcer,
            world.time,
            act_timing,
            world.telemetry,
            freezes=self.freezes_there,
            may_notify=may_notify,
            permits=permits_of(gate, windows.values()),
            afterwards=self.offered.beside(
                {
                    (Kind.STOP, ActState.UNKNOWN): self._follow,
                    (Kind.FETCH, ActState.DONE): self._follow,
                    (Kind.RETRY, ActState.DONE): self._follow,
                    **ScheduleAftermath(history, announcer, may_notify=may_notify).aftermath,
                }
            ),
            timer=timer,
        )
        reviewing = ReviewFlow(
            self.steps.of(ReviewStore(self.database, world.time)),
            world.time,
            wake=lambda: None,
            announcer=announcer,
            telemetry=world.telemetry,
        )
        self.hastened: list[str] = []
        self.freeze_key = ""
        self.freezing = FreezeFlow(self.freeze_store, world.time, hasten=self._hasten, wake=lambda: None)
        self.freezer = FreezeHandler(
            gate=gate,
            instances=served,
            freezing=self.freezing,
            outbound=outbound,
            clock=world.time,
        )
        self.recovery = Recovery(
            ledger=ledger,
            presence=self.steps.of(Presence(self.database, clock=world.time, lease=LEASE)),
            slack_retries=SlackRetries(self.database, world.time),
            acting=self.acting,
            instances=served,
            start=self.start,
            lease=LEASE,
            history=ActHistory(self.database),
            events=EventHistory(self.database),
            clock=world.time,
            tidy=reviewing.look_after,
        )
        dialogue = ActDialogue(
            gate=gate,
            instances=served,
            acting=self.acting,
            reviewing=reviewing,
            windows=windows,
            outbound=outbound,
            clock=world.time,
            act_timing=act_timing,
        )
        self.dialogue, self.instance = dialogue, next(iter(served))

        self.listeners = Listeners(
            gate=gate,
            answers=cast("Answers", Replies(outbound)),
            dialogue=dialogue,
            anywhere=cast("Anywhere", None),
            is_first=self._is_first,
            telemetry=world.telemetry,
        )

    async def _is_first(self, key: str) -> bool:
        return True

    async def _hasten(self, instance: str) -> None:
        self.hastened.append(instance)

    async def freezes(self, wish: Freezing, who: str = ANA, *, delivers: bool = True) -> Outcome:
        """Somebody types a freeze, or its end, or presses the button of one."""
        typed = Interaction(did=Typed("", "/jobs"), key=self.freeze_key, user_id=who, user_team_id=TEAM, channel_id=INC)
        outcome = await self.freezer.serve(typed, wish)
        if delivers:
            await self.delivers_all()
        return outcome

    def forbids(self, rule: ChannelRule) -> None:
        """From now on the channel may do no more than this."""
        self.gate.set_policy(Policy({INC: rule}, two_people=self.world.two_people))

    def start(self, work: Coroutine[None, None, None]) -> bool:
        """As the process's set of work does."""
        if self.closing or self.steps.dead:
            work.close()
            return False
        self.tasks.append(asyncio.create_task(work))
        return True

    async def submits(self, who: str = ANA, job: int = 987, *, view: str = "", reason: str = "runaway") -> Any:
        """Somebody presses the button of a stop's window: what Slack gets for an answer. The work goes on beside."""
        return await self.sends(self.world.submission(who, job, view=view, reason=reason))

    async def sends(self, submission: Interaction) -> Any:
        """Somebody submits a window: what Slack gets for an answer. The work goes on beside."""
        ack = self.listeners.acknowledge(submission)
        if ack.then is not None:
            self.start(ack.then)
        answer = await ack.answer()
        if self.steps.dead:
            raise Killed  # nobody hears it
        return answer

    async def asks(self, job: int = 987, wish: Act | None = None, *, who: str = ANA) -> Outcome:
        """Somebody types ``/jobs stop``, or another ``wish``: up to the window that asks."""
        typed = Interaction(
            did=Typed(f"stop {job}", "/jobs"),
            key="",
            user_id=who,
            user_team_id=TEAM,
            channel_id=INC,
            trigger_id="1.2.3",
        )
        return await self.dialogue.asks(typed, wish or StopJob(job=JobId(job)), self.instance)

    async def asks_several(self, wish: StopSeveral | None = None) -> Modal:
        """Ana types ``/jobs stop all``: the window that asks."""
        typed = Interaction(
            did=Typed("stop all", "/jobs"),
            key="",
            user_id=ANA,
            user_team_id=TEAM,
            channel_id=INC,
            trigger_id="1.2.3",
        )
        await self.dialogue.asks(typed, wish or StopSeveral(), self.instance)
        return self.world.slack.windows[-1]

    async def presses(
        self, who: str, does: Reviewing, request: str, *, trigger: str | None = "1.2.3", channel: str = INC
    ) -> Modal:
        """Somebody presses a button of a request's card: the window that stands open then."""
        action = {
            Reviewing.REVIEW: ActionId.REVIEW,
            Reviewing.WITHDRAW: ActionId.REVIEW_WITHDRAW,
            Reviewing.DISCARD: ActionId.REVIEW_DISCARD,
        }[does]
        did = Clicked(action, encode(OnReview(request=request, does=does, instance="acme")))
        pressed = Interaction(
            did=did, key="", user_id=who, user_team_id=TEAM, channel_id=channel, message_ts="1.1", trigger_id=trigger
        )
        ack = self.listeners.acknowledge(pressed)
        if ack.then is not None:
            self.start(ack.then)
        await self.ends()
        return self.world.slack.windows[-1]

    async def delivers_once(self) -> None:
        """Whatever is owed by the outbox and due."""
        try:
            async with asyncio.TaskGroup() as telling:
                await self.dispatcher.begin(telling)
        except BaseExceptionGroup as group:
            if group.subgroup(Killed) is None:
                raise
        except Killed:
            pass

    async def delivers_all(self) -> None:
        """The same at the moments at which Slack takes it."""
        for _ in range(5):
            await self.delivers_once()
            self.world.time.pass_(1.5)

    async def halts(self, who: str, act: str) -> Outcome:
        """Somebody presses Stop no more."""
        pressed = Interaction(
            did=Clicked("stop_no_more", ""), key="", user_id=who, user_team_id=TEAM, channel_id=INC, trigger_id="1.2.3"
        )
        return await self.dialogue.halts(pressed, StopNoMore(act=act, instance="acme"))

    async def delivers(self) -> None:
        """Whatever the outbox owes, at the moments at which it is due."""
        while await self.outbox.count():
            async with asyncio.TaskGroup() as deliveries:
                await self.dispatcher.begin(deliveries)
            self.world.time.pass_(1.4)

    async def looks(self) -> None:
        """One round of the recovery, and all that it began."""
        await self.recovery.run_round()
        await self.ends()

    async def ends(self) -> None:
        """Whatever is under way comes to its end."""
        if self.tasks:
            _, rest = await asyncio.wait(self.tasks, timeout=BOUND)
            assert not rest, f"not ended: {self.steps.taken}"
        for task in self.tasks:
            if not task.cancelled() and (error := task.exception()) is not None and not isinstance(error, Killed):
                raise error

    async def kill(self) -> None:
        """Nothing of it reaches anything any more."""
        self.steps.dead = True
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    async def _follow(self, record: ActRecord, ts: str | None, message: Message) -> None:
        async def follow() -> None:
            self.followed.append(int(record.started or record.job or 0))

        await self.steps.take("follow", follow)


class World:
    """One database, one Adverity, one channel; and the processes that were started."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.time = Time()
        self.adverity = Adverity(self.time)
        self.slack = Slack()
        self.telemetry = Telemetry()
        self.rule = ChannelRule(may=frozenset(Need))
        self.two_people: dict[str, frozenset[int]] = {}
        self.followed: list[int] = []
        self.processes: list[Process] = []
        self.database = Database(make_inline_engine(url))
        self.response_url: str | None = None
        """Where the window was opened from, if it was a command."""
        self.shows = True
        """Whether the window could be filled with all that stands around the job."""
        self._views = count(1)

    def starts(
        self, owner: str, *, act_timing: ActTiming = ACT_TIMING, instances: Collection[str] = ("acme",)
    ) -> Process:
        """One more process."""
        process = Process(self, owner, act_timing=act_timing, instances=instances)
        self.processes.append(process)
        return process

    def submission(self, who: str, job: int, *, view: str = "", reason: str = "") -> Interaction:
        """The window as it was filled this very moment, sent."""
        days = self.adverity.job_now(job).days if job in self.adverity.states else None
        metadata = ActMetadata(
            kind=Kind.STOP,
            instance="acme",
            job=job,
            name="",
            channel=INC,
            user=who,
            asked_at=self.time.monotonic(),
            response_url=self.response_url,
            datastream=self.adverity.streams.get(job, self.adverity.datastream),
            range_start=days.start if self.shows and days is not None else None,
            range_end=days.end if self.shows and days is not None else None,
            details=StopDetails.of(self.adverity.followups if self.shows else None).model_dump_json(),
        )
        view = view or f"V{next(self._views)}"
        did = Submitted(STOP_MODAL, view, metadata.encode(), {"reason": reason})
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def filled(
        self, modal: Modal, who: str, values: Mapping[str, FieldValue] = MappingProxyType({}), *, view: str = ""
    ) -> Interaction:
        """A window as it stands, sent with these values of its fields; the others as they were filled."""
        view = view or f"V{next(self._views)}"
        given = {
            block["block_id"]: initial
            for block in modal.view["blocks"]
            if block["type"] == "input" and (initial := _initial(block["element"])) is not None
        }
        did = Submitted(modal.view["callback_id"], view, modal.view["private_metadata"], {**given, **values})
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def fetch(
        self,
        who: str = ANA,
        days: Days = OCTOBER,
        *,
        opened: float = 0.0,
        view: str = "",
        stream: int = 42,
        job: int | None = None,
        of_job: Days | None = None,
    ) -> Interaction:
        """The window of a fetch, opened so many seconds ago, sent; ``of_job`` are the days of a job that it is for."""
        metadata = ActMetadata(
            kind=Kind.FETCH,
            instance="acme",
            name="Facebook Ads EU",
            channel=INC,
            user=who,
            asked_at=self.time.monotonic() - opened,
            datastream=stream,
            job=job,
            range_start=of_job.start if of_job is not None else None,
            range_end=of_job.end if of_job is not None else None,
        )
        view = view or f"V{next(self._views)}"
        values: dict[str, FieldValue] = {FIRST_DAY: days.start, LAST_DAY: days.end, PRIORITY: "usual", "reason": "gap"}
        did = Submitted(FETCH_MODAL, view, metadata.encode(), values)
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def several(
        self,
        modal: Modal,
        *,
        who: str = ANA,
        leave: Collection[int] = (),
        count: int | None = None,
        view: str = "",
    ) -> Interaction:
        """The window of a stop of several as it was filled, with some of its jobs left out, sent."""
        view = view or f"V{next(self._views)}"
        groups = [block for block in modal.view["blocks"] if block["type"] == "input"]
        boxes = {block["block_id"]: block["element"] for block in groups if block["element"]["type"] == "checkboxes"}
        values: dict[str, FieldValue] = {
            name: frozenset(
                one["value"] for one in box["options"] if not any(f"· {job}" in one["text"]["text"] for job in leave)
            )
            for name, box in boxes.items()
        }
        values |= {"reason": "they hang"} | ({COUNT: count} if count is not None else {})
        did = Submitted(SEVERAL_MODAL, view, modal.view["private_metadata"], values)
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def pause(
        self, who: str = ANA, until: str = "open", *, opened: float = 0.0, before: PausedBefore | None = None
    ) -> Interaction:
        """The window of a pause, opened so many seconds ago, sent; it has shown a pause ``before`` that still stood."""
        details = PauseDetails(before=before).model_dump_json() if before is not None else ""
        return self._switch(Kind.PAUSE, who, opened, {UNTIL: until, "reason": "runaway"}, details)

    def resume(self, who: str = BEN, *, opened: float = 0.0) -> Interaction:
        """The same of a resume."""
        return self._switch(Kind.RESUME, who, opened, {"reason": "fixed"})

    def fills(self, who: str, values: Mapping[str, FieldValue]) -> Interaction:
        """The window that was shown last, with its fields filled, sent."""
        view = self.slack.windows[-1].view
        did = Submitted(view["callback_id"], f"V{next(self._views)}", view["private_metadata"], values)
        return Interaction(did=did, key=f"submit|{did.view_id}|{who}", user_id=who, user_team_id=TEAM)

    def _switch(
        self, kind: Kind, who: str, opened: float, values: Mapping[str, FieldValue], details: str = ""
    ) -> Interaction:
        metadata = ActMetadata(
            kind=kind,
            instance="acme",
            name="Facebook Ads EU",
            channel=INC,
            user=who,
            asked_at=self.time.monotonic() - opened,
            datastream=42,
            details=details,
        )
        view = f"V{next(self._views)}"
        modal = PAUSE_MODAL if kind is Kind.PAUSE else RESUME_MODAL
        did = Submitted(modal, view, metadata.encode(), values)
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def about_issue(
        self, who: str = ANA, *, kind: Kind = Kind.RETRY, opened: float = 0.0, issue: int | None = 77, job: int = 987
    ) -> Interaction:
        """The window of a retry or an acknowledgement of a failed job, opened so many seconds ago, sent."""
        metadata = ActMetadata(
            kind=kind,
            instance="acme",
            job=job,
            name="Facebook Ads EU",
            channel=INC,
            user=who,
            asked_at=self.time.monotonic() - opened,
            datastream=42,
            details=IssueDetails(issue=issue).model_dump_json(),
        )
        view = f"V{next(self._views)}"
        modal = RETRY_MODAL if kind is Kind.RETRY else ACKNOWLEDGE_MODAL
        did = Submitted(modal, view, metadata.encode(), {"reason": "token renewed"})
        return Interaction(did=did, key=f"submit|{view}|{who}", user_id=who, user_team_id=TEAM)

    def fails(self, job: int = 987, issue: int = 77) -> None:
        """A job that has failed, and its open issue."""
        self.adverity.states[job], self.adverity.issues[issue] = "Failed", job
        self.adverity.datastream = 42

    def runs(self, job: int = 987) -> None:
        """A job that is going on."""
        self.adverity.states[job] = "Running"

    async def rows(self, job: int | None = 987) -> list[ActRecord]:
        """The record, the newest first."""
        found = await ActHistory(self.database).newest(ActQuery(job=job), skip=0, most=1000)
        return [row for row in found if isinstance(row, ActRecord)]

    async def row(self, job: int = 987) -> ActRecord:
        """The only one of a job."""
        (row,) = await self.rows(job)
        return row

    async def damages(self, details: str, **more: str) -> None:
        """Every row has other details, and ``more`` that is other, as of another version."""
        async with self.database.writing() as connection:
            await connection.execute(update(acts).values(details=details, **more))

    async def heals(self, process: Process) -> None:
        """Long after: whatever was left behind is taken over and brought to its end."""
        for _ in range(3):
            self.time.pass_(LEASE.total_seconds() * 1.5)
            await process.looks()

    async def aclose(self) -> None:
        """End everything."""
        for process in self.processes:
            await process.kill()
            await process.database.aclose()
        await self.database.aclose()


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """An empty database, and nobody on it yet."""
    made = World(sqlite_url(folder / "jobbot.db"))
    try:
        yield made
    finally:
        await made.aclose()
