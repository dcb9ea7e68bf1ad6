"""What is offered for a sentence that was not understood, one press away."""

from collections.abc import Sequence

from jobbot.adverity.model import DatastreamId, State
from jobbot.intents.grammar.parts import Parts
from jobbot.intents.language.vocabulary import Verb
from jobbot.intents.model import (
    BadNumber,
    BadRange,
    DoesNotFit,
    Help,
    ListJobs,
    MissingName,
    MissingNumber,
    Offered,
    Problem,
    ShowJob,
    Topic,
    WatchJob,
)


def other_offers(parts: Parts, problems: Sequence[Problem]) -> list[Offered]:
    """What else may have been meant than the sentence without its faults, the likeliest first."""
    found: list[Offered] = []
    for problem in problems:
        match problem:
            case DoesNotFit() if parts.job is not None and parts.verb is None and parts.states and parts.range is None:
                stream = DatastreamId(int(parts.job))
                found.append(ListJobs(states=parts.states, datastream=stream, instance=parts.instance))
            case DoesNotFit() if parts.verb is Verb.ALERTS and parts.job is not None:
                found.append(WatchJob(job=parts.job, instance=parts.instance))
            case MissingNumber() | BadNumber() if parts.verb in (Verb.STOP, Verb.WATCH, Verb.UNWATCH):
                found.append(ListJobs(states=frozenset({State.RUNNING}), instance=parts.instance))
                found.append(Help(Topic.STOP if parts.verb is Verb.STOP else Topic.WATCH))
            case DoesNotFit() if parts.verb is Verb.ISSUES and parts.range is not None:
                found.append(ListJobs(states=frozenset({State.FAILED}), range=parts.range, instance=parts.instance))
            case DoesNotFit() if parts.verb is Verb.WATCHES and parts.job is not None:
                found.append(ShowJob(job=parts.job, instance=parts.instance))
            case BadRange():
                found.append(Help(Topic.TIMES))
            case MissingName():
                found.append(Help(Topic.NAMES))
            case _:
                pass
    return found
