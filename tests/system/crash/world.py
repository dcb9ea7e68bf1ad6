"""A local Slack, a local Adverity and a database, with real processes of the bot on them that can be killed."""

import asyncio
import re
import traceback
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import uuid4

from jobbot.access import Need
from jobbot.config.load import instance_name
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.playground.slack.client.actors import Actor
from jobbot.playground.slack.state.changes import Change
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View
from jobbot.render.blockkit.blocks import load_message
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import NOT_BEGUN, ActRecord, ActState
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.freezes import Freeze, Freezes
from tests.support.databases import fresh_database, sqlite_url
from tests.system.crash.bot import UNANSWERED
from tests.system.crash.nursery import BOUND, Bot, Nursery

T = TypeVar("T")

NEVER = TWICE, OPEN, WRONG, LOST, ORPHANS = (
    "sent twice",
    "open rows",
    "contradictions",
    "acknowledged submissions without a trace",
    "orphan messages",
)
"""What must not be, in the figures: each is printed, 0 or not."""

AT_ONCE = 6
"""So many deaths are died at the same time."""


def in_words(figures: Counter[str], never: Sequence[str] = NEVER) -> str:
    """What came of it, the most frequent first, and then what must be 0."""
    some = [f"{number} {name}" for name, number in figures.most_common() if number and name not in never]
    return ", ".join([*some, *(f"{name} {figures[name]}" for name in never)])


async def eventually(look: Callable[[], Awaitable[T]], what: str, *, seconds: float = BOUND) -> T:
    """Look until there is something true. Raises AssertionError."""
    loop = asyncio.get_running_loop()
    until = loop.time() + seconds
    while not (found := await look()):
        assert loop.time() < until, f"not within {seconds} s: {what}"
        await asyncio.sleep(0.05)
    return found


def describe(error: Exception) -> str:
    """What went wrong, and where in these tests."""
    where = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.name}:{frame.lineno}" for frame in where if "tests/system/crash" in frame.filename]
    return f"{type(error).__name__}: {error} ({', '.join(lines)})"


