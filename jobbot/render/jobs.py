"""Words for one job: the row of a list, the lines of a card, its links into Adverity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from jobbot.adverity.around import NOTHING, Around, OpenIssues
from jobbot.adverity.model import Datastream, DatastreamId, Issue, Job, JobId, State
from jobbot.adverity.usual_duration import Usual
from jobbot.render.around import brought_in_words, fetches, is_far, issue_lines, usually, without_repeats
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.parts import quoted, row_in_words
from jobbot.render.blockkit.text import cut, duration, foreign, link, literal, moment, plural
from jobbot.render.earlier_stops import EarlierStop, stop_in_a_row

_CELLS = 10
NOT_STARTED = "not started yet"
ISSUES_SHOWN = 3
_TELLING = 20
"""Percent of progress from which on the time left is estimated: at most four times what has gone by."""
_FORESEEABLE = timedelta(hours=12)
NAME = 60
"""Characters of a name in a row or a title."""
_ROW_ISSUE = 80
_NUMBERED = 5
"""Jobs that wait behind another one and are named by number."""


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
    """What a job is called in a sentence: ``Facebook Ads EU (job 987)``."""
    return titled(job.id, names.of(job), job.datastream.id if job.datastream else None)


def titled(number: int, name: str | None, datastream: int | None) -> str:
    """The same of a job that is known by its number and the name (as it came) and number of its datastream."""
    if name:
        return f"{foreign(name, 60)} (job {number})"
    return f"job {number} (datastream {datastream})" if datastream is not None else f"job {number}"


def stream_name(job: Job, names: Names) -> str:
    """The name of a job's datastream for the record: as it came, on one line, cut; empty where it is not known."""
    return cut(names.of(job) or "", 100)


def times_in_words(job: Job, now: datetime) -> str:
    """Since when and for how long; when it ended, if it did."""
    if job.start is None:
        return f"ended {moment(job.end)}" if job.end else (NOT_STARTED if job.is_going_on else "start unknown")
    if job.is_over or job.end is not None:
        if job.end is None:
            return f"started {moment(job.start)}, end unknown"
        took = f", took {duration(job.took)}" if job.took is not None else ""
        return f"{moment(job.start)}{took}, ended {moment(job.end)}"
    if job.start > now and job.state is not State.RUNNING:
        return f"due {moment(job.start)}"
    if job.state is State.SCHEDULED:
        return f"scheduled for {moment(job.start)}"
    left = time_left(job, now)
    estimate = f", about {duration(left)} left" if left is not None else ""
    # The instance's clock may be ahead of ours.
    return f"since {moment(job.start)}, {duration(max(now - job.start, timedelta(0)))}{estimate}"


def time_left(job: Job, now: datetime) -> timedelta | None:
    """What remains if it goes on as it went, to the minute; None where the rate says too little.

    A job that has just begun, or is nearly done, has no progress to estimate from; one that hangs would take days.
    """
    if job.state is not State.RUNNING or job.start is None or job.progress is None:
        return None
    ran = now - job.start
    if not _TELLING <= job.progress < 100 or ran < timedelta(minutes=1):
        return None
    left = ran * ((100 - job.progress) / job.progress)
    return timedelta(minutes=max(1, round(left / timedelta(minutes=1)))) if left < _FORESEEABLE else None


def by_whom(job: Job, *, brief: bool = False, begun: bool = False) -> str:
    """By hand or by the schedule, and by whom where Adverity says it.

    ``brief``: without a mail address' host; ``begun``: behind "started" and when, which is not said again.
    """
    if job.started_by:
        person = job.started_by.partition("@")[0] or job.started_by if brief else job.started_by
        return f"{'' if brief or begun else 'started '}by {foreign(person, 13 if brief else 40)}"
    return {True: "by hand", False: "on schedule", None: ""}[job.manual]


def name_in_words(job: Job, names: Names) -> str:
    """What a row calls a job: its datastream's name, else its number, else the job's; plain text, not escaped."""
    if job.datastream is None:
        return f"Job {job.id}"
    return cut(names.of(job) or "", NAME) or f"Datastream {job.datastream.id}"


