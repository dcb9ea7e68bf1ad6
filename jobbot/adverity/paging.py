"""Paging of lists: the first page's URL, reading a page, the link to the next. Pure.

The envelope ``{"count", "next", "previous", "results"}`` is what other clients read; ``page_size`` and ``ordering`` are
documented. Where instances may differ (see :class:`Dialect`) an answer of 400 tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import BaseModel, ValidationError

from jobbot.adverity.errors import InvalidRequest, Unexpected
from jobbot.adverity.lenient_json import read_json
from jobbot.adverity.model import Job, JobList, on_host
from jobbot.adverity.query import JobQuery

JOBS = "/api/jobs/"
PAGE_SIZE = 100
_PAGING = {"page_size": str(PAGE_SIZE), "ordering": "-id"}


@dataclass(frozen=True, slots=True)
class Dialect:
    """How an instance spells the query of a list; instances differ.

    ``slashed``: the datastream's number with a slash behind it, as the documentation's example URL has it; ``paged``:
    ``page_size`` and ``ordering`` are accepted.
    """

    slashed: bool = False
    paged: bool = True

    def target(self, query: JobQuery) -> str:
        """The first page's path and query."""
        params = query.params()
        if self.slashed and "datastream_id" in params:
            params["datastream_id"] += "/"
        if self.paged:
            params |= _PAGING
        written = urlencode(params, safe=":/")
        return f"{JOBS}?{written}" if written else JOBS

    def other(self, query: JobQuery, error: InvalidRequest) -> "Dialect | None":
        """What is worth one more try after a 400; None where the error names something else."""
        if error.status != 400:
            return None
        if self.paged and any(name in error.errors or name in error.detail for name in _PAGING):
            return replace(self, paged=False)
        if query.datastream is not None and (not error.errors or "datastream_id" in error.errors):
            return replace(self, slashed=not self.slashed)
        if self.paged and not error.errors:
            # It names nothing, so that what nobody documents of this very list comes first under suspicion.
            return replace(self, paged=False)
        return None


M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    """One page: its entries, how many could not be read, and the next page's path and query."""

    entries: tuple[M, ...]
    unreadable: int
    next: str | None


@dataclass(frozen=True, slots=True)
class Entries(Generic[M]):
    """A list as it was read: ``complete`` is False when there were more than the client reads.

    ``unreadable`` counts entries that were none.
    """

    items: tuple[M, ...]
    complete: bool = True
    unreadable: int = 0


def document(body: bytes) -> object:
    """The body's JSON, mended where it is damaged. Raises Unexpected."""
    try:
        return read_json(body)
    except ValueError as error:
        raise Unexpected("an answer that is not JSON", status=200) from error


def read_page(body: bytes, url: httpx.URL, model: type[M], *, root: str) -> Page[M]:
    """A page that was read from ``url``; also where the envelope is missing. ``root``: the path of its list.

    Raises Unexpected.
    """
    match document(body):
        case list(entries):
            link: object = None
        case {"results": list(entries), **rest}:
            link = rest.get("next")
        case _:
            raise Unexpected("an answer that is no list", status=200)
    found = tuple(_readable(entries, model, on_host(url.host, url.scheme, url.port)))
    return Page(found, len(entries) - len(found), _next_target(link, url, root))


def _readable(entries: Iterable[object], model: type[M], context: dict[str, object]) -> Iterator[M]:
    for entry in entries:
        try:
            yield model.model_validate(entry, context=context)
        except ValidationError:
            continue


def _next_target(link: object, url: httpx.URL, root: str) -> str | None:
    """Where a ``next`` link leads: to more of the same list of the same instance, or nowhere.

    Its path and query alone are used, on the address that is configured: the key goes nowhere else. So it does not
    matter whom the link names: an instance that does not know of what stands before it writes its inner name and port.
    """
    if link is None or link == "":
        return None
    try:
        there = url.join(link) if isinstance(link, str) else httpx.URL()
    except (httpx.InvalidURL, ValueError):
        there = httpx.URL()
    if there.scheme not in ("http", "https") or not there.host or not there.path.startswith(root):
        raise Unexpected("a link to the next page that leads elsewhere", status=200)
    return there.raw_path.decode("ascii")


def collect(pages: Iterable[Page[Job]], *, most: int, complete: bool) -> JobList:
    """One list of several pages: each job once, because jobs move between pages while they are read; newest first."""
    read = list(pages)
    jobs = {job.id: job for page in read for job in page.entries}
    newest = sorted(jobs.values(), key=lambda job: -job.id)
    return JobList(
        jobs=tuple(newest[:most]),
        complete=complete and len(newest) <= most,
        unreadable=sum(page.unreadable for page in read),
    )


def gather(pages: Iterable[Page[M]], *, most: int, complete: bool) -> Entries[M]:
    """One list of several pages, in their order, each numbered entry once."""
    read = list(pages)
    found: dict[object, M] = {}
    for entry in (entry for page in read for entry in page.entries):
        number = getattr(entry, "id", None)
        found[(len(found),) if number is None else number] = entry
    return Entries(tuple(found.values())[:most], complete and len(found) <= most, sum(page.unreadable for page in read))
