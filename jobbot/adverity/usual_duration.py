"""How long jobs of a datastream usually take: the median and the middle half of its last successes. Pure.

Runs are comparable where both were started the same way (by hand or on schedule), are of the same type, and fetched a
range of days of similar length: a backfill of a year says nothing about the daily fetch. Where a job does not say one
of these, that one is not compared.
"""

import statistics
from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

from pydantic import BaseModel, ConfigDict

from jobbot.adverity.model import Job, State

LAST_RUNS = 20
FEWEST = 5
FAR_TIMES, FAR_AT_LEAST = 3, timedelta(minutes=10)
FAR_UNKNOWN = timedelta(hours=1)
"""From when on a job counts as far longer than usual where its datastream's usual duration is not known."""
SIMILAR = 2
"""Two ranges are of similar length where the longer one has at most so many times the days of the shorter one."""


class Usual(BaseModel):
    """``runs`` comparable successes took ``median``, half of them between ``low`` and ``high``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    runs: int
    median: timedelta
    low: timedelta
    high: timedelta

    @property
    def far_from(self) -> timedelta:
        """A job that has run for longer than this is far longer than usual: three times the median, 10 min over it."""
        return max(self.median * FAR_TIMES, self.median + FAR_AT_LEAST)


class TooFew(BaseModel):
    """Fewer comparable successes than say anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    comparable: int
    kind: Literal["too few"] = "too few"


def usual_duration(job: Job, past: Iterable[Job]) -> Usual | TooFew:
    """Of the last successes in ``past`` that are comparable with ``job``, which itself does not count."""
    runs = [one for one in past if one.id != job.id and _is_success(one) and _is_comparable(job, one)]
    newest = sorted(runs, key=lambda one: (one.end.timestamp() if one.end else 0.0, one.id))[-LAST_RUNS:]
    seconds = [one.took.total_seconds() for one in newest if one.took is not None]
    if len(seconds) < FEWEST:
        return TooFew(comparable=len(seconds))
    low, median, high = (timedelta(seconds=round(at)) for at in statistics.quantiles(seconds, n=4, method="inclusive"))
    return Usual(runs=len(seconds), median=median, low=low, high=high)


def _is_success(one: Job) -> bool:
    return one.state is State.SUCCESS and one.took is not None


def _is_comparable(job: Job, one: Job) -> bool:
    same_way = job.manual is None or one.manual is None or job.manual == one.manual
    same_type = not job.type or not one.type or job.type.casefold() == one.type.casefold()
    return same_way and same_type and _is_similar(_length(job), _length(one))


def _length(job: Job) -> int | None:
    return None if job.days is None else (job.days.end - job.days.start).days + 1


def _is_similar(one: int | None, other: int | None) -> bool:
    return one is None or other is None or max(one, other) <= SIMILAR * min(one, other)
