"""What follows jobs, driven step by step: a real SQLite, a held clock, a scripted Adverity and a scripted Slack.

Nothing here waits. A *round* of a poller and a *delivery* of the outbox are one call each, by one of two processes with
connections of their own. What is to happen while Adverity or Slack is asked is put into ``during`` (before the answer
is made up) or ``late`` (after it); any transaction can fail, or be the last thing that its process did.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Table, select
from sqlalchemy.engine import Row
from sqlalchemy.ext.asyncio import AsyncConnection

from jobbot.access.policy import Need
from jobbot.access.workspaces import Reach
from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import Datastream, DatastreamId, Extract, Issue, Job, JobId, JobList, State, Workspace
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.delivery.dispatcher import OutboxDispatcher
from jobbot.flows.delivery.notifier import Deliverability, MayNotify, NotificationFailed, TargetGone, TryLater
from jobbot.flows.following.alerts.marks import AlertMarks
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.poller import Poller
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.sights import Sight
from jobbot.flows.following.unconfigured_instances import OrphanedInstances
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import PATIENCE, Instance, Instances
from jobbot.intents.button import decode
from jobbot.intents.model import Alerts, AlertsDo, MarkAlert, Sign
from jobbot.render.alert_settings import snoozed, switched_off, switched_on
from jobbot.render.blockkit.blocks import Block, Message
from jobbot.render.card import Card
from jobbot.render.jobs import Names
from jobbot.store.acts.history import ActHistory
from jobbot.store.database.engine import Database, StoreUnavailable
from jobbot.store.database.retry import Timer
from jobbot.store.database.tables import outbox, pollers
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import LostRound
from jobbot.store.following.offers import OfferStore
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from tests.support.databases import sqlite_url
from tests.support.inline_sqlite import make_inline_engine
from tests.unit.store.world import LEASE, Clock

INC, OTHER = "C0INC", "C0OTHER"
ANA, BEN = "U0ANA", "U0BEN"
AGAIN = "you may have read it already"
Hook = Callable[[], Awaitable[None]]


_JOBS = re.compile(r"\bjobs? (\d+(?:, \d+)*)")


class Killed(BaseException):
    """The process is gone at this point: nothing of it runs any more."""


class SteppedDatabase(Database):
    """A process's own connections. ``steps`` counts its transactions; ``breaks`` says what becomes of the next ones.

    ``breaks`` holds, by the number of transactions that still go well, whether the one behind them fails ``before`` it
    is made, or ``after`` it was committed, and with what.
    """

    steps = 0
    breaks: tuple[int, str, type[BaseException]] | None = None
    turns: asyncio.Lock
    """One transaction at a time in a world, in the order in which they are asked for: no thread decides an order."""

    def fails(self, *, after: int = 0, when: str = "before", how: type[BaseException] = StoreUnavailable) -> None:
        """Let so many transactions be, then one fail."""
        self.breaks = (self.steps + after, when, how)

    def _passes(self, when: str) -> None:
        if self.breaks is not None and self.breaks[:2] == (self.steps, when):
            how, self.breaks = self.breaks[2], None
            raise how("scripted")

    @asynccontextmanager
    async def writing(self, *, seconds: float | None = None) -> AsyncIterator[AsyncConnection]:
        self._passes("before")
        async with self.turns, super().writing(seconds=seconds) as connection:
            yield connection
        self._passes("after")
        self.steps += 1

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncConnection]:
        self._passes("before")
        async with self.turns, super().reading() as connection:
            yield connection
        self._passes("after")
        self.steps += 1


@dataclass
class Life:
    """One job's. Times are real ones: Adverity writes them on its own clock."""

    id: int
    began: datetime
    ended: datetime | None = None
    state: State = State.RUNNING
    stream: int = 0
    """The number of its datastream; 0: one of its own."""
    placed_in: int | None = None
    """The workspace that it says."""
    days: tuple[str, str] | None = None
    """The first and the last day that it fetches, where it says them."""


