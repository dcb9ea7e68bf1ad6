"""What can be asked of ``GET /api/jobs/``, as a value: equal queries are equal calls.

The parameters are those that Adverity documents; filters combine, and both ends belong to a range.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import assert_never

from jobbot.adverity.model import DatastreamId, Days


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

    def params(self) -> dict[str, str]:
        """The query parameters as documented: ``datastream_id``, ``start``, ``end``; days or times in UTC."""
        found = {} if self.datastream is None else {"datastream_id": str(self.datastream)}
        match self.between:
            case Days(start, end):
                return found | {"start": start.isoformat(), "end": end.isoformat()}
            case Times(start, end):
                return found | {"start": _written(start), "end": _written(end)}
            case None:
                return found
            case _:
                assert_never(self.between)


def _written(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
