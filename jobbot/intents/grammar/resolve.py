"""What the parts of a sentence come to: one intent, what does not fit left out, and every problem there is."""

from dataclasses import replace
from datetime import datetime, timedelta

from jobbot.adverity.model import OVER, JobId, State
from jobbot.intents.grammar.freeze_rules import settle_freeze
from jobbot.intents.grammar.parts import Kind, Parts, Settled, misfits
from jobbot.intents.grammar.question_rules import answered
from jobbot.intents.grammar.resolve_acts import settle_on_datastream, settle_on_job, settle_several, wondered
from jobbot.intents.grammar.resolve_alerts import settle_alerts
from jobbot.intents.grammar.resolve_records import settle_history, settle_timeline
from jobbot.intents.language.vocabulary import BROWSING, HAPPENED, REPORTS, Verb
from jobbot.intents.model import (
    BadRange,
    Between,
    DoesNotFit,
    Handover,
    Help,
    Intent,
    Issues,
    ListJobs,
    Longer,
    MissingNumber,
    Paused,
    Problem,
    Range,
    ShowJob,
    StopJob,
    StopSeveral,
    UnwatchJob,
    Watches,
    WatchJob,
    WhoAmI,
)
from jobbot.intents.times.instants import IN_THE_FUTURE

_ACTS = (Verb.STOP, Verb.WATCH, Verb.UNWATCH)
_OF_A_LIST: tuple[Kind, ...] = ("states", "datastream", "workspace", "range")
_NOT_OF_A_JOB: tuple[Kind, ...] = ("datastream", "workspace", "range")
_NOT_OF_ISSUES: tuple[Kind, ...] = ("job", "states", "now", "range", "longer", "person", "switch")
_NOT_OF_WATCHES: tuple[Kind, ...] = (*_NOT_OF_ISSUES, "datastream", "workspace")
_NOT_OF_WHOAMI: tuple[Kind, ...] = (*_NOT_OF_WATCHES, "signs", "group")
_NOT_OF_PAUSED: tuple[Kind, ...] = ("job", "range", "longer", "person", "switch")


def settle(parts: Parts, now: datetime) -> Settled:
    """The intent that the parts make; with any problem it is what was nearly said."""
    problems = [fault.problem for fault in parts.faults]
    if parts.help:
        return Help(parts.topic), []
    planned = isinstance(parts.range, Between) and parts.range.start > now
    if planned and (parts.verb not in (None, Verb.SHOW) or parts.person or (parts.states or parts.weak_states) & OVER):
        problems.append(BadRange(parts.shown("range"), IN_THE_FUTURE))
        parts = replace(parts, range=_last_night(parts.range))
    elif planned:
        parts = replace(parts, states=frozenset({State.SCHEDULED}))
    match parts.verb:
        case Verb.TIMELINE if parts.shown("verb").lower() == HAPPENED and (parts.states or parts.longer):
            return _jobs(replace(parts, verb=None), problems)  # "what happened to failed jobs"
        case Verb() as report if report in REPORTS:
            return _reported(report, parts, problems, now)
        case None if parts.person is not None:
            return settle_history(parts, problems)
        case None if parts.well or parts.done:
            asked = answered(parts)
            return (Handover(instance=parts.instance), problems) if asked is None else _jobs(asked, problems)
        case Verb.FREEZE | Verb.UNFREEZE:
            return settle_freeze(parts, problems)
        case Verb.FETCH | Verb.PAUSE | Verb.RESUME:
            return settle_on_datastream(parts, problems)
        case Verb.RETRY | Verb.ACKNOWLEDGE:
            return settle_on_job(parts, problems)
        case Verb.STOP if parts.everything and parts.job is None:
            return settle_several(parts, problems)
        case _:
            return _jobs(parts, problems)


def _reported(verb: Verb, parts: Parts, problems: list[Problem], now: datetime) -> Settled:
    """What is about no one job."""
    match verb:
        case Verb.ALERTS if parts.asked and parts.job is not None:
            return ShowJob(job=parts.job, instance=parts.instance), problems
        case Verb.ALERTS if parts.when and parts.job is not None:
            problems += misfits(parts, (*_NOT_OF_A_JOB, "longer"), parts.shown("verb"))
            return WatchJob(job=parts.job, instance=parts.instance), problems
        case Verb.ALERTS:
            return settle_alerts(parts, problems, now)
        case Verb.WATCHES:
            return Watches(instance=parts.instance), problems + misfits(parts, _NOT_OF_WATCHES, parts.shown("verb"))
        case Verb.PAUSED if parts.datastream is not None:
            # What is scheduled of one datastream says whether its schedule is off, and who paused it.
            problems += misfits(parts, _NOT_OF_PAUSED, parts.shown("verb"))
            return _list(parts, frozenset({State.SCHEDULED}), ""), problems
        case Verb.PAUSED:
            return Paused(instance=parts.instance), problems + misfits(parts, _NOT_OF_PAUSED, parts.shown("verb"))
        case Verb.HANDOVER:
            return Handover(instance=parts.instance), problems + misfits(parts, _NOT_OF_WATCHES, parts.shown("verb"))
        case Verb.WHOAMI:
            asked = WhoAmI(need=parts.need, instance=parts.instance)
            return asked, problems + misfits(parts, _NOT_OF_WHOAMI, parts.shown("verb"))
        case Verb.ISSUES:
            problems += misfits(parts, _NOT_OF_ISSUES, parts.shown("verb"))
            return _issues(parts), problems
        case Verb.TIMELINE:
            return settle_timeline(parts, problems)
        case _:
            return settle_history(parts, problems)


