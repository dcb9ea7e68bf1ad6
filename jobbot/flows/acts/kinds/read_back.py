"""Reads a job again after its stop, until it is over or the time is up."""

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.logs import get_logger
from jobbot.store.database.retry import Timer

log = get_logger(__name__)


async def read_until_over(
    gateway: Gateway, job: JobId, *, bound: float, first: float, longest: float, timer: Timer
) -> Job | None:
    """The job as it was read last, None where it never was; at least one read, the last one ``bound`` seconds on.

    ``first`` is the pause after the first read, which grows to ``longest``; all in seconds. A read that fails is
    repeated.
    """
    until, wait = timer.monotonic() + bound, first
    seen: Job | None = None
    while True:
        try:
            seen = (await gateway.job(job, fresh=True)).value
        except AdverityError as error:
            log.info("job not readable after its stop", job=job, error=type(error).__name__)
        if (seen is not None and seen.is_over) or timer.monotonic() >= until:
            return seen
        await timer.sleep(wait)
        wait = min(wait * 1.5, longest)
