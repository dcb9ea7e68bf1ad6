"""An intent as words: what would be typed to say the same."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import assert_never

from jobbot.adverity.model import OVER, Days, State
from jobbot.intents.grammar.pause_end import PERHAPS_OF_A_NOUN
from jobbot.intents.language.numbers import number
from jobbot.intents.language.slack_text import escape
from jobbot.intents.language.vocabulary import Verb
from jobbot.intents.model import (
    Acknowledge,
    Alerts,
    AlertsDo,
    Between,
    FetchAgain,
    Freeze,
    Handover,
    Help,
    History,
    Intent,
    Issues,
    Last,
    ListJobs,
    Longer,
    MarkAlert,
    Misread,
    NoQuestion,
    OnDatastream,
    OnReview,
    Paused,
    PauseSchedule,
    Range,
    ResumeSchedule,
    Retry,
    ShowJob,
    Sign,
    Since,
    StopJob,
    StopNoMore,
    StopSeveral,
    Stream,
    Timeline,
    Unfreeze,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
)

_LONG_NUMBER = 10_000
_UNITS = ((86_400, "d"), (3_600, "h"), (60, "m"), (1, "s"))

_VERBS: Mapping[type[Intent], Verb] = {
    **{StopJob: Verb.STOP, Retry: Verb.RETRY, Acknowledge: Verb.ACKNOWLEDGE},
    **{WatchJob: Verb.WATCH, UnwatchJob: Verb.UNWATCH, Watches: Verb.WATCHES, Paused: Verb.PAUSED},
    **{Handover: Verb.HANDOVER, WhoAmI: Verb.WHOAMI},
}


def canonical(intent: Intent) -> str:
    """What follows ``/jobs`` to say the same, as Slack would send it (``&``, ``<`` and ``>`` of a reason escaped).

    Instants are written in UTC, so that it means the same later and elsewhere. The page of a list cannot be said. For
    a Misread: its suggestion, or ``help``.
    """
    return _worded(intent, as_said=False)


def as_said(intent: Intent) -> str:
    """The same with the range as the person put it: "failed yesterday"."""
    return _worded(intent, as_said=True)


def _worded(intent: Intent, *, as_said: bool) -> str:
    match intent:
        case ListJobs(states=states, datastream=datastream, range=within, instance=instance, workspace=workspace):
            parts = [
                *(str(job) for job in intent.jobs),
                _states(states),
                _datastream(datastream),
                _workspace(workspace),
            ]
            parts += [_longer(intent.longer)]
            parts += [_range(within, as_said=as_said) if within is not None else "", _instance(instance)]
        case ShowJob() | WatchJob() | UnwatchJob():
            parts = [_VERBS.get(type(intent), ""), str(intent.job), _instance(intent.instance)]
        case StopJob() | Retry() | Acknowledge():
            parts = [_VERBS[type(intent)], str(intent.job), _instance(intent.instance), escape(intent.reason)]
        case FetchAgain() | PauseSchedule() | ResumeSchedule() | StopSeveral():
            parts = _on_datastreams(intent, as_said=as_said)
        case Watches() | Paused() | Handover() | WhoAmI() | Freeze() | Unfreeze():
            parts = _of_an_instance(intent, as_said=as_said)
        case Alerts(does=does, states=states, datastream=datastream, instance=instance, workspace=workspace):
            parts = [Verb.ALERTS, "" if does is AlertsDo.SHOW else does, *_told_of(states, intent.signs)]
            parts += [f"job {intent.job}" if intent.job is not None else "", _datastream(datastream)]
            parts += [_workspace(workspace), _snoozed(intent, as_said=as_said), _instance(instance)]
            parts += [f"for <!subteam^{intent.group}>" if intent.group is not None else ""]
        case History() | Timeline():
            by, job, within = intent.by if isinstance(intent, History) else None, intent.job, intent.range
            parts = [Verb.HISTORY if isinstance(intent, History) else Verb.TIMELINE]
            parts += [f"job {job}" if job is not None else "", f"by <@{by}>" if by is not None else ""]
            parts += [_datastream(intent.datastream), _workspace(intent.workspace)]
            parts += [_range(within, as_said=as_said) if within is not None else "", _instance(intent.instance)]
        case Issues(datastream=datastream, instance=instance, workspace=workspace):
            parts = [Verb.ISSUES, _datastream(datastream), _workspace(workspace), _instance(instance)]
        case Help(topic=topic):
            parts = ["help", topic or ""]
        case NoQuestion() | MarkAlert() | StopNoMore() | OnReview():
            parts = ["thanks"]  # nothing is typed in the place of a button that belongs to one message
        case Misread(suggestion=suggestion):
            parts = ["help" if suggestion is None else suggestion]
        case _:
            assert_never(intent)
    return " ".join(part for part in parts if part)


def _on_datastreams(act: OnDatastream, *, as_said: bool) -> list[str]:
    """The parts of an act on a datastream, or of a stop of several jobs. What is behind its days is the reason."""
    where = [_workspace(act.workspace), _datastream(act.datastream)]
    instance, reason = _instance(act.instance), escape(act.reason)
    match act:
        case FetchAgain(days=days, job=job, said=said):
            words = said if as_said and said else _days(days)
            # With days a number alone may be a datastream's.
            of_job = "" if job is None else f"job {job}" if words else str(job)
            return [Verb.FETCH, of_job, *where, words, instance, reason]
        case PauseSchedule(until=until, said=said):
            words = said if as_said and said else f"until {_instant(until)}" if until is not None else ""
            # "for night shift" would be a reason.
            dash = bool(reason) and not instance and tuple(words.split()) in PERHAPS_OF_A_NOUN
            return [Verb.PAUSE, *where, words, instance, f"- {reason}" if dash else reason]
        case ResumeSchedule():
            return [Verb.RESUME, *where, instance, reason]
        case StopSeveral(jobs=jobs) if jobs:
            numbers = " ".join(str(job) for job in jobs)
            # Behind numbers as short as these, what follows a stop would be its reason.
            verb_last = bool(reason) and min(jobs) < _LONG_NUMBER
            words = f"{numbers} {Verb.STOP}" if verb_last else f"{Verb.STOP} {numbers}"
            return [words, instance, reason]
        case StopSeveral(states=states):
            return [Verb.STOP, "all", _states(states), *where, instance, f"- {reason}" if reason else ""]
        case _:
            assert_never(act)


def _of_an_instance(wish: Watches | Paused | Handover | WhoAmI | Freeze | Unfreeze, *, as_said: bool) -> list[str]:
    """The parts of what is about a whole instance. A reason stands behind a dash, whatever it begins with."""
    if isinstance(wish, Watches | Paused | Handover | WhoAmI):
        need = wish.need if isinstance(wish, WhoAmI) else None
        return [_VERBS[type(wish)], need or "", _instance(wish.instance)]
    reason = f"- {escape(wish.reason)}" if wish.reason else ""
    if isinstance(wish, Unfreeze):
        return [Verb.UNFREEZE, _instance(wish.instance), reason]
    ends = _length(wish.length) if wish.length is not None else ""
    if wish.until is not None:
        ends = wish.said if as_said and wish.said else f"until {_instant(wish.until)}"
    return [Verb.FREEZE, ends, _instance(wish.instance), reason]


def _days(days: Days | None) -> str:
    return "" if days is None else f"{days.start}" if days.start == days.end else f"{days.start}..{days.end}"


def _snoozed(intent: Alerts, *, as_said: bool) -> str:
    if intent.until_fixed:
        return "until fixed"
    if intent.length is None:
        return ""
    return intent.said if as_said and intent.said else _length(intent.length)


def _told_of(states: frozenset[State], signs: frozenset[Sign]) -> list[str]:
    if states == OVER and signs == frozenset(Sign):
        return ["all"]
    return ["ended" if states == OVER else _states(states), *(sign.value for sign in Sign if sign in signs)]


def _states(states: frozenset[State]) -> str:
    if states == frozenset(State):
        return "all"
    return " ".join(state.value.lower() for state in State if state in states)


def _datastream(which: Stream | None) -> str:
    if which is None:
        return ""
    return f'datastream "{escape(which)}"' if isinstance(which, str) else f"datastream {which}"


def _workspace(which: str | None) -> str:
    if which is None:
        return ""
    return f"workspace {which}" if number(which) is not None else f'workspace "{escape(which)}"'


def _longer(longer: Longer | None) -> str:
    if longer is None:
        return ""
    return f"longer than {longer if isinstance(longer, str) else _length(longer)}"


def _instance(name: str | None) -> str:
    return f"in {name}" if name is not None else ""


def _range(within: Range, *, as_said: bool) -> str:
    if as_said and within.said:
        return within.said
    match within:
        case Last(duration):
            return f"last {_length(duration)}"
        case Since(start):
            return f"since {_instant(start)}"
        case Between(start, end):
            return f"{_instant(start)}..{_instant(end)}"
        case _:
            assert_never(within)


def _length(duration: timedelta) -> str:
    seconds = int(duration.total_seconds())
    return next(f"{seconds // unit}{name}" for unit, name in _UNITS if seconds % unit == 0)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
