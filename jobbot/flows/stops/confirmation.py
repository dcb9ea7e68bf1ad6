"""Reads what the confirmation modal of a stop shows: the job, its follow-up jobs, an earlier stop of it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.around import Around
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_around
from jobbot.flows.jobs.names_of_datastreams import known_names
from jobbot.render.jobs import Names
from jobbot.store.stops.model import OPEN, Ledger, StopRecord, StopState


@dataclass(frozen=True, slots=True)
class Earlier:
    """An earlier stop of the same job: by whom, and when.

    ``is_open``: under way, so that another one would not be sent. ``worked``: the job was seen to end by it. Neither:
    it was sent, and the outcome is not known.
    """

    user_id: str
    at: datetime
    is_open: bool
    worked: bool

    @classmethod
    def of(cls, record: StopRecord) -> "Earlier":
        """From a row of the ledger."""
        return cls(
            record.user_id,
            record.requested_at,
            is_open=record.state in OPEN,
            worked=record.state is StopState.STOPPED,
        )


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What the modal shows, read at ``as_of``. ``followups`` None: not known; ``earlier`` None: no earlier stop."""

    job: Job
    names: Names
    as_of: datetime
    followups: int | None
    earlier: Earlier | None
    around: Around


async def read_confirmation(job: JobId, instance: Instance, ledger: Ledger) -> Confirmation:
    """Read it all. Raises AdverityError where the job cannot be read, StoreUnavailable."""
    answer = await instance.gateway.job(job, fresh=True)
    earlier = await ledger.earlier(instance.name, job)
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
        earlier=Earlier.of(earlier) if earlier is not None else None,
        around=around,
    )


async def _followups(job: Job, instance: Instance) -> int | None:
    """Scheduled jobs of the same datastream: Adverity discards them with the one that is cancelled."""
    if job.datastream is None:
        return None
    try:
        async with instance.extras.limit():
            current = (await instance.gateway.jobs(JobQuery())).value
    except (AdverityError, TimeoutError):
        return None
    return sum(
        other.state is State.SCHEDULED
        and other.id != job.id
        and other.datastream is not None
        and other.datastream.id == job.datastream.id
        for other in current.jobs
    )
