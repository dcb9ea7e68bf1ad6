"""An intent in a button's ``value`` and back: JSON of at most 2,000 characters (Slack's limit), with a version.

Slack signs what comes back, but a button may be years old, or of another deployment, or have lost a part on its way:
each value is written whole and taken whole, so that nothing that is missing is read as "all" or as "now". ``said`` of a
range is not carried, since "yesterday" is wrong a day later; the instants are.
"""

import re
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    PlainSerializer,
    TypeAdapter,
    model_validator,
)

from jobbot.access.policy import Need
from jobbot.adverity.model import GOING_ON, Days, State
from jobbot.intents.language.numbers import JOBS_MOST, LARGEST_NUMBER, STOPS_MOST, number
from jobbot.intents.language.slack_text import whole
from jobbot.intents.language.tokens import LONGEST_NAME
from jobbot.intents.model import (
    Acknowledge,
    Act,
    Alerts,
    AlertsDo,
    Between,
    FetchAgain,
    Freeze,
    Freezing,
    Handover,
    Help,
    History,
    Issues,
    Last,
    ListJobs,
    MarkAlert,
    Marking,
    OfAMessage,
    Offered,
    OnReview,
    Paused,
    PauseSchedule,
    Range,
    ResumeSchedule,
    Retry,
    Reviewing,
    ShowJob,
    Sign,
    Since,
    StopJob,
    StopNoMore,
    StopSeveral,
    Timeline,
    Topic,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
)
from jobbot.intents.times.instants import LONGEST

LONGEST_VALUE = 2_000
_LONGEST_REASON = 500
_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
Carried = Offered | Freezing | OfAMessage
"""What a button may carry."""


def _printable(text: str) -> str:
    if not text.isprintable():
        raise ValueError("not printable")
    return text


def _no_number(name: str) -> str:
    if number(name) is not None:
        raise ValueError("a number")
    return name


def _length(value: object) -> object:
    if isinstance(value, timedelta):
        return value
    return timedelta(seconds=_number(value, int(LONGEST.total_seconds())))


def _range(value: object) -> object:
    match value:
        case ["last", seconds]:
            return Last(timedelta(seconds=_number(seconds, int(LONGEST.total_seconds()))))
        case ["since", start]:
            return Since(_instant(start))
        case ["between", start, end] if _instant(start) <= _instant(end):
            return Between(_instant(start), _instant(end))
        case _:
            return value


def _instant(value: object) -> datetime:
    return datetime.fromtimestamp(_number(value, _LAST_SECOND), UTC)


def _moment(value: object) -> object:
    return value if isinstance(value, datetime) else _instant(value)


def _dates(value: object) -> object:
    match value:
        case [str() as first, str() as last] if _DAY.fullmatch(first) and _DAY.fullmatch(last) and first <= last:
            return Days(date.fromisoformat(first), date.fromisoformat(last))
        case _:
            return value


def _number(value: object, most: int) -> int:
    if type(value) is not int or not 0 < value <= most:
        raise ValueError("not a number within its bounds")
    return value


def _packed(within: Range) -> list[str | int]:
    match within:
        case Last(duration):
            return ["last", int(duration.total_seconds())]
        case Since(start):
            return ["since", int(start.timestamp())]
        case Between(start, end):
            return ["between", int(start.timestamp()), int(end.timestamp())]


Number = Annotated[int, Field(gt=0, le=LARGEST_NUMBER)]
Name = Annotated[str, Field(min_length=1, max_length=LONGEST_NAME), AfterValidator(_printable)]
StreamName = Annotated[Name, AfterValidator(_no_number)]
Page = Annotated[int, Field(gt=0, le=100_000)]
Instance = Annotated[str, Field(min_length=1, max_length=300), AfterValidator(_printable)]
Person = Annotated[str, Field(pattern=r"^[UW][A-Z0-9]{1,40}$")]
Group = Annotated[str, Field(pattern=r"^S[A-Z0-9]{1,40}$")]
States = Annotated[frozenset[State], PlainSerializer(lambda states: [one.value for one in State if one in states])]
Signs = Annotated[frozenset[Sign], PlainSerializer(lambda signs: [one.value for one in Sign if one in signs])]
Length = Annotated[timedelta, BeforeValidator(_length), PlainSerializer(lambda length: int(length.total_seconds()))]
Within = Annotated[
    InstanceOf[Last] | InstanceOf[Since] | InstanceOf[Between], BeforeValidator(_range), PlainSerializer(_packed)
]


Instant = Annotated[
    datetime, BeforeValidator(_moment), PlainSerializer(lambda at: int(at.timestamp()), return_type=int)
]
Dates = Annotated[
    InstanceOf[Days],
    BeforeValidator(_dates),
    PlainSerializer(lambda days: [days.start.isoformat(), days.end.isoformat()]),
]


class _Value(BaseModel):
    """What every value has. No field of any has a default: what is missing makes it foreign."""

    model_config = ConfigDict(strict=True, extra="forbid")

    v: Annotated[int, Field(ge=1, le=1)]


class _OfInstance(_Value):
    instance: Instance | None


class _OfJob(_OfInstance):
    do: Literal["show", "watch", "unwatch"]
    job: Number


class _Stop(_OfInstance):
    do: Literal["stop"]
    job: Number
    reason: str


class _Failed(_OfInstance):
    do: Literal["retry", "acknowledge"]
    job: Number
    reason: str


class _OfDatastream(_OfInstance):
    datastream: Number | StreamName
    workspace: Name | None
    reason: str


class _Pause(_OfDatastream):
    do: Literal["pause"]
    until: Instant | None


class _Resume(_OfDatastream):
    do: Literal["resume"]


