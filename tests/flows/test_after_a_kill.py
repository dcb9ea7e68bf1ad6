"""A process dies in the middle of a stop: what the channel reads in the end, and what the row says.

The ledger is a real one on SQLite with a clock that is held; Slack, Adverity and the moment of the death are scripted.
A death is an exception that nothing in jobbot catches.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from sqlalchemy import select

from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.shared import Answer
from jobbot.flows.course import Pace
from jobbot.flows.instances import Instance
from jobbot.flows.stopping import StopOrder, StoppingFlow
from jobbot.flows.voice import Place
from jobbot.render.blocks import Message
from jobbot.slack.outbound import Outbound, SlackRefused
from jobbot.slack.reply import SlackVoice
from jobbot.store.engine import Database, make_engine
from jobbot.store.migrate import migrate
from jobbot.store.sealed import Seal
from jobbot.store.sql_ledger import SqlLedger
from jobbot.store.stops import StopRecord
from jobbot.store.tables import stops
from tests.store.world import LEASE, Clock

URL = "https://hooks.slack.test/commands/T0/1/secret"
EARLIER = "can no longer edit"
PACE = Pace(first=0.001, longest=0.001, accepted=0.05, unanswered=0.01, store=0.1)


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Channel(Outbound):
    """Slack, as far as a stop's message is concerned. ``refuses`` are codes by method; ``dies`` after a method."""

    def __init__(self) -> None:
        self.messages: dict[str, str] = {}
        self.refuses: dict[str, SlackRefused] = {}
        self.dies_after = ""

    async def post(self, channel: str, message: Message, **how: Any) -> str:
        self._asked("post")
        ts = f"{len(self.messages) + 1}.0"
        self.messages[ts] = message.text
        self._done("post")
        return ts

    async def edit(self, channel: str, ts: str, message: Message, **how: Any) -> None:
        self._asked("edit")
        self.messages[ts] = message.text
        self._done("edit")

    async def respond(self, url: str, message: Message, **how: Any) -> None:
        assert url == URL
        self._asked("respond")
        self.messages[f"response {len(self.messages) + 1}"] = message.text
        self._done("respond")

    def _asked(self, method: str) -> None:
        if method in self.refuses:
            raise self.refuses[method]

    def _done(self, method: str) -> None:
        if self.dies_after == method:
            self.dies_after = ""
            raise Killed

    def is_left(self) -> None:
        """jobbot is no member."""
        self.refuses |= {method: SlackRefused(method, "not_in_channel") for method in ("post", "edit")}


class Adverity:
    """One job, which is over as soon as it was stopped. ``dies``: the process, as the stop leaves."""

    def __init__(self) -> None:
        self.state, self.posts, self.dies = "Running", 0, False

    async def job(self, job: JobId, *, fresh: bool) -> Answer[Job]:
        known = {"id": job, "state_label": self.state, "job_start": "2022-10-31T10:00:00Z"}
        return Answer(Job.model_validate(known), Clock().now)

    async def jobs(self, *_: object, **__: object) -> object:
        raise AssertionError("no list is needed here")

    async def stop(self, job: JobId, *, at_last: Callable[[], None]) -> None:
        at_last()
        self.posts, self.state = self.posts + 1, "Cancelled"
        if self.dies:
            self.dies = False
            raise Killed


class World:
    """One channel, one job, one database; processes are flows on ledgers of their own."""

    def __init__(self, database: Database) -> None:
        self.database, self.clock, self.channel, self.adverity = database, Clock(), Channel(), Adverity()
        self._number = 0

    def _process(self) -> tuple[SqlLedger, StoppingFlow, Instance]:
        self._number += 1
        ledger = SqlLedger(
            self.database, owner=f"process {self._number}", clock=self.clock, lease=LEASE, seal=Seal("xoxb-1")
        )
        flow = StoppingFlow(ledger, SlackVoice(self.channel), self.clock, PACE)
        return ledger, flow, Instance("acme", "https://acme", cast("Gateway", self.adverity))

    async def stops(self, response_url: str | None = URL) -> None:
        """Ana's stop is carried out."""
        _, flow, instance = self._process()
        order = StopOrder(
            request_key="V1",
            job=JobId(987),
            name="987 (Facebook Ads EU)",
            user_id="U0ANA",
            team_id="T0ACME",
            place=Place("C0INC", response_url=response_url),
            reason="runaway",
        )
        await flow.carry_out(order, instance)

    async def goes_on(self, *, after: float = LEASE.total_seconds() + 1) -> int:
        """Another process looks for what was left behind; how many rows it took over."""
        self.clock.pass_(after)
        ledger, flow, instance = self._process()
        taken = await ledger.take_over(10)
        for one in taken:
            await flow.resume(one, instance)
        return len(taken)

    async def row(self) -> StopRecord:
        (ledger, _, _) = self._process()
        row = await ledger.latest("acme", 987)
        assert row is not None
        return row

    async def sealed(self) -> str | None:
        """What the row keeps of the response URL."""
        async with self.database.reading() as connection:
            kept: str | None = (await connection.execute(select(stops.c.response_url))).scalar_one()
            return kept

    @property
    def texts(self) -> list[str]:
        """What the channel reads, in the order of the first versions."""
        return list(self.channel.messages.values())


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[World]:
    database = Database(make_engine(f"sqlite:///{tmp_path}/one.db"))
    await migrate(database)
    yield World(database)
    await database.aclose()


