"""A practice for each test."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.unit.doctor.world import Practice, practice


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[Practice]:
    async with practice(tmp_path) as made:
        yield made
