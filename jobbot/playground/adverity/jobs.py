"""What an instance is made of: datastreams and jobs, frozen, knowing neither the time nor HTTP."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from jobbot.playground.adverity.timeline import CANCELLED, Look, Plan, Stage, Stop


@dataclass(frozen=True, slots=True)
class Datastream:
    """Where jobs fetch from. ``stack`` is its workspace."""

    id: int
    name: str
    stack_id: int = 4
    stack: str = "acme"


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
    """A job: its plan, the job it follows, and what happened to it."""

    id: int
    datastream: int | None
    plan: Plan
    manual: bool = False
    by: str | None = None
    follows: int | None = None
    stop_rule: StopRule = StopRule()
    stop: Stop | None = None
    dress: Dress = Dress()


@dataclass(frozen=True, slots=True)
class Sight:
    """A job together with how it looks at one moment."""

    job: Job
    look: Look

    @property
    def is_over(self) -> bool:
        """True when the job has ended, in whichever way."""
        return self.look.stage is Stage.OVER
