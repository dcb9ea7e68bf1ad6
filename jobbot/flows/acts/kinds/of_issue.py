"""What a retry and an acknowledgement have in common: the open issue of a failed job, read before and afterwards."""

from abc import abstractmethod
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import DatastreamId, Issue, JobId, State
from jobbot.flows.acts.attempts import Accepted, Ending, Unanswered, fate_of
from jobbot.flows.acts.course import Course
from jobbot.flows.acts.kinds.read_back import said_of
from jobbot.render.acts import retry
from jobbot.render.acts.retry import OfIssue
from jobbot.store.acts.model import ActRecord, ActState

A = TypeVar("A", bound=OfIssue)


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


class OfIssueCourse(Course[A]):
    """See the module. What was read last stays in it."""

    path: str | None = None
    _was_open = False
    is_gone = False
    is_read = False
    """Whether what came of it could be read."""

    @property
    def stream(self) -> DatastreamId:
        """The datastream of the job."""
        return DatastreamId(self.record.datastream or 0)

    @staticmethod
    @abstractmethod
    def link(issue: Issue) -> str | None:
        """Where it is sent."""

    async def look(self) -> bool:
        """See :meth:`Course.look`: without an open issue of this job there is nothing to do any more."""
        job = (await self.instance.gateway.job(JobId(self.record.job or 0), fresh=True)).value
        self.must_be_its(job)
        mine = await self._mine()
        issue = issue_of(job, mine) if job.state is State.FAILED else None
        self._was_open = issue is not None
        self.path = self.link(issue) if issue is not None else None
        return self.path is not None

    async def _mine(self) -> tuple[Issue, ...]:
        """What is open under the number that this act claims."""
        wanted = IssueDetails.of(self.record).issue
        found = (await self.instance.gateway.current_issues(self.stream)).value
        return tuple(one for one in found.items if wanted is None or one.id == wanted)

    async def has_gone(self) -> bool:
        """Whether the issue is certainly not open any more."""
        wanted = IssueDetails.of(self.record).issue
        found = (await self.instance.gateway.current_issues(self.stream)).value
        if not found.complete or found.unreadable:
            return False
        if wanted is not None:
            return all(one.id != wanted for one in found.items)
        job = (await self.instance.gateway.job(JobId(self.record.job or 0), fresh=True)).value
        return issue_of(job, found.items) is None

    def moot(self, act: A) -> Ending:
        """See :meth:`Course.moot`."""
        outcome = "not sent, " + ("not offered" if self._was_open else "the issue is not open any more")
        return Ending(ActState.ENDED_OTHERWISE, outcome, retry.moot(act, is_open=self._was_open))

    async def sent(self, attempt: Accepted | Unanswered, act: A) -> Ending:
        """See :meth:`Course.sent`."""
        if (done := self.done(act, is_accepted=isinstance(attempt, Accepted))) is not None:
            return done
        told = retry.not_seen(
            act, fate_of(attempt), self.clock(), is_gone=self.is_gone, is_read=self.is_read, said=said_of(attempt)
        )
        return Ending(ActState.UNKNOWN, f"{attempt.in_words}, and not seen since", told)

    @abstractmethod
    def done(self, act: A, *, is_accepted: bool) -> Ending | None:
        """The ending where what was read says that it was done; ``is_accepted``: Adverity has said so."""


def act_of(kind: type[A], record: ActRecord) -> A:
    """What the message of either tells, from the row alone."""
    return kind(
        instance=record.instance,
        user_id=record.user_id,
        asked_at=record.requested_at,
        reason=record.reason,
        name=record.name,
        job=record.job or 0,
        datastream=record.datastream,
    )
