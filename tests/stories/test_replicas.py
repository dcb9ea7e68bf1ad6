"""Many watches over three processes on one PostgreSQL, one of which is killed every few seconds.

The form of the checks is small; ``JOBBOT_TEST_FULL=1 pytest -s -n 0 tests/stories/test_replicas.py`` is the whole of
it: 1,000 watches on 200 jobs. Both print what they counted.
"""

import asyncio
import os
import random
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from jobbot.config.load import instance_name
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.adverity.calls import Call
from jobbot.playground.slack import LocalSlack
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import outbox, pollers, watches
from jobbot.store.following.watches import WatchStore
from tests.support.databases import fresh_database
from tests.system.crash.follower import fast_clock

SPEED = 10.0
FULL = bool(os.environ.get("JOBBOT_TEST_FULL"))
JOBS = 200 if FULL else 24
CHANNELS = ("inc-data", "data-read-only")
LASTS = 900.0 if FULL else 150.0
"""Seconds of the jobs' time in which all of them end."""

KILL_EVERY = 3.0 if FULL else 2.5
"""Seconds of the world's time."""


@dataclass
class Replicas:
    """Three processes; one that is killed is started again."""

    environment: dict[str, str]
    origin: float
    folder: Path
    running: list[asyncio.subprocess.Process] = field(default_factory=list)
    killed: int = 0

    async def start(self) -> None:
        """One more, ready."""
        arguments = ["-m", "tests.system.crash.follower", str(self.origin), str(SPEED)]
        with (self.folder / "replicas.log").open("ab") as log:
            process = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, env=self.environment, stdout=asyncio.subprocess.PIPE, stderr=log
            )
        assert process.stdout is not None
        self.running.append(process)
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == b"ready\n"

    async def kill_some(self, chance: random.Random, until: asyncio.Task[bool]) -> None:
        """One every few seconds, until all is told. SIGKILL: no handler, no finally, nothing flushed."""
        while not (await asyncio.wait({until}, timeout=KILL_EVERY))[0]:
            victim = chance.choice(self.running)
            self.running.remove(victim)
            victim.kill()
            await victim.wait()
            self.killed += 1
            await self.start()

    async def end(self) -> None:
        """All of them, in order."""
        for process in self.running:
            with suppress(ProcessLookupError):
                process.terminate()
        await asyncio.gather(*(process.wait() for process in self.running))


@asynccontextmanager
async def database(url: str) -> AsyncIterator[Database]:
    made = Database(make_engine(url))
    try:
        await migrate(made)
        yield made
    finally:
        await made.aclose()


async def waits_for_all(store: WatchStore, slack: LocalSlack, instance: str, jobs: list[int]) -> int:
    """Five a job: three people in one channel, two in another."""
    people = [slack.person(name).id for name in ("ana", "ben", "gus")]
    places = [(slack.channel("inc-data").id, people), (slack.channel("data-read-only").id, people[:2])]
    for job in jobs:
        for channel, users in places:
            for user in users:
                await store.watch(
                    instance=instance, job=job, name=f"{job} (Stream)", channel_id=channel, thread_ts=None, user_id=user
                )
    return 5 * len(jobs)


def told(slack: LocalSlack, words: str = "") -> Counter[tuple[str, int]]:
    """How often each ending was told in each channel."""
    return Counter(
        (name, int(message.text.partition(": *")[2].partition(" ")[0]))
        for name in CHANNELS
        for message in slack.channel(name).public
        if words in message.text
    )


def is_all(slack: LocalSlack, jobs: list[int]) -> bool:
    return set(told(slack)) == {(name, job) for name in CHANNELS for job in jobs}


def is_of_a_round(call: Call) -> bool:
    """What stands around a job that ended (its issues, its datastream, its past runs) is no call of a round."""
    return call.method == "GET" and call.path.startswith("/api/jobs/") and "datastream_id=" not in call.query


async def owed(database: Database) -> int:
    """Watches that are open, and messages that have not been told."""
    async with database.reading() as connection:
        open_ = select(func.count()).select_from(watches).where(watches.c.ended_at.is_(None))
        unsent = select(func.count()).select_from(outbox).where(outbox.c.sent_at.is_(None), outbox.c.failed.is_(None))
        return int((await connection.execute(open_)).scalar_one() + (await connection.execute(unsent)).scalar_one())


async def test_each_ending_is_told_once_however_many_die(
    postgres: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    origin = time.time()
    now: Callable[[], datetime] = fast_clock(origin, SPEED)
    chance = random.Random(5)
    jobs = list(range(1, JOBS + 1))
    with fresh_database(postgres) as url:
        async with LocalAdverity(now=now) as adverity, LocalSlack(now=now) as slack, database(url) as store:
            running = [adverity.has_job(job) for job in jobs]
            count = await waits_for_all(WatchStore(store, now), slack, instance_name(adverity.url), jobs)
            replicas = Replicas(environment(slack, adverity, url), origin, tmp_path)
            await asyncio.gather(*(replicas.start() for _ in range(3)))
            for job in running:
                job.ends("Failed", after=timedelta(seconds=chance.uniform(10, LASTS)))
            telling = asyncio.create_task(slack.until(lambda: is_all(slack, jobs), seconds=400))
            try:
                await replicas.kill_some(chance, telling)
                await telling
            finally:
                await replicas.end()
            # What was told by a process that died before it could say so is owed until another has told it again.
            await replicas.start()
            while await owed(store):
                assert replicas.running[-1].returncode is None
            await replicas.end()
            async with store.reading() as connection:
                rounds = (await connection.execute(select(pollers.c.rounds))).scalar_one()
            endings, marked = told(slack), told(slack, "you may have read it already")
            # What stands around a job that ended (its issues, its datastream) is no call of a round.
            calls = [call for call in adverity.calls if is_of_a_round(call)]
            pages = [call for call in calls if "page=" in call.query.replace("page_size=", "")]
            with capsys.disabled():
                print(
                    f"\n{count} watches on {JOBS} jobs, {replicas.killed} processes killed:"
                    f" {len(endings)} endings told in {sum(endings.values())} messages,"
                    f" {sum(marked.values())} of them marked as perhaps told before;"
                    f" {rounds} rounds, {len(calls) - len(pages)} calls and {len(pages)} further pages"
                )
            assert is_all(slack, jobs)
            assert {key: n for key, n in endings.items() if n - marked[key] > 1} == {}
            assert sum(endings.values()) - len(endings) <= sum(marked.values()) <= replicas.killed
            assert len(calls) - len(pages) <= rounds
            assert not [call for call in slack.calls if call.error == "ratelimited"]


def environment(slack: LocalSlack, adverity: LocalAdverity, url: str) -> dict[str, str]:
    """As an operator would set it."""
    return {
        **{name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "VIRTUAL_ENV")},
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_API_URL": slack.api_url,
        "ADVERITY_INSTANCE": adverity.url,
        "ADVERITY_API_KEY": adverity.api_key,
        "JOBBOT_CHANNELS": f"{slack.channel('inc-data').id},{slack.channel('data-read-only').id}",
        "JOBBOT_DATABASE_URL": url,
        "JOBBOT_HOST": "127.0.0.1",
        "PORT": "0",
    }
