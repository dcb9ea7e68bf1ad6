"""What went wrong, and what came of a job."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo, model_validator

from jobbot.adverity import wire
from jobbot.adverity.model.datastream import DatastreamRef, datastream_of
from jobbot.adverity.model.fields import (
    ApiPath,
    Count,
    DatastreamId,
    Days,
    JobId,
    Plain,
    Reference,
    Text,
    Time,
    days,
    host_of,
)


class Issue(BaseModel):
    """One issue: an entry of a job's ``issues``, which has few of these fields, or one of ``GET /api/errors/``.

    Texts are without markup. ``url`` is as it came and may lead anywhere. ``retry_url`` and ``ack_url`` are paths under
    ``/api/`` on the instance, or None.
    """

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Reference = None
    message: Plain = ""
    type_label: Text = ""
    stage: Plain = Field(default="", alias="extraction_stage_label")
    cause: Plain = Field(default="", alias="error_cause_label")
    remedy: Plain = Field(default="", alias="error_resolution_label")
    occurrences: Count = None
    since: Time = Field(default=None, alias="start")
    until: Time = Field(default=None, alias="end")
    datastream: DatastreamRef | None = None
    job_id: Annotated[JobId | None, BeforeValidator(wire.linked)] = None
    days: Days | None = None
    url: Text = ""
    retry_url: ApiPath = None
    ack_url: ApiPath = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object, info: ValidationInfo) -> object:
        if not isinstance(given, dict):
            return given
        job = given.get("job")
        within = job if isinstance(job, Mapping) else {}
        known = given.get("days")
        return given | {
            "datastream": datastream_of(given, host_of(info)),
            "job_id": wire.first(wire.linked, (given.get("job_id"), within.get("id"), within.get("url"), job)),
            "days": known if isinstance(known, Days) else days(within.get("range_start"), within.get("range_end")),
        }

    @property
    def datastream_id(self) -> DatastreamId | None:
        """The number of its datastream, where it says one."""
        return None if self.datastream is None else self.datastream.id

    @property
    def needs_authorisation(self) -> bool:
        """Whether its cause is an authorisation, by Adverity's label ("Authorization invalid"): no retry mends that."""
        return "authori" in self.cause.casefold()

    @property
    def page(self) -> str:
        """``url`` where it may be for people to open: not one of the API's own."""
        return "" if "/api/" in self.url else self.url


class Extract(BaseModel):
    """One piece of what a job brought."""

    model_config = ConfigDict(frozen=True, extra="allow", populate_by_name=True)

    id: Reference = None
    rows: Count = Field(default=None, alias="nrows")
    job_id: Annotated[JobId | None, BeforeValidator(wire.linked)] = None

    @model_validator(mode="before")
    @classmethod
    def _gather(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        job = given.get("job")
        within = job if isinstance(job, Mapping) else {}
        return given | {
            "job_id": wire.first(wire.linked, (given.get("job_id"), within.get("id"), within.get("url"), job))
        }
