"""What the parts of a sentence come to that asks for what was: the history of acts, and the timeline."""

from jobbot.intents.grammar.parts import Kind, Parts, Settled, misfits
from jobbot.intents.model import History, MissingNumber, Problem, SaidTwice, Timeline

_NOT_OF_HISTORY: tuple[Kind, ...] = ("states", "now", "longer")
_NOT_OF_A_TIMELINE: tuple[Kind, ...] = (*_NOT_OF_HISTORY, "person", "switch", "signs")


def _of_one_job(parts: Parts) -> list[Problem]:
    """What is wrong with the job that the record is asked for."""
    if parts.more:
        return [SaidTwice("job", parts.shown("job"), str(parts.more[0]))]
    if parts.job is None and parts.wants is not None and not parts.has_bad_number(parts.wants):
        return [MissingNumber(parts.wants)]
    return []


def settle_timeline(parts: Parts, problems: list[Problem]) -> Settled:
    """The timeline that is asked for."""
    problems += [*misfits(parts, _NOT_OF_A_TIMELINE, parts.shown("verb")), *_of_one_job(parts)]
    return Timeline(
        range=parts.range,
        job=parts.job,
        datastream=parts.datastream,
        instance=parts.instance,
        workspace=parts.workspace,
    ), problems


def settle_history(parts: Parts, problems: list[Problem]) -> Settled:
    """The record of acts that is asked for."""
    problems += [
        *misfits(parts, _NOT_OF_HISTORY, parts.shown("verb") or parts.shown("person")),
        *_of_one_job(parts),
    ]
    return History(
        range=parts.range,
        by=parts.person,
        job=parts.job,
        datastream=parts.datastream,
        instance=parts.instance,
        workspace=parts.workspace,
    ), problems
