"""Wait for a job, keep a card true, tell a channel of what fails: what people ask for. The rounds do the rest."""

from collections.abc import AsyncIterator, Callable, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from jobbot.adverity.model import Job, JobId
from jobbot.flows.following.alerts import alert_settings
from jobbot.flows.following.live_cards import Drawn, StopMessage, new_card
from jobbot.flows.following.outages import lasting
from jobbot.flows.following.schedule import PollSchedule
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.datastream_names import name_datastreams
from jobbot.intents.model import Alerts, number_of
from jobbot.logs import get_logger
from jobbot.render.alerts import AlertSettings
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.card import Card
from jobbot.render.jobs import title
from jobbot.render.outages import Lasting
from jobbot.render.watching import Waiting
from jobbot.store.database.best_effort import BestEffort
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.model import Alert, Interest
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import Watches
from jobbot.store.slack_retries import Deliveries
from jobbot.store.stops.model import StopRecord

log = get_logger(__name__)

SNOOZE = timedelta(hours=2)
"""How long ``snooze`` lasts where it does not say."""


class CannotKeep(Exception):
    """The database cannot be used: nothing was begun, and nothing was changed."""


@dataclass(frozen=True, slots=True)
class Begun:
    """The watch of this job began; ``already``: this person had it before."""

    name: str
    already: bool = False


