"""Plans the queries to Adverity that answer which jobs are asked for. Pure.

``failed`` without a range would be everything that ever failed, so it means the last 24 hours, and the answer says so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import assert_never

from jobbot.adverity.model import GOING_ON, OVER
from jobbot.adverity.query import JobQuery, Times
from jobbot.intents.model import Between, Last, ListJobs, Range, Since, number_of
from jobbot.render.asked import Asked

ASSUMED = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Plan:
    """The queries for Adverity, and the question as the answer repeats it."""

    queries: tuple[JobQuery, ...]
    asked: Asked


def plan(intent: ListJobs, now: datetime, zone: str | None) -> Plan:
    """Decide the queries. ``now`` is aware; ``zone`` is the asking person's, for the words only."""
    times = resolve(intent, now)
    datastream = number_of(intent.datastream)
    past = JobQuery(datastream, times) if times is not None else None
    current = JobQuery(datastream)
    if intent.range is not None and past is not None and times is not None:
        # A range of the API is about what is over; what is going on is in the range where it began there.
        with_current = bool(intent.states & GOING_ON) or (not intent.states and times.end >= now.replace(microsecond=0))
        with_past = times.start <= now and (not intent.states or bool(intent.states & OVER))
        queries = (*([current] if with_current else []), *([past] if with_past else []))
        return Plan(queries, Asked(intent, times.start, times.end, zone, to_come=times.start > now))
    if past is None or times is None:
        return Plan((current,), Asked(intent, None, None, zone))
    queries = (current, past) if intent.states & GOING_ON else (past,)
    return Plan(queries, Asked(intent, times.start, times.end, zone, assumed_range=True))


def resolve(intent: ListJobs, now: datetime) -> Times | None:
    """The range in UTC to the second; None when the question is about now."""
    if intent.range is None:
        return times_of(Last(ASSUMED), now) if intent.states & OVER else None
    return times_of(intent.range, now)


def times_of(said: Range, now: datetime) -> Times:
    """A range's two ends in UTC, to the second."""
    now = now.astimezone(UTC).replace(microsecond=0)
    match said:
        case Between(start, end):
            return Times(start, end)
        case Since(start):
            return Times(start, max(start, now))
        case Last(duration):
            return Times(now - duration, now)
        case _:
            assert_never(said)
