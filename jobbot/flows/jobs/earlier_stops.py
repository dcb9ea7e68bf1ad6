"""Reads from the record who stopped a job, or asked for it: what its card and its row say of that."""

from collections.abc import Iterable, Mapping
from contextlib import suppress

from jobbot.flows.instances import Instance
from jobbot.render.earlier_stops import EarlierStop, StopResult
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.model import ActRecord, ActState, Kind
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort

_RESULTS = {
    ActState.REQUESTED: StopResult.UNDER_WAY,
    ActState.SENT: StopResult.UNDER_WAY,
    ActState.DONE: StopResult.WORKED,
    ActState.REFUSED: StopResult.REFUSED,
    ActState.UNKNOWN: StopResult.UNKNOWN,
}


def earlier_stop(record: ActRecord) -> EarlierStop:
    """From a row of the ledger that was begun and did not come too late."""
    return EarlierStop(record.user_id, record.requested_at, record.reason, _RESULTS[record.state])


class EarlierStops:
    """One read an answer, for ``extra`` seconds at most: without the database, an answer does without it."""

    def __init__(self, history: ActHistory, *, extra: float = LIMIT_SECONDS) -> None:
        self._history = history
        self._best_effort = BestEffort(extra)

    async def of(self, instance: Instance, jobs: Iterable[int]) -> Mapping[int, EarlierStop]:
        """By job its newest stop that was begun, as far as there is one and the database tells it in time."""
        wanted, nothing = set(jobs), dict[int, ActRecord]()
        if not wanted:
            return {}
        with suppress(TimeoutError):
            async with instance.extras.reading():
                asked = self._history.newest_begun(Kind.STOP, instance.name, wanted, frozenset(_RESULTS))
                found = await self._best_effort.ask(asked, default=nothing)
                return {job: earlier_stop(record) for job, record in found.items()}
        return {}
