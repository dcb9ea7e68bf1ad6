"""What is looked up for words that were not understood: a number that is a job's, and names that are known."""

from collections.abc import Collection
from dataclasses import replace
from itertools import pairwise

from jobbot.access.policy import Need
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import DatastreamId, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.narrowing import Meant
from jobbot.intents.model import (
    FetchAgain,
    ListJobs,
    Misread,
    MissingDatastream,
    Offered,
    PauseSchedule,
    Problem,
    ResumeSchedule,
    UnknownInstance,
    UnknownWord,
    instance_of,
)
from jobbot.intents.wording import as_said
from jobbot.interaction import Interaction
from jobbot.render.naming import SeveralMeant, job_is_of
from jobbot.slack.handlers.gate import Gate, OutOfReach
from jobbot.slack.handlers.naming import Naming

_OFFERS_MOST = 3


async def of_the_job(misread: Misread, who: Interaction, instance: Instance, gate: Gate) -> tuple[Misread, str]:
    """``pause 48352``, ``rerun 48352 yesterday``, where that is a job: its datastream is offered first, and a sentence
    says whose it is.

    Unchanged, with no sentence, where it is none, is out of the channel's reach, or cannot be read, and of another
    instance than ``instance``, the channel's own.
    """
    act = next((one for one in misread.offers if isinstance(one, FetchAgain | PauseSchedule | ResumeSchedule)), None)
    is_number = any(isinstance(problem, MissingDatastream) for problem in misread.problems)
    if act is None or not is_number or not isinstance(act.datastream, int):
        return misread, ""
    if act.instance not in (None, instance.name):
        return misread, ""
    try:
        job = (await instance.gateway.job(JobId(int(act.datastream)))).value
        await gate.place(who, instance, job, Need.VIEW)
    except (AdverityError, OutOfReach):
        return misread, ""
    if job.datastream is None:
        return misread, ""
    meant: Offered = replace(act, datastream=job.datastream.id, instance=instance.name)
    offers = tuple(dict.fromkeys((meant, *misread.offers)))[:_OFFERS_MOST]
    return replace(misread, offers=offers), job_is_of(job.id, job.datastream.id, job.datastream.name or "")


def within(misread: Misread, instances: Collection[str]) -> Misread:
    """Without other instances, in a channel that is for ``instances`` alone: none is named there, and none offered."""

    def told(problem: Problem) -> Problem:
        if not isinstance(problem, UnknownInstance):
            return problem
        nearest = problem.nearest if problem.nearest in instances else None
        return replace(problem, nearest=nearest, known=tuple(one for one in problem.known if one in instances))

    if not instances:
        return misread
    offers = tuple(one for one in misread.offers if instance_of(one) in (None, *instances))
    suggestion = misread.suggestion if offers == misread.offers else None
    return replace(misread, problems=tuple(map(told, misread.problems)), offers=offers, suggestion=suggestion)


async def datastream_of_number(
    number: int, who: Interaction, instance: Instance, naming: Naming
) -> tuple[ListJobs, str] | None:
    """Of a number that is no job's, the jobs and the name of the datastream that has it, where the channel sees it."""
    asked = ListJobs(datastream=DatastreamId(number), instance=instance.name)
    found = await naming.find(who, asked, instance)
    return (asked, found.scope.stream) if isinstance(found, Meant) and found.scope.stream else None


async def without_known_names(misread: Misread, who: Interaction, instance: Instance, naming: Naming) -> Misread:
    """Nobody is told that a name is not known that is: beside another mistake it was understood, and what is offered is
    about it."""
    problems = misread.problems
    if len(problems) < 2:
        return misread

    async def is_known(name: str) -> bool:
        found = await naming.find(who, ListJobs(datastream=name), instance, beginnings=False, nearly=False)
        return isinstance(found, Meant | SeveralMeant)

    known = dict[int, UnknownWord]()
    for at, one in enumerate(problems):
        if isinstance(one, UnknownWord) and one.nearest is None and await is_known(one.word):
            known[at] = one
    rest = tuple(one for at, one in enumerate(problems) if at not in known)
    if not known or not rest:
        return misread
    understood = replace(
        misread, understood=(*misread.understood, *(one.word for one in known.values())), problems=rest
    )
    name = " ".join(one.word for one in known.values())
    is_one = all(behind == at + 1 and known[behind].joins for at, behind in pairwise(known))
    return _of(understood, name) if is_one and (len(known) == 1 or await is_known(name)) else understood


def _of(misread: Misread, name: str) -> Misread:
    """The same with lists of that datastream in the place of lists of all."""
    offers = tuple(
        replace(one, datastream=name) if isinstance(one, ListJobs) and one.datastream is None and not one.jobs else one
        for one in misread.offers
    )
    worded = {as_said(before): as_said(after) for before, after in zip(misread.offers, offers, strict=True)}
    suggestion = misread.suggestion
    return replace(misread, offers=offers, suggestion=suggestion and worded.get(suggestion, suggestion))
