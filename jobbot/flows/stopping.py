"""Stop a job: claim it, say so, send once, and tell what really happened.

The order is the safety. The claim stands in the ledger before anything is sent, so two people cannot both send. The
ledger says ``sent`` before the request leaves, so whoever finds the row later knows that it may have left. The request
is sent exactly once: Adverity knows no idempotency keys, a repeated POST is a second request. And no ending is told
from the answer to the stop, whose body is not published: the job is read again until it is over.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.outcome import (
    Accepted,
    Attempt,
    Ending,
    NotSent,
    OverBefore,
    RefusedUpstream,
    Unanswered,
    decide_ending,
    read_answer,
)
from jobbot.flows.question import Earlier, Question, ask_about_stop, find_earlier
from jobbot.flows.voice import Place, Voice
from jobbot.render import stopping as words
from jobbot.store.ledger import Held, Ledger, StopRecord, StopState

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, and for how long at most, the job is read after a stop; seconds.

    A stop that got no answer is followed for a shorter time: while it is, nobody else can ask for it again.
    """

    first: float = 1.0
    longest: float = 5.0
    accepted: float = 300.0
    unanswered: float = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StopWish:
    """A submitted modal that may be obeyed: access has been decided."""

    job: JobId
    name: str
    user_id: str
    team_id: str | None
    place: Place
    reason: str


@dataclass(frozen=True, slots=True)
class Second:
    """Somebody was first. Nothing was sent."""

    earlier: Earlier


class StoppingFlow:
    """The use case. ``clock`` gives the time, aware."""

    def __init__(self, ledger: Ledger, voice: Voice, clock: Callable[[], datetime], pace: Pace) -> None:
        self._ledger = ledger
        self._voice = voice
        self._clock = clock
        self._pace = pace

    async def ask(self, job: JobId, instance: Instance) -> Question:
        """What is shown before a stop is decided on. Raises AdverityError where the job cannot be read."""
        return await ask_about_stop(job, instance, self._ledger)

    async def carry_out(self, wish: StopWish, instance: Instance) -> Ending | Second:
        """From the claim to the ending. Raises only what nobody foresaw, after the row and the message are true."""
        earlier = await find_earlier(wish.job, instance, self._ledger)
        if earlier is not None:
            return Second(earlier)
        claim = await self._ledger.claim(
            StopRecord(
                instance=instance.name,
                job=wish.job,
                user_id=wish.user_id,
                team_id=wish.team_id,
                channel_id=wish.place.channel_id,
                thread_ts=wish.place.thread_ts,
                reason=wish.reason,
                requested_at=self._clock(),
            )
        )
        if isinstance(claim, Held):
            return Second(Earlier(claim.record.user_id, claim.record.requested_at, worked=False))
        stop = words.Stop(
            name=wish.name,
            job=wish.job,
            instance=instance.name,
            user_id=wish.user_id,
            asked_at=claim.record.requested_at,
            reason=wish.reason,
        )
        return await self._see_through(wish, instance.gateway, claim.record, stop)

    async def _see_through(self, wish: StopWish, gateway: Gateway, record: StopRecord, stop: words.Stop) -> Ending:
        """Everything behind the claim: whatever happens, the row is closed and the message says what is true."""
        ts: str | None = None
        attempt: Attempt | None = None
        try:
            ts = await self._voice.announce(wish.place, words.begun(stop))
            if ts:
                await self._ledger.announced(record.id, ts)
            attempt = await self._attempt(gateway, record)
            if isinstance(attempt, Unanswered):
                await self._voice.amend(wish.place, ts, words.still_asking(stop))
            seen = await self._read_after(attempt, gateway, wish.job)
            ending = decide_ending(attempt, seen, stop, self._clock())
        except BaseException as error:
            log.warning("stop of job %s on %s was interrupted: %s", wish.job, stop.instance, type(error).__name__)
            await self._interrupted(wish.place, ts, record, stop)
            raise
        await self._close(wish.place, ts, record, ending)
        return ending

    async def _attempt(self, gateway: Gateway, record: StopRecord) -> Attempt:
        """Read the job once more, then send: at most once, and only to a job that is not over."""
        job_id = JobId(record.job)
        try:
            job = (await gateway.job(job_id, fresh=True)).value
        except AdverityError as error:
            return NotSent(error)
        if job.is_over:
            return OverBefore(job)
        await self._ledger.sending(record.id, self._clock())
        try:
            await gateway.stop(job_id)
        except AdverityError as error:
            return read_answer(error)
        return Accepted(self._clock())

    async def _read_after(self, attempt: Attempt, gateway: Gateway, job: JobId) -> Job | None:
        """The job as it is after the attempt: until it is over, or a bound is reached. None if it was never read."""
        match attempt:
            case OverBefore() | NotSent():
                return None
            case RefusedUpstream():
                bound = 0.0
            case Accepted():
                bound = self._pace.accepted
            case Unanswered():
                bound = self._pace.unanswered
        loop = asyncio.get_running_loop()
        until, wait = loop.time() + bound, self._pace.first
        seen: Job | None = None
        while True:
            try:
                seen = (await gateway.job(job, fresh=True)).value
            except AdverityError as error:
                log.info("job %s could not be read after its stop: %s", job, type(error).__name__)
            if (seen is not None and seen.is_over) or loop.time() >= until:
                return seen
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, self._pace.longest)

    async def _close(self, place: Place, ts: str | None, record: StopRecord, ending: Ending) -> None:
        await self._ledger.close(record.id, ending.state, self._clock(), ending.answer)
        await self._voice.amend(place, ts, ending.message)

    async def _interrupted(self, place: Place, ts: str | None, record: StopRecord, stop: words.Stop) -> None:
        latest = await self._ledger.latest(record.instance, record.job)
        sent = latest is not None and latest.sent_at is not None
        state = StopState.UNKNOWN if sent else StopState.REFUSED
        ending = Ending(state, "jobbot was interrupted", words.interrupted(stop, sent=sent))
        await self._close(place, ts, record, ending)