@dataclass
class ScriptedAdverity:
    """Jobs, and what becomes of each call: a list of what is ``going``, of the ``past``, or of ``one`` job.

    ``ahead`` is how far its clock is ahead of ours. ``by_end``: it means ranges by when jobs ended. ``longest`` is how
    many jobs a list holds. ``fails`` says by the kind of call which error answers it. By datastream: the
    minutes that past runs ``took``, and the issues that are ``open``; by job the rows that it ``brought``. ``slow`` are
    kinds of calls whose next answer comes later than anybody waits for it.
    """

    clock: Clock
    ahead: timedelta = timedelta(0)
    by_end: bool = False
    longest: int = 1000
    jobs: dict[int, Life] = field(default_factory=dict)
    fails: dict[str, AdverityError] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    during: list[Hook] = field(default_factory=list)
    late: list[Hook] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    took: dict[int, list[float]] = field(default_factory=dict)
    brought: dict[int, list[int]] = field(default_factory=dict)
    open: dict[int, list[dict[str, object]]] = field(default_factory=dict)
    heard: timedelta | None = None
    """The difference between the clocks as the gateway knows it: learned from the first answer."""
    listed_at: datetime | None = None
    """When what is going on was last listed: whatever began before that and is not over was in it."""

    def starts(self, job: int, *, before: float = 60.0, stream: int = 0) -> Life:
        """A job that began so many seconds ago."""
        self.jobs[job] = Life(job, self.clock() - timedelta(seconds=before), stream=stream)
        return self.jobs[job]

    def ends(self, job: int, state: State = State.FAILED) -> None:
        """Now."""
        self.jobs[job].ended, self.jobs[job].state = self.clock(), state

    def job(self, one: Life) -> Job:
        """As Adverity writes it: to the second."""
        stream = one.stream or 7000 + one.id
        place = {} if one.placed_in is None else {"stack": {"id": one.placed_in, "name": "EMEA"}}
        days = {} if one.days is None else dict(zip(("range_start", "range_end"), one.days, strict=True))

        def written(at: datetime | None) -> datetime | None:
            return None if at is None else (at + self.ahead).replace(microsecond=0)

        return Job.model_validate(
            {
                "id": one.id,
                "state_label": one.state.value,
                "job_start": written(one.began),
                "job_end": written(one.ended),
                "datastream": {"id": stream, "name": f"Stream {_notifications(stream % 7000)}"} | place,
            }
            | days
        )

    async def answers(self, kind: str, make: Callable[[], Answer[Any]]) -> object:
        """One call, with what happens meanwhile."""
        self.calls.append(kind)
        if self.during:
            await self.during.pop(0)()
        if kind in self.slow:
            self.slow.discard(kind)
            await asyncio.Event().wait()
        if kind in self.fails:
            raise self.fails[kind]
        answer = make()
        self.heard = self.ahead
        if self.late:
            await self.late.pop(0)()
        return answer

    def listed(self, query: JobQuery) -> Answer[JobList]:
        """What a list holds: the newest."""
        jobs = [self.job(one) for one in self.jobs.values()]
        if isinstance(query.between, Times):
            span = query.between
            counts = {job.id: job.end if self.by_end else job.start for job in jobs if job.is_over}
            jobs = [job for job in jobs if (at := counts.get(job.id)) is not None and span.start <= at <= span.end]
        else:
            jobs = [job for job in jobs if not job.is_over]
            self.listed_at = self.clock()
        newest = sorted(jobs, key=lambda job: -job.id)
        kept = JobList(jobs=tuple(newest[: self.longest]), complete=len(newest) <= self.longest)
        return Answer(kept, self.clock())

    def past_of(self, stream: DatastreamId) -> JobList:
        """Past successes of a datastream, one an hour, each so many minutes long."""
        began = self.clock() - timedelta(days=10)
        runs = [
            Job.model_validate(
                {
                    "id": 1_000_000 + number,
                    "state_label": "Success",
                    "job_start": began + timedelta(hours=number),
                    "job_end": began + timedelta(hours=number, minutes=minutes),
                }
            )
            for number, minutes in enumerate(self.took.get(stream, []))
        ]
        return JobList(jobs=tuple(runs))

    def extracts_of(self, job: int) -> Entries[Extract]:
        """What it brought: an extract for each number of rows."""
        rows = self.brought.get(job, [1])
        return Entries(tuple(Extract.model_validate({"id": n, "nrows": count}) for n, count in enumerate(rows, 1)))

    def issues_of(self, stream: DatastreamId | None) -> Entries[Issue]:
        """What is open, of a datastream or of all."""
        of = {**self.open} if stream is None else {stream: self.open.get(stream, [])}
        return Entries(
            tuple(Issue.model_validate({"datastream": {"id": id_}} | one) for id_, all_ in of.items() for one in all_)
        )

    def single(self, job: JobId) -> Answer[Job]:
        """One job. Raises NotFound."""
        if job not in self.jobs:
            raise NotFound(status=404)
        return Answer(self.job(self.jobs[job]), self.clock())