@dataclass(frozen=True, slots=True)
class OverAlready:
    """There is nothing to wait for: this is how it ended."""

    name: str
    job: Job


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody waits: the thread, or the channel itself."""

    channel_id: str
    thread_ts: str | None
    user_id: str


@dataclass(frozen=True, slots=True)
class Offers:
    """The buttons a card may carry where it is."""

    stop: bool
    watch: bool


class WatchingFlow:
    """The use cases. ``clock`` gives the time, aware. All methods raise CannotKeep, and what they say."""

    def __init__(
        self,
        watches: Watches,
        rounds: PollRounds,
        clock: Callable[[], datetime],
        schedule: PollSchedule,
        hastened: Callable[[], None] = lambda: None,
    ) -> None:
        self._hastened = hastened
        self._watches = watches
        self._rounds = rounds
        self._clock = clock
        self._schedule = schedule
        self._best_effort = BestEffort()

    async def watch(
        self, job: JobId, instance: Instance, spot: Spot, workspace: int | None = None
    ) -> Begun | OverAlready:
        """Wait for a job, unless it is over. Raises AdverityError where it cannot be read.

        ``workspace`` is the number of the job's, where it is known otherwise than by the job itself.
        """
        found = (await instance.gateway.job(job)).value
        names = await name_datastreams(instance, [found])
        name = title(found, names)
        if found.is_over:
            return OverAlready(name, found)
        place = workspace if workspace is not None else names.workspace_of(found)
        return await self.wait_for(job, name, instance.name, spot, place)

    async def wait_for(self, job: int, name: str, instance: str, spot: Spot, workspace: int | None = None) -> Begun:
        """Wait for a job that was just read. ``name`` is its title."""
        async with _keeping():
            return await self._wait_for(job, name, instance, spot, workspace)

    async def _wait_for(self, job: int, name: str, instance: str, spot: Spot, workspace: int | None) -> Begun:
        new = await self._watches.watch(
            instance=instance,
            job=job,
            name=name,
            channel_id=spot.channel_id,
            thread_ts=spot.thread_ts,
            user_id=spot.user_id,
            workspace=workspace,
        )
        await self._hasten(instance)
        return Begun(name, already=not new)

    async def follow_stop(self, stop: StopRecord, ts: str | None, message: Message) -> None:
        """Wait for a job whose stop was not seen to work: its message gets the end, its thread the one reply.

        Raises StoreUnavailable, alone of all here: whoever asks tries again. It may be repeated.
        """
        spot = Spot(stop.channel_id, stop.thread_ts or ts, stop.user_id)
        if ts is not None:
            row = new_card(
                StopMessage(message=dump_message(message), workspace=stop.workspace),
                job=stop.job,
                instance=stop.instance,
                base_url="",
                channel_id=stop.channel_id,
                ts=ts,
                user_id=stop.user_id,
                offer_stop=False,
                now=self._clock(),
            )
            await self._watches.keep_live(row)
        await self._wait_for(stop.job, stop.name, stop.instance, spot, stop.workspace)

    async def unwatch(self, job: JobId, instance: str, spot: Spot) -> bool:
        """Wait no longer, wherever in the channel; False where nothing was waited for."""
        async with _keeping():
            count = await self._watches.unwatch(
                instance=instance, job=job, channel_id=spot.channel_id, user_id=spot.user_id
            )
        return count > 0

    async def watchers(self, job: int, instance: str, channel_id: str) -> list[str]:
        """Who waits for a job in a channel; nobody, as far as can be said, while the database is away.

        A card must not wait for this: it is looked at for what Adverity says.
        """
        waiting = await self._best_effort.ask(self._watches.who_watches(instance, job, channel_id), instead=[])
        return [one.user_id for one in waiting]

    async def of_channel(
        self, channel_id: str, instance: str | None
    ) -> tuple[Sequence[Waiting], Sequence[AlertSettings], Sequence[Lasting]]:
        """What a channel waits for, what it is told of, and what of that cannot be followed now."""
        async with _keeping():
            found: Interest = await self._watches.of_channel(channel_id, instance)
            instances = {one.instance for one in found.watches} | {one.instance for one in found.alerts}
            outages = await lasting_of(self._rounds, instances, self._clock())
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

    async def keep_live(self, card: Card, base_url: str, *, ts: str, spot: Spot, offers: Offers) -> None:
        """Keep a card true that was just drawn. Without a database it stays as it is, with its time on it."""
        row = new_card(
            Drawn.of(card.job, card.as_of, card.names, offer_watch=offers.watch),
            job=card.job.id,
            instance=card.instance,
            base_url=base_url,
            channel_id=spot.channel_id,
            ts=ts,
            user_id=spot.user_id,
            offer_stop=offers.stop,
            now=self._clock(),
        )
        try:
            await self._watches.keep_live(row)
            await self._hasten(card.instance)
        except StoreUnavailable:
            return

    async def switch_on(self, wish: Alerts, instance: str, spot: Spot, workspace: int | None = None) -> AlertSettings:
        """Tell the channel from now on; ``workspace`` is the number of the wish's."""
        one = Alert(
            id=uuid4().hex,
            instance=instance,
            channel_id=spot.channel_id,
            datastream=number_of(wish.datastream),
            workspace=workspace,
            states=frozenset(state.value for state in wish.states),
            user_id=spot.user_id,
            since=self._clock(),
        )
        async with _keeping():
            await self._watches.switch_on(one)
            await self._hasten(instance)
        return alert_settings(one)

    async def switch_off(self, wish: Alerts, spot: Spot, workspace: int | None = None) -> int:
        """Tell it no longer: how many alerts there were. Without an instance, of all."""
        async with _keeping():
            return await self._watches.switch_off(
                instance=wish.instance,
                channel_id=spot.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                by=spot.user_id,
            )

    async def snooze(self, wish: Alerts, spot: Spot, workspace: int | None = None) -> tuple[int, datetime]:
        """Keep the alerts quiet for a while: how many there are, and until when."""
        until = self._clock() + (wish.length or SNOOZE)
        async with _keeping():
            count = await self._watches.snooze(
                instance=wish.instance,
                channel_id=spot.channel_id,
                datastream=number_of(wish.datastream),
                workspace=workspace,
                until=until,
            )
        return count, until

    async def _hasten(self, instance: str) -> None:
        """What was begun is kept by now: without this the next round comes when it would have come anyway."""
        try:
            await self._rounds.hasten(instance, self._clock() + timedelta(seconds=self._schedule.next))
            self._hastened()
        except StoreUnavailable as error:
            log.warning("next round not hastened, database cannot be used", instance=instance, error=str(error))


async def lasting_of(rounds: PollRounds, instances: Collection[str], now: datetime) -> list[Lasting]:
    """Those that cannot be followed now, for long enough that channels were told. Raises StoreUnavailable."""
    states = await rounds.states(instances) if instances else {}
    found = {name: lasting(state, now) for name, state in sorted(states.items())}
    return [Lasting(name, one.since, one.why) for name, one in found.items() if one is not None]


async def obeyed_first(deliveries: Deliveries, key: str) -> bool:
    """Whether nobody has obeyed what Slack delivered under this key. Raises CannotKeep."""
    async with _keeping():
        # Apart from what was answered: an answer is given twice rather than not at all, a change is not made twice.
        return await deliveries.is_first(f"obeyed|{key}")


@asynccontextmanager
async def _keeping() -> AsyncIterator[None]:
    try:
        yield
    except StoreUnavailable as error:
        raise CannotKeep from error
