"""A frozen instance: no act of any kind is begun or sent there, and what was sent ends as it does."""

from datetime import timedelta
from uuid import uuid4

import pytest

from jobbot.render.blockkit.text import to_plain
from jobbot.store.acts.model import ActState, Kind
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.freezes import Freeze
from tests.machinery.acts.each_kind import EACH, THREE, begins, sent, whole
from tests.machinery.acts.pausing import HOUR, of, paused, resumed
from tests.machinery.acts.steps import Do, Gate, first
from tests.machinery.acts.world import ANA, BEN, INC, World
from tests.unit.store.world import LEASE

WHO = f"acme is frozen by <@{BEN}> until 2022-10-31 11:13 UTC – deploy"


async def freezes(it: World, *, minutes: float = 30, instance: str = "acme") -> Freeze:
    """Ben freezes an instance."""
    one = Freeze(
        id=uuid4().hex,
        instance=instance,
        user_id=BEN,
        channel_id=INC,
        thread_ts=None,
        reason="deploy",
        since=it.time.now,
        until=it.time.now + timedelta(minutes=minutes),
    )
    await it.starts(f"freezer {one.id}").freeze_store.begin(one)
    return one


async def unfreezes(it: World) -> None:
    await it.starts("unfreezer").freeze_store.end("acme", only=None, by=ANA, reason="")


@pytest.mark.parametrize("kind", Kind)
async def test_what_is_submitted_is_refused_and_says_who_why_until_when(it: World, kind: Kind) -> None:
    one = it.starts("one")
    submission = await EACH[kind][0](it, one, ANA)
    await freezes(it)  # the window was open
    assert await one.sends(submission) is None
    await one.ends()
    assert sent(it) == 0
    assert it.slack.public == []
    (told,) = it.slack.whispers(ANA)
    assert told.startswith("*Nothing was sent: acme is frozen*")
    assert f"By <@{BEN}> until 2022-10-31 11:13 UTC – deploy" in told
    rows = await it.rows(None)
    assert {row.state for row in rows} == {ActState.DENIED}
    assert {row.outcome for row in rows} == {f"not sent, frozen by {BEN}"}


@pytest.mark.parametrize("kind", Kind)
async def test_what_is_claimed_and_not_sent_yet_is_not_sent(it: World, kind: Kind) -> None:
    one = it.starts("one")
    asks, step = EACH[kind]
    submission = await asks(it, one, ANA)
    one.steps.at(step, first(lambda: freezes(it)))  # its turn has come, nothing has left
    await one.sends(submission)
    await one.ends()
    assert sent(it) == 0
    (said,) = it.slack.public
    assert WHO in said.text
    assert all(row.closed_at and row.told_at for row in await it.rows(None))
    assert not {ActState.DONE, ActState.UNKNOWN} & {row.state for row in await it.rows(None)}
    await it.heals(it.starts("two"))
    assert sent(it) == 0


@pytest.mark.slow
@pytest.mark.parametrize("kind", Kind)
async def test_it_is_possible_again_when_the_time_is_over_and_elsewhere_all_the_time(it: World, kind: Kind) -> None:
    await freezes(it, minutes=1)
    await freezes(it, instance="staging")
    it.time.pass_(61)
    one = it.starts("one")
    await one.sends(await EACH[kind][0](it, one, ANA))
    await one.ends()
    assert sent(it) == (len(THREE) if kind is Kind.STOP_SEVERAL else 1)


async def test_what_was_sent_ends_as_it_does(it: World) -> None:
    one = it.starts("one")
    it.runs()
    one.steps.at("answered", first(lambda: freezes(it)))
    await one.submits()
    await one.ends()
    assert (await it.row()).state is ActState.DONE
    assert it.slack.public[0].text.startswith("*Stopped job 987")


