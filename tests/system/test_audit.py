"""The record as a file: every column, harmless in a spreadsheet, and a clear line where there is none."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from contextlib import aclosing
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from jobbot.audit import COLUMNS, CannotExport, Format, export
from jobbot.store.acts.model import ActState, Claimed
from jobbot.store.database.engine import Database, make_engine
from jobbot.visible import visible
from tests.support.command import Ran, ran
from tests.support.databases import sqlite_url
from tests.unit.store.world import START, Clock, begin, ledgers, wish

NOW = START + timedelta(days=2)


async def write_record(url: str) -> None:
    """Ana's stop of 987, which worked, and a day later Ben's of 988, which nobody has seen through."""
    async with ledgers(url, Clock(), "one") as [ledger]:
        known = {
            "details": '{"followups":[988,989]}',
            "range_start": date(2022, 10, 1),
            "range_end": date(2022, 10, 27),
        }
        first = await begin(ledger, wish(reason='=HYPERLINK("evil")', name="A & B", **known))
        assert isinstance(first, Claimed)
        await ledger.announced(first.claim, "1667212982.000100")
        await ledger.sending(first.claim, START)
        await ledger.answered(first.claim, START, "accepted")
        await ledger.close(first.claim, ActState.DONE, START + timedelta(seconds=14), "Cancelled", "{}")
        await ledger.told(first.claim, START + timedelta(seconds=15))
        await begin(ledger, wish(job=988, user_id="U0BEN", reason="Größe\n2", requested_at=START + timedelta(days=1)))


def files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


async def exported(url: str, kind: Format, since: str | None = None) -> list[dict[str, Any]]:
    to = io.StringIO()
    count = await export(url, kind, since, to, now=NOW)
    to.seek(0)
    rows = list(csv.DictReader(to)) if kind == "csv" else [json.loads(line) for line in to]
    assert len(rows) == count
    return rows


async def test_csv(database_url: str) -> None:
    await write_record(database_url)
    first, second = await exported(database_url, "csv")
    assert tuple(first) == COLUMNS
    assert first | {"id": ""} == {
        **{"id": "", "kind": "stop", "instance": "acme", "job": "987", "name": "A & B", "state": "stopped"},
        **{"requested_at": "2022-10-31T10:43:02.000Z", "sent_at": "2022-10-31T10:43:02.000Z"},
        **{"answered_at": "2022-10-31T10:43:02.000Z", "closed_at": "2022-10-31T10:43:16.000Z"},
        **{"told_at": "2022-10-31T10:43:17.000Z", "untold": ""},
        **{"user_id": "U0ANA", "asked_by": "", "team_id": "T0ACME", "channel_id": "C0INC"},
        **{"thread_ts": "", "message_ts": "1667212982.000100", "reason": '\'=HYPERLINK("evil")'},
        **{"range_start": "2022-10-01", "range_end": "2022-10-27", "details": '{"followups":[988,989]}'},
        **{"answer": "accepted", "outcome": "Cancelled", "started": "", "owner": "one"},
    }
    assert (second["state"], second["reason"], second["closed_at"]) == ("requested", "Größe\n2", "")


@pytest.mark.parametrize("reason", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"])
async def test_no_cell_is_a_formula(tmp_path: Path, reason: str) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    async with ledgers(url, Clock(), "one") as [ledger]:
        await begin(ledger, wish(reason=reason))
    (row,) = await exported(url, "csv")
    assert row["reason"] == "'" + visible(reason)
    (line,) = await exported(url, "jsonl")
    assert line["reason"] == visible(reason)


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_no_terminal_obeys_it(tmp_path: Path, kind: Format) -> None:
    """Also where the record holds what was written into it by another hand."""
    url = f"sqlite:///{tmp_path / 'jobbot.db'}"
    async with ledgers(url, Clock(), "one") as [ledger]:
        await begin(ledger, wish(reason="\x1b[2J\x9b31m\u202e=1+1", name="\u200b=2\x7f"))
    (row,) = await exported(url, kind)
    assert (row["reason"], row["name"].lstrip("'")) == ("[2J31m=1+1", "=2")
    assert kind == "jsonl" or row["name"].startswith("'")


async def test_lines_of_json(database_url: str) -> None:
    await write_record(database_url)
    first, second = await exported(database_url, "jsonl")
    assert (first["job"], first["reason"], first["thread_ts"]) == (987, '=HYPERLINK("evil")', None)
    assert second["user_id"] == "U0BEN"


@pytest.mark.parametrize(
    ("since", "jobs"), [("2022-11-01", [988]), ("2022-10-31", [987, 988]), ("30h", [988]), ("2022-11-02T00:00Z", [])]
)
async def test_since(tmp_path: Path, since: str, jobs: list[int]) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    await write_record(url)
    assert [row["job"] for row in await exported(url, "jsonl", since)] == jobs


@pytest.mark.parametrize(
    "since", ["whenever", "2022-02-30", "yesterday by <@U0ANA>", "", "monday in acme", "2022-10-30..2022-10-31"]
)
async def test_a_time_that_is_none(tmp_path: Path, since: str) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    with pytest.raises(CannotExport, match=r"^--since: is not a time I can read"):
        await exported(url, "csv", since)


@pytest.mark.parametrize("since", ["2022-11-03", "tomorrow", "2022-11-02T10:44Z", "9999-12-31"])
async def test_a_time_that_is_still_to_come(tmp_path: Path, since: str) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    with pytest.raises(CannotExport) as caught:
        await exported(url, "csv", since)
    assert str(caught.value) == "--since: is in the future (it is now 2022-11-02T10:43Z; days are in UTC)"


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
async def test_of_a_database_that_cannot_be_read_there_is_nothing(database_url: str, kind: Format) -> None:
    await write_record(database_url)
    async with aclosing(Database(make_engine(database_url))) as database, database.writing() as connection:
        await connection.execute(text("ALTER TABLE acts RENAME TO elsewhere"))
    to = io.StringIO()
    with pytest.raises(CannotExport, match="no record can be read here"):
        await export(database_url, kind, None, to, now=NOW)
    assert to.getvalue() == ""


async def test_a_record_without_a_stop_is_its_head(tmp_path: Path) -> None:
    url = sqlite_url(tmp_path / "jobbot.db")
    async with ledgers(url, Clock(), "one"):
        pass
    to = io.StringIO()
    assert await export(url, "csv", None, to, now=NOW) == 0
    assert to.getvalue() == ",".join(COLUMNS) + "\r\n"


async def test_no_database_and_a_strange_one(empty_database_url: str, tmp_path: Path) -> None:
    with pytest.raises(CannotExport, match=r"(there is no file|no record can be read here)"):
        await exported(empty_database_url, "csv")
    assert not files(tmp_path), "reading makes no file"
    (tmp_path / "strange.db").write_bytes(b"not a database, but long enough to be looked at" * 40)
    with pytest.raises(CannotExport, match="no record can be read here"):
        await exported(f"sqlite:///{tmp_path / 'strange.db'}", "csv")


async def test_the_command(tmp_path: Path) -> None:
    await write_record(sqlite_url(tmp_path / "jobbot.db"))

    async def audit(*arguments: str, **more: str) -> Ran:
        return await asyncio.to_thread(ran, ("audit", "export", *arguments), more, tmp_path)

    told = await audit("--format", "jsonl")
    assert (told.code, told.err) == (0, "2 stops\n")
    assert [json.loads(line)["job"] for line in told.out.splitlines()] == [987, 988]
    assert (await audit()).out.startswith("id,instance,job,name,state,")
    wrong = await audit(JOBBOT_DATABASE_URL="mysql://root:hunter2@db/x")
    assert (wrong.code, wrong.out) == (2, "")
    assert wrong.err.startswith("JOBBOT_DATABASE_URL: ")
    assert "hunter2" not in wrong.err
    gone = await audit(JOBBOT_DATABASE_URL="sqlite:///elsewhere.db")
    assert gone.code == 1
    assert gone.err.startswith(f"JOBBOT_DATABASE_URL: there is no file {tmp_path / 'elsewhere.db'}; ")


@pytest.mark.slow
def test_a_process_writes_the_same_bytes(tmp_path: Path) -> None:
    asyncio.run(write_record(sqlite_url(tmp_path / "jobbot.db")))
    command = [sys.executable, "-m", "jobbot", "audit", "export"]
    environment = {"PATH": os.environ["PATH"], "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    told = ran(("audit", "export"), {}, tmp_path)
    assert (done.returncode, done.stdout.decode(), done.stderr.decode()) == (told.code, told.out, told.err)
