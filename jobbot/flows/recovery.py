"""Recovery, every few seconds in each process: renew leases, resume interrupted acts, delete old rows.

A process that died leaves acts whose lease runs out, or is freed at once where the process is known to be dead. The
next process whose round comes takes them over and resumes them; after a restart that is the restarted one.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta

from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.instances import ORPHANED_AFTER, Instance, Instances
from jobbot.logs import get_logger
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import Claimed, Ledger
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer
from jobbot.store.events import EventHistory
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries

log = get_logger(__name__)

TAKEOVERS_AT_ONCE = 20
"""The most acts taken over in one round; what they are about is read one after the other anyway."""


TIDY_EVERY = timedelta(hours=1)
"""How often old rows are deleted."""

ROUND_EVERY_SECONDS = 3.0
"""Seconds between two rounds at most, and so until ``/readyz`` reports that the database is unavailable."""

SHUTDOWN_SECONDS = 2.0
"""Seconds that a shutdown waits for the round that is under way."""


TRY_EVERY = 60.0
"""Seconds between two test writes while the database works: each waits for the disk."""


class Recovery:
    """Runs for the life of the process. ``start`` takes work that shutdown drains, False where it takes none any more;
    ``lease`` is the ledger's.

    ``look_every``: seconds between two rounds at most; ``keep`` is how long finished acts stay in the record, None for
    ever; ``clock`` gives the time, aware; ``tidy`` is asked in every round to look after the rest of the database,
    ``forget`` once an hour to delete what is over there; ``timer`` is for the pauses.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        presence: Presence,
        slack_retries: SlackRetries,
        acting: ActFlow,
        instances: Instances,
        start: Callable[[Coroutine[None, None, None]], bool],
        lease: timedelta,
        history: ActHistory,
        events: EventHistory,
        clock: Callable[[], datetime],
        keep: timedelta | None = None,
        tidy: Callable[[], Awaitable[None]] | None = None,
        try_every: float = TRY_EVERY,
        forget: Callable[[], Awaitable[None]] | None = None,
        look_every: float = ROUND_EVERY_SECONDS,
        timer: Timer = REAL_TIMER,
    ) -> None:
        self._ledger = ledger
        self._presence = presence
        self._slack_retries = slack_retries
        self._acting = acting
        self._instances = instances
        self._start = start
        self._history = history
        self._events = events
        self._clock = clock
        self._keep = keep
        self._tidy = tidy
        self._try_every = try_every
        self._tried_at: float | None = None
        self._forget = forget
        self._forgot_at: datetime | None = None
        self._timer = timer
        self._pause = min(lease.total_seconds() / 3, look_every)
        self._grace = lease / 3
        self._take_from: datetime | None = None
        self._ending = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self.trouble = ""
        """Why the database could not be used in the last round; empty when it could."""

    async def run(self) -> None:
        """Run rounds until :meth:`close`. A round that fails is logged and ends nothing."""
        while not self._ending.is_set():
            await self.run_round()
            # While the database is away it is looked at more often: people wait for it.
            await self._timer.wait(self._ending, min(self._pause, 1.0) if self.trouble else self._pause)

    def begin(self) -> None:
        """Start :meth:`run` as a task, until :meth:`aclose`."""
        self._running = asyncio.get_running_loop().create_task(self.run())

    def close(self) -> None:
        """Take no more acts over: ``run`` returns once its round is over."""
        self._ending.set()

    async def aclose(self) -> None:
        """End. A round under way has ``SHUTDOWN_SECONDS`` to release what it has just taken over."""
        self.close()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=SHUTDOWN_SECONDS)
            self._running.cancel()
            await asyncio.wait({self._running})

    async def run_round(self) -> None:
        """Run one round; failures set ``trouble`` and are logged. Raises nothing."""
        try:
            await self._try_writing()
            await self._ledger.renew()
            await self._presence.refresh()
            await self._take_over()
            if self._tidy is not None:
                await self._tidy()
            await self._forget_old()
        except StoreUnavailable as error:
            if not self.trouble:
                log.error("database cannot be used", error=str(error))
            self.trouble = str(error)
            self._take_from = None
        except Exception:
            log.exception("a round of recovery failed")
        else:
            if self.trouble:
                log.info("database can be used again")
            self.trouble = ""

    async def _try_writing(self) -> None:
        """Write and delete a test row from time to time: else a full disk shows only when an act cannot be recorded."""
        now = asyncio.get_running_loop().time()
        if self.trouble or self._tried_at is None or now - self._tried_at >= self._try_every:
            await self._slack_retries.try_writing()
            self._tried_at = now

    async def _forget_old(self) -> None:
        """Delete old rows once an hour; after a failure, again in the next round."""
        now = self._clock()
        if self._forgot_at is not None and now - self._forgot_at < TIDY_EVERY:
            return
        await self._slack_retries.forget_old()
        await self._forget_acts()
        if self._forget is not None:
            await self._forget()
        self._forgot_at = now

    async def _take_over(self) -> None:
        """Resume stops whose lease ran out; after a database outage, only once live owners had time to renew."""
        if self.trouble:
            self._take_from = self._take_from or self._clock() + self._grace
        if self._ending.is_set() or (self._take_from is not None and self._clock() < self._take_from):
            return
        for claimed in await self._ledger.take_over(TAKEOVERS_AT_ONCE):
            if not self._go_on(claimed):
                await self._ledger.release(claimed.claim)

    async def _forget_acts(self) -> None:
        """Delete finished acts older than ``keep``, where it is set, and what happened before that."""
        if self._keep is None:
            return
        before = self._clock() - self._keep
        if gone := await self._history.forget(before):
            log.info("stops older than the record is kept deleted", stops=gone)
        if gone := await self._events.forget(before):
            log.info("events older than the record is kept deleted", events=gone)

    def _go_on(self, claimed: Claimed) -> bool:
        """Start resuming a stop, or giving it up where its instance is orphaned; False where neither was started.

        False where another process may still have the instance configured, or this one is shutting down.
        """
        record = claimed.record
        instance = self._instances.get(record.instance)
        if instance is not None:
            return self._start(self._resume(claimed, instance))
        if self._clock() - record.requested_at > ORPHANED_AFTER:
            return self._start(self._give_up(claimed))
        return False

    async def _resume(self, claimed: Claimed, instance: Instance) -> None:
        await self._acting.resume(claimed, instance)

    async def _give_up(self, claimed: Claimed) -> None:
        await self._acting.give_up(claimed)
