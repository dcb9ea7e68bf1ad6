"""The types of a button value's fields: each written as JSON, and read back within its bounds."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, InstanceOf, PlainSerializer

from jobbot.adverity.model import Days, State
from jobbot.intents.language.numbers import LARGEST_NUMBER, number
from jobbot.intents.language.tokens import LONGEST_NAME
from jobbot.intents.model import Between, Last, Range, Sign, Since
from jobbot.intents.times.instants import LONGEST

_LAST_SECOND = 253_402_300_799
"""Of the year 9999."""


_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


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
