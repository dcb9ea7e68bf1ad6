"""Ends watches, cards and alerts of instances that are no longer configured, with one message a place.

No poller does rounds for such an instance, so nothing else would end them.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.flows.instances import ORPHANED_AFTER, Instances
from jobbot.logs import get_logger
from jobbot.render import watching as words
from jobbot.render.blockkit.blocks import dump_message
from jobbot.store.following.model import (
    CardChange,
    Interest,
    LostRound,
    Notification,
    Round,
    RoundResult,
    workspaces_of,
)
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore

log = get_logger(__name__)

REASON = "instance not configured"


class OrphanedInstances:
    """Looks for such instances. ``clock``: aware time; ``wake_dispatcher`` is called when messages were added."""

    def __init__(
        self,
        *,
        rounds: PollRounds,
        watches: WatchStore,
        instances: Instances,
        clock: Callable[[], datetime],
        wake_dispatcher: Callable[[], None],
    ) -> None:
        self._rounds = rounds
        self._watches = watches
        self._instances = instances
        self._clock = clock
        self._wake_dispatcher = wake_dispatcher

    async def end(self) -> None:
        """End what is followed on instances without a round for ``ORPHANED_AFTER``. Raises StoreUnavailable."""
        for instance in await self._rounds.orphaned(self._instances.names, self._clock() - ORPHANED_AFTER):
            # Claiming the round keeps two processes from posting the same twice.
            round_ = await self._rounds.begin(instance, orphaned=True)
            if round_ is None:
                continue
            now = self._clock()
            interest = await self._watches.interest(instance, now)
            try:
                await self._rounds.commit(round_, end_all(interest, round_, now))
            except LostRound:
                continue
            log.warning(
                "not followed any more, instance not configured",
                instance=instance,
                watches=len(interest.watches),
                alerts=len(interest.alerts),
                cards=len(interest.cards),
            )
            self._wake_dispatcher()


def end_all(interest: Interest, round_: Round, now: datetime) -> RoundResult:
    """The round result that ends everything: one notification a place (a channel, a card's or a watch's thread)."""
    threads = [(one.channel_id, one.thread_ts) for one in interest.watches]
    cards = [(one.channel_id, one.message_ts) for one in interest.cards]
    channels = [(one.channel_id, None) for one in interest.alerts]
    notifications: dict[tuple[str, str | None], Notification] = {}
    for place in dict.fromkeys([*threads, *cards, *channels]):
        waiting = [one for one in interest.watches if (one.channel_id, one.thread_ts) == place]
        message = words.not_set_up(
            round_.instance,
            [one.name for one in waiting],
            [one.user_id for one in waiting],
            is_card=place in cards,
            alerts=place in channels,
        )
        channel, thread = place
        notifications[place] = Notification(
            id=uuid4().hex,
            key=f"orphaned:{round_.instance}:{channel}:{thread}:{round_.number}",
            need=Need.WATCH if waiting else Need.VIEW if place in cards else Need.ALERTS,
            instance=round_.instance,
            channel_id=channel,
            thread_ts=thread,
            message=dump_message(message),
            workspaces=workspaces_of(one.workspace for one in waiting),
        )
    return RoundResult(
        state=round_.state,
        next_at=now,
        notifications=list(notifications.values()),
        ended_watches={one.id: (REASON, notifications[one.channel_id, one.thread_ts].id) for one in interest.watches},
        ended_alerts={one.id: REASON for one in interest.alerts},
        cards=[
            CardChange(id=one.id, drawn=one.drawn, shown=one.shown, next_edit_at=one.next_edit_at, end_reason=REASON)
            for one in interest.cards
        ],
    )
