"""``jobbot audit timeline``: writes what happened in a time as Markdown, for a post-mortem.

As ``jobbot audit export`` it only reads the database; jobbot need not be running, and Slack and Adverity are not asked:
people and channels stand there by their ids, and messages without links.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TextIO
from zoneinfo import ZoneInfo

from jobbot.audit import CannotExport, reading
from jobbot.flows.jobs.list_plan import times_of
from jobbot.flows.timeline import ASSUMED
from jobbot.flows.timeline_record import TimelineRecord
from jobbot.intents import BadRange, Between, Last, Misread, Since, Timeline, parse
from jobbot.intents.model import Range
from jobbot.render.timeline.markdown import timeline_lines
from jobbot.render.timeline.model import grouped, once
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.review_history import ReviewHistory
from jobbot.store.events import EventHistory
from jobbot.store.freezes import Freezes
from jobbot.store.record_query import RecordQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineWish:
    """What is asked for. ``since`` and ``until`` are what could stand behind ``/jobs since``, read in UTC."""

    since: str | None = None
    until: str | None = None
    instance: str | None = None
    datastream: int | None = None
    channel_id: str | None = None


async def write_timeline(url: str, wish: TimelineWish, to: TextIO, *, now: datetime) -> int:
    """Write it to ``to``: of how many things it tells. Raises CannotExport."""
    times = times_of(_range(wish, now), now)
    query = RecordQuery(
        instance=wish.instance,
        start=times.start,
        end=times.end,
        datastream=wish.datastream,
        channel_id=wish.channel_id,
    )
    async with reading(url) as database:
        freezes, reviews = Freezes(database, lambda: now), ReviewHistory(database)
        found, _ = await TimelineRecord(ActHistory(database), EventHistory(database), freezes, reviews).read(query)
    happened = once(found, wish.channel_id)
    instances = sorted({one.instance for one in happened})
    stream = f"datastream {wish.datastream}" if wish.datastream is not None else ""
    about = [wish.instance or ", ".join(instances) or "jobbot", stream, wish.channel_id or ""]
    lines = timeline_lines(
        grouped(happened),
        about=[one for one in about if one],
        start=times.start,
        end=times.end,
        zone=UTC,
        zone_name="UTC",
        several=len(instances) > 1,
    )
    to.writelines(f"{line}\n" for line in lines)
    return len(happened)


def _range(wish: TimelineWish, now: datetime) -> Range:
    if wish.since is None:
        if wish.until is not None:
            raise CannotExport("--to: needs --from")
        return Last(ASSUMED)
    words = f"since {wish.since}" if wish.until is None else f"{wish.since}..{wish.until}"
    option = "--from" if wish.until is None else "--from and --to"
    match parse(f"timeline {words}", now=now, zone=ZoneInfo("UTC"), instances=()):
        case Timeline(range=Since() | Last() | Between() as span, job=None, datastream=None, instance=None):
            return span
        case Misread(problems=[BadRange(reason="in the future" | "ends before it starts" as reason)]):
            raise CannotExport(f"{option}: {reason} (it is now {now:%Y-%m-%dT%H:%MZ}; days are in UTC)")
        case _:
            raise CannotExport(f"{option}: no time I can read (2026-11-01, 2026-11-01T08:00Z, monday, 7d, 12h)")