def _notifications(number: int) -> str:
    """A number that no test takes for a job's."""
    return "".join(chr(ord("a") + int(digit)) for digit in str(number))


class ScriptedGateway:
    """One process's way to it."""

    def __init__(self, adverity: ScriptedAdverity) -> None:
        self._adverity = adverity
        self._runs: dict[DatastreamId, JobList] = {}
        self._streams: dict[DatastreamId, Datastream] = {}

    @property
    def clock_ahead(self) -> timedelta | None:
        return self._adverity.heard

    async def jobs(self, query: JobQuery, *, fresh: bool = False) -> object:
        kind = "going" if query.between is None else "past"
        return await self._adverity.answers(kind, lambda: self._adverity.listed(query))

    async def job(self, job: JobId, *, fresh: bool = False) -> object:
        return await self._adverity.answers("card", lambda: self._adverity.single(job))

    async def ended_job(self, job: JobId) -> object:
        return await self._adverity.answers("one", lambda: self._adverity.single(job))

    async def runs(self, stream: DatastreamId, *, max_age: timedelta | None = None) -> object:
        if (known := self._runs.get(stream)) is not None and max_age is None:
            return Answer(known, self._adverity.clock())
        found = self._adverity.past_of(stream)
        answer = await self._adverity.answers("runs", lambda: Answer(found, self._adverity.clock()))
        self._runs[stream] = found
        return answer

    def known_runs(self, stream: DatastreamId) -> JobList | None:
        return self._runs.get(stream)

    def learn_runs(self, streams: Iterable[DatastreamId]) -> None:
        self._runs |= {stream: self._adverity.past_of(stream) for stream in streams}

    async def extracts(self, job: JobId, *, fresh: bool = False) -> object:
        found = self._adverity.extracts_of(job)
        return await self._adverity.answers("extracts", lambda: Answer(found, self._adverity.clock()))

    async def issues(self, stream: DatastreamId | None = None) -> object:
        found = self._adverity.issues_of(stream)
        return await self._adverity.answers("issues", lambda: Answer(found, self._adverity.clock()))

    async def datastream(
        self, stream: DatastreamId, *, max_age: timedelta | None = None, fresh: bool = False
    ) -> object:
        found = Datastream.model_validate({"id": stream, "name": "Facebook Ads EU", "enabled": False})
        answer = await self._adverity.answers("datastream", lambda: Answer(found, self._adverity.clock()))
        self._streams[stream] = found
        return answer

    def known_datastream(self, stream: DatastreamId) -> Datastream | None:
        return self._streams.get(stream)


@dataclass
class ScriptedSights:
    """What channels see (nothing said: everything), and by datastream the workspaces that Adverity tells.

    ``known`` are the workspaces that there are, ``passing`` as for Sight.
    """

    reaches: dict[str, Reach] = field(default_factory=dict)
    places: dict[DatastreamId, int] = field(default_factory=dict)
    known: tuple[Workspace, ...] = ()
    passing: bool = False
    asked: int = 0

    async def of(self, instance: Instance, channels: Collection[str], jobs: Iterable[Job], *, alerts: bool) -> Sight:
        wanted = {job.datastream.id for job in jobs if job.datastream is not None}
        self.asked += bool(wanted and self.reaches)
        places = {stream: self.places[stream] for stream in wanted & self.places.keys()}
        return Sight(places, self.reaches, self.known if alerts else (), passing=alerts and self.passing)


