"""Reads what the window of a stop shows: the job, its follow-up jobs, an earlier stop of it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import Around
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.query import JobQuery
from jobbot.adverity.waiting import discarded_with
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.kinds.stop import subject_of
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.earlier_stops import earlier_stop
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.jobs import Names
from jobbot.store.acts.model import Ledger
from jobbot.store.database.engine import StoreUnavailable


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the window shows, read at ``as_of``. ``earlier`` None: no earlier stop.

    ``followups`` are the scheduled jobs that go with it, in their order; None: not known.
    """

    job: Job
    names: Names
    as_of: datetime
    followups: tuple[JobId, ...] | None
    earlier: EarlierStop | None
    around: Around


class StopConfirmations:
    """Reads them. ``ledger`` knows earlier stops."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def read(self, job: JobId, instance: Instance, see: Callable[[Job], Awaitable[None]]) -> Confirmation:
        """Read it all. Raises AdverityError where the job cannot be read, CannotRecord, and what ``see`` raises.

        ``see`` is given the job before anything else is read of it, and raises where it may not be seen.
        """
        answer = await instance.gateway.job(job, fresh=True)
        await see(answer.value)
        try:
            earlier = await self._ledger.earlier(instance.name, subject_of(job))
        except StoreUnavailable as error:
            raise CannotRecord from error
        followups, around = None, Around()
        if not answer.value.is_over:
            # Side by side: the window is shown without what does not come in a moment rather than late.
            followups, around = await asyncio.gather(
                _followups(answer.value, instance), look_around(instance, answer.value, answer.read_at)
            )
        return Confirmation(
            job=answer.value,
            names=known_names(instance, [answer.value]),
            as_of=answer.read_at,
            followups=followups,
            earlier=earlier_stop(earlier) if earlier is not None else None,
            around=around,
        )


async def _followups(job: Job, instance: Instance) -> tuple[JobId, ...] | None:
    """Scheduled jobs of the same datastream: Adverity discards them with the one that is cancelled.

    None where they are not all known: an incomplete list would be told as the whole.
    """
    if job.datastream is None:
        return None
    try:
        async with instance.extras.asking():
            current = (await instance.gateway.jobs(JobQuery())).value
    except (AdverityError, TimeoutError):
        return None
    if not current.complete:
        return None
    return discarded_with(job, current.jobs)
