"""Waiting for a job: told once, in the right place, to those who asked; and the card that keeps itself true."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.stories.world import World, world


@pytest.fixture
async def it(tmp_path: Path, database_url: str) -> AsyncIterator[World]:
    """On both databases, in one transport: nothing here depends on how Slack delivers."""
    from pydantic import SecretStr

    async with world("socket", tmp_path, database_url=SecretStr(database_url)) as made:
        yield made


async def test_a_watch_by_command_is_told_in_the_channel(it: World) -> None:
    job = it.adverity.has_job(987, progress=62)
    await it.ana.types("/jobs watch 987", in_=it.inc)
    await it.whispered("You will be told in this channel when job 987 (Facebook Ads EU) ends.", it.ana)
    job.ends("Failed", issues=["Token <expired>", "No data"])
    told = await it.said("job 987 (Facebook Ads EU) has ended: *Failed*")
    assert told.text.startswith(f"<@{it.ana.id}>:")
    assert "took 12 min" in told.text
    assert "Token &lt;expired&gt;" in told.text
    assert told.thread_ts is None
    assert it.inc.public == [told]
