"""Paging of job lists: the first page's URL, reading a page, the link to the next. Pure.

The envelope ``{"count", "next", "previous", "results"}`` is what other clients read; ``page_size`` and ``ordering`` are
documented. Where instances may differ (see :class:`Dialect`) an answer of 400 tells.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import httpx
from pydantic import ValidationError

from jobbot.adverity.errors import InvalidRequest, Unexpected
from jobbot.adverity.lenient_json import read_json
from jobbot.adverity.model import Job, JobList
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


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its jobs, how many entries were none, and the next page's path and query."""

    jobs: tuple[Job, ...]
    unreadable: int
    next: str | None


def document(body: bytes) -> object:
    """The body's JSON, mended where it is damaged. Raises Unexpected."""
    try:
        return read_json(body)
    except ValueError as error:
        raise Unexpected("an answer that is not JSON", status=200) from error


def read_page(body: bytes, url: httpx.URL) -> Page:
    """A page that was read from ``url``; also where the envelope is missing. Raises Unexpected."""
    match document(body):
        case list(entries):
            link: object = None
        case {"results": list(entries), **rest}:
            link = rest.get("next")
        case _:
            raise Unexpected("an answer that is no list of jobs", status=200)
    jobs = tuple(_readable(entries))
    return Page(jobs, len(entries) - len(jobs), _next_target(link, url))


def _readable(entries: Iterable[object]) -> Iterator[Job]:
    for entry in entries:
        try:
            yield Job.model_validate(entry)
        except ValidationError:
            continue


def _next_target(link: object, url: httpx.URL) -> str | None:
    """Where a ``next`` link leads: to more jobs of the same instance, or nowhere.

    Its path and query alone are used, on the address that is configured: the key goes nowhere else. So it does not
    matter whom the link names: an instance that does not know of what stands before it writes its inner name and port.
    """
    if link is None or link == "":
        return None
    try:
        there = url.join(link) if isinstance(link, str) else httpx.URL()
    except (httpx.InvalidURL, ValueError):
        there = httpx.URL()
    if there.scheme not in ("http", "https") or not there.host or not there.path.startswith(JOBS):
        raise Unexpected("a link to the next page that leads elsewhere", status=200)
    return there.raw_path.decode("ascii")


def collect(pages: Iterable[Page], *, most: int, complete: bool) -> JobList:
    """One list of several pages: each job once, because jobs move between pages while they are read; newest first."""
    read = list(pages)
    jobs = {job.id: job for page in read for job in page.jobs}
    newest = sorted(jobs.values(), key=lambda job: -job.id)
    return JobList(
        jobs=tuple(newest[:most]),
        complete=complete and len(newest) <= most,
        unreadable=sum(page.unreadable for page in read),
    )