@dataclass
class Said:
    """A message in a channel, as it reads now; ``versions`` are what it said before."""

    channel: str
    ts: str
    text: str
    thread: str | None
    versions: list[str] = field(default_factory=list)
    blocks: Sequence[Block] = ()

    def button(self, words: str) -> MarkAlert:
        """What a button of an alert's message carries."""
        (value,) = [
            element["value"]
            for block in self.blocks
            if block["type"] == "actions"
            for element in block["elements"]
            if element["type"] == "button" and element["text"]["text"] == words
        ]
        found = decode(value)
        assert isinstance(found, MarkAlert)
        return found


@dataclass
class ScriptedSlack:
    """Channels, and what becomes of each call: ``next`` holds what it does about the next ones.

    Each is an exception that is raised before the message is taken (``(error, False)``) or after it (``(error,
    True)``), or None.
    """

    said: list[Said] = field(default_factory=list)
    next: list[tuple[BaseException, bool] | None] = field(default_factory=list)
    leaves: dict[str, Deliverability] = field(default_factory=dict)
    needs: dict[str, Deliverability] = field(default_factory=dict)
    """The same by permission."""
    during: list[Hook] = field(default_factory=list)
    edits: int = 0
    usergroups: dict[str, str] = field(default_factory=lambda: {"S0ONCALL": "data-oncall"})
    offers: frozenset[Need] = frozenset(Need)
    """What messages may have buttons for."""
    lost: list[Said] = field(default_factory=list)
    """Posts that it did not take."""

    async def may_notify(
        self, channel_id: str, need: str, instance: str, workspaces: frozenset[int] | None
    ) -> Deliverability:
        assert need in set(Need)
        return self.needs.get(need) or self.leaves.get(channel_id, MayNotify())

    async def may_offer(self, channel_id: str) -> frozenset[Need]:
        return self.offers

    async def known(self, groups: Mapping[str, str]) -> Mapping[str, str]:
        return {id_: name for id_, name in self.usergroups.items() if id_ in groups}

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        said = Said(channel_id, f"{len(self.said) + 1}.0", message.text, thread_ts, blocks=message.blocks)
        self.lost.append(said)

        def take() -> None:
            self.lost.remove(said)
            self.said.append(said)

        await self._takes(take)
        return said.ts

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        one = next((one for one in self.said if (one.channel, one.ts) == (channel_id, ts)), None)
        if one is None:
            raise NotificationFailed(TargetGone("message_not_found"))

        def change() -> None:
            one.versions.append(one.text)
            one.text, one.blocks = message.text, message.blocks
            self.edits += 1

        await self._takes(change)

    async def _takes(self, take: Callable[[], None]) -> None:
        if self.during:
            await self.during.pop(0)()
        becomes = self.next.pop(0) if self.next else None
        if becomes is None:
            take()
            return
        error, taken = becomes
        if taken:
            take()
        raise error

    def has(self, channel: str, ts: str, text: str) -> Said:
        """A message that somebody or jobbot posted before."""
        self.said.append(Said(channel, ts, text, None))
        return self.said[-1]

    def of(self, channel: str, words: str = "") -> list[Said]:
        """The messages of a channel in which these words stand now."""
        return [one for one in self.said if one.channel == channel and words in one.text]


