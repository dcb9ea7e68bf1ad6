"""Runs one round of a poller: asks Adverity one thing, decides what follows, writes it in one transaction."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import assert_never

from jobbot.adverity.around import NOTHING, brought_by
from jobbot.adverity.errors import AdverityError, Busy, NotFound, Unreachable
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows.following import outages
from jobbot.flows.following.alert_channel import THREAD_WINDOW, AlertMessages, recovered_reply
from jobbot.flows.following.alert_round import AlertRound, jobs_told_later, say_not_weighed
from jobbot.flows.following.card_facts import is_incomplete, look_again, to_read_again
from jobbot.flows.following.live_cards import CardUpdates, Change
from jobbot.flows.following.poll_state import PollState, learn_no_trouble, learn_trouble, resume
from jobbot.flows.following.reconcile import (
    CLOCK_SKEW,
    Extracts,
    GoingOn,
    Learned,
    Lookup,
    One,
    Past,
    cannot_weigh,
    learn_extracts,
    learn_going_on,
    learn_one,
    learn_past,
    next_lookup,
    put_off,
)
from jobbot.flows.following.round_log import say_how_far_apart, say_turn
from jobbot.flows.following.schedule import PollSchedule, next_delay
from jobbot.flows.following.seen_events import of_absence, of_watches
from jobbot.flows.following.sights import UNBOUND, Sight, Sights, Unbound, sight_of
from jobbot.flows.following.usergroups import AsTheyWere, UserGroups
from jobbot.flows.following.watch_endings import end_watches, watchers_of
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.around import look_at_ended
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.logs import get_logger
from jobbot.render.earlier_stops import EarlierStop
from jobbot.render.frozen import Frozen
from jobbot.store.events import Event
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import (
    AlertGroup,
    AlertMessage,
    Interest,
    NewAlerts,
    Notification,
    Round,
    RoundResult,
    Watch,
)
from jobbot.store.following.poll_rounds import PollRounds
from jobbot.store.following.watches import WatchStore

log = get_logger(__name__)


class RoundRunner:
    """Runs claimed rounds. ``wake_dispatcher`` is called when one has added notifications.

    ``sights`` looks up what the channels see that are bound to workspaces; without it, every channel sees every job.
    ``stops`` tells the cards of stops, ``freezes`` of freezes; ``usergroups`` says which of them there are, without it
    those of the alerts.
    """

    def __init__(
        self,
        *,
        rounds: PollRounds,
        watches: WatchStore,
        alert_messages: AlertMessageStore,
        clock: Callable[[], datetime],
        schedule: PollSchedule,
        wake_dispatcher: Callable[[], None],
        sights: Sights | None = None,
        stops: EarlierStops | None = None,
        usergroups: UserGroups | None = None,
        freezes: FreezesThere | None = None,
    ) -> None:
        self._freezes = freezes
        self._alert_messages = alert_messages
        self._usergroups = usergroups or AsTheyWere()
        self._sights = sights or Unbound()
        self._stops = stops
        self._rounds = rounds
        self._watches = watches
        self._clock = clock
        self._schedule = schedule
        self._wake_dispatcher = wake_dispatcher

    async def do(self, round_: Round, instance: Instance) -> None:
        """Run a claimed round to its commit. Raises StoreUnavailable, LostRound."""
        now = self._clock()
        interest = await self._interest(instance, now)
        before = PollState.load(round_.state)
        state = resume(before, interest, now)
        if state.ask_again_at is not None and now < state.ask_again_at:
            # Adverity wants to be left alone for longer than channels may be left without a word.
            await self._commit(round_, instance, state, interest)
            return
        state = state.model_copy(update={"ahead": _ahead(instance, state)})
        question = next_lookup(state, interest, self._schedule, now)
        try:
            learned = await self._ask(question, instance, state, interest, now)
        except AdverityError as error:
            after = outages.lookup_failed(put_off(state, question, now), question, error, now)
            if isinstance(question, GoingOn) or isinstance(error, Busy | Unreachable):
                await self._trouble(round_, instance, interest, after, error)
            else:
                # An error about one job or one range does not mean that the instance cannot be asked.
                if isinstance(question, One) or "past" not in state.failing:
                    log.warning("no answer", instance=instance.name, question=repr(question), error=_kind(error))
                await self._commit(round_, instance, after.model_copy(update={"looked_at": self._clock()}), interest)
        else:
            await self._learned_by(round_, instance, interest, learned, question)
            say_how_far_apart(instance.name, before, learned.state)

    async def _interest(self, instance: Instance, now: datetime) -> Interest:
        return await self._watches.interest(instance.name, now - THREAD_WINDOW)

    async def _ask(
        self, question: Lookup, instance: Instance, state: PollState, interest: Interest, now: datetime
    ) -> Learned:
        """Make the one call to Adverity and learn from its answer. Raises AdverityError."""
        gateway = instance.gateway
        match question:
            case GoingOn():
                answer = (await gateway.jobs(JobQuery(), fresh=True)).value
                return learn_going_on(_on_time(instance, state), interest, answer, now)
            case Past(start, end):
                between = Times(*((at + state.ahead).replace(microsecond=0) for at in (start, end)))
                answer = (await gateway.jobs(JobQuery(between=between), fresh=True)).value
                known = _on_time(instance, state)
                if abs(known.ahead - state.ahead) > CLOCK_SKEW / 2:
                    return Learned(known, whole=False)  # it was the wrong range: the right one comes next
                return learn_past(known, question, answer, now)
            case One(job):
                try:
                    found: Job | None = (await gateway.ended_job(JobId(job))).value
                except NotFound:
                    found = None
                return learn_one(_on_time(instance, state), job, found, now)
            case Extracts(job):
                try:
                    brought = brought_by((await gateway.extracts(JobId(job), fresh=True)).value)
                except AdverityError as error:
                    # It says nothing of whether the instance is well: that is for what people ask.
                    found_out = cannot_weigh(state, job, error, now)
                    is_given_up = found_out.unreadable is None and job not in found_out.state.weighing
                    say_not_weighed(instance, [job] if is_given_up else [])
                    return found_out
                return learn_extracts(state, job, brought, now)
            case _:
                assert_never(question)

    async def _trouble(
        self, round_: Round, instance: Instance, interest: Interest, state: PollState, error: AdverityError
    ) -> None:
        """Commit a round that got no answer, with the edit that says so in each card."""
        now = self._clock()
        after = learn_trouble(state, error, now)
        if not state.trouble:
            log.info("cannot follow now", instance=instance.name, error=_kind(error))
        drawing = _drawing(instance, interest.watches, now, frozen=await self._frozen(instance, interest))
        since = after.trouble_since or now
        changes = [drawing.trouble(card, after.trouble, since) for card in interest.cards]
        made = [change for change in changes if change is not None]
        await self._commit(round_, instance, after, interest, error=error, changes=made)

    async def _learned_by(
        self, round_: Round, instance: Instance, interest: Interest, learned: Learned, question: Lookup
    ) -> None:
        """Commit what was learned; repeated where alerts were switched on meanwhile, so that they count too."""
        while True:
            after = outages.lookup_answered(learned.state, question, learned, interest, self._clock())
            try:
                is_list = isinstance(question, GoingOn) and learned.whole
                await self._learned(round_, instance, interest, replace(learned, state=after), is_list=is_list)
            except NewAlerts:
                interest = await self._interest(instance, self._clock())
            else:
                return

    async def _learned(
        self, round_: Round, instance: Instance, interest: Interest, learned: Learned, *, is_list: bool
    ) -> None:
        now = self._clock()
        state = learn_no_trouble(learned.state, now)
        over: dict[int, Job | None] = {int(job.id): job for job in learned.over}
        over |= dict.fromkeys(learned.gone)
        later = jobs_told_later(learned, now) if interest.alerts else []
        sight = await sight_of(self._sights, instance, interest, learned.going, [*learned.over, *later])
        followed = [job for job in learned.over if job.id in interest.jobs]
        around = await look_at_ended(instance, followed, now)
        told = await AlertRound(
            rounds=self._rounds,
            usergroups=self._usergroups,
            instance=instance,
            interest=interest,
            learned=learned,
            state=state,
            now=now,
            sight=sight,
            watchers=watchers_of(interest.watches, over),
        ).tell()
        replies = await self._tell_who_is_on_it(told.messages, interest)
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
        recovered = bool(learned.state.trouble)
        waiting = [one for one in interest.watches if one.job not in over]
        stops = await self._stops.of(instance, (card.job for card in interest.cards)) if self._stops else {}
        frozen = await self._frozen(instance, interest)
        drawing = _drawing(instance, waiting, now, recovered=recovered, sight=sight, stops=stops, frozen=frozen)
        going = {int(job.id): job for job in learned.going}
        if is_list:
            drawing.learn_waiting(learned.going)
            drawing.learn_facts(await look_again(instance, interest.cards, going, now))
        changes = []
        for card in interest.cards:
            if card.job in over:
                job, known = over[card.job], around.get(card.job, NOTHING)
                changes.append(drawing.over(card, job, known, incomplete=is_incomplete(job, known)))
            elif card.job in going:
                changes.append(drawing.going_on(card, going[card.job]))
            elif recovered:
                changes.append(drawing.as_last_seen(card))
        watched = [
            (one.channel_id, one.job)
            for one in interest.watches
            if one.job in over and sight.sees(one.channel_id, sight.place(over[one.job]) or one.workspace)
        ]
        at = {job: None if one is None else state.ours(one.end) for job, one in over.items()}
        await self._commit(
            round_,
            instance,
            to_read_again(told.state, drawing.awaited, now),
            interest,
            # A watch's own message stands behind the alert that makes it needless.
            notifications=[*told.messages.notifications, *replies, *ended.notifications],
            watches=ended.watches,
            changes=[change for change in changes if change is not None],
            endings=told.endings,
            succeeded=told.succeeded,
            woken=told.woken,
            groups=told.messages.groups,
            alert_messages=told.messages.kept,
            alerts=[one.id for one in interest.alerts] if over else None,
            events=[
                *told.messages.events,
                *of_watches(interest.watches, over, ended.watches, state=state, now=now, sight=sight),
            ],
            late=[(channel, job, at[job]) for channel, job in [*watched, *told.messages.jobs] if job in at],
        )

    async def _frozen(self, instance: Instance, interest: Interest) -> Mapping[str, Frozen]:
        """What cards say of a freeze, by channel."""
        channels = {card.channel_id for card in interest.cards}
        if not self._freezes or not channels:
            return {}
        return await self._freezes.by_channel(instance.name, channels)

    async def _tell_who_is_on_it(self, told: AlertMessages, interest: Interest) -> list[Notification]:
        """A reply for each message whose matters ended well, where somebody is on it.

        The message says it itself, but its edit reaches nobody. Who watches the job that succeeded hears of it by that
        watch; who said that they are on it has nothing else to hear it by.
        """
        if not told.fixed:
            return []
        people = await self._alert_messages.who_is_on_it(told.fixed.keys())
        groups = {one.id: one for one in (*interest.groups, *told.groups)}
        return [recovered_reply(groups[id_], told.fixed[id_], users) for id_, users in people.items()]

    async def _commit(
        self,
        round_: Round,
        instance: Instance,
        state: PollState,
        interest: Interest,
        *,
        error: AdverityError | None = None,
        notifications: Sequence[Notification] = (),
        watches: dict[str, tuple[str, str | None]] | None = None,
        changes: Sequence[Change] = (),
        endings: Sequence[int] = (),
        succeeded: Mapping[int, tuple[int, datetime]] | None = None,
        woken: Sequence[tuple[str, int, datetime]] = (),
        groups: Sequence[AlertGroup] = (),
        alert_messages: Sequence[AlertMessage] = (),
        alerts: Sequence[str] | None = None,
        late: Sequence[tuple[str, int, datetime | None]] = (),
        events: Sequence[Event] = (),
    ) -> None:
        now, limit = self._clock(), timedelta(seconds=self._schedule.outage)
        assessed = outages.assess(state, interest, instance=instance.name, now=now, limit=limit, late=late)
        away = of_absence(PollState.load(round_.state), state, interest, instance.name)
        next_at = now + next_delay(state, interest, self._schedule, now, error)
        found = RoundResult(
            state=assessed.state.model_dump_json(),
            next_at=min(next_at, outages.next_change(assessed.state, limit, now) or next_at),
            notifications=[*notifications, *(change.notification for change in changes), *assessed.notifications],
            ended_watches=watches or {},
            cards=[change.card for change in changes],
            endings=endings,
            succeeded=succeeded or {},
            woken=woken,
            groups=groups,
            alert_messages=alert_messages,
            alerts=alerts,
            events=[*away, *events, *assessed.events],
        )
        await self._rounds.commit(round_, found)
        say_turn(instance.name, assessed, state)
        if found.notifications:
            self._wake_dispatcher()


def _ahead(instance: Instance, state: PollState) -> timedelta:
    """How far Adverity's clock is ahead: as this process measured, else as the last round did."""
    heard = instance.gateway.clock_ahead
    return state.ahead if heard is None else heard


def _on_time(instance: Instance, state: PollState) -> PollState:
    """The state with the clock difference as of the answer that just came."""
    return state.model_copy(update={"ahead": _ahead(instance, state)})


def _kind(error: AdverityError) -> str:
    return type(error).__name__


def _drawing(
    instance: Instance,
    watches: Sequence[Watch],
    now: datetime,
    *,
    recovered: bool = False,
    sight: Sight = UNBOUND,
    stops: Mapping[int, EarlierStop] | None = None,
    frozen: Mapping[str, Frozen] | None = None,
) -> CardUpdates:
    return CardUpdates(
        instance=instance.name,
        base_url=instance.base_url,
        watches=watches,
        now=now,
        recovered=recovered,
        sight=sight,
        stops=stops,
        frozen=frozen,
    )
