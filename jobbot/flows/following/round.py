"""Runs one round of a poller: asks Adverity one thing, decides what follows, writes it in one transaction."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from jobbot.adverity.errors import AdverityError, Busy, Unreachable
from jobbot.flows.following import outages
from jobbot.flows.following.alerts.channel import THREAD_WINDOW
from jobbot.flows.following.effects import NO_EFFECTS, Effects
from jobbot.flows.following.lookup import look_up, on_time
from jobbot.flows.following.poll_state import PollState, learn_trouble, resume
from jobbot.flows.following.reconcile import GoingOn, Learned, Lookup, One, next_lookup, put_off
from jobbot.flows.following.round_effects import RoundEffects
from jobbot.flows.following.round_log import say_how_far_apart, say_turn
from jobbot.flows.following.schedule import PollSchedule, next_delay
from jobbot.flows.following.seen_events import of_absence
from jobbot.flows.following.sights import Sights, Unbound
from jobbot.flows.following.usergroups import AsTheyWere, UserGroups
from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.earlier_stops import EarlierStops
from jobbot.logs import get_logger
from jobbot.store.following.alert_messages import AlertMessageStore
from jobbot.store.following.model import Interest, NewAlerts, Round, RoundResult
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
        self._effects = RoundEffects(
            rounds=rounds,
            alert_messages=alert_messages,
            sights=sights or Unbound(),
            usergroups=usergroups or AsTheyWere(),
            stops=stops,
            freezes=freezes,
        )
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
        state = on_time(instance, state)
        question = next_lookup(state, interest, self._schedule, now)
        try:
            learned = await look_up(question, instance, state, interest, now)
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
            await self._learned(round_, instance, interest, learned, question)
            say_how_far_apart(instance.name, before, learned.state)

    async def _interest(self, instance: Instance, now: datetime) -> Interest:
        return await self._watches.interest(instance.name, now - THREAD_WINDOW)

    async def _trouble(
        self, round_: Round, instance: Instance, interest: Interest, state: PollState, error: AdverityError
    ) -> None:
        """Commit a round that got no answer, with the edit that says so in each card."""
        now = self._clock()
        after = learn_trouble(state, error, now)
        if not state.trouble:
            log.info("cannot follow now", instance=instance.name, error=_kind(error))
        effects = await self._effects.of_trouble(instance, interest, after, now)
        await self._commit(round_, instance, after, interest, effects, error=error)

    async def _learned(
        self, round_: Round, instance: Instance, interest: Interest, learned: Learned, question: Lookup
    ) -> None:
        """Commit what was learned; repeated where alerts were switched on meanwhile, so that they count too."""
        is_list = isinstance(question, GoingOn) and learned.whole
        while True:
            after = outages.lookup_answered(learned.state, question, learned, interest, self._clock())
            known = replace(learned, state=after)
            state, effects = await self._effects.of_answer(instance, interest, known, self._clock(), is_list=is_list)
            try:
                await self._commit(round_, instance, state, interest, effects)
            except NewAlerts:
                interest = await self._interest(instance, self._clock())
            else:
                return

    async def _commit(
        self,
        round_: Round,
        instance: Instance,
        state: PollState,
        interest: Interest,
        effects: Effects = NO_EFFECTS,
        *,
        error: AdverityError | None = None,
    ) -> None:
        """Write the round's result, with the messages about outages and absences. ``error``: it got no answer."""
        now, limit = self._clock(), timedelta(seconds=self._schedule.outage)
        assessed = outages.assess(state, interest, instance=instance.name, now=now, limit=limit, late=effects.late)
        away = of_absence(PollState.load(round_.state), state, interest, instance.name)
        next_at = now + next_delay(state, interest, self._schedule, now, error)
        edits = [change.notification for change in effects.changes]
        found = RoundResult(
            state=assessed.state.model_dump_json(),
            next_at=min(next_at, outages.next_change(assessed.state, limit, now) or next_at),
            notifications=[*effects.notifications, *edits, *assessed.notifications],
            ended_watches=effects.watches,
            cards=[change.card for change in effects.changes],
            endings=effects.endings,
            succeeded=effects.succeeded,
            woken=effects.woken,
            groups=effects.groups,
            alert_messages=effects.alert_messages,
            alerts=effects.alerts,
            events=[*away, *effects.events, *assessed.events],
        )
        await self._rounds.commit(round_, found)
        say_turn(instance.name, assessed, state)
        if found.notifications:
            self._wake_dispatcher()


def _kind(error: AdverityError) -> str:
    return type(error).__name__
