"""Reads from the record who stopped a job, or asked for it, or did something about one that is over: what its card and
its row say of that."""

from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress

from jobbot.flows.frozen import FreezesThere
from jobbot.flows.instances import Instance
from jobbot.render.earlier_stops import DoneAbout, EarlierStop, StopResult
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.following.model import LiveCard

_RESULTS = {
    ActState.REQUESTED: StopResult.UNDER_WAY,
    ActState.SENT: StopResult.UNDER_WAY,
    ActState.DONE: StopResult.WORKED,
    ActState.REFUSED: StopResult.REFUSED,
    ActState.UNKNOWN: StopResult.UNKNOWN,
}


_ABOUT_OVER = frozenset({Kind.FETCH, Kind.RETRY, Kind.ACKNOWLEDGE})
"""The kinds of what is done about a job that is over."""

_UNDER_WAY_OR_DONE = frozenset({ActState.REQUESTED, ActState.SENT, ActState.DONE})


def earlier_stop(record: ActRecord) -> EarlierStop:
    """From a row of the ledger that was begun and did not come too late."""
    result, there = _RESULTS[record.state], record.channel_id
    return EarlierStop(record.user_id, record.requested_at, record.reason, result, there)


class EarlierStops:
    """One read an answer, for ``extra`` seconds at most: without the database, an answer does without it."""

    def __init__(self, history: ActHistory, *, extra: float = LIMIT_SECONDS) -> None:
        self._history = history
        self._best_effort = BestEffort(extra)

    async def of(self, instance: Instance, jobs: Iterable[int]) -> Mapping[int, EarlierStop]:
        """By job its newest stop that was begun, as far as there is one and the database tells it in time."""
        found = await self._newest(instance, jobs, {Kind.STOP}, _RESULTS)
        return {job: earlier_stop(record) for job, record in found.items()}

    async def told(
        self, instance: Instance, cards: Collection[LiveCard], there: FreezesThere | None
    ) -> Mapping[tuple[int, str], EarlierStop]:
        """Of cards, by job and channel, as they may be told to those who read that channel (``there`` knows them)."""
        stops = await self.of(instance, (card.job for card in cards))
        told: dict[tuple[int, str], EarlierStop] = {}
        for card in cards:
            if (stop := stops.get(card.job)) is not None:
                as_shared = stop.told_in(card.channel_id)
                hides = stop != as_shared and there is not None and (await there.audience(card.channel_id)).is_shared
                told[card.job, card.channel_id] = as_shared if hides else stop
        return told

    async def done_about(self, instance: Instance, jobs: Iterable[int]) -> Mapping[int, DoneAbout]:
        """By job that is over what was done last about it, or is being done, as far as the database tells in time."""
        found = await self._newest(instance, jobs, _ABOUT_OVER, _UNDER_WAY_OR_DONE)
        return {job: _about(record) for job, record in found.items()}

    async def _newest(
        self, instance: Instance, jobs: Iterable[int], kinds: Collection[Kind], states: Collection[ActState]
    ) -> Mapping[int, ActRecord]:
        """See :meth:`ActHistory.newest_begun`: nothing where the database does not tell it in time."""
        wanted, nothing = set(jobs), dict[int, ActRecord]()
        if not wanted:
            return nothing
        with suppress(TimeoutError):
            async with instance.extras.reading():
                asked = self._history.newest_begun(kinds, instance.name, wanted, states)
                return await self._best_effort.ask(asked, default=nothing)
        return nothing


def _about(record: ActRecord) -> DoneAbout:
    jobs = tuple(int(job) for job in record.started.split(",") if job)
    is_done = record.state is ActState.DONE
    return DoneAbout(record.kind.value, record.user_id, record.requested_at, is_done=is_done, jobs=jobs)
