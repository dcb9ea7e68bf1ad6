"""Stops several jobs as one act: a message for all of them, and a row, a request and an ending for each.

The whole is executed as any act; where another one reads back what it has sent, this one executes its parts. One part
after the other is held, looked at and sent; reading back goes on while the next one begins, as a job may take minutes
to end. Whoever takes the whole over goes on with the parts that have no ending: a part is claimed through the claim of
the whole, and what a part's row says is sent is not sent again.
"""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.announcer import Announcer, Place
from jobbot.flows.acts.attempts import Denied, Ending, Sent
from jobbot.flows.acts.channel_message import SilentMessage
from jobbot.flows.acts.course import Aftermath, Afterwards, AnyCourse
from jobbot.flows.acts.execution import ActExecution, Permit
from jobbot.flows.acts.kinds import act_of
from jobbot.flows.acts.kinds.several import SeveralCourse, told
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.logs import get_logger
from jobbot.render.acts import several as words
from jobbot.render.acts.several import Several
from jobbot.render.blockkit.blocks import Message
from jobbot.render.frozen import Frozen
from jobbot.store.acts.model import ActRecord, ActState, Claim, Claimed, Ledger, LostClaim
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer
from jobbot.telemetry import Telemetry

log = get_logger(__name__)

EDIT_EVERY = 3.0
"""Seconds between two edits of the message while it goes on: Slack takes about one a second of a channel."""


