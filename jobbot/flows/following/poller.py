"""Polls each instance: claims the round that is due and runs it, one at a time over all processes.

A round: claim it, ask Adverity one thing through the gateway, decide what that means, and write the new state together
with every notification that follows, in one transaction. A process that dies in between has written nothing, and the
next one repeats the round.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta

from jobbot.flows.following.round import RoundRunner
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.sights import Sights
from jobbot.flows.following.usergroups import UserGroups
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.logs import get_logger
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.retry import REAL_TIMER, Timer
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import LostRound, Round
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore

log = get_logger(__name__)


class Poller:
    """Runs for the life of the process. ``wake_dispatcher`` is called when a round has added notifications.

    ``timer`` is used for the pauses between two looks at whether a round is due; ``sights``, ``stops``,
    ``usergroups`` and ``freezes`` as for RoundRunner.
    """

    def __init__(
        self,
        *,
        rounds: PollRounds,
        watches: WatchStore,
        alert_messages: AlertMessageStore,
        instances: Instances,
        clock: Callable[[], datetime],
        schedule: PollSchedule,
        wake_dispatcher: Callable[[], None],
        timer: Timer = REAL_TIMER,
        sights: Sights | None = None,
        stops: EarlierStops | None = None,
        usergroups: UserGroups | None = None,
        freezes: FreezesThere | None = None,
    ) -> None:
        self._rounds = rounds
        self._instances = instances
        self._clock = clock
        self._schedule = schedule
        self._timer = timer
        self._woken = {name: asyncio.Event() for name in instances.names}
        self._round = RoundRunner(
            rounds=rounds,
            watches=watches,
            alert_messages=alert_messages,
            clock=clock,
            schedule=schedule,
            wake_dispatcher=wake_dispatcher,
            sights=sights,
            stops=stops,
            usergroups=usergroups,
            freezes=freezes,
        )

    def wake(self) -> None:
        """Look now whether a round is due, instead of after the pause."""
        for woken in self._woken.values():
            woken.set()

    async def run(self) -> None:
        """Poll every instance until cancelled. A round that fails is logged and ends nothing."""
        async with asyncio.TaskGroup() as following:  # ends when the round of each is released
            for name in self._instances.names:
                following.create_task(self._follow(name))

    async def _follow(self, name: str) -> None:
        instance, woken = self._instances.get(name), self._woken[name]
        # After a round, or the news of one, the next may be due before the usual pause is over.
        usual, soon = self._schedule.look, min(self._schedule.look, self._schedule.next)
        troubled = called = False
        while instance is not None:
            done = False
            woken.clear()
            try:
                done = await self.run_due_round(instance)
                troubled = False
            except StoreUnavailable as error:
                if not troubled:
                    log.error("cannot follow, database cannot be used", instance=name, error=str(error))
                troubled = True
            except LostRound:
                log.warning("round took too long, done by another process", instance=name)
            except Exception:
                log.exception("round failed", instance=name)
            called = await self._timer.wait(woken, soon if done or called else usual)

    async def run_due_round(self, instance: Instance) -> bool:
        """Claim and run the round that is due; False where none is, or another process has it.

        Raises StoreUnavailable, LostRound.
        """
        if not await self._rounds.is_due(instance.name):
            return False
        round_ = await self._rounds.begin(instance.name)
        if round_ is None:
            return False
        try:
            async with self._renewing_lease(round_):
                await self._round.do(round_, instance)
        except asyncio.CancelledError:
            # The process ends: whoever is next need not wait for the lease. Where that cannot be written, it ends too.
            with suppress(StoreUnavailable):
                await asyncio.shield(self._rounds.release(round_))
            raise
        except StoreUnavailable:
            # What was found is not written: soon again, but Adverity is not asked all the time for nothing.
            with suppress(StoreUnavailable):
                await self._rounds.release(round_, until=self._clock() + timedelta(seconds=self._schedule.close))
            raise
        return True

    @asynccontextmanager
    async def _renewing_lease(self, round_: Round) -> AsyncIterator[None]:
        """Renew the round's lease every third of it, so that nobody else takes the round while Adverity answers."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._rounds.lease.total_seconds() / 3)
                with suppress(StoreUnavailable):
                    await self._rounds.keep(round_)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})
