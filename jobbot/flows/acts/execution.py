"""Executes one act from the state in its row to its end: hold the subject, send once, read back, close, announce.

What the row says, and what is done then. A process that dies leaves the row as it is, and another one goes on there:

    submitted   `_begin`: ask whether it is permitted, hold the subject. Dropped where its process died
    planned     `_begin_planned`: hold the subject at its hour, and try again later where that cannot be
    requested   `_attempt`: read what it is about, mark the row as sent, then send
    sent        `_read_back`: read what came of it. Never sent again, even where nobody knows whether it was
    an ending   `_end` has closed the row with its last message, `_tell` posts that and marks the row as told
"""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TypeVar

from jobbot.adverity.errors import AdverityError
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.announcer import Announcer, Delivered, NotDelivered, Place
from jobbot.flows.acts.attempts import (
    Accepted,
    Attempt,
    Denied,
    Ending,
    HeldBack,
    Moot,
    NotSent,
    OtherDatastream,
    RefusedUpstream,
    Sent,
    TooOld,
    Unanswered,
    Unsent,
    decide_without_instance,
    denied_ending,
    dropped_ending,
    dump_answer,
    fate_of,
    frozen_out_ending,
    held_back_ending,
    load_answer,
    read_answer,
    second_ending,
)
from jobbot.flows.acts.channel_message import ChannelMessage
from jobbot.flows.acts.course import Aftermath, Afterwards, AnyCourse, OfOtherDatastream
from jobbot.flows.acts.kinds import COURSES, act_of
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.render.acts import message as words
from jobbot.render.acts.message import ActFacts
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.render.errors import happened_in_words
from jobbot.render.frozen import Frozen
from jobbot.store.acts.model import NOT_BEGUN, ActRecord, ActState, Claimed, Ledger, LostClaim, UnknownAct
from jobbot.store.database.best_effort import BestEffort
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer, retry_while_unavailable
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

T = TypeVar("T")

EXPIRES_AFTER = timedelta(minutes=15)
"""An act that was asked for longer ago is not sent any more; the window expires after the same time."""

TRY_PLANNED_EVERY = 60.0
"""Seconds after which what is planned is tried again, while something else holds its subject or nobody can be asked."""

PLANNED_TRIED_FOR = timedelta(days=1)
"""After its hour, while Adverity cannot be asked."""

LOOK_LASTS = timedelta(minutes=1)
"""After which what was read before sending is read again, where the request still has not left."""

Permit = Callable[[ActRecord], Awaitable[Denied | None]]
"""Decides access to a row from fresh facts: None where the person may do it there. Raises nothing but bugs."""


_NOT_ASKED = "not asked yet: "
_FROZEN = "waits for the freeze "


class _NotInTime(Exception):
    """The lease may have ended before the request left: check the claim again, then send."""


class _NotLeft(Exception):
    """The request does not leave, for a reason that came up after what it is about was read."""

    def __init__(self, attempt: Unsent | HeldBack) -> None:
        super().__init__("not sent")
        self.attempt = attempt


