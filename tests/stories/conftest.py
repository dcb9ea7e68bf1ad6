"""Every story is told over Socket Mode and over HTTP."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.stories.following import Place, place
from tests.stories.together import together
from tests.stories.world import Transport, World, world
from tests.support.databases import folder_in_memory, sqlite_url


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
def folder() -> Iterator[Path]:
    """One in memory, with an empty database in it."""
    with folder_in_memory() as made:
        sqlite_url(made / "jobbot.db")
        yield made


@pytest.fixture
async def it(transport: Transport, folder: Path) -> AsyncIterator[World]:
    async with world(transport, folder) as made:
        yield made


@pytest.fixture
async def both(transport: Transport, folder: Path) -> AsyncIterator[World]:
    """Two instances with a channel each, and everybody where ``tests/stories/together`` says."""
    async with together(transport, folder) as made:
        yield made


@pytest.fixture
async def there(tmp_path: Path, database_url: str) -> AsyncIterator[Place]:
    """On both databases; in one transport, because nothing of what is followed depends on how Slack delivers."""
    async with place(tmp_path, database_url) as made:
        yield made
