"""What Slack gets for a submitted window, and when: an empty answer means that it is in the record."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from jobbot.access import Person
from jobbot.flows.instances import ORPHANED_AFTER
from jobbot.interaction import Submitted
from jobbot.store.acts.ledger import NOT_RECORDED
from jobbot.store.acts.model import ActState
from tests.machinery.acts.steps import Do, Gate, answer_lost, away, first
from tests.machinery.acts.world import ACT_TIMING, ANA, BEN, BOUND, TEAM, World
from tests.unit.store.world import LEASE

OUTSIDER = Person(team_id="T0GLOBEX")
NOTHING_SENT = "will not send one"


async def test_the_window_closes_when_it_is_in_the_record(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    gate = Gate()
    one.steps.at("person", gate)
    assert await one.submits() is None
    await gate.reached.wait()
    await one.kill()
    row = await it.row()
    assert (row.state, row.user_id, row.reason) == (ActState.SUBMITTED, ANA, "runaway")
    await it.heals(two)
    (whisper,) = it.slack.whispers(ANA)
    assert "No request was sent" in whisper
    assert "interrupted" in whisper
    assert (await it.row()).state is ActState.DROPPED
    assert it.adverity.posts == []


async def test_a_database_that_is_away_is_said_in_the_window(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("submit", away)
    answer = await one.submits()
    assert answer["response_action"] == "update"
    assert NOTHING_SENT in str(answer)
    await one.ends()
    assert not it.slack.messages
    assert await it.rows() == []


async def test_a_record_that_takes_too_long_is_said_in_the_window_and_comes_to_nothing(it: World) -> None:
    it.runs()
    one, two = it.starts("one", act_timing=replace(ACT_TIMING, record=0.01)), it.starts("two")
    late, recording = asyncio.Event(), set[asyncio.Task[Any]]()

    async def slowly(do: Do) -> Any:
        if (task := asyncio.current_task()) is not None:
            recording.add(task)
        await late.wait()
        return await do()

    one.steps.at("submit", slowly)
    assert NOTHING_SENT in str(await one.submits())
    late.set()
    await asyncio.wait(recording, timeout=BOUND)
    assert (await it.row()).state is ActState.SUBMITTED, "it is in the record all the same"
    await one.looks()
    row = await it.row()
    assert (row.state, row.outcome) == (ActState.DROPPED, NOT_RECORDED)
    await it.heals(two)
    assert it.adverity.posts == []
    assert not it.slack.messages, "the window has said it: nobody is told twice"
    await two.submits()
    await two.ends()
    assert it.adverity.posts == [987], "and it can be asked for again"


@pytest.mark.parametrize("again", ["at once", "later", "elsewhere"])
async def test_delivered_twice_it_is_one_row_and_one_stop(it: World, again: str) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    match again:
        case "at once":
            answers = await asyncio.gather(one.submits(view="V1"), one.submits(view="V1"))
            assert list(answers) == [None, None]
        case "later":
            assert await one.submits(view="V1") is None
            await one.ends()
            assert await one.submits(view="V1") is None
        case _:
            assert await one.submits(view="V1") is None
            assert await two.submits(view="V1") is None
            await two.ends()
    await one.ends()
    assert it.adverity.posts == [987]
    assert (await it.row()).state is ActState.DONE
    assert not it.slack.whispers(ANA)


async def test_delivered_twice_it_is_refused_twice(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("submit", away)
    answers = [await one.submits(view="V1"), await one.submits(view="V1")]
    assert NOTHING_SENT in str(answers[0])
    assert answers[0] == answers[1], "an empty answer to the second would close the window, and promise something"


class TestAccess:
    """Decided from fresh facts once it is in the record; a no is in the record too."""

    async def test_a_no_is_told_to_the_person_and_kept(self, it: World) -> None:
        it.runs()
        it.slack.people[ANA] = OUTSIDER
        one = it.starts("one")
        assert await one.submits() is None
        await one.ends()
        (whisper,) = it.slack.whispers(ANA)
        assert "Only members of the workspace" in whisper
        assert not it.slack.public
        row = await it.row()
        assert (row.state, row.outcome) == (ActState.DENIED, "outsider")
        assert row.told_at is not None
        assert it.adverity.posts == []

    async def test_the_no_of_a_process_that_died_is_told_by_the_next(self, it: World) -> None:
        it.runs()
        it.slack.people[ANA] = OUTSIDER
        one, two = it.starts("one"), it.starts("two")
        one.steps.at("whisper", one.steps.dies)
        await one.submits()
        await one.ends()
        await it.heals(two)
        (whisper,) = it.slack.whispers(ANA)
        assert "Only members of the workspace" in whisper
        assert (await it.row()).state is ActState.DENIED

    async def test_who_may_not_holds_nobody_back(self, it: World) -> None:
        it.runs()
        it.slack.people[BEN] = OUTSIDER
        one = it.starts("one")
        gate, told = Gate(), asyncio.Event()

        async def tells(do: Do) -> Any:
            await do()
            told.set()

        one.steps.at("person", gate)
        one.steps.at("told", tells)
        assert await one.submits(BEN) is None
        await gate.reached.wait()
        assert await one.submits(ANA) is None
        await asyncio.wait_for(told.wait(), BOUND)
        gate.open.set()
        await one.ends()
        assert [row.state for row in await it.rows() if row.user_id == ANA] == [ActState.DONE]
        assert [row.state for row in await it.rows() if row.user_id == BEN] == [ActState.DENIED]
        assert not it.slack.whispers(ANA)

    async def test_a_no_that_the_payload_tells_costs_nothing(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        foreign = replace(it.submission(ANA, 987, view="V1"), user_team_id="T0GLOBEX")
        ack = one.listeners.acknowledge(foreign)
        assert ack.then is None
        assert "Only members of the workspace" in str(await ack.answer())
        assert one.steps.taken == []
        assert foreign.user_team_id != TEAM


class TestTheHold:
    """From the record to the right to send."""

    async def test_its_answer_is_lost(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        one.steps.at("hold", answer_lost)
        await one.submits()
        await one.ends()
        assert it.adverity.posts == [987]
        assert (await it.row()).state is ActState.DONE

    async def test_a_database_that_went_away_after_the_record(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        one.steps.at("hold", away, away, away)
        await one.submits()
        await one.ends()
        assert any("is waiting" in whisper for whisper in it.slack.whispers(ANA))
        assert it.adverity.posts == [987]

    async def test_somebody_else_has_closed_it_meanwhile(self, it: World) -> None:
        it.runs()
        one, two = it.starts("one"), it.starts("two")

        async def long_after() -> None:
            await it.heals(two)

        one.steps.at("hold", first(long_after))
        await one.submits()
        await one.ends()
        assert it.adverity.posts == []
        assert (await it.row()).state is ActState.DROPPED
        assert len(it.slack.whispers(ANA)) == 1


async def test_a_shutdown_before_the_decision_leaves_a_word(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    gate = Gate()
    one.steps.at("person", gate)
    await one.submits()
    await gate.reached.wait()
    for task in one.tasks:
        task.cancel()
    await asyncio.wait(one.tasks)
    await two.looks()
    (whisper,) = it.slack.whispers(ANA)
    assert "No request was sent" in whisper
    assert it.time.now - (await it.row()).requested_at < LEASE, "who is cancelled lets go at once"


async def test_delivered_again_once_it_was_dropped_it_is_refused(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    gate = Gate()
    submission = it.submission(ANA, 987)
    one.steps.at("person", gate)
    assert await one.sends(submission) is None
    await gate.reached.wait()
    await one.kill()
    await it.heals(two)
    (whisper,) = it.slack.whispers(ANA)
    assert "No request was sent" in whisper
    assert NOTHING_SENT in str(await two.sends(submission)), "an empty answer would promise something"
    await two.ends()
    assert (it.adverity.posts, (await it.row()).state) == ([], ActState.DROPPED)


async def test_what_was_not_begun_on_an_instance_that_is_gone_is_told(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two", instances=["elsewhere"])
    one.steps.at("hold", one.steps.dies)
    await one.submits()
    await one.ends()
    it.time.pass_(ORPHANED_AFTER.total_seconds() + 1)
    await two.looks()
    (whisper,) = it.slack.whispers(ANA)
    assert "No request was sent" in whisper
    assert ((await it.row()).state, it.adverity.posts, it.slack.public) == (ActState.DROPPED, [], [])


@pytest.mark.parametrize("change", [{"private_metadata": "{"}, {"callback_id": "another"}, {"view_id": ""}])
async def test_a_window_that_is_none_of_these_is_stale(it: World, change: dict[str, Any]) -> None:
    it.runs()
    one = it.starts("one")
    submission = it.submission(ANA, 987)
    assert isinstance(submission.did, Submitted)
    answer = await one.sends(replace(submission, did=replace(submission.did, **change)))
    assert "This window is too old to be used. Nothing was sent." in str(answer)
    assert (one.steps.taken, await it.rows(None)) == ([], [])


async def test_what_another_version_does_to_a_job_holds_it_too(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    gate = Gate()
    one.steps.at("sending", gate)
    await one.submits()
    await gate.reached.wait()
    await it.damages("{}", kind="defrost")
    await two.submits(BEN)
    await two.ends()
    (whisper,) = it.slack.whispers(BEN)
    assert whisper.startswith(f"<@{ANA}> is already ")
    assert it.adverity.posts == []
