"""One job as alerts tell of it: why it failed, what it brought, how long it runs; in words that are kept with it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around, OpenIssues
from jobbot.adverity.model import Days, Job, State
from jobbot.adverity.streak import Streak
from jobbot.adverity.usual_duration import Usual
from jobbot.render.around import brought_in_words, open_issue, streak_in_words, usual_in_words
from jobbot.render.blockkit.marks import Mark, mark_of
from jobbot.render.blockkit.parts import joined
from jobbot.render.blockkit.text import cut, duration, escape, foreign, moment, plural
from jobbot.render.jobs import Names, by_whom, issue_in_words, state_in_words
from jobbot.render.offered import issue_to_act_on

EMPTY = "Success but empty"
LATE = "Late"

_VERBS: dict[str, str] = {
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
    State.DISCARDED: "was discarded",
    State.SUCCESS: "succeeded",
    EMPTY: "succeeded, but brought no rows",
}
_MARKS = {state.value: mark_of(state) for state in State} | {EMPTY: Mark.UNUSUAL, LATE: Mark.UNUSUAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One job that an alert tells of: how it ended, or that it is running far longer than usual (LATE).

    ``name`` is what is looked for, as it came. The rest is mrkdwn: ``said`` is why it failed, ``error`` the kind of
    error that is counted, ``brought`` what came of it, or how long it has been running, ``streak`` how often in a row
    (``failures``: as its past runs say it), ``last`` when one last succeeded, ``took`` how long it ran, ``quiet``
    everything else. ``retry`` and ``acknowledge``: Adverity offers that for its issue; ``days``: those that it fetches.
    ``stream`` is the datastream's id, ``workspace`` the number of its workspace; both where they are
    known. ``when`` it ended (Adverity's clock), or was seen running.
    """

    job: int
    name: str
    state: str
    said: str = ""
    error: str = ""
    brought: str = ""
    streak: str = ""
    failures: Streak | None = None
    last: str = ""
    took: str = ""
    quiet: str = ""
    retry: bool = False
    acknowledge: bool = False
    days: Days | None = None
    stream: int | None
    when: datetime
    workspace: int | None = None

    @property
    def mark(self) -> Mark:
        """Of its state."""
        return _MARKS.get(self.state, Mark.UNKNOWN)

    @property
    def verb(self) -> str:
        """How it ended."""
        return _VERBS.get(self.state, "ended")


def entry(
    job: Job,
    names: Names,
    now: datetime,
    around: Around = NOTHING,
    *,
    empty: bool = False,
    workspace: int | None = None,
) -> Entry:
    """An ended job. ``now`` is on Adverity's clock, for one that does not say when it ended.

    ``empty``: it is told of because it brought nothing; ``workspace`` is the number of its workspace.
    """
    state = job.state.value if job.state is not None else cut(state_in_words(job), 30)
    said, error = _why(job, around)
    failures = around.streak if isinstance(around.streak, Streak) else None
    issue = issue_to_act_on(job, around.issues)
    last = failures.last_success if failures is not None else None
    return Entry(
        job=job.id,
        name=_name(job, names),
        state=EMPTY if empty else state,
        said=said,
        error=error,
        brought=brought_in_words(job, around.brought) if around.brought is not None and not empty else "",
        streak=streak_in_words(around.streak) if around.streak is not None else "",
        failures=failures,
        last=f"last success {moment(last)}" if last is not None else "",
        took=duration(job.took) if job.took is not None else "",
        quiet=joined([_stream(job, names), _times(job, around)]),
        retry=issue is not None and issue.retry_url is not None,
        acknowledge=issue is not None and issue.ack_url is not None,
        days=job.days,
        stream=job.datastream.id if job.datastream else None,
        when=job.end or now,
        workspace=workspace,
    )


def late_entry(job: Job, usual: Usual, names: Names, now: datetime, *, workspace: int | None = None) -> Entry:
    """A job that is running far longer than usual. ``now`` is on Adverity's clock."""
    ran = f"*{duration(now - job.start)}*, {usual_in_words(usual)}" if job.start is not None else ""
    percent = f"{job.progress} %" if job.progress is not None else ""
    since = f"since {moment(job.start)}" if job.start is not None else ""
    return Entry(
        job=job.id,
        name=_name(job, names),
        state=LATE,
        brought=joined([ran, percent]),
        quiet=joined([_stream(job, names), since, by_whom(job)]),
        stream=job.datastream.id if job.datastream else None,
        when=now,
        workspace=workspace,
    )


def _name(job: Job, names: Names) -> str:
    name = names.of(job)
    if name:
        return cut(name, 60)
    return f"Datastream {job.datastream.id}" if job.datastream else f"Job {job.id}"


def _stream(job: Job, names: Names) -> str:
    """The number of the datastream, where the name does not say it."""
    return f"datastream {job.datastream.id}" if job.datastream and names.of(job) else ""


def _times(job: Job, around: Around) -> str:
    """When it started, by whom, and how long it took."""
    if job.start is None:
        return joined([f"ended {moment(job.end)}" if job.end is not None else "", by_whom(job)])
    started = f"started {moment(job.start)} {by_whom(job, begun=True)}".rstrip()
    if job.end is None or job.took is None:
        return started
    usual = f" ({usual_in_words(around.usual).partition(' (')[0]})" if isinstance(around.usual, Usual) else ""
    return f"{started}, took {duration(job.took)}{usual}"


def _why(job: Job, around: Around) -> tuple[str, str]:
    """Why it failed, and the kind of error that is counted."""
    if isinstance(around.issues, OpenIssues) and around.issues.issues:
        issues, first = around.issues.issues, around.issues.issues[0]
        words = open_issue(first, brief=True)
    elif job.issues:
        issues, first = job.issues, job.issues[0]
        words = issue_in_words(first, 150)
    else:
        return "", ""
    more = f" (and {plural(len(issues) - 1, 'more issue')})" if len(issues) > 1 else ""
    return f"{words}{more}", foreign(first.type_label or first.cause, 30)


def in_states(counts: Mapping[str, int]) -> str:
    """``failed``, or ``ended (1 failed, 1 success)``: from how many are in each state."""
    if set(counts) == {State.FAILED.value}:
        return "failed"
    by_count = sorted(counts.items(), key=lambda one: -one[1])
    return "ended (" + ", ".join(f"{count} {escape(state.lower())}" for state, count in by_count) + ")"
