"""Renders alert messages: one matter, many, their rows in the thread, late ones; and what people press there."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from jobbot.adverity.around import NotKnown
from jobbot.adverity.model import JobId, State
from jobbot.intents.model import FetchAgain, Marking, Retry, ShowJob
from jobbot.render.alert_entry import LATE, in_states
from jobbot.render.alert_settings import Quiet, group_in_words, until_in_words
from jobbot.render.around import FAR, why_in_words
from jobbot.render.blockkit import buttons
from jobbot.render.blockkit.blocks import Block, Message, actions
from jobbot.render.blockkit.marks import Mark
from jobbot.render.blockkit.parts import (
    NOTHING,
    Part,
    compose,
    controls,
    joined,
    lines,
    quoted,
    row_in_words,
    small,
    text,
)
from jobbot.render.blockkit.text import escape, fit_bytes, foreign, moment, plural
from jobbot.render.matters import How, Matter, head, numbers, on_again_in_words, quiet
from jobbot.render.offered import of_issue

_NAMED = 8
ROWS = 8
"""Rows of jobs a message: each may be 1,450 characters long, and Slack takes about 12,000 in all."""

_STANDING = 15
"""So many matters of one message have a line of their own."""

_PEOPLE = 10
"""So many of those who are on it are named."""

_WATCHED, _WATCHED_ALONE, _WATCHED_IN_ROW = 5_800, 2_900, 1_500
"""So many characters say who watches: of many jobs, in a section each 3,000; of one job, in one; in a row of jobs."""

_OPENED = 50
"""So many jobs can be opened from one message."""

Watchers = Mapping[int, Sequence[str]]
"""The users who watch a job, by its number."""


def one(
    matter: Matter,
    instance: str,
    *,
    alert: str,
    away: bool = False,
    again: bool = False,
    watchers: Watchers | None = None,
    calls: str = "",
) -> Message:
    """A single matter. ``alert``: the message's id, for its buttons; ``watchers`` are mentioned; ``calls`` as of
    :func:`called`.

    ``again``: this stands in the thread of an alert of its datastream.
    """
    said, people = matter.newest.said, dict(watchers or {})
    quoted_now = [quoted(said)] if said and not matter.is_fixed else []
    parts = [
        text("\n".join([head(matter, away=away, again=again), *quoted_now])),
        text(_watched_by(next(iter(people.values())))) if len(people) == 1 else _watched(people),
        text(calls) if calls else NOTHING,
        small(*quiet(matter), escape(instance)),
        small(f"the last error was: {said}") if said and matter.is_fixed else NOTHING,
        small(on_again_in_words(matter)),
        controls(_about(matter, instance)),
        controls(_controls([matter], instance, alert)),
    ]
    return compose(parts)


def many(
    matters: Sequence[Matter],
    instance: str,
    *,
    alert: str,
    away: bool = False,
    watchers: Watchers | None = None,
    calls: str = "",
) -> Message:
    """Several at once, with how many jobs by error and by datastream, most first; each is a row in the thread.

    ``watchers`` are mentioned, by job; ``calls`` as of :func:`called`.
    """
    when = "while I was away" if away else "in the last minute"
    states, errors, names = Counter[str](), Counter[str](), Counter[tuple[int | None, str]]()
    for one_ in matters:
        states.update(one_.counts or {one_.newest.state: 1})
        errors.update(one_.errors)
        names[one_.newest.stream, one_.newest.name] += one_.total or 1
    mark = matters[0].newest.mark if len(states) == 1 else Mark.FAILED
    first = f"{mark.code} *{plural(states.total(), 'job')} {in_states(states)}* {when}"
    counted = ", ".join(f"{count} {error}" for error, count in errors.most_common(_NAMED))
    parts = [
        text("\n".join([f"{first}: {counted}" if counted else first, _counted(names)])),
        _watched(watchers or {}),
        text(calls) if calls else NOTHING,
        small(escape(instance), "each one is in the thread"),
        controls(_controls(matters, instance, alert)),
    ]
    return compose(parts)


def standing(
    matters: Sequence[Matter], instance: str, *, alert: str, watchers: Watchers | None = None, calls: str = ""
) -> Message:
    """How several stand that were told together: a line each, those that go on first.

    ``watchers`` and ``calls`` as for :func:`many`.
    """
    going = sorted((one_ for one_ in matters if one_.end is None), key=lambda one_: (-one_.total, one_.since))
    over = sorted((one_ for one_ in matters if one_.end is not None), key=_ended_at, reverse=True)
    all_ = len([*going, *(one_ for one_ in over if one_.is_over)])
    fixed = sum(one_.is_fixed for one_ in over)
    if going:
        how = "still failing" if {one_.newest.state for one_ in going} == {State.FAILED.value} else "still in trouble"
        first = f"{going[0].mark.code} *{len(going)} of {all_} {how}*{f', {fixed} recovered' if fixed else ''}"
    elif fixed == all_:
        first = f"{Mark.SUCCESS.code} *All {all_} recovered*"
    else:
        first = f"{Mark.ENDED.code} *All {all_} are over*, {fixed} recovered"
    errors = Counter[str]()
    for one_ in going:
        errors.update(one_.errors)
    counted = ", ".join(f"{number} {error}" for error, number in errors.most_common(_NAMED))
    own = [_line(one_) for one_ in [*going, *over]]
    more = [f"and {len(own) - _STANDING} more"] if len(own) > _STANDING else []
    parts = [
        text(f"{first}: {counted}" if counted else first),
        lines([*own[:_STANDING], *more]),
        _watched(watchers or {}),
        text(calls) if calls else NOTHING,
        small(escape(instance), f"first told {moment(min(one_.told for one_ in matters))}"),
        controls(_controls([*going, *over], instance, alert)),
    ]
    return compose(parts)


def _ended_at(matter: Matter) -> datetime:
    return matter.end.at if matter.end is not None else matter.heard


def _line(matter: Matter) -> str:
    again = on_again_in_words(matter)
    return f"{head(matter)} ({again})" if again else head(matter)


def called(groups: Mapping[str, str], *, mention: bool) -> str:
    """Which user groups are called, by id their names; empty for none.

    ``mention``: in a post, which reaches them. An edit reaches nobody, so it has their names alone.
    """
    names = [f"<!subteam^{id_}>" if mention else group_in_words(name) for id_, name in groups.items()]
    return f"{'Calling' if mention else 'Called'} {', '.join(names)}" if names else ""


def recovered(matters: Sequence[Matter], people: Sequence[str]) -> Message:
    """For the thread of an alert whose message says so already: it mentions who said that they are on it."""
    mentions = ", ".join(f"<@{user}>" for user in people[:_PEOPLE])
    return compose([text(mentions), lines([head(one_) for one_ in matters[:_STANDING]])])


def on_again(matter: Matter, instance: str) -> Message:
    """A snooze "until fixed" has ended with a success, and no message of an alert can say so."""
    name, by = foreign(matter.newest.name, 60), f"<@{matter.on_again}>"
    at = moment(matter.newest.when)
    line = f"{Mark.SUCCESS.code} *{name}* succeeded {at}: alerts of it are on again."
    why = f"{by} had snoozed them until it is fixed"
    return compose([text(line), small(f"job {matter.newest.job}", why, escape(instance))])


def _counted(names: "Counter[tuple[int | None, str]]") -> str:
    named = [
        f"{foreign(name, 60)} {count}" if count > 1 else foreign(name, 60)
        for (_, name), count in names.most_common(_NAMED)
    ]
    more = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return ", ".join(named) + more


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


def named_in_rows(matters: Sequence[Matter], watchers: Watchers) -> Watchers:
    """The same for :func:`rows`."""
    fit: dict[int, Sequence[str]] = {}
    for matter in matters:
        people: list[str] = []
        for job in matter.jobs or (matter.newest.job,):
            people += watchers.get(job, ())
            if len(_watched_by(people)) > _WATCHED_IN_ROW:
                break
            if job in watchers:
                fit[job] = watchers[job]
    return fit


def _watched(watchers: Watchers) -> Part:
    """Mentions who watches which of the jobs."""
    return lines(_people(watchers))


def _people(watchers: Watchers) -> list[str]:
    jobs: dict[str, list[int]] = {}
    for job, users in watchers.items():
        for user in users:
            jobs.setdefault(user, []).append(job)
    return [f"{_watched_by([user])} ({numbers(own)})" for user, own in jobs.items()]


def _watched_by(people: Iterable[str]) -> str:
    return f"Watched by {', '.join(f'<@{user}>' for user in dict.fromkeys(people))}"


def pages(matters: Sequence[Matter], *, moved: bool = False) -> list[list[Matter]]:
    """Message by message, for :func:`rows`, those of most jobs first; ``moved``: the first one stays first."""
    found = list(matters) if moved else sorted(matters, key=lambda one_: -one_.total)
    return [found[first : first + ROWS] for first in range(0, len(found), ROWS)]


def rows(matters: Sequence[Matter], instance: str, watchers: Watchers | None = None, *, calls: str = "") -> Message:
    """Rows of matters, for the thread of :func:`many`, each with the retry where Adverity offers it; ``calls`` as of
    :func:`called`."""
    told = (text(_row(one_, watchers or {}), _retry(one_, instance)) for one_ in matters)
    return compose([*told, text(calls) if calls else NOTHING])


def _retry(matter: Matter, instance: str) -> Block | None:
    last = matter.newest
    if matter.end is not None or not last.retry:
        return None
    return buttons.act(Retry(job=JobId(last.job), instance=instance))


def _row(matter: Matter, watchers: Watchers) -> str:
    last, people = (
        matter.newest,
        [user for job in matter.jobs or (matter.newest.job,) for user in watchers.get(job, ())],
    )
    if matter.end is not None and matter.end.how is not How.TOLD:
        row = "\n".join([head(matter), joined(quiet(matter))])
    else:
        verb = f"{last.verb} {plural(matter.total, 'time')}" if matter.total > 1 else last.verb
        facts = [verb, last.streak, last.brought]
        row = row_in_words(
            foreign(last.name, 60), facts, quiet(matter), mark=last.mark, said=[last.said] if last.said else []
        )
    return f"{row}\n{_watched_by(people)}" if people else row


def late(matters: Sequence[Matter], instance: str, *, alert: str, calls: str = "") -> Message:
    """Jobs that run far longer than usual, all of one round. ``calls`` as of :func:`called`."""
    first = f"{Mark.UNUSUAL.code} *{plural(len(matters), 'job')} are running {FAR}*"
    names = Counter((one_.newest.stream, one_.newest.name) for one_ in matters)
    parts = [] if len(matters) == 1 else [text(f"{first}: {_counted(names)}")]
    parts += [text(_late_row(one_, alone=len(matters) == 1)) for one_ in matters[:ROWS]]
    parts += [text(calls) if calls else NOTHING, small(escape(instance))]
    return compose([*parts, controls(_controls(matters, instance, alert))])


def _late_row(matter: Matter, *, alone: bool) -> str:
    last = matter.newest
    facts = [f"running {FAR}" if alone else "", last.brought]
    name = foreign(last.name, 60)
    return row_in_words(name, [fact for fact in facts if fact], quiet(matter), mark=last.mark)


def drawn(
    matters: Sequence[Matter],
    instance: str,
    *,
    alert: str,
    young: bool,
    away: bool = False,
    again: bool = False,
    watchers: Watchers | None = None,
    calls: str = "",
) -> Message:
    """A message about these as they stand now. ``young``: it is posted now, or was within the last minute."""
    if len(matters) == 1:
        return one(matters[0], instance, alert=alert, away=away, again=again, watchers=watchers, calls=calls)
    if all(one_.end is None and one_.newest.state == LATE for one_ in matters):
        return late(matters, instance, alert=alert, calls=calls)
    if young and not any(one_.is_over for one_ in matters):
        return many(matters, instance, alert=alert, away=away, watchers=watchers, calls=calls)
    return standing(matters, instance, alert=alert, watchers=watchers, calls=calls)


def _about(matter: Matter, instance: str) -> list[Block]:
    """The buttons of what can be done about its last job, while it goes on; in a row above those of the message."""
    last, job = matter.newest, JobId(matter.newest.job)
    if matter.end is not None:
        return []
    row = of_issue(job, instance, retry=last.retry, acknowledge=last.acknowledge)
    return row if last.days is None else [*row, buttons.act(FetchAgain(job=job, instance=instance))]


def _controls(matters: Sequence[Matter], instance: str, alert: str) -> list[Block]:
    """The buttons while nobody has pressed one: what opens the jobs first. Of what is over nothing else is left."""
    jobs = [
        (f"{one_.opens} {one_.newest.name}", ShowJob(job=JobId(one_.opens), instance=instance))
        for one_ in matters[:_OPENED]
    ]
    opens = buttons.show(jobs[0][1].job, instance) if len(jobs) == 1 else buttons.open_a_job(jobs)
    marks = [] if all(one_.is_over for one_ in matters) else [Marking.ON_IT]
    if marks and any(one_.newest.stream is not None for one_ in matters):
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
    if len(pressed) > 1 or snoozes:
        marks.append(Marking.WAKE if snoozes else Marking.SNOOZE)
    marks = marks if pressed else [does for does in marks if does is Marking.WAKE]
    again = [buttons.mark_alert(does, alert, instance, too=bool(on_it)) for does in marks]
    is_ = "is on it* since" if pressed else "was on it* from"
    said = [f"*<@{user}> {is_} {moment(at)}" for user, at in on_it[:_PEOPLE]]
    said += [f"and {len(on_it) - _PEOPLE} more"] if len(on_it) > _PEOPLE else []
    added = compose([*([text("\n".join(said))] if said else []), small(*_snoozed(snoozes))])
    rest = fit_bytes(message.text.split("\n"), 3_700 - len(added.text.encode()))
    return Message(f"{rest}\n{added.text}", [*body, *added.blocks, actions([opens, *again])])


def _snoozed(snoozes: Sequence[Quiet]) -> list[str]:
    what = f"datastream {snoozes[0].datastream}" if len(snoozes) == 1 else "these datastreams"
    ends = dict.fromkeys((one_.user_id, until_in_words(one_.until)) for one_ in snoozes)
    return [f"<@{user}> snoozed the alerts of {what} in this channel {until}" for user, until in [*ends][:_PEOPLE]]


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
