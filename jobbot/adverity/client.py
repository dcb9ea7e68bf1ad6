"""The HTTP client of Adverity's jobs API: one method a call of its documentation.

Queueing, caching and retries are the ``gateway``'s. The few second requests below are for what the documentation leaves
open: which of two spellings an instance understands.
"""

import copy
import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Literal, TypeVar
from urllib.parse import urlencode

import httpx
from pydantic import ValidationError

from jobbot import __version__
from jobbot.adverity.clock_difference import ClockDifference
from jobbot.adverity.errors import InvalidRequest, NotFound, NotStoppable, Unexpected
from jobbot.adverity.exchange import Exchange, Request, Send
from jobbot.adverity.lenient_json import read_json
from jobbot.adverity.model import (
    Datastream,
    DatastreamId,
    Days,
    Extract,
    Issue,
    Job,
    JobId,
    JobList,
    Priority,
    Started,
    Workspace,
    on_host,
)
from jobbot.adverity.paging import JOBS, PAGE_SIZE, Dialect, Entries, M, Page, collect, document, gather, read_page
from jobbot.adverity.query import JobQuery, Times
from jobbot.adverity.wire import api_path
from jobbot.config.network import trusted

MOST_BYTES = 10 * 1024 * 1024
MOST_PAGES, MOST_JOBS = 10, 1000
PAST_RUNS = timedelta(days=60)


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(slots=True)
class _Learned:
    """What a client has learned of its instance; shared with the copies that ``through`` makes."""

    difference: ClockDifference
    dialect: Dialect = field(default_factory=Dialect)
    unsized: set[str] = field(default_factory=set)


