"""Renders the answers to watch, unwatch and watches, the message of a job's end, and lines of live cards."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job, JobId
from jobbot.render.alert_settings import AlertSettings, alert_in_words
from jobbot.render.around import around_lines, fetches, without_repeats
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message, actions, context, paragraphs, section
from jobbot.render.blockkit.text import clock, escape, fit_bytes, foreign, moment, plural, to_plain
from jobbot.render.card import people
from jobbot.render.jobs import ISSUES_SHOWN, issue_in_words, state_in_words, times_in_words
from jobbot.render.outages import CurrentOutage, in_a_list

_ROWS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """One watch, as it is listed. ``name``: the job's title as it was shown; ``in_thread``: a thread is told.

    ``workspace`` is the number of the job's workspace, where it was known.
    """

    job: int
    name: str
    instance: str
    user_id: str
    since: datetime
    in_thread: bool = False
    workspace: int | None = None


def _said(lines: Sequence[str], small: str = "", job: int | None = None, instance: str = "") -> Message:
    blocks = paragraphs(lines)
    if small:
        blocks.append(context(small))
    if job is not None:
        blocks.append(actions([buttons.show(JobId(job), instance)]))
    return Message(text=fit_bytes([to_plain(line) for line in [*lines, small] if line]), blocks=blocks)


def begun(name: str, *, in_thread: bool) -> Message:
    """The answer to a watch that began, for the person alone."""
    where = "in this thread" if in_thread else "in this channel"
    return _said([f"You will be told {where} when job {name} ends."])


def waits_already(name: str) -> Message:
    """The answer to a watch that the person has already."""
    return _said([f"You are waiting for job {name} already. You will be told once."])


def taken_back(job: int, *, there_were: bool) -> Message:
    """The answer to unwatch."""
    return _said(
        [
            f"You will not be told any more when job {job} ends."
            if there_were
            else f"You were not waiting for job {job} in this channel. Nothing was changed."
        ]
    )


def ended(
    name: str,
    job: Job,
    instance: str,
    users: Sequence[str],
    *,
    now: datetime,
    away: bool = False,
    around: Around = NOTHING,
) -> Message:
    """The one reply: how it ended, how long it took, what it brought or why it failed, and whom it is for."""
    verb = "ended while I was away" if away else "has ended"
    # Everybody who was promised to be told is told: a name that is left out is nobody's notification.
    lines = [f"{people(users, most=100)}: job {name} {verb}: *{state_in_words(job)}*"]
    times = times_in_words(job, now)
    lines.append(times[:1].upper() + times[1:])
    if fetches(job, now):
        lines.append(fetches(job, now)[:1].upper() + fetches(job, now)[1:])
    lines += around_lines(job, around, now)
    issues = without_repeats(job.issues, around.issues)
    lines += [f"• {issue_in_words(issue)}" for issue in issues[:ISSUES_SHOWN]]
    if len(issues) > ISSUES_SHOWN:
        lines.append(f"and {len(issues) - ISSUES_SHOWN} more")
    return _said(lines, f"{escape(instance)} – as of {clock(now)}", job.id, instance)


def over_already(name: str, job: Job, instance: str, user: str, *, now: datetime, around: Around = NOTHING) -> Message:
    """Watch, of a job that needs no waiting."""
    message = ended(name, job, instance, [user], now=now, around=around)
    first = message.blocks[0]["text"]["text"].replace(" has ended: ", " is over already: ", 1)
    return replace(
        message,
        text=message.text.replace(" has ended: ", " is over already: ", 1),
        blocks=[section(first), *message.blocks[1:]],
    )


def vanished(name: str, instance: str, users: Sequence[str], *, now: datetime) -> Message:
    """The message to watchers of a job that Adverity does not know any more."""
    return _said(
        [f"{people(users, most=100)}: Adverity does not know job {name} any more. How it ended cannot be found out."],
        f"{escape(instance)} – as of {clock(now)}",
    )


def not_set_up(instance: str, names: Sequence[str], users: Sequence[str], *, is_card: bool, alerts: bool) -> Message:
    """The message in a place that followed an orphaned instance. ``names``: the watched jobs' titles, for ``users``.

    ``is_card``: the place is the thread of a live card; ``alerts``: the channel had alerts.
    """
    lines = [f"jobbot is no longer set up for {foreign(instance, 40)}."]
    jobs = list(dict.fromkeys(names))
    if jobs:
        lines.append(f"{people(users)}: you will not be told here any more how this ends:")
        lines += [f"• job {name}" for name in jobs[:_ROWS]]
    if len(jobs) > _ROWS:
        lines.append(f"and {len(jobs) - _ROWS} more")
    if is_card:
        lines.append("The card above is not kept up to date any more.")
    if alerts:
        lines.append("Its alerts in this channel are off.")
    return _said(lines)


def maybe_repeated(message: Message) -> Message:
    """The message with a note that it may stand in the channel already."""
    words = "jobbot was interrupted while it was telling this: you may have read it already."
    return Message(text=f"{message.text}\n{words}", blocks=[*message.blocks, context(words)])


def listed(
    waiting: Sequence[Waiting], alerts: Sequence[AlertSettings], outages: Sequence[CurrentOutage] = (), *, now: datetime
) -> Message:
    """The answer to ``/jobs watches``: open watches, alerts, and current outages."""
    if not waiting and not alerts:
        return _said(["Nothing is watched in this channel, and it has no alerts. `watch 987` waits for a job."])
    lines = [in_a_list(one) for one in outages]
    if waiting:
        lines.append(f"*{plural(len(waiting), 'watch', 'watches')} in this channel*")
        lines += [_row(one) for one in waiting[:_ROWS]]
        if len(waiting) > _ROWS:
            lines.append(f"and {len(waiting) - _ROWS} more")
    else:
        lines.append("No job is watched in this channel.")
    if alerts:
        lines.append("*Alerts*")
        lines += [alert_in_words(alert, now) for alert in alerts[:_ROWS]]
    return _said(lines)


def _row(one: Waiting) -> str:
    where = ", in a thread" if one.in_thread else ""
    # The name was escaped when it was shown first.
    return f"job {one.name} on {foreign(one.instance, 40)} – <@{one.user_id}>, since {moment(one.since)}{where}"


def trouble(kind: str, since: datetime) -> str:
    """A line in a live card while Adverity cannot be asked."""
    why = {"Busy": "is busy", "Unreachable": "does not answer"}.get(kind, "cannot be asked")
    return f"Adverity {why} since {clock(since)}: this is the job as it was last seen."


def forgotten() -> str:
    """A line in the card of a job that Adverity does not know any more."""
    return "*Adverity does not know this job any more*: this is the job as it was last seen."


def no_longer_live() -> str:
    """A line in a card that is not kept up to date any more."""
    return "This card is not kept up to date any more. Refresh shows the job as it is."
