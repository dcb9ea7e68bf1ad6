"""Renders the window of a stop: the job as it is, what stopping means, the reason."""

from collections.abc import Sequence
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.usual_duration import Usual
from jobbot.render.acts.window import CALLED_MOST, reason_field, window
from jobbot.render.around import fetches, is_far, issue_lines, next_fetch_in_words, usual_in_words
from jobbot.render.blockkit import parts
from jobbot.render.blockkit.blocks import Modal
from jobbot.render.blockkit.marks import mark_of
from jobbot.render.blockkit.text import clock, duration, foreign, moment, plural
from jobbot.render.earlier_stops import EarlierStop, StopResult, stopped_before
from jobbot.render.jobs import Names, by_whom, state_in_words, times_in_words

STOP_MODAL = "stop_confirm"

FOLLOWUPS_SHOWN = 5
LATE_PERCENT = 75
"""From here on it is said that a job may have fetched all by now: Adverity does not say in which stage it is."""

ONLY_WHILE_FETCHING = "Adverity stops a job only while it is still fetching."


def _asking(job: int, body: Sequence[parts.Part], metadata: str = "", *, submit: str | None = None) -> Modal:
    title = f"Stop job {job}?"
    if len(title) > CALLED_MOST:
        title = "Stop this job?"
    return window(STOP_MODAL, title, body, metadata, submit=submit, close="Keep running")


def checking(job: int) -> Modal:
    """The window as it is opened, before the job is read: Slack gives 3 seconds to open one."""
    return _asking(job, [parts.text(f"Checking job {job} …")])


def still_checking(job: int) -> Modal:
    """The window while the job is still being read after a moment."""
    words = f"Asking Adverity for job {job} … it takes longer than usual. The question will follow here."
    return _asking(job, [parts.text(words)])


def confirm(
    job: Job,
    names: Names,
    now: datetime,
    *,
    followups: Sequence[JobId] | None,
    around: Around = NOTHING,
    reason: str,
    reason_required: bool,
    metadata: str,
    before: EarlierStop | None = None,
) -> Modal:
    """The window that asks: the job, what stopping means, the reason. ``before`` is an earlier stop of the same job.

    ``followups`` are the scheduled jobs that go with it, None where they are not known.
    """
    can = _whether_it_can_be_stopped(job, before)
    body = [
        parts.text(_job_in_words(job, names, now, around)),
        *([parts.lines(issue_lines(around.issues, most=3))] if around.issues is not None else []),
        *([parts.text(can)] if can else []),
        *([parts.text(stopped_before(before))] if before is not None and not _was_refused(before) else []),
        parts.text(_stopping_means(job, followups, around, now)),
        reason_field(reason, required=reason_required),
        parts.NOTHING if can or job.state is State.SCHEDULED else parts.small(ONLY_WHILE_FETCHING),
        parts.small(f"As of {clock(now)}. The channel will see who did it, and why."),
    ]
    submit = f"Stop job {job.id}"
    return _asking(job.id, body, metadata, submit=submit if len(submit) <= CALLED_MOST else "Stop this job")


def _job_in_words(job: Job, names: Names, now: datetime, around: Around) -> str:
    percent = f" {job.progress} %" if job.progress is not None else ""
    stream = f"datastream {job.datastream.id}" if job.datastream is not None else "datastream unknown"
    name = names.of(job)
    return parts.row_in_words(
        foreign(name, 60) if name else f"Job {job.id}",
        [f"{state_in_words(job)}{percent}", _time_in_words(job, now, around)],
        [f"job {job.id}" if name else "", stream, _since(job, now), by_whom(job), fetches(job, now)],
        mark=mark_of(job.state, unusual=is_far(job, around, now)),
    )


def _time_in_words(job: Job, now: datetime, around: Around) -> str:
    """``*5 h 21 min*, usually 18–24 min (last 5 runs)``."""
    if job.start is None or job.start > now or not job.is_going_on:
        return ""
    ran = f"*{duration(now - job.start)}*"
    return f"{ran}, {usual_in_words(around.usual)}" if isinstance(around.usual, Usual) else ran


def _since(job: Job, now: datetime) -> str:
    return f"since {moment(job.start)}" if job.start is not None and job.start <= now else times_in_words(job, now)


def _was_refused(before: EarlierStop | None) -> bool:
    return before is not None and before.result is StopResult.REFUSED


def _whether_it_can_be_stopped(job: Job, before: EarlierStop | None) -> str:
    """Where that is in doubt; empty for a fetch that is scheduled or running."""
    if not job.is_fetch:
        kind = foreign(job.type or "", 20)
        return f"*It is past fetching ({kind})*: {ONLY_WHILE_FETCHING} It will most likely refuse."
    if not job.is_going_on:
        return f"*jobbot does not know this state*: Adverity decides whether it can be stopped. {ONLY_WHILE_FETCHING}"
    if before is not None and _was_refused(before):
        return f"*Adverity refused a stop of this job {moment(before.at)}*: it will most likely refuse again."
    if job.state is State.RUNNING and job.progress is not None and job.progress >= LATE_PERCENT:
        return f"*It may be past fetching already ({job.progress} %)*: {ONLY_WHILE_FETCHING} Then it will refuse."
    return ""


def _stopping_means(job: Job, followups: Sequence[JobId] | None, around: Around, now: datetime) -> str:
    if followups is None:
        goes = "Stopping also discards the follow-up jobs of its datastream."
    elif not followups:
        goes = "No follow-up jobs of its datastream would be discarded."
    else:
        count = plural(len(followups), "follow-up job")
        goes = f"Stopping also discards {count} of its datastream: {numbers_in_words(followups)}."
    scheduled = job.state is State.SCHEDULED
    data = "Nothing has been fetched yet." if scheduled else "Data fetched so far may be incomplete."
    lines = [f"{goes} {data} A stop cannot be taken back."]
    if around.next_fetch is not None:
        lines.append(next_fetch_in_words(around.next_fetch, now, stopped=True))
    return "\n".join(lines)


def numbers_in_words(jobs: Sequence[int]) -> str:
    """Jobs by their numbers: ``48343, 48346``; of many the first ones and how many more."""
    shown = ", ".join(map(str, jobs[:FOLLOWUPS_SHOWN]))
    return f"{shown} and {len(jobs) - FOLLOWUPS_SHOWN} more" if len(jobs) > FOLLOWUPS_SHOWN else shown


def over(job: Job) -> str:
    """For the window: nothing to stop any more."""
    when = f", {moment(job.end)}" if job.end else ""
    return f"Job {job.id} ended ({state_in_words(job)}{when}). There is nothing to stop."
