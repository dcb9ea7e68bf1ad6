"""One poller an instance, however many jobbots run: whoever looks first does the round that is due.

A round: claim it, ask Adverity one thing through the gateway, decide what that means, and write the new state together
with every message that follows, in one transaction. A process that dies in between has written nothing, and the round
is done again by the next.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import assert_never
from uuid import uuid4

from jobbot.access.policy import Need
from jobbot.adverity.errors import AdverityError, NotFound
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows import alarms
from jobbot.flows.cards import Change, Redrawing
from jobbot.flows.instances import Instance, Instances
from jobbot.flows.naming import name_datastreams
from jobbot.flows.rounds import (
    GoingOn,
    Learned,
    One,
    Past,
    Question,
    choose,
    learn_going_on,
    learn_one,
    learn_past,
    put_off,
)
from jobbot.flows.seen import Seen, learn_no_trouble, learn_trouble, resume
from jobbot.flows.tempo import Tempo, pause
from jobbot.logs import get_logger
from jobbot.render import watching as words
from jobbot.render.blocks import dump_message
from jobbot.store.engine import StoreUnavailable
from jobbot.store.following import Found, Interest, Letter, LostRound, Round, Watch
from jobbot.store.rounds import Rounds
from jobbot.store.watches import Watches

log = get_logger(__name__)


class Poller:
    """Runs for the life of the process. ``told`` is called when a round has left something to deliver."""

    def __init__(
        self,
        *,
        rounds: Rounds,
        watches: Watches,
        instances: Instances,
        clock: Callable[[], datetime],
        tempo: Tempo,
        told: Callable[[], None],
    ) -> None:
        self._rounds = rounds
        self._watches = watches
        self._instances = instances
        self._clock = clock
        self._tempo = tempo
        self._told = told

    async def run(self) -> None:
        """Until cancelled. Nothing that goes wrong in a round ends it."""
        await asyncio.gather(*(self._follow(name) for name in self._instances.names))

    async def _follow(self, name: str) -> None:
        instance = self._instances.get(name)
        troubled = False
        while instance is not None:
            try:
                await self.look(instance)
                troubled = False
            except StoreUnavailable as error:
                if not troubled:
                    log.error("cannot follow, database cannot be used", instance=name, error=str(error))
                troubled = True
            except LostRound:
                log.warning("round took too long, done by another process", instance=name)
            except Exception:
                log.exception("round failed", instance=name)
            await asyncio.sleep(self._tempo.look)

    async def look(self, instance: Instance) -> bool:
        """Do the round that is due, if one is and nobody does it. Raises StoreUnavailable, LostRound."""
        if not await self._rounds.is_wanted(instance.name):
            return False
        round_ = await self._rounds.begin(instance.name)
        if round_ is None:
            return False
        try:
            await self._do(round_, instance)
        except asyncio.CancelledError:
            # The process ends: whoever is next need not wait for the lease.
            await asyncio.shield(self._rounds.release(round_))
            raise
        return True

    async def _do(self, round_: Round, instance: Instance) -> None:
        now = self._clock()
        interest = await self._watches.interest(instance.name, now - alarms.SAME_MATTER)
        seen = resume(Seen.load(round_.state), interest, now)
        question = choose(seen, interest, self._tempo, now)
        try:
            learned = await self._ask(question, instance, seen, interest, now)
        except AdverityError as error:
            await self._trouble(round_, instance, interest, put_off(seen, question, now), error)
        else:
            await self._learned(round_, instance, interest, learned)

    async def _ask(
        self, question: Question, instance: Instance, seen: Seen, interest: Interest, now: datetime
    ) -> Learned:
        """The one call."""
        gateway = instance.gateway
        match question:
            case GoingOn():
                answer = (await gateway.jobs(JobQuery(), fresh=True)).value
                return learn_going_on(seen, interest, answer, now)
            case Past(start, end):
                past = JobQuery(between=Times(start.replace(microsecond=0), end.replace(microsecond=0)))
                return learn_past(seen, question, (await gateway.jobs(past, fresh=True)).value, now)
            case One(job):
                try:
                    found: Job | None = (await gateway.ended_job(JobId(job))).value
                except NotFound:
                    found = None
                return learn_one(seen, job, found, now)
            case _:
                assert_never(question)

    async def _trouble(
        self, round_: Round, instance: Instance, interest: Interest, seen: Seen, error: AdverityError
    ) -> None:
        """Said once in each card: the words stay the same for as long as the trouble lasts."""
        now = self._clock()
        after = learn_trouble(seen, error, now)
        log.info("cannot follow now", instance=instance.name, error=type(error).__name__)
        drawing = _drawing(instance, interest.watches, now)
        since = after.trouble_since or now
        changes = [drawing.trouble(card, after.trouble, since) for card in interest.cards]
        made = [change for change in changes if change is not None]
        await self._commit(round_, after, interest, error=error, changes=made)

    async def _learned(self, round_: Round, instance: Instance, interest: Interest, learned: Learned) -> None:
        now = self._clock()
        seen = learn_no_trouble(learned.seen, now)
        over: dict[int, Job | None] = {int(job.id): job for job in learned.over}
        over |= dict.fromkeys(learned.gone)
        letters, ended = self._tell_watchers(interest.watches, over, instance.name, seen, now)
        drawing = _drawing(instance, [one for one in interest.watches if one.job not in over], now)
        going = {int(job.id): job for job in learned.going}
        changes = []
        for card in interest.cards:
            if card.job in over:
                changes.append(drawing.over(card, over[card.job]))
            elif card.job in going:
                changes.append(drawing.going_on(card, going[card.job]))
        told, endings = await self._tell_alerted(instance, interest, learned, seen, now)
        await self._commit(
            round_,
            seen,
            interest,
            letters=[*letters, *told.letters],
            watches=ended,
            changes=[change for change in changes if change is not None],
            endings=endings,
            told=told,
        )

    def _tell_watchers(
        self, watches: Sequence[Watch], over: dict[int, Job | None], instance: str, seen: Seen, now: datetime
    ) -> tuple[list[Letter], dict[str, tuple[str, str | None]]]:
        """One message a job and a place, for all who wait there."""
        places: dict[tuple[int, str, str | None], list[Watch]] = {}
        for one in watches:
            if one.job in over:
                places.setdefault((one.job, one.channel_id, one.thread_ts), []).append(one)
        letters: list[Letter] = []
        ended: dict[str, tuple[str, str | None]] = {}
        for (number, channel, thread), waiting in places.items():
            job = over[number]
            first = min(waiting, key=lambda one: one.created_at)
            users = [one.user_id for one in waiting]
            if job is None:
                message = words.vanished(first.name, instance, users, now=now)
            else:
                away = seen.was_away(job.end, first.created_at)
                message = words.ended(first.name, job, instance, users, now=now, away=away)
            letter = Letter(
                id=uuid4().hex,
                key=f"watch:{first.id}",
                need=Need.WATCH,
                instance=instance,
                channel_id=channel,
                thread_ts=thread,
                message=dump_message(message),
            )
            letters.append(letter)
            reason = job.state_label if job is not None else "not found"
            ended |= {one.id: (reason or "over", letter.id) for one in waiting}
        return letters, ended

    async def _tell_alerted(
        self, instance: Instance, interest: Interest, learned: Learned, seen: Seen, now: datetime
    ) -> tuple[alarms.Told, list[int]]:
        over, witnessed = learned.over, learned.witnessed
        if not interest.alerts or not over:
            return alarms.Told((), ()), []
        unhandled = await self._rounds.unhandled(instance.name, [job.id for job in over])
        new = [job for job in over if job.id in unhandled]
        told_of = [job for job in new if any(alarms.wanted(alert, job, now, witnessed) for alert in interest.alerts)]
        # Names are asked for only where somebody will read them, and each once an hour.
        names = await name_datastreams(instance, told_of)
        told = alarms.tell(
            told_of,
            alerts=interest.alerts,
            groups=interest.groups,
            names=names,
            seen=seen,
            witnessed=witnessed,
            now=now,
        )
        return told, sorted(int(job.id) for job in new)

    async def _commit(
        self,
        round_: Round,
        seen: Seen,
        interest: Interest,
        *,
        error: AdverityError | None = None,
        letters: Sequence[Letter] = (),
        watches: dict[str, tuple[str, str | None]] | None = None,
        changes: Sequence[Change] = (),
        endings: Sequence[int] = (),
        told: alarms.Told | None = None,
    ) -> None:
        now = self._clock()
        found = Found(
            state=seen.model_dump_json(),
            next_at=now + pause(seen, interest, self._tempo, now, error),
            letters=[*letters, *(change.letter for change in changes)],
            ended_watches=watches or {},
            cards=[change.card for change in changes],
            endings=endings,
            groups=told.groups if told is not None else (),
        )
        await self._rounds.commit(round_, found)
        if found.letters:
            self._told()


def _drawing(instance: Instance, watches: Sequence[Watch], now: datetime) -> Redrawing:
    return Redrawing(instance=instance.name, base_url=instance.base_url, watches=watches, now=now)
