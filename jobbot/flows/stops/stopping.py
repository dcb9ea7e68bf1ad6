"""Stops a job: records the request, holds the job, announces it, sends the stop once, posts how the job really ended.

The order makes it safe. The submission is in the ledger before Slack's ack, and the job is held before anything is
sent, so two people cannot both send. The ledger says ``sent`` before the request leaves, so a process that takes the
row over knows that it may have left. The request is sent exactly once: Adverity has no idempotency keys, a repeated
POST is a second request. And the ending is never decided from the answer to the stop, whose body is not published: the
job is read again until it is over.

Every step is in the row: ``carry_out`` begins a new one, ``resume`` goes on with one that was interrupted.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime

from jobbot.adverity.model import Job, JobId
from jobbot.flows.instances import Instance
from jobbot.flows.stops.announcer import Announcer, Place
from jobbot.flows.stops.confirmation import Confirmation, read_confirmation
from jobbot.flows.stops.execution import StopExecution
from jobbot.flows.stops.hold import Follow, Permit
from jobbot.flows.stops.outcome import Ending
from jobbot.flows.stops.stop_timing import StopTiming
from jobbot.logs import get_logger
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer
from jobbot.store.stops.model import Claimed, Ledger, LostClaim, Repeated, StopRequest, StopState
from jobbot.telemetry import Telemetry

log = get_logger(__name__)


class CannotRecord(Exception):
    """The database is unavailable or slow: the stop is not recorded, and will not be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StopOrder:
    """A submitted modal, before access is decided from fresh facts; the fields as of :class:`StopRequest`."""

    request_key: str
    job: JobId
    name: str
    user_id: str
    team_id: str | None
    place: Place
    reason: str
    datastream: int | None = None
    workspace: int | None = None
    followups: tuple[int, ...] | None = None
    range_start: date | None = None
    range_end: date | None = None


@dataclass(frozen=True, slots=True)
class HandedOn:
    """Another task executes this stop: that of its first delivery, or the process that took the row over."""


class StoppingFlow:
    """The use case. ``clock``: aware time; ``follow`` follows a job whose stop has no known outcome."""

    def __init__(
        self,
        ledger: Ledger,
        announcer: Announcer,
        clock: Callable[[], datetime],
        stop_timing: StopTiming,
        telemetry: Telemetry | None = None,
        *,
        follow: Follow | None = None,
        timer: Timer = REAL_TIMER,
    ) -> None:
        self._ledger = ledger
        self._announcer = announcer
        self._clock = clock
        self._stop_timing = stop_timing
        self._follow = follow
        self._timer = timer
        self._late: set[asyncio.Task[Claimed | Repeated]] = set()
        self._telemetry = telemetry or Telemetry()

    async def ask(self, job: JobId, instance: Instance, see: Callable[[Job], Awaitable[None]]) -> Confirmation:
        """What the confirmation modal shows. Raises AdverityError, CannotRecord, and what ``see`` raises of the job."""
        try:
            return await read_confirmation(job, instance, self._ledger, see)
        except StoreUnavailable as error:
            raise CannotRecord from error

    async def record(self, order: StopOrder, instance: Instance) -> Claimed | HandedOn:
        """Record the stop; the modal's ack waits for this. Raises CannotRecord: then it will not be sent."""
        # Not cancelled when it takes too long: a driver may take longer to cancel than to answer.
        submitting = asyncio.create_task(
            self._ledger.submit(self._wish(order, instance), response_url=order.place.response_url)
        )
        try:
            await asyncio.wait({submitting}, timeout=self._stop_timing.record)
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
        if isinstance(claimed, Claimed):
            return claimed
        if claimed.record.state is StopState.DROPPED:
            raise CannotRecord("delivered again, and dropped before")
        return HandedOn()

    def _came_late(self, submitting: asyncio.Task[Claimed | Repeated]) -> None:
        """The record came after its time limit: withdraw it, as the person was told that nothing is sent."""
        self._late.discard(submitting)
        if submitting.cancelled() or submitting.exception() is not None:
            return  # the ledger knows
        if isinstance(claimed := submitting.result(), Claimed):
            self._ledger.withdraw(claimed.claim)

    async def carry_out(self, claimed: Claimed, place: Place, instance: Instance, permit: Permit) -> Ending | HandedOn:
        """From the record to the ending; ``permit`` decides access."""
        return await self._see_through(claimed, place, lambda one: one.run(instance, permit))

    def _wish(self, order: StopOrder, instance: Instance) -> StopRequest:
        return StopRequest(
            request_key=order.request_key,
            instance=instance.name,
            job=order.job,
            name=order.name,
            user_id=order.user_id,
            team_id=order.team_id,
            channel_id=order.place.channel_id,
            thread_ts=order.place.thread_ts,
            reason=order.reason,
            datastream=order.datastream,
            workspace=order.workspace,
            followups=order.followups,
            range_start=order.range_start,
            range_end=order.range_end,
            requested_at=self._clock(),
        )

    async def resume(self, claimed: Claimed, instance: Instance) -> Ending | HandedOn:
        """Resume an interrupted stop from the state in its row."""
        record = claimed.record
        log.info("going on with a stop", job=record.job, instance=record.instance, state=record.state.value)
        return await self._see_through(claimed, _place_of(claimed), lambda one: one.run(instance))

    async def give_up(self, claimed: Claimed) -> Ending | HandedOn:
        """Close an interrupted stop whose instance is not configured any more."""
        record = claimed.record
        log.error("stop left behind on an unknown instance", job=record.job, instance=record.instance)
        return await self._see_through(claimed, _place_of(claimed), StopExecution.give_up)

    async def _see_through(
        self, claimed: Claimed, place: Place, to_its_end: Callable[[StopExecution], Awaitable[Ending | None]]
    ) -> Ending | HandedOn:
        """Execute, and on every error leave the row closed, or released for the next process."""
        one = StopExecution(
            claimed,
            place=place,
            ledger=self._ledger,
            announcer=self._announcer,
            clock=self._clock,
            stop_timing=self._stop_timing,
            follow=self._follow,
            timer=self._timer,
            telemetry=self._telemetry,
        )
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


def _place_of(claimed: Claimed) -> Place:
    return Place(claimed.record.channel_id, claimed.record.thread_ts, claimed.response_url)
