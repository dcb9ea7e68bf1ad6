"""A process dies in the middle of a stop: what the channel reads in the end, and what the row says of it."""

from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import select

from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.model import ActState
from jobbot.store.database.tables import acts
from tests.machinery.acts.steps import Killed, raises
from tests.machinery.acts.world import ANA, URL, Process, World
from tests.unit.store.world import LEASE

EARLIER = "replaces an earlier message"


async def left_at(it: World, step: str, *, after: bool = False) -> None:
    """A process has died at a step of Ana's stop."""
    it.runs()
    one = it.starts("one")
    one.steps.at(step, one.steps.dies_after if after else one.steps.dies)
    with suppress(Killed):
        await one.submits()
    await one.ends()
    assert one.steps.dead


def is_no_member(process: Process) -> Process:
    """Slack takes nothing of jobbot's in the channel, but through a response URL."""
    for method in ("post", "edit", "whisper"):
        process.steps.always[method] = raises(SlackRefused(method, "not_in_channel"))
    return process


async def goes_on(it: World, process: Process, *, after: float = LEASE.total_seconds() + 1) -> None:
    it.time.pass_(after)
    await process.looks()


async def sealed(it: World) -> str | None:
    """What the row keeps of the response URL."""
    async with it.database.reading() as connection:
        kept: str | None = (await connection.execute(select(acts.c.response_url))).scalar_one()
        return kept


async def test_a_message_that_cannot_be_found_again_is_said_to_be_replaced(it: World) -> None:
    await left_at(it, "post", after=True)
    await goes_on(it, it.starts("two"))
    orphan, said = it.slack.public
    assert "is stopping job 987" in orphan.text
    assert said.text.startswith("*Stopped job 987")
    assert EARLIER in said.text
    row = await it.row()
    assert (row.message_ts, row.told_at) == (said.ts, it.time.now)
    assert it.adverity.posts == [987]


@pytest.mark.parametrize("step", ["announced", "close", "told"])
async def test_it_is_still_said_by_the_third_process(it: World, step: str) -> None:
    await left_at(it, "post", after=True)
    two = it.starts("two")
    two.steps.at(step, two.steps.dies_after)
    await goes_on(it, two)
    await goes_on(it, it.starts("three"))
    said = it.slack.public[1]
    assert said.text.startswith("*Stopped job 987")
    assert EARLIER in said.text


@pytest.mark.parametrize("step", ["posting", "announced", "sending", "answered", "close", "told"])
async def test_where_there_is_no_earlier_message_none_is_spoken_of(it: World, step: str) -> None:
    await left_at(it, step, after=step != "posting")
    await goes_on(it, it.starts("two"))
    (said,) = it.slack.public
    assert EARLIER not in said.text
    assert (await it.row()).told_at is not None


async def test_a_beginning_that_slack_did_not_take_is_no_earlier_message(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.always["post"] = raises(SlackRefused("post", "ratelimited", may_pass=True, wait=30.0))
    one.steps.at("stop", one.steps.dies_after)
    await one.submits()
    await one.ends()
    await goes_on(it, it.starts("two"))
    (said,) = it.slack.public
    assert EARLIER not in said.text


async def test_what_slack_perhaps_took_is_perhaps_an_earlier_message(it: World) -> None:
    it.runs()
    one = it.starts("one")
    no_answer = SlackRefused("post", "TimeoutError", may_pass=True, maybe_delivered=True, no_answer=True)
    one.steps.at("post", raises(no_answer))
    await one.submits()
    await one.ends()
    (said,) = it.slack.public
    assert said.text.startswith("*Stopped job 987")
    assert EARLIER in said.text


@pytest.mark.parametrize("step", ["posting", "announced", "respond", "sending", "answered", "close"])
async def test_where_jobbot_is_no_member_whoever_goes_on_tells_the_channel_too(it: World, step: str) -> None:
    it.runs()
    it.response_url = URL
    one = is_no_member(it.starts("one"))
    one.steps.at(step, one.steps.dies_after)
    await one.submits()
    await one.ends()
    await goes_on(it, is_no_member(it.starts("two")))
    row = await it.row()
    assert row.told_at is not None
    assert "job 987" in it.slack.public[-1].text
    assert row.state in (ActState.DONE, ActState.UNKNOWN)
    assert it.slack.public[-1].text.startswith(("*Stopped", "*Unknown"))
    if len(it.slack.public) > 1:
        assert EARLIER in it.slack.public[-1].text, "the beginning cannot be edited"


async def test_a_submission_that_was_dropped_is_told_there_too(it: World) -> None:
    it.response_url = URL
    await left_at(it, "submit", after=True)
    await goes_on(it, is_no_member(it.starts("two")))
    assert (await it.row()).state is ActState.DROPPED
    assert it.slack.whispers(ANA)
    assert (await it.row()).told_at is not None


@pytest.mark.parametrize("seconds", [0.0, 1801.0])
async def test_an_ending_that_slack_refuses_is_not_told_and_not_tried_for_ever(it: World, seconds: float) -> None:
    """Whether there is no response URL, or one whose half hour is over."""
    it.response_url = URL if seconds else None
    it.runs()
    one = is_no_member(it.starts("one"))
    one.steps.at("stop", one.steps.dies_after)
    await one.submits()
    await one.ends()
    two = is_no_member(it.starts("two"))
    await goes_on(it, two, after=LEASE.total_seconds() + 1 + seconds)
    row = await it.row()
    assert row.closed_at is not None
    assert (row.told_at, row.untold) == (None, "not_in_channel")
    asked = len(two.steps.taken)
    await it.heals(two)
    assert "read" not in two.steps.taken[asked:]


async def test_where_slack_cannot_be_reached_the_ending_is_owed(it: World) -> None:
    it.runs()
    one = it.starts("one")
    down = SlackRefused("post", "service_unavailable", may_pass=True)
    for method in ("post", "edit"):
        one.steps.always[method] = raises(down)
    await one.submits()
    await one.ends()
    row = await it.row()
    assert (row.told_at, row.untold) == (None, None)
    await goes_on(it, it.starts("two"), after=5.0)
    assert it.slack.public[-1].text.startswith("*Stopped job 987")


async def test_the_response_url_is_in_the_database_only_sealed_and_only_as_long_as_it_is_needed(it: World) -> None:
    folder = Path(it.url.removeprefix("sqlite:///")).parent

    def is_there(words: str) -> bool:
        return any(words.encode() in file.read_bytes() for file in folder.iterdir())

    it.response_url = URL
    it.runs()
    one = is_no_member(it.starts("one"))
    one.steps.at("stop", one.steps.dies_after)
    await one.submits()
    await one.ends()
    assert await sealed(it) is not None
    assert is_there(ANA)
    assert not is_there("secret")
    await goes_on(it, is_no_member(it.starts("two")))
    assert await sealed(it) is None


async def test_what_can_be_edited_needs_no_response_url(it: World) -> None:
    it.response_url = URL
    await left_at(it, "sending", after=True)
    assert await sealed(it) is None
