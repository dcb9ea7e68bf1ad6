"""A retry of what failed, and the acknowledgement of an issue: both go to a link of the issue that a failed job left.

The link is the one that the issue has right before it is used, never one that a button or a window carried. A retry
acknowledges the issue by itself: so it is known to have worked where a new job of the datastream is seen, or where the
issue is not open any more. Where neither is seen it is not asked again: a second retry may fetch everything twice.
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import TypeVar, assert_never

from pydantic import BaseModel, ConfigDict

from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import DatastreamId, Days, Issue, Job, JobId, State
from jobbot.flows.acts.attempts import (
    Accepted,
    Attempt,
    Ending,
    Moot,
    NotSent,
    RefusedUpstream,
    Sent,
    TooOld,
    Unanswered,
    fate_of,
    unsent_ending,
)
from jobbot.flows.acts.course import Course
from jobbot.flows.acts.kinds.read_back import read_named, read_until
from jobbot.render.acts import fetch, retry
from jobbot.render.acts import message as acts
from jobbot.render.acts.message import Act
from jobbot.render.acts.retry import Acknowledgement, OfIssue, RetriedJob
from jobbot.store.acts.model import ActRecord, ActState, Kind

A = TypeVar("A", bound=OfIssue)

LOOKS_FOR = 60.0
"""Seconds for which a new job is looked for after a retry that was accepted without naming one."""


class IssueDetails(BaseModel):
    """What only these rows have. ``issue`` is the issue's number, None where it has none; ``newest`` is the number of
    the datastream's newest job right before a retry was sent."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    issue: int | None = None
    newest: int | None = None

    @classmethod
    def of(cls, record: ActRecord) -> "IssueDetails":
        """From a row."""
        return cls.model_validate_json(record.details or "{}")


def subject_of(issue: int | None, job: int) -> str:
    """What both claim: one issue is retried or acknowledged by one at a time."""
    return f"issue {issue}" if issue is not None else f"issue of job {job}"


class _OfIssue(Course):
    """What both have in common: the job's issue, read before and afterwards."""

    _path: str | None = None
    _was_open = False
    _is_gone = False

    @property
    def _stream(self) -> DatastreamId:
        return DatastreamId(self.record.datastream or 0)

    @staticmethod
    @abstractmethod
    def _link(issue: Issue) -> str | None:
        """Where it is sent."""

    async def look(self) -> bool:
        """See :meth:`Course.look`: without an open issue of this job there is nothing to do any more."""
        job = (await self.instance.gateway.job(JobId(self.record.job or 0), fresh=True)).value
        mine = await self._mine()
        issue = issue_of(job, mine) if job.state is State.FAILED else None
        self._was_open = issue is not None
        self._path = self._link(issue) if issue is not None else None
        return self._path is not None

    async def _mine(self) -> tuple[Issue, ...]:
        """What is open under the number that this act claims."""
        wanted = IssueDetails.of(self.record).issue
        found = (await self.instance.gateway.current_issues(self._stream)).value
        return tuple(one for one in found.items if wanted is None or one.id == wanted)

    async def _has_gone(self) -> bool:
        """Whether the issue is certainly not open any more."""
        wanted = IssueDetails.of(self.record).issue
        found = (await self.instance.gateway.current_issues(self._stream)).value
        if not found.complete or found.unreadable:
            return False
        if wanted is not None:
            return all(one.id != wanted for one in found.items)
        job = (await self.instance.gateway.job(JobId(self.record.job or 0), fresh=True)).value
        return issue_of(job, found.items) is None

    async def ending(self, attempt: Attempt, act: Act) -> Ending:
        """See :meth:`Course.ending`."""
        assert isinstance(act, OfIssue)  # noqa: S101 - narrows for the type checker
        match attempt:
            case Moot():
                outcome = "not sent, " + ("not offered" if self._was_open else "the issue is not open any more")
                return Ending(ActState.ENDED_OTHERWISE, outcome, retry.moot(act, is_open=self._was_open))
            case NotSent() | TooOld():
                return unsent_ending(attempt, act)
            case RefusedUpstream(said, status):
                return Ending(ActState.REFUSED, said, acts.refused(act, said, status))
            case Accepted() | Unanswered():
                return self._after_sending(attempt, act)
            case _:
                assert_never(attempt)

    def _after_sending(self, attempt: Accepted | Unanswered, act: OfIssue) -> Ending:
        if (done := self._done(act)) is not None:
            return done
        why = "accepted" if isinstance(attempt, Accepted) else f"no answer: {attempt.why}"
        return Ending(
            ActState.UNKNOWN, f"{why}, and not seen since", retry.not_seen(act, fate_of(attempt), self.clock())
        )

    @abstractmethod
    def _done(self, act: OfIssue) -> Ending | None:
        """The ending where what was read says that it was done."""


