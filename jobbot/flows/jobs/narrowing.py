"""What a question is narrowed to: the channel's workspaces, the one that was asked for, the datastream of a name."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from jobbot.access.workspaces import Bound, Reach, name_of, named, reach_of, within
from jobbot.adverity.model import DatastreamId, Workspace
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.by_name import Forms, Match, match, mentioned
from jobbot.flows.jobs.catalogue import Catalogue, KnownWorkspaces
from jobbot.flows.jobs.names_of_datastreams import is_no_datastream
from jobbot.flows.jobs.scope import EVERYTHING, Scope
from jobbot.intents.model import Alerts, AlertsDo, History, ListJobs, Narrowed, OnDatastream, Timeline
from jobbot.render.naming import Choice, NoSuchDatastream, NoSuchName, NoSuchWorkspace, SeveralMeant
from jobbot.store.datastreams import BELIEVED, KnownDatastream

CHOICES_MOST = 5
_NEAREST_WORKSPACES = 5


@dataclass(frozen=True, slots=True)
class Meant:
    """A question whose datastream is a number, and what its answer may have."""

    intent: Narrowed
    scope: Scope


class Narrowing:
    """The use case. ``clock`` gives the time, aware. Never raises: what is not known is no match."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._forms: dict[str, Forms] = {}

    async def seen(self, instance: Instance, ids: Sequence[int], reach: Reach | None) -> list[KnownDatastream]:
        """As :meth:`Catalogue.known`, of those that a channel sees (``reach``; None: all)."""
        known = await self._catalogue.known(instance, ids)
        return [one for one in known if reach is None or reach.sees(self._place(one))]

    async def named_in(
        self, text: str, instance: Instance, *, bound: Bound = (), aliases: Mapping[str, int] | None = None
    ) -> list[KnownDatastream]:
        """The datastreams whose names or aliases stand in a text, of those that a channel bound to ``bound`` sees."""
        known = (await self._catalogue.datastreams(instance)).all
        reach = await self._catalogue.reach(bound, instance)
        by_id = {one.id: one for one in known if reach is None or reach.sees(self._place(one))}
        if reach is None:
            # An alias means its datastream also where nobody knows what that is called.
            by_id = {id_: self._nameless(id_) for id_ in (aliases or {}).values()} | by_id
        names = {id_: [one.name] for id_, one in by_id.items()}
        for alias, id_ in (aliases or {}).items():
            if id_ in names:
                names[id_].append(alias)
        return [by_id[id_] for id_ in mentioned(text, names, forms=self._forms_of(instance))]

    async def find(
        self,
        intent: Narrowed,
        instance: Instance,
        *,
        bound: Bound = (),
        aliases: Mapping[str, int] | None = None,
        beginnings: bool = True,
        nearly: bool = True,
    ) -> Meant | SeveralMeant | NoSuchName | NoSuchDatastream | NoSuchWorkspace:
        """What is meant, in a channel bound to these workspaces. ``beginnings`` and ``nearly`` as for :func:`match`."""
        if not bound and intent.workspace is None and intent.datastream is None:
            return Meant(intent, EVERYTHING)
        known = KnownWorkspaces((), whole=True)
        if bound or intent.workspace is not None:
            known = await self._catalogue.workspaces(instance)
        reach = reach_of(bound, known.all, whole=known.whole) if bound else None
        scope = _scope(intent, instance, reach, known)
        if not isinstance(scope, Scope):
            return scope
        if not isinstance(intent.datastream, str):
            scope = replace(scope, stream=await self._name_of(intent.datastream, instance, scope))
            to_check = intent.datastream if _begins(intent) and not scope.stream else None
            if to_check is not None and await is_no_datastream(self._catalogue, instance, to_check):
                return NoSuchDatastream(int(to_check))
            return Meant(intent, scope)
        matching = partial(match, beginnings=beginnings, nearly=nearly, forms=self._forms_of(instance))
        return await self._by_name(intent, intent.datastream, instance, scope, aliases or {}, matching=matching)

    async def _by_name(
        self,
        intent: Narrowed,
        name: str,
        instance: Instance,
        scope: Scope,
        aliases: Mapping[str, int],
        *,
        matching: Callable[[str, Mapping[int, Sequence[str]]], Match],
    ) -> Meant | SeveralMeant | NoSuchName:
        of_alias = aliases.get(name.casefold())
        if of_alias is not None and scope.ids is None:
            named = await self._catalogue.known(instance, [of_alias])
            return _meant(intent, next(iter(named), self._nameless(of_alias)), scope)
        # What the channel does not see is no match, nor is it suggested.
        known = await self._catalogue.datastreams(instance)
        seen = [one for one in known.all if scope.sees(self._place(one) if scope.ids is not None else None)]
        by_id = {one.id: one for one in seen}
        if of_alias is not None:
            found, near = [by_id[of_alias]] if of_alias in by_id else [], tuple[int, ...]()
        else:
            called = {id_: (one.name,) for id_, one in by_id.items()}
            matched = matching(name, called)
            found, near = [by_id[id_] for id_ in matched.found], matched.nearest
        among = None if known.whole or of_alias is not None else len(seen)
        if len(found) == 1 and (among is None or not _begins(intent)):
            return _meant(intent, found[0], replace(scope, among=among))
        if found:
            some = found[:CHOICES_MOST]
            return SeveralMeant(name, _choices(intent, some, instance), len(found) - len(some), among)
        return NoSuchName(
            name,
            _choices(intent, [by_id[id_] for id_ in near], instance),
            scope.names,
            whole=scope.reach is None or scope.reach.whole,
            any_known=bool(known.all),
            among=among,
            trouble=known.trouble,
            again=replace(intent, instance=intent.instance or instance.name),
        )

    async def _name_of(self, datastream: DatastreamId | None, instance: Instance, scope: Scope) -> str:
        """What a datastream that is seen is called, as far as that is known without asking Adverity."""
        known = [] if datastream is None else await self._catalogue.known(instance, [datastream])
        return next((one.name for one in known if scope.ids is None or scope.sees(self._place(one))), "")

    def _nameless(self, datastream: int) -> KnownDatastream:
        return KnownDatastream(id=datastream, name="", seen_at=self._clock())

    def _forms_of(self, instance: Instance) -> Forms:
        """Of the names of its datastreams, which hardly ever change."""
        return self._forms.setdefault(instance.name, Forms())

    def _place(self, one: KnownDatastream) -> int | None:
        believed = one.placed_at is not None and self._clock() - one.placed_at <= BELIEVED
        return one.workspace if believed else None


