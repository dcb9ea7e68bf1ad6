"""Models of Adverity's jobs and datastreams, read leniently from its JSON.

Only ``id`` is certain in a job object; everything else may be missing, renamed or of another type, and a state may
have a label nobody has seen yet. So the models take what they can, keep the rest in ``model_extra`` and never fail
on it. Where the fields come from: Adverity's Management API documentation, and what independent clients read from it.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Annotated, NewType

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from jobbot.adverity import wire

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


_BY_LABEL = {state.casefold(): state for state in State}

GOING_ON = frozenset({State.SCHEDULED, State.RUNNING})
OVER = frozenset(State) - GOING_ON
STOPPED = frozenset({State.CANCELLED, State.DISCARDED})
"""How a job ends that was stopped: both mean that the stop worked."""


def _required_id(value: object) -> int:
    found = wire.identity(value)
    if found is None:
        raise ValueError("not a positive number")
    return found


def _issues(value: object) -> list[object]:
    entries = value if isinstance(value, list | tuple) else [value]
    return [{"message": entry} if isinstance(entry, str) else entry for entry in entries if _says_something(entry)]


def _says_something(entry: object) -> bool:
    return isinstance(entry, Mapping | Issue) or (isinstance(entry, str) and bool(entry.strip()))


def _datastream_ref(value: object) -> object:
    if isinstance(value, Mapping):
        found = wire.first(wire.linked, (value.get("id"), value.get("url")))
        name = wire.text(value.get("name")) or None
        return None if found is None else {"id": found, "name": name}
    if isinstance(value, DatastreamRef):
        return value
    found = wire.linked(value)
    return None if found is None else {"id": found}


def _named(stack: object) -> str | None:
    return wire.text(stack.get("name") if isinstance(stack, Mapping) else stack) or None


Text = Annotated[str, BeforeValidator(wire.text)]
Path = Annotated[str | None, BeforeValidator(lambda value: wire.text(value) or None)]
Time = Annotated[datetime | None, BeforeValidator(wire.instant)]


class Issue(BaseModel):
    """One entry of a job's ``issues``; ``url`` may be a path on the instance."""

    model_config = ConfigDict(frozen=True, extra="allow")

    message: Text = ""
    type_label: Text = ""
    url: Text = ""


class DatastreamRef(BaseModel):
    """The datastream a job belongs to, as far as the job object itself tells."""

    model_config = ConfigDict(frozen=True)

    id: DatastreamId
    name: str | None = None


class Job(BaseModel):
    """One fetch job. Times are aware and in UTC; ``progress`` is 0 to 100.

    Reads Adverity's JSON (``Job.model_validate_json(body)``); raises pydantic's ValidationError only where that is no
    object with a positive number as ``id``.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Annotated[JobId, BeforeValidator(_required_id)]
    url: Text = ""
    state_label: Text = ""
    progress: Annotated[int | None, BeforeValidator(wire.percent)] = None
    start: Time = Field(default=None, alias="job_start")
    end: Time = Field(default=None, alias="job_end")
    manual: Annotated[bool | None, BeforeValidator(wire.flag)] = None
    issues: Annotated[tuple[Issue, ...], BeforeValidator(_issues)] = ()
    datastream: Annotated[DatastreamRef | None, BeforeValidator(_datastream_ref)] = None
    started_by: Annotated[str | None, BeforeValidator(wire.person)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object) -> object:
        """Bring together what is known under several names, and the first of them that can be read."""
        if not isinstance(given, dict):
            return given
        return {key: value for key, value in given.items() if not _is_range_of_the_content(key, value)} | {
            "datastream": wire.first(_datastream_ref, (given.get("datastream"), given.get("datastream_id"))),
            "started_by": wire.first(wire.person, (given.get(key) for key in ("started_by", "creator", "user"))),
        }

    @property
    def state(self) -> State | None:
        """The documented state, or None for a label that is unknown or missing."""
        return _BY_LABEL.get(self.state_label.strip().casefold())

    @property
    def is_over(self) -> bool:
        """True when the job has ended, in whichever way. An unknown state counts as not over."""
        return self.state in OVER

    @property
    def is_going_on(self) -> bool:
        """True when the job is known to be scheduled or running: the only ones that may be stopped."""
        return self.state in GOING_ON


def _is_range_of_the_content(key: object, value: object) -> bool:
    """``start`` and ``end`` are what Adverity calls the days that are fetched; the job's own are ``job_start`` ..."""
    return key in ("start", "end") and not isinstance(value, datetime)


class Datastream(BaseModel):
    """A datastream: its name, its workspace (``stack``), and where it lives in Adverity's own pages (a path)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: Annotated[DatastreamId, BeforeValidator(_required_id)]
    name: Text = ""
    stack_name: Path = None
    page: Path = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        found = {
            "stack_name": wire.first(_named, (given.get("stack_name"), given.get("stack"))),
            "page": wire.first(_named, (given.get(key) for key in ("page", "overview_url", "change_url"))),
        }
        return given | found


class JobList(BaseModel):
    """Jobs of one query, newest first.

    ``complete`` is False when there were more than the client reads; ``unreadable`` counts entries that were no jobs.
    """

    model_config = ConfigDict(frozen=True)

    jobs: tuple[Job, ...]
    complete: bool = True
    unreadable: int = 0
