"""Names of datastreams in memory, to be offered while somebody types: finding them reads nothing from anywhere.

They are learned behind an answer, from what is known of an instance's datastreams (``catalogue``), and forgotten after
some minutes: which of them somebody may see can change.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cachetools import TTLCache

from jobbot.access.workspaces import Bound, Reach
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue
from jobbot.store.datastreams import BELIEVED

SUGGESTED_MOST = 100
"""Options that Slack takes (https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload)."""

KEPT_SECONDS = 600.0
FRESH = timedelta(seconds=60)
"""For so long nothing is read again."""

Sight = Mapping[str, Collection[Bound]]
"""By instance the workspaces to which each of the channels is bound that show it; an empty entry: to none, so that all
is seen."""


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A datastream of an instance. ``folded`` is what is compared with what was typed."""

    instance: str
    id: int
    name: str
    workspace: int | None
    folded: str


@dataclass(frozen=True, slots=True)
class _Known:
    at: datetime
    names: tuple[SuggestedName, ...]


class SuggestedNames:
    """``clock`` gives the time, aware. Nothing here raises: what is not known is not offered."""

    def __init__(self, catalogue: Catalogue, clock: Callable[[], datetime]) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._names: TTLCache[str, _Known] = TTLCache(100, KEPT_SECONDS)
        self._reaches: TTLCache[tuple[str, Bound], Reach] = TTLCache(1_000, KEPT_SECONDS)

    async def learn(self, instance: Instance, bounds: Iterable[Bound]) -> None:
        """Read what is known of an instance's datastreams, and what channels see that are bound to workspaces."""
        now = self._clock()
        for bound in set(bounds):
            if bound and (instance.name, bound) not in self._reaches:
                reach = await self._catalogue.reach(bound, instance)
                if reach is not None:
                    self._reaches[instance.name, bound] = reach
        known = self._names.get(instance.name)
        if known is not None and now - known.at < FRESH:
            return
        found = (await self._catalogue.datastreams(instance)).all
        names = tuple(
            SuggestedName(
                instance.name,
                one.id,
                one.name,
                one.workspace if one.placed_at is not None and now - one.placed_at <= BELIEVED else None,
                f"{one.name} {one.id}".casefold(),
            )
            for one in found
            if one.name
        )
        if names or known is None:
            self._names[instance.name] = _Known(now, names)

    def find(self, typed: str, sight: Sight, most: int = SUGGESTED_MOST) -> list[SuggestedName]:
        """Those with all that was typed in their name or number, that begin so before others; at most ``most``."""
        whole = " ".join(typed.casefold().split())
        words, first, others = whole.split(), list[SuggestedName](), list[SuggestedName]()
        for instance, bounds in sight.items():
            known = self._names.get(instance)
            if known is None or not bounds:
                continue
            seen = self._seen(instance, bounds)
            for one in known.names:
                if seen is not None and one.workspace not in seen:
                    continue
                if one.folded.startswith(whole):
                    first.append(one)
                    if len(first) == most:
                        return first
                elif len(others) < most and all(word in one.folded for word in words):
                    others.append(one)
        return [*first, *others][:most]

    def _seen(self, instance: str, bounds: Collection[Bound]) -> frozenset[int] | None:
        """The numbers of the workspaces that are seen; None for all. What is not known is not seen."""
        if not all(bounds):
            return None
        reaches = (self._reaches.get((instance, bound)) for bound in bounds)
        return frozenset[int]().union(*(reach.ids for reach in reaches if reach is not None))
