"""Which open issue belongs to a failed job, so that the job can be retried or its issue acknowledged. Pure."""

from collections.abc import Iterable

from jobbot.adverity import wire
from jobbot.adverity.model import Issue, Job


def issue_of(job: Job, issues: Iterable[Issue]) -> Issue | None:
    """The issue of the job among open ones of its datastream; of several one that can be retried, then the newest.

    An issue names the last job that had it: it belongs to that one alone, as a retry repeats that one. That it names
    its job by number is not certain; where it does not, it is the job's if it fetches the same days and the job has
    the same issue, or says nothing of its own. None where there is no such issue: nothing can be offered then.
    """
    belonging = [one for one in issues if _belongs(one, job)]
    return max(belonging, key=lambda one: (one.retry_url is not None, one.id or 0), default=None)


def _belongs(issue: Issue, job: Job) -> bool:
    if issue.job_id is not None:
        return issue.job_id == job.id
    if issue.days is None or issue.days != job.days:
        return False
    streams = {one.id for one in (issue.datastream, job.datastream) if one is not None}
    return len(streams) < 2 and (not job.issues or any(_is_same(issue, own) for own in job.issues))


def _is_same(issue: Issue, own: Issue) -> bool:
    """Whether an entry of a job's ``issues`` is this open issue: by its number or the link to it, or by its words."""
    if issue.id is not None and issue.id in (own.id, wire.linked(own.url)):
        return True
    return issue.message != "" and issue.message == own.message