class AdverityClient:
    """A client for one instance with one key.

    ``base_url`` is ``https://HOST`` without a path; ``scheme`` the word that Adverity wants before this kind of key.
    Timeouts are in seconds: to connect, between two pieces of an answer, and for a whole exchange. ``proxy`` is the URL
    of one, ``tls`` whose certificates are believed. ``http`` is used and left open where it is given, else one is made
    and closed by ``aclose``. All verbs raise AdverityError.
    """

    def __init__(
        self,
        base_url: str,
        key: str,
        *,
        scheme: Literal["Token", "Bearer"] = "Token",
        connect_timeout: float = 5.0,
        read_timeout: float = 10.0,
        deadline: float = 20.0,
        proxy: str | None = None,
        tls: ssl.SSLContext | None = None,
        http: httpx.AsyncClient | None = None,
        clock: Callable[[], datetime] = _utc_now,
    ) -> None:
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            raise ValueError("the key holds characters that no header can carry")
        self.base_url = base_url.rstrip("/")
        origin = httpx.URL(self.base_url)
        self._context = on_host(origin.host, origin.scheme, origin.port)
        self._http = _new_http(proxy, tls) if http is None else http
        self._owns_http = http is None
        self._clock = clock
        self._learned = _Learned(ClockDifference(clock))
        self._send: Send = Exchange(
            http=self._http,
            base_url=self.base_url,
            headers={
                "Authorization": f"{scheme} {key}",
                "User-Agent": f"jobbot/{__version__}",
                "Accept": "application/json",
                "Accept-Encoding": "gzip",
            },
            timeout=httpx.Timeout(read_timeout, connect=connect_timeout, pool=connect_timeout),
            deadline=deadline,
            limit=MOST_BYTES,
            clock=clock,
            key=key,
            difference=self._learned.difference,
        )

    def __repr__(self) -> str:
        return f"AdverityClient({self.base_url!r})"

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far the instance's clock is ahead of ours, from its answers; None before the first one."""
        return self._learned.difference.ahead

    def through(self, wrap: Callable[[Send], Send]) -> "AdverityClient":
        """The same client, with every single HTTP exchange going through what ``wrap`` makes of it."""
        wrapped = copy.copy(self)
        wrapped._send = wrap(self._send)
        return wrapped

    async def list_jobs(self, query: JobQuery) -> JobList:
        """The jobs of a query, newest first, from all pages up to MOST_PAGES and MOST_JOBS."""
        first = await self._first_page(query)
        pages, complete = await self._with_the_rest(first, Job, JOBS, MOST_PAGES, MOST_JOBS)
        return collect(pages, most=MOST_JOBS, complete=complete)

    async def _with_the_rest(
        self, first: Page[M], model: type[M], root: str, most_pages: int, most: int
    ) -> tuple[list[Page[M]], bool]:
        """The pages of a list, and whether these are all."""
        pages, seen = [first], {first.next}
        while (target := pages[-1].next) is not None:
            if len(pages) == most_pages or sum(len(page.entries) for page in pages) >= most:
                return pages, False
            try:
                pages.append(await self._page(target, model, root))
            except NotFound:
                break  # entries went while the list was read, and it has fewer pages now
            if pages[-1].next in seen:
                return pages, pages[-1].next is None
            seen.add(pages[-1].next)
        return pages, True

    async def _first_page(self, query: JobQuery) -> Page[Job]:
        """The first page, in the dialect that this instance understands, which is remembered."""
        dialect: Dialect | None = self._learned.dialect
        refusals: dict[Dialect, InvalidRequest] = {}
        while dialect is not None and dialect not in refusals:
            try:
                page = await self._page(dialect.target(query), Job, JOBS)
            except InvalidRequest as error:
                refusals[dialect] = error
                dialect = dialect.other(query, error)
            else:
                self._learned.dialect = dialect
                return page
        raise next(iter(refusals.values()))  # the answer to what is documented says most

    async def _page(self, target: str, model: type[M], root: str) -> Page[M]:
        body = await self._send(Request("GET", target))
        return read_page(body, httpx.URL(self.base_url + target), model, root=root)

    async def _listed(self, path: str, model: type[M], most_pages: int, **params: str) -> Entries[M]:
        """A list that is no list of jobs, in hundreds; as it comes where the instance does not take ``page_size``."""
        sized = path not in self._learned.unsized
        try:
            first = await self._page(_target(path, params, sized=sized), model, path)
        except InvalidRequest as error:
            if error.status != 400 or not sized:
                raise
            first = await self._page(_target(path, params, sized=False), model, path)
            self._learned.unsized.add(path)
        most = most_pages * PAGE_SIZE
        pages, complete = await self._with_the_rest(first, model, path, most_pages, most)
        return gather(pages, most=most, complete=complete)

    async def job(self, job_id: JobId) -> Job:
        """One job, from ``/imported/`` while it is in progress, else from the job itself.

        The body of ``/imported/`` is not published: what is no job object there answers nothing, and a job that is no
        longer in progress may not be found there.
        """
        try:
            body = await self._send(Request("GET", f"/api/jobs/{job_id}/imported/"))
            in_progress = _job_in_progress(body, job_id, self._context)
        except (NotFound, InvalidRequest):
            in_progress = None
        if in_progress is not None:
            return in_progress
        return await self.job_itself(job_id)

    async def job_itself(self, job_id: JobId) -> Job:
        """One job from ``/api/jobs/ID/``, in one call: for jobs that are not in progress any more."""
        return _read(Job, await self._send(Request("GET", f"/api/jobs/{job_id}/")), job_id, self._context)

    async def stop(self, job_id: JobId) -> None:
        """Ask Adverity to stop a job: one POST, whatever happens.

        For this and the writes below: returning means that it was accepted, with any body or none, and nothing of what
        has become of it, which is to be read. After an Unreachable with ``maybe_received``, or where a 5xx was
        answered, it may have been taken all the same.

        Raises NotStoppable where the job is in no stage in which it can be stopped.
        """
        try:
            await self._send(Request("POST", f"/api/jobs/{job_id}/stop/"))
        except InvalidRequest as error:
            raise NotStoppable(error.words, status=error.status) from error

    async def fetch(self, datastream_id: DatastreamId, days: Days, priority: Priority | None = None) -> Started:
        """Ask Adverity to fetch these days of a datastream: one POST. Which jobs, as far as the answer names them.

        Without a ``priority`` Adverity decides on it. Raises InvalidRequest, whose ``errors`` name the fields.
        """
        asked = {"start": days.start.isoformat(), "end": days.end.isoformat()}
        if priority is not None:
            asked["priority"] = priority.value
        return await self._start(f"/api/datastreams/{datastream_id}/fetch_fixed/", asked)

    async def retry(self, path: str) -> Started:
        """Ask Adverity to repeat a failed operation, and to acknowledge its issue: one POST to ``Issue.retry_url``."""
        return await self._start(_under_api(path))

    async def acknowledge(self, path: str) -> None:
        """Ask Adverity to acknowledge an issue: one POST to ``Issue.ack_url``."""
        await self._send(Request("POST", _under_api(path)))

    async def set_enabled(self, datastream_id: DatastreamId, *, enabled: bool) -> None:
        """Ask Adverity to fetch a datastream by its schedules, or not to any more: one PATCH.

        ``enabled`` goes alone, as fields beside it were seen to be dropped.
        """
        await self._send(Request("PATCH", f"/api/datastreams/{datastream_id}/", _json({"enabled": enabled})))

    async def _start(self, path: str, asked: dict[str, str] | None = None) -> Started:
        body = b"" if asked is None else _json(asked)
        said = await self._send(Request("POST", path, body, wants_words=True))
        try:
            return Started.of(read_json(said))
        except ValueError:
            return Started()

    async def datastream(self, datastream_id: DatastreamId) -> Datastream:
        """One datastream: its name, its workspace, when it is fetched next."""
        body = await self._send(Request("GET", f"/api/datastreams/{datastream_id}/"))
        return _read(Datastream, body, datastream_id, self._context)

    async def datastreams(self, *, pages: int = 50) -> Entries[Datastream]:
        """The datastreams that the key sees, a hundred a page."""
        return await self._listed("/api/datastreams/", Datastream, pages)

    async def workspaces(self) -> Entries[Workspace]:
        """All workspaces that the key sees, up to 1,000, from whichever of the two documented paths there is."""
        try:
            return await self._listed("/api/stacks/", Workspace, 10)
        except NotFound:
            return await self._listed("/api/v1/workspaces/", Workspace, 10)

    async def issues(self, datastream_id: DatastreamId | None = None) -> Entries[Issue]:
        """The issues that are open, of one datastream or of all, up to 500."""
        only = {} if datastream_id is None else {"datastream_id": str(datastream_id)}
        found = await self._listed("/api/errors/", Issue, 5, ack="false", show_issue_tags="true", **only)
        # That an instance knows the filter is not certain.
        kept = (one for one in found.items if datastream_id is None or one.datastream_id in (None, datastream_id))
        return replace(found, items=tuple(kept))

    async def extracts(self, job_id: JobId) -> Entries[Extract]:
        """What a job brought, up to 200 pieces."""
        found = await self._listed("/api/extracts/", Extract, 2, job_id=str(job_id))
        return replace(found, items=tuple(one for one in found.items if one.job_id in (None, job_id)))

    async def introspect(self) -> object:
        """What Adverity says of the key itself: JSON whose shape is not published."""
        return document(await self._send(Request("GET", "/api/v1/auth/keys/introspect/")))

    async def past_runs(self, datastream_id: DatastreamId) -> JobList:
        """The newest past jobs of a datastream, those of the last 60 days that one page holds: one call."""
        now = self._clock()
        page = await self._first_page(JobQuery(datastream_id, Times(now - PAST_RUNS, now)))
        return collect([page], most=PAGE_SIZE, complete=page.next is None)

    async def jobs_since(self, datastream_id: DatastreamId, since: datetime) -> JobList:
        """The jobs of a datastream that go on, and those that have begun and ended since then, newest first.

        Those that go on are read first: what ends between the two reads is in the second. ``since`` is by our clock;
        how far the instance's is from it, as far as that is known, is allowed for.
        """
        going_on = await self.list_jobs(JobQuery(datastream_id))
        now, ahead = self._clock(), self.clock_ahead or timedelta(0)
        range_ = Times(min(since, since + ahead), max(now, now + ahead))
        past = await self.list_jobs(JobQuery(datastream_id, range_))
        found = {job.id: job for job in (*going_on.jobs, *past.jobs)}
        # That an instance knows the filter is not certain.
        of_it = [job for job in found.values() if job.datastream is None or job.datastream.id == datastream_id]
        return JobList(
            jobs=tuple(sorted(of_it, key=lambda job: -job.id)),
            complete=going_on.complete and past.complete,
            unreadable=going_on.unreadable + past.unreadable,
        )

    async def aclose(self) -> None:
        """Close the connections, where they are our own."""
        if self._owns_http:
            await self._http.aclose()