@dataclass
class World:
    """One channel, one instance, one database; and the processes that were started on them."""

    slack: LocalSlack
    adverity: LocalAdverity
    database: Database
    url: str
    nursery: Nursery
    bots: list[Bot] = field(default_factory=list)
    connected: list[Bot] = field(default_factory=list)
    opened: int = 0
    asked_again: int = 0
    is_frozen: bool = False
    unanswered: float = 1.0
    """For how many seconds the processes that start from now on read an act back that Adverity has not answered."""
    policy: Path | None = None
    """The policy file, where the channel may do more than it may by itself."""

    def __post_init__(self) -> None:
        self.ana, self.ben, self.inc = self.slack.ana, self.slack.ben, self.slack.channel("inc-data")
        self.slack.subscribe(self._count)

    def _count(self, change: Change) -> None:
        self.opened += change.kind == "connection_opened"

    def may_do_everything(self, *, two_people: bool = False) -> None:
        """From the next process on, #inc-data may do whatever can be permitted; ``two_people``: nobody alone."""
        self.policy = self.nursery.folder / f"policy-{id(self)}.toml"
        powers = ", ".join(f'"{need.value}"' for need in Need)
        two = str(two_people).lower()
        self.policy.write_text(f"[channels.{self.inc.id}]\nmay = [{powers}]\ntwo_people = {two}\n")

    async def freezes(self) -> None:
        """Ben freezes the instance, as some process records it: it is recorded when this returns."""
        now = datetime.now(UTC)
        freeze = Freeze(
            id=uuid4().hex,
            instance=instance_name(self.adverity.url),
            user_id=self.ben.id,
            channel_id=self.inc.id,
            thread_ts=None,
            reason="deploy",
            since=now,
            until=now + timedelta(minutes=30),
        )
        await Freezes(self.database, lambda: now).begin(freeze)
        self.is_frozen = True

    def environment(self, **changes: str) -> dict[str, str]:
        """Settings of a process."""
        return {
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_API_URL": self.slack.api_url,
            "ADVERITY_INSTANCE": self.adverity.url,
            "ADVERITY_API_KEY": self.adverity.api_key,
            **({"JOBBOT_CONFIG": str(self.policy)} if self.policy else {"JOBBOT_CHANNELS": self.inc.id}),
            "JOBBOT_DATABASE_URL": self.url,
            "JOBBOT_HOST": "127.0.0.1",
            "PORT": "0",
            UNANSWERED: str(self.unanswered),
            **changes,
        }

    async def starts(self, step: str = "") -> Bot:
        """A process, once it is connected to Slack; one that did not come up is started again, as platforms do."""
        logs = []
        for _ in range(3):
            bot = await self._start(self.environment(), step)
            if await self._is_connected(bot):
                return bot
            logs.append(bot.log)
        raise AssertionError("\n".join(logs))

    async def _is_connected(self, bot: Bot) -> bool:
        """Wait until it is, and the connections of the dead are gone; False where it ended instead."""
        before = self.opened
        self.connected.append(bot)

        async def all_there() -> bool:
            alive = [one for one in self.connected if not one.ended.done()]
            return bot.ended.done() or (self.opened > before and self.slack.connections == len(alive))

        await eventually(all_there, "connected")
        return not bot.ended.done()

    async def starts_beside(self) -> Bot:
        """A process that gets nothing from Slack, and looks after what others leave behind."""
        environment = self.environment()
        del environment["SLACK_APP_TOKEN"]
        return await self._start(environment, "")

    async def _start(self, environment: dict[str, str], step: str) -> Bot:
        bot = await self.nursery.start(environment, step)
        self.bots.append(bot)
        return bot

    async def asks_to_stop(self, person: Actor, job: int = 987) -> View:
        """``/jobs stop``, up to the modal that can be submitted."""
        words = f"/jobs stop {job}"
        return await self.opens(person, words, lambda view: "The channel will see who did it" in str(view.definition))

    async def opens(self, person: Actor, words: str, is_filled: Callable[[View], bool]) -> View:
        """Type it, up to a window that can be submitted.

        It is typed again where nobody answered, where who answered has died since, and where the window says that
        something was too slow, as on a busy machine.
        """

        def shown() -> View | None:
            return view if (view := person.modal) is not None and is_filled(view) else None

        async with asyncio.timeout(3 * BOUND):
            while True:
                if person.modal is not None:
                    await person.closes()
                if (await person.types(words, in_=self.inc)).is_ok:
                    with suppress(TimeoutError):
                        if (view := await self.slack.until(shown, seconds=BOUND / 4)) is not None:
                            return view
                self.asked_again += 1
                await asyncio.sleep(0.05)

    async def rows(self) -> list[ActRecord]:
        """The ledger, the newest first."""
        found = await ActHistory(self.database).newest(ActQuery(), skip=0, most=1_000_000)
        return [row for row in found if isinstance(row, ActRecord)]

    async def finished(self, jobs: Iterable[int] = (987,)) -> list[ActRecord]:
        """The rows, once each of these jobs has one, and every one is closed and its channel told.

        Slack's ack of a submission comes before its row: the rows that are there say nothing of those that are to come.
        """
        asked = set(jobs)

        async def all_told() -> list[ActRecord] | None:
            rows = await self.rows()
            are_there = asked <= {row.job for row in rows}
            return rows if are_there and all(row.told_at is not None for row in rows) else None

        try:
            found = await eventually(all_told, f"a row of {sorted(asked)}, every one closed and told")
        except AssertionError as error:
            logs = "\n---\n".join(bot.log for bot in self.bots)
            raise AssertionError(f"{error}\n{await self.rows()}\n{logs}") from None
        assert found is not None
        return found

    def posts(self) -> int:
        """How many stops came to Adverity."""
        return self.adverity.count("POST", "/stop/")

    def ends_true(self, row: ActRecord, message: Message | None, others: Sequence[ActRecord] = ()) -> None:
        """The row and the message tell what is true of the job, and of what was sent.

        ``others`` may be rows of the same job: whoever claims it just after another one has ended sends nothing.
        """
        if row.state in NOT_BEGUN:
            self._was_not_begun(row)
            return
        posts = self.adverity.count("POST", f"/jobs/{row.job}/stop/")
        state = self.adverity.job(row.job or 0).state
        assert row.closed_at is not None
        assert posts <= 1, f"job {row.job} was posted {posts} times"
        sent = [one for one in (row, *others) if one.job == row.job and one.sent_at is not None]
        assert sent or posts == 0, "sent without a record"
        assert message is not None
        assert row.message is not None
        assert message.text == load_message(row.message).text
        # Its name is left out where it was not to be had in time.
        it = rf"(Facebook Ads EU \(job {row.job}\)|job {row.job} \(datastream 42\))"
        match row.state:
            case ActState.DONE:
                begins, states = rf"\*Stopped {it}\*", {"Cancelled", "Discarded"}
                assert posts == 1
            case ActState.REFUSED:
                begins, states = rf"\*Not stopped: {it}", {"Running"}
            case ActState.ENDED_OTHERWISE:
                begins, states = rf"(?i)\*{it} ", {"Success", "Cancelled"}
            case ActState.UNKNOWN:
                begins, states = rf"(?i)\*(Unknown whether|{it} is still)", {"Running"}
                assert row.sent_at is not None
            case _:
                raise AssertionError(f"{row.state} is open")
        assert state in states, f"the row says {row.state}, and the job is {state}"
        assert re.match(begins, message.text), message.text

    def _was_not_begun(self, row: ActRecord) -> None:
        """Whoever asked was told so, where the window has not, and nothing of it was sent."""
        assert row.sent_at is None
        if row.message is None:
            return
        told = [message.text for message in self.inc.whispers(self.slack.world.people[row.user_id])]
        assert load_message(row.message).text in told, told

    def orphans(self, rows: Sequence[ActRecord]) -> tuple[int, int]:
        """Beginnings that nobody edits any more: of how many the channel was not told so, and of how many it was."""
        known = {row.message_ts for row in rows}
        said = {row.job: load_message(row.message or "").text for row in rows if row.state not in NOT_BEGUN}
        left = [one.text for one in self.inc.public if one.ts not in known and " is stopping " in one.text]
        jobs = [int(text.partition("(job ")[2].partition(")")[0]) for text in left]
        announced = sum("replaces an earlier message" in said.get(job, "") for job in jobs)
        return len(left) - announced, announced


