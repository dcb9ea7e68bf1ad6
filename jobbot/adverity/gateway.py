"""The gateway to an instance: queue, cache, retries and circuit breaker around the client.

Adverity asks for one call at a time and documents no rate limit (proxies in front may answer 429 or 503 with
Retry-After). Each HTTP exchange takes its own turn in the queue and gives it back before the next page or retry, so
that a write (stop, fetch, retry, acknowledgement, a schedule's switch) waits only for the exchange on the wire. A write
is sent once, also while the breaker is open.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import stamina

from jobbot.adverity.breaker import Breaker
from jobbot.adverity.call_labels import DATASTREAM, ISSUES, JOB, JOBS, endpoint_of, status_of
from jobbot.adverity.call_queue import CallQueue
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errands import Errands
from jobbot.adverity.errors import AdverityError, Busy, Unreachable
from jobbot.adverity.exchange import Request, Send
from jobbot.adverity.key_seen import KeySeen, key_after
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
)
from jobbot.adverity.optional_reads import OptionalReads
from jobbot.adverity.paging import Entries
from jobbot.adverity.query import JobQuery
from jobbot.adverity.read_cache import Answer, Call, ReadCache, Spared
from jobbot.telemetry import Telemetry
from jobbot.telemetry.labels import Cache

__all__ = ["Answer", "Gateway", "patient_retries", "wait_before_retry"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

RETRY_AFTER_MOST = 10.0
"""Seconds of a Retry-After that we wait for; nobody in a channel waits longer."""

OPTIONAL_SECONDS = 5.0
"""How long what an answer can do without may hold the queue."""


BeforeSend = Callable[[], Awaitable[None]]
"""Awaited when the turn of a write has come, right before it leaves: where it raises, nothing is sent."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> None:
    pass


async def _no_look() -> None:
    pass


def patient_retries() -> stamina.AsyncRetryingCaller:
    """Retry settings for reads: three tries, 0.2 to 2 s apart, none after ten seconds."""
    return stamina.AsyncRetryingCaller(attempts=3, timeout=10.0, wait_initial=0.2, wait_max=2.0, wait_jitter=0.3)


def wait_before_retry(error: Exception) -> bool | float:
    """Whether to retry a read after this error: False, True (usual backoff), or the seconds to wait."""
    match error:
        case Busy(retry_after=seconds) if seconds is not None:
            return seconds if seconds <= RETRY_AFTER_MOST else False
        case AdverityError():
            return error.is_transient
        case _:
            return False