class Process:
    """One jobbot: its own connections, its own owner. ``serves`` are the instances that it is configured for."""

    def __init__(self, world: "World", owner: str, serves: Sequence[str] = ("acme",)) -> None:
        self.world = world
        clock, schedule = world.clock, world.schedule
        self.database = SteppedDatabase(make_inline_engine(world.url))
        self.database.turns = world.turns
        self.watches = WatchStore(self.database, clock)
        self.rounds = PollRounds(self.database, owner=owner, clock=clock, lease=2 * LEASE)
        self.outbox = Outbox(self.database, owner=owner, clock=clock, lease=2 * LEASE)
        self.alert_messages = AlertMessageStore(self.database, clock)
        self.offers = OfferStore(self.database, clock)
        offered = self.offered = OfferedActs(self.offers, ActHistory(self.database), world.slack.may_offer)
        self.marks = AlertMarks(self.alert_messages, clock, offered.as_now)
        gateway = cast("Gateway", ScriptedGateway(world.adverity))
        self.instances = Instances(
            Instance(name, f"https://{name}.test", gateway, patience=world.patience) for name in serves
        )
        told: Callable[[], None] = lambda: None  # noqa: E731 - nobody is to be woken: each delivery is a call
        self.poller = Poller(
            rounds=self.rounds,
            watches=self.watches,
            alert_messages=self.alert_messages,
            instances=self.instances,
            clock=clock,
            schedule=schedule,
            wake_dispatcher=told,
            usergroups=world.slack,
            sights=world.sights,
        )
        self.dispatcher = OutboxDispatcher(
            outbox=self.outbox,
            watches=self.watches,
            notifier=world.slack,
            clock=clock,
            look=schedule.look,
            timer=Timer(lambda: clock().timestamp(), world.sleep),
            drawn=self.marks.drawn,
            as_now=lambda one, message: offered.as_now(one.written_to, one.instance, one.channel_id, message),
        )
        self.orphaned = OrphanedInstances(
            rounds=self.rounds, watches=self.watches, instances=self.instances, clock=clock, wake_dispatcher=told
        )
        self.people = WatchingFlow(self.watches, self.rounds, clock, schedule, extra=30)

    async def looks(self, instance: str = "acme") -> str:
        """The round that is due: ``done``, ``nothing`` where none is, or why it came to nothing."""
        served = self.instances.get(instance)
        assert served is not None
        try:
            return "done" if await self.poller.run_due_round(served) else "nothing"
        except LostRound:
            return "lost"
        except StoreUnavailable:
            return "away"
        except Killed:
            return "killed"

    async def round(self, instance: str = "acme") -> str:
        """The next round, at the moment in which it is due."""
        for row in await self.world.rows(pollers):
            if row.instance == instance:
                due = max(row.next_at, row.lease_until) - self.world.clock()
                self.world.clock.pass_(max(due.total_seconds(), 0.0))
        return await self.looks(instance)

    async def round_of(self, *kinds: str, most: int = 20) -> None:
        """PollRounds, until one has asked each of these, in any order."""
        wanted = set(kinds)
        for _ in range(most):
            seen = len(self.world.adverity.calls)
            await self.round()
            wanted -= set(self.world.adverity.calls[seen:])
            if not wanted:
                return
        raise AssertionError(f"never asked: {wanted}")

    async def delivers(self) -> str:
        """What may be told now, to the end: ``done``, or ``killed`` while at it."""
        away = False
        try:
            async with asyncio.TaskGroup() as telling:
                try:
                    await self.dispatcher.begin(telling)
                except StoreUnavailable:
                    away = True
        except BaseExceptionGroup as group:
            if group.subgroup(Killed) is None:
                raise
            return "killed"
        except Killed:
            return "killed"
        return "away" if away else "done"

    async def delivers_all(self) -> None:
        """Until nothing is owed, at the moments at which it is due."""
        for _ in range(400):
            owed = [row for row in await self.world.rows(outbox) if row.sent_at is None and row.failed is None]
            if not owed:
                return
            before = len(self.world.slack.said) + self.world.slack.edits
            await self.delivers()
            if len(self.world.slack.said) + self.world.slack.edits == before:
                self.world.clock.pass_(1.2)
        raise AssertionError(f"still owed: {[row.dedupe_key for row in owed]}")

    async def watch(self, job: int, channel: str = INC, *, user: str = ANA, thread: str | None = None) -> None:
        """Somebody waits for a job that goes on."""
        await self.people.wait_for(job, f"job {job}", "acme", Subscriber(channel, thread, user))

    async def presses(self, words: str, said: Said, *, user: str = ANA) -> bool:
        """Somebody presses a button of an alert's message, and sees the message drawn anew; False where nothing is."""
        wish = said.button(words)
        found = await self.marks.find(wish.alert, said.channel)
        assert found is not None
        drawn = await self.marks.mark(found, wish.does, user, edits=True)
        if drawn is None:
            return False
        said.versions.append(said.text)
        said.text, said.blocks = drawn.text, drawn.blocks
        return True

    async def alerts_on(
        self,
        channel: str = INC,
        *,
        instance: str = "acme",
        states: frozenset[State] = frozenset({State.FAILED}),
        signs: frozenset[Sign] = frozenset(),
        datastream: int | None = None,
        workspace: int | None = None,
        group: str | None = None,
    ) -> str:
        """Somebody switches them on: the answer."""
        stream = None if datastream is None else DatastreamId(datastream)
        wish = Alerts(does=AlertsDo.ON, states=states, signs=signs, datastream=stream, group=group)
        name = self.world.slack.usergroups.get(group or "", "")
        on, ended, already = await self.people.alerts.switch_on(
            wish, instance, Subscriber(channel, None, ANA), workspace=workspace, usergroup_name=name
        )
        return switched_on(on, ended, now=self.world.clock(), again_by=ANA if already else None).text

    async def alerts_off(
        self,
        channel: str = INC,
        *,
        states: frozenset[State] = frozenset(),
        signs: frozenset[Sign] = frozenset(),
        datastream: int | None = None,
    ) -> str:
        """And off, or a part of them: the answer."""
        stream = None if datastream is None else DatastreamId(datastream)
        wish = Alerts(does=AlertsDo.OFF, states=states, signs=signs, datastream=stream)
        count, less = await self.people.alerts.switch_off(wish, Subscriber(channel, None, ANA))
        return switched_off(ANA, count, less, wish.states, wish.signs).text

    async def snoozes(self, datastream: int, channel: str = INC, *, length: timedelta | None = None) -> str:
        """Somebody snoozes a datastream, until it is fixed where no length is given: the answer."""
        wish = Alerts(
            does=AlertsDo.SNOOZE, datastream=DatastreamId(datastream), length=length, until_fixed=length is None
        )
        count, until = await self.people.alerts.snooze(wish, Subscriber(channel, None, BEN))
        return snoozed(BEN, count, until, datastream=datastream).text

    async def shows(self, job: int, channel: str = INC, *, around: Around = NOTHING) -> Said:
        """Somebody asks for a job's card, which keeps itself true."""
        world = self.world
        found = world.adverity.job(world.adverity.jobs[job])
        names = Names("https://acme.test")
        card = Card(job=found, instance="acme", as_of=world.clock(), names=names, around=around)
        said = world.slack.has(channel, f"9{job}.0", "the card")
        offers = frozenset({Need.WATCH, Need.RETRY, Need.FETCH})
        await self.people.live.keep_live(
            card, "https://acme.test", ts=said.ts, subscriber=Subscriber(channel, None, ANA), offers=offers
        )
        return said


