"""Names that are offered while somebody types: the same as by looking at each of them, whatever is typed."""

from datetime import timedelta
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from jobbot.access.workspaces import Bound, Reach
from jobbot.adverity.gateway import Gateway
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownNames
from jobbot.flows.jobs.suggested_names import SuggestedNames
from jobbot.store.datastreams import BELIEVED, KnownDatastream
from tests.unit.store.world import START, Clock

ACME = Instance("acme", "https://acme.test", cast("Gateway", None))


class Known:
    """In the place of Catalogue; ``reads`` counts."""

    def __init__(self, *names: KnownDatastream) -> None:
        self.names = names
        self.reads = 0

    async def datastreams(self, instance: Instance) -> KnownNames:
        """See Catalogue."""
        self.reads += 1
        return KnownNames(self.names, whole=True)

    async def reach(self, bound: Bound, instance: Instance) -> Reach | None:
        """See Catalogue: a number stands for itself."""
        return Reach(frozenset(int(entry) for entry in bound), ())


def stream(number: int, name: str, workspace: int | None = None, **given: Any) -> KnownDatastream:
    at = None if workspace is None else START
    fields = {"workspace": workspace, "placed_at": at, "seen_at": START, **given}
    return KnownDatastream(id=number, name=name, **fields)


async def learned(*names: KnownDatastream, bounds: list[Bound] | None = None, clock: Clock | None = None) -> Any:
    made = SuggestedNames(cast("Catalogue", Known(*names)), clock or Clock())
    await made.learn(ACME, bounds or [()])
    return made


words = st.text(alphabet="abcAB 12ß\u0130é", max_size=6)
streams = st.lists(st.tuples(words, st.none() | st.integers(1, 3)), max_size=12)


@given(streams, words, st.sampled_from([[()], [(1,)], [(1,), (2, 3)], [(1,), ()]]))
async def test_what_is_offered_is_what_has_all_that_was_typed(
    given_: list[tuple[str, int | None]], typed: str, bounds: list[Bound]
) -> None:
    known = [stream(number, " ".join(name.split()), place) for number, (name, place) in enumerate(given_, start=10)]
    names = await learned(*known, bounds=bounds)
    places = None if () in bounds else {entry for bound in bounds for entry in bound}
    fits = [
        one.id
        for one in known
        if one.name
        and (places is None or one.workspace in places)
        and all(word in f"{one.name} {one.id}".casefold() for word in typed.casefold().split())
    ]
    found = names.find(typed, {"acme": bounds})
    assert sorted(one.id for one in found) == sorted(fits)
    whole = " ".join(typed.casefold().split())
    begins = [one.folded.startswith(whole) for one in found]
    assert begins == sorted(begins, reverse=True)
    assert len(names.find(typed, {"acme": bounds}, 3)) == min(3, len(fits))


async def test_what_was_placed_too_long_ago_is_nowhere() -> None:
    names = await learned(
        stream(42, "Old", 1, placed_at=START - BELIEVED - timedelta(seconds=1)), stream(43, "New", 1), bounds=[(1,)]
    )
    assert [one.name for one in names.find("", {"acme": [(1,)]})] == ["New"]
    assert [one.name for one in names.find("", {"acme": [()]})] == ["New", "Old"]


async def test_of_an_instance_that_nobody_learned_of_nothing_is_known() -> None:
    names = await learned(stream(42, "Facebook"))
    assert names.find("", {"staging": [()], "acme": []}) == []


async def test_for_a_minute_nothing_is_read_again() -> None:
    clock, known = Clock(), Known(stream(42, "Facebook"))
    names = SuggestedNames(cast("Catalogue", known), clock)
    for _ in range(5):
        await names.learn(ACME, [()])
    assert known.reads == 1
    clock.pass_(61)
    known.names = ()
    await names.learn(ACME, [()])
    assert known.reads == 2
    assert [one.name for one in names.find("", {"acme": [()]})] == ["Facebook"], "nothing known is no news"