Numbered = TypeVar("Numbered", Job, Datastream)


def _target(path: str, params: dict[str, str], *, sized: bool) -> str:
    written = urlencode(params | ({"page_size": str(PAGE_SIZE)} if sized else {}))
    return f"{path}?{written}" if written else path


def _json(fields: Mapping[str, object]) -> bytes:
    return json.dumps(fields).encode("ascii")


def _under_api(path: str) -> str:
    """The path, which is one that :class:`Issue` has read. Raises ValueError."""
    if api_path(path, None) != path:
        raise ValueError("not a path under /api/")
    return path


def _read(model: type[Numbered], body: bytes, wanted: int, context: dict[str, object]) -> Numbered:
    try:
        found = model.model_validate(document(body), context=context)
    except ValidationError as error:
        raise Unexpected(f"an answer that is no {model.__name__.lower()}", status=200) from error
    if found.id != wanted:
        raise Unexpected(f"an answer about {model.__name__.lower()} {found.id} instead of {wanted}", status=200)
    return found


def _job_in_progress(body: bytes, wanted: JobId, context: dict[str, object]) -> Job | None:
    """The job in an answer of ``/imported/``; None where that is no job, another one, or without a state."""
    try:
        found = _read(Job, body, wanted, context)
    except Unexpected:
        return None
    return found if found.state_label else None


def _new_http(proxy: str | None, tls: ssl.SSLContext | None) -> httpx.AsyncClient:
    """The httpx client with jobbot's connection settings.

    No retries in the transport: a POST that may have been received must not be sent again behind our back. Idle
    connections are given up before servers are known to (gunicorn after 2 s), because a request that meets a closing
    connection gets no answer. No cookies: Django's session authentication would take one, and ask for a CSRF token.
    Nothing is read from the environment: proxies and certificates are decided on in ``config/network``, and .netrc is
    not wanted.
    """
    verify = tls or trusted()
    return httpx.AsyncClient(
        limits=httpx.Limits(max_connections=10, keepalive_expiry=1.5),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
        verify=verify,
        proxy=None if proxy is None else httpx.Proxy(proxy, ssl_context=verify if proxy.startswith("https:") else None),
    )
