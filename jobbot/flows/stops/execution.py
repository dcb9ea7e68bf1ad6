"""One stop's way from whatever its row says to its end, step by step; ``stopping`` begins and guards it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import read_next_fetch
from jobbot.flows.stops.announcer import Announcer, NotSaid, Place, Said
from jobbot.flows.stops.channel_message import ChannelMessage
from jobbot.flows.stops.hold import Follow, Permit, hold_job
from jobbot.flows.stops.outcome import (
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
    denied,
    dropped,
    read_answer,
    sent_before,
)
from jobbot.flows.stops.pace import Pace
from jobbot.flows.stops.read_back import read_until_over
from jobbot.logs import get_logger
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL, Timer, retry_while_unavailable
from jobbot.store.stops.model import NOT_BEGUN, Claimed, Ledger, LostClaim, StopState
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

T = TypeVar("T")

OBEYED = timedelta(minutes=15)
"""How old a stop that was never sent may be and still be sent: as old as a modal that is still obeyed."""


class _NotInTime(Exception):
    """So much time has passed since the row was known to be ours that it may be somebody else's."""


class StopExecution:
    """One row's way from its state to its end."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        place: Place,
        ledger: Ledger,
        announcer: Announcer,
        clock: Callable[[], datetime],
        pace: Pace,
        telemetry: Telemetry,
        follow: Follow | None = None,
        timer: Timer = REAL,
    ) -> None:
        self._claimed, self._claim, self._record = claimed, claimed.claim, claimed.record
        self._ledger = ledger
        self._clock = clock
        self._pace = pace
        self._telemetry = telemetry
        self._follow = follow
        self._timer = timer
        self._is_begun = claimed.record.state is not StopState.SUBMITTED
        self._may_be_sent = claimed.record.sent_at is not None
        self._is_decided = claimed.record.closed_at is not None
        self._said_waiting = False
        self._read_before: Job | None = None
        self._ours_until = claimed.record.requested_at
        self.channel_message = ChannelMessage(
            claimed, place=place, ledger=ledger, announcer=announcer, most=pace.store, timer=timer
        )

    @property
    def stop(self) -> words.Stop:
        """What its message tells every time."""
        return self.channel_message.stop

    async def run(self, instance: Instance, permit: Permit | None = None) -> Ending | None:
        """The ending; None where only the message of an earlier one was owed.

        ``permit`` is there for a submission of this very process alone: of others, nobody here knows what its window
        has said. Raises LostClaim, StoreUnavailable, and what nobody foresaw.
        """
        record, gateway = self._record, instance.gateway
        if record.closed_at is not None:
            await self._tell(record.state, load_message(record.message or ""))
            return None
        if not self._is_begun and (not_begun := await self._begin(gateway, permit)) is not None:
            await self._end(not_begun)
            return not_begun
        if self.channel_message.ts is None:
            await self.channel_message.begin()
        attempt: Attempt = sent_before(record) if record.state is StopState.SENT else await self._attempt(gateway)
        if isinstance(attempt, Unanswered):
            await self.channel_message.say(
                words.picked_up(self.stop) if attempt.interrupted else words.still_asking(self.stop)
            )
        seen = await self._read_after(gateway, attempt)
        next_fetch = await read_next_fetch(instance, seen or self._read_before, self._clock())
        now = self._clock()
        ending = decide_ending(attempt, seen, replace(self.stop, next_fetch=next_fetch, told_at=now), now)
        await self._end(ending)
        return ending

    async def give_up(self) -> Ending | None:
        """The ending where nobody can be asked about the job any more. Answers, and raises, as :meth:`run` does."""
        if self._record.closed_at is not None:
            await self._tell(self._record.state, load_message(self._record.message or ""))
            return None
        ending = decide_without_instance(self._record, self.stop, self._clock())
        await self._end(ending)
        return ending

    async def _begin(self, gateway: Gateway, permit: Permit | None) -> Ending | None:
        """Decide on a submission, and take hold of the job; the ending where it is not to be."""
        if permit is None:
            return dropped(self.stop)
        if (no := await permit()) is not None:
            return denied(no)
        holding = (self._claimed, self.stop, gateway, self._ledger)
        try:
            not_begun = await hold_job(*holding)
        except StoreUnavailable:
            await self.wait()
            not_begun = await self._surely(lambda: hold_job(*holding))
        self._is_begun = not_begun is None
        return not_begun

    async def _attempt(self, gateway: Gateway) -> Attempt:
        """Read the job once more, then send: at most once, and only to a job that is not over."""
        if self._clock() - self._record.requested_at > OBEYED:
            return TooOld()
        job_id = JobId(self._record.job)
        try:
            job = (await gateway.job(job_id, fresh=True)).value
        except AdverityError as error:
            return NotSent(error)
        self._read_before = job
        if job.is_over:
            return OverBefore(job)
        try:
            await self._send(gateway, job_id)
        except AdverityError as error:
            what = read_answer(error)
            if isinstance(what, NotSent):
                return what
            sent: Sent = what
        else:
            sent = Accepted(self._clock())
        answer = answer_for_the_record(sent)
        await self._surely(lambda: self._ledger.answered(self._claim, self._clock(), answer))
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
        first, longest = self._pace.first, self._pace.longest
        return await read_until_over(
            gateway, JobId(self._record.job), bound=bound, first=first, longest=longest, timer=self._timer
        )

    async def _end(self, ending: Ending) -> None:
        """Close the row, with the message that is due; then tell it."""
        self._is_decided = True
        message, is_told = dump_message(ending.message), False

        async def close() -> None:
            await self._ledger.close(self._claim, ending.state, self._clock(), ending.outcome, message)

        try:
            await close()
        except StoreUnavailable:
            # Nobody shall wait for a database. What one person was told cannot be edited: it is not told again.
            said = await self._say(ending.state, ending.message)
            is_told = isinstance(said, Said) and ending.state in NOT_BEGUN
            await self._surely(close)
        self._telemetry.metrics.stop_ended(ending.state.value)
        log.info("stop ended", job=self._record.job, instance=self._record.instance, state=ending.state.value)
        await self._tell(ending.state, ending.message, is_told=is_told)

    async def _say(self, state: StopState, message: Message) -> Said | NotSaid:
        return await (
            self.channel_message.whisper(message) if state in NOT_BEGUN else self.channel_message.amend(message)
        )

    async def _tell(self, state: StopState, message: Message, *, is_told: bool = False) -> None:
        """Tell the ending and see to what follows from it: the row says ``told`` when all of it is done."""
        said = Said(self.channel_message.ts) if is_told else await self._say(state, message)
        if isinstance(said, NotSaid) and said.may_pass:
            # The message is in the row, and is tried again with the row, when Slack said.
            await self.let_go(said.wait or 0.0)
            return
        if state is StopState.UNKNOWN and (follow := self._follow) is not None:
            # The channel was left with a job that may be going on: whoever asked is told when it ends after all.
            await self._surely(lambda: self._follow_on(follow, message))
        match said:
            case Said(ts):
                await self._surely(lambda: self._ledger.told(self._claim, self._clock(), ts))
            case NotSaid(why):
                log.error("nobody could be told how a stop ended", job=self._record.job, error=why)
                await self._surely(lambda: self._ledger.not_told(self._claim, why))

    async def _follow_on(self, follow: Follow, message: Message) -> None:
        try:
            await follow(self._record, self.channel_message.ts, message)
        except StoreUnavailable:
            raise
        except Exception:
            # Tried again it would fail again, and the row would never be done with.
            log.exception("not followed after its stop", job=self._record.job)

    async def wait(self) -> None:
        """The database is away before anything was sent: whoever waits is told so, once."""
        if self._is_decided or self._may_be_sent or self._said_waiting:
            return
        self._said_waiting = True
        say = self.channel_message.amend if self._is_begun else self.channel_message.whisper
        await say(words.waiting(self.stop))

    async def fail(self) -> None:
        """Something nobody foresaw: the row and the message say what is certain."""
        ending = dropped(self.stop, "jobbot failed")
        if self._is_begun:
            state = StopState.UNKNOWN if self._may_be_sent else StopState.REFUSED
            ending = Ending(state, "jobbot failed", words.interrupted(self.stop, sent=self._may_be_sent))
        try:
            await self._end(ending)
        except LostClaim:
            log.warning("stop was taken over", job=self._record.job)
            await self.channel_message.set_right()

    async def let_go(self, wait: float = 0.0) -> None:
        """Let anybody take the row over, ``wait`` seconds from now."""
        await self._surely(lambda: self._ledger.release(self._claim, wait))

    async def _surely(self, step: Callable[[], Awaitable[T]]) -> T:
        return await retry_while_unavailable(step, most=self._pace.store, timer=self._timer)
