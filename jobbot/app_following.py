"""Builds and runs everything that follows jobs: the use cases, the poller, the outbox dispatcher; and freezes, which
cards show and whose end a channel is told of."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from jobbot.access import Need, Reach
from jobbot.access.workspaces import reach_of
from jobbot.app_resources import Resources
from jobbot.flows.acts.freezing import FreezeFlow
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.acts.reviewing import ReviewFlow
from jobbot.flows.delivery.dispatcher import OutboxDispatcher
from jobbot.flows.following.alerts.marks import AlertMarks
from jobbot.flows.following.poller import Poller
from jobbot.flows.following.sights import BoundChannels
from jobbot.flows.following.unconfigured_instances import OrphanedInstances
from jobbot.flows.following.watching import WatchingFlow, current_outages
from jobbot.flows.frozen import FreezeLine, FreezesThere
from jobbot.slack.handlers.reports.job_cards import JobCards
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.notifier import SlackNotifier
from jobbot.store.acts.reviews import ReviewStore
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.offers import OfferStore
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from jobbot.store.freezes import Freezes

FINISH_SECONDS = 10.0
"""Seconds that a shutdown waits for deliveries under way: one that is cut off may be posted twice."""


class FollowingServices:
    """Builds and runs the poller and the outbox dispatcher."""

    def __init__(self, shared: Resources) -> None:
        self._shared = shared
        self.watched = self.owed = self.outages = 0
        """How many watches were open, notifications owed, and instances not to be followed, when it was looked last."""
        database, clock, timing = shared.database, shared.clock, shared.timing
        self.freezes = Freezes(database, clock)
        self.freezes_there = FreezesThere(self.freezes, shared.gate.audience)
        self.frozen = FreezeLine(self.freezes_there, extra=timing.extra)
        # Either may have to wait: a round for an Adverity that answers late, a delivery for Slack's rate limits.
        lease, owner = 2 * timing.lease, shared.presence.owner
        self._watches = WatchStore(database, clock)
        self._rounds = PollRounds(database, owner=owner, clock=clock, lease=lease)
        self._outbox = Outbox(database, owner=owner, clock=clock, lease=lease)
        self._alert_messages = AlertMessageStore(database, clock)
        self._offers = OfferStore(database, clock)
        self._notifier = SlackNotifier(
            shared.gate.rule,
            shared.directory.channel_now,
            shared.outbound,
            trust=timing.schedule.trust,
            reaches=self._reach,
        )
        self.may_notify = self._notifier.may_notify
        """Whether a channel may still be told what it did not ask for just now."""
        self.offered = OfferedActs(self._offers, shared.history, self._may_offer, self._wake_dispatcher)
        """What messages offer to do, and what became of it."""
        self.marks = AlertMarks(self._alert_messages, clock, self.offered.as_now)
        self._dispatcher = self._new_dispatcher()
        wake = self._dispatcher.wake
        self.reviewing = ReviewFlow(
            ReviewStore(database, clock),
            clock,
            wake=wake,
            announcer=SlackAnnouncer(shared.outbound),
            telemetry=shared.telemetry,
        )
        """Requests that others do an act, whose cards the outbox delivers."""
        self._poller = self._new_poller()
        self.watching = WatchingFlow(
            self._watches, self._rounds, clock, timing.schedule, self._poller.wake, extra=timing.extra
        )
        self.cards = JobCards(
            gate=shared.gate,
            watching=self.watching,
            stops=shared.stops,
            offered=self.offered,
            frozen=self.frozen,
            clock=clock,
        )
        """Answers that are edited later."""
        self.freezing = FreezeFlow(self.freezes, clock, hasten=self.watching.hasten, wake=wake)
        self._orphaned = OrphanedInstances(
            rounds=self._rounds, watches=self._watches, instances=shared.instances, clock=clock, wake_dispatcher=wake
        )

    def _new_dispatcher(self) -> OutboxDispatcher:
        timing, offered = self._shared.timing, self.offered
        return OutboxDispatcher(
            outbox=self._outbox,
            watches=self._watches,
            notifier=self._notifier,
            clock=self._shared.clock,
            look=timing.schedule.look,
            timer=timing.timer,
            drawn=self.marks.drawn,
            as_now=lambda one, message: offered.as_now(one.written_to, one.instance, one.channel_id, message),
        )

    def _new_poller(self) -> Poller:
        shared = self._shared
        return Poller(
            rounds=self._rounds,
            watches=self._watches,
            alert_messages=self._alert_messages,
            instances=shared.instances,
            clock=shared.clock,
            schedule=shared.timing.schedule,
            wake_dispatcher=self._dispatcher.wake,
            timer=shared.timing.timer,
            sights=BoundChannels(shared.gate.reach, shared.catalogue),
            stops=shared.stops,
            usergroups=shared.directory,
            freezes=self.freezes_there,
        )

    def _wake_dispatcher(self) -> None:
        self._dispatcher.wake()

    async def _may_offer(self, channel_id: str) -> frozenset[Need] | None:
        """As the notifier knows the channel, which has asked for it right before it delivers there."""
        return self._shared.gate.offers(channel_id, await self._notifier.channel(channel_id))

    async def _reach(self, channel_id: str, instance: str) -> Reach | None:
        """What a channel sees of an instance; of one that is not configured, nothing where it is bound."""
        served = self._shared.instances.get(instance)
        rule = self._shared.gate.rule(channel_id)
        if served is None:
            return reach_of(rule.workspaces, (), whole=False) if rule is not None and rule.workspaces else None
        return await self._shared.gate.reach(channel_id, served)

    def forget_channel(self, channel_id: str) -> None:
        """Drop what is cached of a channel, as it has changed."""
        self._shared.directory.forget_channel(channel_id)
        self._notifier.forget_channel(channel_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run poller and dispatcher until left; deliveries under way then have ``FINISH_SECONDS`` to finish."""
        delivering = asyncio.create_task(self._dispatcher.run())
        looking = asyncio.create_task(self._poller.run())
        try:
            yield
        finally:
            looking.cancel()
            self._dispatcher.end()
            await asyncio.wait({delivering}, timeout=FINISH_SECONDS)
            delivering.cancel()
            await asyncio.wait({looking, delivering})

    async def look_after(self) -> None:
        """Tell of freezes that are over, end what orphaned instances followed and what nobody confirmed, and count.

        Raises StoreUnavailable.
        """
        await self.freezing.tell_over()
        await self._orphaned.end()
        await self.reviewing.look_after()
        self.watched, self.owed = await self._watches.count(), await self._outbox.count()
        self.outages = len(await current_outages(self._rounds, self._shared.instances.names, self._shared.clock()))

    async def forget_old(self) -> None:
        """Delete old rows. Raises StoreUnavailable."""
        await self._rounds.forget_old()
        await self._shared.catalogue.forget_old()
        await self._outbox.forget_old()
        await self._alert_messages.forget_old()
        await self._offers.forget_old()
        if self._shared.keep is not None:
            await self.freezes.forget(self._shared.clock() - self._shared.keep)
