"""The demo's story, asked through Slack: what hangs is seen to be unusual everywhere, and everything else is there."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from jobbot.playground.adverity import DatastreamAs, Quirks
from jobbot.playground.adverity.stories import tell_incident
from tests.stories.world import World, world

pytestmark = pytest.mark.slow

RUNAWAY = 48_319


@pytest.fixture
async def it(tmp_path: Path) -> AsyncIterator[World]:
    async with world("socket", tmp_path) as made:
        tell_incident(made.adverity)
        made.adverity.quirks = Quirks(datastream_as=DatastreamAs.OBJECT, progress_as="fraction")
        yield made


async def test_what_hangs_stands_first_and_says_how_long_it_usually_takes(it: World) -> None:
    await it.ana.types("/jobs", in_=it.inc)
    found = await it.said(str(RUNAWAY))
    head, trade_desk, facts, *others = found.text.splitlines()
    assert "1 far longer than usual" in head
    assert trade_desk.startswith("*The Trade Desk*")
    assert "usually" in facts
    assert "2 wait behind it" in facts
    assert "usually" not in "".join(others)

    await it.ana.types(f"/jobs {RUNAWAY}", in_=it.inc)
    await it.slack.until(lambda: "last 6 runs" in it.inc.public[-1].text)

    await it.ana.types(f"/jobs stop {RUNAWAY}", in_=it.inc)
    window = await it.modal(it.ana, "last 6 runs")
    assert "2 follow-up jobs" in str(window.definition)


async def test_the_alert_tells_of_it(it: World) -> None:
    await it.ana.types("/jobs alerts on late", in_=it.inc)
    told = await it.said("The Trade Desk")
    assert str(RUNAWAY) in told.text


async def test_each_of_the_others_is_seen(it: World) -> None:
    await it.ana.types("/jobs microsoft last 24h", in_=it.inc)
    await it.said("Microsoft Advertising")
    empty = next(sight.job.id for sight in it.adverity.sights() if sight.is_over and sight.job.extracts == (0,))
    for words, answer in (
        (f"/jobs {empty}", "Success, but empty"),
        ("/jobs issues", "Authorization invalid"),
        ("/jobs workspace crm", "Salesforce Opportunities"),
        ("/jobs workspace acme", "Salesforce Opportunities"),
        ("/jobs workspace retail", "Weekly store sales"),
        ("/jobs google ads us failed", "REVOKED"),
    ):
        assert answer in await _answer(it, words)


async def _answer(it: World, words: str) -> str:
    before = len(it.inc.public)
    await it.ana.types(words, in_=it.inc)
    await it.slack.until(lambda: len(it.inc.public) > before)
    return it.inc.public[-1].text