class Gateway:
    """All calls to one instance go through this object.

    ``max_age``: for how many seconds an answer may be shown again; ``concurrency``: HTTP exchanges at the same time.
    ``optional_seconds``: how long what an answer can do without may hold the queue. ``clock`` gives the time of answers
    (UTC), ``monotonic`` measures. All reads and writes raise AdverityError.
    ``telemetry`` sees each HTTP exchange, without its waiting, and each question that needed none.
    """

    def __init__(
        self,
        client: AdverityClient,
        *,
        clock: Callable[[], datetime] = _utc_now,
        monotonic: Callable[[], float] = time.monotonic,
        max_age: float = 3.0,
        concurrency: int = 1,
        retries: stamina.AsyncRetryingCaller | None = None,
        breaker: Breaker | None = None,
        optional_seconds: float = OPTIONAL_SECONDS,
        telemetry: Telemetry | None = None,
    ) -> None:
        self._client = client
        self._telemetry = telemetry or Telemetry()
        self._queue = CallQueue(concurrency)
        self._breaker = breaker or Breaker(monotonic, clock=clock)
        self._retries = retries or patient_retries()
        self._optional_seconds = optional_seconds
        self.key_seen: KeySeen | None = None

        def reads(
            endpoint: str, ask: Callable[[AdverityClient, K], Awaitable[V]], *, size: int = 64
        ) -> ReadCache[K, V]:
            async def read(key: K, call: Call) -> V:
                return await ask(self._reading(call), key)

            spared = self._spared(endpoint)
            return ReadCache(read, clock=clock, monotonic=monotonic, max_age=max_age, size=size, spared=spared)

        self._lists = reads(JOBS, AdverityClient.list_jobs)
        self._jobs = reads(JOB, AdverityClient.job, size=1024)
        self._ended = reads(JOB, AdverityClient.job_itself)
        self._recent: ReadCache[tuple[DatastreamId, datetime], JobList] = reads(
            JOBS, lambda client, asked: client.jobs_since(*asked)
        )
        self._datastreams = reads(DATASTREAM, AdverityClient.datastream)
        self._issues: ReadCache[DatastreamId, Entries[Issue]] = reads(ISSUES, AdverityClient.issues)
        self._optional = OptionalReads(
            self._glancing, self._breaker, clock=clock, monotonic=monotonic, spared=self._spared
        )
        self._errands = Errands(self._optional.runs.get, self._queue)

    async def jobs(self, query: JobQuery, *, fresh: bool = False) -> Answer[JobList]:
        """The jobs of a query. ``fresh``: neither kept, nor of a call that was on the wire when this was asked."""
        return await self._lists.get(query, fresh=fresh)

    async def job(self, job_id: JobId, *, fresh: bool = False) -> Answer[Job]:
        """One job; ``fresh`` as for ``jobs``."""
        return await self._jobs.get(job_id, fresh=fresh)

    async def ended_job(self, job_id: JobId) -> Answer[Job]:
        """One job that is not going on any more: one call, never cached."""
        return await self._ended.get(job_id, fresh=True)

    async def jobs_since(self, datastream_id: DatastreamId, since: datetime) -> Answer[JobList]:
        """The jobs of a datastream that go on or have begun since then, as they are now (see the client).

        This and the two reads below are for looking before a write and reading back after it: never cached, with the
        retries of a job's read.
        """
        return await self._recent.get((datastream_id, since), fresh=True)

    async def current_datastream(self, datastream_id: DatastreamId) -> Answer[Datastream]:
        """One datastream as it is now: whether it is enabled, when it is fetched next, when it was changed."""
        return await self._datastreams.get(datastream_id, fresh=True)

    async def current_issues(self, datastream_id: DatastreamId) -> Answer[Entries[Issue]]:
        """The issues of a datastream that are open now."""
        return await self._issues.get(datastream_id, fresh=True)

    async def datastream(
        self, datastream_id: DatastreamId, *, max_age: timedelta | None = None, fresh: bool = False
    ) -> Answer[Datastream]:
        """One datastream; kept for an hour, as its name is. ``max_age`` for who asks for its next run.

        This and the reads below are what an answer can do without. They are asked once, for five seconds at most, and
        say nothing of whether the instance is well. Raise NotReadable where the instance answered 403 or 404 within
        the hour (without asking), another AdverityError where it failed within the minute.
        """
        return await self._optional.datastream.get(datastream_id, max_age=max_age, fresh=fresh)

    async def datastreams(self) -> Answer[Entries[Datastream]]:
        """All datastreams, with few fields beside name and workspace; kept for an hour. Many calls: for the background.

        Raises as ``datastream`` does.
        """
        return await self._optional.datastreams.get(None)

    async def workspaces(self) -> Answer[Entries[Workspace]]:
        """All workspaces; kept for an hour. Raises as ``datastream`` does."""
        return await self._optional.workspaces.get(None)

    async def issues(self, datastream_id: DatastreamId | None = None) -> Answer[Entries[Issue]]:
        """The open issues of a datastream or of all; kept for some minutes. Raises as ``datastream`` does."""
        return await self._optional.issues.get(datastream_id)

    async def extracts(self, job_id: JobId, *, fresh: bool = False) -> Answer[Entries[Extract]]:
        """What a job brought; kept for some minutes. Raises as ``datastream`` does."""
        return await self._optional.extracts.get(job_id, fresh=fresh)

    async def runs(self, datastream_id: DatastreamId, *, max_age: timedelta | None = None) -> Answer[JobList]:
        """The newest past jobs of a datastream, in one call; kept for an hour. Raises as ``datastream`` does."""
        return await self._optional.runs.get(datastream_id, max_age=max_age)

    def known_runs(self, datastream_id: DatastreamId) -> JobList | None:
        """The same where they were read within the hour, without asking."""
        return self._optional.runs.kept(datastream_id)

    def learn_runs(self, datastream_ids: Iterable[DatastreamId]) -> None:
        """Read them in the background, one datastream after the other, each when nobody waits for the instance."""
        self._errands.add(datastream_ids)

    def known_datastream(self, datastream_id: DatastreamId) -> Datastream | None:
        """A datastream that was read within the hour, without asking."""
        return self._optional.datastream.kept(datastream_id)

    async def stop(self, job_id: JobId, *, before_send: BeforeSend = _no_look) -> None:
        """Send a stop. This and the writes below raise as the client's, and whatever ``before_send`` raises."""
        await self._write(lambda client: client.stop(job_id), before_send)

    async def fetch(
        self,
        datastream_id: DatastreamId,
        days: Days,
        priority: Priority | None = None,
        *,
        before_send: BeforeSend = _no_look,
    ) -> Started:
        """Send a fetch of these days."""
        return await self._write(lambda client: client.fetch(datastream_id, days, priority), before_send)

    async def retry(self, path: str, *, before_send: BeforeSend = _no_look) -> Started:
        """Send a retry, to an issue's ``retry_url``."""
        return await self._write(lambda client: client.retry(path), before_send, self._forget_issues)

    async def acknowledge(self, path: str, *, before_send: BeforeSend = _no_look) -> None:
        """Send an acknowledgement, to an issue's ``ack_url``."""
        await self._write(lambda client: client.acknowledge(path), before_send, self._forget_issues)

    async def set_enabled(
        self, datastream_id: DatastreamId, *, enabled: bool, before_send: BeforeSend = _no_look
    ) -> None:
        """Send the switch of a datastream's schedules."""

        def forget() -> None:
            self._datastreams.forget(datastream_id)
            self._optional.datastream.forget(datastream_id)

        await self._write(lambda client: client.set_enabled(datastream_id, enabled=enabled), before_send, forget)

    async def _write(
        self,
        write: Callable[[AdverityClient], Awaitable[V]],
        before_send: BeforeSend,
        forget: Callable[[], None] = _nothing,
    ) -> V:
        """Send it before all reads that wait, once, also while the breaker is open; then forget what it may change.

        Those are all jobs, because follow-up jobs are discarded with one that stops, and whatever ``forget`` forgets.
        """
        try:
            return await write(self._client.through(lambda send: self._at_once(send, before_send)))
        finally:
            for reads in (self._jobs, self._ended, self._lists, self._recent):
                reads.forget()
            forget()

    def _forget_issues(self) -> None:
        self._issues.forget()
        self._optional.issues.forget()

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far the instance's clock is ahead of ours, from its answers; None before the first one."""
        return self._client.clock_ahead

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return self._queue.waiting

    async def aclose(self) -> None:
        """End all calls and close the client."""
        must = (self._lists, self._jobs, self._ended, self._recent, self._datastreams, self._issues)
        for reads in (self._errands, *must, self._optional):
            await reads.aclose()
        await self._client.aclose()

    def _at_once(self, send: Send, before_send: BeforeSend) -> Send:
        async def urgent(request: Request) -> bytes:
            async with self._queue.turn(urgent=True):
                await before_send()
                with self._breaker.attempt(always=True):
                    return await self._observed(send, request)

        return urgent

    def _reading(self, call: Call) -> AdverityClient:
        """The client with queue, breaker and retries around each HTTP exchange; ``call`` is marked when one leaves."""

        def wrap(send: Send) -> Send:
            async def attempt(request: Request) -> bytes:
                self._breaker.check()  # before the queue too: it may be long when the instance hangs
                async with self._queue.turn():
                    with self._breaker.attempt():
                        call.leaves()
                        return await self._observed(send, request)

            async def patient(request: Request) -> bytes:
                return await self._retries(self._wait_before_retry, attempt, request)

            return patient

        return self._client.through(wrap)

    def _glancing(self, call: Call) -> AdverityClient:
        """The client for what an answer can do without: it waits its turn, holds it shortly, and tries once.

        How that ends is kept from the breaker: a path that nobody needs must not close those that people ask for.
        """

        def wrap(send: Send) -> Send:
            async def glance(request: Request) -> bytes:
                async with self._queue.turn():
                    self._breaker.refuse_while_open()
                    call.leaves()
                    try:
                        async with asyncio.timeout(self._optional_seconds):
                            return await self._observed(send, request)
                    except TimeoutError as error:
                        raise Unreachable(f"no complete answer within {self._optional_seconds:g} s") from error

            return glance

        return self._client.through(wrap)

    async def _observed(self, send: Send, request: Request) -> bytes:
        with self._telemetry.upstream(endpoint_of(request.target, request.method)) as exchange:
            try:
                body = await send(request)
            except AdverityError as error:
                exchange.status = status_of(error)
                self.key_seen = key_after(self.key_seen, request.method, error)
                raise
            exchange.status = status_of(None)
            self.key_seen = key_after(self.key_seen, request.method, None)
            return body

    def _spared(self, endpoint: str) -> Spared:
        def spared(cache: Cache, error: AdverityError | None) -> None:
            self._telemetry.metrics.upstream_spared(endpoint, status_of(error), cache)

        return spared

    def _wait_before_retry(self, error: Exception) -> bool | float:
        return False if self._breaker.is_open else wait_before_retry(error)
