"""What messages offer by buttons and what became of it: once an act was done, every message that offers it is edited.

The messages are those that jobbot keeps: cards, alerts, endings of acts and of watches. Each is kept with what it
offers when it is written (``store/following/offers``); which of that was done, and what its channel may do, is asked
when it is sent, so that it is true whoever draws it.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import product
from uuid import uuid4

from jobbot.access import Need
from jobbot.adverity.model import Days
from jobbot.flows.acts.course import Aftermath, Afterwards
from jobbot.intents import subjects
from jobbot.render import offered as words
from jobbot.render.blockkit.blocks import Message, dump_message
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.following.model import Notification, workspaces_of
from jobbot.store.following.offers import OfferStore

_BEGUN = (ActState.DONE, ActState.REFUSED, ActState.ENDED_OTHERWISE, ActState.UNKNOWN)

_ABOUT_JOB = (Kind.FETCH, Kind.RETRY, Kind.ACKNOWLEDGE)
"""What is done about a job that is over, and so once, whenever that was."""

MayOffer = Callable[[str], Awaitable[frozenset[Need] | None]]
"""What a message in a channel (its id) may have buttons for, as the policy and Slack say now; None: Slack does not."""


class OfferedActs:
    """``offers`` are the messages, ``history`` what was done. ``wake_dispatcher`` is called when edits were added."""

    def __init__(
        self,
        offers: OfferStore,
        history: ActHistory,
        may_offer: MayOffer,
        wake_dispatcher: Callable[[], None] = lambda: None,
    ) -> None:
        self._offers = offers
        self._history = history
        self.may_offer = may_offer
        self._wake_dispatcher = wake_dispatcher

    async def as_now(self, written_to: str, instance: str, channel_id: str, message: Message) -> Message:
        """What a message (``Notification.written_to``) says now, which was drawn with all that it may offer.

        Raises StoreUnavailable.
        """
        if not words.has_offers(message):
            return message
        return words.as_now(message, await self._done(written_to, instance), await self.may_offer(channel_id))

    async def _done(self, written_to: str, instance: str) -> list[words.Done]:
        """What was done of all that a message offers, since it offers that; of a job, whenever that was."""
        since = await self._offers.of_message(written_to)
        jobs = {number for subject in since if (number := subjects.job_of(subject)) is not None}
        found = await self._history.done(instance, since, jobs) if since else []
        return [
            _done(record, of_job=record.job in jobs)
            for record in found
            if (record.job in jobs and record.kind in (*_ABOUT_JOB, Kind.STOP))
            or ((at := since.get(record.subject)) is not None and _counts_from(record) >= at)
        ]

    async def keep(
        self,
        message: Message,
        *,
        instance: str,
        channel_id: str,
        ts: str,
        workspaces: frozenset[int] | None,
        days: tuple[int, Days] | None = None,
        since: datetime | None = None,
    ) -> None:
        """A message that was posted without the outbox is edited from now on; ``days`` as of ``subjects_of``.

        ``workspaces`` are those of what it tells of, None where one is not known; ``since``: when what it says was
        read. Raises StoreUnavailable.
        """
        written = Notification(
            id=uuid4().hex,
            key="",
            need=Need.VIEW,
            instance=instance,
            channel_id=channel_id,
            message=dump_message(message),
            message_ts=ts,
            edits=True,
            workspaces=workspaces,
            offers=words.subjects_of(message, days),
        )
        await self._offers.keep_message(written, since)
        # Of an act that has ended since it was drawn nothing was there to edit.
        done = await self._done(written.written_to, instance) if written.offers else []
        if words.as_now(message, done, None) != message:
            await self._offers.edit(written)
            self._wake_dispatcher()

    def beside(self, aftermath: Aftermath) -> Aftermath:
        """What follows endings, and then this."""
        return {key: self._behind(aftermath.get(key)) for key in product(Kind, _BEGUN)}

    def _behind(self, first: Afterwards | None) -> Afterwards:
        async def follow(act: ActRecord, ts: str | None, message: Message) -> None:
            if first is not None:
                await first(act, ts, message)
            await self.ended(act, ts, message)

        return follow

    async def ended(self, act: ActRecord, ts: str | None, message: Message) -> None:
        """An act has ended: what offers it is edited where it was done, and what its own message offers is kept.

        Raises StoreUnavailable. Repeating it does nothing more.
        """
        # The message of a pause tells by itself that its schedule was resumed.
        is_pause = act.kind is Kind.PAUSE and act.state is ActState.DONE
        if ts is not None and act.part_of is None and not is_pause and words.has_offers(message):
            workspaces = workspaces_of([act.workspace])
            await self.keep(message, instance=act.instance, channel_id=act.channel_id, ts=ts, workspaces=workspaces)
        if act.state is not ActState.DONE or act.kind is Kind.STOP_SEVERAL:
            return
        about = [act.subject] if act.job is None else [act.subject, subjects.of_job(act.job)]
        if await self._offers.draw_again(act.id, act.instance, about):
            self._wake_dispatcher()


def _counts_from(record: ActRecord) -> datetime:
    """A schedule is as the act that ended last has left it; days are fetched again by what is asked for afterwards."""
    is_schedule = record.kind in (Kind.PAUSE, Kind.RESUME)
    return (record.closed_at if is_schedule else None) or record.requested_at


def _done(record: ActRecord, *, of_job: bool) -> words.Done:
    return words.Done(
        kind=record.kind.value,
        user_id=record.user_id if record.planned_for is None else "",
        at=record.closed_at or record.requested_at,
        job=record.job if of_job else None,
        datastream=record.datastream,
        jobs=tuple(int(job) for job in record.started.split(",") if job),
    )
