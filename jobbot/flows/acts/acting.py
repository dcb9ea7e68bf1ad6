"""Executes acts: records the request, holds its subject, announces it, sends it once, posts what really came of it.

The order makes it safe. The submission is in the ledger before Slack's ack, and the subject is held before anything is
sent, so two people cannot both send. The ledger says ``sent`` before the request leaves, so a process that takes the
row over knows that it may have left. The request is sent exactly once: Adverity has no idempotency keys, a repeated
POST is a second request. And the ending is never decided from the answer alone: what came of it is read.

Every step is in the row: ``carry_out`` begins a new one, ``resume`` goes on with one that was interrupted.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.announcer import Announcer, Place
from jobbot.flows.acts.attempts import Denied, Ending
from jobbot.flows.acts.course import Aftermath
from jobbot.flows.acts.execution import ActExecution, Permit
from jobbot.flows.acts.permitted_announcer import AsksMayNotify, PermittedAnnouncer
from jobbot.flows.acts.several import SeveralExecution
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.render.frozen import Frozen
from jobbot.store.acts.model import ActRecord, ActRequest, ActState, Claimed, Kind, Ledger, LostClaim, Repeated
from jobbot.store.acts.review_request import NotConfirmed, ReviewRequest
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer
from jobbot.telemetry import Telemetry

__all__ = ["ActFlow", "ActRecord", "ActRequest", "CannotRecord", "Claimed", "HandedOn", "Kind", "PermitRow"]
"""Of the ledger's types those that windows need too."""

log = get_logger(__name__)


