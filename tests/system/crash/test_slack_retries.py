"""What Slack delivers again, to the same process or to another one, is done once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from jobbot.playground.slack.delivery.action import Action
from tests.system.crash.nursery import BOUND, Nursery
from tests.system.crash.world import World, emptied, eventually, world

pytestmark = pytest.mark.slow

AGAIN = 8
"""How many at once. Each goes to either of two processes, as Slack has it."""


@pytest.fixture(params=["sqlite", "postgresql"])
async def two(request: pytest.FixtureRequest, postgres: str, tmp_path: Path) -> AsyncIterator[World]:
    """Two processes on one database."""
    async with (
        Nursery(tmp_path) as nursery,
        emptied(request.param, postgres, tmp_path / "two.db") as url,
        world(nursery, url) as it,
    ):
        it.adverity.has_job(987).stop_takes(timedelta(seconds=0.3))
        await it.starts()
        await it.starts()
        yield it


async def again(it: World, action: Action) -> None:
    """The same, many times at once, until both have taken some and everybody has said what became of it.

    Which of the two gets one is chance: all of them may come to one process.
    """
    before = [said(it, index) for index in (0, 1)]
    sent = 0
    async with asyncio.timeout(2 * BOUND):
        while not all(said(it, index) > before[index] for index in (0, 1)):
            sent += AGAIN
            await asyncio.gather(*(it.slack.redeliver(action) for _ in range(AGAIN)))

            async def all_said(many: int = sum(before) + sent) -> bool:
                return said(it, 0) + said(it, 1) >= many

            try:
                await eventually(all_said, f"{AGAIN} deliveries more")
            except AssertionError as error:
                raise AssertionError(f"{error}\n" + "\n---\n".join(bot.log for bot in it.bots)) from None


def said(it: World, bot: int) -> int:
    """How often a process said that it had something again."""
    log = it.bots[bot].log
    return sum(map(log.count, ("delivered again", "outcome=repeated", "outcome=handed_on")))


async def test_a_submission_stops_once(two: World) -> None:
    await two.asks_to_stop(two.ana)
    submission = await two.ana.submits(reason="x")
    await again(two, submission)
    (row,) = await two.finished()
    await again(two, submission)
    two.ends_true(row, two.inc.last_message)
    assert two.posts() == 1
    assert len(two.inc.public) == 1
    assert not two.inc.whispers(two.ana)


async def test_a_click_and_a_mention_are_answered_once(two: World) -> None:
    mention = await two.ana.mentions("@jobbot 987", in_=two.inc)
    await again(two, mention)
    await two.slack.until(
        lambda: any("*Job 987: Running*" in message.text for message in two.inc.public), seconds=BOUND
    )
    answers = [message for message in two.inc.public if "*Job 987: Running*" in message.text]
    assert len(answers) == 1
    click = await two.ana.clicks("Stop job", on=answers[0])
    await two.slack.until(lambda: two.ana.modal is not None and two.ana.modal.submit is not None, seconds=BOUND)
    await again(two, click)
    assert len(two.slack.calls_of("views.open")) == 1
    assert not two.inc.whispers(two.ana)