async def test_of_several_the_rest_is_not_begun(it: World) -> None:
    one = it.starts("one")

    async def sent_and_frozen(do: Do) -> object:
        answer = await do()
        await freezes(it)
        return answer

    one.steps.at("stop", sent_and_frozen)
    await begins(it, one)
    await one.ends()
    assert it.adverity.posts == [989]
    row = await whole(it)
    assert (row.state, row.outcome) == (ActState.DONE, "1 stopped, 2 not begun")
    text = it.slack.public[0].text
    assert text.startswith("*Stopped 1 of 3 jobs* · 2 not begun")
    assert f"{WHO}: no more were begun" in text
    assert "Not included" not in text


async def test_a_window_says_it_and_has_no_button(it: World) -> None:
    it.runs()
    await freezes(it)
    await it.starts("one").asks()
    window = it.slack.windows[-1]
    assert "submit" not in window.view
    assert WHO in to_plain(str(window.view["blocks"]))


async def test_what_is_taken_over_is_not_sent(it: World) -> None:
    it.runs()
    one = it.starts("one")
    gate = Gate()
    one.steps.at("read", gate)
    await one.submits()
    await gate.reached.wait()
    await one.kill()
    await freezes(it)
    it.time.pass_(LEASE.total_seconds() + 1)
    await it.starts("two").looks()
    assert it.adverity.posts == []
    assert "*Not stopped: job 987" in it.slack.public[0].text
    assert f"No request was sent. {WHO}" in it.slack.public[0].text


async def test_a_planned_resume_waits_for_the_end_and_says_so_once(it: World) -> None:
    one = await paused(it)
    (said,) = it.slack.public
    it.time.pass_(HOUR - 60)
    frozen = await freezes(it)
    it.time.pass_(61)
    for _ in range(5):
        await one.looks()
        it.time.pass_(60)
    assert it.adverity.switches == [False]
    assert (await resumed(it)).state is ActState.PLANNED
    waits = [text for text in said.texts if "waits" in text]
    assert len(waits) == 1
    assert "*The resume of the schedule of Facebook Ads EU waits*" in waits[0]
    assert f"acme is frozen by <@{BEN}>" in waits[0]
    assert [one.ts for one in it.slack.public] == [said.ts]
    it.time.now = frozen.until + timedelta(seconds=60)
    await one.looks()
    assert it.adverity.switches == [False, True]
    assert "late: it was to be resumed 2022-10-31 11:43 UTC" in said.text
    assert (await of(it, Kind.RESUME))[0].state is ActState.DONE


async def test_a_planned_resume_comes_soon_where_the_freeze_is_ended_early(it: World) -> None:
    one = await paused(it)
    await freezes(it, minutes=600)
    it.time.pass_(HOUR + 1)
    await one.looks()
    assert it.adverity.switches == [False]
    await unfreezes(it)
    it.time.pass_(61)
    await one.looks()
    assert it.adverity.switches == [False, True]


@pytest.mark.parametrize("fails", [{1, 2, 3}, {2}, {3}, {4}, {4, 5}])
async def test_where_it_cannot_be_read_nothing_is_sent_until_it_can(it: World, fails: set[int]) -> None:
    it.runs()
    one = it.starts("one")
    asked, current = [0], one.freeze_store.current

    async def away(instance: str) -> Freeze | None:
        asked[0] += 1
        assert it.adverity.posts == []
        if asked[0] in fails:
            raise StoreUnavailable("no connection")
        return await current(instance)

    one.freeze_store.current = away  # type: ignore[method-assign] # the database, for this question
    await one.submits()
    await one.ends()
    await it.heals(one)
    assert asked[0] > max(fails)
    assert it.adverity.posts == [987]
    assert (await it.row()).state is ActState.DONE


async def test_that_it_is_over_is_told_once_whoever_looks(it: World) -> None:
    one, two = it.starts("one"), it.starts("two")
    await freezes(it, minutes=10)
    it.time.pass_(599)
    for process in (one, two):
        await process.freezing.tell_over()
    assert one.hastened + two.hastened == []
    it.time.pass_(2)
    for process in (one, two, one, two):
        await process.freezing.tell_over()
    assert one.hastened + two.hastened == ["acme"]
