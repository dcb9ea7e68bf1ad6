"""Every story is told over Socket Mode and over HTTP."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.together import together
from tests.stories.world import Transport, World, world


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
async def it(transport: Transport, tmp_path: Path) -> AsyncIterator[World]:
    async with world(transport, tmp_path) as made:
        yield made


@pytest.fixture
async def both(transport: Transport, tmp_path: Path) -> AsyncIterator[World]:
    """Two instances with a channel each, and everybody where ``tests/stories/together`` says."""
    async with together(transport, tmp_path) as made:
        yield made