def row(
    job: Job,
    names: Names,
    now: datetime,
    around: Around = NOTHING,
    *,
    behind: Sequence[JobId] = (),
    stop: EarlierStop | None = None,
) -> str:
    """A job as two lines of a list, and what Adverity said of it as a quote.

    ``behind``: the jobs that wait for it; ``stop``: an earlier stop of it.
    """
    name = name_in_words(job, names)
    far = is_far(job, around, now)
    first = [state_and_number(job, now, far=far)]
    if job.is_over and job.end is not None:
        first.append(moment(job.end))
    if stop is not None:
        first.append(stop_in_a_row(stop, job))
    quiet = [
        _how_long(job, around, now, far=far),
        f"job {job.id}" if job.datastream else "",
        f"datastream {job.datastream.id}" if job.datastream and names.of(job) else "",
        *([] if job.is_fetch else [fetches(job, now)]),
        by_whom(job, brief=True) if far or not behind else "",
        f"{len(behind)} {'waits' if len(behind) == 1 else 'wait'} behind it" if far and behind else "",
        f"{len(behind)} waiting" if behind and not far else "",
        brought_in_words(job, around.brought) if around.brought is not None else "",
    ]
    mark = mark_of(job.state, unusual=far)
    return row_in_words(literal(name), first, quiet, mark=mark, said=_row_issue(job, around))


def waiting_row(jobs: Sequence[Job], first: JobId, names: Names, now: datetime) -> str:
    """The scheduled jobs of a datastream that wait until job ``first`` is over, as one row."""
    job = jobs[0]
    numbers = ", ".join(str(one.id) for one in jobs[:_NUMBERED])
    more = f" and {len(jobs) - _NUMBERED} more" if len(jobs) > _NUMBERED else ""
    waits = [f"waits for job {first}", f"job {numbers}"]
    quiet = [
        *(waits if len(jobs) == 1 else [f"{len(jobs)} jobs wait for {first}: {numbers}{more}"]),
        f"datastream {job.datastream.id}" if job.datastream and names.of(job) else "",
        by_whom(job, brief=True) if len(jobs) == 1 else "",
    ]
    words = state_and_number(job, now)
    return row_in_words(literal(name_in_words(job, names)), [words], quiet, mark=mark_of(job.state))


def state_and_number(job: Job, now: datetime, *, far: bool = False) -> str:
    """``Running 62 %``; with how long for one that takes far longer than usual."""
    words = state_in_words(job)
    if job.progress is not None and job.is_going_on and job.state is not State.SCHEDULED:
        words += f" {job.progress} %"
    return f"{words} · *{duration(now - job.start)}*" if far and job.start is not None else words


def _how_long(job: Job, around: Around, now: datetime, *, far: bool) -> str:
    """The number that a row's second line begins with: how long so far, how long in all, or when it is to begin."""
    if far and isinstance(around.usual, Usual):
        return usually(around.usual)
    if job.state is State.RUNNING and job.start is not None:
        left = time_left(job, now)
        # The instance's clock may be ahead of ours.
        ran = duration(max(now - job.start, timedelta(0)))
        return f"{ran}, ≈{duration(left)} left" if left is not None else ran
    if job.is_over and job.end is not None:
        return f"took {duration(job.took)}" if job.took is not None else ""
    words = times_in_words(job, now)
    return "" if words == NOT_STARTED else words


def _row_issue(job: Job, around: Around) -> list[str]:
    if isinstance(around.issues, OpenIssues) and around.issues.issues:
        return issue_lines(around.issues, most=1, brief=True)
    if not job.issues:
        return []
    more = f" (and {plural(len(job.issues) - 1, 'more issue')})" if len(job.issues) > 1 else ""
    return [f"{issue_in_words(job.issues[0], _ROW_ISSUE)}{more}"]


def issue_in_words(issue: Issue, most: int = 300) -> str:
    """One issue: its type and its message."""
    label, message = foreign(issue.type_label, 40), foreign(issue.message, most)
    return f"{label}: {message}" if label and message else label or message or "an issue without words"


def issue_quotes(job: Job, around: Around, names: Names | None = None) -> list[str]:
    """Why a job failed, a quote a line: what is open, or what the job says itself. ``names`` for links to them."""
    said = [] if around.issues is None else issue_lines(around.issues, most=ISSUES_SHOWN)
    if isinstance(around.issues, OpenIssues):
        count = min(len(around.issues.issues), ISSUES_SHOWN)
        said = [quoted(line) for line in said[:count]] + said[count:]
    issues = without_repeats(job.issues, around.issues)
    for issue in issues[:ISSUES_SHOWN]:
        url = names.url(issue.url) if names is not None else None
        said.append(quoted(issue_in_words(issue) + (f" ({link(url, 'in Adverity')})" if url else "")))
    if len(issues) > ISSUES_SHOWN:
        said.append(f"and {len(issues) - ISSUES_SHOWN} more")
    return said


def progress_bar(percent: int) -> str:
    """Progress in text, ten cells wide."""
    full = max(0, min(_CELLS, percent * _CELLS // 100))
    return "█" * full + "░" * (_CELLS - full) + f" {percent} %"