class PartExecution(ActExecution):
    """The execution of one part, of which the message of the ``whole`` tells. ``is_sent``: nothing is left to send."""

    def __init__(
        self,
        claimed: Claimed,
        *,
        whole: Claim,
        thread_ts: str | None,
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
        super().__init__(
            claimed,
            place=place,
            ledger=ledger,
            freezes=freezes,
            announcer=announcer,
            clock=clock,
            act_timing=act_timing,
            telemetry=telemetry,
            afterwards=afterwards,
            timer=timer,
        )
        self._whole = whole
        self._thread_ts = thread_ts
        self.channel_message = SilentMessage(act_of(claimed.record))
        self.is_sent = asyncio.Event()

    async def runs(self, instance: Instance) -> None:
        """To its end. Raises StoreUnavailable; where another process has the part, that one ends it."""
        try:
            await self.run(instance, _permitted)
        except LostClaim:
            log.info("a part of an act was taken over", act=self._record.id)
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("a part of an act failed", act=self._record.id)
            await self.fail()
        finally:
            self._ledger.drop(self._claim)

    async def _mark_sent(self, course: AnyCourse, at: datetime) -> datetime:
        # Whoever takes the whole over goes on with its parts: so a part is ours only for as long as the whole is.
        whole = await self._ledger.keep(self._whole)
        return min(whole, await super()._mark_sent(course, at))

    async def _keep(self) -> datetime:
        whole = await self._ledger.keep(self._whole)
        return min(whole, await super()._keep())

    async def _read_back(self, course: AnyCourse, attempt: Sent) -> None:
        self.is_sent.set()
        await super()._read_back(course, attempt)

    async def _go_on(self, afterwards: Afterwards, message: Message) -> None:
        """What comes of it later is told in the thread of the one message, which stays as it is."""

        async def in_thread(record: ActRecord, ts: str | None, said: Message) -> None:
            await afterwards(replace(record, thread_ts=record.thread_ts or self._thread_ts), ts, said)

        await super()._go_on(in_thread, message)


class SeveralExecution(ActExecution):
    """The execution of an act of several."""

    _may_begin: bool = True
    _permit_part: Permit
    """Asked for each part right before it is begun: whoever asked may have lost the right since the whole was."""
    _denied: int = 0
    """So many parts were not begun because it was not permitted any more."""
    _held_by: Frozen | None = None
    """The freeze that was found before a part was begun: no more of them are, also where it is over by the next one."""

    async def run(self, instance: Instance, permit: Permit, *, is_taken_over: bool = False) -> Ending | None:
        """See :meth:`ActExecution.run`; parts are begun only where it is still permitted."""
        self._permit_part = permit
        if is_taken_over and self._record.closed_at is None:
            self._may_begin = await permit(self._record) is None
        return await super().run(instance, permit, is_taken_over=is_taken_over)

    async def _read_back(self, course: AnyCourse, attempt: Sent) -> None:
        """Execute the parts, while the message is edited as they end."""
        assert isinstance(course, SeveralCourse)  # noqa: S101 - narrows for the type checker
        changed, over = asyncio.Event(), asyncio.Event()
        editor = asyncio.create_task(self._edit_as_it_goes(changed, over))
        begun: list[asyncio.Task[None]] = []
        try:
            for part in await self._retry(lambda: self._ledger.parts(self._record.id)):
                is_over = part.told_at is not None or part.untold is not None
                if not is_over and (one := await self._take(part)) is not None:
                    begun.append(asyncio.create_task(one.runs(course.instance)))
                    begun[-1].add_done_callback(lambda _: changed.set())
                    await _ended_or_set(begun[-1], one.is_sent)
                    changed.set()
            await asyncio.gather(*begun)
            over.set()
            changed.set()
            # Not cancelled: an edit that Slack has in hand could come after the ending.
            await editor
        finally:
            for task in (editor, *begun):
                task.cancel()
            await asyncio.wait((editor, *begun))
        course.frozen, course.denied = self._held_by, self._denied
        course.halted_by = (await self._retry(lambda: self._ledger.current(self._claim))).halted_by
        course.parts = await self._retry(lambda: self._ledger.parts(self._record.id))

    async def _take(self, part: ActRecord) -> PartExecution | None:
        """Claim a part; None where no more shall begin, or where it has ended meanwhile. Raises LostClaim."""
        await self._retry(lambda: self._ledger.keep(self._claim))
        halted = (await self._retry(lambda: self._ledger.current(self._claim))).halted_by is not None
        if part.state in (ActState.SUBMITTED, ActState.REQUESTED):
            if halted:
                return None
            if not self._may_begin or await self._permit_part(part) is not None:
                self._denied += 1
                return None
            self._held_by = self._held_by or await self._retry(self._frozen)
            if self._held_by is not None:
                return None
        try:
            claimed = await self._retry(lambda: self._ledger.take_part(self._claim, part.id))
        except LostClaim:
            await self._retry(lambda: self._ledger.keep(self._claim))  # raises where it is the whole that is lost
            return None
        return PartExecution(
            claimed,
            whole=self._claim,
            thread_ts=self.channel_message.ts,
            place=self._place,
            ledger=self._ledger,
            freezes=self._freezes,
            announcer=self._announcer,
            clock=self._clock,
            act_timing=self._act_timing,
            telemetry=self._telemetry,
            afterwards=self._afterwards,
            timer=self._timer,
        )

    async def _edit_as_it_goes(self, changed: asyncio.Event, over: asyncio.Event) -> None:
        """Edit the message where something has changed, at most every ``EDIT_EVERY`` seconds, until it is ``over``."""
        assert isinstance(self.act, Several)  # noqa: S101 - narrows for the type checker
        while not await self._timer.wait(over, EDIT_EVERY):
            await changed.wait()
            changed.clear()
            if over.is_set():
                return
            try:
                halted_by = (await self._ledger.current(self._claim)).halted_by
                parts = await self._ledger.parts(self._record.id)
            except StoreUnavailable:
                continue
            await self.channel_message.say(words.going_on(told(self.act, parts, halted_by)))


async def _permitted(_: ActRecord) -> Denied | None:
    """The whole was permitted."""
    return None


async def _ended_or_set(task: asyncio.Task[None], event: asyncio.Event) -> None:
    """Wait for the first of both. Raises what the task has raised."""
    waiting = asyncio.create_task(event.wait())
    try:
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()
    if task.done():
        task.result()
