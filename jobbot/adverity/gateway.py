"""The gateway to an instance: its reads, each with how long it is kept, and its writes.

How a call leaves - one at a time, with retries, behind a circuit breaker - is ``call_policy``'s.
"""

import time
from collections.abc import Awaitable, Callable, Hashable, Iterable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import stamina

from jobbot.adverity.background_reads import BackgroundReads
from jobbot.adverity.breaker import Breaker
from jobbot.adverity.call_labels import DATASTREAM, ISSUES, JOB, JOBS
from jobbot.adverity.call_policy import OPTIONAL_SECONDS, BeforeSend, CallPolicy, patient_retries
from jobbot.adverity.call_queue import CallQueue
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.key_seen import KeySeen
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
from jobbot.adverity.read_cache import Answer, Call, ReadCache
from jobbot.telemetry import Telemetry

__all__ = ["Answer", "BeforeSend", "Gateway"]

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _nothing() -> None:
    pass


async def _no_look() -> None:
    pass


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
        self._policy = policy = CallPolicy(
            client,
            queue=CallQueue(concurrency),
            breaker=breaker or Breaker(monotonic, clock=clock),
            retries=retries or patient_retries(),
            optional_seconds=optional_seconds,
            telemetry=telemetry or Telemetry(),
        )

        def reads(
            endpoint: str, ask: Callable[[AdverityClient, K], Awaitable[V]], *, size: int = 64
        ) -> ReadCache[K, V]:
            async def read(key: K, call: Call) -> V:
                return await ask(policy.for_read(call), key)

            spared = policy.spared(endpoint)
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
            policy.for_optional_read, policy.breaker, clock=clock, monotonic=monotonic, spared=policy.spared
        )
        self._background = BackgroundReads(self._optional.runs.get, policy.queue)

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
        self._background.add(datastream_ids)

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
            return await write(self._policy.for_write(before_send))
        finally:
            for reads in (self._jobs, self._ended, self._lists, self._recent):
                reads.forget()
            forget()

    def _forget_issues(self) -> None:
        self._issues.forget()
        self._optional.issues.forget()

    @property
    def key_seen(self) -> KeySeen | None:
        """What the instance's answers said of the key so far; None before the first one that says anything."""
        return self._policy.key_seen

    @property
    def clock_ahead(self) -> timedelta | None:
        """How far the instance's clock is ahead of ours, from its answers; None before the first one."""
        return self._client.clock_ahead

    @property
    def waiting(self) -> int:
        """How many requests wait for their turn."""
        return self._policy.queue.waiting

    async def aclose(self) -> None:
        """End all calls and close the client."""
        must = (self._lists, self._jobs, self._ended, self._recent, self._datastreams, self._issues)
        for reads in (self._background, *must, self._optional):
            await reads.aclose()
        await self._client.aclose()
