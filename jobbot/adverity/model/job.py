"""Models of jobs and of lists of them."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from jobbot.adverity import wire
from jobbot.adverity.model.datastream import DatastreamRef, Workspace, datastream_of, workspace_of
from jobbot.adverity.model.fields import Days, Flag, JobId, Text, Time, Words, days, host_of, required_id
from jobbot.adverity.model.issue import Issue


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
_AS_DOCUMENTED = {state.value: state for state in State}

GOING_ON = frozenset({State.SCHEDULED, State.RUNNING})
OVER = frozenset(State) - GOING_ON
STOPPED = frozenset({State.CANCELLED, State.DISCARDED})
"""How a job ends that was stopped: both mean that the stop worked."""


def _issues(value: object) -> list[object]:
    entries = value if isinstance(value, list | tuple) else [value]
    return [{"message": entry} if isinstance(entry, str) else entry for entry in entries if _says_something(entry)]


def _says_something(entry: object) -> bool:
    return isinstance(entry, Mapping | Issue) or (isinstance(entry, str) and bool(entry.strip()))


class Job(BaseModel):
    """One job. Times are aware and in UTC; ``progress`` is 0 to 100, None where it says nothing.

    ``days`` are those that it fetches; ``workspace`` is its datastream's, or as the job itself says it.

    Reads Adverity's JSON (``Job.model_validate_json(body)``); raises pydantic's ValidationError only where that is no
    object with a positive number as ``id``.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Annotated[JobId, BeforeValidator(required_id)]
    url: Text = ""
    type: Words = None
    state_label: Text = ""
    progress: Annotated[int | None, BeforeValidator(wire.percent)] = None
    start: Time = Field(default=None, alias="job_start")
    end: Time = Field(default=None, alias="job_end")
    days: Days | None = None
    manual: Flag = None
    issues: Annotated[tuple[Issue, ...], BeforeValidator(_issues)] = ()
    datastream: DatastreamRef | None = None
    workspace: Workspace | None = None
    started_by: Annotated[str | None, BeforeValidator(wire.person)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object, info: ValidationInfo) -> object:
        """Bring together what is known under several names, and the first of them that can be read."""
        if not isinstance(given, dict):
            return given
        stream, known = datastream_of(given, host_of(info)), given.get("days")
        inside = None if stream is None else stream.workspace
        return {key: value for key, value in given.items() if not _is_range_of_the_content(key, value)} | {
            "datastream": stream,
            "workspace": inside
            or wire.first(workspace_of, (given.get(key) for key in ("workspace", "stack", "stack_id"))),
            "days": known if isinstance(known, Days) else days(given.get("range_start"), given.get("range_end")),
            "started_by": wire.first(wire.person, (given.get(key) for key in ("started_by", "creator", "user"))),
        }

    @property
    def state(self) -> State | None:
        """The documented state, or None for a label that is unknown or missing."""
        return _AS_DOCUMENTED.get(self.state_label) or _BY_LABEL.get(self.state_label.strip().casefold())

    @property
    def took(self) -> timedelta | None:
        """How long it ran; None where that is not known, or its two times make no sense."""
        return None if self.start is None or self.end is None or self.end < self.start else self.end - self.start

    @property
    def is_over(self) -> bool:
        """True when the job has ended, in whichever way. An unknown state counts as not over."""
        return self.state in OVER

    @property
    def is_going_on(self) -> bool:
        """True when the job is known to be scheduled or running: the only ones that may be stopped."""
        return self.state in GOING_ON

    @property
    def is_fetch(self) -> bool:
        """True for a fetch, and for a job that does not say what it is: what a stop may be offered for."""
        return self.type is None or self.type.casefold() == "fetch"


def _is_range_of_the_content(key: object, value: object) -> bool:
    """``start`` and ``end`` are what Adverity calls the days that are fetched; the job's own are ``job_start`` ..."""
    return key in ("start", "end") and not isinstance(value, datetime)


class JobList(BaseModel):
    """Jobs of one query, newest first.

    ``complete`` is False when there were more than the client reads; ``unreadable`` counts entries that were no jobs.
    """

    model_config = ConfigDict(frozen=True)

    jobs: tuple[Job, ...]
    complete: bool = True
    unreadable: int = 0
