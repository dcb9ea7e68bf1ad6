"""Renders alert messages (one job, many, their rows in the thread), and the answers to ``/jobs alerts``."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around, NotKnown
from jobbot.adverity.model import OVER, DatastreamId, Job, JobId, State
from jobbot.adverity.usual_duration import Usual
from jobbot.intents.model import Sign
from jobbot.render.around import FAR, why_in_words
from jobbot.render.asked import stream_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Message, actions, context, paragraphs, section
from jobbot.render.blockkit.text import cut, escape, fit_bytes, foreign, moment, plural, to_plain
from jobbot.render.jobs import Names, row, state_in_words, title
from jobbot.render.outages import CurrentOutage, in_a_list

_NAMED = 8
ROWS = 8
"""Rows of ended jobs a message: each may be 1,450 characters long, and Slack takes about 12,000 in all."""

EMPTY = "Success but empty"

_VERBS: dict[str, str] = {
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
    State.DISCARDED: "was discarded",
    State.SUCCESS: "succeeded",
    EMPTY: "succeeded, but brought no rows",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertSettings:
    """One alert of a channel: the states, and the datastream and workspace (None: any) that it is told of.

    ``stream`` and ``place`` are the names of the two, where they are known; ``bound_to`` those of the workspaces that
    the channel is bound to.
    """

    instance: str
    datastream: int | None
    workspace: int | None = None
    stream: str = ""
    place: str = ""
    bound_to: tuple[str, ...] = ()
    states: frozenset[State]
    signs: frozenset[Sign] = frozenset()
    user_id: str
    since: datetime
    snoozed_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One job of a group of alerts, told ``at``. ``name`` and ``row`` are mrkdwn, ``stream`` is the datastream's id.

    ``workspace`` is the number of its workspace, where that is known.
    """

    job: int
    name: str
    row: str
    state: str
    stream: int | None
    at: datetime
    workspace: int | None = None


def entry(
    job: Job,
    names: Names,
    now: datetime,
    around: Around = NOTHING,
    *,
    empty: bool = False,
    workspace: int | None = None,
) -> Entry:
    """An ended job as an entry of an alert group.

    ``empty``: it is told of because it brought nothing; ``workspace`` is the number of its workspace.
    """
    state = job.state.value if job.state is not None else cut(state_in_words(job), 30)
    return Entry(
        job=job.id,
        name=foreign(names.of(job) or f"Job {title(job, names)}", 60),
        row=row(job, names, now, around),
        state=EMPTY if empty else state,
        stream=job.datastream.id if job.datastream else None,
        at=now,
        workspace=workspace,
    )


def _message(lines: Sequence[str], small: str, job: int | None = None, instance: str = "") -> Message:
    blocks = paragraphs(lines)
    if small:
        blocks.append(context(small))
    if job is not None:
        blocks.append(actions([buttons.show(JobId(job), instance)]))
    return Message(text=fit_bytes([to_plain(line) for line in [*lines, small] if line]), blocks=blocks)


def one(found: Entry, instance: str, *, away: bool = False, again: bool = False) -> Message:
    """A single job. ``again``: its datastream was told of within the hour, and this stands in that thread."""
    verb = _VERBS.get(found.state, "ended")
    when = " while I was away" if away else ""
    once_more = " again" if again else ""
    return _message([f"*{found.name} {verb}{once_more}{when}*", found.row], _small(instance), found.job, instance)


def many(found: Sequence[Entry], instance: str, *, away: bool = False) -> Message:
    """The alert of several jobs: how many and which; each is a row in the thread."""
    when = "while I was away" if away else "in the last minute"
    names = list(dict.fromkeys(one.name for one in found))
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    head = f"*{plural(len(found), 'job')} {_together(found)} {when}*: {', '.join(names[:_NAMED])}{more}"
    return _message([head, "Each one is in the thread."], _small(instance))


def rows(found: Sequence[Entry]) -> Message:
    """Rows of jobs, for the thread of :func:`many`."""
    blocks = [section(one.row) for one in found]
    return Message(text=fit_bytes([to_plain(one.row) for one in found]), blocks=blocks)


def _together(found: Sequence[Entry]) -> str:
    counts = {state: sum(one.state == state for one in found) for state in dict.fromkeys(one.state for one in found)}
    if set(counts) == {State.FAILED.value}:
        return "failed"
    return "ended (" + ", ".join(f"{count} {escape(state.lower())}" for state, count in counts.items()) + ")"


