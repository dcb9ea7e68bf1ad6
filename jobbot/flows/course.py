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
    read_answer,
    sent_before,
)
from jobbot.flows.voice import Place, Voice
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


Follow = Callable[[StopRecord, str | None], Awaitable[None]]
"""Waits for the job of a stop whose outcome is not known; the message is the stop's own, where it has one."""


class Course:
    """One row's way from its state to its end."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        gateway: Gateway,
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
        self._gateway = gateway
        self._place = place
        self._ledger = ledger
        self._voice = voice
        self._clock = clock
        self._pace = pace
        self._telemetry = telemetry
        self._follow = follow
        self._may_be_sent = claimed.record.sent_at is not None
        self.message_ts = claimed.record.message_ts
        self.stop = stop_of(claimed.record)

    async def run(self) -> Ending | None:
        """The ending; None where only the message of an earlier one was owed.

        Raises LostClaim, StoreUnavailable, and what nobody foresaw.
        """
        record = self._record
        if record.closed_at is not None:
            await self._tell(load_message(record.message or ""))
            return None
        if self.message_ts is None:
            self.message_ts = await self._voice.announce(self._place, words.begun(self.stop))
            if self.message_ts is not None:
                ts = self.message_ts
                await self._surely(lambda: self._ledger.announced(self._claim, ts))
        attempt: Attempt = sent_before(record) if record.state is StopState.SENT else await self._attempt()
        if isinstance(attempt, Unanswered):
            asking = words.picked_up(self.stop) if attempt.interrupted else words.still_asking(self.stop)
            await self._voice.amend(self._place, self.message_ts, asking)
        seen = await self._read_after(attempt)
        ending = decide_ending(attempt, seen, self.stop, self._clock())
        await self._end(ending)
        if ending.state is StopState.UNKNOWN and self._follow is not None:
            # The channel was left with a job that is still going on: whoever asked is told when it ends after all.
            await self._follow(record, self.message_ts)
        return ending

    async def _attempt(self) -> Attempt:
        """Read the job once more, then send: at most once, and only to a job that is not over."""
        if self._clock() - self._record.requested_at > OBEYED:
            return TooOld()
        job_id = JobId(self._record.job)
        try:
            job = (await self._gateway.job(job_id, fresh=True)).value
        except AdverityError as error:
            return NotSent(error)
        if job.is_over:
            return OverBefore(job)
        await self._ledger.sending(self._claim, self._clock())
        self._may_be_sent = True
        try:
            await self._gateway.stop(job_id)
        except AdverityError as error:
            answer = read_answer(error)
            if isinstance(answer, NotSent):
                return answer
            sent: Sent = answer
        else:
            sent = Accepted(self._clock())
        await self._surely(lambda: self._ledger.answered(self._claim, self._clock(), answer_for_the_record(sent)))
        return sent

    async def _read_after(self, attempt: Attempt) -> Job | None:
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
                seen = (await self._gateway.job(JobId(self._record.job), fresh=True)).value
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
            await self._voice.amend(self._place, self.message_ts, ending.message)
            await self._surely(close)
        self._telemetry.metrics.stop_ended(ending.state.value)
        log.info("stop ended", job=self._record.job, instance=self._record.instance, state=ending.state.value)
        await self._tell(ending.message)

    async def _tell(self, message: Message) -> None:
        if await self._voice.amend(self._place, self.message_ts, message):
            await self._surely(lambda: self._ledger.told(self._claim, self._clock()))
        else:
            # Slack cannot be reached: the message is in the row, and is tried again with the row.
            await self.let_go()

    async def fail(self) -> None:
        """Something nobody foresaw: the row and the message say what is certain."""
        state = StopState.UNKNOWN if self._may_be_sent else StopState.REFUSED
        message = words.interrupted(self.stop, sent=self._may_be_sent)
        try:
            await self._end(Ending(state, "jobbot failed", message))
        except LostClaim:
            log.warning("stop was taken over", job=self._record.job)

    async def let_go(self) -> None:
        """Let anybody take the row over at once."""
        await self._surely(lambda: self._ledger.release(self._claim))

    async def _surely(self, write: Callable[[], Awaitable[None]]) -> None:
        """A write that matters more than the time it takes: again and again while the database is away."""
        loop = asyncio.get_running_loop()
        until, wait = loop.time() + self._pace.store, 0.2
        while True:
            try:
                return await write()
            except StoreUnavailable as error:
                if loop.time() > until:
                    raise
                log.warning("database cannot be used, trying again", error=str(error), seconds=wait)
            await asyncio.sleep(wait)
            wait = min(wait * 2, 5.0)


def stop_of(record: StopRecord) -> words.Stop:
    """What a stop's messages tell, from its row."""
    return words.Stop(
        name=record.name,
        job=record.job,
        instance=record.instance,
        user_id=record.user_id,
        asked_at=record.requested_at,
        reason=record.reason,
    )
