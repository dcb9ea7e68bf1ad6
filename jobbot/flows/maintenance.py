"""What every jobbot does beside answering: keep its own stops, take over those that were left behind, tidy up.

A process that died leaves rows whose lease runs out, or that are free at once where it is known to be dead. Whoever
looks next takes them over and goes on; at the start that is this very process, a moment after it was killed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from datetime import datetime, timedelta

from jobbot.flows.instances import ORPHANED_AFTER, Instance, Instances
from jobbot.flows.stops.stopping import StoppingFlow
from jobbot.logs import get_logger
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL, Timer
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import Deliveries
from jobbot.store.stops.history import StopHistory
from jobbot.store.stops.model import Claimed, Ledger

log = get_logger(__name__)

TAKEOVERS_AT_ONCE = 20
"""Rows taken over in one round: their jobs are read one after the other anyway."""


TIDY_EVERY = timedelta(hours=1)
"""What is over is deleted so often: it is in nobody's way."""

LOOK = 3.0
"""Seconds between two rounds at most: so soon ``/readyz`` knows that the database is away."""

ROUND = 2.0
"""Seconds that a shutdown waits for the round that is under way."""


TRY_EVERY = 60.0
"""Seconds between two tries whether the database can be written, while it can: each waits for the disk."""


class Maintenance:
    """Runs for the life of the process. ``start`` takes work that shutdown drains, False where it takes none any more;
    ``lease`` is the ledger's.

    ``look_every``: seconds between two rounds at most; ``keep`` is how long finished stops stay in the record, None for
    ever; ``clock`` gives the time, aware; ``tidy`` is asked in every round to look after the rest of the database,
    ``forget`` once an hour to delete what is over there; ``timer`` is for the pauses.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        presence: Presence,
        deliveries: Deliveries,
        stopping: StoppingFlow,
        instances: Instances,
        start: Callable[[Coroutine[None, None, None]], bool],
        lease: timedelta,
        history: StopHistory,
        clock: Callable[[], datetime],
        keep: timedelta | None = None,
        tidy: Callable[[], Awaitable[None]] | None = None,
        try_every: float = TRY_EVERY,
        forget: Callable[[], Awaitable[None]] | None = None,
        look_every: float = LOOK,
        timer: Timer = REAL,
    ) -> None:
        self._ledger = ledger
        self._presence = presence
        self._deliveries = deliveries
        self._stopping = stopping
        self._instances = instances
        self._start = start
        self._history = history
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
        """Until :meth:`close`. Nothing that goes wrong in a round ends it."""
        while not self._ending.is_set():
            await self.look()
            # While the database is away it is looked at more often: people wait for it.
            await self._timer.wait(self._ending, min(self._pause, 1.0) if self.trouble else self._pause)

    def begin(self) -> None:
        """Run beside everything else, until :meth:`aclose`."""
        self._running = asyncio.get_running_loop().create_task(self.run())

    def close(self) -> None:
        """Take nothing over from now on: ``run`` returns once its round is over."""
        self._ending.set()

    async def aclose(self) -> None:
        """End. A round that is under way may give back what it has just taken over."""
        self.close()
        if self._running is not None:
            await asyncio.wait({self._running}, timeout=ROUND)
            self._running.cancel()
            await asyncio.wait({self._running})

    async def look(self) -> None:
        """One round."""
        try:
            await self._try_writing()
            await self._ledger.renew()
            await self._presence.look()
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
            log.exception("a round of maintenance failed")
        else:
            if self.trouble:
                log.info("database can be used again")
            self.trouble = ""

    async def _try_writing(self) -> None:
        """Where nothing is to be written a full disk shows nowhere, until somebody's stop cannot be recorded."""
        now = asyncio.get_running_loop().time()
        if self.trouble or self._tried_at is None or now - self._tried_at >= self._try_every:
            await self._deliveries.try_writing()
            self._tried_at = now

    async def _forget_old(self) -> None:
        """Once an hour, and again in the next round where the database was away."""
        now = self._clock()
        if self._forgot_at is not None and now - self._forgot_at < TIDY_EVERY:
            return
        await self._deliveries.forget_old()
        await self._forget_stops()
        if self._forget is not None:
            await self._forget()
        self._forgot_at = now

    async def _take_over(self) -> None:
        """What ran out, unless its owner may not have had the time to renew it since the database is back."""
        if self.trouble:
            self._take_from = self._take_from or self._clock() + self._grace
        if self._ending.is_set() or (self._take_from is not None and self._clock() < self._take_from):
            return
        for claimed in await self._ledger.take_over(TAKEOVERS_AT_ONCE):
            if not self._go_on(claimed):
                await self._ledger.release(claimed.claim)

    async def _forget_stops(self) -> None:
        """The record is kept whole, unless somebody has said for how long."""
        if self._keep is not None and (gone := await self._history.forget(self._clock() - self._keep)):
            log.info("stops older than the record is kept deleted", stops=gone)

    def _go_on(self, claimed: Claimed) -> bool:
        """With its instance, or without one as soon as nobody else can be expected to know it; False where it is not.

        False also where this process ends, and takes no work any more.
        """
        record = claimed.record
        instance = self._instances.get(record.instance)
        if instance is not None:
            return self._start(self._resume(claimed, instance))
        if self._clock() - record.requested_at > ORPHANED_AFTER:
            return self._start(self._give_up(claimed))
        return False

    async def _resume(self, claimed: Claimed, instance: Instance) -> None:
        await self._stopping.resume(claimed, instance)

    async def _give_up(self, claimed: Claimed) -> None:
        await self._stopping.give_up(claimed)
