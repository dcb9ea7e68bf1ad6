"""Words for one job: the row of a list, the lines of a card, its links into Adverity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jobbot.adverity.around import NOTHING, Around, OpenIssues
from jobbot.adverity.model import Datastream, DatastreamId, Issue, Job, State
from jobbot.render.around import around_lines, brought_in_words, far_in_words, fetches, issue_lines, without_repeats
from jobbot.render.blockkit.text import cut, duration, foreign, link, moment, plural

_CELLS = 10
ISSUES_SHOWN = 3
_TELLING = 5
"""Percent of progress from which on the time left is estimated."""


@dataclass(frozen=True, slots=True)
class Names:
    """What is known of datastreams beside the jobs, and the instance's own address for links."""

    base_url: str
    datastreams: Mapping[DatastreamId, Datastream] = field(default_factory=dict)

    def of(self, job: Job) -> str | None:
        """The datastream's name, not escaped, or None where only its number is known."""
        if job.datastream is None:
            return None
        known = self.datastreams.get(job.datastream.id)
        return (known.name if known else "") or job.datastream.name or None

    def workspace_of(self, job: Job) -> int | None:
        """The number of the job's workspace, as the job or its datastream says it."""
        if job.datastream is None:
            return None
        known = self.datastreams.get(job.datastream.id)
        said = job.datastream.workspace or (known.workspace if known is not None else None)
        return None if said is None else int(said.id)

    def url(self, path: str | None) -> str | None:
        """A link into this instance from a path or URL that came from it; None for anything that leads elsewhere."""
        if not path:
            return None
        if path.startswith("/") and not path.startswith("//"):
            return self.base_url + path
        given, own = urlsplit(path), urlsplit(self.base_url)
        return path if (given.scheme, given.netloc) == (own.scheme, own.netloc) else None


def may_be_stopped(job: Job) -> bool:
    """Whether a stop is offered: of fetches, and of jobs that do not say what they are, while they are going on."""
    return job.is_going_on and job.is_fetch


def state_in_words(job: Job) -> str:
    """The state as it is called, an unknown one as it came."""
    if job.state is not None:
        return job.state.value
    return foreign(job.state_label, 30) or "In an unknown state"


def datastream_in_words(job: Job, names: Names) -> str:
    """Name and number of a job's datastream, as far as they are known."""
    if job.datastream is None:
        return "datastream unknown"
    name = names.of(job)
    return f"{foreign(name)} (datastream {job.datastream.id})" if name else f"datastream {job.datastream.id}"


def title(job: Job, names: Names) -> str:
    """What a job is called in a sentence: its number and, in brackets, its datastream's name where known."""
    return titled(job.id, names.of(job), job.datastream.id if job.datastream else None)


def titled(number: int, name: str | None, datastream: int | None) -> str:
    """The same of a job that is known by its number and the name (as it came) and number of its datastream."""
    if name:
        return f"{number} ({foreign(name, 60)})"
    return f"{number} (datastream {datastream})" if datastream is not None else str(number)


def stream_name(job: Job, names: Names) -> str:
    """The name of a job's datastream for the record: as it came, on one line, cut; empty where it is not known."""
    return cut(names.of(job) or "", 100)


def times_in_words(job: Job, now: datetime) -> str:
    """Since when and for how long; when it ended, if it did."""
    if job.start is None:
        return f"ended {moment(job.end)}" if job.end else ("not started yet" if job.is_going_on else "start unknown")
    if job.is_over or job.end is not None:
        if job.end is None:
            return f"started {moment(job.start)}, end unknown"
        return f"{moment(job.start)}, took {duration(job.end - job.start)}, ended {moment(job.end)}"
    if job.start > now and job.state is not State.RUNNING:
        return f"due {moment(job.start)}"
    if job.state is State.SCHEDULED:
        return f"scheduled for {moment(job.start)}"
    left = time_left(job, now)
    estimate = f", about {duration(left)} left" if left is not None else ""
    # The instance's clock may be ahead of ours.
    return f"since {moment(job.start)}, {duration(max(now - job.start, timedelta(0)))}{estimate}"


