"""Reads one JSON value of any type into what the models need (id, text, percent, time ...). Pure.

Adverity publishes no schema of its jobs. Fields come as numbers or as text, as objects or as links, empty or null, and
differ between instances. Each function here takes any value and answers None (or nothing) for one that it cannot use.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeVar

from jobbot.visible import visible

T = TypeVar("T")

_DIGITS = re.compile(r"\d{1,19}", re.ASCII)
_LAST_IN_PATH = re.compile(r"/(\d{1,19})/?(?:[?#].*)?$", re.ASCII)
_MOST = 2**63 - 1
"""What a database can still hold as a number."""
_YEARS = range(1970, 2200)
"""Times of other years are mistakes; within these, no sum overflows Python's datetime."""


def identity(value: object) -> int | None:
    """The number by which a job or a datastream is known: positive, and not longer than any real one."""
    match value:
        case bool():
            return None
        case int():
            found = value
        case float() if value.is_integer():
            found = int(value)
        case str() if _DIGITS.fullmatch(value.strip()):
            found = int(value)
        case _:
            return None
    return found if 0 < found <= _MOST else None


def text(value: object) -> str:
    """Text without invisible characters; a number as digits; "" for everything else."""
    match value:
        case str():
            # Also because PostgreSQL takes no NUL, and nobody half a surrogate pair: that would fail much later.
            return visible(value)
        case bool():
            return ""
        case int() if abs(value) <= _MOST:
            return str(value)
        case float():
            return str(value)
        case _:
            return ""


def percent(value: object) -> int | None:
    """A progress, cut to 0 to 100."""
    if isinstance(value, str):
        try:
            value = float(value.strip().removesuffix("%"))
        except ValueError:
            return None
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or (isinstance(value, float) and math.isnan(value))
    ):
        return None
    return int(min(max(value, 0), 100))


def flag(value: object) -> bool | None:
    """A boolean, also from 0 and 1 or from words."""
    match value:
        case bool():
            return value
        case int() | float() if value in (0, 1):
            return bool(value)
        case str():
            return {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}.get(
                value.strip().lower()
            )
        case _:
            return None


def instant(value: object) -> datetime | None:
    """A time in UTC; one that names no zone is in UTC already, as all times of Adverity are (documented).

    None for one outside of the years that a job can be of.
    """
    try:
        if isinstance(value, str):
            value = datetime.fromisoformat(value.strip())
        if not isinstance(value, datetime):
            return None
        found = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return found if found.year in _YEARS else None
    except (ValueError, OverflowError):
        return None


def person(value: object) -> str | None:
    """Who it was: a name, else an address, else a number."""
    if isinstance(value, Mapping):
        return first(person, (value.get(key) for key in ("name", "full_name", "username", "email", "id")))
    return text(value).strip() or None


def linked(value: object) -> int | None:
    """The number of something that is referred to: as such, or at the end of a link to it."""
    if isinstance(value, str) and (found := _LAST_IN_PATH.search(value.strip())):
        return identity(found[1])
    return identity(value)


def first(read: Callable[[object], T | None], values: Iterable[object]) -> T | None:
    """The first of some values that can be read."""
    return next((found for value in values if (found := read(value)) is not None), None)
