"""Delivers the outbox: claims notifications that are due, checks that the channel may still have them, posts or edits.

Each delivery runs in a task of its own, so a slow channel holds no other one up. A failure is retried later, moved out
of its thread, or given up for good, by what Slack said (:mod:`~jobbot.flows.delivery.notifier`).
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from jobbot.flows.delivery.notifier import (
    ContentRejected,
    MayNotify,
    NotificationFailed,
    Notifier,
    TargetGone,
    TryLater,
    Undeliverable,
)
from jobbot.logs import get_logger
from jobbot.render.blockkit.blocks import Message, dump_message, load_message
from jobbot.render.watching import maybe_repeated
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer, retry_while_unavailable
from jobbot.store.following.model import ClaimedNotification, Notification
from jobbot.store.following.outbox import LostNotification, Outbox
from jobbot.store.following.watches import WatchStore

log = get_logger(__name__)

OLDEST = timedelta(hours=24)
"""A notification that could not be delivered for so long is given up."""

DELIVERIES_AT_ONCE = 10
REFUSALS = 3
"""Tries of a message whose content Slack rejects, before it is given up."""

UNANSWERED_WAIT = 60.0
"""Seconds before the second and last try of a post that Slack did not answer: longer than a short outage."""

_WAITS = (2.0, 5.0, 15.0, 60.0, 300.0)
_LONGEST_WAIT = 3600.0


class OutboxDispatcher:
    """Runs for the life of the process. ``look``: seconds between two reads of the outbox; ``clock``: aware time.

    ``timer`` is used for those pauses and for retries while the database is unavailable. ``drawn`` is what a posted
    message (by the id of its notification) says now, with what people have pressed on it; None where that is nothing.
    ``as_now`` takes from a message the buttons of what was done meanwhile, or is not permitted.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        watches: WatchStore,
        notifier: Notifier,
        clock: Callable[[], datetime],
        look: float,
        timer: Timer = REAL_TIMER,
        drawn: Callable[[str], Awaitable[Message | None]] | None = None,
        as_now: Callable[[Notification, Message], Awaitable[Message]] | None = None,
    ) -> None:
        self._drawn = drawn
        self._as_now = as_now
        self._outbox = outbox
        self._watches = watches
        self._notifier = notifier
        self._clock = clock
        self._look = look
        self._timer = timer
        self._woken = asyncio.Event()
        self._ends = False
        self._under_way = 0

    def wake(self) -> None:
        """Read the outbox now instead of after the pause: something was added."""
        self._woken.set()

    async def run(self) -> None:
        """Deliver until :meth:`end`. A notification that fails is logged and ends nothing."""
        troubled = False
        async with asyncio.TaskGroup() as deliveries:
            while not self._ends:
                self._woken.clear()
                try:
                    found = await self.begin(deliveries)
                    troubled = False
                except StoreUnavailable as error:
                    found = 0
                    if not troubled:
                        log.error("outbox cannot be read", error=str(error))
                    troubled = True
                except Exception:
                    log.exception("round of the outbox failed")
                    found = 0
                if not found and not self._ends:
                    await self._timer.wait(self._woken, self._look)

    def end(self) -> None:
        """Let the deliveries under way finish, and claim nothing more."""
        self._ends = True
        self.wake()

    async def begin(self, deliveries: asyncio.TaskGroup) -> int:
        """Claim what is due and start a task for each: how many were claimed. Raises StoreUnavailable."""
        notifications = (
            await self._outbox.claim(DELIVERIES_AT_ONCE - self._under_way)
            if self._under_way < DELIVERIES_AT_ONCE
            else []
        )
        for one in notifications:
            self._under_way += 1
            deliveries.create_task(self._deliver(one))
        return len(notifications)

    async def _deliver(self, one: ClaimedNotification) -> None:
        """One try of one notification, with its outcome written to the outbox. Raises nothing."""
        try:
            try:
                await self._send(one)
            except NotificationFailed as error:
                await self._handle_failure(one, error)
            except (LostNotification, StoreUnavailable):
                raise
            except Exception as error:
                log.exception("notification could not be told")
                await self._retry_or_drop(one, type(error).__name__, maybe_delivered=True)
        except LostNotification:
            log.warning("notification was taken over while it was being told")
        except StoreUnavailable as error:
            log.error("what became of a notification could not be kept", error=str(error))
        except Exception:
            log.exception("notification could not be told")
        finally:
            self._under_way -= 1

    async def _send(self, one: ClaimedNotification) -> None:
        """Raises NotificationFailed."""
        notification = one.notification
        match await self._notifier.may_notify(
            notification.channel_id, notification.need, notification.instance, notification.workspaces
        ):
            case Undeliverable() as never:
                await self._end_channel(one, never)
                return
            case TryLater() as later:
                await self._postpone(one, later, maybe_delivered=one.maybe_delivered)
                return
            case MayNotify():
                pass
        edited = notification.message_ts if notification.edits else None
        if notification.edits and edited is None:
            await self._without_target(one, "the message it edits was not told")
            return
        message = await self._as_pressed(notification)
        if self._as_now is not None:
            message = await self._as_now(notification, message)
        # In the thread of a message that says so itself, nothing need say it again.
        replaces_root = notification.edits or (notification.is_moved and notification.thread_ts is None)
        if one.maybe_delivered or (one.root_maybe_delivered and replaces_root):
            message = maybe_repeated(message)
        if edited is None:
            await self._outbox.posting(one)
            ts = await self._notifier.post(notification.channel_id, message, notification.thread_ts)
        else:
            ts = edited
            await self._notifier.edit(notification.channel_id, edited, message)
        await self._record(one, lambda: self._outbox.sent(one, ts))

    async def _handle_failure(self, one: ClaimedNotification, error: NotificationFailed) -> None:
        notification = one.notification
        log.warning("not told", channel=notification.channel_id, reason=str(error))
        match error.failure:
            case Undeliverable() as never:
                await self._end_channel(one, never)
            case TargetGone(reason) if notification.edits and notification.under is not None:
                await self._record(one, lambda: self._without_target(one, reason))
            case TargetGone(reason) if notification.edits and notification.message_ts is not None:
                await self._watches.end_card(notification.channel_id, notification.message_ts, reason)
                await self._record(one, lambda: self._outbox.give_up(one, reason))
            case TargetGone(reason) if notification.thread_ts is not None:
                # The thread was deleted or locked: the news goes to the channel instead.
                await self._record(one, lambda: self._outbox.detach(one, reason))
            case TargetGone(reason) | ContentRejected(reason):
                await self._retry_or_drop(one, reason, maybe_delivered=one.maybe_delivered)
            case TryLater() as later:
                await self._retry_later(one, later, error)
            case _:
                assert_never(error.failure)

    async def _without_target(self, one: ClaimedNotification, reason: str) -> None:
        """The message that an edit is for is not there: its news is posted; what people pressed with it, not alone."""
        if one.notification.is_pressed:
            await self._outbox.give_up(one, reason)
        else:
            message = dump_message(await self._as_pressed(one.notification))
            await self._outbox.post_anew(replace(one, notification=replace(one.notification, message=message)), reason)

    async def _as_pressed(self, notification: Notification) -> Message:
        """What it says, of an edit with what people have pressed since it was written. Raises StoreUnavailable."""
        message = load_message(notification.message)
        if notification.edits and notification.under is not None and self._drawn is not None:
            message = await self._drawn(notification.under) or message
        return message

    async def _retry_or_drop(self, one: ClaimedNotification, reason: str, *, maybe_delivered: bool) -> None:
        """Slack rejected the content, or a bug did: a few tries, then give up, so that the channel's next is sent."""
        if one.refusals + 1 >= REFUSALS:
            await self._record(one, lambda: self._outbox.give_up(one, reason, maybe_delivered=one.maybe_delivered))
            return
        until = self._clock() + timedelta(seconds=_WAITS[one.refusals])
        postponed = partial(self._outbox.postpone, one, until, maybe_delivered=maybe_delivered, counts=True)
        await self._record(one, postponed)

    async def _retry_later(self, one: ClaimedNotification, later: TryLater, error: NotificationFailed) -> None:
        """Slack or the network failed for now: try later; without any answer at all, once more only."""
        unanswered = error.no_answer and not one.notification.edits
        # A mark that an interruption left is no try that Slack did not answer: it need not ever have left.
        if unanswered and one.maybe_delivered and one.refusals:
            reason = "Slack did not say whether it took it"
            await self._record(one, lambda: self._outbox.give_up(one, reason, maybe_delivered=True))
            return
        if unanswered:
            later = TryLater(later.reason, UNANSWERED_WAIT)
        maybe_delivered = error.maybe_delivered or one.maybe_delivered
        await self._postpone(one, later, maybe_delivered=maybe_delivered, counts=unanswered)

    async def _end_channel(self, one: ClaimedNotification, never: Undeliverable) -> None:
        notification = one.notification
        log.warning("nothing is told there any more", channel=notification.channel_id, reason=never.reason)
        await self._record(one, lambda: self._outbox.give_up(one, never.reason))
        if never.only_one:
            if notification.edits and notification.message_ts is not None:
                await self._watches.end_card(notification.channel_id, notification.message_ts, never.reason)
            return
        only = one.notification.need if never.only_this else ""
        here = one.notification.instance if never.only_here else ""
        await self._watches.end_channel(one.notification.channel_id, never.reason, only=only, instance=here)

    async def _postpone(
        self, one: ClaimedNotification, later: TryLater, *, maybe_delivered: bool, counts: bool = False
    ) -> None:
        now = self._clock()
        if now - one.created_at > OLDEST:
            reason = f"not possible for a day: {later.reason}"
            await self._record(one, lambda: self._outbox.give_up(one, reason, maybe_delivered=maybe_delivered))
            return
        wait = later.seconds if later.seconds is not None else _WAITS[min(one.tries, len(_WAITS)) - 1]
        until = now + timedelta(seconds=min(wait, _LONGEST_WAIT))
        postponed = partial(self._outbox.postpone, one, until, maybe_delivered=maybe_delivered, counts=counts)
        await self._record(one, postponed)

    async def _record(self, one: ClaimedNotification, step: Callable[[], Awaitable[None]]) -> None:
        """Write the outcome, retried until the lease ends: an outcome that is not written is delivered again."""
        await retry_while_unavailable(step, most=(one.lease_until - self._clock()).total_seconds(), timer=self._timer)
