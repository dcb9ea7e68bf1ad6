"""Reads after an act's request: something again until it says enough or the time is up, and the jobs that it named."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, JobId
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.store.database.retry import Timer

log = get_logger(__name__)

V = TypeVar("V")


async def read_until(
    read: Callable[[], Awaitable[V]], is_enough: Callable[[V], bool], *, bound: float, timing: ActTiming, timer: Timer
) -> V | None:
    """What was read last, None where nothing ever was; at least one read, the last one ``bound`` seconds on.

    ``timing`` has the pause after the first read, and to what it grows. A read that fails is repeated.
    """
    until, wait = timer.monotonic() + bound, timing.first
    seen: V | None = None
    while True:
        try:
            seen = await read()
        except AdverityError as error:
            log.info("not readable after an act", error=type(error).__name__)
        if (seen is not None and is_enough(seen)) or timer.monotonic() >= until:
            return seen
        await timer.sleep(wait)
        wait = min(wait * 1.5, timing.longest)


async def read_named(numbers: str, instance: Instance) -> tuple[Job | JobId, ...]:
    """The jobs that an answer named (``991,992``), each as it is now, or its number where it cannot be read."""
    found: list[Job | JobId] = []
    for job in (JobId(int(number)) for number in numbers.split(",")):
        try:
            found.append((await instance.gateway.job(job, fresh=True)).value)
        except AdverityError as error:
            log.info("new job not readable", job=job, error=type(error).__name__)
            found.append(job)
    return tuple(found)
