"""Begins to follow messages that are edited as a job goes on: a card, the message of an act. The poller edits."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from jobbot.access.policy import Need
from jobbot.flows.following.card_row import Drawn, StartedMessage, StopMessage, new_card
from jobbot.flows.following.keeping import Subscriber
from jobbot.render.acts.stop import called
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.render.card import Card
from jobbot.render.jobs import titled
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.following.watches import WatchStore

Wait = Callable[[int, str, str, Subscriber, int | None], Awaitable[object]]
"""Begins a watch of a job: its number, its title, the instance, who is told where, the number of its workspace."""


class LiveMessages:
    """The use cases. ``clock``: aware time; ``hasten`` moves the next round of an instance forward."""

    def __init__(
        self,
        watches: WatchStore,
        clock: Callable[[], datetime],
        hasten: Callable[[str], Awaitable[None]],
        wait_for: Wait,
    ) -> None:
        self._watches = watches
        self._clock = clock
        self._hasten = hasten
        self._wait_for = wait_for

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
            await self._hasten(act.instance)
            return
        subscriber = Subscriber(act.channel_id, act.thread_ts or ts, act.user_id)
        for job in jobs:
            await self._wait_for(job, titled(job, act.name, act.datastream), act.instance, subscriber, act.workspace)

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
            await self._hasten(card.instance)
        except StoreUnavailable:
            return
