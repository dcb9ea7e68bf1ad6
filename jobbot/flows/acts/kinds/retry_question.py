"""Reads what the windows of a retry and of an acknowledgement show: the failed job, its open issue, who was first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.issue_of_job import issue_of
from jobbot.adverity.model import Issue, Job, JobId, State
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.kinds.of_issue import subject_of
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.render.jobs import Names
from jobbot.store.acts.model import OPEN, ActRecord, Ledger
from jobbot.store.database.engine import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueFacts:
    """What is known before it is asked for. ``issue`` None: no open one belongs to the job, or it has not failed.

    ``under_way`` is the act that is doing something about the issue right now.
    """

    job: Job
    names: Names
    as_of: datetime
    issue: Issue | None = None
    under_way: ActRecord | None = None


class IssueQuestions:
    """Reads them. ``ledger`` knows what is under way."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def read(self, job: JobId, instance: Instance, see: Callable[[Job], Awaitable[None]]) -> IssueFacts:
        """Read it all. Raises AdverityError where the job or its issues cannot be read, CannotRecord, and what ``see``
        raises, which is given the job before anything else is read of it."""
        answer = await instance.gateway.job(job, fresh=True)
        found = answer.value
        await see(found)
        names = await name_datastreams(instance, [found])
        facts = IssueFacts(job=found, names=names, as_of=answer.read_at)
        if found.state is not State.FAILED or found.datastream is None:
            return facts
        issues = await instance.gateway.current_issues(found.datastream.id)
        issue = issue_of(found, issues.value.items)
        try:
            earlier = await self._ledger.earlier(instance.name, subject_of(None if issue is None else issue.id, job))
        except StoreUnavailable as error:
            raise CannotRecord from error
        under_way = earlier if earlier is not None and earlier.state in OPEN else None
        return IssueFacts(job=found, names=names, as_of=issues.read_at, issue=issue, under_way=under_way)
