"""Delivers the outbox: whichever process lives takes the next letters, asks whether they may still be told, tells."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from jobbot.access.policy import Need
from jobbot.flows.teller import CannotTell, MayTell, NeverAgain, NotNow, Teller
from jobbot.logs import get_logger
from jobbot.render.blocks import load_message
from jobbot.render.watching import perhaps_again
from jobbot.store.engine import StoreUnavailable
from jobbot.store.following import ClaimedLetter
from jobbot.store.outbox import LostLetter, Outbox
from jobbot.store.watches import Watches

log = get_logger(__name__)

OLDEST = timedelta(hours=24)
"""What could not be told for so long is not told any more: it would be news to nobody."""

_WAITS = (2.0, 5.0, 15.0, 60.0, 300.0)


class Postman:
    """Runs for the life of the process. ``look``: seconds between two looks at the outbox; ``clock``: aware time."""

    def __init__(
        self, *, outbox: Outbox, watches: Watches, teller: Teller, clock: Callable[[], datetime], look: float
    ) -> None:
        self._outbox = outbox
        self._watches = watches
        self._teller = teller
        self._clock = clock
        self._look = look
        self._woken = asyncio.Event()
        self._ends = False

    def wake(self) -> None:
        """There is something new."""
        self._woken.set()

    async def run(self) -> None:
        """Until :meth:`end`. Nothing that goes wrong with a letter ends it."""
        troubled = False
        while not self._ends:
            self._woken.clear()
            try:
                found = await self.deliver()
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
                try:
                    async with asyncio.timeout(self._look):
                        await self._woken.wait()
                except TimeoutError:
                    pass

    def end(self) -> None:
        """Finish what is being told, and take nothing new."""
        self._ends = True
        self.wake()

    async def deliver(self) -> int:
        """Tell what may be told now: how many letters there were. Raises StoreUnavailable."""
        letters = await self._outbox.claim()
        done = await asyncio.gather(*(self._tell(one) for one in letters), return_exceptions=True)
        for result in done:
            if isinstance(result, LostLetter):
                log.warning("letter was taken over while it was being told")
            elif isinstance(result, BaseException):
                log.error("letter could not be told", exc_info=result)
        return len(letters)

    async def _tell(self, one: ClaimedLetter) -> None:
        letter = one.letter
        leave = await self._teller.may_tell(letter.channel_id, letter.need)
        match leave:
            case NeverAgain():
                await self._close(one, leave)
                return
            case NotNow():
                await self._later(one, leave)
                return
            case MayTell():
                pass
        message = load_message(letter.message)
        try:
            if letter.edits:
                if letter.message_ts is None:
                    await self._outbox.give_up(one, "the message it edits was not told")
                    return
                await self._teller.edit(letter.channel_id, letter.message_ts, message)
                ts: str | None = letter.message_ts
            else:
                await self._outbox.posting(one)
                said = perhaps_again(message) if one.perhaps_told else message
                ts = await self._teller.post(letter.channel_id, said, letter.thread_ts)
        except CannotTell as error:
            await self._cannot(one, error)
        else:
            await self._outbox.sent(one, ts)

    async def _cannot(self, one: ClaimedLetter, error: CannotTell) -> None:
        letter = one.letter
        log.warning("not told", channel=letter.channel_id, reason=str(error))
        gone = letter.message_ts if letter.edits else letter.thread_ts
        if error.message_gone and letter.need == Need.ALERTS and not letter.edits and gone is not None:
            # Somebody deleted the first message of a group. What fails after it is news all the same.
            await self._outbox.detach(one)
            return
        if error.message_gone and gone is not None:
            await self._outbox.give_up(one, str(error))
            await self._watches.end_message(letter.channel_id, gone, str(error))
            return
        match error.leave:
            case NeverAgain() as never:
                await self._close(one, never)
            case NotNow() as later:
                await self._later(one, later, perhaps_told=error.perhaps_told)

    async def _close(self, one: ClaimedLetter, never: NeverAgain) -> None:
        log.warning("nothing is told there any more", channel=one.letter.channel_id, reason=never.reason)
        await self._outbox.give_up(one, never.reason)
        only = one.letter.need if never.only_this else ""
        await self._watches.end_channel(one.letter.channel_id, never.reason, only=only)

    async def _later(self, one: ClaimedLetter, later: NotNow, *, perhaps_told: bool = False) -> None:
        now = self._clock()
        if now - one.created_at > OLDEST:
            await self._outbox.give_up(one, f"not possible for a day: {later.reason}")
            return
        wait = later.seconds if later.seconds is not None else _WAITS[min(one.tries, len(_WAITS)) - 1]
        until = now + timedelta(seconds=wait)
        await self._outbox.postpone(one, until, perhaps_told=perhaps_told or one.perhaps_told)