class World:
    """Two processes, ``one`` and ``two``, on one database."""

    def __init__(self, folder: Path, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self.schedule = PollSchedule()
        self.patience = PATIENCE
        self.url = sqlite_url(folder / "following.db")
        self.adverity = ScriptedAdverity(self.clock)
        self.slack = ScriptedSlack()
        self.sights = ScriptedSights()
        self._reader = Database(make_inline_engine(self.url))
        self.turns = asyncio.Lock()
        self._all: list[Process] = []
        self.one, self.two = self.process("one"), self.process("two")

    def process(self, owner: str, serves: Sequence[str] = ("acme",)) -> Process:
        """One more, or one in the place of one that is gone."""
        self._all.append(Process(self, owner, serves))
        return self._all[-1]

    async def sleep(self, seconds: float) -> None:
        """Time passes on the held clock alone."""
        self.clock.pass_(seconds)
        await asyncio.sleep(0)

    async def rows(self, table: Table) -> list[Row[tuple[object, ...]]]:
        """What the database holds."""
        async with self._reader.reading() as connection:
            return list((await connection.execute(select(table))).all())

    async def aclose(self) -> None:
        """Close every connection."""
        for one in self._all:
            await one.database.aclose()
        await self._reader.aclose()


def no_answer(*, taken: bool) -> tuple[BaseException, bool]:
    """Slack says nothing; it has taken the message, or has not."""
    return NotificationFailed(TryLater("no answer"), maybe_delivered=True, no_answer=True), taken


def telling(messages: Sequence[Said], job: int) -> Iterator[Said]:
    """Those that say how a job ended."""
    for one in messages:
        numbers = {number for row in _JOBS.findall(one.text) for number in row.split(", ")}
        if str(job) in numbers:
            yield one