@asynccontextmanager
async def world(nursery: Nursery, url: str) -> AsyncIterator[World]:
    """Everything but the processes; those that were started are killed at the end."""
    database = Database(make_engine(url))
    # A busy machine opens windows late: that is asked elsewhere.
    async with LocalAdverity() as adverity, LocalSlack(rates="off", trigger_seconds=BOUND) as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        it = World(slack, adverity, database, url, nursery)
        try:
            yield it
        finally:
            for bot in it.bots:
                await bot.kill()
            await database.aclose()


@asynccontextmanager
async def emptied(kind: str, postgres: str, file: Path) -> AsyncIterator[str]:
    """The URL of a database of that kind with nothing in it but the schema."""
    if kind == "sqlite":
        yield sqlite_url(file)
        return
    made = fresh_database(postgres)
    url = await asyncio.to_thread(made.__enter__)
    try:
        yield url
    finally:
        await asyncio.to_thread(made.__exit__, None, None, None)


Run = Callable[[str], Awaitable[Counter[str]]]
"""One death on an empty database, of which it gets the URL: its figures. It raises what is not as it must be."""


async def all_of(
    runs: Iterable[tuple[str, str, Run]],
    postgres: str,
    folder: Path,
    tell: Callable[[str], None],
    never: Sequence[str] = NEVER,
) -> None:
    """Do all ``runs``, some at once, ``tell`` their figures, right or wrong, and assert that nothing of ``never`` was.

    Each comes with what it is about, and with the kind of its database.
    """
    room, figures, failed = asyncio.Semaphore(AT_ONCE), Counter[str](), list[str]()

    async def within(number: int, about: str, kind: str, run: Run) -> None:
        async with room, emptied(kind, postgres, folder / f"{number}.db") as url:
            try:
                figures.update(await run(url))
            except Exception as error:
                failed.append(f"{number}: {about}, {kind}: {describe(error)}")

    await asyncio.gather(*(within(number, *run) for number, run in enumerate(runs)))
    figures[WRONG] = len(failed)
    tell(in_words(figures, never))
    assert not failed, "\n\n".join(failed)
    assert {name: figures[name] for name in never} == dict.fromkeys(never, 0)
