"""What a bound channel sees while Adverity tells its workspaces, does not for a moment, or never does."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import cast

import pytest

from jobbot.adverity.errors import AdverityError, NotReadable, OptionalRead, Unreachable
from jobbot.adverity.gateway import Answer, Gateway
from jobbot.adverity.model import Datastream, Workspace
from jobbot.adverity.paging import Entries
from jobbot.flows.instances import Instance
from jobbot.flows.jobs.catalogue import Catalogue, KnownNames
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.datastreams import Datastreams
from tests.support.databases import sqlite_url
from tests.unit.store.world import START, Clock

WORKSPACES = [
    Workspace.model_validate({"id": 14, "name": "EMEA"}),
    Workspace.model_validate({"id": 15, "name": "DACH", "parent_id": 14}),
]
AWAY = Unreachable("no answer")
REFUSED = NotReadable(OptionalRead.WORKSPACES, 403)


class ScriptedGateway:
    """Tells its workspaces, or raises what ``error`` says."""

    error: AdverityError | None = None
    listed = 0

    async def datastreams(self) -> Answer[Entries[Datastream]]:
        """See Gateway."""
        self.listed += 1
        if self.error is not None:
            raise self.error
        return Answer(Entries((Datastream.model_validate({"id": 42, "name": "Google Ads"}),)), START)

    async def workspaces(self) -> Answer[Entries[Workspace]]:
        """See Gateway."""
        if self.error is not None:
            raise self.error
        return Answer(Entries(tuple(WORKSPACES)), START)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def catalogue(tmp_path: Path, clock: Clock) -> AsyncIterator[Catalogue]:
    database = Database(make_engine(sqlite_url(tmp_path / "jobbot.db")))
    made = Catalogue(Datastreams(database, clock), clock, extra=30)
    yield made
    await made.aclose()
    await database.aclose()


@pytest.fixture
def gateway() -> ScriptedGateway:
    return ScriptedGateway()


def instance(gateway: ScriptedGateway) -> Instance:
    return Instance("acme", "https://acme.test", cast("Gateway", gateway), patience=30, needed=30)


async def test_a_moment_without_an_answer_changes_no_channels_view(
    catalogue: Catalogue, gateway: ScriptedGateway
) -> None:
    before = await catalogue.reach(("emea",), instance(gateway))
    gateway.error = AWAY
    assert await catalogue.reach(("emea",), instance(gateway)) == before
    assert before is not None
    assert before.sees(15)


async def test_what_was_never_told_may_be_told_later(catalogue: Catalogue, gateway: ScriptedGateway) -> None:
    gateway.error = AWAY
    reach = await catalogue.reach(("emea",), instance(gateway))
    assert reach is not None
    assert (reach.whole, reach.passing, reach.sees(14)) == (False, True, False)


async def test_a_key_that_may_not_read_them_is_waited_for_by_nobody(
    catalogue: Catalogue, gateway: ScriptedGateway
) -> None:
    await catalogue.reach(("emea",), instance(gateway))
    gateway.error = REFUSED
    reach = await catalogue.reach((14, "emea"), instance(gateway))
    assert reach is not None
    assert (reach.whole, reach.passing) == (False, False)
    assert reach.sees(14), "a number stands for itself"
    assert not reach.sees(15)


async def test_a_list_that_failed_is_asked_for_again_seconds_later(
    catalogue: Catalogue, gateway: ScriptedGateway, clock: Clock
) -> None:
    gateway.error = AWAY
    assert await catalogue.datastreams(instance(gateway)) == KnownNames((), whole=False, trouble=AWAY)
    gateway.error = None
    assert await catalogue.datastreams(instance(gateway)) == KnownNames((), whole=False, trouble=AWAY)
    assert gateway.listed == 1, "it is left alone for a moment"
    clock.pass_(6)
    found = await catalogue.datastreams(instance(gateway))
    assert found.trouble is None
    assert ([one.name for one in found.all], found.whole) == (["Google Ads"], True)
    clock.pass_(61)
    await catalogue.datastreams(instance(gateway))
    assert gateway.listed == 2, "what was read is believed for an hour"
