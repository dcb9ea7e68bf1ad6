"""One stop's way from whatever its row says to its end, step by step; ``flows/stopping`` begins and guards it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.flows.outcome import (
    Accepted,
    Attempt,
    Ending,
    NotSent,
    OverBefore,
    RefusedUpstream,
    Sent,
    TooOld,
    Unanswered,
    answer_for_the_record,
    decide_ending,
    decide_without_instance,
    read_answer,
    sent_before,
)
from jobbot.flows.surely import surely
from jobbot.flows.telling import Telling
from jobbot.flows.voice import NotSaid, Place, Said, Voice
from jobbot.logs import get_logger
from jobbot.render import stopping as words
from jobbot.render.blocks import Message, dump_message, load_message
from jobbot.store.engine import StoreUnavailable
from jobbot.store.stops import Claimed, Ledger, LostClaim, StopRecord, StopState
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

OBEYED = timedelta(minutes=15)
"""How old a stop that was never sent may be and still be sent: as old as a modal that is still obeyed."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How often, and for how long at most, the job is read after a stop; seconds.

    A stop that got no answer is followed for a shorter time: while it is, nobody else can ask for it again. ``store``
    is how long a write is tried again while the database is away.
    """

    first: float = 1.0
    longest: float = 5.0
    accepted: float = 300.0
    unanswered: float = 60.0
    store: float = 3600.0


Follow = Callable[[StopRecord, str | None, Message], Awaitable[None]]
"""Waits for the job of a stop whose outcome is not known. Its message: the ts, where it has one, and what it says."""


class _NotInTime(Exception):
    """So much time has passed since the row was known to be ours that it may be somebody else's."""


class Course:
    """One row's way from its state to its end."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        place: Place,
        ledger: Ledger,
        voice: Voice,
        clock: Callable[[], datetime],
        pace: Pace,
        telemetry: Telemetry,
        follow: Follow | None = None,
    ) -> None:
        self._claim = claimed.claim
        self._record = claimed.record
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._telemetry = telemetry
        self._follow = follow
        self._may_be_sent = claimed.record.sent_at is not None
        self._ours_until = claimed.record.requested_at
        self.telling = Telling(claimed, place=place, ledger=ledger, voice=voice, most=pace.store)

    @property
    def stop(self) -> words.Stop:
        """What its message tells every time."""
        return self.telling.stop

    async def run(self, gateway: Gateway) -> Ending | None:
        """The ending; None where only the message of an earlier one was owed.

        Raises LostClaim, StoreUnavailable, and what nobody foresaw.
        """
        record = self._record
        if record.closed_at is not None:
            await self._tell(load_message(record.message or ""))
            return None
        if self.telling.ts is None:
            await self.telling.begin()
        attempt: Attempt = sent_before(record) if record.state is StopState.SENT else await self._attempt(gateway)
        if isinstance(attempt, Unanswered):
            await self.telling.say(words.picked_up(self.stop) if attempt.interrupted else words.still_asking(self.stop))
        seen = await self._read_after(gateway, attempt)
        ending = decide_ending(attempt, seen, self.stop, self._clock())
        await self._end(ending)
        if ending.state is StopState.UNKNOWN and self._follow is not None:
            # The channel was left with a job that is still going on: whoever asked is told when it ends after all.
            await self._follow(record, self.telling.ts, ending.message)
        return ending

    async def give_up(self) -> Ending | None:
        """The ending where nobody can be asked about the job any more; None as for :meth:`run`.

        Raises what that raises.
        """
        if self._record.closed_at is not None:
            await self._tell(load_message(self._record.message or ""))
            return None
        ending = decide_without_instance(self._record, self.stop, self._clock())
        await self._end(ending)
        return ending

    async def _attempt(self, gateway: Gateway) -> Attempt:
        """Read the job once more, then send: at most once, and only to a job that is not over."""
        if self._clock() - self._record.requested_at > OBEYED:
            return TooOld()
        job_id = JobId(self._record.job)
        try:
            job = (await gateway.job(job_id, fresh=True)).value
        except AdverityError as error:
            return NotSent(error)
        if job.is_over:
            return OverBefore(job)
        try:
            await self._send(gateway, job_id)
        except AdverityError as error:
            answer = read_answer(error)
            if isinstance(answer, NotSent):
                return answer
            sent: Sent = answer
        else:
            sent = Accepted(self._clock())
        await surely(
            lambda: self._ledger.answered(self._claim, self._clock(), answer_for_the_record(sent)),
            most=self._pace.store,
        )
        return sent

    async def _send(self, gateway: Gateway, job_id: JobId) -> None:
        """The one request; whoever waited or slept after the record asks first whether the row is still theirs.

        Adverity knows no idempotency keys, so that question and the request cannot be one step. A process that freezes
        exactly between its last look at the clock and the socket, and wakes up after its lease, still sends: once,
        because nobody sends what a row says is sent, and the channel has been told that the outcome is not known.
        """
        self._ours_until = await self._ledger.sending(self._claim, self._clock())
        self._may_be_sent = True
        while True:
            try:
                return await gateway.stop(job_id, at_last=self._must_be_in_time)
            except _NotInTime:
                self._ours_until = await self._ledger.keep(self._claim)

    def _must_be_in_time(self) -> None:
        if self._clock() >= self._ours_until:
            raise _NotInTime

    async def _read_after(self, gateway: Gateway, attempt: Attempt) -> Job | None:
        """The job as it is after the attempt: until it is over, or a bound is reached. None if it was never read."""
        match attempt:
            case OverBefore() | NotSent() | TooOld():
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
                seen = (await gateway.job(JobId(self._record.job), fresh=True)).value
            except AdverityError as error:
                log.info("job not readable after its stop", job=self._record.job, error=type(error).__name__)
            if (seen is not None and seen.is_over) or loop.time() >= until:
                return seen
            await asyncio.sleep(wait)
            wait = min(wait * 1.5, self._pace.longest)

    async def _end(self, ending: Ending) -> None:
        """Close the row, with the message that is due; then tell the channel."""
        message = dump_message(ending.message)

        async def close() -> None:
            await self._ledger.close(self._claim, ending.state, self._clock(), ending.outcome, message)

        try:
            await close()
        except StoreUnavailable:
            # The channel shall not wait for a database.
            await self.telling.amend(ending.message)
            await surely(close, most=self._pace.store)
        self._telemetry.metrics.stop_ended(ending.state.value)
        log.info("stop ended", job=self._record.job, instance=self._record.instance, state=ending.state.value)
        await self._tell(ending.message)

    async def _tell(self, message: Message) -> None:
        match await self.telling.amend(message):
            case Said(ts):
                await surely(lambda: self._ledger.told(self._claim, self._clock(), ts), most=self._pace.store)
            case NotSaid(may_pass=True):
                # The message is in the row, and is tried again with the row.
                await self.let_go()
            case NotSaid(why):
                log.error("nobody could be told how a stop ended", job=self._record.job, error=why)
                await surely(lambda: self._ledger.not_told(self._claim, why), most=self._pace.store)

    async def fail(self) -> None:
        """Something nobody foresaw: the row and the message say what is certain."""
        state = StopState.UNKNOWN if self._may_be_sent else StopState.REFUSED
        message = words.interrupted(self.stop, sent=self._may_be_sent)
        try:
            await self._end(Ending(state, "jobbot failed", message))
        except LostClaim:
            log.warning("stop was taken over", job=self._record.job)
            await self.telling.set_right()

    async def let_go(self) -> None:
        """Let anybody take the row over at once."""
        await surely(lambda: self._ledger.release(self._claim), most=self._pace.store)
