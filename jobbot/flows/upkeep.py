"""What every jobbot does beside answering: keep its own stops, take over those that were left behind, tidy up.

A process that died leaves rows whose lease runs out, or that are free at once where it is known to be dead. Whoever
looks next takes them over and goes on; at the start that is this very process, a moment after it was killed.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta

from jobbot.flows.instances import UNSERVED, Instance, Instances
from jobbot.flows.stopping import StoppingFlow
from jobbot.logs import get_logger
from jobbot.store.deliveries import Deliveries
from jobbot.store.engine import StoreUnavailable
from jobbot.store.history import StopHistory
from jobbot.store.presence import Presence
from jobbot.store.stops import Claimed, Ledger

log = get_logger(__name__)

AT_ONCE = 20
"""Rows taken over in one round: their jobs are read one after the other anyway."""


LOOK = 3.0
"""Seconds between two rounds at most: so soon ``/readyz`` knows that the database is away."""

ROUND = 2.0
"""Seconds that a shutdown waits for the round that is under way."""


class Upkeep:
    """Runs for the life of the process. ``start`` takes work that shutdown drains, False where it takes none any more;
    ``lease`` is the ledger's.

    ``keep`` is how long finished stops stay in the record, None for ever; ``clock`` gives the time, aware;
    ``tidy`` is asked in every round to look after the rest of the database.
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
        self._pause = min(lease.total_seconds() / 3, LOOK)
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
            with suppress(TimeoutError):
                async with asyncio.timeout(min(self._pause, 1.0) if self.trouble else self._pause):
                    await self._ending.wait()

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
            await self._ledger.renew()
            await self._presence.look()
            await self._take_over()
            await self._deliveries.forget_old()
            await self._forget_stops()
            if self._tidy is not None:
                await self._tidy()
        except StoreUnavailable as error:
            if not self.trouble:
                log.error("database cannot be used", error=str(error))
            self.trouble = str(error)
            self._take_from = None
        except Exception:
            log.exception("a round of upkeep failed")
        else:
            if self.trouble:
                log.info("database can be used again")
            self.trouble = ""

    async def _take_over(self) -> None:
        """What ran out, unless its owner may not have had the time to renew it since the database is back."""
        if self.trouble:
            self._take_from = self._take_from or self._clock() + self._grace
        if self._ending.is_set() or (self._take_from is not None and self._clock() < self._take_from):
            return
        for claimed in await self._ledger.take_over(AT_ONCE):
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
        if self._clock() - record.requested_at > UNSERVED:
            return self._start(self._give_up(claimed))
        return False

    async def _resume(self, claimed: Claimed, instance: Instance) -> None:
        await self._stopping.resume(claimed, instance)

    async def _give_up(self, claimed: Claimed) -> None:
        await self._stopping.give_up(claimed)