def _scope(
    intent: Narrowed, instance: Instance, reach: Reach | None, known: KnownWorkspaces
) -> Scope | SeveralMeant | NoSuchWorkspace:
    """The workspace that is meant: by its number, slug or name, else by a part of one, as datastreams are."""
    given = intent.workspace
    if given is None:
        return Scope(reach)
    seen = {int(one.id): one for one in known.all if reach is None or reach.sees(one.id)}
    found = [int(one.id) for one in named(given, seen.values())]
    if not found and given.isdecimal() and (reach.sees(int(given)) if reach is not None else not known.whole):
        # A number that nobody lists may be one all the same.
        return Scope(reach, frozenset({int(given)}), int(given), given)
    if not found:
        matched = match(given, {id_: (one.name, one.slug or "") for id_, one in seen.items()})
        found = list(matched.found)
        if len(found) > 1 or (found and not known.whole):
            some = [seen[id_] for id_ in found[:CHOICES_MOST]]
            return SeveralMeant(given, _workspaces(intent, some, instance), len(found) - len(some))
        if not found:
            near = _workspaces(intent, [seen[id_] for id_ in matched.nearest], instance)
            names = tuple(sorted({one.name or one.slug or str(one.id) for one in seen.values()}))[:_NEAREST_WORKSPACES]
            return NoSuchWorkspace(given, names, known.whole, near)
    return Scope(reach, within(found, known.all), found[0], name_of(found[0], known.all))


def _begins(intent: Narrowed) -> bool:
    """Whether something is begun that lasts, or asked to be done: not for what may be the wrong one."""
    return isinstance(intent, OnDatastream) or (isinstance(intent, Alerts) and intent.does is AlertsDo.ON)


def _workspaces(intent: Narrowed, some: Iterable[Workspace], instance: Instance) -> tuple[Choice, ...]:
    asked = replace(intent, page=1) if isinstance(intent, ListJobs | History | Timeline) else intent
    name = intent.instance or instance.name
    return tuple(
        Choice(id_, one.name or one.slug or "", "", replace(asked, workspace=str(id_), instance=name), "workspace")
        for one in some
        for id_ in (int(one.id),)
    )


def _meant(intent: Narrowed, one: KnownDatastream, scope: Scope) -> Meant:
    return Meant(replace(intent, datastream=DatastreamId(one.id)), replace(scope, stream=one.name))


def _choices(intent: Narrowed, some: Collection[KnownDatastream], instance: Instance) -> tuple[Choice, ...]:
    """Each with the whole question, which a button carries."""
    asked = replace(intent, page=1) if isinstance(intent, ListJobs | History | Timeline) else intent
    name = intent.instance or instance.name
    return tuple(
        Choice(one.id, one.name, one.workspace_name, replace(asked, datastream=DatastreamId(one.id), instance=name))
        for one in some
    )
