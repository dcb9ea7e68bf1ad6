"""What a question is narrowed to, by an alias, a datastream's name, or a workspace's: all matched in the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import cast

import pytest

from jobbot.adverity.errors import NotReadable, OptionalRead
from jobbot.adverity.gateway import Gateway
from jobbot.adverity.model import DatastreamId, State, Workspace, WorkspaceId
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownNames, KnownWorkspaces
from jobbot.flows.jobs.narrowing import Meant, Narrowing
from jobbot.intents.model import Alerts, AlertsDo, ListJobs, Narrowed
from jobbot.render.naming import (
    NoSuchDatastream,
    NoSuchName,
    NoSuchWorkspace,
    SeveralMeant,
    render_no_datastream,
    render_no_workspace,
    render_several,
)
from jobbot.store.datastreams import KnownDatastream
from tests.unit.store.world import START

NAMES = ((4, "Insights PRD", "insights-prd"), (14, "EMEA", "emea-north"), (16, "North America", "latam"))
WORKSPACES = tuple(Workspace(id=WorkspaceId(id_), name=name, slug=slug) for id_, name, slug in NAMES)
STREAMS = tuple(
    KnownDatastream(id=id_, name=name, seen_at=START) for id_, name in ((42, "Facebook Ads EU"), (58, "TikTok"))
)


class NoDatastreams:
    """A gateway that knows no datastream."""

    async def datastream(self, number: DatastreamId) -> object:
        """See Gateway."""
        raise NotReadable(OptionalRead.DATASTREAM, 404)


ACME = Instance("acme", "https://acme.test", cast("Gateway", NoDatastreams()))
FAILED = frozenset({State.FAILED})


@dataclass
class ScriptedCatalogue:
    """Knows datastreams and workspaces; ``whole``: whether these are all."""

    whole: bool = True

    async def datastreams(self, instance: Instance) -> KnownNames:
        """See Catalogue."""
        return KnownNames(STREAMS, whole=self.whole)

    async def known(self, instance: Instance, ids: Sequence[int]) -> list[KnownDatastream]:
        """See Catalogue."""
        return [one for one in STREAMS if one.id in ids]

    async def workspaces(self, instance: Instance) -> KnownWorkspaces:
        """See Catalogue."""
        return KnownWorkspaces(WORKSPACES, whole=self.whole)


async def found(intent: Narrowed, *, whole: bool = True, aliases: Mapping[str, int] | None = None) -> object:
    narrowing = Narrowing(cast("Catalogue", ScriptedCatalogue(whole)), lambda: START)
    return await narrowing.find(intent, ACME, aliases=aliases or {})


@pytest.mark.parametrize(
    ("given", "workspace"),
    [
        ("insights", 4),
        ("Insights prd", 4),
        ("emea", 14),
        ("north america", 16),
        ("america", 16),
        ("lata", 16),
        ("16", 16),
    ],
)
async def test_a_workspace_is_meant_by_a_part_of_its_name(given: str, workspace: int) -> None:
    meant = await found(ListJobs(states=FAILED, workspace=given))

    assert isinstance(meant, Meant)
    assert meant.scope.workspace == workspace


async def test_of_several_workspaces_one_is_chosen_and_the_whole_question_goes_on() -> None:
    several = await found(ListJobs(states=FAILED, workspace="emea insights"))
    assert isinstance(several, NoSuchWorkspace), "all of the words are of one name"
    several = await found(ListJobs(states=FAILED, workspace="north"))
    assert isinstance(several, SeveralMeant)
    assert [choice.intent.workspace for choice in several.choices] == ["14", "16"]
    assert "*2 workspaces* could be meant by `north`" in render_several(several).text


async def test_a_workspace_that_does_not_exist_has_its_nearest_one_press_away() -> None:
    nothing = await found(ListJobs(states=FAILED, workspace="insigts"))

    assert isinstance(nothing, NoSuchWorkspace)
    assert nothing.choices[0].intent == ListJobs(states=FAILED, workspace="4", instance="acme")
    assert "Insights PRD* (workspace 4)" in render_no_workspace(nothing).text


async def test_nothing_that_lasts_is_begun_for_a_workspace_that_may_be_another() -> None:
    on = Alerts(does=AlertsDo.ON, states=FAILED, workspace="insights")
    assert isinstance(await found(on), Meant)
    asked = await found(on, whole=False)
    assert isinstance(asked, SeveralMeant)
    assert "*1 workspace* could be meant by `insights`" in render_several(asked).text


async def test_an_alias_comes_before_any_name() -> None:
    assert (await named("tiktok", {"tiktok": 42})) == DatastreamId(42)
    assert (await named("tiktok", {})) == DatastreamId(58)
    assert (await named("TikTok", {"tiktok": 99})) == DatastreamId(99), "also of one that nobody has seen yet"
    assert isinstance(await found(ListJobs(datastream="nobody")), NoSuchName)


async def test_nothing_is_begun_for_a_datastream_that_does_not_exist() -> None:
    on = Alerts(does=AlertsDo.ON, states=FAILED, datastream=DatastreamId(9999))
    told = await found(on)
    assert isinstance(told, NoSuchDatastream)
    assert "There is no datastream 9999" in render_no_datastream(told).text
    assert isinstance(await found(replace(on, datastream=DatastreamId(42))), Meant)
    assert isinstance(await found(replace(on, does=AlertsDo.OFF)), Meant)


async def named(name: str, aliases: Mapping[str, int]) -> object:
    meant = await found(ListJobs(datastream=name), aliases=aliases)
    assert isinstance(meant, Meant)
    return meant.intent.datastream
