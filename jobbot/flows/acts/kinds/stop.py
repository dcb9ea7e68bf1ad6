"""A stop: the job is read, stopped once, and read again until it is over.

The ending is never decided from the answer to the stop, whose body is not published: Adverity accepts it, and the job
ends later, or in another way.
"""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import BeforeSend
from jobbot.adverity.model import STOPPED, Days, Job, JobId
from jobbot.flows.acts.attempts import Accepted, Ending, RefusedUpstream, Sent, Unanswered, fate_of
from jobbot.flows.acts.course import Course
from jobbot.flows.acts.kinds.around_ending import tell_around
from jobbot.flows.acts.kinds.read_back import read_until
from jobbot.intents import subjects
from jobbot.render.acts import stop as words
from jobbot.render.acts.stop import Stop
from jobbot.store.acts.model import ActRecord, ActState, Kind

FOLLOWUPS_MOST = 25
"""So many follow-up jobs are kept by their numbers, as a window's metadata must stay within Slack's limit."""


class StopDetails(BaseModel):
    """What only a stop's row has: the scheduled jobs that stopping discards with it, None where they were not known.

    ``offers_pause``: whether its ending may have a button to pause the schedule, as the channel was permitted it.
    """

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")

    followups: tuple[int, ...] | None = None
    offers_pause: bool = False

    @classmethod
    def of(cls, followups: tuple[int, ...] | None, *, offers_pause: bool = False) -> "StopDetails":
        """None of them where they are too many: of some of them an ending would speak as if of all."""
        known = followups if followups is not None and len(followups) <= FOLLOWUPS_MOST else None
        return cls(followups=known, offers_pause=offers_pause)


def subject_of(job: int) -> str:
    """What a stop claims: one job is stopped by one stop at a time."""
    return subjects.of_job(job)


class StopCourse(Course[Stop]):
    """See the module."""

    kind = Kind.STOP

    @property
    def _job(self) -> JobId:
        return JobId(self.record.job or 0)

    _before: Job | None = None
    _seen: Job | None = None
    _seen_at: datetime | None = None

    @staticmethod
    def act_of(record: ActRecord) -> Stop:
        """See :meth:`Course.act_of`."""
        first, last = record.range_start, record.range_end
        details = StopDetails.model_validate_json(record.details or "{}")
        return Stop(
            name=record.name,
            job=record.job or 0,
            instance=record.instance,
            user_id=record.user_id,
            asked_at=record.requested_at,
            reason=record.reason,
            datastream=record.datastream,
            days=None if first is None or last is None else Days(first, last),
            followups=details.followups,
            offers_pause=details.offers_pause,
        )

    async def was_done_by(self, earlier: ActRecord) -> bool:
        """An earlier stop that worked counts only where Adverity says too that the job is over."""
        try:
            return (await self.instance.gateway.job(self._job, fresh=True)).value.is_over
        except AdverityError:
            return False  # the attempt will show why

    async def look(self) -> bool:
        """See :meth:`Course.look`: a job that is over is not stopped."""
        found = (await self.instance.gateway.job(self._job, fresh=True)).value
        self.must_be_its(found)
        self._before = found
        return not self._before.is_over

    async def send(self, before_send: BeforeSend) -> str:
        """See :meth:`Course.send`."""
        await self.instance.gateway.stop(self._job, before_send=before_send)
        return ""

    async def read_back(self, attempt: Sent, bound: float) -> None:
        """See :meth:`Course.read_back`."""

        async def read() -> Job:
            answer = await self.instance.gateway.job(self._job, fresh=True)
            self._seen_at = answer.read_at
            return answer.value

        self._seen = await read_until(read, lambda job: job.is_over, bound=bound, timing=self.timing, timer=self.timer)

    async def told(self, act: Stop) -> Stop:
        """See :meth:`Course.told`."""
        read = self._seen or self._before
        return await tell_around(act, self.instance, self.record.datastream, read, self.clock())

    def moot(self, act: Stop) -> Ending:
        """See :meth:`Course.moot`."""
        assert self._before is not None  # noqa: S101 - it was looked at
        outcome = f"not sent, the job was over: {self._before.state_label}"
        return Ending(ActState.ENDED_OTHERWISE, outcome, words.over_before(act, self._before))

    def refused(self, attempt: RefusedUpstream, act: Stop) -> Ending:
        """See :meth:`Course.refused`."""
        if self._seen is not None and self._seen.is_over:
            return _too_late(self._seen, act)
        said, status = attempt.said, attempt.status
        return Ending(ActState.REFUSED, said, words.refused(act, said, status, self._seen))

    async def sent(self, attempt: Accepted | Unanswered, act: Stop) -> Ending:
        """See :meth:`Course.sent`."""
        seen, as_of = self._seen, self._seen_at or self.clock()
        if seen is not None and seen.state in STOPPED:
            return Ending(ActState.DONE, seen.state_label, words.stopped(act, seen, as_of))
        if seen is not None and seen.is_over:
            return _too_late(seen, act)
        match attempt:
            case Accepted(at) if seen is not None:
                outcome = f"accepted, but still {seen.state_label}"
                return Ending(ActState.UNKNOWN, outcome, words.slow(act, seen, at, as_of))
            case Accepted():
                outcome = "accepted, but not seen since"
            case Unanswered():
                outcome = attempt.in_words
        return Ending(ActState.UNKNOWN, outcome, words.unknown(act, seen, as_of, fate=fate_of(attempt)))


def _too_late(job: Job, stop: Stop) -> Ending:
    return Ending(ActState.ENDED_OTHERWISE, job.state_label, words.too_late(stop, job))
