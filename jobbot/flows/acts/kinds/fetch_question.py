"""Reads what the window of a fetch shows: the datastream, which of its jobs are in the way, how long a run takes."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from jobbot.adverity.around import NotKnown
from jobbot.adverity.errors import AdverityError
from jobbot.adverity.fetched_days import overlapping
from jobbot.adverity.model import Datastream, DatastreamId, Days, Job, State
from jobbot.adverity.query import JobQuery
from jobbot.adverity.usual_duration import TooFew, Usual, usual_duration
from jobbot.flows.acts.acting import CannotRecord
from jobbot.flows.acts.kinds.fetch import subject_of
from jobbot.flows.instances import Instance
from jobbot.store.acts.model import ActRecord, Ledger
from jobbot.store.database.engine import StoreUnavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchFacts:
    """What is known of a fetch before it is asked for. ``queue``: the datastream's jobs that are running or waiting;
    ``last``: its newest run that failed, or else the newest, of which the days are known.

    ``usual_days``: how many days its past runs fetch, the median; ``needs_authorisation``: an open issue says so.

    That, and which of them fetch some of the same days (``overlapping``), is None where it could not be read in time.
    """

    datastream: Datastream
    as_of: datetime
    queue: tuple[Job, ...] | None
    overlapping: tuple[Job, ...] | None
    usual: Usual | TooFew | NotKnown | None
    usual_days: int | None
    needs_authorisation: bool
    earlier: ActRecord | None
    last: Job | None = None


class FetchQuestions:
    """Reads them. ``ledger`` knows earlier fetches."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    async def read(self, stream: DatastreamId, days: Days | None, instance: Instance) -> FetchFacts:
        """Read it all. Raises AdverityError where the datastream cannot be read, and CannotRecord."""
        found = await instance.gateway.current_datastream(stream)
        earlier = None
        if days is not None:
            try:
                earlier = await self._ledger.earlier(instance.name, subject_of(stream, days))
            except StoreUnavailable as error:
                raise CannotRecord from error
        queue, (usual, usual_days, last), needs = await asyncio.gather(
            _queue(stream, instance), _of_runs(stream, days, instance), _needs_authorisation(stream, instance)
        )
        in_the_way = () if days is None else None if queue is None else overlapping(queue, days)
        return FetchFacts(
            datastream=found.value,
            as_of=found.read_at,
            queue=queue,
            overlapping=in_the_way,
            usual=usual,
            usual_days=usual_days,
            needs_authorisation=needs,
            earlier=earlier,
            last=last,
        )


async def _queue(stream: DatastreamId, instance: Instance) -> tuple[Job, ...] | None:
    """The datastream's jobs that are not over; None where not all of them are known."""
    try:
        async with instance.extras.asking():
            current = (await instance.gateway.jobs(JobQuery(stream))).value
    except (AdverityError, TimeoutError):
        return None
    of_it = (job for job in current.jobs if job.datastream is None or job.datastream.id == stream)
    return tuple(job for job in of_it if not job.is_over) if current.complete else None


async def _needs_authorisation(stream: DatastreamId, instance: Instance) -> bool:
    try:
        async with instance.extras.asking():
            return any(one.needs_authorisation for one in (await instance.gateway.issues(stream)).value.items)
    except (AdverityError, TimeoutError):
        return False


async def _of_runs(
    stream: DatastreamId, days: Days | None, instance: Instance
) -> tuple[Usual | TooFew | NotKnown | None, int | None, Job | None]:
    """How long its runs take, how many days they fetch, and the one whose days are probably meant."""
    try:
        async with instance.extras.asking():
            runs = (await instance.gateway.runs(stream)).value
    except (AdverityError, TimeoutError):
        return None, None, None
    fetched = [(one.days.end - one.days.start).days + 1 for one in runs.jobs if one.is_fetch and one.days is not None]
    usual_days = int(median(fetched)) if fetched else None
    wanted = {} if days is None else {"range_start": days.start.isoformat(), "range_end": days.end.isoformat()}
    usual = usual_duration(Job.model_validate({"id": 1, "type": "Fetch", **wanted}), runs.jobs)
    return usual, usual_days, newest_to_fetch_again(runs.jobs)


def newest_to_fetch_again(runs: Sequence[Job]) -> Job | None:
    """The newest run that failed, or else the newest, of those whose days are known."""
    dated = [job for job in runs if job.days is not None]
    failed = [job for job in dated if job.state is State.FAILED]
    return max(failed or dated, key=lambda job: job.id, default=None)