def time_left(job: Job, now: datetime) -> timedelta | None:
    """What remains if it goes on as it went, to the minute; None where too little is known to say so.

    A job that has just begun, or is nearly done, has no progress to estimate from.
    """
    if job.state is not State.RUNNING or job.start is None or job.progress is None:
        return None
    ran = now - job.start
    if not _TELLING <= job.progress < 100 or ran < timedelta(minutes=1):
        return None
    left = ran * ((100 - job.progress) / job.progress)
    return timedelta(minutes=max(1, round(left / timedelta(minutes=1))))


def by_whom(job: Job) -> str:
    """By hand or by the schedule, and by whom where Adverity says it."""
    if job.started_by:
        return f"started by {foreign(job.started_by, 40)}"
    return {True: "by hand", False: "on schedule", None: ""}[job.manual]


def row(job: Job, names: Names, now: datetime, around: Around = NOTHING) -> str:
    """A job as a line or two of a list."""
    head = f"*{state_in_words(job)}*"
    if job.progress is not None and job.is_going_on and job.state is not State.SCHEDULED:
        head += f" {job.progress} %"
    parts = [
        f"{head} – job {job.id} {datastream_in_words(job, names)}",
        times_in_words(job, now),
        far_in_words(job, around, now),
        fetches(job, now),
        by_whom(job),
    ]
    lines = [" – ".join(part for part in parts if part)]
    if around.brought is not None:
        lines.append(brought_in_words(job, around.brought))
    if isinstance(around.issues, OpenIssues) and around.issues.issues:
        lines += issue_lines(around.issues, most=1, brief=True)
    elif job.issues:
        more = f" (and {plural(len(job.issues) - 1, 'more issue')})" if len(job.issues) > 1 else ""
        lines.append(f"{issue_in_words(job.issues[0], 150)}{more}")
    return "\n".join(lines)


def issue_in_words(issue: Issue, most: int = 300) -> str:
    """One issue: its type and its message."""
    label, message = foreign(issue.type_label, 40), foreign(issue.message, most)
    return f"{label}: {message}" if label and message else label or message or "an issue without words"


def progress_bar(percent: int) -> str:
    """Progress in text, ten cells wide."""
    full = max(0, min(_CELLS, percent * _CELLS // 100))
    return "█" * full + "░" * (_CELLS - full) + f" {percent} %"


def card_lines(job: Job, names: Names, now: datetime, around: Around = NOTHING) -> list[str]:
    """Everything known of a job, a fact a line; the first line names it."""
    lines = [f"*Job {job.id}: {state_in_words(job)}*"]
    if job.progress is not None and (job.is_going_on or job.state is None):
        lines.append(progress_bar(job.progress))
    lines.append(datastream_in_words(job, names))
    known = names.datastreams.get(job.datastream.id) if job.datastream else None
    if known and known.stack_name:
        lines.append(f"Workspace {foreign(known.stack_name, 60)}")
    lines.append(times_in_words(job, now)[:1].upper() + times_in_words(job, now)[1:])
    if by_whom(job):
        lines.append(by_whom(job)[:1].upper() + by_whom(job)[1:])
    if fetches(job, now):
        lines.append(fetches(job, now)[:1].upper() + fetches(job, now)[1:])
    lines += around_lines(job, around, now)
    lines += _issue_lines(job, without_repeats(job.issues, around.issues), names)
    if known and (url := names.url(known.page)):
        lines.append(link(url, "Open the datastream in Adverity"))
    return lines


def _issue_lines(job: Job, issues: Sequence[Issue], names: Names) -> list[str]:
    lines = []
    for issue in issues[:ISSUES_SHOWN]:
        words = issue_in_words(issue)
        url = names.url(issue.url)
        lines.append(f"• {words}" + (f" ({link(url, 'in Adverity')})" if url else ""))
    if len(issues) > ISSUES_SHOWN:
        lines.append(f"and {len(issues) - ISSUES_SHOWN} more")
    return lines