def _issues(parts: Parts) -> Issues:
    return Issues(datastream=parts.datastream, instance=parts.instance, workspace=parts.workspace)


def _jobs(parts: Parts, problems: list[Problem]) -> Settled:
    list_said = any(kind in _OF_A_LIST for kind, _ in parts.said)
    problems += misfits(parts, ("person",), parts.shown("verb"))
    if parts.job is not None:
        beside = parts.shown("verb") or parts.shown("job")
        problems = wondered(parts, problems) if parts.verb is Verb.STOP else problems
        return _about(parts.job, parts), problems + misfits(parts, _not_of_a_job(parts), beside)
    wanted = ""
    if parts.wants is not None and isinstance(parts.datastream, str):
        # "stop facebook": nothing rests on a name before the jobs that it means are shown.
        wanted = parts.verb.value if parts.verb in _ACTS else ""
    elif parts.wants is not None and not _is_list(parts, listed=list_said):
        if not parts.has_bad_number(parts.wants):
            problems.append(MissingNumber(parts.wants))
        return None, problems
    longer = parts.longer
    if longer == "usual" and parts.states and State.RUNNING not in parts.states:
        # How long is usual is asked of what is running.
        problems.append(DoesNotFit(parts.shown("longer"), parts.shown("states")))
        longer = None
    states = parts.states or (frozenset({State.RUNNING}) if longer else parts.weak_states)
    if longer == "usual":
        states &= {State.RUNNING}
    return _list(parts, states, wanted, longer), problems


def _list(parts: Parts, states: frozenset[State], wanted: str, longer: Longer | None = None) -> ListJobs:
    return ListJobs(
        states=states,
        datastream=parts.datastream,
        range=parts.range,
        instance=parts.instance,
        workspace=parts.workspace,
        longer=longer,
        wanted=wanted,
    )


def _not_of_a_job(parts: Parts) -> tuple[Kind, ...]:
    """Behind a job's number a state is a question about it: "did 987 fail"; before it, the number may be another's."""
    kinds = [kind for kind, _ in parts.said]
    asked = parts.verb is Verb.SHOW or parts.is_noun or parts.more
    if parts.verb not in (None, Verb.SHOW):
        return (*_OF_A_LIST, "longer")
    is_before = "states" in kinds and kinds.index("states") < kinds.index("job")
    return _OF_A_LIST if is_before and not asked else _NOT_OF_A_JOB


def _is_list(parts: Parts, *, listed: bool) -> bool:
    """Whether a word that may have a number behind it was only a word: "show failed", "status yesterday", "show"."""
    browsing = parts.wants is not None and parts.wants.lower() in BROWSING
    return (parts.verb is None or parts.verb is Verb.SHOW) and (listed or browsing)


def _about(job: JobId, parts: Parts) -> Intent:
    instance = parts.instance
    if parts.more and parts.verb is Verb.STOP:
        return StopSeveral(jobs=(job, *parts.more), reason=parts.reason, instance=instance)
    if parts.more:
        # Each is asked about by itself.
        wanted = parts.verb.value if parts.verb in _ACTS else ""
        return ListJobs(jobs=(job, *parts.more), instance=instance, wanted=wanted)
    match parts.verb:
        case Verb.STOP:
            return StopJob(job=job, reason=parts.reason, instance=instance)
        case Verb.WATCH:
            return WatchJob(job=job, instance=instance)
        case Verb.UNWATCH:
            return UnwatchJob(job=job, instance=instance)
        case _:
            return ShowJob(job=job, instance=instance)


def _last_night(planned: Range | None) -> Range | None:
    """What was probably meant by "failed tonight" before the evening."""
    if not isinstance(planned, Between) or planned.said != "tonight":
        return None
    day = timedelta(days=1)
    return Between(planned.start - day, planned.end - day, "last night")
