"""Delivers the outbox: whichever process lives takes the next letters, asks whether they may still be told, tells.

Each letter is told by a task of its own, once: whatever Slack makes of it, what is owed elsewhere does not wait for it.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial
from typing import assert_never

from jobbot.flows.surely import REAL, Timer, surely
from jobbot.flows.teller import CannotTell, MayTell, NeverAgain, NotNow, NotThere, NotThis, Teller
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

AT_ONCE = 10
REFUSALS = 3
"""So often Slack may say that it takes no such thing, before it is believed."""

UNANSWERED_WAIT = 60.0
"""Before the second try of a post that Slack did not answer: as it is the last, a short outage must not meet both."""

_WAITS = (2.0, 5.0, 15.0, 60.0, 300.0)
_LONGEST_WAIT = 3600.0


class Postman:
    """Runs for the life of the process. ``look``: seconds between two looks at the outbox; ``clock``: aware time.

    ``timer`` is for those pauses, and for the waits before the database is asked again.
    """

    def __init__(
        self,
        *,
        outbox: Outbox,
        watches: Watches,
        teller: Teller,
        clock: Callable[[], datetime],
        look: float,
        timer: Timer = REAL,
    ) -> None:
        self._outbox = outbox
        self._watches = watches
        self._teller = teller
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
        """Until :meth:`end`. Nothing that goes wrong with a letter ends it."""
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
        """Begin to tell what may be told now: how many letters there are. Raises StoreUnavailable."""
        letters = await self._outbox.claim(AT_ONCE - self._under_way) if self._under_way < AT_ONCE else []
        for one in letters:
            self._under_way += 1
            telling.create_task(self._deliver(one))
        return len(letters)

    async def _deliver(self, one: ClaimedLetter) -> None:
        """To the end of this try, whatever happens."""
        try:
            try:
                await self._tell(one)
            except CannotTell as error:
                await self._cannot(one, error)
            except (LostLetter, StoreUnavailable):
                raise
            except Exception as error:
                log.exception("letter could not be told")
                await self._refused(one, type(error).__name__, perhaps_told=True)
        except LostLetter:
            log.warning("letter was taken over while it was being told")
        except StoreUnavailable as error:
            log.error("what became of a letter could not be kept", error=str(error))
        except Exception:
            log.exception("letter could not be told")
        finally:
            self._under_way -= 1

    async def _tell(self, one: ClaimedLetter) -> None:
        """Raises CannotTell."""
        letter = one.letter
        match await self._teller.may_tell(letter.channel_id, letter.need, letter.instance):
            case NeverAgain() as never:
                await self._close(one, never)
                return
            case NotNow() as later:
                await self._later(one, later, perhaps_told=one.perhaps_told)
                return
            case MayTell():
                pass
        message = load_message(letter.message)
        # In the thread of a message that says so itself, nothing need say it again.
        in_its_place = letter.edits or (letter.is_moved and letter.thread_ts is None)
        if one.perhaps_told or (one.root_perhaps_told and in_its_place):
            message = perhaps_again(message)
        if not letter.edits:
            await self._outbox.posting(one)
            ts = await self._teller.post(letter.channel_id, message, letter.thread_ts)
        elif letter.message_ts is None:
            await self._outbox.give_up(one, "the message it edits was not told")
            return
        else:
            ts = letter.message_ts
            await self._teller.edit(letter.channel_id, ts, message)
        await self._keep(one, lambda: self._outbox.sent(one, ts))

    async def _cannot(self, one: ClaimedLetter, error: CannotTell) -> None:
        letter = one.letter
        log.warning("not told", channel=letter.channel_id, reason=str(error))
        match error.leave:
            case NeverAgain() as never:
                await self._close(one, never)
            case NotThere(reason) if letter.edits and letter.message_ts is not None:
                await self._watches.end_card(letter.channel_id, letter.message_ts, reason)
                await self._keep(one, lambda: self._outbox.give_up(one, reason))
            case NotThere(reason) if letter.thread_ts is not None:
                # Whoever deleted or locked a thread did not mean that nobody hears how the job ended.
                await self._keep(one, lambda: self._outbox.detach(one, reason))
            case NotThere(reason) | NotThis(reason):
                await self._refused(one, reason, perhaps_told=one.perhaps_told)
            case NotNow() as later:
                await self._not_now(one, later, error)
            case _:
                assert_never(error.leave)

    async def _refused(self, one: ClaimedLetter, reason: str, *, perhaps_told: bool) -> None:
        """For good, as far as anybody can say: a few tries, and then those behind it have their turn."""
        if one.refusals + 1 >= REFUSALS:
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=one.perhaps_told))
            return
        until = self._clock() + timedelta(seconds=_WAITS[one.refusals])
        postponed = partial(self._outbox.postpone, one, until, perhaps_told=perhaps_told, refused=True)
        await self._keep(one, postponed)

    async def _not_now(self, one: ClaimedLetter, later: NotNow, error: CannotTell) -> None:
        """Slack's trouble, or the way's."""
        if error.no_answer and one.perhaps_told:
            reason = "Slack did not say whether it took it"
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=True))
            return
        if error.no_answer and not one.letter.edits:
            later = NotNow(later.reason, UNANSWERED_WAIT)
        await self._later(one, later, perhaps_told=error.perhaps_told or one.perhaps_told)

    async def _close(self, one: ClaimedLetter, never: NeverAgain) -> None:
        log.warning("nothing is told there any more", channel=one.letter.channel_id, reason=never.reason)
        await self._keep(one, lambda: self._outbox.give_up(one, never.reason))
        only = one.letter.need if never.only_this else ""
        here = one.letter.instance if never.only_here else ""
        await self._watches.end_channel(one.letter.channel_id, never.reason, only=only, instance=here)

    async def _later(self, one: ClaimedLetter, later: NotNow, *, perhaps_told: bool) -> None:
        now = self._clock()
        if now - one.created_at > OLDEST:
            reason = f"not possible for a day: {later.reason}"
            await self._keep(one, lambda: self._outbox.give_up(one, reason, perhaps_told=perhaps_told))
            return
        wait = later.seconds if later.seconds is not None else _WAITS[min(one.tries, len(_WAITS)) - 1]
        until = now + timedelta(seconds=min(wait, _LONGEST_WAIT))
        await self._keep(one, lambda: self._outbox.postpone(one, until, perhaps_told=perhaps_told))

    async def _keep(self, one: ClaimedLetter, step: Callable[[], Awaitable[None]]) -> None:
        """Let the database know what became of it for as long as it is ours: else it would be told again."""
        await surely(step, most=(one.lease_until - self._clock()).total_seconds(), timer=self._timer)
