"""From anywhere in Slack: shortcuts, a select that jobbot fills, previews of links, the Home tab, an edited message."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from jobbot.playground.slack.client.actors import Actor
from tests.stories.world import BOUND, Transport, World, world

pytestmark = pytest.mark.slow


@pytest.fixture
async def it(transport: Transport, tmp_path: Path) -> AsyncIterator[World]:
    async with world(transport, tmp_path, unfurl_domains=("127.0.0.1",)) as made:
        yield made


async def offered(person: Actor, typed: str) -> list[dict[str, Any]]:
    """Search until something is offered: names are learned behind the window that has opened."""
    async with asyncio.timeout(BOUND):
        while not (found := (await person.searches(typed, at="Datastream")).offered):
            pass
    return list(found)


async def test_a_morning_without_a_command(it: World) -> None:
    stream = it.adverity.has_datastream(42, "Facebook Ads EU")
    it.adverity.has_datastream(43, "Google Ads US")
    it.adverity.has_job(987)
    it.adverity.has_job(555, datastream=43)

    # The Home tab says where she may do what, and nothing of any job.
    await it.ana.opens_home()
    home = await it.slack.until(lambda: it.ana.home)
    assert home is not None
    shown = str(home.definition)
    assert f"<#{it.inc.id}> – look at jobs, stop jobs" in shown
    assert it.random.id not in shown
    assert "Facebook Ads" not in shown

    # A window, in which names are offered while she types; the list goes to a permitted channel only.
    await it.ana.uses_shortcut("Find Adverity jobs", in_=it.inc)
    await it.modal(it.ana, "Show them in")
    assert [one["value"] for one in await offered(it.ana, "face")] == ["42 acme"]
    refused = await it.ana.submits(channel=it.random.id, datastream="Facebook Ads EU", states=["Running"])
    assert "may not show you jobs there" in str(refused.body)
    assert it.ana.modal is not None
    await it.ana.submits(channel=it.inc.id)
    listed = await it.said("1 job")
    assert "Facebook Ads EU" in listed.text
    assert "Google" not in listed.text
    assert it.ana.modal is None

    # What somebody else wrote is looked up in its thread.
    hangs = await it.slack.posts(it.ben, "job 987 hangs again", in_=it.inc)
    await it.gus.uses_shortcut("Adverity jobs named here", on=hangs)
    card = await it.said("*Job 987: Running*")
    assert card.thread_ts == hangs.ts

    # A link to the datastream gets its last runs, but not where another organisation would see them.
    page = f"{it.adverity.url}{stream.page}"
    await it.ana.types(f"look: {page}", in_=it.shared)
    elsewhere = it.shared.last_message
    await it.ana.types(f"look: {page}", in_=it.inc)
    linked = it.inc.last_message
    assert linked is not None
    assert elsewhere is not None
    await it.slack.until(lambda: linked.unfurls)
    assert "987" in str([unfurl.blocks for unfurl in linked.unfurls.values()])
    assert not elsewhere.unfurls

    # A mention that is added by editing is answered, once.
    await it.ana.types("555 hangs", in_=it.inc)
    edited = it.inc.last_message
    assert edited is not None
    await it.ana.edits(edited, "@jobbot 555")
    answer = await it.said("*Job 555: Running*")
    assert answer.thread_ts == edited.ts
    assert it.posts() == 0
