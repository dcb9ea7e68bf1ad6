"""What a channel sees that is bound to workspaces: case by case, and what holds for every tree of them."""

from hypothesis import given
from hypothesis import strategies as st

from jobbot.access import Reach, Refused, refuse_workspace
from jobbot.access.reasons import NotThisWorkspace
from jobbot.access.workspaces import named, reach_of, within
from jobbot.adverity.model import Workspace, WorkspaceId
from tests.support.each import each
from tests.unit.access.world import INC


def workspace(id_: int, name: str, slug: str = "", parent: int | None = None) -> Workspace:
    return Workspace(
        id=WorkspaceId(id_),
        name=name,
        slug=slug or name.lower(),
        parent_id=None if parent is None else WorkspaceId(parent),
    )


ACME = workspace(4, "Acme")
EMEA = workspace(14, "EMEA", parent=4)
DACH = workspace(15, "DACH", parent=14)
APAC = workspace(16, "APAC", parent=4)
INSIGHTS = workspace(20, "Insights", "insights-prd")
TREE = [ACME, EMEA, DACH, APAC, INSIGHTS]


@each(
    ("bound", "ids", "names"),
    [
        ((14,), {14, 15}, ("EMEA",)),
        (("emea",), {14, 15}, ("EMEA",)),
        (("EMEA", "insights-prd"), {14, 15, 20}, ("EMEA", "Insights")),
        (("Insights",), {20}, ("Insights",)),
        ((4,), {4, 14, 15, 16}, ("Acme",)),
        (("mars",), set(), ("mars",)),
        ((99,), {99}, ("99",)),
        (("14",), set(), ("14",)),
    ],
)
def test_what_the_entries_come_to(bound: tuple[int | str, ...], ids: set[int], names: tuple[str, ...]) -> None:
    assert reach_of(bound, TREE, whole=True) == Reach(frozenset(ids), names)


def test_a_slug_goes_before_a_name_and_a_name_that_two_have_is_none() -> None:
    confusing = [*TREE, workspace(30, "insights-prd", "other"), workspace(31, "Twin", "a"), workspace(32, "twin", "b")]
    assert reach_of(("insights-prd",), confusing, whole=True).ids == {20}
    assert reach_of(("Twin",), confusing, whole=True).ids == frozenset()
    assert reach_of(("a",), confusing, whole=True).ids == {31}


def test_while_not_all_are_known_a_name_says_nothing_for_certain() -> None:
    assert reach_of((14, "insights-prd", "APAC"), [INSIGHTS, APAC], whole=False) == Reach(
        frozenset({14, 20, 16}), ("14", "Insights", "APAC"), whole=False
    )
    assert reach_of(("Insights",), [INSIGHTS], whole=False).ids == frozenset()


def test_circles_of_parents_are_walked_once() -> None:
    circle = [workspace(1, "a", parent=3), workspace(2, "b", parent=1), workspace(3, "c", parent=2)]
    assert within({2}, [*circle, workspace(9, "self", parent=9)]) == {1, 2, 3}


def test_the_decision_and_what_it_does_not_say() -> None:
    reach = reach_of((14,), TREE, whole=True)
    assert refuse_workspace(INC, None, None, job=987) is None
    assert refuse_workspace(INC, reach, 15, job=987) is None
    refused = Refused(NotThisWorkspace(INC, ("EMEA",), True, job=987))
    assert refuse_workspace(INC, reach, 16, job=987) == refuse_workspace(INC, reach, None, job=987) == refused


def test_a_word_by_number_by_slug_by_name() -> None:
    assert named("14", TREE) == named("emea", TREE) == named(" EMEA ", TREE) == [EMEA]
    assert named("", [workspace(5, "", " ")]) == []


TREES = st.lists(st.tuples(st.integers(1, 12), st.none() | st.integers(1, 12)), max_size=12).map(
    lambda pairs: [workspace(id_, f"w{id_}", parent=parent) for id_, parent in pairs]
)
BOUND = st.lists(st.integers(1, 12) | st.sampled_from(["w1", "w7", "mars"]), min_size=1, max_size=3).map(tuple)


@given(bound=BOUND, tree=TREES, whole=st.booleans())
def test_whatever_the_tree_only_what_lies_in_an_entry_is_seen(
    bound: tuple[int | str, ...], tree: list[Workspace], whole: bool
) -> None:
    reach = reach_of(bound, tree, whole=whole)
    parents: dict[int, set[int]] = {}
    for one in tree:
        if one.parent_id is not None:
            parents.setdefault(one.id, set()).add(one.parent_id)
    roots = {entry for entry in bound if isinstance(entry, int)} | {int(e[1:]) for e in bound if e in ("w1", "w7")}
    for seen in reach.ids:
        above, open_ = {seen}, [seen]
        while open_:
            new = parents.get(open_.pop(), set()) - above
            above |= new
            open_ += new
        assert above & roots, "seen without lying in anything that the policy names"
    assert {entry for entry in bound if isinstance(entry, int)} <= reach.ids
    assert not reach.sees(None)
    assert (refuse_workspace(INC, reach, 5) is None) is (5 in reach.ids)
