"""What happened in a time, as Markdown on standard output; and a clear line where it cannot be told."""

import asyncio
import io
from contextlib import aclosing
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.audit import CannotExport
from jobbot.audit_timeline import TimelineWish, write_timeline
from jobbot.store.acts.model import ActState, Claimed
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.events import Event, keep_events
from tests.support.command import Ran, ran
from tests.support.databases import sqlite_url
from tests.unit.store.world import START, Clock, begin, ledgers, wish

NOW = START + timedelta(hours=2)


async def write_record(url: str) -> None:
    """A failure, Ana's stop, a failure elsewhere, and one of long before."""
    async with ledgers(url, Clock(), "one") as [ledger]:
        asked = wish(name="A & B", datastream=42, requested_at=START + timedelta(minutes=1))
        claimed = await begin(ledger, asked)
        assert isinstance(claimed, Claimed)
        await ledger.close(claimed.claim, ActState.REFUSED, START + timedelta(minutes=2), "not sent", "{}")
    failed = {"what": "Failed", "at": START, "datastream": 42, "job": 987, "name": "A & B", "channel_id": "C0INC"}
    events = [
        Event(key="Failed:987", instance="acme", said="`boom`\n# x", **failed),  # type: ignore[arg-type]
        Event(key="Failed:987", instance="acme", **(failed | {"channel_id": "C0OTHER"})),  # type: ignore[arg-type]
        Event(key="Failed:5", instance="staging", **(failed | {"job": 5, "datastream": 7})),  # type: ignore[arg-type]
        Event(key="Failed:1", instance="acme", **(failed | {"job": 1, "at": START - timedelta(days=3)})),  # type: ignore[arg-type]
    ]
    async with aclosing(Database(make_engine(url))) as database, database.writing() as connection:
        await keep_events(connection, events)


async def written(url: str, **wanted: object) -> str:
    to = io.StringIO()
    await write_timeline(url, TimelineWish(**wanted), to, now=NOW)  # type: ignore[arg-type] # a test's own keywords
    return to.getvalue()


async def test_the_last_hours_of_all_instances(database_url: str) -> None:
    await write_record(database_url)
    assert await written(database_url) == (
        "# Timeline: acme, staging\n"
        "\n"
        "2022-10-31 08:43:02 to 2022-10-31 12:43:02 UTC\n"
        "Times are UTC.\n"
        "This timeline is made of what was done through jobbot and what its alerts and watches told, not of every "
        "job that ended.\n"
        "\n"
        "## A \\& B (datastream 42), acme\n"
        "\n"
        "- 2022-10-31 10:43:02: **Failed**, job 987, “\\`boom\\` \\# x”\n"
        "- 2022-10-31 10:44:02: **Not stopped**, job 987, U0ANA in C0INC, not sent, 1 min later, “runaway fetch”\n"
        "\n"
        "## A \\& B (datastream 7), staging\n"
        "\n"
        "- 2022-10-31 10:43:02: **Failed**, job 5\n"
    )


async def test_narrowed(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    await write_record(url)
    assert "job 5" not in await written(url, instance="acme")
    assert "job 987" not in await written(url, datastream=7)
    other = await written(url, channel_id="C0OTHER")
    assert ("job 987" in other, "Not stopped" in other) == (True, False)
    assert "job 1\n" in await written(url, since="2022-10-28")
    day = await written(url, since="2022-10-28", until="2022-10-29")
    assert ("job 1\n" in day, "job 987" in day) == (True, False)
    assert "2022-10-28 00:00:00 to 2022-10-29 23:59:59 UTC" in day


@pytest.mark.parametrize(
    ("wanted", "why"),
    [
        ({"until": "2022-10-31"}, "--to: needs --from"),
        ({"since": "whenever"}, "--from: no time I can read"),
        ({"since": "2022-10-31 job 5"}, "--from: no time I can read"),
        ({"since": "2022-10-30", "until": "2022-10-29"}, "--from and --to: ends before it starts"),
        ({"since": "2022-11-03"}, "--from: in the future"),
    ],
)
async def test_a_time_that_is_none(tmp_path: Path, wanted: dict[str, str], why: str) -> None:
    with pytest.raises(CannotExport) as caught:
        await written(sqlite_url(tmp_path / "jobbot.db"), **wanted)
    assert str(caught.value).startswith(why)


async def test_without_a_record_nothing_is_written(empty_database_url: str) -> None:
    with pytest.raises(CannotExport, match=r"(there is no file|no record can be read here)"):
        await written(empty_database_url)


async def test_the_command(tmp_path: Path) -> None:
    await write_record(sqlite_url(tmp_path / "jobbot.db"))

    async def audit(*arguments: str) -> Ran:
        return await asyncio.to_thread(ran, ("audit", "timeline", *arguments), {}, tmp_path)

    told = await audit("--from", "2022-10-28", "--to", "2022-10-31", "--datastream", "42", "--instance", "acme")
    assert (told.code, told.err) == (0, "3 entries\n")
    assert told.out.startswith("# Timeline: acme, datastream 42\n")
    wrong = await audit("--datastream", "facebook")
    assert (wrong.code, wrong.out) == (2, "")
    assert "must be a datastream's number" in wrong.err
