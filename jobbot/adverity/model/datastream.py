"""Datastreams and their workspaces ("stacks" on the wire)."""

import re
from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, ValidationInfo, model_validator

from jobbot.adverity import wire
from jobbot.adverity.model.fields import (
    Count,
    DatastreamId,
    Flag,
    Path,
    Text,
    Time,
    Words,
    WorkspaceId,
    host_of,
    required_id,
)

_NOT_SCHEDULED = re.compile(r"(not|un)[\s_-]*scheduled|none|never|disabled|paused|manual|no schedule|-", re.IGNORECASE)


class Workspace(BaseModel):
    """A workspace: its name, the word for it in links (``slug``), and the one it lies in."""

    model_config = ConfigDict(frozen=True)

    id: Annotated[WorkspaceId, BeforeValidator(required_id)]
    name: Text = ""
    slug: Words = None
    parent_id: Annotated[WorkspaceId | None, BeforeValidator(wire.linked)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object) -> object:
        """Take a reference by number or link too, and a parent under either of its names."""
        if not isinstance(given, Mapping):
            return {"id": wire.linked(given)}
        return dict(given) | {
            "id": wire.first(wire.linked, (given.get("id"), given.get("url"))),
            "parent_id": wire.first(_reference, (given.get("parent_id"), given.get("parent"))),
        }


def _reference(value: object) -> int | None:
    if isinstance(value, Mapping):
        return wire.first(wire.linked, (value.get("id"), value.get("url")))
    return wire.linked(value)


def workspace_of(value: object) -> Workspace | None:
    """A workspace that something refers to: an object, a number or a link; None where that has no number."""
    if isinstance(value, Workspace):
        return value
    try:
        return Workspace.model_validate(value)
    except ValidationError:
        return None


class DatastreamRef(BaseModel):
    """The datastream that something belongs to, as far as it tells of it itself. ``page`` is a path on the instance."""

    model_config = ConfigDict(frozen=True)

    id: DatastreamId
    name: str | None = None
    page: str | None = None
    workspace: Workspace | None = None


def datastream_of(given: Mapping[str, object], host: str | None) -> DatastreamRef | None:
    """What ``given`` says of its datastream: an object, a number or a link, or ``datastream_id`` beside it."""
    stream, beside = given.get("datastream"), given.get("datastream_id")
    if isinstance(stream, DatastreamRef):
        return stream
    if not isinstance(stream, Mapping):
        found = wire.first(wire.linked, (stream, beside))
        return None if found is None else DatastreamRef(id=DatastreamId(found))
    found = wire.first(wire.linked, (stream.get("id"), stream.get("url"), beside))
    if found is None:
        return None
    return DatastreamRef(
        id=DatastreamId(found),
        name=wire.text(stream.get("name")) or None,
        page=page_of(stream, host),
        workspace=wire.first(workspace_of, (stream.get(key) for key in ("stack", "workspace", "stack_id"))),
    )


def page_of(given: Mapping[str, object], host: str | None) -> str | None:
    """Where a datastream's page is on the instance."""
    links = (given.get(key) for key in ("page", "overview_url", "change_url"))
    return wire.first(lambda link: wire.path_on(link, host), links)


class Schedule(BaseModel):
    """One schedule of a datastream: every ``interval`` of ``unit`` ("day", "hour"), from ``at`` on (a time, in UTC).

    ``fetches`` says of which days, in Adverity's words ("Last 30 Days").
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    interval: Count = Field(default=None, alias="cron_interval")
    unit: Words = Field(default=None, alias="cron_type")
    at: Words = Field(default=None, alias="cron_start_of_day")
    fetches: Words = Field(default=None, alias="time_range_preset_label")


def _schedules(value: object) -> list[object] | None:
    return [one for one in value if isinstance(one, Mapping | Schedule)] if isinstance(value, list | tuple) else None


class Datastream(BaseModel):
    """A datastream: its name, its workspace, where it lives in Adverity's own pages (a path), when it is fetched next.

    ``next_run`` is None where none is scheduled and where that is not known: ``is_scheduled`` tells. ``enabled`` is the
    switch "Scheduling" of its page. ``updated`` is when somebody last changed it, ``frequency`` a word for its
    schedules ("Daily"), None for ``schedules`` that are not told.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Annotated[DatastreamId, BeforeValidator(required_id)]
    name: Text = ""
    page: Path = None
    workspace: Workspace | None = None
    enabled: Flag = None
    is_scheduled: Flag = None
    """True where the next run is known, False where Adverity says that there is none, None where it is not known."""
    next_run: Time = None
    updated: Time = None
    frequency: Words = None
    schedules: Annotated[tuple[Schedule, ...] | None, BeforeValidator(_schedules)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object, info: ValidationInfo) -> object:
        if not isinstance(given, dict):
            return given
        scheduled = _is_scheduled(given)
        return given | {
            "page": page_of(given, host_of(info)),
            "workspace": wire.first(workspace_of, (given.get(key) for key in ("workspace", "stack", "stack_id"))),
            "is_scheduled": scheduled,
            "next_run": given.get("next_run") if scheduled else None,
        }

    @property
    def stack_name(self) -> str | None:
        """What its workspace is called, by its number where it has no name."""
        return None if self.workspace is None else self.workspace.name or str(self.workspace.id)


def _is_scheduled(given: Mapping[str, object]) -> bool | None:
    """Whether a next run is scheduled; None where the object does not say.

    A datastream whose switch is off is not fetched by itself, whatever time stands beside it. A next run that is null
    says nothing alone: some answers leave it out.
    """
    next_run = given.get("next_run")
    if wire.flag(given.get("enabled")) is False:
        return False
    if wire.instant(next_run) is not None:
        return True
    words = (wire.text(next_run).strip(), wire.text(given.get("frequency")).strip())
    if any(_NOT_SCHEDULED.fullmatch(word) for word in words) or given.get("schedules") == []:
        return False
    return None
