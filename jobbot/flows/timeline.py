"""Reads what happened in a time: acts and events, by matter, with links to the messages that told them.

A channel sees what it sees of jobs: its instances, its workspaces; within them also what was done and told elsewhere,
as in the history of acts.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from jobbot.flows.acts.history import CannotRead
from jobbot.flows.frozen import AudienceOf
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.list_plan import times_of
from jobbot.flows.jobs.scope import Scope
from jobbot.flows.timeline_record import TimelineRecord
from jobbot.intents.model import Last, Timeline, number_of
from jobbot.render.blockkit.paging import within
from jobbot.render.timeline.message import SHOWN
from jobbot.render.timeline.model import TimelineMatter, TimelinePage, grouped, once
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.record_query import RecordQuery

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


class TimelineFlow:
    """The use case. ``links``, ``names`` and ``audience`` ask Slack; ``clock`` gives the time, aware."""

    def __init__(
        self,
        record: TimelineRecord,
        links: Links,
        names: Names,
        clock: Callable[[], datetime],
        *,
        audience: AudienceOf,
    ) -> None:
        self._audience = audience
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
        query = RecordQuery(
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
        if (await self._audience(channel_id)).is_shared:
            # What our people typed where no other organisation reads it.
            found = [replace(one, said="") if one.is_deed and one.channel_id != channel_id else one for one in found]
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
