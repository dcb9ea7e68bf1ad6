"""A world for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.machinery.following.world import World, folder


@pytest.fixture
async def it() -> AsyncIterator[World]:
    with folder() as made:
        world = World(made)
        yield world
        await world.aclose()
