"""A stop that is interrupted at any of its steps: sent once at most, told as it was, ended by whoever comes next."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from jobbot.adverity.errors import NotStoppable, Unreachable
from jobbot.slack.web.outbound import SlackRefused
from jobbot.store.acts.model import ActState, Kind
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.freezes import Freeze
from tests.machinery.acts.each_kind import EACH
from tests.machinery.acts.pausing import HOUR, paused, resumed
from tests.machinery.acts.steps import Do, answer_lost, away, done, done_and_raises, first, raises
from tests.machinery.acts.world import ACT_TIMING, ANA, BEN, Process, World
from tests.unit.store.world import LEASE

NOTHING_SENT = "will not send one"


class Outage:
    """The database is away for some seconds, from when a row was marked as sent, the ``after``-th time."""

    def __init__(self, it: World, process: Process, seconds: float, *, after: int = 1) -> None:
        self.since: datetime | None = None
        self._world, self._process, self._seconds, self._after = it, process, seconds, after
        steps, current = process.steps, process.freeze_store.current
        steps.always |= {"sending": self._begins, "keep": self, "close": self}

        async def asks(instance: str) -> Freeze | None:
            return cast("Freeze | None", await self(lambda: current(instance)))

        process.freeze_store.current = asks  # type: ignore[method-assign] # the database, for this question

    async def __call__(self, do: Do) -> Any:
        """The action of a step that it reaches."""
        if self.since is not None and self._world.time.now < self.since + timedelta(seconds=self._seconds):
            raise StoreUnavailable("no connection")
        return await do()

    async def _begins(self, do: Do) -> Any:
        done = await do()
        if self._process.steps.taken.count("sending") == self._after:
            self.since = self._world.time.now
        return done


def said_in(answer: Any) -> str:
    """What a window says."""
    return str(answer)


async def test_a_stop_that_nobody_disturbs(it: World) -> None:
    it.runs()
    one = it.starts("one")
    assert await one.submits() is None, "the window closes"
    await one.ends()
    assert it.adverity.posts == [987]
    (said,) = it.slack.public
    assert [text.splitlines()[:2] for text in said.texts] == [
        [f"*<@{ANA}> is stopping job 987*", ">runaway"],
        ["*Stopped job 987*", ">runaway"],
    ]
    row = await it.row()
    assert (row.state, row.told_at) == (ActState.DONE, it.time.now)
    assert not it.slack.whispers(ANA)


class TestWhatWasRefusedIsNotSent:
    """Whoever is told that nothing was sent is told the truth, whatever the database made of it."""

    async def test_the_database_kept_what_it_did_not_confirm(self, it: World) -> None:
        it.runs()
        one, two = it.starts("one"), it.starts("two")
        one.steps.at("submit", answer_lost)
        assert NOTHING_SENT in said_in(await one.submits())
        await one.kill()
        await it.heals(two)
        assert it.adverity.posts == []
        assert (await it.row()).state is ActState.DROPPED
        assert not it.slack.public, "what was not begun is a matter of the person alone"

    async def test_who_lives_puts_it_right(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        one.steps.at("submit", answer_lost)
        assert NOTHING_SENT in said_in(await one.submits())
        await one.looks()
        row = await it.row()
        assert (row.state, row.told_at) == (ActState.DROPPED, it.time.now)
        assert not it.slack.messages, "the window has said so"
        assert await one.submits(BEN) is None, "nobody is held back"
        await one.ends()
        assert it.adverity.posts == [987]

    async def test_long_away_and_a_claim_that_nobody_knew_of(self, it: World) -> None:
        """As seen first: the database is away for longer than the lease, and somebody else is there first."""
        it.runs()
        one, two = it.starts("one"), it.starts("two")
        one.steps.at("submit", answer_lost)
        await one.submits()
        it.time.pass_(LEASE.total_seconds() + 1)
        await two.looks()
        await one.looks()
        assert it.adverity.posts == []
        assert (await it.row()).state is ActState.DROPPED


class TestADatabaseThatIsAwayForLongerThanTheLease:
    """Whoever is at it stays at it: nobody's answer is lost."""

    async def test_what_is_ours_is_not_taken_from_us_by_ourselves(self, it: World) -> None:
        it.runs()
        one = it.starts("one")

        async def meanwhile() -> None:
            it.time.pass_(LEASE.total_seconds() + 5)
            await one.recovery.run_round()

        one.steps.at("stop", first(meanwhile))
        one.steps.at("answered", first(meanwhile))
        await one.submits()
        await one.ends()
        row = await it.row()
        assert (row.state, row.answer) == (ActState.DONE, "accepted")
        assert not [text for said in it.slack.public for text in said.texts if "interrupted" in text]

    async def test_adveritys_own_words_are_not_lost(self, it: World) -> None:
        it.runs()
        one = it.starts("one")

        async def meanwhile(do: Do) -> Any:
            it.time.pass_(LEASE.total_seconds() + 5)
            await one.recovery.run_round()
            raise NotStoppable("Not in fetch.", status=409)

        one.steps.at("stop", meanwhile)
        await one.submits()
        await one.ends()
        assert (await it.row()).state is ActState.REFUSED
        (said,) = it.slack.public
        assert said.text.startswith("*Not stopped: job 987* · Adverity refused\n>Adverity: Not in fetch")

    @pytest.mark.slow
    @pytest.mark.parametrize("kind", [Kind.STOP, Kind.STOP_SEVERAL, Kind.FETCH])
    @pytest.mark.parametrize("minutes", [2.0, 20.0, 100.0])
    async def test_right_before_it_leaves(self, it: World, kind: Kind, minutes: float) -> None:
        """Nothing has left, and nobody says that it is not known: it is sent afterwards, or it is too old by then."""
        one = it.starts("one")
        submission = await EACH[kind][0](it, one, ANA)
        # Of several the whole is marked as sent first, which sends nothing: then its first part.
        is_away = Outage(it, one, minutes * 60, after=2 if kind is Kind.STOP_SEVERAL else 1)
        await one.sends(submission)
        await one.ends()
        assert is_away.since is not None
        rows = [row for row in await it.rows(None) if row.kind is not Kind.STOP_SEVERAL]
        told = [text for said in it.slack.public for text in said.texts]
        assert not [text for text in told if "nknown" in text]
        if minutes < 15:
            assert {row.state for row in rows} == {ActState.DONE}
            return
        assert (it.adverity.posts, it.adverity.fetches) == ([], [])
        assert {(row.state, row.outcome) for row in rows} == {(ActState.REFUSED, "not sent: asked for too long ago")}

    @pytest.mark.parametrize("kind", [Kind.STOP, Kind.STOP_SEVERAL, Kind.FETCH])
    async def test_the_mark_is_made_and_nobody_learns_so(self, it: World, kind: Kind) -> None:
        """The row says that it is sent, and nothing has left."""
        one = it.starts("one")
        submission = await EACH[kind][0](it, one, ANA)
        one.steps.at("sending", *([done] if kind is Kind.STOP_SEVERAL else []), answer_lost)
        await one.sends(submission)
        await one.ends()
        assert {row.state for row in await it.rows(None)} == {ActState.DONE}
        assert len(it.adverity.posts) == len(set(it.adverity.posts))
        assert len(it.adverity.fetches) == (kind is Kind.FETCH)

    async def test_what_is_planned_is_looked_at_again_afterwards(self, it: World) -> None:
        one = await paused(it)
        it.time.pass_(HOUR + 1)
        is_away = Outage(it, one, 120.0, after=2)

        async def an_admin_decides(do: Do) -> Any:
            it.adverity.changes(enabled=False)
            return await do()

        one.steps.at("sleep", an_admin_decides)
        await one.looks()
        assert is_away.since is not None
        assert it.adverity.switches == [False]
        assert (await resumed(it)).outcome == "left alone: changed since it was paused"

    async def test_a_question_without_an_answer_gives_adveritys_turn_back(
        self, it: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        it.runs()
        one = it.starts("one", act_timing=replace(ACT_TIMING, last_look=0.01))
        current, asked, answer = one.freeze_store.current, asyncio.Event(), asyncio.Event()

        async def hangs_once(instance: str) -> Freeze | None:
            if "stop" not in one.steps.taken or asked.is_set():
                return await current(instance)
            asked.set()
            await answer.wait()
            return None

        monkeypatch.setattr(one.freeze_store, "current", hangs_once)
        await one.submits()
        await one.ends()
        answer.set()
        assert one.steps.taken.count("stop") > 1, "its turn came again"
        assert it.adverity.posts == [987]
        assert (await it.row()).state is ActState.DONE

    async def test_others_wait_until_its_owner_can_be_back(self, it: World) -> None:
        it.runs()
        one, two = it.starts("one"), it.starts("two")

        async def outage() -> None:
            for process in (one, two):
                process.steps.at("renew", away)
                await process.recovery.run_round()
            it.time.pass_(LEASE.total_seconds() + 5)
            await two.recovery.run_round()
            await one.recovery.run_round()
            it.time.pass_(LEASE.total_seconds() / 2)
            await two.recovery.run_round()

        one.steps.at("answered", first(outage))
        await one.submits()
        await one.ends()
        assert (await it.row()).answer == "accepted"
        assert "take_over" in two.steps.taken, "only for a while"


@pytest.mark.parametrize("moment", ["close", "edit", "follow", "told"])
@pytest.mark.parametrize("when", ["dies", "dies_after"])
async def test_an_outcome_that_is_not_known_is_followed_whenever_its_process_dies(
    it: World, moment: str, when: str
) -> None:
    it.runs()
    it.adverity.stops_work = False
    one, two = it.starts("one"), it.starts("two")
    one.steps.at(moment, getattr(one.steps, when))
    await one.submits()
    await one.ends()
    await it.heals(two)
    row = await it.row()
    assert (row.state, row.told_at is not None) == (ActState.UNKNOWN, True)
    assert set(it.followed) == {987}
    (said,) = it.slack.public
    assert "is still running" in said.text


async def test_a_database_away_loses_no_following(it: World) -> None:
    it.runs()
    it.adverity.stops_work = False
    one = it.starts("one")
    one.steps.at("follow", away, away)
    await one.submits()
    await one.ends()
    assert it.followed == [987]
    assert (await it.row()).told_at is not None


class TestSlackThatAsksToWait:
    """An ending that Slack does not take now is tried when it said."""

    async def test_no_sooner(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        refused = SlackRefused("chat.update", "ratelimited", may_pass=True, wait=120.0)
        one.steps.at("edit", raises(refused))
        await one.submits()
        await one.ends()
        began = it.time.now
        while "Stopped" not in it.slack.public[0].text:
            it.time.pass_(3)
            await one.looks()
            assert (it.time.now - began).total_seconds() < 200
        assert (it.time.now - began).total_seconds() >= 120
        assert one.steps.taken.count("edit") == 2
        assert (await it.row()).told_at is not None

    async def test_whoever_is_asked_nothing_is_tried_by_the_next_round(self, it: World) -> None:
        it.runs()
        one, two = it.starts("one"), it.starts("two")
        one.steps.at("edit", raises(SlackRefused("chat.update", "fatal_error", may_pass=True)))
        await one.submits()
        await one.ends()
        it.time.pass_(3)
        await two.looks()
        assert "Stopped" in it.slack.public[0].text


class TestShuttingDown:
    """Who goes takes nothing with him."""

    async def test_takes_nothing_over(self, it: World) -> None:
        it.runs()
        one, two, three = (it.starts(name) for name in ("one", "two", "three"))
        one.steps.at("stop", one.steps.dies)
        await one.submits()
        await one.ends()
        it.time.pass_(LEASE.total_seconds() + 1)
        two.recovery.close()
        await two.looks()
        assert "take_over" not in two.steps.taken
        await three.looks()
        assert (await it.row()).told_at is not None

    async def test_what_it_had_taken_already_is_given_back(self, it: World) -> None:
        it.runs()
        one, two, three = (it.starts(name) for name in ("one", "two", "three"))
        one.steps.at("stop", one.steps.dies)
        await one.submits()
        await one.ends()
        it.time.pass_(LEASE.total_seconds() + 1)

        async def closes(do: Do) -> Any:
            taken = await do()
            two.closing = True
            return taken

        two.steps.at("take_over", closes)
        await two.looks()
        await three.looks()
        assert (await it.row()).told_at is not None, "the next one need not wait for another lease"


class TestTheRecordNeverOutvotesAdverity:
    """Only a stop that is under way holds others back."""

    async def test_what_goes_on_may_be_stopped_again(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        await one.submits()
        await one.ends()
        it.runs()  # whatever the record holds, that is what Adverity says
        it.time.pass_(60)
        await one.submits(BEN)
        await one.ends()
        assert it.adverity.posts == [987, 987]
        assert [row.state for row in await it.rows()] == [ActState.DONE, ActState.DONE]

    async def test_who_comes_late_is_told_who_did_it(self, it: World) -> None:
        it.runs()
        one = it.starts("one")
        await one.submits()
        await one.ends()
        it.time.pass_(5)
        await one.submits(BEN)
        await one.ends()
        (whisper,) = it.slack.whispers(BEN)
        assert f"<@{ANA}> has already stopped job 987" in whisper
        assert it.adverity.posts == [987]
        assert len(it.slack.public) == 1
        assert [row.state for row in await it.rows()] == [ActState.SECOND, ActState.DONE]

    async def test_who_comes_meanwhile_is_told_who_was_first(self, it: World) -> None:
        it.runs()
        one, two = it.starts("one"), it.starts("two")

        async def ben() -> None:
            assert await two.submits(BEN) is None
            await two.ends()

        one.steps.at("stop", first(ben))
        await one.submits()
        await one.ends()
        (whisper,) = it.slack.whispers(BEN)
        assert f"<@{ANA}> is already stopping job 987" in whisper
        assert it.adverity.posts == [987]


async def test_no_answer_and_then_nothing_read_is_unknown(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("stop", done_and_raises(Unreachable("timed out")))
    one.steps.at("read", done)
    one.steps.always["read"] = raises(Unreachable("timed out"))
    await one.submits()
    await one.ends()
    assert (await it.row()).state is ActState.UNKNOWN
    assert it.followed == [987]


async def test_a_database_that_goes_away_once_it_was_told_that_it_begins(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("announced", away)
    await one.submits()
    await one.ends()
    (said,) = it.slack.public
    assert [text.splitlines()[0] for text in said.texts] == [
        f"*<@{ANA}> is stopping job 987*",
        "*The stop of job 987 is waiting*",
        "*Stopped job 987*",
    ]


async def test_while_it_is_away_the_message_is_left_as_it_is(it: World) -> None:
    it.runs()
    one = it.starts("one")
    one.steps.at("stop", done_and_raises(Unreachable("timed out")))
    one.steps.at("keep", away)
    await one.submits()
    await one.ends()
    (said,) = it.slack.public
    assert [text.splitlines()[0] for text in said.texts] == [
        f"*<@{ANA}> is stopping job 987*",
        "*Stopped job 987*",
    ]
    assert (await it.row()).told_at is not None


async def test_an_earlier_stop_counts_for_nothing_where_adverity_does_not_say_that_it_worked(it: World) -> None:
    it.runs()
    one = it.starts("one")
    await one.submits()
    await one.ends()
    it.time.pass_(60)
    one.steps.at("read", raises(Unreachable("timed out")), raises(Unreachable("timed out")))
    one.steps.always["read"] = raises(Unreachable("timed out"))
    await one.submits(BEN)
    await one.ends()
    assert [row.state for row in await it.rows()] == [ActState.REFUSED, ActState.DONE]
    assert "No request was sent." in it.slack.public[1].text
    assert it.slack.whispers(BEN) == []