class CannotRecord(Exception):
    """The database is unavailable or slow: the act is not recorded, and will not be sent."""


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Another task executes this act: that of its first delivery, or the process that took the row over."""


PermitRow = Callable[[ActRecord, Instance], Awaitable[Denied | None]]
"""Decides whether an act that was interrupted before it was sent, or a part of several, may be sent now."""


class ActFlow:
    """The use case. ``clock``: aware time; ``afterwards`` follows endings, ``permits`` is asked of what is resumed, and
    of each part of several.

    ``freezes`` is asked before anything is begun, and right before anything is sent.

    ``may_notify`` is asked before the channel of a planned act is told anything.
    """

    def __init__(
        self,
        ledger: Ledger,
        announcer: Announcer,
        clock: Callable[[], datetime],
        act_timing: ActTiming,
        telemetry: Telemetry | None = None,
        *,
        freezes: FreezesThere,
        may_notify: AsksMayNotify,
        permits: PermitRow,
        afterwards: Aftermath | None = None,
        timer: Timer = REAL_TIMER,
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._freezes = freezes
        self._may_notify = may_notify
        self._clock = clock
        self._act_timing = act_timing
        self._permits = permits
        self._afterwards = afterwards or {}
        self._timer = timer
        self._late: set[asyncio.Task[Claimed | Repeated | NotConfirmed]] = set()
        self._telemetry = telemetry or Telemetry()

    async def record(
        self,
        wish: ActRequest,
        parts: Sequence[ActRequest] = (),
        *,
        response_url: str | None,
        card: Callable[[ReviewRequest], str] | None = None,
    ) -> Claimed | HandedOn | NotConfirmed:
        """Record the act with its parts; the window's ack waits for this. Raises CannotRecord: then it is not sent.

        ``card`` is what the card of the review request says that it confirms, where it does.
        """
        # Not cancelled when it takes too long: a driver may take longer to cancel than to answer.
        submitting = asyncio.create_task(self._ledger.submit(wish, parts, response_url=response_url, card=card))
        try:
            await asyncio.wait({submitting}, timeout=self._act_timing.record)
        finally:
            if not submitting.done():
                self._late.add(submitting)
                submitting.add_done_callback(self._came_late)
        if not submitting.done():
            raise CannotRecord("not within the time that Slack gives")
        try:
            claimed = submitting.result()
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error
        if isinstance(claimed, Claimed | NotConfirmed):
            return claimed
        if claimed.record.state is ActState.DROPPED:
            raise CannotRecord("delivered again, and dropped before")
        return HandedOn()

    def _came_late(self, submitting: asyncio.Task[Claimed | Repeated | NotConfirmed]) -> None:
        """The record came after its time limit: withdraw it, as the person was told that nothing is sent."""
        self._late.discard(submitting)
        if submitting.cancelled() or submitting.exception() is not None:
            return  # the ledger knows
        if isinstance(claimed := submitting.result(), Claimed):
            self._ledger.withdraw(claimed.claim)

    async def carry_out(self, claimed: Claimed, place: Place, instance: Instance, permit: Permit) -> Ending | HandedOn:
        """From the record to the ending; ``permit`` decides access to what was submitted.

        Of several each part is decided by its own row, right before it is begun: the right may be lost by then.
        """

        async def permitted(record: ActRecord) -> Denied | None:
            return await (permit(record) if record.part_of is None else self._permits(record, instance))

        return await self._see_through(claimed, place, lambda one: one.run(instance, permitted))

    async def halt(self, whole: str, user_id: str, channel_id: str | None) -> bool:
        """Begin no more parts of an act of several; whether that is news. Raises CannotRecord."""
        try:
            return await self._ledger.halt(whole, user_id, channel_id)
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error

    async def frozen(self, instance: str, channel_id: str) -> Frozen | None:
        """The freeze of an instance that is on, as it may be told in a channel. Raises CannotRecord."""
        try:
            return await self._freezes.current(instance, channel_id)
        except StoreUnavailable as error:
            raise CannotRecord(str(error)) from error

    async def resume(self, claimed: Claimed, instance: Instance) -> Ending | HandedOn:
        """Resume an interrupted act from the state in its row."""
        record = claimed.record
        log.info(
            "going on with an act",
            kind=record.kind.value,
            job=record.job,
            instance=record.instance,
            state=record.state.value,
        )
        permit = lambda one: self._permits(one, instance)  # noqa: E731 - a line
        resumed = lambda one: one.run(instance, permit, is_taken_over=True)  # noqa: E731 - as above
        return await self._see_through(claimed, _place_of(claimed), resumed)

    async def give_up(self, claimed: Claimed) -> Ending | HandedOn:
        """Close an interrupted act whose instance is not configured any more."""
        record = claimed.record
        log.error("act left behind on an unknown instance", act=record.id, instance=record.instance)
        return await self._see_through(claimed, _place_of(claimed), ActExecution.give_up)

    def _announcer_of(self, record: ActRecord) -> Announcer:
        if record.planned_for is None:
            return self._announcer
        return PermittedAnnouncer(self._announcer, self._may_notify, record)

    async def _close_unreadable(self, claimed: Claimed) -> None:
        claim, record = claimed.claim, claimed.record
        try:
            if record.closed_at is None:
                state, why = _unreadable_state(record.state), "jobbot cannot read what was asked for"
                await self._ledger.close(claim, state, self._clock(), why, "")
            await self._ledger.not_told(claim, "cannot be read")
        except (LostClaim, StoreUnavailable) as error:
            log.warning("it is left as it is", act=record.id, error=type(error).__name__)
        finally:
            self._ledger.drop(claim)

    async def _see_through(
        self, claimed: Claimed, place: Place, to_its_end: Callable[[ActExecution], Awaitable[Ending | None]]
    ) -> Ending | HandedOn:
        """Execute, and on every error leave the row closed, or released for the next process."""
        execution = SeveralExecution if claimed.record.kind is Kind.STOP_SEVERAL else ActExecution
        try:
            one = execution(
                claimed,
                place=place,
                ledger=self._ledger,
                freezes=self._freezes,
                announcer=self._announcer_of(claimed.record),
                clock=self._clock,
                act_timing=self._act_timing,
                afterwards=self._afterwards,
                timer=self._timer,
                telemetry=self._telemetry,
            )
        except ValueError:
            # Written by another version, or damaged: nobody can say what it was to do, so nothing more is done of it.
            log.exception("an act that cannot be read", act=claimed.record.id)
            await self._close_unreadable(claimed)
            return HandedOn()
        try:
            return await to_its_end(one) or HandedOn()
        except LostClaim:
            await one.channel_message.restore()
            return HandedOn()
        except asyncio.CancelledError:
            # Shutting down: release the row, so that the next process need not wait for the lease.
            with suppress(StoreUnavailable):
                await asyncio.shield(one.release())
            raise
        except StoreUnavailable:
            # Nothing was sent, or nothing could be written for an hour: it is resumed later, from the row's state.
            await one.say_waiting()
            await one.release()
            await one.channel_message.restore()
            return HandedOn()
        except Exception:
            await one.fail()
            raise
        finally:
            self._ledger.drop(claimed.claim)


def _unreadable_state(state: ActState) -> ActState:
    if state is ActState.SENT:
        return ActState.UNKNOWN
    return ActState.DROPPED if state is ActState.SUBMITTED else ActState.REFUSED


def _place_of(claimed: Claimed) -> Place:
    return Place(claimed.record.channel_id, claimed.record.thread_ts, claimed.response_url)
