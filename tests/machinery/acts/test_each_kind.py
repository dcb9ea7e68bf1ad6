"""What holds for acts of every kind: what an answer means, who is second, what comes too late, a right that is lost."""

import pytest

from jobbot.access import ChannelRule, Need
from jobbot.adverity.errors import Busy, Forbidden, InvalidRequest, NotFound, Unauthorised, Unexpected, Unreachable
from jobbot.store.acts.model import ActState, Kind
from tests.machinery.acts.each_kind import EACH, sent
from tests.machinery.acts.steps import Action, Do, Gate, done_and_raises, first, raises
from tests.machinery.acts.world import ANA, BEN, World
from tests.unit.store.world import LEASE

ALONE = [kind for kind in Kind if kind is not Kind.STOP_SEVERAL]
"""Those of one request: each part of several has an ending of its own (``test_several``)."""

SILENT = Unreachable("timed out")
DENIED = ChannelRule(may=frozenset({Need.VIEW}))

ANSWERS: dict[str, tuple[Action, ActState, str]] = {
    "400": (raises(InvalidRequest("Not this one.", status=400)), ActState.REFUSED, "Adverity: Not this one"),
    "401": (raises(Unauthorised("Invalid token.", status=401)), ActState.REFUSED, "ADVERITY_API_KEY"),
    "403": (raises(Forbidden("You may not.", status=403)), ActState.REFUSED, "can give the key more permissions"),
    "404": (raises(NotFound("Not found.", status=404)), ActState.REFUSED, "Adverity: Not found"),
    "409": (raises(InvalidRequest(status=409)), ActState.REFUSED, "Adverity: it gave no reason"),
    "429": (raises(Busy(status=429, retry_after=60)), ActState.REFUSED, "Adverity is busy: ask again in a minute."),
    "500": (raises(Unexpected("status 500", status=500)), ActState.UNKNOWN, "does not say whether it was taken"),
    "503": (raises(Busy(status=503)), ActState.UNKNOWN, "does not say whether it was taken"),
    "a redirect": (raises(Unexpected("a redirect", status=308)), ActState.UNKNOWN, "does not say whether it was taken"),
    "silence": (raises(SILENT), ActState.UNKNOWN, "Adverity did not answer the"),
    "no connection": (
        raises(Unreachable("refused", maybe_received=False)),
        ActState.REFUSED,
        "No request was sent. Adverity did not answer (refused)",
    ),
    "done, and silence": (done_and_raises(SILENT), ActState.DONE, ""),
    "done, and 502": (done_and_raises(Unexpected("status 502", status=502)), ActState.DONE, ""),
}
"""What comes back of the one request: the ending, and words of it."""


@pytest.mark.slow
@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("kind", ALONE)
async def test_an_answer_means_the_same_of_each(it: World, kind: Kind, answer: str) -> None:
    action, state, words = ANSWERS[answer]
    asks, step = EACH[kind]
    one = it.starts("one")
    submission = await asks(it, one, ANA)
    one.steps.at(step, action)
    await one.sends(submission)
    await one.ends()
    (row,) = await it.rows(None)
    assert (row.state, row.told_at is not None, one.steps.taken.count(step)) == (state, True, 1)
    assert sent(it) == (1 if answer.startswith("done") else 0)
    (said,) = it.slack.public
    assert words in said.text
    await it.heals(it.starts("two"))
    assert sent(it) == (1 if answer.startswith("done") else 0), "never again"


@pytest.mark.parametrize("kind", ALONE)
async def test_of_two_people_in_two_processes_one_is_obeyed_and_the_other_told_who(it: World, kind: Kind) -> None:
    asks, step = EACH[kind]
    one, two = it.starts("one"), it.starts("two")
    anas, bens = await asks(it, one, ANA), await asks(it, two, BEN)
    gate = Gate()
    one.steps.at(step, gate)
    await one.sends(anas)
    await gate.reached.wait()
    await two.sends(bens)
    await two.ends()
    gate.open.set()
    await one.ends()
    assert sent(it) == 1
    assert {row.user_id: row.state for row in await it.rows(None)} == {ANA: ActState.DONE, BEN: ActState.SECOND}
    (told,) = it.slack.whispers(BEN)
    assert told.startswith(f"<@{ANA}> is already ")
    assert told.endswith("No second request was sent.")


