"""What is known of an instance's datastreams and workspaces beside its jobs: names, and what lies in which workspace.

Learned from every list and card that somebody asks for, and from Adverity's own list of datastreams, which is read when
a name or a place is wanted that is not known, at most once an hour over all jobbots, behind the answer. It stands in
the database, so that a restart and another process know it. Nothing here raises: what is not known is said to be so.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from jobbot.access.workspaces import Bound, Reach, reach_of
from jobbot.adverity.errors import AdverityError, NotReadable
from jobbot.adverity.model import Datastream, DatastreamId, DatastreamRef, Job, Workspace, WorkspaceId
from jobbot.flows.instances import Instance, read_each
from jobbot.logs import get_logger
from jobbot.store.database.best_effort import LIMIT_SECONDS, BestEffort
from jobbot.store.database.engine import ANSWER_SECONDS, StoreUnavailable
from jobbot.store.datastreams import BELIEVED, Datastreams, KnownDatastream

log = get_logger(__name__)

_LEARNED_MOST = 10_000

_REST = timedelta(seconds=5)
"""Until a list that failed is asked for again, by the next question that needs it."""


@dataclass(frozen=True, slots=True)
class KnownNames:
    """The datastreams that are known; ``whole`` is False where there may be others.

    ``trouble``: why Adverity's list could not be read when this process asked for it last.
    """

    all: tuple[KnownDatastream, ...]
    whole: bool
    trouble: AdverityError | None = None


@dataclass(frozen=True, slots=True)
class KnownWorkspaces:
    """The workspaces that are known; ``whole`` is False where Adverity did not tell which there are.

    ``passing``: it may tell when it is asked again.
    """

    all: tuple[Workspace, ...]
    whole: bool
    passing: bool = False


class Catalogue:
    """``clock`` gives the time, aware; ``extra`` bounds a read of the database that an answer can do without.

    What an answer rests on is read within its budget for that, some of which is kept for the database.
    """

    def __init__(self, table: Datastreams, clock: Callable[[], datetime], *, extra: float = LIMIT_SECONDS) -> None:
        self._table = table
        self._clock = clock
        self._decorating = BestEffort(extra)
        self._best_effort = BestEffort(ANSWER_SECONDS)
        self._learned: dict[tuple[str, int], KnownDatastream] = {}
        self._told: dict[str, KnownWorkspaces] = {}
        self._trouble: dict[str, AdverityError] = {}
        self._background: set[asyncio.Task[None]] = set()

    async def aclose(self) -> None:
        """End what goes on behind the answers."""
        for task in tuple(self._background):
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)

    async def datastreams(self, instance: Instance) -> KnownNames:
        """Every datastream that is known; Adverity's list is read before, where it may be and comes in time."""
        await self._list(instance)
        if self._background:  # what was learned just now is not in the database yet
            with suppress(TimeoutError):
                async with instance.essentials.asking():
                    await asyncio.wait(set(self._background))
        known = await self._kept(instance)
        with suppress(TimeoutError):
            async with instance.essentials.reading():
                whole = await self._best_effort.ask(self._table.is_whole(instance.name), default=False)
                whole = whole and bool(known)
                return KnownNames(known, whole, None if whole else self._trouble.get(instance.name))
        return KnownNames(known, whole=False, trouble=self._trouble.get(instance.name))

    async def known(self, instance: Instance, ids: Sequence[int]) -> list[KnownDatastream]:
        """Those of these datastreams that are in the database, without asking Adverity: to name them, for a moment."""
        nothing: list[KnownDatastream] = []
        with suppress(TimeoutError):
            async with instance.extras.reading():
                return await self._decorating.ask(self._table.of(instance.name, ids), default=nothing)
        return nothing

    async def workspaces(self, instance: Instance) -> KnownWorkspaces:
        """Every workspace; where Adverity does not tell, what it told last, else those of which datastreams were seen.

        A moment in which it does not answer changes no channel's view: workspaces are hardly ever moved.
        """
        passing = True
        try:
            async with instance.essentials.asking():
                entries = (await instance.gateway.workspaces()).value
            self._told[instance.name] = KnownWorkspaces(entries.items, entries.complete)
            return self._told[instance.name]
        except NotReadable as error:
            passing = False
            self._told.pop(instance.name, None)
            log.info("workspaces not known", instance=instance.name, error=type(error).__name__)
        except (AdverityError, TimeoutError) as error:
            log.info("workspaces not known", instance=instance.name, error=type(error).__name__)
            if (told := self._told.get(instance.name)) is not None:
                return told
        seen = await self._kept(instance)
        found = {
            one.workspace: Workspace(
                id=WorkspaceId(one.workspace), name=one.workspace_name, slug=one.workspace_slug or None
            )
            for one in seen
            if one.workspace is not None
        }
        return KnownWorkspaces(tuple(found.values()), whole=False, passing=passing)

    async def reach(self, bound: Bound, instance: Instance) -> Reach | None:
        """What a channel sees that is bound to these workspaces; None where it is bound to none, and sees all."""
        if not bound:
            return None
        known = await self.workspaces(instance)
        return replace(reach_of(bound, known.all, whole=known.whole), passing=known.passing)

    async def workspace_of(self, instance: Instance, datastream: DatastreamId | None) -> int | None:
        """In which workspace a datastream is; None where that is not known, which a bound channel must not see."""
        if datastream is None:
            return None
        return (await self.places(instance, [DatastreamRef(id=datastream)])).get(datastream)

    async def places(self, instance: Instance, refs: Iterable[DatastreamRef | None]) -> Mapping[DatastreamId, int]:
        """By datastream the number of its workspace, as far as it is known or becomes known in time.

        What the jobs themselves say counts first, then what was seen lately, then what Adverity says when it is asked.
        """
        given = {ref.id: ref for ref in refs if ref is not None}
        found = {id_: int(ref.workspace.id) for id_, ref in given.items() if ref.workspace is not None}
        for look in (self._remembered, self._asked_in_a_list, self._asked_one_by_one):
            missing = [id_ for id_ in given if id_ not in found]
            if not missing:
                break
            found |= await look(instance, missing)
        return found

    def learn(self, instance: Instance, jobs: Iterable[Job]) -> None:
        """Keep what jobs say of their datastreams, behind the answer."""
        now = self._clock()
        new = []
        for ref in {job.datastream.id: job.datastream for job in jobs if job.datastream is not None}.values():
            read = instance.gateway.known_datastream(ref.id)
            one = _known(read if read is not None and read.name else ref, now)
            if ref.workspace is not None:  # the job says it now, the read may be an hour old
                one = replace(_known(ref, now), name=one.name)
            before = self._learned.get((instance.name, one.id))
            if (one.name or one.workspace is not None) and _is_news(one, before, now):
                new.append(one)
        if len(self._learned) > _LEARNED_MOST:
            self._learned.clear()
        self._learned |= {(instance.name, one.id): one for one in new}
        if new:
            self._behind(partial(self._table.learn, instance.name, new))

    async def forget_old(self) -> None:
        """Delete what nobody has seen for long. Raises StoreUnavailable."""
        await self._table.forget_old()

    async def _remembered(self, instance: Instance, ids: Sequence[DatastreamId]) -> dict[DatastreamId, int]:
        found = _places_read(instance, ids)
        left = [int(id_) for id_ in ids if id_ not in found]
        if not left:
            return found
        now = self._clock()
        for one in await self._kept(instance, left):
            if one.workspace is not None and one.placed_at is not None and now - one.placed_at <= BELIEVED:
                found[DatastreamId(one.id)] = one.workspace
        return found

    async def _asked_in_a_list(self, instance: Instance, ids: Sequence[DatastreamId]) -> dict[DatastreamId, int]:
        if len(ids) < 2:  # one is asked for by itself
            return {}
        return await self._remembered(instance, ids) if await self._list(instance) else {}

    async def _asked_one_by_one(self, instance: Instance, ids: Sequence[DatastreamId]) -> dict[DatastreamId, int]:
        await read_each(ids, instance.gateway.datastream, instance.essentials)
        return _places_read(instance, ids)

    async def _list(self, instance: Instance) -> bool:
        """Read Adverity's list where nobody has within the hour; whether it has come in time."""
        reading = self._behind(partial(self._read_list, instance))
        with suppress(TimeoutError):
            async with instance.essentials.asking():
                await asyncio.wait({reading})
        return reading.done()

    async def _kept(self, instance: Instance, ids: Sequence[int] | None = None) -> tuple[KnownDatastream, ...]:
        """What is in the database, of all datastreams or of these."""
        nothing: list[KnownDatastream] = []
        with suppress(TimeoutError):
            async with instance.essentials.reading():
                return tuple(await self._best_effort.ask(self._table.of(instance.name, ids), default=nothing))
        return ()

    async def _read_list(self, instance: Instance) -> None:
        if not await self._table.may_list(instance.name):
            return
        try:
            entries = (await instance.gateway.datastreams()).value
            self._trouble.pop(instance.name, None)
        except NotReadable:
            self._trouble.pop(instance.name, None)
            await self._table.listed(instance.name, None)
            return
        except AdverityError as error:
            log.info("datastreams not listed", instance=instance.name, error=type(error).__name__)
            if error.not_before is None or instance.name not in self._trouble:  # what says why, not that it is spared
                self._trouble[instance.name] = error
            await self._table.listed(instance.name, None, again=_REST)
            return
        now = self._clock()
        seen = [_known(one, now) for one in entries.items]
        await self._table.listed(instance.name, seen, complete=entries.complete and not entries.unreadable)

    def _behind(self, work: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        async def quietly() -> None:
            try:
                await work()
            except StoreUnavailable as error:
                log.info("datastreams not kept, database cannot be used", error=str(error))

        task = asyncio.create_task(quietly())
        self._background.add(task)
        task.add_done_callback(self._background.discard)
        return task


def _places_read(instance: Instance, ids: Iterable[DatastreamId]) -> dict[DatastreamId, int]:
    """The workspaces of those that were read one by one within the hour."""
    known = {id_: instance.gateway.known_datastream(id_) for id_ in ids}
    return {id_: int(one.workspace.id) for id_, one in known.items() if one is not None and one.workspace is not None}


def _known(one: Datastream | DatastreamRef, now: datetime) -> KnownDatastream:
    place = one.workspace
    known = KnownDatastream(id=int(one.id), name=" ".join((one.name or "").split()), seen_at=now)
    if place is None:
        return known
    return replace(
        known, workspace=int(place.id), workspace_name=place.name, workspace_slug=place.slug or "", placed_at=now
    )


def _is_news(one: KnownDatastream, before: KnownDatastream | None, now: datetime) -> bool:
    """Whether it says anything that was not kept by this process lately."""
    if before is None or now - before.seen_at > BELIEVED / 2:
        return True
    same = replace(before, seen_at=one.seen_at, placed_at=one.placed_at)
    return same != one
