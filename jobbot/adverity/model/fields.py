"""The types of the models' fields: each takes a value of any kind and converts it, or gives None."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, NewType

from pydantic import BeforeValidator, ValidationInfo

from jobbot.adverity import wire

JobId = NewType("JobId", int)
DatastreamId = NewType("DatastreamId", int)
WorkspaceId = NewType("WorkspaceId", int)


@dataclass(frozen=True, slots=True)
class Days:
    """Whole days, first and last included."""

    start: date
    end: date


def days(first: object, last: object) -> Days | None:
    """The days from two values of any kind; None where one is no day, or the last is before the first."""
    start, end = wire.day(first), wire.day(last)
    return None if start is None or end is None or end < start else Days(start, end)


def required_id(value: object) -> int:
    """A number by which something is known. Raises ValueError."""
    found = wire.identity(value)
    if found is None:
        raise ValueError("not a positive number")
    return found


def on_host(host: str, scheme: str = "https", port: int | None = None) -> dict[str, object]:
    """The context of a validation in which links that name ``host`` lead to the instance.

    Links under ``/api/`` must name its ``scheme`` and ``port`` (None: the scheme's own) as well.
    """
    return {"host": host.lower(), "origin": (scheme, host.lower(), port)}


def host_of(info: ValidationInfo) -> str | None:
    """The instance's host, where the context tells it."""
    return info.context.get("host") if isinstance(info.context, Mapping) else None


def _path(value: object, info: ValidationInfo) -> str | None:
    return wire.path_on(value, host_of(info))


def _api_path(value: object, info: ValidationInfo) -> str | None:
    origin = info.context.get("origin") if isinstance(info.context, Mapping) else None
    return wire.api_path(value, origin)


def _or_none(read: Callable[[object], str]) -> Callable[[object], str | None]:
    return lambda value: read(value).strip() or None


Text = Annotated[str, BeforeValidator(wire.text)]
Words = Annotated[str | None, BeforeValidator(_or_none(wire.text))]
"""Text, or None where there is none."""
Plain = Annotated[str, BeforeValidator(wire.plain)]
"""Text without markup."""
Path = Annotated[str | None, BeforeValidator(_path)]
"""Where a link leads on the instance."""
ApiPath = Annotated[str | None, BeforeValidator(_api_path)]
"""The same under ``/api/``, as strict as a write needs it: what may be asked of the instance with the key."""
Time = Annotated[datetime | None, BeforeValidator(wire.instant)]
Flag = Annotated[bool | None, BeforeValidator(wire.flag)]
Count = Annotated[int | None, BeforeValidator(wire.count)]
Reference = Annotated[int | None, BeforeValidator(wire.linked)]
"""The number of something that is referred to, as such or by a link."""
