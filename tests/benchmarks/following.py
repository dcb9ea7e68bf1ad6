"""A week of following, minute by minute: ``following [days]``. What it costs, and keeps.

Jobs come and go on an instance of which this file is the whole answer; a channel has alerts, somebody asks for a card
and waits for a job now and then. Everything of jobbot between Adverity's HTTP and Slack's Web API is the real thing, on
SQLite in a file. Printed day by day: rounds, calls, what was told, resident memory, rows in the database.
"""

import asyncio
import json
import tempfile
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from sqlalchemy import func, select

from jobbot.access.policy import Need
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId, State
from jobbot.flows.delivery.dispatcher import OutboxDispatcher
from jobbot.flows.delivery.notifier import Deliverability, MayNotify
from jobbot.flows.following.keeping import Subscriber
from jobbot.flows.following.poller import Poller
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.watching import WatchingFlow
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.card import read_card
from jobbot.intents.model import Alerts, AlertsDo
from jobbot.playground.adverity.clock import HandClock
from jobbot.render.blockkit.blocks import Message
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import metadata
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore

EVERY, RUNS = timedelta(minutes=10), timedelta(minutes=40)
BASE = "https://acme.datatap.adverity.com"


class Upstream:
    """A job ``every`` so often, each for forty minutes, of ``streams`` in turn; every fifth fails. Counts calls."""

    def __init__(self, clock: HandClock, every: timedelta, streams: int) -> None:
        self._clock = clock
        self._every = every
        self._streams = streams
        self._origin = clock()
        self.calls: Counter[str] = Counter()

    @property
    def newest(self) -> int:
        """The number of the job that began last."""
        return int((self._clock() - self._origin) / self._every) + 1

    def answer(self, request: httpx.Request) -> httpx.Response:
        """As Adverity would."""
        parts, asked = request.url.path.strip("/").split("/"), request.url.params
        kind = "/".join("{id}" if part.isdecimal() else part for part in parts)
        self.calls[f"{kind}?{'&'.join(name for name in ('datastream_id', 'start') if name in asked)}".rstrip("?")] += 1
        if parts[1] == "datastreams":
            return _json({"id": int(parts[2]), "name": f"Stream {parts[2]}"})
        if len(parts) > 2:
            return _json(self._job(int(parts[2])), 404 if parts[-1] == "imported" else 200)
        numbers = range(max(1, self.newest - 1200), self.newest + 1)
        start, end = request.url.params.get("start"), request.url.params.get("end")
        if start is None or end is None:
            jobs = [self._job(number) for number in numbers if not self._is_over(number)]
        else:
            within = (datetime.fromisoformat(start), datetime.fromisoformat(end))
            over = (number for number in numbers if self._is_over(number))
            jobs = [self._job(number) for number in over if within[0] <= self._began(number) <= within[1]]
        return _json({"count": len(jobs), "next": None, "results": jobs[::-1]})

    def _began(self, number: int) -> datetime:
        return self._origin + (number - 1) * self._every

    def _is_over(self, number: int) -> bool:
        return self._began(number) + RUNS <= self._clock()

    def _job(self, number: int) -> dict[str, object]:
        began, over = self._began(number), self._is_over(number)
        state = ("Failed" if number % 5 == 0 else "Success") if over else "Running"
        return {
            "id": number,
            "state_label": state,
            "progress": 100 if over else int((self._clock() - began) / RUNS * 100),
            "job_start": began.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "job_end": (began + RUNS).strftime("%Y-%m-%dT%H:%M:%SZ") if over else None,
            "datastream": 40 + number % self._streams,
        }


def _json(body: object, status: int = 200) -> httpx.Response:
    """Not read yet, as what comes over a line: the client reads answers piece by piece."""
    return httpx.Response(status, stream=httpx.ByteStream(json.dumps(body).encode()))


