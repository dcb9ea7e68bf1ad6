"""What the value of any button may hold: one model for each kind, told apart by ``do``."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from jobbot.access.policy import Need
from jobbot.intents.button.act_values import (
    FailedValue,
    FetchValue,
    FreezeValue,
    OfInstance,
    OnReviewValue,
    PauseValue,
    ResumeValue,
    StopNoMoreValue,
    StopSeveralValue,
    StopValue,
    UnfreezeValue,
    Value,
)
from jobbot.intents.button.field_types import (
    Group,
    Length,
    Name,
    Number,
    Page,
    Person,
    Signs,
    States,
    StreamName,
    Within,
)
from jobbot.intents.language.numbers import JOBS_MOST
from jobbot.intents.model import AlertsDo, Marking, Topic


class _OfJob(OfInstance):
    do: Literal["show", "watch", "unwatch"]
    job: Number


class _Handover(OfInstance):
    do: Literal["handover"]


class _Paused(OfInstance):
    do: Literal["paused"]


class _List(OfInstance):
    do: Literal["list"]
    states: States
    datastream: Number | StreamName | None
    workspace: Name | None
    range: Within | None
    longer: Length | Literal["usual"] | None
    jobs: Annotated[tuple[Number, ...], Field(max_length=JOBS_MOST)]
    page: Page


class _History(OfInstance):
    do: Literal["history"]
    range: Within | None
    by: Person | None
    job: Number | None
    datastream: Number | StreamName | None
    workspace: Name | None
    page: Page


class _Timeline(OfInstance):
    do: Literal["timeline"]
    range: Within | None
    job: Number | None
    datastream: Number | StreamName | None
    workspace: Name | None
    page: Page


class _Alerts(OfInstance):
    do: Literal["alerts"]
    does: AlertsDo
    states: States
    signs: Signs
    datastream: Number | StreamName | None
    workspace: Name | None
    length: Length | None
    until_fixed: bool
    group: Group | None
    job: Number | None


class _MarkAlert(OfInstance):
    do: Literal["mark"]
    alert: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    does: Marking


class _Issues(OfInstance):
    do: Literal["issues"]
    datastream: Number | StreamName | None
    workspace: Name | None


class _Watches(OfInstance):
    do: Literal["watches"]


class _WhoAmI(OfInstance):
    do: Literal["whoami"]
    need: Need | None


class _Help(Value):
    do: Literal["help"]
    topic: Topic | None


ANY_VALUE: TypeAdapter[Value] = TypeAdapter(
    Annotated[
        _OfJob
        | StopValue
        | FailedValue
        | PauseValue
        | ResumeValue
        | FetchValue
        | StopSeveralValue
        | StopNoMoreValue
        | OnReviewValue
        | _Paused
        | _Handover
        | FreezeValue
        | UnfreezeValue
        | _List
        | _History
        | _Timeline
        | _Alerts
        | _MarkAlert
        | _Watches
        | _Issues
        | _WhoAmI
        | _Help,
        Field(discriminator="do"),
    ]
)