class _Fetch(_OfInstance):
    do: Literal["fetch"]
    datastream: Number | StreamName | None
    workspace: Name | None
    days: Dates | None
    job: Number | None
    reason: str

    @model_validator(mode="after")
    def _of_one(self) -> "_Fetch":
        if (self.datastream is None) == (self.job is None):
            raise ValueError("either a datastream or a job")
        return self


class _StopSeveral(_OfInstance):
    do: Literal["stop_several"]
    states: States
    datastream: Number | StreamName | None
    workspace: Name | None
    jobs: Annotated[tuple[Number, ...], Field(max_length=STOPS_MOST)]
    reason: str

    @model_validator(mode="after")
    def _whole(self) -> "_StopSeveral":
        if not self.states <= GOING_ON or (self.jobs and (self.states or self.datastream or self.workspace)):
            raise ValueError("jobs, or what is going on")
        return self


class _StopNoMore(_OfInstance):
    do: Literal["stop_no_more"]
    act: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]


class _OnReview(_OfInstance):
    do: Literal["on_review"]
    request: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    does: Reviewing


class _Handover(_OfInstance):
    do: Literal["handover"]


class _Freeze(_OfInstance):
    do: Literal["freeze"]
    until: Instant | None
    length: Length | None
    reason: str


class _Unfreeze(_OfInstance):
    do: Literal["unfreeze"]
    freeze: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] | None
    reason: str


class _Paused(_OfInstance):
    do: Literal["paused"]


class _List(_OfInstance):
    do: Literal["list"]
    states: States
    datastream: Number | StreamName | None
    workspace: Name | None
    range: Within | None
    longer: Length | Literal["usual"] | None
    jobs: Annotated[tuple[Number, ...], Field(max_length=JOBS_MOST)]
    page: Page


class _History(_OfInstance):
    do: Literal["history"]
    range: Within | None
    by: Person | None
    job: Number | None
    datastream: Number | StreamName | None
    workspace: Name | None
    page: Page


class _Timeline(_OfInstance):
    do: Literal["timeline"]
    range: Within | None
    job: Number | None
    datastream: Number | StreamName | None
    workspace: Name | None
    page: Page


class _Alerts(_OfInstance):
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


class _MarkAlert(_OfInstance):
    do: Literal["mark"]
    alert: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    does: Marking


class _Issues(_OfInstance):
    do: Literal["issues"]
    datastream: Number | StreamName | None
    workspace: Name | None


class _Watches(_OfInstance):
    do: Literal["watches"]


class _WhoAmI(_OfInstance):
    do: Literal["whoami"]
    need: Need | None


class _Help(_Value):
    do: Literal["help"]
    topic: Topic | None


_ANY: TypeAdapter[_Value] = TypeAdapter(
    Annotated[
        _OfJob
        | _Stop
        | _Failed
        | _Pause
        | _Resume
        | _Fetch
        | _StopSeveral
        | _StopNoMore
        | _OnReview
        | _Paused
        | _Handover
        | _Freeze
        | _Unfreeze
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
_INTENTS: dict[str, type[Carried]] = {
    "list": ListJobs,
    "show": ShowJob,
    "stop": StopJob,
    "retry": Retry,
    "acknowledge": Acknowledge,
    "fetch": FetchAgain,
    "pause": PauseSchedule,
    "resume": ResumeSchedule,
    "paused": Paused,
    "handover": Handover,
    "freeze": Freeze,
    "unfreeze": Unfreeze,
    "stop_several": StopSeveral,
    "stop_no_more": StopNoMore,
    "on_review": OnReview,
    "watch": WatchJob,
    "unwatch": UnwatchJob,
    "watches": Watches,
    "alerts": Alerts,
    "mark": MarkAlert,
    "history": History,
    "timeline": Timeline,
    "issues": Issues,
    "whoami": WhoAmI,
    "help": Help,
}
_NAMES = {intent: name for name, intent in _INTENTS.items()}
_CARRIED = {intent: tuple(field.name for field in fields(intent) if field.compare) for intent in _NAMES}
"""By intent what a value carries: not what is only said, and nothing of the question."""


def encode(intent: Carried) -> str:
    """The value. A reason is cut to what fits. Raises ValueError for what no button can carry."""
    if isinstance(intent, Act | Freezing) and intent.reason:
        intent = replace(intent, reason=whole(intent.reason)[:_LONGEST_REASON])
    value = _written(intent)
    while isinstance(intent, Act | Freezing) and intent.reason and len(value) > LONGEST_VALUE:
        # A character takes up to six in JSON.
        intent = replace(intent, reason=intent.reason[: -max(1, (len(value) - LONGEST_VALUE) // 6)])
        value = _written(intent)
    return value


def decode(value: str) -> Carried | None:
    """The intent, or None for anything that :func:`encode` of this version does not write. Never raises."""
    if len(value) > LONGEST_VALUE:
        return None
    try:
        found = dict(_ANY.validate_json(value))
    except ValueError:  # pydantic's own, and what it makes of half a surrogate pair
        return None
    del found["v"]
    return _INTENTS[found.pop("do")](**found)


def _written(intent: Carried) -> str:
    # The jobs of a list are written again each time that it is drawn.
    return _written_once(intent) if isinstance(intent, ShowJob | StopJob | WatchJob) else _write(intent)


def _write(intent: Carried) -> str:
    given: dict[str, Any] = {name: getattr(intent, name) for name in _CARRIED[type(intent)]}
    return _ANY.validate_python({"v": 1, "do": _NAMES[type(intent)], **given}).model_dump_json()


_written_once = lru_cache(maxsize=2048)(_write)
