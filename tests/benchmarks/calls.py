"""What questions cost Adverity: ``calls [days] [seconds]``. Counted by the local Adverity, path by path.

``/jobs`` with fifteen rows, asked for the first time and again, where jobs carry their datastream's number alone and
where they carry all of it; the card of a failed job; a day of alerts on two hundred datastreams, each fetched twice.
``seconds``: after an answer in which what it could do without is still asked for.
"""

import asyncio
import re
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from pydantic import SecretStr

from jobbot.playground.adverity import DatastreamAs, Issue, Quirks, Schedule
from tests.benchmarks.following import play
from tests.stories.world import World, world

ROWS, STREAMS = 15, 200


async def asked(it: World, words: str, quiet: float) -> str:
    """Type something, wait for the answer and what follows it; the calls that it took."""
    before, said = len(it.adverity.calls), len(it.inc.public)
    await it.ana.types(words, in_=it.inc)
    await it.slack.until(lambda: len(it.inc.public) > said)
    await asyncio.sleep(quiet)
    return counted(call.path for call in it.adverity.calls[before:])


def counted(paths: Iterable[str]) -> str:
    """How many calls, and of which paths."""
    found = Counter(re.sub(r"/\d+/", "/{id}/", path) for path in paths)
    return f"{sum(found.values())} calls ({', '.join(f'{times} {path}' for path, times in found.most_common())})"


@asynccontextmanager
async def fresh_world() -> AsyncIterator[World]:
    """A bot that knows nothing yet."""
    with tempfile.TemporaryDirectory() as folder:
        async with world(
            "socket", Path(folder), database_url=SecretStr(f"sqlite:///{folder}/jobbot.db"), log_level="ERROR"
        ) as it:
            yield it


async def answers(quiet: float) -> None:
    """What an answer takes."""
    for carried in (DatastreamAs.NUMBER, DatastreamAs.OBJECT):
        async with fresh_world() as it:
            it.adverity.quirks = Quirks(datastream_as=carried)
            for number in range(ROWS):
                it.adverity.has_datastream(100 + number, f"Datastream {number}", schedule=Schedule(it.clock()))
                it.adverity.has_job(1000 + number, datastream=100 + number)
            for when in ("cold", "warm"):
                calls = await asked(it, "/jobs", quiet)
                print(f"/jobs, {ROWS} rows, {carried.value} in the job, {when}: {calls}", flush=True)
    async with fresh_world() as it:
        it.adverity.has_datastream(42, "Facebook Ads EU", schedule=Schedule(it.clock()))
        issue = Issue("The token was revoked.", cause="Authorization invalid")
        it.adverity.has_job(987, state="Failed", issues=[issue])
        for when in ("cold", "warm"):
            print(f"/jobs 987, failed, {when}: {await asked(it, '/jobs 987', quiet)}", flush=True)


def main(days: str = "1", quiet: str = "2") -> None:
    """Print a line a question, and one for the days of alerts."""
    asyncio.run(answers(float(quiet)))
    print(f"{days} day(s) of alerts, {STREAMS} datastreams:", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(play(int(days), Path(folder), every=timedelta(days=1) / (2 * STREAMS), streams=STREAMS))
