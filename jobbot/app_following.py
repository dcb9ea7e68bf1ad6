"""Builds and runs everything that follows jobs: the use cases, the poller, the outbox dispatcher; and freezes, which
cards show and whose end a channel is told of."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from functools import partial

from jobbot.access import Need, Reach
from jobbot.access.workspaces import reach_of
from jobbot.flows.acts.freezing import FreezeFlow
from jobbot.flows.acts.offered import OfferedActs
from jobbot.flows.acts.reviewing import ReviewFlow
from jobbot.flows.delivery.dispatcher import OutboxDispatcher
from jobbot.flows.following.alerts.marks import AlertMarks
from jobbot.flows.following.keeping import is_first_delivery
from jobbot.flows.following.poller import Poller
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.following.sights import BoundChannels
from jobbot.flows.following.unconfigured_instances import OrphanedInstances
from jobbot.flows.following.watching import WatchingFlow, current_outages
from jobbot.flows.frozen import FreezeLine, FreezesThere
from jobbot.flows.instances import Instances
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.slack.handlers.acts.freezing import FreezeHandler
from jobbot.slack.handlers.following.handler import Following
from jobbot.slack.handlers.gate import Gate
from jobbot.slack.handlers.naming import Naming
from jobbot.slack.handlers.reports.job_cards import JobCards
from jobbot.slack.web.announcer import SlackAnnouncer
from jobbot.slack.web.directory import SlackDirectory
from jobbot.slack.web.notifier import SlackNotifier
from jobbot.slack.web.outbound import Outbound
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.reviews import ReviewStore
from jobbot.store.database.engine import Database
from jobbot.store.database.retry import Timer
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.offers import OfferStore
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from jobbot.store.freezes import Freezes
from jobbot.store.slack_retries import SlackRetries
from jobbot.telemetry import Telemetry

FINISH_SECONDS = 10.0
"""Seconds that a shutdown waits for deliveries under way: one that is cut off may be posted twice."""


class FollowingServices:
    """Builds and runs the poller and the outbox dispatcher. ``owner`` names this process in leases.

    ``lease``: a dead process's claims expire after it; ``keep``: how long freezes stay in the record, None for ever.
    """

    def __init__(
        self,
        *,
        database: Database,
        slack_retries: SlackRetries,
        owner: str,
        instances: Instances,
        catalogue: Catalogue,
        gate: Gate,
        naming: Naming,
        stops: EarlierStops,
        directory: SlackDirectory,
        history: ActHistory,
        outbound: Outbound,
        clock: Callable[[], datetime],
        lease: timedelta,
        schedule: PollSchedule,
        extra: float,
        timer: Timer,
        telemetry: Telemetry,
        keep: timedelta | None,
    ) -> None:
        self.freezes = Freezes(database, clock)
        self.freezes_there = FreezesThere(self.freezes, gate.audience)
        self.frozen = FreezeLine(self.freezes_there, extra=extra)
        self._keep = keep
        watches = self._watches = WatchStore(database, clock)
        # Either may have to wait: a round for an Adverity that answers late, a delivery for Slack's rate limits.
        rounds = PollRounds(database, owner=owner, clock=clock, lease=2 * lease)
        outbox = Outbox(database, owner=owner, clock=clock, lease=2 * lease)
        self.watched = self.owed = self.outages = 0
        """How many watches were open, notifications owed, and instances not to be followed, when it was looked last."""
        self._gate = gate
        self._directory = directory
        self._slack_retries = slack_retries
        self._instances = instances
        self._outbound = outbound
        self._clock = clock
        self._rounds = rounds
        self._outbox = outbox
        self._naming = naming
        self._catalogue = catalogue
        sights = BoundChannels(gate.reach, catalogue)
        notifier = self._notifier = SlackNotifier(
            gate.rule, directory.channel_now, outbound, trust=schedule.trust, reaches=self._reach
        )
        self.may_notify = notifier.may_notify
        """Whether a channel may still be told what it did not ask for just now."""
        self._alert_messages = AlertMessageStore(database, clock)
        self._offers = OfferStore(database, clock)
        offered = self.offered = OfferedActs(self._offers, history, self._may_offer, self._wake_dispatcher)
        """What messages offer to do, and what became of it."""
        self._marks = AlertMarks(self._alert_messages, clock, offered.as_now)
        self._dispatcher = OutboxDispatcher(
            outbox=outbox,
            watches=watches,
            notifier=notifier,
            clock=clock,
            look=schedule.look,
            timer=timer,
            drawn=self._marks.drawn,
            as_now=lambda one, message: offered.as_now(one.written_to, one.instance, one.channel_id, message),
        )
        store = ReviewStore(database, clock)
        self.reviewing = ReviewFlow(
            store, clock, wake=self._dispatcher.wake, announcer=SlackAnnouncer(outbound), telemetry=telemetry
        )
        """Requests that others do an act, whose cards the outbox delivers."""
        self._poller = Poller(
            rounds=rounds,
            watches=watches,
            alert_messages=self._alert_messages,
            instances=instances,
            clock=clock,
            schedule=schedule,
            wake_dispatcher=self._dispatcher.wake,
            timer=timer,
            sights=sights,
            stops=stops,
            usergroups=directory,
            freezes=self.freezes_there,
        )
        self.watching = WatchingFlow(watches, rounds, clock, schedule, self._poller.wake, extra=extra)
        self.cards = JobCards(
            gate=gate, watching=self.watching, stops=stops, offered=offered, frozen=self.frozen, clock=clock
        )
        """Answers that are edited later."""
        self._freezing = FreezeFlow(self.freezes, clock, hasten=self.watching.hasten, wake=self._dispatcher.wake)
        self._orphaned = OrphanedInstances(
            rounds=rounds, watches=watches, instances=instances, clock=clock, wake_dispatcher=self._dispatcher.wake
        )

    def _wake_dispatcher(self) -> None:
        self._dispatcher.wake()

    def handler(self) -> Following:
        """The handler of watches and alerts."""
        return Following(
            gate=self._gate,
            naming=self._naming,
            instances=self._instances,
            watching=self.watching,
            cards=self.cards,
            marks=self._marks,
            directory=self._directory,
            is_first=partial(is_first_delivery, self._slack_retries),
            outbound=self._outbound,
            clock=self._clock,
        )

    def freeze_handler(self) -> FreezeHandler:
        """The handler of freezes."""
        return FreezeHandler(
            gate=self._gate,
            instances=self._instances,
            freezing=self._freezing,
            outbound=self._outbound,
            clock=self._clock,
        )

    async def _may_offer(self, channel_id: str) -> frozenset[Need] | None:
        """As the notifier knows the channel, which has asked for it right before it delivers there."""
        return self._gate.offers(channel_id, await self._notifier.channel(channel_id))

    async def _reach(self, channel_id: str, instance: str) -> Reach | None:
        """What a channel sees of an instance; of one that is not configured, nothing where it is bound."""
        served = self._instances.get(instance)
        rule = self._gate.rule(channel_id)
        if served is None:
            return reach_of(rule.workspaces, (), whole=False) if rule is not None and rule.workspaces else None
        return await self._gate.reach(channel_id, served)

    def forget_channel(self, channel_id: str) -> None:
        """Drop what is cached of a channel, as it has changed."""
        self._directory.forget_channel(channel_id)
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
        await self._freezing.tell_over()
        await self._orphaned.end()
        await self.reviewing.look_after()
        self.watched, self.owed = await self._watches.count(), await self._outbox.count()
        self.outages = len(await current_outages(self._rounds, self._instances.names, self._clock()))

    async def forget_old(self) -> None:
        """Delete old rows. Raises StoreUnavailable."""
        await self._rounds.forget_old()
        await self._catalogue.forget_old()
        await self._outbox.forget_old()
        await self._alert_messages.forget_old()
        await self._offers.forget_old()
        if self._keep is not None:
            await self.freezes.forget(self._clock() - self._keep)
