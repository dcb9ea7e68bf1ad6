"""One poller an instance, however many jobbots run: whoever looks first does the round that is due.

A round: claim it, ask Adverity one thing through the gateway, decide what that means, and write the new state together
with every message that follows, in one transaction. A process that dies in between has written nothing, and the round
is done again by the next.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import assert_never

from jobbot.adverity.errors import AdverityError, Busy, NotFound, Unreachable
from jobbot.adverity.model import Job, JobId
from jobbot.adverity.query import JobQuery, Times
from jobbot.flows import alarms
from jobbot.flows.cards import Change, Redrawing
from jobbot.flows.endings import tell_watchers
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
        self._unseen: dict[str, str] = {}

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
            async with self._holding(round_):
                await self._do(round_, instance)
        except asyncio.CancelledError:
            # The process ends: whoever is next need not wait for the lease. Where that cannot be written, it ends too.
            with suppress(StoreUnavailable):
                await asyncio.shield(self._rounds.release(round_))
            raise
        except StoreUnavailable:
            # What was found is not written: soon again, but Adverity is not asked all the time for nothing.
            with suppress(StoreUnavailable):
                await self._rounds.release(round_, until=self._clock() + timedelta(seconds=self._tempo.close))
            raise
        return True

    @asynccontextmanager
    async def _holding(self, round_: Round) -> AsyncIterator[None]:
        """Keep the round for as long as Adverity takes to answer: nobody else shall ask it the same meanwhile."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(self._rounds.lease.total_seconds() / 3)
                with suppress(StoreUnavailable):
                    await self._rounds.keep(round_)

        renewing = asyncio.create_task(renew())
        try:
            yield
        finally:
            renewing.cancel()
            await asyncio.wait({renewing})

    def _note(self, instance: str, unseen: str) -> None:
        """Said once, and once more when it has changed."""
        if self._unseen.get(instance, "") != unseen:
            self._unseen[instance] = unseen
            log.warning("cannot see everything", instance=instance, why=unseen or "it fits again")

    async def _do(self, round_: Round, instance: Instance) -> None:
        now = self._clock()
        interest = await self._watches.interest(instance.name, now - alarms.SAME_MATTER)
        seen = resume(Seen.load(round_.state), interest, now)
        question = choose(seen, interest, self._tempo, now)
        try:
            learned = await self._ask(question, instance, seen, interest, now)
        except AdverityError as error:
            after = put_off(seen, question, now)
            if isinstance(question, GoingOn) or isinstance(error, Busy | Unreachable):
                await self._trouble(round_, instance, interest, after, error)
            else:
                # The trouble of one job, or of one range, is nobody else's.
                log.warning("no answer", instance=instance.name, question=repr(question), error=type(error).__name__)
                await self._learned(round_, instance, interest, Learned(after))
        else:
            self._note(instance.name, learned.unseen)
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
        ended = tell_watchers(interest.watches, over, instance=instance.name, seen=seen, now=now)
        still_waiting = [one for one in interest.watches if one.job not in over]
        drawing = _drawing(instance, still_waiting, now, recovered=bool(learned.seen.trouble))
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
            letters=[*ended.letters, *told.letters],
            watches=ended.watches,
            changes=[change for change in changes if change is not None],
            endings=endings,
            told=told,
        )

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


def _drawing(instance: Instance, watches: Sequence[Watch], now: datetime, *, recovered: bool = False) -> Redrawing:
    return Redrawing(instance=instance.name, base_url=instance.base_url, watches=watches, now=now, recovered=recovered)
