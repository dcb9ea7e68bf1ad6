"""How urgent a fetch may be, and what Adverity says of the jobs that it has started."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice

from jobbot.adverity import wire
from jobbot.adverity.model.fields import JobId

_MOST = 100
"""More jobs than one request can mean to start."""


class Priority(StrEnum):
    """The values of a fetch's ``priority``; BACKDATA is fetched when nothing else is running."""

    HIGH = "high"
    DEFAULT = "default"
    LOW = "low"
    BACKDATA = "backdata"


@dataclass(frozen=True, slots=True)
class Started:
    """The answer to a fetch or a retry that was accepted: the jobs that it names, and what else it says.

    Both may be empty, as any body of a 2xx, or none, is an acceptance.
    """

    jobs: tuple[JobId, ...] = ()
    message: str = ""

    @classmethod
    def of(cls, said: object) -> "Started":
        """Read ``{"message", "jobs": [{"id", "url"}]}``; what of it is missing or odd is left out.

        ``detail`` is where an error has its words, also in a 2xx.
        """
        if not isinstance(said, Mapping):
            return cls()
        jobs = said.get("jobs")
        found = _numbers(islice(jobs, _MOST)) if isinstance(jobs, list) else ()
        words = wire.plain(said.get("message")) or wire.plain(said.get("detail"))
        return cls(tuple(dict.fromkeys(found)), words[:500])


def _numbers(jobs: Iterable[object]) -> Iterator[JobId]:
    for job in jobs:
        said = (job.get("id"), job.get("url")) if isinstance(job, Mapping) else (job,)
        if (found := wire.first(wire.linked, said)) is not None:
            yield JobId(found)
