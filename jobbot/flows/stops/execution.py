"""Executes one stop from the state in its row to its end: hold the job, send once, read back, close, announce."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.stops.announcer import Announcer, Delivered, NotDelivered, Place
from jobbot.flows.stops.around_ending import tell_around
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
    decide_ending,
    decide_without_instance,
    denied_ending,
    dropped_ending,
    dump_answer,
    load_answer,
    read_answer,
)
from jobbot.flows.stops.read_back import read_until_over
from jobbot.flows.stops.stop_timing import StopTiming
from jobbot.logs import get_logger
from jobbot.render import stopping as words
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer, retry_while_unavailable
from jobbot.store.stops.model import NOT_BEGUN, Claimed, Ledger, LostClaim, StopState
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

T = TypeVar("T")

EXPIRES_AFTER = timedelta(minutes=15)
"""A stop that was asked for longer ago is not sent any more; the modal expires after the same time."""


class _NotInTime(Exception):
    """The lease may have ended before the request left: check the claim again, then send."""


class StopExecution:
    """The execution of one stop. ``permit`` is asked in :meth:`run`; ``follow`` where the outcome stays unknown."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        place: Place,
        ledger: Ledger,
        announcer: Announcer,
        clock: Callable[[], datetime],
        stop_timing: StopTiming,
        telemetry: Telemetry,
        follow: Follow | None = None,
        timer: Timer = REAL_TIMER,
    ) -> None:
        self._claimed, self._claim, self._record = claimed, claimed.claim, claimed.record
        self._ledger = ledger
        self._clock = clock
        self._stop_timing = stop_timing
        self._telemetry = telemetry
        self._follow = follow
        self._timer = timer
        self._is_begun = claimed.record.state is not StopState.SUBMITTED
        self._may_have_been_sent = claimed.record.sent_at is not None
        self._is_decided = claimed.record.closed_at is not None
        self._said_waiting = False
        self._read_before: Job | None = None
        self._ours_until = claimed.record.requested_at
        self.channel_message = ChannelMessage(
            claimed, place=place, ledger=ledger, announcer=announcer, most=stop_timing.store, timer=timer
        )

    @property
    def stop(self) -> words.Stop:
        """What every version of the stop's message tells."""
        return self.channel_message.stop

    async def run(self, instance: Instance, permit: Permit | None = None) -> Ending | None:
        """The ending; None where only the message of an earlier one was owed.

        ``permit`` None: another process recorded the submission, so a row that is only ``submitted`` is dropped (see
        ``store/stops/model``). Raises LostClaim, StoreUnavailable, and whatever is a bug.
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
        attempt: Attempt = load_answer(record) if record.state is StopState.SENT else await self._attempt(gateway)
        if isinstance(attempt, Unanswered):
            await self.channel_message.say(
                words.picked_up(self.stop) if attempt.interrupted else words.still_asking(self.stop)
            )
        seen = await self._read_after(gateway, attempt)
        stop = await tell_around(self.stop, instance, record.datastream, seen or self._read_before, self._clock())
        ending = decide_ending(attempt, seen, stop, self._clock())
        await self._end(ending)
        return ending

    async def give_up(self) -> Ending | None:
        """Close the stop of an orphaned instance, whose job cannot be read. Returns and raises as :meth:`run`."""
        if self._record.closed_at is not None:
            await self._tell(self._record.state, load_message(self._record.message or ""))
            return None
        ending = decide_without_instance(self._record, self.stop, self._clock())
        await self._end(ending)
        return ending

    async def _begin(self, gateway: Gateway, permit: Permit | None) -> Ending | None:
        """Decide access for a submission and hold the job; the ending where it is denied, second or dropped."""
        if permit is None:
            return dropped_ending(self.stop)
        if (no := await permit()) is not None:
            return denied_ending(no)
        hold_arguments = (self._claimed, self.stop, gateway, self._ledger)
        try:
            not_begun = await hold_job(*hold_arguments)
        except StoreUnavailable:
            await self.say_waiting()
            not_begun = await self._retry(lambda: hold_job(*hold_arguments))
        self._is_begun = not_begun is None
        return not_begun

    async def _attempt(self, gateway: Gateway) -> Attempt:
        """Read the job, then send the stop: at most once, and only where the job is not over."""
        if self._clock() - self._record.requested_at > EXPIRES_AFTER:
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
        answer = dump_answer(sent)
        await self._retry(lambda: self._ledger.answered(self._claim, self._clock(), answer))
        return sent

    async def _send(self, gateway: Gateway, job_id: JobId) -> None:
        """Send the one request, after checking that the claim still holds.

        Adverity knows no idempotency keys, so that question and the request cannot be one step. A process that freezes
        exactly between its last look at the clock and the socket, and wakes up after its lease, still sends: once,
        because nobody sends what a row says is sent, and the channel has been told that the outcome is not known.
        """
        self._ours_until = await self._ledger.sending(self._claim, self._clock())
        self._may_have_been_sent = True
        while True:
            try:
                return await gateway.stop(job_id, before_send=self._must_be_in_time)
            except _NotInTime:
                self._ours_until = await self._ledger.keep(self._claim)

    def _must_be_in_time(self) -> None:
        if self._clock() >= self._ours_until:
            raise _NotInTime

    async def _read_after(self, gateway: Gateway, attempt: Attempt) -> Job | None:
        """Read the job after the attempt until it is over or the time is up; None where it was never read."""
        match attempt:
            case OverBefore() | NotSent() | TooOld():
                return None
            case RefusedUpstream():
                bound = 0.0
            case Accepted():
                bound = self._stop_timing.accepted
            case Unanswered():
                bound = self._stop_timing.unanswered
        first, longest = self._stop_timing.first, self._stop_timing.longest
        return await read_until_over(
            gateway, JobId(self._record.job), bound=bound, first=first, longest=longest, timer=self._timer
        )

    async def _end(self, ending: Ending) -> None:
        """Close the row with its last message in one statement, then post that message."""
        self._is_decided = True
        message, is_told = dump_message(ending.message), False

        async def close() -> None:
            await self._ledger.close(self._claim, ending.state, self._clock(), ending.outcome, message)

        try:
            await close()
        except StoreUnavailable:
            # Post without waiting for the database. An ephemeral message cannot be edited, so it is not posted again.
            said = await self._say(ending.state, ending.message)
            is_told = isinstance(said, Delivered) and ending.state in NOT_BEGUN
            await self._retry(close)
        self._telemetry.metrics.stop_ended(ending.state.value)
        log.info("stop ended", job=self._record.job, instance=self._record.instance, state=ending.state.value)
        await self._tell(ending.state, ending.message, is_told=is_told)

    async def _say(self, state: StopState, message: Message) -> Delivered | NotDelivered:
        return await (
            self.channel_message.post_ephemeral(message) if state in NOT_BEGUN else self.channel_message.amend(message)
        )

    async def _tell(self, state: StopState, message: Message, *, is_told: bool = False) -> None:
        """Post the ending, follow the job where its outcome is unknown, then mark the row as told."""
        said = Delivered(self.channel_message.ts) if is_told else await self._say(state, message)
        if isinstance(said, NotDelivered) and said.may_pass:
            # The message is in the row: whoever takes the row over next, after that wait, posts it.
            await self.release(said.wait or 0.0)
            return
        if state is StopState.UNKNOWN and (follow := self._follow) is not None:
            # The job may be going on: the person who asked is told when it ends.
            await self._retry(lambda: self._follow_on(follow, message))
        match said:
            case Delivered(ts):
                await self._retry(lambda: self._ledger.told(self._claim, self._clock(), ts))
            case NotDelivered(why):
                log.error("nobody could be told how a stop ended", job=self._record.job, error=why)
                await self._retry(lambda: self._ledger.not_told(self._claim, why))

    async def _follow_on(self, follow: Follow, message: Message) -> None:
        try:
            await follow(self._record, self.channel_message.ts, message)
        except StoreUnavailable:
            raise
        except Exception:
            # A bug would fail again, and the row would never be finished.
            log.exception("not followed after its stop", job=self._record.job)

    async def say_waiting(self) -> None:
        """The database is unavailable before anything was sent: say so in the message, once."""
        if self._is_decided or self._may_have_been_sent or self._said_waiting:
            return
        self._said_waiting = True
        say = self.channel_message.amend if self._is_begun else self.channel_message.post_ephemeral
        await say(words.waiting(self.stop))

    async def fail(self) -> None:
        """A bug: close the row and the message with what is certain."""
        ending = dropped_ending(self.stop, "jobbot failed")
        if self._is_begun:
            state = StopState.UNKNOWN if self._may_have_been_sent else StopState.REFUSED
            ending = Ending(state, "jobbot failed", words.interrupted(self.stop, sent=self._may_have_been_sent))
        try:
            await self._end(ending)
        except LostClaim:
            log.warning("stop was taken over", job=self._record.job)
            await self.channel_message.restore()

    async def release(self, wait: float = 0.0) -> None:
        """Release the row: any process may take it over, ``wait`` seconds from now."""
        await self._retry(lambda: self._ledger.release(self._claim, wait))

    async def _retry(self, step: Callable[[], Awaitable[T]]) -> T:
        return await retry_while_unavailable(step, most=self._stop_timing.store, timer=self._timer)
