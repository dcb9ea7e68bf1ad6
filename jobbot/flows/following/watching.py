"""Begins and ends watches, as people ask for them, and reads what is followed. The poller does the rest."""

from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.adverity.around import Around
from jobbot.adverity.model import Job, JobId
from jobbot.flows.following.alerts.group import matters_in
from jobbot.flows.following.alerts.switches import AlertSwitches, alert_settings
from jobbot.flows.following.keeping import Subscriber, keeping
from jobbot.flows.following.live_messages import LiveMessages
from jobbot.flows.following.outages import current_outage
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.logs import get_logger
from jobbot.render.alert_settings import AlertSettings
from jobbot.render.jobs import title
from jobbot.render.matters import Matter
from jobbot.render.outages import CurrentOutage
from jobbot.render.watching import Waiting
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import Interest
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore

log = get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WatchBegun:
    """A watch began; ``name`` is the job's title. ``already``: this person had one in this place before."""

    name: str
    already: bool = False


@dataclass(frozen=True, slots=True)
class AlreadyOver:
    """The job to be watched has ended already; ``job`` says how."""

    name: str
    job: Job
    around: Around


class WatchingFlow:
    """The use cases; those of ``alerts`` and ``live`` messages are objects of their own.

    ``clock``: aware time; ``wake_poller`` is called when a round may be due sooner; ``extra`` bounds ``watchers``, in
    seconds. Methods raise CannotKeep where they do not say otherwise.
    """

    def __init__(
        self,
        watches: WatchStore,
        rounds: PollRounds,
        clock: Callable[[], datetime],
        schedule: PollSchedule,
        wake_poller: Callable[[], None] = lambda: None,
        *,
        extra: float = LIMIT_SECONDS,
    ) -> None:
        self._wake_poller = wake_poller
        self._watches = watches
        self._rounds = rounds
        self._clock = clock
        self._schedule = schedule
        self._best_effort = BestEffort(extra)
        self.alerts = AlertSwitches(watches.alerts, clock, self.hasten)
        self.live = LiveMessages(watches, clock, self.hasten, self._wait_for)

    async def watch(
        self, job: JobId, instance: Instance, subscriber: Subscriber, workspace: int | None = None
    ) -> WatchBegun | AlreadyOver:
        """Begin a watch, unless the job is over. Raises AdverityError where the job cannot be read.

        ``workspace``: the number of the job's workspace, where another source than the job itself tells it.
        """
        answer = await instance.gateway.job(job)
        found, now = answer.value, answer.read_at
        names = await name_datastreams(instance, [found])
        name = title(found, names)
        if found.is_over:
            around = await look_at_ended(instance, [found], now)
            return AlreadyOver(name, found, around.get(found.id, Around()))
        place = workspace if workspace is not None else names.workspace_of(found)
        return await self.wait_for(job, name, instance.name, subscriber, place)

    async def wait_for(
        self, job: int, name: str, instance: str, subscriber: Subscriber, workspace: int | None = None
    ) -> WatchBegun:
        """Begin a watch of a job that was just read. ``name`` is its title, ``workspace`` its workspace's number."""
        async with keeping():
            return await self._wait_for(job, name, instance, subscriber, workspace)

    async def _wait_for(
        self, job: int, name: str, instance: str, subscriber: Subscriber, workspace: int | None
    ) -> WatchBegun:
        new = await self._watches.watch(
            instance=instance,
            job=job,
            name=name,
            channel_id=subscriber.channel_id,
            thread_ts=subscriber.thread_ts,
            user_id=subscriber.user_id,
            workspace=workspace,
        )
        await self.hasten(instance)
        return WatchBegun(name, already=not new)

    async def unwatch(self, job: JobId, instance: str, subscriber: Subscriber) -> bool:
        """End this person's watches of a job in the channel and its threads; False where there were none."""
        async with keeping():
            count = await self._watches.unwatch(
                instance=instance, job=job, channel_id=subscriber.channel_id, user_id=subscriber.user_id
            )
        return count > 0

    async def watchers(self, job: int, instance: Instance, channel_id: str) -> list[str]:
        """The user ids that watch a job in a channel; empty where the database does not tell in time."""
        with suppress(TimeoutError):
            async with instance.extras.reading():
                asked = self._watches.who_watches(instance.name, job, channel_id)
                return [one.user_id for one in await self._best_effort.ask(asked, default=[])]
        return []

    async def of_channel(
        self, channel_id: str, instance: str | None
    ) -> tuple[Sequence[Waiting], Sequence[AlertSettings], Sequence[CurrentOutage]]:
        """A channel's open watches, its alerts, and the current outages of their instances."""
        async with keeping():
            found: Interest = await self._watches.of_channel(channel_id, instance)
            instances = {one.instance for one in found.watches} | {one.instance for one in found.alerts}
            outages = await current_outages(self._rounds, instances, self._clock())
        waiting = [
            Waiting(
                job=one.job,
                name=one.name,
                instance=one.instance,
                user_id=one.user_id,
                since=one.created_at,
                in_thread=one.thread_ts is not None,
                workspace=one.workspace,
            )
            for one in found.watches
        ]
        return waiting, [alert_settings(one) for one in found.alerts], outages

    async def open_matters(self, channel_id: str, instance: str) -> Mapping[int, tuple[Matter, Sequence[str]]]:
        """By datastream what a channel's alerts tell that goes on, and who has said there that they are on it."""
        async with keeping():
            found = await self._watches.open_alerts(channel_id, instance)
        matters = ((one, people) for row, people in found for one in matters_in(row) if one.end is None)
        return {one.newest.stream: (one, people) for one, people in matters if one.newest.stream is not None}

    async def hasten(self, instance: str) -> None:
        """Move the next round forward. A failure is harmless: the watch is stored, the round comes when it is due."""
        try:
            await self._rounds.hasten(instance, self._clock() + timedelta(seconds=self._schedule.next))
            self._wake_poller()
        except StoreUnavailable as error:
            log.warning("next round not hastened, database cannot be used", instance=instance, error=str(error))


async def current_outages(rounds: PollRounds, instances: Collection[str], now: datetime) -> list[CurrentOutage]:
    """The outages of these instances that channels were told of and that go on. Raises StoreUnavailable."""
    states = await rounds.states(instances) if instances else {}
    found = {name: current_outage(state, now) for name, state in sorted(states.items())}
    return [CurrentOutage(name, one.since, one.why) for name, one in found.items() if one is not None]
