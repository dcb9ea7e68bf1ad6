"""Reads one JSON value of any type into what the models need (id, text, percent, time ...). Pure.

Adverity publishes no schema of its jobs. Fields come as numbers or as text, as objects or as links, empty or null, and
differ between instances. Each function here takes any value and answers None (or nothing) for one that it cannot use.
"""

import math
import re
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from typing import TypeVar
from urllib.parse import unquote, urlsplit

from jobbot.visible import visible

T = TypeVar("T")

_DIGITS = re.compile(r"\d{1,19}", re.ASCII)
_DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?![\d-])", re.ASCII)
_MARKUP = re.compile(
    r"</?(a|b|br|code|div|em|h[1-6]|i|li|ol|p|pre|small|span|strong|u|ul)\b[^<>]*>", re.ASCII | re.IGNORECASE
)
_BREAKS = frozenset({"br", "div", "li", "ol", "p", "pre", "ul"})
_ENTITIES = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&#39;": "'", "&#x27;": "'", "&nbsp;": " ", "&amp;": "&"}
_NO_LINK = re.compile(r"[\s\\<>|\"]")
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
    """A progress as 0 to 100, from either of the two scales it is sent on.

    Adverity's own pages read 0.62 as 62 %, other clients read 62: what lies between 0 and 1 is a fraction, what is
    above 1 is percent. A bare 0 or 1 may be of either scale, and says nothing.
    """
    in_words = isinstance(value, str) and value.strip().endswith("%")
    if isinstance(value, str):
        try:
            value = float(value.strip().removesuffix("%"))
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if (isinstance(value, float) and math.isnan(value)) or value <= 0 or (value == 1 and not in_words):
        return None
    if value > 1 or in_words:
        return int(min(value, 100))
    # 0.29 * 100 is 28.999999999999996; and what is a fraction has not arrived.
    return min(int(value * 100 + 1e-6), 99)


def count(value: object) -> int | None:
    """How many: not negative, also as text with separators ("12,340")."""
    if isinstance(value, str):
        written = re.sub(r"(?<=\d)[,\u202f\u00a0' ](?=\d{3})", "", value.strip())
        value = int(written) if _DIGITS.fullmatch(written) else None
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return int(value) if 0 <= value <= _MOST else None


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


def day(value: object) -> date | None:
    """A day, of a date or of a time as it is written. None outside of the years that a job can be of."""
    try:
        if isinstance(value, str) and (found := _DAY.match(value.strip())):
            value = date.fromisoformat(found[1])
        if isinstance(value, datetime):
            value = value.date()
        return value if isinstance(value, date) and value.year in _YEARS else None
    except ValueError:
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


def plain(value: object) -> str:
    """Text without the markup that Adverity's messages hold (``<b>``); what only looks like some stays ("<date>")."""
    found = _MARKUP.sub(lambda tag: " " if tag[1].lower() in _BREAKS else "", text(value))
    return re.sub("|".join(_ENTITIES), lambda entity: _ENTITIES[entity[0]], found).strip()


def path_on(value: object, host: str | None) -> str | None:
    """The path and query of a link that stays on the instance; None for one that leads elsewhere, or nowhere.

    ``host``: that of the instance, for links that name one; without it a link with a host leads elsewhere.
    """
    if not isinstance(value, str) or not (written := value.strip()).isprintable() or _NO_LINK.search(written):
        return None
    try:
        link = urlsplit(written)
        is_ours = link.scheme in ("http", "https") and link.hostname == host and "@" not in link.netloc
    except ValueError:
        return None
    if (link.scheme or link.netloc or written.startswith("//")) and not (is_ours and host):
        return None
    path = unquote(link.path)
    if not path.startswith("/") or path.startswith("//") or "\\" in path or {".", ".."} & set(path.split("/")):
        return None
    return f"{link.path}?{link.query}" if link.query else link.path


def api_path(value: object, origin: tuple[str, str, int | None] | None) -> str | None:
    """The path and query of a link under ``/api/`` of the instance itself, to which a write may go; else None.

    ``origin``: its scheme, host and port (None: the scheme's own), all of which a link that names a host must name.
    """
    found = path_on(value, origin and origin[1])
    if found is None or not found.startswith("/api/") or not found.isascii():
        return None
    link = urlsplit(str(value).strip())
    try:
        port = link.port if link.port != {"http": 80, "https": 443}.get(link.scheme) else None
    except ValueError:
        return None
    return found if not link.netloc or (link.scheme, link.hostname, port) == origin else None
