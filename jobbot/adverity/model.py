"""Jobs and datastreams as Adverity describes them, read once at the door.

Only ``id`` is certain in a job object; everything else may be missing, renamed or of another type, and a state may
have a label nobody has seen yet. So the models take what they can, keep the rest in ``model_extra`` and never fail on it.
Where the fields come from: Adverity's Management API documentation, and what independent clients read from it.
"""

from datetime import datetime
from enum import StrEnum
from typing import NewType

from pydantic import BaseModel, ConfigDict

JobId = NewType("JobId", int)
DatastreamId = NewType("DatastreamId", int)


class State(StrEnum):
    """The documented values of a job's ``state_label``."""

    SCHEDULED = "Scheduled"
    RUNNING = "Running"
    SUCCESS = "Success"
    CANCELLED = "Cancelled"
    FAILED = "Failed"
    DISCARDED = "Discarded"
    STALE = "Stale"


GOING_ON = frozenset({State.SCHEDULED, State.RUNNING})
OVER = frozenset(State) - GOING_ON
STOPPED = frozenset({State.CANCELLED, State.DISCARDED})
"""How a job ends that was stopped: both mean that the stop worked."""


class Issue(BaseModel):
    """One entry of a job's ``issues``; ``url`` may be a path on the instance."""

    model_config = ConfigDict(frozen=True, extra="allow")

    message: str = ""
    type_label: str = ""
    url: str = ""


class DatastreamRef(BaseModel):
    """The datastream a job belongs to, as far as the job object itself tells."""

    model_config = ConfigDict(frozen=True)

    id: DatastreamId
    name: str | None = None


class Job(BaseModel):
    """One fetch job. Times are aware and in UTC; ``progress`` is 0 to 100."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: JobId
    url: str = ""
    state_label: str = ""
    progress: int | None = None
    start: datetime | None = None
    end: datetime | None = None
    manual: bool | None = None
    issues: tuple[Issue, ...] = ()
    datastream: DatastreamRef | None = None
    started_by: str | None = None

    @property
    def state(self) -> State | None:
        """The documented state, or None for a label that is unknown or missing."""
        raise NotImplementedError

    @property
    def is_over(self) -> bool:
        """True when the job has ended, in whichever way. An unknown state counts as not over."""
        return self.state in OVER

    @property
    def is_going_on(self) -> bool:
        """True when the job is known to be scheduled or running: the only ones that may be stopped."""
        return self.state in GOING_ON


class Datastream(BaseModel):
    """A datastream: its name, its workspace (``stack``), and where it lives in Adverity's own pages (a path)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: DatastreamId
    name: str = ""
    stack_name: str | None = None
    page: str | None = None


class JobList(BaseModel):
    """Jobs of one query, newest first. ``complete`` is False when there were more than the client reads."""

    model_config = ConfigDict(frozen=True)

    jobs: tuple[Job, ...]
    complete: bool = True
