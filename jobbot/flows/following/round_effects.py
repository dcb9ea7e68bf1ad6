"""Works out what follows from the answer of a round beside the poller's state (``effects``)."""

from collections.abc import Mapping
from datetime import datetime

from jobbot.adverity.around import NOTHING, Around
from jobbot.adverity.model import Job
from jobbot.flows.following.alerts.context import AlertContext, AlertsTold
from jobbot.flows.following.alerts.hits import Watchers
from jobbot.flows.following.alerts.messages import AlertMessages, recovered_reply
from jobbot.flows.following.alerts.round import jobs_told_later, tell_alerts
from jobbot.flows.following.card_facts import is_incomplete, look_again, to_read_again
from jobbot.flows.following.effects import Effects
from jobbot.flows.following.live_cards import CardUpdates, Change
from jobbot.flows.following.poll_state import PollState, learn_no_trouble
from jobbot.flows.following.reconcile import Learned
from jobbot.flows.following.seen_events import of_watches
from jobbot.flows.following.sights import Sight, Sights, sight_of
from jobbot.flows.following.usergroups import UserGroups
from jobbot.flows.following.watch_endings import end_watches, watchers_of, watches_seen
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.render.frozen import Frozen
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import Interest, Notification
from jobbot.store.following.poll_rounds import PollRounds


class RoundEffects:
    """Works them out. ``stops`` and ``freezes`` tell cards of earlier stops and of freezes, where they are given."""

    def __init__(
        self,
        *,
        rounds: PollRounds,
        alert_messages: AlertMessageStore,
        sights: Sights,
        usergroups: UserGroups,
        stops: EarlierStops | None,
        freezes: FreezesThere | None,
    ) -> None:
        self._rounds = rounds
        self._alert_messages = alert_messages
        self._sights = sights
        self._usergroups = usergroups
        self._stops = stops
        self._freezes = freezes

    async def of_answer(
        self, instance: Instance, interest: Interest, learned: Learned, now: datetime, *, is_list: bool
    ) -> tuple[PollState, Effects]:
        """What follows from what was learned, and the next state. Raises StoreUnavailable.

        ``is_list``: it was learned from a whole list of the jobs that are going on.
        """
        state = learn_no_trouble(learned.state, now)
        over: dict[int, Job | None] = {int(job.id): job for job in learned.over}
        over |= dict.fromkeys(learned.gone)
        later = jobs_told_later(learned, now) if interest.alerts else []
        sight = await sight_of(self._sights, instance, interest, learned.going, [*learned.over, *later])
        around = await look_at_ended(instance, [job for job in learned.over if job.id in interest.jobs], now)
        told = await self._tell_alerts(
            instance, interest, learned, state=state, now=now, sight=sight, watchers=watchers_of(interest.watches, over)
        )
        replies = await self._replies(told.messages, interest)
        ended = end_watches(
            interest.watches,
            over,
            instance=instance.name,
            state=state,
            now=now,
            around=around,
            sight=sight,
            mentioning=told.messages.mentioning,
        )
        changes, awaited = await self._changes(
            instance, interest, learned, now=now, over=over, around=around, sight=sight, is_list=is_list
        )
        events = of_watches(interest.watches, over, ended.watches, state=state, now=now, sight=sight)
        heard = [*watches_seen(interest.watches, over, sight), *told.messages.jobs]
        ends = {job: None if one is None else state.ours(one.end) for job, one in over.items()}
        return to_read_again(told.state, awaited, now), Effects(
            # A watch's own message stands behind the alert that makes it needless.
            notifications=[*told.messages.notifications, *replies, *ended.notifications],
            watches=ended.watches,
            changes=changes,
            endings=told.endings,
            succeeded=told.succeeded,
            woken=told.woken,
            groups=told.messages.groups,
            alert_messages=told.messages.kept,
            alerts=[one.id for one in interest.alerts] if over else None,
            events=[*told.messages.events, *events],
            late=[(channel, job, ends[job]) for channel, job in heard if job in ends],
        )

    async def _tell_alerts(
        self,
        instance: Instance,
        interest: Interest,
        learned: Learned,
        *,
        state: PollState,
        now: datetime,
        sight: Sight,
        watchers: Watchers,
    ) -> AlertsTold:
        """What the alerts make of it."""
        return await tell_alerts(
            AlertContext(
                rounds=self._rounds,
                usergroups=self._usergroups,
                instance=instance,
                interest=interest,
                learned=learned,
                state=state,
                now=now,
                sight=sight,
                watchers=watchers,
            )
        )

    async def of_trouble(self, instance: Instance, interest: Interest, after: PollState, now: datetime) -> Effects:
        """The edit of each card that says that Adverity cannot be asked."""
        drawing = CardUpdates(
            instance=instance.name,
            base_url=instance.base_url,
            watches=interest.watches,
            now=now,
            frozen=await self._frozen(instance, interest),
        )
        since = after.trouble_since or now
        changes = [drawing.trouble(card, after.trouble, since) for card in interest.cards]
        return Effects(changes=[change for change in changes if change is not None])

    async def _changes(
        self,
        instance: Instance,
        interest: Interest,
        learned: Learned,
        *,
        now: datetime,
        over: Mapping[int, Job | None],
        around: Mapping[int, Around],
        sight: Sight,
        is_list: bool,
    ) -> tuple[list[Change], set[int]]:
        """The edits of the instance's cards, and the ended jobs that are to be read once more for them."""
        drawing = CardUpdates(
            instance=instance.name,
            base_url=instance.base_url,
            watches=[one for one in interest.watches if one.job not in over],
            now=now,
            recovered=bool(learned.state.trouble),
            sight=sight,
            stops=await self._stops.told(instance, interest.cards, self._freezes) if self._stops else {},
            frozen=await self._frozen(instance, interest),
        )
        going, changes = {int(job.id): job for job in learned.going}, []
        if is_list:
            drawing.learn_waiting(learned.going)
            drawing.learn_facts(await look_again(instance, interest.cards, going, now))
        for card in interest.cards:
            if card.job in over:
                job, known = over[card.job], around.get(card.job, NOTHING)
                changes.append(drawing.over(card, job, known, incomplete=is_incomplete(job, known)))
            elif card.job in going:
                changes.append(drawing.going_on(card, going[card.job]))
            elif learned.state.trouble:
                changes.append(drawing.as_last_seen(card))
        return [change for change in changes if change is not None], drawing.awaited

    async def _frozen(self, instance: Instance, interest: Interest) -> Mapping[str, Frozen]:
        """What cards say of a freeze, by channel."""
        channels = {card.channel_id for card in interest.cards}
        if not self._freezes or not channels:
            return {}
        return await self._freezes.by_channel(instance.name, channels)

    async def _replies(self, told: AlertMessages, interest: Interest) -> list[Notification]:
        """A reply for each message whose matters ended well, where somebody has pressed "I'm on it".

        The edit of the message notifies nobody. Who watches the job that succeeded is told by that watch; who is on it
        is told by this reply alone.
        """
        if not told.fixed:
            return []
        people = await self._alert_messages.who_is_on_it(told.fixed.keys())
        groups = {one.id: one for one in (*interest.groups, *told.groups)}
        return [recovered_reply(groups[id_], told.fixed[id_], users) for id_, users in people.items()]