class ActExecution:
    """The execution of one act. ``permit`` is asked in :meth:`run`; ``afterwards`` is what follows endings."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        place: Place,
        ledger: Ledger,
        freezes: FreezesThere,
        announcer: Announcer,
        clock: Callable[[], datetime],
        act_timing: ActTiming,
        telemetry: Telemetry,
        afterwards: Aftermath,
        timer: Timer = REAL_TIMER,
    ) -> None:
        self._claimed, self._claim, self._record = claimed, claimed.claim, claimed.record
        self._new_course = COURSES[claimed.record.kind]
        self._place = place
        self._ledger = ledger
        self._freezes = freezes
        self._announcer = announcer
        self._clock = clock
        self._act_timing = act_timing
        self._telemetry = telemetry
        self._afterwards = afterwards
        self._timer = timer
        self._is_begun = claimed.record.state is not ActState.SUBMITTED
        self._may_have_been_sent = claimed.record.sent_at is not None
        self._is_decided = claimed.record.closed_at is not None
        self._said_waiting = False
        self._ours_until = self._looked_at = claimed.record.requested_at
        self._last_look = BestEffort(act_timing.last_look)
        self.channel_message = ChannelMessage(
            claimed,
            act_of(claimed.record),
            place=place,
            ledger=ledger,
            announcer=announcer,
            most=act_timing.store,
            timer=timer,
        )

    @property
    def act(self) -> ActFacts:
        """What every version of its message tells."""
        return self.channel_message.act

    async def run(self, instance: Instance, permit: Permit, *, is_taken_over: bool = False) -> Ending | None:
        """The ending; None where only the message of an earlier one was owed, or what is planned is tried again later.

        ``is_taken_over``: another process recorded the submission, so a row that is only ``submitted`` is dropped (see
        ``store/acts/model``), and one that was not sent yet is only sent where it is still permitted. Raises LostClaim,
        StoreUnavailable, and whatever is a bug.
        """
        record = self._record
        if record.closed_at is not None:
            await self._tell(record.state, load_message(record.message or ""))
            return None
        course = self._new_course(record, instance, self._act_timing, self._timer, self._clock)
        if record.state is ActState.PLANNED:
            if not await self._begin_planned():
                return None
        elif (not_begun := await self._begin(course, permit, is_taken_over=is_taken_over)) is not None:
            await self._end(not_begun)
            return not_begun
        if self.channel_message.ts is None:
            await self.channel_message.begin()
        attempt = load_answer(record) if record.state is ActState.SENT else await self._attempt(course)
        if isinstance(attempt, HeldBack):
            return await self._hold_back(attempt.frozen)
        if isinstance(attempt, NotSent) and self._is_tried_later(attempt.error):
            await self._try_later(attempt.error)
            return None
        if isinstance(attempt, Sent):
            await self._read_back(course, attempt)
        ending = await course.ending(attempt, self.act)
        await self._end(ending)
        return ending

    async def give_up(self) -> Ending | None:
        """Close the act of an orphaned instance, which cannot be read. Returns and raises as :meth:`run`."""
        if self._record.closed_at is not None:
            await self._tell(self._record.state, load_message(self._record.message or ""))
            return None
        ending = decide_without_instance(self._record, self.act)
        await self._end(ending)
        return ending

    async def _begin(self, course: AnyCourse, permit: Permit, *, is_taken_over: bool) -> Ending | None:
        """Decide access for a submission and hold its subject; the ending where it is denied, second or dropped.

        What is begun already, and was interrupted before it was sent, must be permitted still.
        """
        if self._is_begun:
            if self._must_be_permitted_again and (no := await permit(self._record)) is not None:
                return Ending(ActState.REFUSED, f"not sent: {no.why}", words.not_permitted(self.act))
            return None
        if is_taken_over:
            return dropped_ending(self.act)
        if (no := await permit(self._record)) is not None:
            return denied_ending(no)
        try:
            not_begun = await self._hold(course)
        except StoreUnavailable:
            await self.say_waiting()
            not_begun = await self._retry(lambda: self._hold(course))
        self._is_begun = not_begun is None
        return not_begun

    @property
    def _must_be_permitted_again(self) -> bool:
        """Whether it was interrupted before it was sent.

        Of what is planned nobody asks at its hour either, nor for a second person: it was confirmed with its pause.
        """
        return self._record.state is ActState.REQUESTED and self._record.planned_for is None

    async def _begin_planned(self) -> bool:
        """Hold the subject of what is planned; whether its hour has come: not while something else holds it."""
        held = await self._retry(lambda: self._ledger.hold(self._claimed))
        self._is_begun = held is None
        if held is not None:
            why = f"waits for the {held.record.kind} of {held.record.user_id}"
            await self._retry(lambda: self._ledger.postpone(self._claim, TRY_PLANNED_EVERY, why))
        return self._is_begun

    async def _hold(self, course: AnyCourse) -> Ending | None:
        """Hold the subject; the ending where the instance is frozen, or somebody else is doing it, or has done it.

        May be repeated.
        """
        if (frozen := await self._frozen()) is not None:
            return frozen_out_ending(frozen)
        if (overtaken := await self._overtaken(course)) is not None:
            return overtaken
        held = await self._ledger.hold(self._claimed)
        if held is not None:
            return second_ending(self._act_of(held.record), held.record)
        # Once more: what was under way when it was asked first may have been done before this one held the subject.
        return await self._overtaken(course)

    async def _overtaken(self, course: AnyCourse) -> Ending | None:
        """The ending where an act that is done makes this one second."""
        record = self._record
        earlier = await self._ledger.last_done(record.instance, record.subject)
        if earlier is not None and await course.was_done_by(earlier):
            return second_ending(self._act_of(earlier), earlier)
        return None

    def _act_of(self, other: ActRecord | UnknownAct) -> ActFacts:
        """What another row is about, which may be of another kind; what cannot be read is spoken of as this one."""
        if isinstance(other, UnknownAct):
            return self.act
        try:
            return act_of(other)
        except ValueError:
            return self.act

    async def _attempt(self, course: AnyCourse) -> Attempt | HeldBack:
        """Read what it is about, then send the request: at most once, and only where there is something to do."""
        try:
            self._must_not_be_too_old()
            await self._must_not_be_frozen()
            await self._look(course)
            said = await self._send(course)
        except _NotLeft as error:
            return error.attempt
        except AdverityError as error:
            what = read_answer(error)
            if isinstance(what, NotSent):
                return what
            if isinstance(what, RefusedUpstream) and self._is_tried_later(error):
                return NotSent(error)  # too many requests: it has not taken this one
            sent: Sent = what
        else:
            sent = Accepted(self._clock(), said)
        answer = dump_answer(sent)
        await self._retry(lambda: self._ledger.answered(self._claim, self._clock(), answer))
        return sent

    async def _look(self, course: AnyCourse) -> None:
        """Read what it is about. Raises _NotLeft where there is nothing to do, or it cannot be read."""
        self._looked_at = self._clock()
        try:
            if not await course.look():
                raise _NotLeft(Moot())
        except OfOtherDatastream as error:
            raise _NotLeft(OtherDatastream()) from error
        except AdverityError as error:
            raise _NotLeft(NotSent(error)) from error

    async def _send(self, course: AnyCourse) -> str:
        """Send the one request, after checking that the claim still holds. Raises _NotLeft.

        Adverity knows no idempotency keys, so that question and the request cannot be one step. A process that freezes
        exactly between its last look at the clock and the socket, and wakes up after its lease, still sends: once,
        because nobody sends what a row says is sent, and the channel has been told that the outcome is not known.
        """
        await self._must_not_be_frozen()
        at = self._clock()
        try:
            self._ours_until = await self._mark_sent(course, at)
        except StoreUnavailable:
            # It may be marked all the same, and nobody else would know that nothing has left.
            await self.say_waiting()
            self._ours_until = await self._retry(lambda: self._mark_sent(course, at))
            await self._check_anew(course)
        while True:
            self._may_have_been_sent = True
            try:
                return await course.send(self._look_once_more)
            except _NotInTime:
                self._may_have_been_sent = False
                await self._check_anew(course)

    async def _mark_sent(self, course: AnyCourse, at: datetime) -> datetime:
        """Write that it is sent; until when it is ours."""
        return await self._ledger.sending(self._claim, at, course.details)

    async def _check_anew(self, course: AnyCourse) -> None:
        """Check again all that sending rests on, as long as the database is away for. Raises _NotLeft.

        The row says that it is sent: only this process knows that it is not.
        """
        try:
            await self._check_claim()
        except StoreUnavailable:
            await self.say_waiting()
            try:
                await self._retry(self._check_claim)
            except StoreUnavailable:
                self._must_not_be_too_old()
                raise
        self._must_not_be_too_old()
        if self._clock() - self._looked_at > LOOK_LASTS:
            await self._look(course)

    async def _check_claim(self) -> None:
        """Whether it is ours still, and from now for another lease. Raises LostClaim, StoreUnavailable, _NotLeft."""
        await self._must_not_be_frozen()
        self._ours_until = await self._keep()

    async def _keep(self) -> datetime:
        """Renew the lease; until when it is ours."""
        return await self._ledger.keep(self._claim)

    async def _look_once_more(self) -> None:
        """Check right before the request leaves, once its turn has come: it may have waited for long.

        Nobody else has a turn until this is known. Raises _NotLeft, _NotInTime.
        """
        frozen = await self._last_look.ask(self._frozen(), default=_NotInTime())
        if isinstance(frozen, _NotInTime):
            raise frozen
        if frozen is not None:
            raise _NotLeft(HeldBack(frozen))
        self._must_be_in_time()

    def _must_be_in_time(self) -> None:
        if self._clock() >= self._ours_until:
            raise _NotInTime

    def _must_not_be_too_old(self) -> None:
        """What is planned is never too old: it is looked at again."""
        if self._record.planned_for is None and self._clock() - self._record.requested_at > EXPIRES_AFTER:
            raise _NotLeft(TooOld())

    async def _must_not_be_frozen(self) -> None:
        if (frozen := await self._frozen()) is not None:
            raise _NotLeft(HeldBack(frozen))

    async def _frozen(self) -> Frozen | None:
        """The freeze of the instance: the one question that every act asks, whatever its kind, before it is begun and
        right before it is sent. Raises StoreUnavailable: what cannot be asked is not sent."""
        return await self._freezes.current(self._record.instance, self._record.channel_id)

    def _is_tried_later(self, error: AdverityError) -> bool:
        """What is planned is, as long as that may help: Adverity is in trouble, and its hour is not long over."""
        due = self._record.planned_for
        return due is not None and error.is_transient and self._clock() - due < PLANNED_TRIED_FOR

    async def _try_later(self, error: AdverityError) -> None:
        """Adverity cannot be asked about what is planned: say so, once over all tries, and try again later."""
        if not self._record.answer.startswith(_NOT_ASKED):
            await self.channel_message.say(words.tried_again(self.act, happened_in_words(error)))
        why = f"{_NOT_ASKED}{error}"
        await self._retry(lambda: self._ledger.postpone(self._claim, TRY_PLANNED_EVERY, why))

    async def _hold_back(self, frozen: Frozen) -> Ending | None:
        """What is frozen ends without having been sent; what is planned waits, and says so, once for each freeze."""
        self._may_have_been_sent = False
        if self._record.planned_for is None:
            ending = held_back_ending(self.act, frozen)
            await self._end(ending)
            return ending
        why = f"{_FROZEN}{frozen.id}"
        if self._record.answer != why:
            await self.channel_message.say(words.waits_for_freeze(self.act, frozen))
        await self._retry(lambda: self._ledger.postpone(self._claim, TRY_PLANNED_EVERY, why))
        return None

    async def _read_back(self, course: AnyCourse, attempt: Sent) -> None:
        """Read what came of the request, for as long as that may still show."""
        if isinstance(attempt, Unanswered):
            await self.channel_message.say(
                words.picked_up(self.act) if attempt.interrupted else words.still_asking(self.act, fate_of(attempt))
            )
        await course.read_back(attempt, self._reads_back_for(attempt))

    def _reads_back_for(self, attempt: Sent) -> float:
        """For how many seconds what came of it is read."""
        match attempt:
            case RefusedUpstream():
                return 0.0
            case Accepted():
                return self._act_timing.accepted
            case Unanswered():
                return self._act_timing.unanswered

    async def _end(self, ending: Ending) -> None:
        """Close the row with its last message in one transaction, then post that message."""
        message, is_told = dump_message(ending.message), False

        async def close() -> None:
            end, started = (ending.state, self._clock(), ending.outcome, message), ",".join(map(str, ending.started))
            await self._ledger.close(self._claim, *end, started=started, details=ending.details, replan=ending.replan)

        try:
            await close()
        except StoreUnavailable:
            if ending.replan is not None:
                # What jobbot will do, and when, is in the record alone: not told before it is there.
                await self.say_waiting()
            else:
                self._is_decided = True
                # Post without waiting for the database. An ephemeral one cannot be edited, so it is not posted again.
                said = await self._post(ending.state, ending.message)
                is_told = isinstance(said, Delivered) and ending.state in NOT_BEGUN
            await self._retry(close)
        self._is_decided = True
        kind = self._record.kind.value
        self._telemetry.metrics.act_ended(kind, ending.state.value)
        log.info("act ended", kind=kind, job=self._record.job, instance=self._record.instance, state=ending.state.value)
        await self._tell(ending.state, ending.message, is_told=is_told)

    async def _tell(self, state: ActState, message: Message, *, is_told: bool = False) -> None:
        """Post the ending, do what follows it, then mark the row as told."""
        said = Delivered(self.channel_message.ts) if is_told else await self._post(state, message)
        if isinstance(said, NotDelivered) and said.may_pass:
            # The message is in the row: whoever takes the row over next, after that wait, posts it.
            await self.release(said.wait or 0.0)
            return
        await self._follow(state, message)
        match said:
            case Delivered(ts):
                await self._retry(lambda: self._ledger.told(self._claim, self._clock(), ts))
            case NotDelivered(why):
                log.error("nobody could be told how an act ended", act=self._record.id, error=why)
                await self._retry(lambda: self._ledger.not_told(self._claim, why))

    async def _post(self, state: ActState, message: Message) -> Delivered | NotDelivered:
        return await (
            self.channel_message.post_ephemeral(message) if state in NOT_BEGUN else self.channel_message.amend(message)
        )

    async def _follow(self, state: ActState, message: Message) -> None:
        """Do what follows this ending, if anything."""
        if (afterwards := self._afterwards.get((self._record.kind, state))) is not None:
            await self._retry(lambda: self._go_on(afterwards, message))

    async def _go_on(self, afterwards: Afterwards, message: Message) -> None:
        try:
            await afterwards(await self._ledger.current(self._claim), self.channel_message.ts, message)
        except StoreUnavailable:
            raise
        except Exception:
            # A bug would fail again, and the row would never be finished.
            log.exception("what follows an act was not done", act=self._record.id)

    async def say_waiting(self) -> None:
        """The database is unavailable before anything was sent: say so in the message, once."""
        if self._is_decided or self._may_have_been_sent or self._said_waiting:
            return
        self._said_waiting = True
        say = self.channel_message.amend if self._is_begun else self.channel_message.post_ephemeral
        await say(words.waiting(self.act))

    async def fail(self) -> None:
        """A bug: close the row and the message with what is certain. How far it came the row says, and nothing else: an
        answer of the database may have been lost."""
        try:
            row = await self._retry(lambda: self._ledger.current(self._claim))
            if row.closed_at is None:
                await self._end(self._failed_ending(row.state))
                return
        except LostClaim:
            log.warning("act was taken over", act=self._record.id)
        await self.channel_message.restore()

    def _failed_ending(self, state: ActState) -> Ending:
        if state is ActState.SUBMITTED:
            return dropped_ending(self.act, "jobbot failed")
        state = ActState.UNKNOWN if self._may_have_been_sent else ActState.REFUSED
        return Ending(state, "jobbot failed", words.interrupted(self.act, sent=self._may_have_been_sent))

    async def release(self, wait: float = 0.0) -> None:
        """Release the row: any process may take it over, ``wait`` seconds from now."""
        await self._retry(lambda: self._ledger.release(self._claim, wait))

    async def _retry(self, step: Callable[[], Awaitable[T]]) -> T:
        return await retry_while_unavailable(step, most=self._act_timing.store, timer=self._timer)