@pytest.mark.parametrize("kind", Kind)
async def test_a_submission_that_two_processes_get_is_one_act(it: World, kind: Kind) -> None:
    asks, _ = EACH[kind]
    one, two = it.starts("one"), it.starts("two")
    submission = await asks(it, one, ANA)
    assert await one.sends(submission) is None
    assert await two.sends(submission) is None
    await one.ends()
    await two.ends()
    jobs = 3 if kind is Kind.STOP_SEVERAL else 1
    assert sent(it) == jobs
    assert len(await it.rows(None)) == (jobs + 1 if kind is Kind.STOP_SEVERAL else 1)
    assert len(it.slack.messages) == 1


@pytest.mark.parametrize("kind", ALONE)
async def test_who_wakes_up_after_its_lease_sends_nothing_and_says_nothing_else(it: World, kind: Kind) -> None:
    """Its turn came, and it stood still, until another process had ended what it had marked as sent."""
    asks, step = EACH[kind]
    one, two = it.starts("one"), it.starts("two")

    async def stands_still() -> None:
        it.time.pass_(LEASE.total_seconds() + 5)
        await two.looks()

    submission = await asks(it, one, ANA)
    one.steps.at(step, first(stands_still))
    await one.sends(submission)
    await one.ends()
    assert sent(it) == 0
    (row,) = await it.rows(None)
    assert row.state is ActState.UNKNOWN
    (said,) = it.slack.public
    assert "jobbot was interrupted before it had Adverity's answer" in said.text


@pytest.mark.parametrize("kind", Kind)
async def test_a_right_that_was_lost_before_it_was_begun(it: World, kind: Kind) -> None:
    asks, _ = EACH[kind]
    one = it.starts("one")
    submission = await asks(it, one, ANA)

    async def and_then_it_may_only_look(do: Do) -> object:
        recorded = await do()
        one.forbids(DENIED)
        return recorded

    one.steps.at("submit", and_then_it_may_only_look)
    assert await one.sends(submission) is None, "it was recorded"
    await one.ends()
    assert sent(it) == 0
    assert {row.state for row in await it.rows(None)} == {ActState.DENIED}
    assert it.slack.public == []
    assert len(it.slack.whispers(ANA)) == 1


@pytest.mark.parametrize("kind", Kind)
async def test_a_right_that_was_lost_while_it_was_interrupted(it: World, kind: Kind) -> None:
    asks, _ = EACH[kind]
    one, two = it.starts("one"), it.starts("two")
    submission = await asks(it, one, ANA)
    one.steps.at("sending", one.steps.dies)
    await one.sends(submission)
    await one.ends()
    two.forbids(DENIED)
    it.time.pass_(LEASE.total_seconds() + 1)
    await two.looks()
    assert sent(it) == 0
    assert not {ActState.DONE, ActState.UNKNOWN} & {row.state for row in await it.rows(None)}
    assert "it is not permitted here any more" in it.slack.public[-1].text


@pytest.mark.parametrize("stream", [42, None])
@pytest.mark.parametrize("kind", Kind)
async def test_what_the_channel_does_not_see_by_now_is_not_touched(it: World, kind: Kind, stream: int | None) -> None:
    """Its window was opened before the channel was bound to a workspace, in which nobody knows this to be."""
    it.adverity.datastream = stream
    asks, _ = EACH[kind]
    one = it.starts("one")
    submission = await asks(it, one, ANA)
    one.forbids(ChannelRule(may=frozenset(Need), workspaces=(14,)))
    assert await one.sends(submission) is None, "it was recorded"
    await one.ends()
    assert sent(it) == 0
    assert {(row.state, row.outcome) for row in await it.rows(None)} == {(ActState.DENIED, "not this workspace")}
    assert it.slack.public == []
    (told,) = it.slack.whispers(ANA)
    assert "is not shown in this channel" in told
    assert it.adverity.name not in told
