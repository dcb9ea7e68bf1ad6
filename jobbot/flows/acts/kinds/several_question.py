"""Reads what the window of a stop of several jobs shows: the jobs that can be stopped, the most unusual first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.model import GOING_ON, Job, JobId, State
from jobbot.adverity.query import JobQuery
from jobbot.flows.acts.kinds.several import WORKSPACES_MOST, SeveralDetails
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.choosing import choose_jobs
from jobbot.flows.jobs.listing import read_several, unusual_first
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import StopSeveral, number_of
from jobbot.render.acts.several_window import JOBS_MOST, SeveralQuestion
from jobbot.render.jobs import may_be_stopped


@dataclass(frozen=True, slots=True)
class SeveralFacts:
    """What the window shows, and which jobs that begin later are of the same list."""

    shown: SeveralQuestion
    meant: SeveralDetails


class SeveralQuestions:
    """Reads them. Without a ``catalogue`` nobody knows where a job is, and a bound channel sees none."""

    def __init__(self, catalogue: Catalogue | None, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._catalogue = catalogue

    async def read(self, wish: StopSeveral, instance: Instance, scope: Scope, *, reason_required: bool) -> SeveralFacts:
        """Read it. Raises AdverityError."""
        missing: Sequence[JobId] = ()
        if wish.jobs:
            answers, missing = await read_several(instance, wish.jobs)
        else:
            answers = [await instance.gateway.jobs(JobQuery(number_of(wish.datastream)), fresh=True)]
        # Of jobs that were named each is told of, whatever its state.
        states = frozenset[State]() if wish.jobs else wish.states or GOING_ON
        chosen = choose_jobs([answer.value for answer in answers], states)
        seen = await self._seen(chosen, instance, scope)
        can = [job for job in seen if may_be_stopped(job)]
        now = min((answer.read_at for answer in answers), default=self._clock())
        jobs, around = await unusual_first(instance, tuple(can), now)
        shown = jobs[:JOBS_MOST]
        is_followed = not wish.jobs and len(scope.ids or ()) <= WORKSPACES_MOST
        newest = max((job.id for answer in answers for job in answer.value.jobs), default=0)
        return SeveralFacts(
            SeveralQuestion(
                jobs=shown,
                names=await name_datastreams(instance, shown),
                around=around,
                as_of=now,
                beyond=len(jobs) - len(shown),
                complete=all(answer.value.complete for answer in answers),
                missing=tuple(missing),
                over=tuple(job for job in seen if not may_be_stopped(job)) if wish.jobs else (),
                unseen=tuple(job.id for job in chosen if job not in seen) if wish.jobs else (),
                reason=wish.reason,
                reason_required=reason_required,
            ),
            SeveralDetails(
                newest=int(newest) if is_followed else None,
                states=tuple(sorted(state.value for state in wish.states)),
                workspaces=tuple(sorted(scope.ids)) if is_followed and scope.ids is not None else None,
            ),
        )

    async def _seen(self, jobs: Sequence[Job], instance: Instance, scope: Scope) -> list[Job]:
        if scope.ids is None:
            return list(jobs)
        if self._catalogue is None:
            return []
        places = await self._catalogue.places(instance, (job.datastream for job in jobs))
        return [job for job in jobs if job.datastream is not None and scope.sees(places.get(job.datastream.id))]
