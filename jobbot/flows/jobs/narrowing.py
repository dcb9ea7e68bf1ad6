"""What a question is narrowed to: the channel's workspaces, the one that was asked for, the datastream of a name."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from jobbot.access.workspaces import Bound, Reach, name_of, named, nearly_named, reach_of, within
from jobbot.adverity.model import DatastreamId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownWorkspaces
from jobbot.flows.jobs.datastream_by_name import match
from jobbot.intents.model import Alerts, AlertsDo, Issues, Narrowed
from jobbot.render.naming import Choice, NoSuchName, NoSuchWorkspace, SeveralMeant
from jobbot.store.datastreams import BELIEVED, KnownDatastream

CHOICES_MOST = 5
_NEAREST_WORKSPACES = 5


@dataclass(frozen=True, slots=True)
class Scope:
    """Which jobs an answer may have, by the numbers of their workspaces.

    ``reach`` is what the channel sees, None for everything; ``only`` is what was asked for, with what lies in it, None
    where nothing was; ``workspace`` is that one itself, and ``called`` its name. ``stream`` is the name of the
    datastream that was meant, and ``among`` how many names were looked at, where others may be called so as well.
    """

    reach: Reach | None = None
    only: frozenset[int] | None = None
    workspace: int | None = None
    called: str = ""
    stream: str = ""
    among: int | None = None

    @property
    def ids(self) -> frozenset[int] | None:
        """The workspaces that are left; None for all of them."""
        if self.reach is None:
            return self.only
        return self.reach.ids if self.only is None else self.only & self.reach.ids

    def sees(self, workspace: int | None) -> bool:
        """Whether a job in that workspace may be in the answer; None is one that nobody knows."""
        ids = self.ids
        return ids is None or (workspace is not None and workspace in ids)

    @property
    def names(self) -> tuple[str, ...]:
        """What the answer is narrowed to, for its head."""
        if self.called:
            return (self.called,)
        return self.reach.names if self.reach is not None else ()


EVERYTHING = Scope()


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

    async def find(
        self,
        intent: Narrowed,
        instance: Instance,
        *,
        bound: Bound = (),
        aliases: Mapping[str, int] | None = None,
        beginnings: bool = True,
    ) -> Meant | SeveralMeant | NoSuchName | NoSuchWorkspace:
        """What is meant, in a channel that is bound to these workspaces. ``beginnings`` as for :func:`match`."""
        if not bound and intent.workspace is None and intent.datastream is None:
            return Meant(intent, EVERYTHING)
        known = KnownWorkspaces((), whole=True)
        if bound or intent.workspace is not None:
            known = await self._catalogue.workspaces(instance)
        reach = reach_of(bound, known.all, whole=known.whole) if bound else None
        scope = _scope(intent.workspace, reach, known)
        if isinstance(scope, NoSuchWorkspace):
            return scope
        if not isinstance(intent.datastream, str):
            return Meant(intent, replace(scope, stream=await self._name_of(intent.datastream, instance, scope)))
        return await self._by_name(intent, intent.datastream, instance, scope, aliases or {}, beginnings=beginnings)

    async def _by_name(
        self,
        intent: Narrowed,
        name: str,
        instance: Instance,
        scope: Scope,
        aliases: Mapping[str, int],
        *,
        beginnings: bool,
    ) -> Meant | SeveralMeant | NoSuchName:
        of_alias = aliases.get(name.casefold())
        if of_alias is not None and scope.ids is None:
            named = await self._catalogue.known(instance, [of_alias])
            unknown = KnownDatastream(id=of_alias, name="", seen_at=self._clock())
            return _meant(intent, next(iter(named), unknown), scope)
        # What the channel does not see is no match, nor is it suggested.
        known = await self._catalogue.datastreams(instance)
        seen = [one for one in known.all if scope.sees(self._place(one) if scope.ids is not None else None)]
        if of_alias is not None:
            found = match("", [one for one in seen if one.id == of_alias], {"": of_alias})
        else:
            found = match(name, seen, {}, beginnings=beginnings)
        among = None if known.whole or of_alias is not None else len(seen)
        # What lasts is not begun for a datastream that may be the wrong one.
        begins = isinstance(intent, Alerts) and intent.does is AlertsDo.ON
        if len(found.found) == 1 and (among is None or not begins):
            return _meant(intent, found.found[0], replace(scope, among=among))
        if found.found:
            some = found.found[:CHOICES_MOST]
            return SeveralMeant(name, _choices(intent, some, instance), len(found.found) - len(some), among)
        return NoSuchName(
            name,
            _choices(intent, found.nearest, instance),
            scope.names,
            whole=scope.reach is None or scope.reach.whole,
            any_known=bool(known.all),
            among=among,
        )

    async def _name_of(self, datastream: DatastreamId | None, instance: Instance, scope: Scope) -> str:
        """What a datastream that is seen is called, as far as that is known without asking Adverity."""
        known = [] if datastream is None else await self._catalogue.known(instance, [datastream])
        return next((one.name for one in known if scope.ids is None or scope.sees(self._place(one))), "")

    def _place(self, one: KnownDatastream) -> int | None:
        believed = one.placed_at is not None and self._clock() - one.placed_at <= BELIEVED
        return one.workspace if believed else None


def _scope(given: str | None, reach: Reach | None, known: KnownWorkspaces) -> Scope | NoSuchWorkspace:
    if given is None:
        return Scope(reach)
    seen = [one for one in known.all if reach is None or reach.sees(one.id)]
    found = named(given, seen)
    if not found and given.isdecimal() and (reach.sees(int(given)) if reach is not None else not known.whole):
        # A number that nobody lists may be one all the same.
        return Scope(reach, frozenset({int(given)}), int(given), given)
    near = [] if found else nearly_named(given, seen)
    if len(near) == 1 and known.whole:
        found = near
    if not found:
        names = tuple(sorted({one.name or one.slug or str(one.id) for one in near or seen}))[:_NEAREST_WORKSPACES]
        return NoSuchWorkspace(given, names, known.whole)
    ids: Collection[int] = {one.id for one in found}
    return Scope(reach, within(ids, known.all), int(found[0].id), name_of(int(found[0].id), known.all))


def _meant(intent: Narrowed, one: KnownDatastream, scope: Scope) -> Meant:
    return Meant(replace(intent, datastream=DatastreamId(one.id)), replace(scope, stream=one.name))


def _choices(intent: Narrowed, some: Collection[KnownDatastream], instance: Instance) -> tuple[Choice, ...]:
    """Each with the whole question, which a button carries."""
    asked = intent if isinstance(intent, Alerts | Issues) else replace(intent, page=1)
    name = intent.instance or instance.name
    return tuple(
        Choice(one.id, one.name, one.workspace_name, replace(asked, datastream=DatastreamId(one.id), instance=name))
        for one in some
    )
