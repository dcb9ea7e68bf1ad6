"""What an instance is made of: datastreams and jobs, frozen, knowing neither the time nor HTTP."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from jobbot.playground.adverity.timeline import CANCELLED, Look, Plan, Stage, Stop


@dataclass(frozen=True, slots=True)
class Workspace:
    """A workspace, which the API calls a stack; ``parent_id`` is the one it lies in."""

    id: int
    name: str
    parent_id: int | None = None

    @property
    def slug(self) -> str:
        """Its name in paths."""
        return slug_of(self.name)


@dataclass(frozen=True, slots=True)
class Schedule:
    """A datastream is fetched at ``first`` and ``every`` so often from then on; each time the last ``days`` of days."""

    first: datetime
    every: timedelta = timedelta(days=1)
    days: int = 30

    def next_run(self, now: datetime) -> datetime:
        """The first time after ``now``."""
        return self.first if now < self.first else self.first + ((now - self.first) // self.every + 1) * self.every


@dataclass(frozen=True, slots=True)
class Datastream:
    """Where jobs fetch from. ``stack`` is its workspace; without ``enabled`` its ``schedule`` rests.

    ``updated``: when somebody last changed it.
    """

    id: int
    name: str
    stack_id: int = 4
    stack: str = "acme"
    schedule: Schedule | None = None
    enabled: bool = True
    updated: datetime | None = None

    @property
    def page(self) -> str:
        """Its page on the instance, as a path."""
        return f"/{slug_of(self.stack)}/{slug_of(self.name)}-{self.id}/"


def slug_of(name: str) -> str:
    """A name as paths have it."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


@dataclass(frozen=True, slots=True)
class StopRule:
    """How a job takes a stop: after what time, and how it ends then; not at all; or refused in these words."""

    takes: timedelta = timedelta(seconds=2)
    ends_as: str = CANCELLED
    ignored: bool = False
    refused: str | None = None


class DatastreamAs(StrEnum):
    """The ways in which a job object is known to name its datastream."""

    NUMBER = "number"
    URL = "url"
    OBJECT = "object"
    ID_FIELD = "id field"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Dress:
    """What is odd about one job object on the wire: its label, added and missing fields, its datastream's form."""

    label: str | None = None
    extra: Mapping[str, object] = field(default_factory=dict)
    without: frozenset[str] = frozenset()
    datastream_as: DatastreamAs | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job: its plan, the job it follows, what happened to it, the ``days`` that it fetches, and what it brings.

    ``queues``: it waits for the last job that its datastream has going on when it is made.
    ``extracts`` are the rows of each, once it is a success; None: some. ``priority`` is as a fetch by hand said it.
    """

    id: int
    datastream: int | None
    plan: Plan
    priority: str | None = None
    manual: bool = False
    by: str | None = None
    follows: int | None = None
    queues: bool = False
    stop_rule: StopRule = StopRule()
    stop: Stop | None = None
    dress: Dress = Dress()
    kind: str = "Fetch"
    days: tuple[date, date] | None = None
    extracts: tuple[int, ...] | None = None

    @property
    def rows(self) -> tuple[int, ...]:
        """How many rows are in each extract of a success: what was said, or two extracts with some."""
        some = self.id * 7919 % 20_000 + 500
        return (some, some // 3) if self.extracts is None else self.extracts


@dataclass(frozen=True, slots=True)
class Sight:
    """A job together with how it looks at one moment."""

    job: Job
    look: Look

    @property
    def is_over(self) -> bool:
        """True when the job has ended, in whichever way."""
        return self.look.stage is Stage.OVER
