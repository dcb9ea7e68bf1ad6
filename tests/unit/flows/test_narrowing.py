"""What a name means while only some of the names are known, and what is left out of open issues."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import cast

import pytest

from jobbot.access.workspaces import Reach
from jobbot.adverity.errors import Unexpected
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import Issue, Workspace
from jobbot.adverity.paging import Entries
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownNames, KnownWorkspaces
from jobbot.flows.jobs.issues import IssuesFlow
from jobbot.flows.jobs.narrowing import Meant, Narrowing
from jobbot.flows.jobs.scope import Scope
from jobbot.intents.button import decode
from jobbot.intents.model import Alerts, AlertsDo, Issues, ListJobs, Narrowed, PauseSchedule
from jobbot.render.asked import Asker
from jobbot.render.issues import render_issues
from jobbot.render.naming import NoSuchName, NoSuchWorkspace, SeveralMeant, render_no_name, render_several
from jobbot.store.datastreams import KnownDatastream
from tests.unit.store.world import START, Clock

NAMES = ("Facebook Ads EU", "Google Ads US", "TikTok Ads")
KNOWN = tuple(KnownDatastream(id=id_, name=name, seen_at=START) for id_, name in enumerate(NAMES, 42))
AMONG = "jobbot looked among the 3 names known so far: it has not read Adverity's whole list of datastreams."


NO_WORKSPACES = KnownWorkspaces((), whole=True)


@dataclass
class ScriptedCatalogue:
    whole: bool
    known_workspaces: KnownWorkspaces
    names: KnownNames | None = None

    async def workspaces(self, instance: Instance) -> KnownWorkspaces:
        return self.known_workspaces

    async def datastreams(self, instance: Instance) -> KnownNames:
        return self.names or KnownNames(KNOWN, self.whole)

    async def known(self, instance: Instance, ids: object) -> list[KnownDatastream]:
        return []

    async def places(self, instance: Instance, refs: object) -> dict[int, int]:
        return {42: 14, 43: 16}


@dataclass
class ScriptedGateway:
    open: tuple[Issue, ...] = ()

    async def issues(self, datastream_id: int | None = None) -> Answer[Entries[Issue]]:
        return Answer(Entries(self.open), START)


INSTANCE = Instance("acme", "https://acme.test", cast("Gateway", ScriptedGateway()))


async def find(
    intent: Narrowed,
    *,
    whole: bool,
    aliases: Mapping[str, int] | None = None,
    workspaces: KnownWorkspaces = NO_WORKSPACES,
) -> object:
    narrowing = Narrowing(cast("Catalogue", ScriptedCatalogue(whole, workspaces)), Clock())
    return await narrowing.find(intent, INSTANCE, aliases=aliases)


@pytest.mark.parametrize(("whole", "among"), [(True, None), (False, 3)])
async def test_a_match_of_a_list_that_is_not_whole_says_so(whole: bool, among: int | None) -> None:
    found = await find(ListJobs(datastream="facebook"), whole=whole)
    assert isinstance(found, Meant)
    assert (found.intent.datastream, found.scope.stream, found.scope.among) == (42, "Facebook Ads EU", among)


async def test_what_lasts_is_not_begun_for_what_may_be_another() -> None:
    wish = Alerts(does=AlertsDo.ON, datastream="facebook")
    found = await find(wish, whole=False)
    assert isinstance(found, SeveralMeant)
    assert [one.id for one in found.choices] == [42]
    text = render_several(found).text
    assert text.startswith("*1 datastream* could be meant by `facebook`. This one?")
    assert AMONG in text
    assert isinstance(await find(wish, whole=True), Meant)
    assert isinstance(await find(replace(wish, does=AlertsDo.OFF), whole=False), Meant)


@pytest.mark.parametrize(("name", "expected"), [("ads", SeveralMeant), ("snapchat", NoSuchName)])
async def test_several_and_none_say_so_as_well(name: str, expected: type) -> None:
    for whole in (True, False):
        found = await find(ListJobs(datastream=name), whole=whole)
        assert isinstance(found, expected)
        message = render_several(found) if isinstance(found, SeveralMeant) else None
        message = render_no_name(found) if isinstance(found, NoSuchName) else message
        assert message is not None
        assert (AMONG in message.text) is not whole


async def test_where_adveritys_list_could_not_be_read_that_is_what_is_said() -> None:
    down = KnownNames((), whole=False, trouble=Unexpected("", status=500))
    catalogue = ScriptedCatalogue(whole=False, known_workspaces=NO_WORKSPACES, names=down)
    pause = PauseSchedule(datastream="facebook", until=START + timedelta(hours=2), said="for 2h")
    found = await Narrowing(cast("Catalogue", catalogue), Clock()).find(pause, INSTANCE)
    assert isinstance(found, NoSuchName)
    message = render_no_name(found)
    assert "Adverity's list of datastreams could not be read (HTTP 500)" in message.text
    assert "use `datastream 42`" in message.text
    assert "may not read it" not in message.text
    (button,) = [one for block in message.blocks for one in block.get("elements", ()) if one["type"] == "button"]
    again = decode(button["value"])
    assert again == replace(pause, instance="acme")


WORKSPACES = tuple(
    Workspace.model_validate({"id": id_, "name": name, "parent_id": parent})
    for id_, name, parent in ((4, "acme", None), (5, "acme CRM", 4), (6, "acme Retail", None), (7, "DACH_Retail", None))
)


@pytest.mark.parametrize(
    ("given", "ids"),
    [("acme", {4, 5}), ("crm", {5}), ("CRM acme", {5}), ("dach retail", {7}), ("retail", None), ("emea", None)],
)
@pytest.mark.parametrize("whole", [True, False])
async def test_a_word_of_a_workspace_that_no_other_has_is_enough(given: str, ids: set[int] | None, whole: bool) -> None:
    found = await find(ListJobs(workspace=given), whole=True, workspaces=KnownWorkspaces(WORKSPACES, whole))
    if given == "emea":
        assert isinstance(found, NoSuchWorkspace)
    elif ids is None or (given != "acme" and not whole):
        assert isinstance(found, SeveralMeant), "which one is meant is asked"
        assert given != "retail" or [choice.id for choice in found.choices] == [6, 7]
    else:
        assert isinstance(found, Meant)
        assert found.scope.ids == frozenset(ids)


@pytest.mark.parametrize(
    ("number", "bound", "whole", "ids"),
    [
        (99, (), False, {99}),
        (99, (), True, None),
        (99, (99, 6), False, {99}),
        (99, (6,), False, None),
        (7, (6,), True, None),
        (4, (4,), True, {4, 5}),
    ],
)
async def test_a_workspaces_number_that_nobody_lists_is_taken_where_it_may_be_one_that_is_seen(
    number: int, bound: tuple[int, ...], whole: bool, ids: set[int] | None
) -> None:
    narrowing = Narrowing(cast("Catalogue", ScriptedCatalogue(True, KnownWorkspaces(WORKSPACES, whole))), Clock())
    found = await narrowing.find(ListJobs(workspace=str(number)), INSTANCE, bound=bound)
    assert (found.scope.ids if isinstance(found, Meant) else None) == ids
    assert isinstance(found, Meant | NoSuchWorkspace)


async def test_an_alias_is_what_the_policy_says_whatever_else_is_known() -> None:
    found = await find(ListJobs(datastream="meta"), whole=False, aliases={"meta": 7})
    assert isinstance(found, Meant)
    assert (found.intent.datastream, found.scope.among) == (7, None)


async def test_issues_whose_workspace_nobody_knows_are_counted() -> None:
    streams = (42, 43, 44, 45, None)
    some = tuple(Issue.model_validate({"message": "x", "datastream": stream}) for stream in streams)
    gateway = ScriptedGateway(some)
    instance = replace(INSTANCE, gateway=cast("Gateway", gateway))
    flow = IssuesFlow(cast("Catalogue", ScriptedCatalogue(whole=True, known_workspaces=NO_WORKSPACES)))
    found = await flow.run(Issues(), instance, Scope(Reach(frozenset({14}), ("EMEA",))))
    assert (len(found.issues), found.unplaced) == (1, 3)
    text = render_issues(found, asker=Asker("U0ANA"), offer_share=False).text
    assert "3 issues left out: Adverity did not tell in which workspace they are" in text
    assert (await flow.run(Issues(), instance, Scope())).unplaced == 0


async def test_issues_come_the_newest_first_and_of_one_second_the_higher_number() -> None:
    one, later = "2026-11-29T02:00:00Z", "2026-11-29T02:00:01Z"
    given = [(7, one), (9, one), (8, one), (3, later), (10, None)]
    some = tuple(Issue.model_validate({"id": number, "message": "x", "start": since}) for number, since in given)
    instance = replace(INSTANCE, gateway=cast("Gateway", ScriptedGateway(some)))
    flow = IssuesFlow(cast("Catalogue", ScriptedCatalogue(whole=True, known_workspaces=NO_WORKSPACES)))
    found = await flow.run(Issues(), instance, Scope())
    assert [issue.id for issue in found.issues] == [3, 9, 8, 7, 10]
