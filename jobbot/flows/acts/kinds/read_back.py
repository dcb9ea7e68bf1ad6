"""Reads after an act's request: something again until it says enough or the time is up, and the jobs that it named.

What an answer said is kept in the row: the numbers of the new jobs, else its words, as any body is an acceptance.
"""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.model import Job, JobId, Started
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.attempts import Accepted, Unanswered
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.store.database.retry import Timer

log = get_logger(__name__)

V = TypeVar("V")

_WORDS = "said: "


def kept_of(said: Started) -> str:
    """What of an answer is kept."""
    return ",".join(map(str, said.jobs)) or (f"{_WORDS}{said.message}" if said.message else "")


def words_in(kept: str) -> str | None:
    """Adverity's own words, empty where it had none; None where the answer has named jobs."""
    return kept.removeprefix(_WORDS) if not kept or kept.startswith(_WORDS) else None


def said_of(attempt: Accepted | Unanswered) -> str:
    """Adverity's own words in an acceptance, empty where it had none or has named jobs."""
    return (words_in(attempt.said) or "") if isinstance(attempt, Accepted) else ""


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
