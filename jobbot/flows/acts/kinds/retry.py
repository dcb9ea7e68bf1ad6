"""A retry of what failed, and the acknowledgement of an issue: both go to a link of the issue that a failed job left.

The link is the one that the issue has right before it is used, never one that a button or a window carried. A retry
acknowledges the issue by itself: one that was accepted is known to have worked where a new job of the datastream is
seen, or where the issue is not open any more. One that got no answer may never have arrived, while somebody else
acknowledged the issue, or a scheduled run succeeded: of it both are asked, the closed issue and a new job that no
schedule began. Where that is not seen it is not asked again: a second retry may fetch everything twice.
"""

from typing import assert_never

from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import Days, Issue, Job, JobId
from jobbot.flows.acts.attempts import Accepted, Ending, RefusedUpstream, Sent, Unanswered
from jobbot.flows.acts.kinds.of_issue import IssueDetails, OfIssueCourse, act_of
from jobbot.flows.acts.kinds.read_back import kept_of, read_named, read_until, words_in
from jobbot.render.acts import fetch, retry
from jobbot.render.acts.retry import Acknowledgement, RetriedJob
from jobbot.store.acts.model import ActRecord, ActState, Kind

LOOKS_FOR = 60.0
"""Seconds for which a new job is looked for after a retry that was accepted without naming one."""


class RetryCourse(OfIssueCourse[RetriedJob]):
    """A retry. See the module."""

    kind = Kind.RETRY
    _jobs: tuple[Job | JobId, ...] = ()

    @staticmethod
    def act_of(record: ActRecord) -> RetriedJob:
        """See :meth:`Course.act_of`."""
        return act_of(RetriedJob, record)

    @staticmethod
    def link(issue: Issue) -> str | None:
        """See :class:`OfIssueCourse`."""
        return issue.retry_url

    async def look(self) -> bool:
        """See :meth:`Course.look`: the newest job is kept too, so that a new one is told from it after a crash."""
        if not await super().look():
            return False
        found = (await self.instance.gateway.jobs_since(self.stream, self.record.requested_at)).value
        newest = max((job.id for job in found.jobs), default=self.record.job or 0)
        details = IssueDetails.of(self.record).model_copy(update={"newest": max(newest, self.record.job or 0)})
        self.details = details.model_dump_json()
        return True

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`: the numbers of the new jobs are kept, as far as the answer names them."""
        said = await self.instance.gateway.retry(self.path or "", before_send=before_send)
        return kept_of(said)

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: the jobs that the answer named, else one that is new, else the issue."""
        match attempt:
            case RefusedUpstream():
                pass
            case Accepted(said=said) if words_in(said) is None:
                self._jobs = await read_named(said, self.instance)
            case Accepted() | Unanswered():
                bound, is_accepted = min(bound, LOOKS_FOR), isinstance(attempt, Accepted)
                found = await read_until(
                    self._find,
                    lambda jobs: bool(jobs) and (is_accepted or self.is_gone),
                    bound=bound,
                    timing=self.timing,
                    timer=self.timer,
                )
                self._jobs = (found or ()) if is_accepted or self.is_gone else ()
                self.is_read = found is not None
            case _:
                assert_never(attempt)

    async def _find(self) -> tuple[Job | JobId, ...]:
        """The new jobs; the schedule may have started one meanwhile."""
        details = IssueDetails.model_validate_json(self.details or self.record.details or "{}")
        newest = details.newest or self.record.job or 0
        found = (await self.instance.gateway.jobs_since(self.stream, self.record.requested_at)).value.jobs
        new = tuple(job for job in found if job.id > newest and _may_repeat(job, self.record))
        self.is_gone = self.is_gone or await self.has_gone()
        return tuple(sorted(new, key=lambda job: job.id))

    def done(self, act: RetriedJob, *, is_accepted: bool) -> Ending | None:
        """See :class:`OfIssueCourse`."""
        if self._jobs:
            numbers = tuple(int(job.id if isinstance(job, Job) else job) for job in self._jobs)
            outcome = f"started {', '.join(map(str, numbers))}"
            return Ending(ActState.DONE, outcome, fetch.started(act, self._jobs, self.clock()), numbers)
        if self.is_gone and is_accepted:
            told = retry.no_job_yet(act, self.clock())
            return Ending(ActState.DONE, "the issue is closed, and no new job was seen", told)
        return None


class AcknowledgeCourse(OfIssueCourse[Acknowledgement]):
    """An acknowledgement. See the module."""

    kind = Kind.ACKNOWLEDGE

    @staticmethod
    def act_of(record: ActRecord) -> Acknowledgement:
        """See :meth:`Course.act_of`."""
        return act_of(Acknowledgement, record)

    @staticmethod
    def link(issue: Issue) -> str | None:
        """See :class:`OfIssueCourse`."""
        return issue.ack_url

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`."""
        await self.instance.gateway.acknowledge(self.path or "", before_send=before_send)
        return ""

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: until the issue is not among the open ones."""
        if not isinstance(attempt, RefusedUpstream):
            gone = await read_until(self.has_gone, bool, bound=bound, timing=self.timing, timer=self.timer)
            self.is_gone, self.is_read = gone is True, gone is not None

    def done(self, act: Acknowledgement, *, is_accepted: bool) -> Ending | None:
        """See :class:`OfIssueCourse`."""
        if not self.is_gone:
            return None
        return Ending(ActState.DONE, "the issue is not open any more", retry.acknowledged(act, self.clock()))


def _may_repeat(job: Job, record: ActRecord) -> bool:
    """Whether a new job may be the retry of the row's: no schedule began it, as far as that is known, and it fetches
    the same days, as far as both are."""
    first, last = record.range_start, record.range_end
    if job.manual is False:
        return False
    return first is None or last is None or job.days is None or job.days == Days(first, last)
