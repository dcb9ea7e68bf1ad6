"""What can be asked of ``GET /api/jobs/``, as a value: equal queries are equal calls."""

from dataclasses import dataclass
from datetime import date, datetime

from jobbot.adverity.model import DatastreamId


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, first and last included, in UTC."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Times:
    """From ``start`` to ``end``, aware, both ends included, to the second."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class JobQuery:
    """Without ``between``: what is running and scheduled now. With it: past jobs of that range."""

    datastream: DatastreamId | None = None
    between: Days | Times | None = None
