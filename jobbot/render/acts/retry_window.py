"""Renders the windows of a retry and of an acknowledgement: why the job failed, what would be done, what would not."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import Issue, Job
from jobbot.render.acts.window import CALLED_MOST, reason_field, window
from jobbot.render.around import days_in_words, issue_cause, issue_circumstances, what_helps
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.text import clock, foreign
from jobbot.render.jobs import Names, state_in_words, times_in_words

RETRY_MODAL, ACKNOWLEDGE_MODAL = "retry_confirm", "acknowledge_confirm"

_RETRY_MEANS = (
    "Adverity repeats the operation that failed and everything that follows it, and acknowledges the issue by itself."
)
_ACKNOWLEDGE_MEANS = (
    "Adverity takes the issue off its list of open ones. Nothing is fetched, and what failed stays as it is."
)
_WILL_NOT_HELP = (
    ":warning: *A retry will most likely fail in the same way*, until somebody authorises the datastream again in "
    "Adverity."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueQuestion:
    """What the window shows: the job and its open issue, as they were read."""

    job: Job
    names: Names
    issue: Issue
    as_of: datetime
    reason: str = ""
    reason_required: bool = False


def checking_retry(job: int) -> Modal:
    """The window of a retry as it is opened, before anything is read."""
    return _retry(job, [parts.text(f"Checking job {job} …")])


def checking_acknowledge(job: int) -> Modal:
    """The same of an acknowledgement."""
    return _acknowledge([parts.text(f"Checking job {job} …")])


def still_checking_retry(job: int) -> Modal:
    """The window of a retry while it is still being read after a moment."""
    return _retry(job, [parts.text(_patience(job))])


def still_checking_acknowledge(job: int) -> Modal:
    """The same of an acknowledgement."""
    return _acknowledge([parts.text(_patience(job))])


def _patience(job: int) -> str:
    return f"Asking Adverity for job {job} … it takes longer than usual. The question will follow here."


def confirm_retry(asked: IssueQuestion, metadata: str) -> Modal:
    """The window that asks whether to retry."""
    warned = [parts.text(_WILL_NOT_HELP)] if asked.issue.needs_authorisation else []
    body = _body(asked, [*warned, parts.text(_RETRY_MEANS)], who="retried")
    return _retry(asked.job.id, body, metadata, submit="Retry")


def confirm_acknowledge(asked: IssueQuestion, metadata: str) -> Modal:
    """The window that asks whether to acknowledge."""
    return _acknowledge(
        _body(asked, [parts.text(_ACKNOWLEDGE_MEANS)], who="acknowledged"), metadata, submit="Acknowledge"
    )


def _retry(job: int, body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    title = f"Retry job {job}?"
    title = title if len(title) <= CALLED_MOST else "Retry this job?"
    return window(RETRY_MODAL, title, body, metadata, submit=submit, close="Do not retry")


def _acknowledge(body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    return window(ACKNOWLEDGE_MODAL, "Acknowledge the issue?", body, metadata, submit=submit, close="Leave it open")


def _body(asked: IssueQuestion, means: Sequence[parts.Part], *, who: str) -> list[parts.Part]:
    job = asked.job
    name = asked.names.of(job)
    days = f"fetches {days_in_words(job.days, asked.as_of)}" if job.days is not None else ""
    head = parts.row_in_words(
        foreign(name, 60) if name else f"Job {job.id}",
        [state_in_words(job)],
        [f"job {job.id}" if name else "", f"datastream {asked.issue.datastream_id or _stream(job)}", days],
        mark=mark_of(job.state),
        said=_why(asked.issue),
    )
    return [
        parts.text(head),
        *means,
        reason_field(asked.reason, required=asked.reason_required),
        parts.small(times_in_words(job, asked.as_of)),
        parts.small(f"as of {clock(asked.as_of)}", f"the channel will see who {who} it, and why"),
    ]


def _stream(job: Job) -> str:
    return str(job.datastream.id) if job.datastream is not None else "unknown"


def _why(issue: Issue) -> list[str]:
    """The cause, where and how often; Adverity's own message; what would help."""
    circumstances = issue_circumstances(issue)
    about = f", {', '.join(circumstances)}" if circumstances else ""
    said = [f"{issue_cause(issue, 120).rstrip('.')}{about}."]
    if issue.cause and issue.message:
        said.append(foreign(issue.message, 300))
    if helps := what_helps(issue, 120):
        said.append(helps)
    return said


def not_failed(job: Job) -> str:
    """Nothing to press: the job has not failed."""
    state = f"ended as {state_in_words(job)}" if job.is_over else f"is {state_in_words(job).lower()}"
    return f"Job {job.id} has not failed: it {state}. There is nothing to retry or acknowledge."


def no_issue(job: Job) -> str:
    """Nothing to press: no open issue belongs to the job."""
    return (
        f"Adverity has no open issue of job {job.id}: it was acknowledged or retried already, or a later job of its "
        "datastream had it too or succeeded. There is nothing to retry or acknowledge; its days can be fetched again."
    )


def no_retry(job: Job) -> str:
    """Nothing to press: Adverity offers no retry of the issue."""
    return f"Adverity offers no retry of what failed in job {job.id}. Its days can be fetched again."


def no_acknowledgement(job: Job) -> str:
    """Nothing to press: Adverity offers no acknowledgement of the issue."""
    return f"Adverity does not offer to acknowledge the issue of job {job.id} over its API."
