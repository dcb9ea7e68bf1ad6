"""What the value of a button may hold that asks for an act, answers a review request, or freezes an instance."""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from jobbot.adverity.model import GOING_ON
from jobbot.intents.button.field_types import Dates, Instance, Instant, Length, Name, Number, States, StreamName
from jobbot.intents.language.numbers import STOPS_MOST
from jobbot.intents.model import Reviewing


class Value(BaseModel):
    """What every value has: its version. No field has a default, so that a value with a missing part is refused."""

    model_config = ConfigDict(strict=True, extra="forbid")

    v: Annotated[int, Field(ge=1, le=1)]


class OfInstance(Value):
    """A value about one instance, None for the channel's own."""

    instance: Instance | None


class StopValue(OfInstance):
    """StopJob."""

    do: Literal["stop"]
    job: Number
    reason: str


class FailedValue(OfInstance):
    """Retry or Acknowledge."""

    do: Literal["retry", "acknowledge"]
    job: Number
    reason: str


class _OfDatastream(OfInstance):
    datastream: Number | StreamName
    workspace: Name | None
    reason: str


class PauseValue(_OfDatastream):
    """PauseSchedule."""

    do: Literal["pause"]
    until: Instant | None


class ResumeValue(_OfDatastream):
    """ResumeSchedule."""

    do: Literal["resume"]


class FetchValue(OfInstance):
    """FetchAgain: of a datastream, or of a job."""

    do: Literal["fetch"]
    datastream: Number | StreamName | None
    workspace: Name | None
    days: Dates | None
    job: Number | None
    reason: str

    @model_validator(mode="after")
    def _of_one(self) -> "FetchValue":
        if (self.datastream is None) == (self.job is None):
            raise ValueError("either a datastream or a job")
        return self


class StopSeveralValue(OfInstance):
    """StopSeveral: these jobs, or what is going on and fits."""

    do: Literal["stop_several"]
    states: States
    datastream: Number | StreamName | None
    workspace: Name | None
    jobs: Annotated[tuple[Number, ...], Field(max_length=STOPS_MOST)]
    reason: str

    @model_validator(mode="after")
    def _whole(self) -> "StopSeveralValue":
        if not self.states <= GOING_ON or (self.jobs and (self.states or self.datastream or self.workspace)):
            raise ValueError("jobs, or what is going on")
        return self


class StopNoMoreValue(OfInstance):
    """StopNoMore."""

    do: Literal["stop_no_more"]
    act: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class OnReviewValue(OfInstance):
    """OnReview."""

    do: Literal["on_review"]
    request: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    does: Reviewing


class FreezeValue(OfInstance):
    """Freeze."""

    do: Literal["freeze"]
    until: Instant | None
    length: Length | None
    reason: str


class UnfreezeValue(OfInstance):
    """Unfreeze."""

    do: Literal["unfreeze"]
    freeze: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None
    reason: str
