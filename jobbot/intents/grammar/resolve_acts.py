"""What the parts of a sentence about an act come to: on a datastream, on a failed job, or a stop of several jobs."""

from jobbot.adverity.model import GOING_ON, DatastreamId, JobId, State
from jobbot.intents.grammar.parts import Kind, Parts, Settled, misfits
from jobbot.intents.language.vocabulary import STATES, Verb
from jobbot.intents.model import (
    Acknowledge,
    DoesNotFit,
    FetchAgain,
    ListJobs,
    MissingDatastream,
    MissingNumber,
    PauseSchedule,
    Problem,
    ResumeSchedule,
    Retry,
    StopSeveral,
    Stream,
    Wondered,
)

_FAILED = frozenset({State.FAILED})
_NOT_OF_AN_ACT: tuple[Kind, ...] = ("states", "now", "range", "longer", "person", "switch", "signs", "group")
_NOT_OF_A_FAILED: tuple[Kind, ...] = (*_NOT_OF_AN_ACT, "datastream", "workspace", "days", "until")
_NOT_OF_SEVERAL: tuple[Kind, ...] = ("range", "longer", "person", "switch", "signs", "group", "days", "until")


def settle_on_datastream(parts: Parts, problems: list[Problem]) -> Settled:
    """A fetch, a pause, a resume. What is only asked about is a problem, as what lacks a datastream is."""
    verb = parts.shown("verb")
    problems += misfits(parts, _NOT_OF_AN_ACT, verb)
    if parts.more:
        jobs = () if parts.job is None else (parts.job, *parts.more)
        return ListJobs(jobs=jobs, instance=parts.instance, wanted=str(parts.verb)), problems
    stream, job = parts.datastream, parts.job
    if stream is None and job is not None and _is_of_a_datastream(parts):
        problems.append(MissingDatastream(verb))
        stream, job = DatastreamId(int(job)), None
    elif stream is not None and job is not None:
        problems += misfits(parts, ("job",), verb)
        job = None
    if stream is None and job is None:
        if not parts.faults:
            problems.append(MissingDatastream(verb))
        is_said = parts.states or parts.range is not None or parts.workspace is not None
        return (_listed(parts, parts.states) if is_said else None), problems
    return _on(stream, job, parts), wondered(parts, problems)


def _is_of_a_datastream(parts: Parts) -> bool:
    """Whether a number that nothing says of whom it is may be a datastream's: a job has no schedule, and its own days.

    ``fetch 42`` are those of a job.
    """
    return parts.verb is not Verb.FETCH or (parts.days is not None and not parts.is_noun)


def _on(stream: Stream | None, job: JobId | None, parts: Parts) -> FetchAgain | PauseSchedule | ResumeSchedule:
    reason, instance, workspace = parts.reason, parts.instance, parts.workspace
    if stream is None or parts.verb is Verb.FETCH:
        return FetchAgain(
            datastream=stream,
            days=parts.days,
            job=job,
            reason=reason,
            instance=instance,
            workspace=workspace,
            said=parts.days_said,
            order=parts.order,
        )
    if parts.verb is Verb.RESUME:
        return ResumeSchedule(datastream=stream, reason=reason, instance=instance, workspace=workspace)
    return PauseSchedule(
        datastream=stream,
        until=parts.until,
        reason=reason,
        instance=instance,
        workspace=workspace,
        said=parts.until_said,
        order=parts.order,
    )


def settle_on_job(parts: Parts, problems: list[Problem]) -> Settled:
    """A retry, an acknowledgement: of one job; of a datastream's name its failed jobs are shown."""
    verb, wanted = parts.shown("verb"), str(parts.verb)
    if parts.job is None:
        problems += misfits(parts, ("person", "switch", "signs", "longer"), verb)
        if isinstance(parts.datastream, str):
            return _listed(parts, parts.states or _FAILED, wanted), problems
        if not parts.has_bad_number(verb):
            problems.append(MissingNumber(verb))
        return None, problems
    problems += misfits(parts, _NOT_OF_A_FAILED, verb)
    if parts.more:
        return ListJobs(jobs=(parts.job, *parts.more), instance=parts.instance, wanted=wanted), problems
    kind = Retry if parts.verb is Verb.RETRY else Acknowledge
    act = kind(job=parts.job, reason=parts.reason, instance=parts.instance)
    return act, wondered(parts, problems)


def settle_several(parts: Parts, problems: list[Problem]) -> Settled:
    """``stop all``: of what goes on."""
    verb = parts.shown("verb")
    problems += misfits(parts, _NOT_OF_SEVERAL, verb)
    for kind, shown in parts.said:
        if kind == "states" and STATES.get(shown.lower(), frozenset()) - GOING_ON:
            problems.append(DoesNotFit(shown, verb))
    states = parts.states & GOING_ON
    several = StopSeveral(
        states=frozenset() if states == GOING_ON else states,
        datastream=parts.datastream,
        workspace=parts.workspace,
        reason=parts.reason,
        instance=parts.instance,
    )
    return several, wondered(parts, problems)


def wondered(parts: Parts, problems: list[Problem]) -> list[Problem]:
    """The problems, with the question where it was only asked about the act."""
    return [Wondered(parts.wondered), *problems] if parts.wondered else problems


def _listed(parts: Parts, states: frozenset[State], wanted: str = "") -> ListJobs:
    return ListJobs(
        states=states,
        datastream=parts.datastream,
        range=parts.range,
        instance=parts.instance,
        workspace=parts.workspace,
        wanted=wanted,
    )
