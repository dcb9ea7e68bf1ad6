"""The world of the stops' machinery."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.machinery.acts.world import World, world


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        yield made