def late(found: Sequence[tuple[Job, Usual]], names: Names, instance: str, *, now: datetime) -> Message:
    """Jobs that run far longer than usual, all of one round. ``now`` is on Adverity's clock."""
    rows_ = [row(job, names, now, Around(usual=usual)) for job, usual in found]
    titles = [foreign(names.of(job) or f"Job {title(job, names)}", 60) for job, _ in found]
    if len(found) == 1:
        return _message([f"*{titles[0]} is running {FAR}*", *rows_], _small(instance), found[0][0].id, instance)
    more = f" and {len(titles) - _NAMED} more" if len(titles) > _NAMED else ""
    head = f"*{plural(len(found), 'job')} are running {FAR}*: {', '.join(titles[:_NAMED])}{more}"
    return _message([head, *rows_[:ROWS]], _small(instance))


def cannot_weigh(instance: str, why: NotKnown) -> Message:
    """Alerts of empty jobs are on, and what jobs bring cannot be read."""
    line = f"jobbot cannot tell this channel of jobs that succeed without any rows: {why_in_words(why)}."
    return _message([line, "Whoever runs jobbot can give the key read access to extracts."], _small(instance))


def _small(instance: str) -> str:
    return f"{escape(instance)} – an alert of this channel: `alerts` shows and changes it"


_SIGNS = {Sign.LATE: "run far longer than usual", Sign.EMPTY: "succeed without any rows"}


def what(alert: AlertSettings) -> str:
    """Which jobs an alert tells of, in words."""
    states = alert.states
    if states == {State.FAILED}:
        do = ["fail"]
    elif states >= OVER:
        do = ["end in any way"]
    else:
        names = ", ".join(state.value.lower() for state in State if state in states)
        do = [f"end as {names}"] if names else []
    do += [_SIGNS[sign] for sign in Sign if sign in alert.signs]
    which = f"jobs that {' or '.join([', '.join(do[:-1]), do[-1]] if do[1:] else do)}"
    where = ""
    if alert.workspace is not None:
        name = foreign(alert.place, 60)
        where = f" in workspace {name} ({alert.workspace})" if name else f" in workspace {alert.workspace}"
    elif alert.bound_to:
        names = ", ".join(foreign(name, 40) for name in alert.bound_to[:5])
        where = f" that this channel sees ({names}{', ...' if len(alert.bound_to) > 5 else ''})"
    if alert.datastream is not None:
        return f"{which} of {stream_in_words(DatastreamId(alert.datastream), alert.stream)}{where}"
    return f"{which}, in any datastream{where}"


def alert_in_words(alert: AlertSettings, now: datetime) -> str:
    """One alert as a line of a list."""
    quiet = f" – quiet until {moment(alert.snoozed_until)}" if alert.snoozed_until and alert.snoozed_until > now else ""
    about = f"{what(alert)}, on {foreign(alert.instance, 40)}"
    return f"{about} – <@{alert.user_id}>, since {moment(alert.since)}{quiet}"


def listed(alerts: Sequence[AlertSettings], outages: Sequence[CurrentOutage] = (), *, now: datetime) -> Message:
    """The answer to ``/jobs alerts``: the channel's alerts, and current outages."""
    if not alerts:
        return _message(["This channel has no alerts. `alerts on` tells it of jobs that fail."], "")
    lasting = [in_a_list(one) for one in outages]
    return _message(["*Alerts of this channel*", *lasting, *(alert_in_words(alert, now) for alert in alerts[:20])], "")


def switched_on(alert: AlertSettings) -> Message:
    """The answer to ``alerts on``, for the channel."""
    about = what(alert)
    return _message(
        [f"<@{alert.user_id}> switched alerts on: from now on this channel is told of {about}."],
        f"{foreign(alert.instance, 40)} – `alerts off` ends it",
    )


def switched_off(user: str, count: int) -> Message:
    """The answer to ``alerts off``; ``count``: how many were switched off, for 0 nothing was changed."""
    if count == 0:
        return _message(["There were no such alerts in this channel. Nothing was changed."], "")
    return _message([f"<@{user}> switched {plural(count, 'alert')} of this channel off."], "")


def snoozed(user: str, count: int, until: datetime) -> Message:
    """The answer to ``alerts snooze``; ``count``: how many were snoozed, for 0 nothing was changed."""
    if count == 0:
        return _message(["There are no such alerts in this channel to snooze. Nothing was changed."], "")
    return _message(
        [
            f"<@{user}> snoozed {plural(count, 'alert')} of this channel until {moment(until)}. What "
            f"{'it' if count == 1 else 'they'} would tell until then is not told later; `failed` shows it."
        ],
        "",
    )
