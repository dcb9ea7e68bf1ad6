"""Names of datastreams in memory, to be offered while somebody types: finding them reads nothing from anywhere.

They are learned behind an answer, from what is known of an instance's datastreams (``catalogue``), and forgotten after
some minutes: which of them somebody may see can change.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate, islice, takewhile
from operator import attrgetter

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


_folded = attrgetter("folded")


@dataclass(frozen=True, slots=True)
class SuggestedName:
    """A datastream of an instance. ``folded`` is one line, which is compared with what was typed."""

    instance: str
    id: int
    name: str
    workspace: int | None
    folded: str


class _Known:
    """The names of an instance in their order, and in one text, a line a name: searching it takes a tenth of the time
    of looking at each."""

    def __init__(self, at: datetime, names: Iterable[SuggestedName]) -> None:
        self.at = at
        self.names = sorted(names, key=_folded)
        self._text = "".join(f"\n{one.folded}" for one in self.names)
        # Where each line begins, and the end.
        self._starts = [0, *accumulate(len(one.folded) + 1 for one in self.names)]

    def beginning(self, words: str) -> Iterator[SuggestedName]:
        """Those that begin with these words."""
        first = bisect_left(self.names, words, key=_folded)
        return takewhile(lambda one: one.folded.startswith(words), islice(self.names, first, None))

    def having(self, words: Sequence[str]) -> Iterator[SuggestedName]:
        """Those that have all of these words; there must be one."""
        rarest = min(words, key=self._text.count) if len(words) > 1 else words[0]
        return (one for one in self._with(rarest) if all(word in one.folded for word in words))

    def _with(self, piece: str) -> Iterator[SuggestedName]:
        at = self._text.find(piece)
        while at != -1:
            line = bisect_right(self._starts, at) - 1
            yield self.names[line]
            at = self._text.find(piece, self._starts[line + 1])


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
                " ".join(f"{one.name} {one.id}".casefold().split()),
            )
            for one in found
            if one.name
        )
        if names or known is None:
            self._names[instance.name] = _Known(now, names)

    def find(self, typed: str, sight: Sight, most: int = SUGGESTED_MOST) -> list[SuggestedName]:
        """Those with all that was typed in their name or number, that begin so before others; at most ``most``."""
        whole = " ".join(typed.casefold().split())
        known = [
            (found, self._seen(instance, bounds))
            for instance, bounds in sight.items()
            if bounds and (found := self._names.get(instance)) is not None
        ]
        beginning = (one for found, seen in known for one in _visible(found.beginning(whole), seen))
        first = list(islice(beginning, most))
        if not whole or len(first) == most:
            return first
        having = (one for found, seen in known for one in _visible(found.having(whole.split()), seen))
        return [*first, *islice((one for one in having if not one.folded.startswith(whole)), most - len(first))]

    def _seen(self, instance: str, bounds: Collection[Bound]) -> frozenset[int] | None:
        """The numbers of the workspaces that are seen; None for all. What is not known is not seen."""
        if not all(bounds):
            return None
        reaches = (self._reaches.get((instance, bound)) for bound in bounds)
        return frozenset[int]().union(*(reach.ids for reach in reaches if reach is not None))


def _visible(names: Iterable[SuggestedName], seen: frozenset[int] | None) -> Iterator[SuggestedName]:
    return (one for one in names if seen is None or one.workspace in seen)