class Channel:
    """Takes everything, keeps nothing."""

    def __init__(self) -> None:
        self.posts = self.edits = 0

    async def may_notify(
        self, channel_id: str, need: str, instance: str, workspaces: frozenset[int] | None
    ) -> Deliverability:
        """Always."""
        return MayNotify()

    async def post(self, channel_id: str, message: Message, thread_ts: str | None) -> str:
        """Counted."""
        self.posts += 1
        return f"{self.posts}.0"

    async def edit(self, channel_id: str, ts: str, message: Message) -> None:
        """Counted."""
        self.edits += 1


def resident() -> float:
    """Megabytes that the process has in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096 / 2**20


async def play(days: int, folder: Path, *, every: timedelta = EVERY, streams: int = 30) -> None:
    """The days, and a line after each."""
    clock, channel = HandClock(datetime(2026, 3, 2, tzinfo=UTC)), Channel()
    upstream = Upstream(clock, every, streams)
    http = httpx.AsyncClient(transport=httpx.MockTransport(upstream.answer))
    gateway = Gateway(AdverityClient(BASE, "k", http=http), clock=clock, max_age=0)
    instance = Instance("acme", BASE, gateway)
    database = Database(make_engine(f"sqlite:///{folder}/week.db"))
    await migrate(database)
    watches = WatchStore(database, clock)
    lease, schedule = timedelta(seconds=30), PollSchedule()
    rounds = PollRounds(database, owner="one", clock=clock, lease=lease)
    outbox = Outbox(database, owner="one", clock=clock, lease=lease)
    dispatcher = OutboxDispatcher(outbox=outbox, watches=watches, notifier=channel, clock=clock, look=schedule.look)
    poller = Poller(
        rounds=rounds,
        watches=watches,
        alert_messages=AlertMessageStore(database, clock),
        instances=Instances([instance]),
        clock=clock,
        schedule=schedule,
        wake_dispatcher=dispatcher.wake,
    )
    people = WatchingFlow(watches, rounds, clock, schedule)
    subscriber = Subscriber("C0INC", None, "U0ANA")
    await people.alerts.switch_on(Alerts(does=AlertsDo.ON, states=frozenset({State.FAILED})), "acme", subscriber)
    begun = time.perf_counter()
    for minute in range(days * 24 * 60):
        clock.advance(minutes=1)
        if minute % 120 == 0:
            await people.watch(JobId(upstream.newest), instance, subscriber)
            card = await read_card(JobId(upstream.newest), instance, _seen_by_all)
            await people.live.keep_live(
                card, BASE, ts=f"{minute}.1", subscriber=subscriber, offers=frozenset({Need.STOP, Need.WATCH})
            )
        for _ in range(4):
            if not await poller.run_due_round(instance):
                break
            clock.advance(seconds=1)
        async with asyncio.TaskGroup() as telling:
            await dispatcher.begin(telling)
        if minute % 60 == 0:
            await rounds.forget_old()
            await outbox.forget_old()
        if minute % 1440 == 1439:
            calls = ", ".join(f"{times:,} {kind}" for kind, times in upstream.calls.most_common())
            asked = f"{await rounds.count('acme'):,} rounds, {upstream.calls.total():,} calls ({calls})"
            counted = f"{asked}, {channel.posts:,} posts"
            await tell(minute // 1440 + 1, f"{counted}, {channel.edits:,} edits", database, begun)
    await gateway.aclose()
    await http.aclose()
    await database.aclose()


async def _seen_by_all(job: Job) -> None:
    """No channel is bound to workspaces."""


async def tell(day: int, counted: str, database: Database, begun: float) -> None:
    """One line."""
    async with database.reading() as connection:
        counts = {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in metadata.sorted_tables
        }
    rows = ", ".join(f"{name} {count}" for name, count in counts.items() if count)
    took = time.perf_counter() - begun
    print(f"day {day}: {counted}; {resident():.1f} MB, {took:.0f} s; rows: {rows}", flush=True)


def main(days: str = "7") -> None:
    """Print a line a day."""
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(play(int(days), Path(name)))
