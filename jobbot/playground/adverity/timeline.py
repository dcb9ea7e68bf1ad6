"""The life of a job as a pure function of time: what was planned, what happened to it, and so what it is *now*.

Nothing ticks. A job is a ``Plan`` and perhaps a ``Stop``; ``unfold`` lays out when it starts and ends, ``look`` says
what an onlooker sees at a moment. Adverity's documentation gives the rules: of running jobs only one in the fetch stage
can be stopped (Adverity's page offers it for scheduled ones as well); follow-up jobs are discarded when the job before
them failed or was cancelled; so is a job that has not started within two days.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SCHEDULED, RUNNING = "Scheduled", "Running"
SUCCESS, CANCELLED, FAILED, DISCARDED, STALE = "Success", "Cancelled", "Failed", "Discarded", "Stale"
OVER = frozenset({SUCCESS, CANCELLED, FAILED, DISCARDED, STALE})
DISCARDS_WHAT_FOLLOWS = OVER - {SUCCESS}

STARTS_WITHIN = timedelta(days=2)
BETWEEN_JOBS = timedelta(seconds=5)
"""How long after its predecessor a follow-up job starts."""


class Stage(StrEnum):
    """What a job is doing. A stop is accepted while it waits and in the fetch stage."""

    WAITING = "waiting"
    FETCH = "fetch"
    TRANSFORM = "transform"
    LOAD = "load"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Issue:
    """What went wrong, in Adverity's words: in which stage, why, and what would help.

    ``url`` is a path on the instance.
    """

    message: str
    type_label: str = "Error"
    url: str = ""
    stage: str = "Fetch"
    cause: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Climb:
    """A job's progress in percent: ``first`` until it has run ``after``, then evenly to ``last`` at its planned end.

    A job without a planned end climbs by ``per_hour`` instead, and never shows more than 99.
    """

    first: int = 0
    last: int = 100
    after: timedelta = timedelta(0)
    per_hour: float = 0.0

    def at(self, ran: timedelta, total: timedelta | None) -> int:
        """The progress after the job ran for ``ran`` of its ``total`` (None: for ever)."""
        climbing = max(ran - self.after, timedelta(0))
        if total is None:
            return min(int(self.first + self.per_hour * (climbing / timedelta(hours=1))), max(self.first, 99))
        if total <= self.after:
            return self.first
        return int(self.first + (self.last - self.first) * min(climbing / (total - self.after), 1.0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How a job goes if nobody touches it: when it starts, and how long each stage takes.

    ``starts`` None: it waits for ever, or for the job it follows. ``fetches`` None: it never leaves the fetch stage;
    ``loads`` None: it never ends. Its ``warnings`` show once it has started, its ``issues`` when it is over.
    """

    created: datetime
    starts: datetime | None = None
    fetches: timedelta | None = None
    transforms: timedelta = timedelta(0)
    loads: timedelta | None = timedelta(0)
    ends_as: str = SUCCESS
    climb: Climb = Climb()
    warnings: tuple[Issue, ...] = ()
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True)
class Stop:
    """An accepted stop: when it was asked, when it takes effect unless the job ends before, and how it ends the job."""

    asked: datetime
    takes_effect: datetime
    ends_as: str = CANCELLED


@dataclass(frozen=True, slots=True)
class Timeline:
    """When a job starts, leaves each stage and ends (None: never); ``would_end`` is its end without a stop."""

    starts: datetime | None
    fetched: datetime | None
    transformed: datetime | None
    would_end: datetime | None
    ends: datetime | None
    ends_as: str


@dataclass(frozen=True, slots=True)
class Look:
    """A job as it is at one moment."""

    state: str
    stage: Stage
    progress: int
    started: datetime | None
    ended: datetime | None
    issues: tuple[Issue, ...] = ()


def unfold(plan: Plan, stop: Stop | None = None, before: Timeline | None = None) -> Timeline:
    """Lay out a plan in time, given what was done to it and the life of the job that it follows."""
    deadline, starts = plan.created + STARTS_WITHIN, _start(plan, before)
    gone_at = before.ends if before is not None and before.ends_as in DISCARDS_WHAT_FOLLOWS else None
    if stop is not None and stop.takes_effect < min(gone_at or starts or deadline, deadline):
        return _discarded(stop.takes_effect)
    if gone_at is not None:
        return _discarded(min(max(plan.created, gone_at), deadline))
    if starts is None or starts > deadline:
        return _discarded(deadline)
    fetched = None if plan.fetches is None else starts + plan.fetches
    transformed = None if fetched is None else fetched + plan.transforms
    ends = None if transformed is None or plan.loads is None else transformed + plan.loads
    if stop is not None and (ends is None or stop.takes_effect < ends):
        return Timeline(starts, fetched, transformed, ends, max(starts, stop.takes_effect), stop.ends_as)
    return Timeline(starts, fetched, transformed, ends, ends, plan.ends_as)


def _start(plan: Plan, before: Timeline | None) -> datetime | None:
    if before is None:
        return plan.starts
    if before.ends is None:
        return None
    return max(plan.created, before.ends + BETWEEN_JOBS, plan.starts or plan.created)


def _discarded(at: datetime) -> Timeline:
    return Timeline(starts=None, fetched=None, transformed=None, would_end=None, ends=at, ends_as=DISCARDED)


def look(plan: Plan, line: Timeline, now: datetime) -> Look | None:
    """What an onlooker sees of the job at ``now``; None before it was created."""
    if now < plan.created:
        return None
    if line.ends is not None and now >= line.ends:
        progress = 100 if line.ends_as == SUCCESS else _progress(plan, line, line.ends)
        return Look(line.ends_as, Stage.OVER, progress, line.starts, line.ends, plan.warnings + plan.issues)
    if line.starts is None or now < line.starts:
        return Look(SCHEDULED, Stage.WAITING, 0, None, None)
    return Look(RUNNING, _stage(line, now), _progress(plan, line, now), line.starts, None, plan.warnings)


def _progress(plan: Plan, line: Timeline, now: datetime) -> int:
    if line.starts is None:
        return 0
    return plan.climb.at(now - line.starts, None if line.would_end is None else line.would_end - line.starts)


def _stage(line: Timeline, now: datetime) -> Stage:
    if line.fetched is None or now < line.fetched:
        return Stage.FETCH
    if line.transformed is None or now < line.transformed:
        return Stage.TRANSFORM
    return Stage.LOAD
