"""A world for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.machinery.following.world import World
from tests.support.databases import folder_in_memory


@pytest.fixture
async def it() -> AsyncIterator[World]:
    with folder_in_memory() as made:
        world = World(made)
        yield world
        await world.aclose()
