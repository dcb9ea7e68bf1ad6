"""The world of the stops' machinery."""

from collections.abc import AsyncIterator

import pytest

from tests.machinery.acts.world import World, world
from tests.support.databases import folder_in_memory


@pytest.fixture
async def it() -> AsyncIterator[World]:
    with folder_in_memory() as folder:
        async with world(folder) as made:
            yield made
