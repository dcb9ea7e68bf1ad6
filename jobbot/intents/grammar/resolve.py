"""What the parts of a sentence come to: one intent, what does not fit left out, and every problem there is."""

from typing import assert_never

from jobbot.adverity.model import OVER, JobId, State
from jobbot.intents.grammar.parts import Kind, Parts
from jobbot.intents.language.vocabulary import BROWSING, Verb
from jobbot.intents.model import (
    Alerts,
    AlertsDo,
    DoesNotFit,
    Help,
    History,
    Intent,
    Issues,
    Last,
    ListJobs,
    MissingNumber,
    MissingSwitch,
    Problem,
    ShowJob,
    Sign,
    StopJob,
    UnwatchJob,
    Watches,
    WatchJob,
)

_OF_A_LIST: tuple[Kind, ...] = ("states", "datastream", "workspace", "range")
_NOT_OF_HISTORY: tuple[Kind, ...] = ("states", "now")
_NOT_OF_ISSUES: tuple[Kind, ...] = ("job", "states", "now", "range", "person", "switch")
_NOT_OF_WATCHES: tuple[Kind, ...] = ("job", "states", "now", "datastream", "workspace", "range", "person", "switch")
_NOT_OF_ALERTS: tuple[Kind, ...] = ("job", "now", "person")

Settled = tuple[Intent | None, list[Problem]]


def settle(parts: Parts) -> Settled:
    """The intent that the parts make; with any problem it is what was nearly said."""
    problems = [fault.problem for fault in parts.faults]
    if parts.help:
        return Help(), []
    match parts.verb:
        case Verb.ALERTS:
            return _alerts(parts, problems)
        case Verb.WATCHES:
            return Watches(instance=parts.instance), problems + _misfits(parts, _NOT_OF_WATCHES, parts.shown("verb"))
        case Verb.HISTORY:
            return _history(parts, problems)
        case Verb.ISSUES:
            problems += _misfits(parts, _NOT_OF_ISSUES, parts.shown("verb"))
            return _issues(parts), problems
        case None if parts.person is not None:
            return _history(parts, problems)
        case _:
            return _jobs(parts, problems)


def _issues(parts: Parts) -> Issues:
    return Issues(datastream=parts.datastream, instance=parts.instance, workspace=parts.workspace)


def _misfits(parts: Parts, kinds: tuple[Kind, ...], beside: str) -> list[Problem]:
    return [DoesNotFit(shown, beside) for kind, shown in parts.said if kind in kinds]


def _jobs(parts: Parts, problems: list[Problem]) -> Settled:
    list_said = any(kind in _OF_A_LIST for kind, _ in parts.said)
    problems += _misfits(parts, ("person",), parts.shown("verb"))
    if parts.job is not None:
        beside = parts.shown("verb") or parts.shown("job")
        return _about(parts.job, parts), problems + _misfits(parts, _OF_A_LIST, beside)
    wanted = ""
    if parts.wants is not None and isinstance(parts.datastream, str):
        # "stop facebook": nothing rests on a name before the jobs that it means are shown.
        wanted = parts.verb.value if parts.verb is not None else ""
    elif parts.wants is not None and not _is_list(parts, listed=list_said):
        if not parts.has_bad_number(parts.wants):
            problems.append(MissingNumber(parts.wants))
        return None, problems
    states = parts.states or parts.weak_states
    return ListJobs(
        states=states,
        datastream=parts.datastream,
        range=parts.range,
        instance=parts.instance,
        workspace=parts.workspace,
        wanted=wanted,
    ), problems


def _is_list(parts: Parts, *, listed: bool) -> bool:
    """Whether a word that may have a number behind it was only a word: "show failed", "status yesterday", "show"."""
    browsing = parts.wants is not None and parts.wants.lower() in BROWSING
    return (parts.verb is None or parts.verb is Verb.SHOW) and (listed or browsing)


def _about(job: JobId, parts: Parts) -> Intent:
    instance = parts.instance
    match parts.verb:
        case None | Verb.SHOW | Verb.HISTORY | Verb.WATCHES | Verb.ALERTS | Verb.ISSUES:
            return ShowJob(job=job, instance=instance)
        case Verb.STOP:
            return StopJob(job=job, reason=parts.reason, instance=instance)
        case Verb.WATCH:
            return WatchJob(job=job, instance=instance)
        case Verb.UNWATCH:
            return UnwatchJob(job=job, instance=instance)
        case _:
            assert_never(parts.verb)


def _history(parts: Parts, problems: list[Problem]) -> Settled:
    problems += _misfits(parts, _NOT_OF_HISTORY, parts.shown("verb") or parts.shown("person"))
    if parts.job is None and parts.wants is not None and not parts.has_bad_number(parts.wants):
        problems.append(MissingNumber(parts.wants))
    return History(
        range=parts.range,
        by=parts.person,
        job=parts.job,
        datastream=parts.datastream,
        instance=parts.instance,
        workspace=parts.workspace,
    ), problems


def _alerts(parts: Parts, problems: list[Problem]) -> Settled:
    beside = parts.shown("verb") or parts.shown("switch")
    problems += _misfits(parts, _NOT_OF_ALERTS, beside)
    states = (parts.states or parts.weak_states) & OVER
    everything = not parts.states and parts.weak_states == frozenset(State)
    signs = frozenset(Sign) if everything else parts.signs
    does = parts.switch
    if does is None:
        # "alerts failed": they are not switched on by a guess.
        narrowed = parts.datastream is not None or parts.workspace is not None
        does = AlertsDo.ON if states or signs or narrowed else AlertsDo.SHOW
        if does is AlertsDo.ON:
            problems.append(MissingSwitch(beside))
    if does not in (AlertsDo.ON, AlertsDo.OFF) or (parts.states and not states):
        problems += _misfits(parts, ("states", "signs"), beside)
    length = parts.range.duration if does is AlertsDo.SNOOZE and isinstance(parts.range, Last) else None
    if length is None:
        problems += _misfits(parts, ("range",), beside)
    if does is AlertsDo.ON and not states and not signs:
        states = frozenset({State.FAILED})
    is_narrowed = does is AlertsDo.ON or (does is AlertsDo.OFF and not everything)
    return Alerts(
        does=does,
        states=states if is_narrowed else frozenset(),
        signs=signs if is_narrowed else frozenset(),
        datastream=parts.datastream,
        instance=parts.instance,
        workspace=parts.workspace,
        length=length,
    ), problems
