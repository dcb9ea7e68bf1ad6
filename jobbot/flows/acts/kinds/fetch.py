"""A fetch of some days of a datastream: asked for once, and the jobs that it has started are found.

Adverity knows no idempotency keys. Its answer mostly names the new jobs; where it came without them, or not at all, a
new job is looked for that was started by hand for exactly these days, after the fetch was sent. Where none is seen it
is not asked again: a second fetch may fetch everything twice.
"""

from collections.abc import Iterable
from typing import assert_never

from pydantic import BaseModel, ConfigDict

from jobbot.adverity.fetched_days import new_manual_jobs
from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import DatastreamId, Days, Job, JobId, Priority
from jobbot.flows.acts.attempts import Accepted, Ending, RefusedUpstream, Sent, Unanswered, fate_of
from jobbot.flows.acts.course import Course
from jobbot.flows.acts.kinds.read_back import kept_of, read_named, read_until, said_of, words_in
from jobbot.intents import subjects
from jobbot.render.acts import fetch as words
from jobbot.render.acts.fetch import Fetch
from jobbot.store.acts.model import ActRecord, ActState, Kind

LOOKS_FOR = 60.0
"""Seconds for which new jobs are looked for after a fetch that was accepted without naming them."""


class FetchDetails(BaseModel):
    """What only a fetch has. ``newest`` is the number of the datastream's newest job right before it was sent, in its
    row; ``zone`` that of whoever opened its window, in the window's metadata, empty where it is not known."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    priority: str = ""
    newest: int | None = None
    zone: str = ""


def subject_of(datastream: int, days: Days) -> str:
    """What a fetch claims: the same days of a datastream are fetched by one at a time."""
    return subjects.of_days(datastream, days)


class FetchCourse(Course[Fetch]):
    """See the module."""

    kind = Kind.FETCH
    _jobs: tuple[Job | JobId, ...] = ()
    _is_read = False

    @staticmethod
    def act_of(record: ActRecord) -> Fetch:
        """See :meth:`Course.act_of`."""
        priority = FetchDetails.model_validate_json(record.details or "{}").priority
        return Fetch(
            instance=record.instance,
            user_id=record.user_id,
            asked_at=record.requested_at,
            reason=record.reason,
            name=record.name,
            datastream=record.datastream or 0,
            days=_days(record),
            priority=Priority(priority) if priority else None,
            job=record.job,
        )

    @property
    def _stream(self) -> DatastreamId:
        return DatastreamId(self.record.datastream or 0)

    async def look(self) -> bool:
        """See :meth:`Course.look`: the newest job is kept, so that a new one is told from it after a crash too."""
        found = await self.instance.gateway.jobs_since(self._stream, self.record.requested_at)
        details = FetchDetails.model_validate_json(self.record.details or "{}")
        newest = max((job.id for job in found.value.jobs), default=0)
        self.details = details.model_copy(update={"newest": newest}).model_dump_json()
        return True

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`: the numbers of the new jobs are kept, as far as the answer names them."""
        act = self.act_of(self.record)
        said = await self.instance.gateway.fetch(self._stream, act.days, act.priority, before_send=before_send)
        return kept_of(said)

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`: the jobs that the answer named, else those that are new."""
        match attempt:
            case RefusedUpstream():
                pass
            case Accepted(said=said) if words_in(said) is None:
                self._jobs = await read_named(said, self.instance)
            case Accepted() | Unanswered():
                bound = min(bound, LOOKS_FOR)
                found = await read_until(self._find, bool, bound=bound, timing=self.timing, timer=self.timer)
                self._jobs, self._is_read = found or (), found is not None
            case _:
                assert_never(attempt)

    async def _find(self) -> tuple[Job | JobId, ...]:
        details = FetchDetails.model_validate_json(self.details or self.record.details or "{}")
        since = self.record.requested_at
        found = (await self.instance.gateway.jobs_since(self._stream, since)).value.jobs
        return new_manual_jobs((), _newer(found, details.newest), _days(self.record))

    async def sent(self, attempt: Accepted | Unanswered, act: Fetch) -> Ending:
        """See :meth:`Course.sent`."""
        if self._jobs:
            numbers = tuple(int(job.id if isinstance(job, Job) else job) for job in self._jobs)
            outcome = f"started {', '.join(map(str, numbers))}"
            return Ending(ActState.DONE, outcome, words.started(act, self._jobs, self.clock()), numbers)
        told = words.not_seen(act, fate_of(attempt), self.clock(), is_read=self._is_read, said=said_of(attempt))
        return Ending(ActState.UNKNOWN, f"{attempt.in_words}, and no new job seen", told)


def _days(record: ActRecord) -> Days:
    first = record.range_start or record.requested_at.date()
    return Days(first, record.range_end or first)


def _newer(jobs: Iterable[Job], newest: int | None) -> list[Job]:
    return [job for job in jobs if newest is None or job.id > newest]
