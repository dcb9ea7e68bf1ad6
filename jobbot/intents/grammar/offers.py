"""What is offered for a sentence that was not understood, one press away."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from jobbot.adverity.model import GOING_ON, DatastreamId, State
from jobbot.intents.grammar.parts import Parts
from jobbot.intents.language.vocabulary import Verb
from jobbot.intents.model import (
    BadNumber,
    BadRange,
    DoesNotFit,
    FetchAgain,
    Help,
    Issues,
    ListJobs,
    MissingDatastream,
    MissingName,
    MissingNumber,
    Offered,
    Paused,
    Problem,
    ShowJob,
    StopSeveral,
    Topic,
    UnknownInstance,
    UnknownWord,
    WatchJob,
    WhereOrWhy,
)

_RUNNING, _FAILED = frozenset({State.RUNNING}), frozenset({State.FAILED})
_NAME = re.compile(r"[\w-]+")
_TOPICS: Mapping[Verb | None, Topic] = {
    **{Verb.FETCH: Topic.FETCH, Verb.PAUSE: Topic.PAUSE, Verb.RESUME: Topic.PAUSE},
}


def _says_which(parts: Parts) -> bool:
    """``stop running``, ``stop datastream 42``: the number is missing, and several may be meant."""
    narrowed = parts.datastream is not None or parts.workspace is not None
    return (narrowed or bool(parts.states)) and parts.states <= GOING_ON and parts.range is None


def _several(parts: Parts) -> StopSeveral:
    states = frozenset() if parts.states == GOING_ON else parts.states
    return StopSeveral(states=states, datastream=parts.datastream, workspace=parts.workspace, instance=parts.instance)


def _listed(parts: Parts, states: frozenset[State]) -> ListJobs:
    return ListJobs(
        states=states,
        datastream=parts.datastream,
        range=parts.range,
        instance=parts.instance,
        workspace=parts.workspace,
    )


def other_offers(parts: Parts, problems: Sequence[Problem]) -> list[Offered]:
    """What else may have been meant than the sentence without its faults, the likeliest first."""
    found: list[Offered] = []
    for problem in problems:
        found += _for_a_number(parts) if isinstance(problem, MissingNumber | BadNumber) else _for(problem, parts)
    return found


def _for_a_number(parts: Parts) -> list[Offered]:
    """Where a job's number is missing."""
    match parts.verb:
        case Verb.STOP if parts.longer is not None and parts.range is None:
            long = replace(_listed(parts, _RUNNING), longer=parts.longer)
            return [long, _listed(parts, _RUNNING), Help(Topic.STOP)]
        case Verb.STOP if _says_which(parts):
            return [_several(parts), _listed(parts, parts.states or _RUNNING), Help(Topic.STOP)]
        case Verb.STOP | Verb.WATCH | Verb.UNWATCH | Verb.ALERTS:
            running = ListJobs(states=_RUNNING, instance=parts.instance)
            return [running, Help(Topic.STOP if parts.verb is Verb.STOP else Topic.WATCH)]
        case Verb.RETRY | Verb.ACKNOWLEDGE if parts.everything and parts.range is None:
            # Each is decided by itself, and the issues have the buttons.
            issues = Issues(datastream=parts.datastream, workspace=parts.workspace, instance=parts.instance)
            return [issues, _listed(parts, parts.states or _FAILED), Help(Topic.RETRY)]
        case Verb.RETRY | Verb.ACKNOWLEDGE:
            return [_listed(parts, parts.states or _FAILED), Help(Topic.RETRY)]
        case _:
            return []


def _for_a_misfit(parts: Parts) -> list[Offered]:
    match parts.verb:
        case None if parts.job is not None and parts.states and parts.range is None:
            return [ListJobs(states=parts.states, datastream=DatastreamId(int(parts.job)), instance=parts.instance)]
        case Verb.ALERTS if parts.job is not None:
            return [WatchJob(job=parts.job, instance=parts.instance)]
        case Verb.ISSUES if parts.range is not None:
            return [ListJobs(states=_FAILED, range=parts.range, instance=parts.instance)]
        case Verb.WATCHES if parts.job is not None:
            return [ShowJob(job=parts.job, instance=parts.instance)]
        case _:
            return []


def _in_a_workspace(given: str, parts: Parts) -> list[Offered]:
    """``failed in emea``, ``stop all in emea``, where that is no instance."""
    if parts.workspace is not None:
        return []
    if parts.verb is Verb.STOP and parts.everything:
        return [replace(_several(parts), workspace=given)]
    return [replace(_listed(parts, parts.states), workspace=given)] if parts.verb is None else []


def _for(problem: Problem, parts: Parts) -> list[Offered]:
    match problem:
        case DoesNotFit():
            return _for_a_misfit(parts)
        case MissingDatastream() if parts.job is not None and parts.days is not None:
            of_job = FetchAgain(
                job=parts.job,
                days=parts.days,
                reason=parts.reason,
                instance=parts.instance,
                workspace=parts.workspace,
                said=parts.days_said,
            )
            return [of_job, Help(Topic.FETCH)]
        case MissingDatastream() if parts.verb is Verb.PAUSE and parts.job is None:
            return [Paused(instance=parts.instance), Help(Topic.PAUSE)]
        case BadRange(reason="longer"):
            return [Paused(instance=parts.instance), Help(Topic.PAUSE)]
        case MissingDatastream():
            return [Help(_TOPICS.get(parts.verb, Topic.ALERTS))]
        case UnknownWord() | BadRange() if parts.verb is Verb.ALERTS:
            return [Help(Topic.ALERTS)]
        case BadRange():
            return [Help(Topic.TIMES)]
        case WhereOrWhy():
            return [Help(Topic.FREEZE)]
        case MissingName():
            return [Help(Topic.NAMES)]
        case UnknownInstance(given, None) if _NAME.fullmatch(given):
            return _in_a_workspace(given, parts)
        case _:
            return []
