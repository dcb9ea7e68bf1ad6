"""A bug in the middle of an act: its row is closed with what is certain, and whoever asked is told that."""

import pytest

from jobbot.store.acts.model import ActState, Kind
from tests.machinery.acts.each_kind import EACH, begins, sent
from tests.machinery.acts.steps import Action, answer_lost, done, done_and_raises, raises
from tests.machinery.acts.world import ANA, World

BUG = KeyError("state")
NOTHING = "No request was sent."
WHERE: dict[str, tuple[str, list[Action], ActState, str]] = {
    "before the subject is held": ("last_done", [raises(BUG)], ActState.DROPPED, NOTHING),
    "while the subject is held": ("hold", [raises(BUG)], ActState.DROPPED, NOTHING),
    "as the subject is held": ("hold", [done_and_raises(BUG)], ActState.REFUSED, NOTHING),
    "once the subject is held": ("last_done", [done, raises(BUG)], ActState.REFUSED, NOTHING),
    "before it is sent": ("read", [raises(BUG)], ActState.REFUSED, NOTHING),
    "as it leaves": ("stop", [done_and_raises(BUG)], ActState.UNKNOWN, "interrupted before it saw the outcome"),
    "when it is read back": ("read", [done, raises(BUG)], ActState.UNKNOWN, "interrupted before it saw the outcome"),
    "when it is told": ("told", [raises(BUG)], ActState.DONE, "*Stopped job 987*"),
}
"""The step, what happens in it; the state of the row, and what is told."""


@pytest.mark.parametrize("where", WHERE)
async def test_a_bug_closes_the_row_with_what_is_certain(it: World, where: str) -> None:
    step, actions, state, words = WHERE[where]
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(step, *actions)
    await one.submits()
    await one.ends()
    posts = list(it.adverity.posts)
    assert (await it.row()).state is state
    assert any(words in said.text for said in it.slack.messages)
    assert "Something went wrong inside jobbot" in it.slack.whispers(ANA)[-1]
    await it.heals(two)
    assert it.adverity.posts == posts, "nobody sends it later"
    row = await it.row()
    assert (row.state, row.told_at is not None) == (state, True)


async def test_a_bug_after_the_answer_that_the_subject_is_held_was_lost_closes_the_row_too(it: World) -> None:
    it.runs()
    one, two = it.starts("one"), it.starts("two")
    one.steps.at("hold", answer_lost)
    one.steps.at("last_done", done, raises(BUG))
    await one.submits()
    await one.ends()
    assert (await it.row()).state is ActState.REFUSED
    await it.heals(two)
    assert it.adverity.posts == []


@pytest.mark.parametrize("kind", Kind)
async def test_what_may_have_left_is_told_as_not_known_and_not_sent_again(it: World, kind: Kind) -> None:
    asks, step = EACH[kind]
    one, two = it.starts("one"), it.starts("two")
    submission = await asks(it, one, ANA)
    one.steps.at(step, done_and_raises(BUG))
    await one.sends(submission)
    await one.ends()
    arrived = sent(it)
    (said,) = it.slack.public
    if kind is Kind.STOP_SEVERAL:
        assert "*job 989* · not known: jobbot failed\n*job 988* · stopped" in said.text, "the others go on"
    else:
        assert "interrupted before it saw the outcome. Look at it before you ask again." in said.text
        assert "Something went wrong inside jobbot" in it.slack.whispers(ANA)[-1]
    await it.heals(two)
    assert sent(it) == arrived
    rows = await it.rows(None)
    assert [row.outcome for row in rows].count("jobbot failed") == 1
    assert all(row.told_at is not None for row in rows)


async def test_a_bug_between_two_of_several_begins_no_more_of_them(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    one.steps.at("take_part", done, raises(BUG))
    await begins(it, one)
    await one.ends()
    assert "Unknown whether 3 jobs were stopped" in it.slack.public[0].text
    await it.heals(two)
    assert it.adverity.posts == [989]
    states = {row.job: row.state for row in await it.rows(None)}
    assert states[None] is ActState.UNKNOWN
    assert states[989] in (ActState.UNKNOWN, ActState.DONE)
    assert (states[988], states[987]) == (ActState.DROPPED, ActState.DROPPED)


async def test_a_bug_in_what_follows_an_act_is_not_tried_for_ever(it: World) -> None:
    it.runs()
    it.adverity.stops_work = False
    one, two = it.starts("one"), it.starts("two")
    one.steps.at("follow", raises(BUG))
    await one.submits()
    await one.ends()
    await it.heals(two)
    row = await it.row()
    assert (row.state, row.told_at is not None, it.followed) == (ActState.UNKNOWN, True, [])
