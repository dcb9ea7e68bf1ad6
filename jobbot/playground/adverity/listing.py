"""``GET /api/jobs/``: what is asked, which jobs answer it, and one page of them. All of it pure.

Without a range: running and scheduled jobs. With ``start`` and ``end``, whole days or times, both included: jobs that
are over and started in the range (ended, where they never started). Filters combine. Documented by Adverity but for
the order, which is newest first unless ``ordering`` says otherwise. What is not understood is refused, so that a
client's slip shows.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from urllib.parse import urlencode

from jobbot.playground.adverity.errors import Refused, invalid
from jobbot.playground.adverity.jobs import Datastream, Sight

_KNOWN = ("datastream_id", "stack", "stack_id", "start", "end", "page", "page_size", "ordering")
_ORDERINGS = ("id", "-id", "job_start", "-job_start", "job_end", "-job_end")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,17}", re.ASCII)
_PAGE_SIZE, _PAGE_SIZE_AT_MOST = 10, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list as it was asked for; ``between`` has both ends included, to the second."""

    datastream: int | None = None
    stack: int | None = None
    between: tuple[datetime, datetime] | None = None
    page: int = 1
    page_size: int = _PAGE_SIZE
    ordering: str = "-id"


def read_query(query: Sequence[tuple[str, str]], *, with_slash: bool = False) -> Asked:
    """Read the query parameters; ``with_slash``: the datastream's number is wanted as ``42/``. Raises Refused (400)."""
    given, errors = dict(query), {}
    for name in given.keys() - set(_KNOWN):
        errors[name] = "Unknown parameter."
    if len(given) < len(query):
        errors |= {name: "Given twice." for name in given if [key for key, _ in query].count(name) > 1}
    for name in ("datastream_id", "stack", "stack_id", "page", "page_size"):
        if name in given and not _is_number(name, given[name], with_slash=with_slash):
            errors[name] = "A valid number is required."
    if given.get("ordering", "id") not in _ORDERINGS:
        errors["ordering"] = "Not a field to order by."
    stack = given.get("stack", given.get("stack_id"))
    between, wrong = _between(given.get("start"), given.get("end"))
    if errors | wrong:
        raise invalid(errors | wrong)
    return Asked(
        datastream=int(given["datastream_id"].rstrip("/")) if "datastream_id" in given else None,
        stack=int(stack) if stack is not None else None,
        between=between,
        page=int(given.get("page", 1)),
        page_size=min(int(given.get("page_size", _PAGE_SIZE)), _PAGE_SIZE_AT_MOST),
        ordering=given.get("ordering", "-id"),
    )


def read_paging(query: Sequence[tuple[str, str]], *known: str) -> tuple[Asked, dict[str, str]]:
    """A list of something else than jobs: how it is paged, and its own parameters, of ``known``. Raises Refused (400).

    Parameters that end in ``id`` are numbers.
    """
    given = dict(query)
    errors = dict.fromkeys(given.keys() - {"page", "page_size", *known}, "Unknown parameter.")
    for name, value in given.items():
        if (name in ("page", "page_size") or name.endswith("id")) and not _NUMBER.fullmatch(value):
            errors[name] = "A valid number is required."
    if errors:
        raise invalid(errors)
    size = min(int(given.get("page_size", _PAGE_SIZE)), _PAGE_SIZE_AT_MOST)
    return Asked(page=int(given.get("page", 1)), page_size=size), given


def _is_number(name: str, value: str, *, with_slash: bool) -> bool:
    if name == "datastream_id" and with_slash:
        return value.endswith("/") and _NUMBER.fullmatch(value[:-1]) is not None
    return _NUMBER.fullmatch(value) is not None


def _between(start: str | None, end: str | None) -> tuple[tuple[datetime, datetime] | None, dict[str, str]]:
    if start is None and end is None:
        return None, {}
    missing = {name: "This field is required." for name, value in (("start", start), ("end", end)) if value is None}
    if start is None or end is None:
        return None, missing
    first, last = instant(start, time.min), instant(end, time(23, 59, 59))
    if first is None or last is None:
        wrong = "Use YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ."
        return None, {name: wrong for name, value in (("start", first), ("end", last)) if value is None}
    if ("T" in start) != ("T" in end):
        return None, {"end": "Use dates or times for both."}
    if last < first:
        return None, {"end": "Ends before it starts."}
    return (first, last), {}


def instant(written: str, at: time) -> datetime | None:
    """A time as the API writes it, or a day ``at`` a time of it; None for anything else."""
    try:
        if _TIME.fullmatch(written):
            return datetime.strptime(written, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
        if _DAY.fullmatch(written):
            return datetime.combine(datetime.strptime(written, "%Y-%m-%d").replace(tzinfo=UTC), at, UTC)
    except ValueError:
        return None
    return None


def choose(sights: Iterable[Sight], streams: Mapping[int, Datastream], asked: Asked) -> list[Sight]:
    """The jobs that answer the question, in the order that was asked for."""
    chosen = [sight for sight in sights if _answers(sight, streams, asked)]
    chosen.sort(key=lambda sight: sight.job.id)
    match asked.ordering.lstrip("-"):
        case "job_start":
            chosen.sort(key=lambda sight: _or_far(sight.look.started))
        case "job_end":
            chosen.sort(key=lambda sight: _or_far(sight.look.ended))
    return chosen[::-1] if asked.ordering.startswith("-") else chosen


def _or_far(at: datetime | None) -> datetime:
    return at or datetime.max.replace(tzinfo=UTC)


def _answers(sight: Sight, streams: Mapping[int, Datastream], asked: Asked) -> bool:
    stream = sight.job.datastream
    if asked.datastream is not None and stream != asked.datastream:
        return False
    if asked.stack is not None and (stream is None or streams[stream].stack_id != asked.stack):
        return False
    if asked.between is None:
        return not sight.is_over
    first, last = asked.between
    at = sight.look.started or sight.look.ended
    return sight.is_over and at is not None and first <= at < last + timedelta(seconds=1)


T = TypeVar("T")


def page_of(found: Sequence[T], asked: Asked) -> tuple[Sequence[T], bool]:
    """One page, and whether another one follows. Raises Refused (404) for a page that there is not."""
    first = (asked.page - 1) * asked.page_size
    if asked.page > 1 and first >= len(found):
        raise Refused(404, "Invalid page.")
    return found[first : first + asked.page_size], first + asked.page_size < len(found)


def page_url(url: str, query: Sequence[tuple[str, str]], page: int) -> str:
    """The absolute URL of another page of the same question."""
    kept = [(name, value) for name, value in query if name != "page"]
    return f"{url}?{urlencode([*kept, ('page', str(page))], safe=':/')}"