class RetryCourse(_OfIssue):
    """A retry. See the module."""

    kind = Kind.RETRY
    _jobs: tuple[Job | JobId, ...] = ()

    @staticmethod
    def act_of(record: ActRecord) -> RetriedJob:
        """See :meth:`Course.act_of`."""
        return _act_of(RetriedJob, record)

    @staticmethod
    def _link(issue: Issue) -> str | None:
        return issue.retry_url

    async def look(self) -> bool:
        """See :meth:`Course.look`: the newest job is kept too, so that a new one is told from it after a crash."""
        if not await super().look():
            return False
        found = (await self.instance.gateway.jobs_since(self._stream, self.record.requested_at)).value
        newest = max((job.id for job in found.jobs), default=self.record.job or 0)
        details = IssueDetails.of(self.record).model_copy(update={"newest": max(newest, self.record.job or 0)})
        self.details = details.model_dump_json()
        return True

    async def send(self, before_send: Callable[[], None]) -> str:
        """See :meth:`Course.send`: the numbers of the new jobs are kept, as far as the answer names them."""
        said = await self.instance.gateway.retry(self._path or "", before_send=before_send)
        return ",".join(map(str, said.jobs))

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: the jobs that the answer named, else one that is new, else the issue."""
        match attempt:
            case RefusedUpstream():
                pass
            case Accepted(said=said) if said:
                self._jobs = await read_named(said, self.instance)
            case Accepted() | Unanswered():
                bound = min(bound, LOOKS_FOR)
                found = await read_until(self._find, bool, bound=bound, timing=self.timing, timer=self.timer)
                self._jobs = found or ()
            case _:
                assert_never(attempt)

    async def _find(self) -> tuple[Job | JobId, ...]:
        """The new jobs; the schedule may have started one meanwhile, which fetches other days."""
        details = IssueDetails.model_validate_json(self.details or self.record.details or "{}")
        newest = details.newest or self.record.job or 0
        found = (await self.instance.gateway.jobs_since(self._stream, self.record.requested_at)).value.jobs
        new = tuple(job for job in found if job.id > newest and _may_repeat(job, self.record))
        self._is_gone = self._is_gone or await self._has_gone()
        return tuple(sorted(new, key=lambda job: job.id))

    def _done(self, act: OfIssue) -> Ending | None:
        if self._jobs:
            numbers = tuple(int(job.id if isinstance(job, Job) else job) for job in self._jobs)
            outcome = f"started {', '.join(map(str, numbers))}"
            return Ending(ActState.DONE, outcome, fetch.started(act, self._jobs, self.clock()), numbers)
        if self._is_gone:
            told = retry.no_job_yet(act, self.clock())
            return Ending(ActState.DONE, "the issue is closed, and no new job was seen", told)
        return None


class AcknowledgeCourse(_OfIssue):
    """An acknowledgement. See the module."""

    kind = Kind.ACKNOWLEDGE

    @staticmethod
    def act_of(record: ActRecord) -> Acknowledgement:
        """See :meth:`Course.act_of`."""
        return _act_of(Acknowledgement, record)

    @staticmethod
    def _link(issue: Issue) -> str | None:
        return issue.ack_url

    async def send(self, before_send: Callable[[], None]) -> str:
        """See :meth:`Course.send`."""
        await self.instance.gateway.acknowledge(self._path or "", before_send=before_send)
        return ""

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: until the issue is not among the open ones."""
        if not isinstance(attempt, RefusedUpstream):
            gone = await read_until(self._has_gone, bool, bound=bound, timing=self.timing, timer=self.timer)
            self._is_gone = gone is True

    def _done(self, act: OfIssue) -> Ending | None:
        if not self._is_gone:
            return None
        return Ending(ActState.DONE, "the issue is not open any more", retry.acknowledged(act, self.clock()))


def _act_of(kind: type[A], record: ActRecord) -> A:
    return kind(
        instance=record.instance,
        user_id=record.user_id,
        asked_at=record.requested_at,
        reason=record.reason,
        name=record.name,
        job=record.job or 0,
        datastream=record.datastream,
    )


def _may_repeat(job: Job, record: ActRecord) -> bool:
    """Whether a new job may be the retry of the row's: it fetches the same days, as far as both are known."""
    first, last = record.range_start, record.range_end
    return first is None or last is None or job.days is None or job.days == Days(first, last)
