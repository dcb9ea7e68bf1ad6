"""What is known of datastreams, on both databases: learned, listed once an hour by one of all, forgotten."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.store.database.engine import Database, make_engine
from jobbot.store.datastreams import KEEP, Datastreams, KnownDatastream
from tests.support.databases import fresh_database, sqlite_url
from tests.unit.store.world import START, Clock

ONE = KnownDatastream(
    id=42, name="Facebook Ads EU", workspace=14, workspace_name="EMEA", workspace_slug="emea",
    seen_at=START, placed_at=START,
)  # fmt: skip
TWO = KnownDatastream(id=2**60, name="東京 " + "x" * 300, seen_at=START)


@pytest.fixture
async def url(database_kind: str, tmp_path: Path) -> AsyncIterator[str]:
    if database_kind == "sqlite":
        yield sqlite_url(tmp_path / "jobbot.db")
    else:
        with fresh_database(database_kind) as made:
            yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def two(url: str, clock: Clock) -> AsyncIterator[tuple[Datastreams, Datastreams]]:
    """Two jobbots on one database."""
    databases = [Database(make_engine(url)) for _ in range(2)]
    yield Datastreams(databases[0], clock), Datastreams(databases[1], clock)
    for database in databases:
        await database.aclose()


async def test_another_process_knows_what_one_has_learned(two: tuple[Datastreams, Datastreams]) -> None:
    here, there = two
    await here.learn("acme", [ONE, TWO])
    await here.learn("staging", [replace(ONE, name="Another")])
    assert await there.of("acme") == [ONE, TWO]
    assert await there.of("acme", [42, 43]) == [ONE]
    assert await there.of("acme", []) == []
    assert [one.name for one in await there.of("staging")] == ["Another"]


async def test_what_is_not_said_this_time_stays_what_it_was(two: tuple[Datastreams, Datastreams]) -> None:
    here, there = two
    later = START + timedelta(minutes=5)
    await here.learn("acme", [ONE])
    await here.learn("acme", [KnownDatastream(id=42, name="Renamed", seen_at=later)])
    assert await there.of("acme") == [replace(ONE, name="Renamed", seen_at=later)]
    moved = replace(ONE, name="", workspace=15, workspace_name="DACH", workspace_slug="dach", placed_at=later)
    await here.learn("acme", [moved])
    assert await there.of("acme") == [replace(moved, name="Renamed")]


async def test_the_list_is_read_by_one_of_all_once_an_hour(two: tuple[Datastreams, Datastreams], clock: Clock) -> None:
    here, there = two
    assert [await one.may_list("acme") for one in (here, there, here)] == [True, False, False]
    assert await there.may_list("staging")
    await here.listed("acme", [ONE], complete=True)
    clock.pass_(59 * 60)
    assert not await there.may_list("acme")
    clock.pass_(61)
    assert await there.may_list("acme")
    # It died while it read: soon somebody else may.
    clock.pass_(5 * 60)
    assert await here.may_list("acme")
    await here.listed("acme", None)
    assert not await there.may_list("acme")


async def test_a_list_that_was_read_whole_is_believed_for_two_hours(
    two: tuple[Datastreams, Datastreams], clock: Clock
) -> None:
    here, there = two
    assert not await there.is_whole("acme"), "nobody has read it"
    assert await here.may_list("acme")
    assert not await there.is_whole("acme"), "it is being read"
    await here.listed("acme", [ONE], complete=False)
    assert not await there.is_whole("acme"), "there were more"
    await here.listed("acme", [ONE], complete=True)
    assert await there.is_whole("acme")
    assert not await there.is_whole("staging")
    clock.pass_(119 * 60)
    await here.listed("acme", None)
    assert await there.is_whole("acme"), "that it could not be read again changes nothing yet"
    clock.pass_(61)
    assert not await there.is_whole("acme")


async def test_what_a_whole_list_does_not_have_is_forgotten(two: tuple[Datastreams, Datastreams]) -> None:
    here, there = two
    await here.learn("acme", [ONE, TWO])
    later = START + timedelta(hours=1)
    await here.listed("acme", [replace(ONE, seen_at=later)], complete=False)
    assert len(await there.of("acme")) == 2
    await here.listed("acme", [replace(ONE, seen_at=later)], complete=True)
    assert [one.id for one in await there.of("acme")] == [42]
    await here.listed("acme", [], complete=True)
    assert [one.id for one in await there.of("acme")] == [42]


async def test_what_nobody_sees_for_long_is_deleted(two: tuple[Datastreams, Datastreams], clock: Clock) -> None:
    here, _ = two
    await here.learn("acme", [ONE])
    clock.pass_(KEEP.total_seconds() + 1)
    await here.forget_old()
    assert await here.of("acme") == []
