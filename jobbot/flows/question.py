"""What a person is shown before deciding on a stop: the job as it is now, and what would go with it."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId, State
from jobbot.adverity.query import JobQuery
from jobbot.flows.instances import Instance
from jobbot.flows.naming import name_datastreams
from jobbot.render.jobs import Names
from jobbot.store.stops import OPEN, Ledger, StopRecord, StopState

FOLLOWUP_PATIENCE = 1.5
"""Seconds that the number of follow-up jobs may take: the question is shown without it rather than late."""


@dataclass(frozen=True, slots=True)
class Earlier:
    """A stop of the same job by somebody before: whose, when it was asked for, and whether it has worked already."""

    user_id: str
    at: datetime
    worked: bool
    request_key: str

    @classmethod
    def of(cls, record: StopRecord) -> "Earlier":
        """From its row."""
        worked = record.state is StopState.STOPPED
        return cls(record.user_id, record.requested_at, worked=worked, request_key=record.request_key)


@dataclass(frozen=True, slots=True)
class Question:
    """``earlier`` is a stop that is under way or has worked; ``followups`` is None where it could not be found out."""

    job: Job
    names: Names
    as_of: datetime
    followups: int | None
    earlier: Earlier | None


async def ask_about_stop(job: JobId, instance: Instance, ledger: Ledger) -> Question:
    """Read it all. Raises AdverityError where the job itself cannot be read."""
    answer = await instance.gateway.job(job, fresh=True)
    names = await name_datastreams(instance, [answer.value])
    return Question(
        job=answer.value,
        names=names,
        as_of=answer.read_at,
        followups=await _followups(answer.value, instance.gateway) if not answer.value.is_over else None,
        earlier=await find_earlier(job, instance, ledger),
    )


async def find_earlier(job: JobId, instance: Instance, ledger: Ledger) -> Earlier | None:
    """A stop that makes another one senseless: one that is open, or one that worked (job ids are not used again)."""
    record = await ledger.latest(instance.name, job)
    if record is None or (record.state not in OPEN and record.state is not StopState.STOPPED):
        return None
    return Earlier.of(record)


async def _followups(job: Job, gateway: Gateway) -> int | None:
    """Scheduled jobs of the same datastream: Adverity discards them with the one that is cancelled."""
    if job.datastream is None:
        return None
    try:
        async with asyncio.timeout(FOLLOWUP_PATIENCE):
            current = (await gateway.jobs(JobQuery())).value
    except (AdverityError, TimeoutError):
        return None
    return sum(
        other.state is State.SCHEDULED
        and other.id != job.id
        and other.datastream is not None
        and other.datastream.id == job.datastream.id
        for other in current.jobs
    )
