"""Reads the history of acts, page by page."""

from collections.abc import Callable
from datetime import datetime

from jobbot.flows.instances import Instance
from jobbot.flows.jobs.listing import times_of
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import History, number_of
from jobbot.render.blockkit.paging import PAGE, within
from jobbot.render.history import HistoryPage, PastAct
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.engine import StoreUnavailable


class CannotRead(Exception):
    """The database is unavailable, so the history cannot be read."""


class HistoryFlow:
    """The use case. ``clock`` gives the time, aware."""

    def __init__(self, history: ActHistory, clock: Callable[[], datetime]) -> None:
        self._history = history
        self._clock = clock

    async def run(self, asked: History, instance: Instance, zone: str | None, scope: Scope) -> HistoryPage:
        """One page of the acts in ``scope``; a page after the last becomes the last. Raises CannotRead."""
        now = self._clock()
        times = times_of(asked.range, now) if asked.range is not None else None
        query = ActQuery(
            instance=instance.name,
            start=times.start if times is not None else None,
            end=times.end if times is not None else None,
            user_id=asked.by,
            job=asked.job,
            datastream=number_of(asked.datastream),
            workspaces=scope.ids,
            wholes=False,
            plans=False,
        )
        try:
            total = await self._history.count(query)
            page = within(asked.page, total)
            found = await self._history.newest(query, skip=(page - 1) * PAGE, most=PAGE)
        except StoreUnavailable as error:
            raise CannotRead from error
        return HistoryPage(
            asked=asked,
            instance=instance.name,
            acts=tuple(past_act(record) for record in found),
            page=page,
            total=total,
            as_of=now,
            start=query.start,
            end=query.end,
            zone=zone,
            stream=scope.stream,
            workspaces=scope.names,
            among=scope.among,
            whole=scope.reach is None or scope.reach.whole,
        )


def past_act(record: ActRecord) -> PastAct:
    """A row in the words' terms."""
    return PastAct(
        kind=record.kind.value,
        job=record.job,
        datastream=record.datastream,
        name=record.name,
        user_id=record.user_id,
        channel_id=record.channel_id,
        reason=record.reason,
        state=record.state.value,
        outcome=record.outcome,
        asked_at=record.requested_at,
        closed_at=record.closed_at,
    )
