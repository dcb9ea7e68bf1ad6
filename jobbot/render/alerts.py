"""Renders alert messages: one job, many, their rows in the thread, late and empty ones; and what people press there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around, NotKnown, OpenIssues
from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.usual_duration import Usual
from jobbot.intents.model import Marking, ShowJob
from jobbot.render.alert_settings import Quiet
from jobbot.render.around import FAR, brought_in_words, open_issue, streak_in_words, usual_in_words, why_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, actions
from jobbot.render.blockkit.marks import Mark, mark_of
from jobbot.render.blockkit.parts import Part, compose, controls, joined, lines, quoted, row_in_words, small, text
from jobbot.render.blockkit.text import cut, duration, escape, fit_bytes, foreign, moment, plural
from jobbot.render.jobs import Names, by_whom, issue_in_words, state_in_words

_NAMED = 8
ROWS = 8
"""Rows of jobs a message: each may be 1,450 characters long, and Slack takes about 12,000 in all."""

_NUMBERS = 40
"""So many numbers of jobs are named in one row."""

_PEOPLE = 10
"""So many of those who are on it are named."""

_WATCHED, _WATCHED_ALONE, _WATCHED_IN_ROW = 5_800, 2_900, 1_500
"""So many characters say who watches: of many jobs, in a section each 3,000; of one job, in one; in a row of jobs."""

_OPENED = 50
"""So many jobs can be opened from one message."""

EMPTY = "Success but empty"

Watchers = Mapping[int, Sequence[str]]
"""The users who watch a job, by its number."""

_VERBS: dict[str, str] = {
    State.FAILED: "failed",
    State.CANCELLED: "was cancelled",
    State.DISCARDED: "was discarded",
    State.SUCCESS: "succeeded",
    EMPTY: "succeeded, but brought no rows",
}
_MARKS = {state.value: mark_of(state) for state in State} | {EMPTY: Mark.UNUSUAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One job of a group of alerts, told ``at``.

    ``name`` is what is looked for, as it came. The rest is mrkdwn: ``said`` is why it failed, ``error`` the kind of
    error that is counted, ``brought`` what came of it, ``streak`` how often in a row, ``quiet`` everything else.
    ``stream`` is the datastream's id, ``workspace`` the number of its workspace; both where they are known.
    """

    job: int
    name: str
    state: str
    said: str = ""
    error: str = ""
    brought: str = ""
    streak: str = ""
    quiet: str = ""
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
    said, error = _why(job, around)
    return Entry(
        job=job.id,
        name=_name(job, names),
        state=EMPTY if empty else state,
        said=said,
        error=error,
        brought=brought_in_words(job, around.brought) if around.brought is not None and not empty else "",
        streak=streak_in_words(around.streak) if around.streak is not None else "",
        quiet=joined([_stream(job, names), _times(job, around), by_whom(job)]),
        stream=job.datastream.id if job.datastream else None,
        at=now,
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
    usual = f" ({usual_in_words(around.usual).partition(' (')[0]})" if isinstance(around.usual, Usual) else ""
    if job.start is None:
        return f"ended {moment(job.end)}" if job.end is not None else ""
    if job.end is None:
        return f"started {moment(job.start)}"
    return f"{moment(job.start)}, took {duration(job.took)}{usual}" if job.took is not None else moment(job.start)


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


def one(
    found: Entry, instance: str, *, alert: str, away: bool = False, again: bool = False, watchers: Sequence[str] = ()
) -> Message:
    """A single job. ``alert``: the message's id, for its buttons; ``watchers`` are mentioned.

    ``again``: its datastream was told of within the hour, and this stands in that thread.
    """
    verb = _VERBS.get(found.state, "ended")
    when = " while I was away" if away else ""
    once_more = " again" if again else ""
    head = f"{_mark(found).code} *{foreign(found.name, 60)}* {verb}{once_more}{when}"
    parts = [
        text("\n".join([joined([head, found.streak, found.brought]), *([quoted(found.said)] if found.said else [])])),
        text(_watched_by(watchers)) if watchers else Part(),
        small(f"job {found.job}", found.quiet, escape(instance)),
        controls(_controls([found], instance, alert)),
    ]
    return compose(parts)


def many(
    found: Sequence[Entry],
    instance: str,
    *,
    alert: str,
    away: bool = False,
    watchers: Watchers | None = None,
) -> Message:
    """The alert of several jobs, with how many by error and by datastream, most first; each is a row in the thread.

    ``watchers`` are mentioned, by job.
    """
    when = "while I was away" if away else "in the last minute"
    mark = _mark(found[0]) if len({one.state for one in found}) == 1 else Mark.FAILED
    errors = Counter(one.error for one in found if one.error)
    names = Counter((one.stream, one.name) for one in found)
    head = f"{mark.code} *{plural(len(found), 'job')} {_together(found)}* {when}"
    counted = ", ".join(f"{count} {error}" for error, count in errors.most_common(_NAMED))
    parts = [
        text("\n".join([f"{head}: {counted}" if counted else head, _counted(names)])),
        _watched(watchers or {}),
        small(escape(instance), "each one is in the thread"),
        controls(_controls(found, instance, alert)),
    ]
    return compose(parts)


def _counted(names: "Counter[tuple[int | None, str]]") -> str:
    named = [
        f"{foreign(name, 60)} {count}" if count > 1 else foreign(name, 60)
        for (_, name), count in names.most_common(_NAMED)
    ]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(named) + more


def _mark(found: Entry) -> Mark:
    return _MARKS.get(found.state, Mark.UNKNOWN)


def _together(found: Sequence[Entry]) -> str:
    counts = Counter(one.state for one in found)
    if set(counts) == {State.FAILED.value}:
        return "failed"
    return "ended (" + ", ".join(f"{count} {escape(state.lower())}" for state, count in counts.most_common()) + ")"


def named(watchers: Watchers, *, alone: bool = False) -> Watchers:
    """The jobs whose watchers are all named in one message, of one job (``alone``) or of many.

    Give :func:`one` and :func:`many` these alone, and tell the watchers of the others otherwise: a name that Slack cuts
    off is nobody's notification.
    """
    room = _WATCHED_ALONE if alone else _WATCHED
    fit: dict[int, Sequence[str]] = {}
    for job, users in watchers.items():
        more = {**fit, job: users}
        if sum(len(line) + 1 for line in _people(more)) > room:
            break
        fit = more
    return fit


def named_in_rows(found: Sequence[Entry], watchers: Watchers) -> Watchers:
    """The same for :func:`rows`."""
    fit: dict[int, Sequence[str]] = {}
    for group in _folded(found):
        people: list[str] = []
        for one in group:
            people += watchers.get(one.job, ())
            if len(_watched_by(people)) > _WATCHED_IN_ROW:
                break
            if one.job in watchers:
                fit[one.job] = watchers[one.job]
    return fit


def _watched(watchers: Watchers) -> Part:
    """Mentions who watches which of the jobs."""
    return lines(_people(watchers))


def _people(watchers: Watchers) -> list[str]:
    jobs: dict[str, list[int]] = {}
    for job, users in watchers.items():
        for user in users:
            jobs.setdefault(user, []).append(job)
    return [f"{_watched_by([user])} ({_numbers(own)})" for user, own in jobs.items()]


def _watched_by(people: Iterable[str]) -> str:
    return f"Watched by {', '.join(f'<@{user}>' for user in dict.fromkeys(people))}"


def _numbers(jobs: Sequence[int]) -> str:
    more = f" and {len(jobs) - _NUMBERS} more" if len(jobs) > _NUMBERS else ""
    return ", ".join(map(str, jobs[:_NUMBERS])) + more


def pages(found: Sequence[Entry], *, moved: bool = False) -> list[list[Entry]]:
    """The entries message by message, for :func:`rows`; ``moved``: the first one stays first."""
    folded = _folded(found)
    if not moved:
        folded.sort(key=lambda group: -len(group))
    return [[one for group in folded[first : first + ROWS] for one in group] for first in range(0, len(folded), ROWS)]


def rows(found: Sequence[Entry], watchers: Watchers | None = None) -> Message:
    """Rows of jobs, for the thread of :func:`many`: those of a datastream that ended alike are one."""
    return compose(text(_row(group, watchers or {})) for group in _folded(found))


def _folded(found: Sequence[Entry]) -> list[list[Entry]]:
    groups: dict[object, list[Entry]] = {}
    for one in found:
        alike = (one.stream, one.state, one.error) if one.stream is not None else one.job
        groups.setdefault(alike, []).append(one)
    return list(groups.values())


def _row(group: Sequence[Entry], watchers: Watchers) -> str:
    last, count = group[-1], len(group)
    verb = _VERBS.get(last.state, "ended")
    people = [user for one in group for user in watchers.get(one.job, ())]
    row = row_in_words(
        foreign(last.name, 60),
        [f"{verb} {plural(count, 'time')}" if count > 1 else verb, last.streak, last.brought],
        [f"jobs {_numbers([one.job for one in group])}" if count > 1 else f"job {last.job}", last.quiet],
        mark=_mark(last),
        said=[last.said] if last.said else [],
    )
    return f"{row}\n{_watched_by(people)}" if people else row


def late(found: Sequence[tuple[Job, Usual]], names: Names, instance: str, *, alert: str, now: datetime) -> Message:
    """Jobs that run far longer than usual, all of one round. ``now`` is on Adverity's clock."""
    entries, alone = [entry(job, names, now) for job, _ in found], len(found) == 1
    head = f"{Mark.UNUSUAL.code} *{plural(len(found), 'job')} are running {FAR}*"
    parts = [] if alone else [text(f"{head}: {_counted(Counter((one.stream, one.name) for one in entries))}")]
    parts += [text(_late_row(job, usual, names, now, alone=alone)) for job, usual in found[:ROWS]]
    return compose([*parts, small(escape(instance)), controls(_controls(entries, instance, alert))])


def _late_row(job: Job, usual: Usual, names: Names, now: datetime, *, alone: bool) -> str:
    ran = duration(now - job.start) if job.start is not None else ""
    percent = f"{job.progress} %" if job.progress is not None else ""
    name, since = foreign(_name(job, names), 60), f"since {moment(job.start)}" if job.start is not None else ""
    facts = [f"running {FAR}" if alone else "", f"*{ran}*, {usual_in_words(usual)}", percent]
    quiet = [f"job {job.id}", _stream(job, names), since, by_whom(job)]
    return row_in_words(name, [fact for fact in facts if fact], quiet, mark=Mark.UNUSUAL)


def _controls(found: Sequence[Entry], instance: str, alert: str) -> list[Block]:
    """The buttons while nobody has pressed one: what opens the jobs first."""
    jobs = [(f"{one.job} {one.name}", ShowJob(job=JobId(one.job), instance=instance)) for one in found[:_OPENED]]
    opens = buttons.show(jobs[0][1].job, instance) if len(jobs) == 1 else buttons.open_a_job(jobs)
    marks = [Marking.ON_IT]
    if any(one.stream is not None for one in found):
        marks.append(Marking.SNOOZE)
    return [opens, *(buttons.mark_alert(does, alert, instance) for does in marks)]


def marked(
    message: Message,
    alert: str,
    instance: str,
    on_it: Sequence[tuple[str, datetime]],
    snoozes: Sequence[Quiet],
) -> Message:
    """The message with what people pressed on it: who is on it and since when, what is snoozed, and the buttons that
    take both back."""
    if not on_it and not snoozes:
        return message
    *body, row = message.blocks
    opens, *pressed = row["elements"]
    marks = [Marking.NOT_ON_IT, Marking.ON_IT] if on_it else [Marking.ON_IT]
    if len(pressed) > 1:
        marks.append(Marking.WAKE if snoozes else Marking.SNOOZE)
    again = [buttons.mark_alert(does, alert, instance, too=bool(on_it)) for does in marks]
    said = [f"*<@{user}> is on it* since {moment(at)}" for user, at in on_it[:_PEOPLE]]
    said += [f"and {len(on_it) - _PEOPLE} more"] if len(on_it) > _PEOPLE else []
    added = compose([*([text("\n".join(said))] if said else []), small(*_snoozed(snoozes))])
    rest = fit_bytes(message.text.split("\n"), 3_700 - len(added.text.encode()))
    return Message(f"{rest}\n{added.text}", [*body, *added.blocks, actions([opens, *again])])


def _snoozed(snoozes: Sequence[Quiet]) -> list[str]:
    what = f"datastream {snoozes[0].datastream}" if len(snoozes) == 1 else "these datastreams"
    last = {(one.user_id, one.until) for one in snoozes}
    return [
        f"<@{user}> snoozed the alerts of {what} in this channel until {moment(until)}"
        for user, until in sorted(last, key=lambda one: one[1])[:_PEOPLE]
    ]


def no_such_message() -> Message:
    """A button of a message that is not kept any more."""
    return compose([text("This alert is too old for its buttons. Nothing was changed.")])


def was_not_on_it() -> Message:
    """Somebody takes back what they have not said."""
    return compose([text("You had not said that you are on it. Nothing was changed.")])


def cannot_weigh(instance: str, why: NotKnown) -> Message:
    """Alerts of empty jobs are on, and what jobs bring cannot be read."""
    line = f"jobbot cannot tell this channel of jobs that succeed without any rows: {why_in_words(why)}."
    helps = "Whoever runs jobbot can give the key read access to extracts."
    return compose([text(f"{Mark.UNUSUAL.code} {line} {helps}"), small(escape(instance))])
