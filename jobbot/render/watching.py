"""Renders the answers to watch, unwatch and watches, the message of a job's end, and lines of live cards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.usual_duration import Usual
from jobbot.render.alert_settings import AlertSettings, alert_in_words
from jobbot.render.around import brought_in_words, fetches, next_fetch_in_words, streak_in_words, usual_in_words
from jobbot.render.blockkit import buttons, parts
from jobbot.render.blockkit.blocks import Block, Message, context
from jobbot.render.blockkit.marks import Mark, mark_of
from jobbot.render.blockkit.parts import row_in_words
from jobbot.render.blockkit.text import clock, escape, foreign, moment, plural
from jobbot.render.card import people
from jobbot.render.jobs import issue_quotes, state_in_words, times_in_words
from jobbot.render.offered import about_over
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


def _said(lines: Sequence[str], *small: str, job: int | None = None, instance: str = "") -> Message:
    controls = [buttons.show(JobId(job), instance)] if job is not None else []
    return parts.compose([parts.lines(lines), parts.small(*small), parts.controls(controls)])


def begun(name: str, *, in_thread: bool) -> Message:
    """The answer to a watch that began, for the person alone."""
    where = "in this thread" if in_thread else "in this channel"
    return _said([f"You will be told {where} when {name} ends."])


def waits_already(name: str) -> Message:
    """The answer to a watch that the person has already."""
    return _said([f"You are waiting for {name} already. You will be told once."])


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
    """The one reply: how it ended, how long it took, what it brought or why it failed, whom it is for, and what can be
    done about it."""
    verb = "ended while I was away" if away else "has ended"
    offered = about_over(job, around.issues, instance)
    return _ending(verb, name, job, instance, users, now=now, around=around, offered=offered)


def over_already(name: str, job: Job, instance: str, user: str, *, now: datetime, around: Around = NOTHING) -> Message:
    """Watch, of a job that needs no waiting."""
    return _ending("is over already", name, job, instance, [user], now=now, around=around)


def _ending(
    verb: str,
    name: str,
    job: Job,
    instance: str,
    users: Sequence[str],
    *,
    now: datetime,
    around: Around,
    offered: Sequence[Block] = (),
) -> Message:
    # Everybody who was promised to be told is told: a name that is left out is nobody's notification.
    head = f"{mark_of(job.state).code} {people(users, most=100)}: *{name}* {verb}: *{state_in_words(job)}*"
    streak = streak_in_words(around.streak) if around.streak is not None and job.state is State.FAILED else ""
    quiet = [
        brought_in_words(job, around.brought) if around.brought is not None else "",
        times_in_words(job, now),
        usual_in_words(around.usual) if isinstance(around.usual, Usual) else "",
        fetches(job, now),
        next_fetch_in_words(around.next_fetch, now, calls=False) if around.next_fetch is not None else "",
    ]
    return parts.compose(
        [
            parts.lines([f"{head} · {streak}" if streak else head, *issue_quotes(job, around)]),
            parts.small(*quiet),
            parts.small(escape(instance), f"as of {clock(now)}"),
            parts.controls([buttons.show(job.id, instance), *offered]),
        ]
    )


def vanished(name: str, instance: str, users: Sequence[str], *, now: datetime) -> Message:
    """The message to watchers of a job that Adverity does not know any more."""
    return _said(
        [f"{people(users, most=100)}: Adverity does not know {name} any more. How it ended cannot be found out."],
        escape(instance),
        f"as of {clock(now)}",
    )


def not_set_up(instance: str, names: Sequence[str], users: Sequence[str], *, is_card: bool, alerts: bool) -> Message:
    """The message in a place that followed an orphaned instance. ``names``: the watched jobs' titles, for ``users``.

    ``is_card``: the place is the thread of a live card; ``alerts``: the channel had alerts.
    """
    lines = [f"jobbot is no longer set up for {foreign(instance, 40)}."]
    jobs = list(dict.fromkeys(names))
    if jobs:
        lines.append(f"{people(users)}: you will not be told here any more how this ends:")
        lines += [f"• {name}" for name in jobs[:_ROWS]]
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
    count = f"{plural(len(waiting), 'watch', 'watches')} in this channel" if waiting else ""
    more = f"and {len(waiting) - _ROWS} more" if len(waiting) > _ROWS else ""
    return parts.compose(
        [
            parts.title(count or "No job is watched in this channel."),
            *(parts.text(f"{Mark.UNUSUAL.code} {in_a_list(one)}") for one in outages),
            *(parts.text(watch_row(one), buttons.show(JobId(one.job), one.instance)) for one in waiting[:_ROWS]),
            parts.small(more),
            parts.lines(["*Alerts*", *(alert_in_words(alert, now) for alert in alerts[:_ROWS])] if alerts else []),
        ]
    )


def watch_row(one: Waiting) -> str:
    """One watch as two lines. The name was escaped when it was shown first."""
    where = "in a thread" if one.in_thread else ""
    quiet = [foreign(one.instance, 40), f"since {moment(one.since)}", where]
    return row_in_words(one.name, [f"watched by <@{one.user_id}>"], quiet)


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
