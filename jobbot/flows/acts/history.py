"""Reads the history of acts, page by page."""

from collections.abc import Callable, Sequence
from datetime import datetime

from jobbot.flows.acts.kinds.schedule_plan import end_of_pause
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.list_plan import times_of
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import History, number_of
from jobbot.render.blockkit.paging import PAGE, within
from jobbot.render.history import HistoryPage, PastAct
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord, Kind, UnknownAct
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
        # What is narrowed to some jobs shows those alone: of an act of several its parts.
        is_narrowed = asked.job is not None or asked.datastream is not None or scope.ids is not None
        query = ActQuery(
            instance=instance.name,
            start=times.start if times is not None else None,
            end=times.end if times is not None else None,
            user_id=asked.by,
            job=asked.job,
            datastream=number_of(asked.datastream),
            workspaces=scope.ids,
            wholes=not is_narrowed,
            parts=is_narrowed,
            plans=False,
        )
        try:
            total = await self._history.count(query)
            page = within(asked.page, total)
            found = await self._history.newest(query, skip=(page - 1) * PAGE, most=PAGE)
            parts = await self._history.parts_of([one.id for one in found if one.kind == Kind.STOP_SEVERAL])
        except StoreUnavailable as error:
            raise CannotRead from error
        return HistoryPage(
            asked=asked,
            instance=instance.name,
            acts=tuple(past_act(record, parts.get(record.id, ())) for record in found),
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


def past_act(record: ActRecord | UnknownAct, parts: Sequence[ActRecord | UnknownAct] = ()) -> PastAct:
    """A row in the words' terms; ``parts`` are those of an act of several."""
    return PastAct(
        kind=str(record.kind),
        job=record.job,
        datastream=record.datastream,
        name=record.name,
        user_id=record.user_id,
        channel_id=record.channel_id,
        reason=record.reason,
        state=str(record.state),
        outcome=record.outcome,
        asked_at=record.requested_at,
        closed_at=record.closed_at,
        asked_by=record.asked_by,
        until=end_of_pause(record),
        parts=tuple(past_act(part) for part in parts),
    )
