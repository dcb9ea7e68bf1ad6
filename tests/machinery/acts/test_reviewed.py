"""Interleavings that acts of all kinds have in common: each was found by reading, and was red."""

from typing import Any

import pytest
from sqlalchemy import Delete, Update, delete, update

from jobbot.adverity.errors import Unreachable
from jobbot.store.acts.model import ActState
from jobbot.store.database.tables import acts
from tests.machinery.acts.pausing import HOUR, paused, resumed
from tests.machinery.acts.steps import Do, first, raises
from tests.machinery.acts.world import ANA, BEN, OCTOBER, World
from tests.unit.store.world import LEASE


async def test_what_is_planned_and_certainly_did_not_arrive_is_sent_later(it: World) -> None:
    one = await paused(it)
    it.time.pass_(HOUR + 1)
    one.steps.at("switch", raises(Unreachable("refused", maybe_received=False)))
    await one.looks()
    row = await resumed(it)
    assert (row.state, row.sent_at, it.adverity.switches) == (ActState.PLANNED, None, [False])
    it.time.pass_(61)
    await one.looks()
    assert (await resumed(it)).state is ActState.DONE
    assert it.adverity.switches == [False, True]


async def test_of_a_second_try_that_was_interrupted_the_first_one_s_trouble_is_not_told(it: World) -> None:
    one, two = await paused(it), it.starts("two")
    it.time.pass_(HOUR + 1)
    one.steps.at("switch", raises(Unreachable("no route", maybe_received=False)))
    await one.looks()
    it.time.pass_(61)
    one.steps.at("switch", one.steps.dies)
    await one.looks()
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    row = await resumed(it)
    assert row.state is ActState.UNKNOWN
    assert "no route" not in row.outcome
    assert "jobbot was interrupted" in it.slack.public[0].text


async def test_who_opened_the_window_while_the_same_was_under_way_is_second(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")

    async def takes_a_while(do: Do) -> Any:
        it.time.pass_(20)
        return await do()

    one.steps.at("fetch", takes_a_while)
    await one.sends(it.fetch(ANA))
    await one.ends()
    await two.sends(it.fetch(BEN, opened=10))  # opened when it had been asked for, and was not done
    await two.ends()
    assert it.adverity.fetches == [OCTOBER]
    assert "has already fetched these days" in it.slack.whispers(BEN)[-1]


async def test_what_is_done_between_the_question_and_the_hold_is_seen(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")

    async def ana_is_faster(do: Do) -> Any:
        found = await do()
        await one.sends(it.fetch(ANA))
        await one.ends()
        return found

    second = it.fetch(BEN)
    two.steps.at("last_done", ana_is_faster)
    await two.sends(second)
    await two.ends()
    assert it.adverity.fetches == [OCTOBER]
    assert sorted(row.state for row in await it.rows(None)) == [ActState.DONE, ActState.SECOND]


@pytest.mark.parametrize("details", ['{"from":"another version"}', "{"])
@pytest.mark.parametrize(
    ("step", "state"),
    [("hold", ActState.DROPPED), ("sending", ActState.REFUSED), ("fetch", ActState.UNKNOWN)],
)
async def test_a_row_that_cannot_be_read_ends_and_holds_nobody_back(
    it: World, details: str, step: str, state: ActState
) -> None:
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(step, one.steps.dies)
    await one.sends(it.fetch(ANA))
    await one.ends()
    await it.damages(details)
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    (row,) = await it.rows(None)
    assert (row.state, row.untold, it.adverity.fetches) == (state, "cannot be read", [])
    await two.sends(it.fetch(BEN))
    await two.ends()
    assert it.adverity.fetches == [OCTOBER]


@pytest.mark.parametrize(
    "change",
    [update(acts).values(owner="newer", fence=2, state="melted"), delete(acts)],
    ids=["taken over", "deleted"],
)
async def test_whoever_lost_a_row_that_it_cannot_read_leaves_the_message_and_says_so_in_the_log(
    it: World, change: Update | Delete, caplog: pytest.LogCaptureFixture
) -> None:
    """A newer version has taken it over, or somebody has deleted it by hand."""
    it.runs()
    one = it.starts("one")

    async def changes() -> None:
        async with it.database.writing() as connection:
            await connection.execute(change)

    one.steps.at("sending", first(changes))
    await one.submits()
    await one.ends()
    assert it.adverity.posts == [], "it is not ours any more"
    (said,) = it.slack.public
    assert len(said.texts) == 1, "whoever has it now writes into the message"
    assert "message may be out of date" in caplog.text


async def test_a_submission_that_fails_in_a_way_that_nobody_thought_of_closes_no_window(it: World) -> None:
    one = it.starts("one")
    one.steps.at("submit", raises(RuntimeError("a bug")))
    answer = await one.sends(it.fetch(ANA))
    assert "Nothing was done." in str(answer)
    assert await it.rows(None) == []
