"""What the record of stops costs: ``ledger [stops a measurement] [turns]``.

First what it means to people who only look: ``/jobs``, and Refresh, which asks the database whether the click was
delivered before, each beside the same without a store. Then the ledger alone: claim and outcome of a stop, and all of
its steps, one stop after the other and 16 at a time. All in one run, in turns; the best turn counts. PostgreSQL takes
part where it is installed, with fsync as it comes.
"""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from pydantic import SecretStr

import jobbot.app_resources
from jobbot.app import Jobbot
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import ActRequest, ActState, Claimed, Kind
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.slack_retries import SlackRetries
from tests.stories.world import settings_for
from tests.support.databases import PostgresServer, postgres_binaries

CROWD, LOOKS = 16, 40
MESSAGE = '{"text": "%s", "blocks": []}' % ("x" * 900)


Ways = dict[str, Callable[[], Awaitable[None]]]


class NoStore(SlackRetries):
    """Believes that everything is delivered once."""

    async def seems_first(self, key: str) -> bool:
        """Without asking anybody."""
        return True


def now() -> datetime:
    """The clock."""
    return datetime.now(UTC)


def wish() -> ActRequest:
    """Some stop of some job."""
    key = uuid4()
    return ActRequest(
        request_key=key.hex, kind=Kind.STOP, instance="acme", subject=f"job {key.int % 10**15}", job=key.int % 10**15,
        name="987 (Facebook Ads EU)", user_id="U0ANA", opened_at=now(),
        team_id="T0ACME", channel_id="C0INC", thread_ts=None, reason="runaway fetch", requested_at=now(),
    )  # fmt: skip


async def claim_and_outcome(ledger: SqlLedger) -> None:
    """What there is no stop without: the record, the claim, and its ending."""
    claimed = await ledger.submit(wish())
    assert isinstance(claimed, Claimed)
    assert await ledger.hold(claimed) is None
    await ledger.close(claimed.claim, ActState.REFUSED, now(), "not sent", MESSAGE)
    ledger.drop(claimed.claim)


async def every_step(ledger: SqlLedger) -> None:
    """A stop from the claim to the channel's being told."""
    claimed = await ledger.submit(wish())
    assert isinstance(claimed, Claimed)
    assert await ledger.hold(claimed) is None
    claim = claimed.claim
    await ledger.announced(claim, "1667213000.000100")
    await ledger.sending(claim, now())
    await ledger.answered(claim, now(), "accepted")
    await ledger.close(claim, ActState.DONE, now(), "Cancelled", MESSAGE)
    await ledger.told(claim, now())
    ledger.drop(claim)


async def timed(work: Callable[[], Awaitable[object]], count: int, at_once: int = 1) -> float:
    """Seconds a piece."""
    left = iter(range(count))

    async def one_after_the_other() -> None:
        for _ in left:
            await work()

    began = time.perf_counter()
    await asyncio.gather(*(one_after_the_other() for _ in range(at_once)))
    return (time.perf_counter() - began) / count


@contextmanager
def databases() -> Iterator[dict[str, str]]:
    """URLs of empty databases, by name."""
    with tempfile.TemporaryDirectory(prefix="jobbot-bench-") as folder:
        urls = {"SQLite": f"sqlite:///{folder}/jobbot.db"}
        binaries = postgres_binaries()
        if binaries is None:
            yield urls
            return
        home = Path(folder) / "postgres"
        home.mkdir()
        Path(folder).chmod(0o755)
        server = PostgresServer(binaries, home, fsync=True)
        server.start()
        try:
            yield urls | {"PostgreSQL": server.url("postgres")}
        finally:
            server.stop()


async def measure_ledger(urls: dict[str, str], count: int, turns: int) -> None:
    """Print the second table."""
    ledgers = {}
    async with AsyncExitStack() as stack:
        for name, url in urls.items():
            database = Database(make_engine(url))
            stack.push_async_callback(database.aclose)
            await migrate(database)
            ledgers[name] = SqlLedger(database, owner=uuid4().hex, clock=now)
        best: dict[tuple[str, str, int], float] = {}
        for _ in range(turns):
            for name, ledger in ledgers.items():
                for title, work in (("claim and outcome", claim_and_outcome), ("all six steps", every_step)):
                    for at_once in (1, CROWD):
                        seconds = await timed(lambda work=work, ledger=ledger: work(ledger), count, at_once)  # type: ignore[misc]
                        key = (title, name, at_once)
                        best[key] = min(seconds, best.get(key, seconds))
    print(f"\n{'':<20}{'':<12}{'one at a time, µs':>20}{'1/s':>8}{f'{CROWD} at a time, 1/s':>22}")
    for title in ("claim and outcome", "all six steps"):
        for name in urls:
            alone, crowd = best[title, name, 1], best[title, name, CROWD]
            print(f"{title:<20}{name:<12}{alone * 1e6:>20,.0f}{1 / alone:>8,.0f}{1 / crowd:>22,.0f}")


@asynccontextmanager
async def looker(url: str, store: type[SlackRetries], folder: Path) -> AsyncIterator[Ways]:
    """The real bot on that database; what a person does, up to the answer."""
    async with LocalAdverity() as adverity, LocalSlack(rates="off") as slack:
        for number in range(900, 910):
            adverity.has_job(number)
        setattr(jobbot.app_resources, "SlackRetries", store)  # noqa: B010 - a benchmark's own part in the real assembly
        settings = settings_for(slack, adverity, "socket", folder, database_url=SecretStr(url))
        async with Jobbot(settings):
            inc, ana = slack.channel("inc-data"), slack.ana

            async def answered(did: Callable[[], Awaitable[object]]) -> None:
                before = len(slack.calls_of("response_url"))
                await did()
                await slack.until(lambda: len(slack.calls_of("response_url")) > before)

            await answered(lambda: ana.types("/jobs", in_=inc))
            listed = inc.public[-1]
            yield {
                "/jobs": lambda: answered(lambda: ana.types("/jobs", in_=inc)),
                "Refresh": lambda: answered(lambda: ana.clicks("Refresh", on=listed)),
            }


async def measure_looking(urls: dict[str, str], looks: int, turns: int) -> None:
    """Print the first table."""
    best: dict[tuple[str, str], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            stores = {"no store": (f"sqlite:///{folder}/none.db", NoStore)} | {
                name: (url, SlackRetries) for name, url in urls.items()
            }
            lookers = {
                name: await stack.enter_async_context(looker(url, store, Path(folder)))
                for name, (url, store) in stores.items()
            }
            for _ in range(turns):
                for name, does in lookers.items():
                    for what, work in does.items():
                        seconds = await timed(work, looks)
                        best[what, name] = min(seconds, best.get((what, name), seconds))
    print(f"{'':<20}{'':<12}{'to the answer, ms':>20}{'x no store':>12}")
    for what in ("/jobs", "Refresh"):
        for name in stores:
            seconds = best[what, name]
            print(f"{what:<20}{name:<12}{seconds * 1e3:>20.2f}{seconds / best[what, 'no store']:>12.2f}")


def main(stops: str = "200", rounds: str = "5") -> None:
    """Print both tables."""
    count, turns = int(stops), int(rounds)
    with databases() as urls:
        # In this order: the ledger's measurement leaves stops behind, which a bot would see through.
        asyncio.run(measure_looking(urls, min(count, LOOKS), turns))
        asyncio.run(measure_ledger(urls, count, turns))
