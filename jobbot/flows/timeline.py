"""Reads what happened in a time: acts and events, by matter, with links to the messages that told them.

A channel sees what it sees of jobs: its instances, its workspaces; within them also what was done and told elsewhere,
as in the history of acts.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from jobbot.flows.acts.history import CannotRead
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.listing import times_of
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.model import Last, Timeline, number_of
from jobbot.render.blockkit.paging import within
from jobbot.render.timeline.message import SHOWN
from jobbot.render.timeline.model import Happening, TimelineMatter, TimelinePage, grouped, once
from jobbot.store.acts.history import ActHistory, ActQuery
from jobbot.store.acts.model import ActRecord
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.events import EventHistory, EventQuery, KeptEvent

ASSUMED = timedelta(hours=4)
"""The range where none is given."""

READ_MOST = 1_000
"""So many acts, and so many events, are read: the newest."""

LINKS_MOST = 60
"""Slack is asked for so many links at once; the rest stand without."""

Links = Callable[[Collection[tuple[str, str]]], Awaitable[Mapping[tuple[str, str], str]]]
"""The links to messages, by channel and ts, as far as they are known in a moment."""


Names = Callable[[Collection[str]], Awaitable[Mapping[str, str]]]
"""What people are called, by id, as far as Slack says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineQuery:
    """What is asked of the record, with what is None left open. ``channel_id`` narrows to what was told there."""

    instance: str | None = None
    start: datetime | None = None
    end: datetime | None = None
    job: int | None = None
    datastream: int | None = None
    workspaces: frozenset[int] | None = None
    channel_id: str | None = None

    @property
    def acts(self) -> ActQuery:
        """For the ledger: of several the parts, what was planned at its hour."""
        return ActQuery(
            instance=self.instance,
            start=self.start,
            end=self.end,
            job=self.job,
            datastream=self.datastream,
            workspaces=self.workspaces,
            channel_id=self.channel_id,
            hours=True,
            wholes=False,
            plans=False,
        )

    @property
    def events(self) -> EventQuery:
        """For the events: with the outages of that time, but for the whole life of one job."""
        return EventQuery(
            instance=self.instance,
            start=self.start,
            end=self.end,
            job=self.job,
            datastream=self.datastream,
            workspaces=self.workspaces,
            channel_id=self.channel_id,
            outages=self.start is not None or self.job is None,
        )


class TimelineRecord:
    """Reads everything that happened from where it is kept. Raises StoreUnavailable."""

    def __init__(self, history: ActHistory, events: EventHistory) -> None:
        self._history = history
        self._events = events

    async def read(self, query: TimelineQuery, *, most: int | None = None) -> tuple[list[Happening], bool]:
        """What happened, at most so many of each kind, in any order; and whether there is more, which is older."""
        bound = None if most is None else most + 1
        acts = await self._history.happened(query.acts, most=bound)
        seen = await self._events.newest(query.events, most=bound)
        wholes = await self._history.of_ids({one.part_of for one in acts if one.part_of is not None})
        told = {one.id: one.message_ts for one in wholes}
        kinds = [[_of_act(one, told) for one in acts], [_of_event(one) for one in seen]]
        full = [found[most - 1].at for found in kinds if most is not None and len(found) > most]
        # Before the time at which one kind is cut off, the others would stand alone.
        return [one for found in kinds for one in found if not full or one.at >= max(full)], bool(full)


class TimelineFlow:
    """The use case. ``links`` and ``names`` ask Slack; ``clock`` gives the time, aware."""

    def __init__(self, record: TimelineRecord, links: Links, names: Names, clock: Callable[[], datetime]) -> None:
        self._record = record
        self._links = links
        self._names = names
        self._clock = clock

    async def page(
        self, asked: Timeline, instance: Instance, zone: str | None, scope: Scope, channel_id: str | None
    ) -> TimelinePage:
        """One page of the matters, the oldest first; a page after the last becomes the last. Raises CannotRead."""
        whole = await self._read(asked, instance, zone, scope, channel_id)
        page = within(asked.page, whole.total, SHOWN)
        shown = whole.matters[(page - 1) * SHOWN : page * SHOWN]
        return replace(whole, matters=shown, page=page, links=await self._links_of(shown))

    async def whole(
        self, asked: Timeline, instance: Instance, zone: str | None, scope: Scope, channel_id: str | None
    ) -> TimelinePage:
        """All of it, with what people are called. Raises CannotRead."""
        whole = await self._read(asked, instance, zone, scope, channel_id)
        users = [one.user_id for matter in whole.matters for one in matter.happenings if one.user_id]
        return replace(whole, links=await self._links_of(whole.matters), people=await self._names(users))

    async def _links_of(self, matters: Sequence[TimelineMatter]) -> Mapping[tuple[str, str], str]:
        wanted = [one.message for matter in matters for one in matter.happenings if one.message is not None]
        return await self._links(list(dict.fromkeys(wanted))[:LINKS_MOST])

    async def _read(
        self, asked: Timeline, instance: Instance, zone: str | None, scope: Scope, channel_id: str | None
    ) -> TimelinePage:
        now = self._clock()
        said = asked.range or (None if asked.job is not None else Last(ASSUMED))
        times = times_of(said, now) if said is not None else None
        query = TimelineQuery(
            instance=instance.name,
            start=times.start if times is not None else None,
            end=times.end if times is not None else None,
            job=asked.job,
            datastream=number_of(asked.datastream),
            workspaces=scope.ids,
        )
        try:
            found, is_cut = await self._record.read(query, most=READ_MOST)
        except StoreUnavailable as error:
            raise CannotRead from error
        happened = once(found, channel_id)
        matters = grouped(happened)
        return TimelinePage(
            asked=asked,
            instance=instance.name,
            matters=matters,
            page=1,
            total=len(matters),
            entries=len(happened),
            as_of=now,
            start=query.start,
            end=query.end,
            zone=zone,
            cut=is_cut,
            stream=scope.stream,
            workspaces=scope.names,
            among=scope.among,
            whole=scope.reach is None or scope.reach.whole,
        )


def _of_act(one: ActRecord, told: Mapping[str, str | None]) -> Happening:
    """``told`` is by act of several the ts of its message, which tells of its parts."""
    return Happening(
        at=one.planned_for or one.requested_at,
        what=one.kind.value,
        instance=one.instance,
        state=one.state.value,
        outcome=one.outcome,
        name=one.name,
        said=one.reason,
        job=one.job,
        datastream=one.datastream,
        user_id=one.user_id,
        channel_id=one.channel_id,
        message_ts=one.message_ts if one.part_of is None else told.get(one.part_of),
        closed_at=one.closed_at,
    )


def _of_event(one: KeptEvent) -> Happening:
    return Happening(
        at=one.at,
        what=one.what,
        instance=one.instance,
        name=one.name,
        said=one.said,
        job=one.job,
        datastream=one.datastream,
        channel_id=one.channel_id,
        message_ts=one.message_ts,
    )
