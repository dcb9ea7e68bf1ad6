"""What the parts of a sentence about alerts come to."""

from datetime import datetime, timedelta
from math import ceil

from jobbot.adverity.model import OVER, State
from jobbot.intents.grammar.parts import Kind, Parts, Settled, misfits
from jobbot.intents.language.vocabulary import DONE, Verb
from jobbot.intents.model import (
    Alerts,
    AlertsDo,
    Between,
    Last,
    MissingDatastream,
    MissingNumber,
    MissingSwitch,
    Problem,
    SaidTwice,
    Sign,
)

_NOT_OF_ALERTS: tuple[Kind, ...] = ("now", "longer", "person")


def settle_alerts(parts: Parts, problems: list[Problem], now: datetime) -> Settled:
    """As ``resolve.settle``, where alerts are spoken of."""
    beside = parts.shown("verb") or parts.shown("switch")
    problems += misfits(parts, _NOT_OF_ALERTS, beside)
    if parts.asked:
        problems += misfits(parts, ("range", "group"), beside)
        return Alerts(does=AlertsDo.SHOW, instance=parts.instance), problems
    if _is_of_one_job(parts):
        return None, [*problems, MissingNumber(Verb.WATCH)]  # "ping me when done": not when any job is
    states = _endings(parts)
    everything = not parts.states and parts.weak_states == frozenset(State)
    signs = frozenset(Sign) if everything else parts.signs
    does = AlertsDo.ON if parts.when and parts.switch is None else parts.switch
    narrowed = parts.datastream is not None or parts.workspace is not None
    if parts.when and not (parts.states or parts.weak_states or signs or narrowed):
        problems.append(MissingSwitch(beside))  # "let me know when the last run was"
    if does is AlertsDo.OFF and _snoozed_for(parts, now) is not None:
        does = AlertsDo.SNOOZE  # "alerts off until tomorrow", "alerts off for 2h"
    if does is None:
        # "alerts failed": they are not switched on by a guess.
        does = AlertsDo.ON if states or signs or narrowed else AlertsDo.SHOW
        if does is AlertsDo.ON:
            problems.append(MissingSwitch(beside))
    is_snooze = does is AlertsDo.SNOOZE
    is_of_all = is_snooze and everything  # "mute everything until 8"
    if not is_of_all and (does not in (AlertsDo.ON, AlertsDo.OFF) or (parts.states and not states)):
        problems += misfits(parts, ("states", "signs"), beside)
    length = _snoozed_for(parts, now) if is_snooze else None
    until_fixed = is_snooze and parts.until_fixed
    problems += _two_ends(parts) if is_snooze else []
    if length is None and not until_fixed:
        problems += misfits(parts, ("range",), beside)
    if not is_snooze or parts.datastream is not None or parts.more:
        problems += misfits(parts, ("job",), beside)
    if does is not AlertsDo.ON:
        problems += misfits(parts, ("group",), beside)
    if until_fixed and parts.datastream is None and parts.job is None and not parts.faults:
        problems.append(MissingDatastream(parts.shown("range")))
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
        length=None if until_fixed else length,
        until_fixed=until_fixed,
        group=parts.group if does is AlertsDo.ON else None,
        job=parts.job if is_snooze and parts.datastream is None else None,
        said=parts.length_said if parts.length is not None and not until_fixed else "",
    ), problems


def _two_ends(parts: Parts) -> list[Problem]:
    """``snooze 2h until 18:00``: which of the two is meant is not guessed; "tonight until 8" is one."""
    if not isinstance(parts.range, Last) or (parts.length is None and not parts.until_fixed):
        return []
    ends = [how for kind, how in parts.said if kind == "range"]
    return [SaidTwice("range", ends[0], ends[-1])]


def _is_of_one_job(parts: Parts) -> bool:
    """Whether it was said that something is done, and not what."""
    narrowed = parts.datastream is not None or parts.workspace is not None or parts.faults
    return parts.when and not narrowed and not parts.signs and _is_done(parts)


def _is_done(parts: Parts) -> bool:
    said = [how.lower() for kind, how in parts.said if kind == "states"]
    return bool(said) and DONE.issuperset(said)


def _endings(parts: Parts) -> frozenset[State]:
    """The endings that were said; "tell me when facebook is done" is about any."""
    states = (parts.states or parts.weak_states) & OVER
    return OVER if parts.when and states == {State.SUCCESS} and _is_done(parts) else states


def _snoozed_for(parts: Parts, now: datetime) -> timedelta | None:
    """``snooze 2h``, ``snooze till 18:00``, ``snooze today``: how long; None where it was not said."""
    match parts.range:
        case _ if parts.length is not None:
            return parts.length
        case Last(duration):
            return duration
        case Between(start, end) if start <= now < end:
            return timedelta(seconds=max(1, ceil((end - now).total_seconds())))
        case _:
            return None
