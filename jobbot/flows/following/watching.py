"""Begin and end what is followed: watches, live cards and alerts, as people ask for them. The poller does the rest."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.around import Around
from jobbot.adverity.model import Job, JobId
from jobbot.flows.following.alerts import alert_settings, quiet
from jobbot.flows.following.card_row import Drawn, StartedMessage, StopMessage, new_card
from jobbot.flows.following.outages import current_outage
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.names_of_datastreams import name_datastreams
from jobbot.intents.model import Alerts, number_of
from jobbot.logs import get_logger
from jobbot.render.acts.stop import called
from jobbot.render.alert_settings import AlertSettings, Quiet
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.card import Card
from jobbot.render.jobs import title, titled
from jobbot.render.outages import CurrentOutage
from jobbot.render.watching import Waiting
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import Alert, Interest
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore
from jobbot.store.slack_retries import SlackRetries, obeyed

log = get_logger(__name__)

SNOOZE = timedelta(hours=2)
"""How long ``alerts snooze`` lasts without a length."""


class CannotKeep(Exception):
    """The database cannot be used: nothing was begun, and nothing was changed."""


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


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who asked to be told, and where: in the channel itself, or in a thread of it."""

    channel_id: str
    thread_ts: str | None
    user_id: str


class WatchingFlow:
    """The use cases. ``clock``: aware time; ``wake_poller`` is called when a round may be due sooner; ``extra`` bounds
    ``watchers``, in seconds.

    Methods raise CannotKeep where they do not say otherwise.
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

    async def follow_stop(self, stop: ActRecord, ts: str | None, message: Message) -> None:
        """Follow a job whose stop has no known outcome: its end is edited into the message, and posted in the thread.

        Raises StoreUnavailable, not CannotKeep: the caller retries. It may be repeated.
        """
        if stop.job is None:
            return
        subscriber = Subscriber(stop.channel_id, stop.thread_ts or ts, stop.user_id)
        if ts is not None:
            row = new_card(
                StopMessage(
                    message=dump_message(message),
                    name=called(stop.name, stop.job, stop.datastream),
                    workspace=stop.workspace,
                ),
                job=stop.job,
                instance=stop.instance,
                base_url="",
                channel_id=stop.channel_id,
                ts=ts,
                user_id=stop.user_id,
                now=self._clock(),
            )
            await self._watches.keep_live(row)
        name = titled(stop.job, stop.name, stop.datastream)
        await self._wait_for(stop.job, name, stop.instance, subscriber, stop.workspace)

    async def follow_started(self, act: ActRecord, ts: str | None, message: Message) -> None:
        """Follow the jobs that an act has started: one is drawn below its message, of several each end is posted in the
        thread. Raises as :meth:`follow_stop`.
        """
        jobs = [int(job) for job in act.started.split(",") if job]
        if len(jobs) == 1 and ts is not None:
            row = new_card(
                StartedMessage(head=dump_message(message), workspace=act.workspace),
                job=jobs[0],
                instance=act.instance,
                base_url="",
                channel_id=act.channel_id,
                ts=ts,
                user_id=act.user_id,
                now=self._clock(),
            )
            await self._watches.keep_live(row)
            await self.hasten(act.instance)
            return
        subscriber = Subscriber(act.channel_id, act.thread_ts or ts, act.user_id)
        for job in jobs:
            await self._wait_for(job, titled(job, act.name, act.datastream), act.instance, subscriber, act.workspace)

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

    async def keep_live(
        self, card: Card, base_url: str, *, ts: str, subscriber: Subscriber, offers: frozenset[Need]
    ) -> None:
        """Make a card that was just posted a live one. While the database is unavailable it stays as it was posted.

        ``offers``: what it may have buttons for in its channel.
        """
        row = new_card(
            Drawn.of(card.job, card.as_of, card.names, offers=offers, around=card.around, stop=card.stop),
            job=card.job.id,
            instance=card.instance,
            base_url=base_url,
            channel_id=subscriber.channel_id,
            ts=ts,
            user_id=subscriber.user_id,
            now=self._clock(),
            frozen=card.frozen,
        )
        try:
            await self._watches.keep_live(row)
            await self.hasten(card.instance)
        except StoreUnavailable:
            return

    async def switch_on(
        self,
        wish: Alerts,
        instance: str,
        subscriber: Subscriber,
        workspace: int | None = None,
        *,
        usergroup_name: str = "",
    ) -> tuple[AlertSettings, Sequence[Quiet], bool]:
        """Switch an alert on; it replaces the channel's earlier one for the same datastream and workspace.

        Answers it, with what is snoozed still; the snoozes that this has ended; and whether it was on already, by and
        since whatever it says. ``workspace`` is the number of the workspace in ``wish``, ``usergroup_name`` the name of
        the user group in it, where it is known.
        """
        one = Alert(
            id=uuid4().hex,
            instance=instance,
            channel_id=subscriber.channel_id,
            datastream=number_of(wish.datastream),
            workspace=workspace,
            states=frozenset(state.value for state in wish.states),
            signs=frozenset(sign.value for sign in wish.signs),
            usergroup=wish.group or "",
            usergroup_name=usergroup_name[:100],
            user_id=subscriber.user_id,
            since=self._clock(),
        )
        async with keeping():
            now_on, ended, already = await self._watches.switch_on(one)
            await self.hasten(instance)
        return alert_settings(now_on), [quiet(one) for one in ended], already

    async def switch_off(
        self, wish: Alerts, subscriber: Subscriber, workspace: int | None = None
    ) -> tuple[int, Sequence[AlertSettings]]:
        """Switch alerts off, or what ``wish`` names of them: how many have ended, and those that tell of less now.

        Without an instance, those of all; ``workspace`` is a number.
        """
        async with keeping():
            count, less = await self._watches.switch_off(
                instance=wish.instance,
                channel_id=subscriber.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                states=frozenset(state.value for state in wish.states),
                signs=frozenset(sign.value for sign in wish.signs),
                by=subscriber.user_id,
            )
        return count, [alert_settings(one) for one in less]

    async def snooze(
        self, wish: Alerts, subscriber: Subscriber, workspace: int | None = None
    ) -> tuple[int, datetime | None]:
        """Snooze alerts: how many there are, and until when; None: until the datastream succeeds again.

        ``workspace`` is a number.
        """
        is_fixed = wish.until_fixed and wish.datastream is not None
        until = None if is_fixed else self._clock() + (wish.length or SNOOZE)
        async with keeping():
            count = await self._watches.snooze(
                instance=wish.instance,
                channel_id=subscriber.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                until=until,
                by=subscriber.user_id,
            )
        return count, until

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


async def is_first_delivery(slack_retries: SlackRetries, key: str) -> bool:
    """Whether this key of Slack's is new, in every process that shares the database. Raises CannotKeep."""
    async with keeping():
        return await slack_retries.is_first(obeyed(key))


@asynccontextmanager
async def keeping() -> AsyncIterator[None]:
    """Around what is read or written for a person. Raises CannotKeep for StoreUnavailable."""
    try:
        yield
    except StoreUnavailable as error:
        raise CannotKeep from error
