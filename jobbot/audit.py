"""``jobbot audit export``: exports the history of acts as CSV or JSON lines.

It only reads the database; jobbot need not be running, and Slack and Adverity are not asked.

A cell that a spreadsheet would take for a formula gets an apostrophe in front
(https://owasp.org/www-community/attacks/CSV_Injection): reasons are typed by people, answers come from elsewhere.
"""

import csv
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Literal, TextIO
from zoneinfo import ZoneInfo

from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from jobbot.flows.jobs.list_plan import times_of
from jobbot.intents import BadRange, History, Last, Misread, Since, parse
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord, ActState, Kind, UnknownAct
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.urls import BadDatabaseUrl, read_database_url
from jobbot.visible import visible

Format = Literal["csv", "jsonl"]
Fields = dict[str, str | int | None]

_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")  # spreadsheets fold the wide ones


class CannotExport(Exception):
    """The history cannot be read, or ``--since`` is not a time. The message is one line."""


async def export(url: str, kind: Format, since: str | None, to: TextIO, *, now: datetime) -> int:
    """Write the acts since then to ``to``, the oldest first: how many. Raises CannotExport.

    ``since`` is what could stand behind ``/jobs since``, read in UTC: ``2026-11-01``, ``monday``, ``7d``.
    """
    query = ActQuery(start=_start(since, now) if since is not None else None)
    async with reading(url) as database:
        records = ActHistory(database).oldest_first(query)
        return await (_as_csv(records, to) if kind == "csv" else _as_lines(records, to))


@asynccontextmanager
async def reading(url: str) -> AsyncIterator[Database]:
    """The database at this URL, to be read. Raises CannotExport, also for what reading it raises."""
    try:
        _there(read_database_url(url))
        database = Database(make_engine(url))
    except BadDatabaseUrl as error:
        raise CannotExport(f"JOBBOT_DATABASE_URL: {error}") from None
    try:
        yield database
    except (StoreUnavailable, DBAPIError) as error:
        kind_of = str(error) if isinstance(error, StoreUnavailable) else type(error.orig).__name__
        raise CannotExport(
            f"JOBBOT_DATABASE_URL: no record can be read here ({kind_of}); has jobbot run on this database?"
        ) from None
    finally:
        await database.aclose()


def _there(url: URL) -> None:
    """Check that SQLite's file is there, as opening would make it. Raises CannotExport."""
    if url.drivername != "sqlite" or "uri" in url.query:
        return
    file = Path(url.database or "")
    if not file.is_file():
        raise CannotExport(
            f"JOBBOT_DATABASE_URL: there is no file {file.absolute()}; "
            "run this in the folder that jobbot runs in, or set JOBBOT_DATABASE_URL to the full path"
        )


def _start(since: str, now: datetime) -> datetime:
    said = parse(f"history since {since}", now=now, zone=ZoneInfo("UTC"), instances=())
    match said:
        case History(range=Since() | Last() as span, by=None, job=None, instance=None):
            return times_of(span, now).start
        case Misread(problems=[BadRange(reason="in the future")]):
            raise CannotExport(f"--since: is in the future (it is now {now:%Y-%m-%dT%H:%MZ}; days are in UTC)")
        case _:
            raise CannotExport("--since: is not a time I can read (2026-11-01, 2026-11-01T08:00Z, monday, 7d, 12h)")


_DONE: Mapping[Kind, str] = {
    Kind.STOP: "stopped",
    Kind.FETCH: "started",
    Kind.PAUSE: "paused",
    Kind.RESUME: "resumed",
    Kind.RETRY: "retried",
    Kind.ACKNOWLEDGE: "acknowledged",
    Kind.STOP_SEVERAL: "stopped",
}
"""What is written for an act that was done: a spreadsheet is read by people."""


COLUMNS = (
    *("id", "instance", "job", "name", "state", "kind"),
    *("requested_at", "sent_at", "answered_at", "closed_at", "told_at", "untold"),
    *("user_id", "asked_by", "team_id", "channel_id", "thread_ts", "message_ts", "reason"),
    *("range_start", "range_end", "details", "answer", "outcome", "started", "owner"),
)


def fields_of(record: ActRecord | UnknownAct) -> Fields:
    """One act, a column a fact. Times are UTC; ``name`` is the datastream's, ``owner`` its last process."""
    if isinstance(record, UnknownAct):
        return {name: _written(record.columns[name]) for name in COLUMNS}
    fields = {name: _written(getattr(record, name)) for name in COLUMNS}
    if record.state is ActState.DONE:
        fields["state"] = _DONE.get(record.kind, "done")
    return fields


async def _as_csv(records: AsyncIterator[ActRecord | UnknownAct], to: TextIO) -> int:
    writer, count = csv.DictWriter(to, COLUMNS), 0
    # The head comes after the first look: of a database that cannot be read there is nothing, not even that.
    record = await anext(records, None)
    writer.writeheader()
    while record is not None:
        writer.writerow({name: _harmless(value) for name, value in fields_of(record).items()})
        count += 1
        record = await anext(records, None)
    return count


async def _as_lines(records: AsyncIterator[ActRecord | UnknownAct], to: TextIO) -> int:
    count = 0
    async for record in records:
        to.write(json.dumps(fields_of(record), ensure_ascii=False) + "\n")
        count += 1
    return count


def _harmless(value: str | int | None) -> str | int:
    if isinstance(value, str) and (value[:1].isspace() or value.startswith(_FORMULA)):
        return "'" + value
    return "" if value is None else value


def _written(value: datetime | date | str | int | None) -> str | int | None:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        case date():
            return value.isoformat()
        case str():
            # An export is looked at in terminals too, which obey what nobody sees.
            return visible(value)
        case _:
            return value