@asynccontextmanager
async def dying() -> AsyncIterator[None]:
    with pytest.raises(Killed):
        yield


async def test_a_message_that_cannot_be_found_again_is_said_to_be_replaced(it: World) -> None:
    it.channel.dies_after = "post"
    async with dying():
        await it.stops()
    assert await it.goes_on() == 1
    orphan, message = it.texts
    assert "is stopping job 987" in orphan
    assert message.startswith("*Stopped job 987")
    assert EARLIER in message
    row = await it.row()
    assert row.message_ts == "2.0"
    assert row.told_at is not None
    assert it.adverity.posts == 1


async def test_it_is_still_said_by_the_third_process(it: World) -> None:
    it.channel.dies_after = "post"
    async with dying():
        await it.stops()
    it.adverity.dies = True
    async with dying():
        await it.goes_on()
    await it.goes_on()
    _, message = it.texts
    assert message.startswith("*Stopped job 987")
    assert EARLIER in message


async def test_where_there_can_be_no_earlier_message_none_is_spoken_of(it: World) -> None:
    it.adverity.dies = True
    async with dying():
        await it.stops()
    await it.goes_on()
    (message,) = it.texts
    assert message.startswith("*Stopped job 987")
    assert EARLIER not in message


async def test_a_beginning_that_slack_did_not_take_is_no_earlier_message(it: World) -> None:
    it.channel.refuses["post"] = SlackRefused("post", "ratelimited", may_pass=True, wait=30.0)
    it.adverity.dies = True
    async with dying():
        await it.stops(response_url=None)
    it.channel.refuses.clear()
    await it.goes_on()
    (message,) = it.texts
    assert message.startswith("*Stopped job 987")
    assert EARLIER not in message


async def test_where_jobbot_is_no_member_the_one_who_goes_on_tells_the_channel_too(it: World) -> None:
    it.channel.is_left()
    it.adverity.dies = True
    async with dying():
        await it.stops()
    await it.goes_on()
    beginning, ending = it.texts[0], it.texts[-1]
    assert "is stopping job 987" in beginning
    assert ending.startswith("*Stopped job 987")
    assert EARLIER in ending, "the beginning cannot be edited"
    assert (await it.row()).told_at is not None


@pytest.mark.parametrize("seconds", [0.0, 1801.0])
async def test_an_ending_that_slack_refuses_is_not_told_and_not_tried_for_ever(it: World, seconds: float) -> None:
    """Whether there is no response URL, or one whose half hour is over."""
    it.channel.is_left()
    it.adverity.dies = True
    async with dying():
        await it.stops(response_url=URL if seconds else None)
    await it.goes_on(after=LEASE.total_seconds() + 1 + seconds)
    row = await it.row()
    assert row.closed_at is not None
    assert row.told_at is None
    assert row.untold == "not_in_channel"
    assert await it.goes_on() == 0


async def test_where_slack_cannot_be_reached_the_ending_is_owed(it: World) -> None:
    await_later = SlackRefused("post", "no answer", may_pass=True)
    it.channel.refuses |= {"post": await_later, "edit": await_later, "respond": await_later}
    await it.stops()
    row = await it.row()
    assert row.told_at is None
    assert row.untold is None
    it.channel.refuses.clear()
    await it.goes_on(after=5.0)
    assert it.texts[0].startswith("*Stopped job 987")


async def test_the_response_url_is_in_the_database_only_sealed_and_only_as_long_as_it_is_needed(
    it: World, tmp_path: Path
) -> None:
    def is_there(words: str) -> bool:
        return any(words.encode() in file.read_bytes() for file in tmp_path.iterdir())

    it.channel.is_left()
    it.adverity.dies = True
    async with dying():
        await it.stops()
    assert await it.sealed() is not None
    assert is_there("U0ANA")
    assert not is_there("secret")
    await it.goes_on()
    assert await it.sealed() is None
