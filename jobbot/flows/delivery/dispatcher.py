"""Delivers the outbox: claims the next notifications, asks whether they may still be told, tells them.

Each notification is told once, by a task of its own, so that nothing owed elsewhere waits for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
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
from jobbot.render.blockkit.blocks import load_message
from jobbot.render.watching import perhaps_again
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL, Timer, retry_while_unavailable
from jobbot.store.following.model import ClaimedNotification
from jobbot.store.following.outbox import LostNotification, Outbox
from jobbot.store.following.watches import Watches

log = get_logger(__name__)

OLDEST = timedelta(hours=24)
"""What could not be told for so long is not told any more: it would be news to nobody."""

DELIVERIES_AT_ONCE = 10
REFUSALS = 3
"""So often Slack may say that it takes no such thing, before it is believed."""

UNANSWERED_WAIT = 60.0
"""Before the second try of a post that Slack did not answer: as it is the last, a short outage must not meet both."""

_WAITS = (2.0, 5.0, 15.0, 60.0, 300.0)
_LONGEST_WAIT = 3600.0


class OutboxDispatcher:
    """Runs for the life of the process. ``look``: seconds between two looks at the outbox; ``clock``: aware time.

    ``timer`` is for those pauses, and for the waits before the database is asked again.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        watches: Watches,
        notifier: Notifier,
        clock: Callable[[], datetime],
        look: float,
        timer: Timer = REAL,
    ) -> None:
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
        """There is something new."""
        self._woken.set()

    async def run(self) -> None:
        """Until :meth:`end`. Nothing that goes wrong with a notification ends it."""
        troubled = False
        async with asyncio.TaskGroup() as telling:
            while not self._ends:
                self._woken.clear()
                try:
                    found = await self.begin(telling)
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
        """Finish what is being told, and take nothing new."""
        self._ends = True
        self.wake()

    async def begin(self, telling: asyncio.TaskGroup) -> int:
        """Begin to tell what may be told now: how many notifications there are. Raises StoreUnavailable."""
        notifications = (
            await self._outbox.claim(DELIVERIES_AT_ONCE - self._under_way)
            if self._under_way < DELIVERIES_AT_ONCE
            else []
        )
        for one in notifications:
            self._under_way += 1
            telling.create_task(self._deliver(one))
        return len(notifications)

    async def _deliver(self, one: ClaimedNotification) -> None:
        """To the end of this try, whatever happens."""
        try:
            try:
                await self._tell(one)
            except NotificationFailed as error:
                await self._cannot(one, error)
            except (LostNotification, StoreUnavailable):
                raise
            except Exception as error:
                log.exception("notification could not be told")
                await self._refused(one, type(error).__name__, perhaps_told=True)
        except LostNotification:
            log.warning("notification was taken over while it was being told")
        except StoreUnavailable as error:
            log.error("what became of a notification could not be kept", error=str(error))
        except Exception:
            log.exception("notification could not be told")
        finally:
            self._under_way -= 1

    async def _tell(self, one: ClaimedNotification) -> None:
        """Raises NotificationFailed."""
        notification = one.notification
        match await self._notifier.may_notify(
            notification.channel_id, notification.need, notification.instance, notification.workspaces
        ):
            case Undeliverable() as never:
                await self._close(one, never)
                return
            case TryLater() as later:
                await self._later(one, later, perhaps_told=one.perhaps_told)
                return
            case MayNotify():
                pass
        message = load_message(notification.message)
        if not notification.edits:
            await self._outbox.posting(one)
            said = perhaps_again(message) if one.perhaps_told else message
            ts = await self._notifier.post(notification.channel_id, said, notification.thread_ts)
        elif notification.message_ts is None:
            await self._outbox.give_up(one, "the message it edits was not told")
            return
        else:
            ts = notification.message_ts
            await self._notifier.edit(notification.channel_id, ts, message)
        await self._keep(one, lambda: self._outbox.sent(one, ts))

    async def _cannot(self, one: ClaimedNotification, error: NotificationFailed) -> None:
        notification = one.notification
        log.warning("not told", channel=notification.channel_id, reason=str(error))
        match error.leave:
            case Undeliverable() as never:
                await self._close(one, never)
            case TargetGone(reason) if notification.edits and notification.message_ts is not None:
                await self._watches.end_card(notification.channel_id, notification.message_ts, reason)
                await self._keep(one, lambda: self._outbox.give_up(one, reason))
            case TargetGone(reason) if notification.thread_ts is not None:
                # Whoever deleted or locked a thread did not mean that nobody hears how the job ended.
                await self._keep(one, lambda: self._outbox.detach(one, reason))
            case TargetGone(reason) | ContentRejected(reason):
                await self._refused(one, reason, perhaps_told=one.perhaps_told)
            case TryLater() as later:
                await self._not_now(one, later, error)
            case _:
                assert_never(error.leave)

    async def _refused(self, one: ClaimedNotification, reason: str, *, perhaps_told: bool) -> None:
        """For good, as far as anybody can say: a few tries, and then those behind it have their turn."""
        if one.refusals + 1 >= REFUSALS:
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=one.perhaps_told))
            return
        until = self._clock() + timedelta(seconds=_WAITS[one.refusals])
        postponed = partial(self._outbox.postpone, one, until, perhaps_told=perhaps_told, refused=True)
        await self._keep(one, postponed)

    async def _not_now(self, one: ClaimedNotification, later: TryLater, error: NotificationFailed) -> None:
        """Slack's trouble, or the way's."""
        if error.no_answer and one.perhaps_told:
            reason = "Slack did not say whether it took it"
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=True))
            return
        if error.no_answer and not one.notification.edits:
            later = TryLater(later.reason, UNANSWERED_WAIT)
        await self._later(one, later, perhaps_told=error.perhaps_told or one.perhaps_told)

    async def _close(self, one: ClaimedNotification, never: Undeliverable) -> None:
        notification = one.notification
        log.warning("nothing is told there any more", channel=notification.channel_id, reason=never.reason)
        await self._keep(one, lambda: self._outbox.give_up(one, never.reason))
        if never.only_one:
            if notification.edits and notification.message_ts is not None:
                await self._watches.end_card(notification.channel_id, notification.message_ts, never.reason)
            return
        only = one.notification.need if never.only_this else ""
        here = one.notification.instance if never.only_here else ""
        await self._watches.end_channel(one.notification.channel_id, never.reason, only=only, instance=here)

    async def _later(self, one: ClaimedNotification, later: TryLater, *, perhaps_told: bool) -> None:
        now = self._clock()
        if now - one.created_at > OLDEST:
            reason = f"not possible for a day: {later.reason}"
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=perhaps_told))
            return
        wait = later.seconds if later.seconds is not None else _WAITS[min(one.tries, len(_WAITS)) - 1]
        until = now + timedelta(seconds=min(wait, _LONGEST_WAIT))
        await self._keep(one, lambda: self._outbox.postpone(one, until, perhaps_told=perhaps_told))

    async def _keep(self, one: ClaimedNotification, step: Callable[[], Awaitable[None]]) -> None:
        """Let the database know what became of it for as long as it is ours: else it would be told again."""
        await retry_while_unavailable(step, most=(one.lease_until - self._clock()).total_seconds(), timer=self._timer)
