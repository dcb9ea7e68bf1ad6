"""PollRounds of a poller, one by one: what happens while one is under way, and who does it when somebody dies."""

from datetime import timedelta
from typing import Any

import pytest

from jobbot.adverity.errors import Forbidden, Unauthorised, Unreachable
from jobbot.adverity.model import State
from jobbot.flows.delivery.notifier import TryLater
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import watches
from jobbot.store.following.model import ClaimedNotification
from tests.machinery.following.world import AGAIN, ANA, BEN, INC, OTHER, Killed, World, no_answer, telling


async def a_watched_job_ends(it: World, state: State = State.FAILED) -> None:
    """Rounds have seen it; it is not told yet."""
    it.adverity.starts(987)
    await it.one.watch(987)
    await it.one.round_of("going")
    it.adverity.ends(987, state)
    await it.one.round_of("one")


async def test_how_a_watched_job_ends_is_told_once(it: World) -> None:
    await a_watched_job_ends(it, State.SUCCESS)
    await it.two.delivers_all()
    (told,) = telling(it.slack.of(INC), 987)
    assert "*Success*" in told.text
    for _ in range(5):
        assert await it.two.round() in ("nothing", "done")
    await it.one.delivers_all()
    assert len(it.slack.said) == 1


@pytest.mark.parametrize("kind", ["going", "one"])
async def test_what_ends_in_a_round_is_told_where_alerts_were_switched_on_in_that_round(it: World, kind: str) -> None:
    """Adverity takes its time: a channel switches alerts on, then the job ends, then the answer is made up."""
    it.adverity.starts(987, before=3600)
    await it.one.alerts_on(INC)
    await it.one.round_of("going", "past")
    if kind == "one":
        hidden = it.adverity.jobs.pop(987)  # in no list for a moment, so that it is read by itself
        await it.one.round_of("going")
        it.adverity.jobs[987] = hidden

    async def meanwhile() -> None:
        await it.two.alerts_on(OTHER)
        it.clock.pass_(2)
        it.adverity.ends(987)
        it.clock.pass_(2)

    it.adverity.during.append(meanwhile)
    for _ in range(6):
        await it.one.round()
    await it.one.delivers_all()
    told = {channel: len([*telling(it.slack.of(channel), 987)]) for channel in (INC, OTHER)}
    assert told == {INC: 1, OTHER: 1}


async def test_alerts_that_are_switched_on_while_a_round_is_written_are_asked_about_it_too(it: World) -> None:
    """The last moment: what was decided is about to be written, and the new alert was not there when it was."""
    it.adverity.starts(987, before=3600)
    await it.one.alerts_on(INC)
    await it.one.round_of("going", "past")
    it.adverity.ends(987)
    await it.one.round_of("going")
    since = it.clock()
    it.clock.pass_(30)
    commit = it.one.rounds.commit
    switched: list[str] = []

    async def late(*given: Any, **named: Any) -> None:
        if not switched:
            switched.append(OTHER)
            it.clock.now, now = since - timedelta(seconds=5), it.clock.now
            await it.two.alerts_on(OTHER)
            it.clock.now = now
        await commit(*given, **named)

    it.one.rounds.commit = late  # type: ignore[method-assign] # the one place that no call of Adverity's is near
    await it.one.round_of("one")
    await it.one.delivers_all()
    told = {channel: len([*telling(it.slack.of(channel), 987)]) for channel in (INC, OTHER)}
    assert told == {INC: 1, OTHER: 1}


async def test_alerts_that_are_switched_off_and_on_between_two_rounds_miss_no_end(it: World) -> None:
    """The round before asked for other alerts: its list of what is going on is not that of the new ones."""
    it.adverity.starts(987, before=600)
    await it.one.alerts_on()
    await it.one.round_of("going")
    await it.one.alerts_off()
    it.clock.pass_(1)
    await it.one.alerts_on()
    await it.one.round()
    it.clock.pass_(5)
    it.adverity.ends(987)
    await it.one.round_of("going", "past")
    await it.one.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == 1


async def test_alerts_that_are_switched_on_while_many_watched_jobs_end_miss_no_other_end(it: World) -> None:
    """The ends of many are looked up in one list of the past, before what is going on is listed for the alerts."""
    it.adverity.starts(987, before=600)
    watched = range(1, 6)
    for job in watched:
        it.adverity.starts(job)
        await it.one.watch(job)
    await it.one.round_of("going")
    for job in watched:
        it.adverity.ends(job, State.SUCCESS)
    await it.one.round_of("going")
    await it.one.alerts_on()
    await it.one.round()
    it.clock.pass_(5)
    it.adverity.ends(987)
    await it.one.round_of("going", "past")
    await it.one.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == 1


@pytest.mark.slow
async def test_whoever_dies_at_any_step_of_a_round_has_told_nothing_twice(it: World) -> None:
    """At each transaction, before and after it; the next process does the round again."""
    number, killed = 100, 0
    for step in range(8):
        for when in ("before", "after"):
            number += 1
            it.adverity.starts(number)
            await it.two.watch(number)
            await it.two.alerts_on(INC)
            await it.two.round_of("going", "past")
            it.adverity.ends(number)
            await it.two.round_of("going")
            dying = it.process(f"dies {step} {when}")
            dying.database.fails(after=step, when=when, how=Killed)
            killed += await dying.round() == "killed"
            it.clock.pass_(61)
            for _ in range(4):
                await it.two.round()
            await it.two.delivers_all()
            told = [*telling(it.slack.of(INC), number)]
            assert len(told) == 1, (step, when, "the alert mentions who watches")
            assert f"Watched by <@{ANA}>" in told[0].text
            assert not [one for one in told if AGAIN in one.text]
            await it.two.alerts_off(INC)
    assert killed > 8, "or else nothing was tried"


async def test_a_round_that_another_process_did_meanwhile_writes_nothing(it: World) -> None:
    it.adverity.starts(987)
    await it.one.watch(987)
    await it.one.watch(987, user=BEN)
    await it.one.round_of("going")
    it.adverity.ends(987)
    await it.one.round_of("going")

    async def meanwhile() -> None:
        it.clock.pass_(61)
        assert await it.two.looks() == "done"

    it.adverity.during.append(meanwhile)
    assert await it.one.round() == "lost"
    await it.one.delivers_all()
    assert len(it.slack.said) == 1


async def test_a_card_has_its_face_again_after_the_first_answer(it: World) -> None:
    """Also where that answer is about something else, and however rarely an old card is edited."""
    it.adverity.starts(987)
    it.adverity.starts(986)
    card = await it.one.shows(987)
    await it.one.watch(986)
    it.clock.pass_(3 * 3600)
    await it.one.round_of("going")
    await it.one.delivers_all()
    it.adverity.ends(986)
    await it.one.round_of("going")
    it.adverity.fails = {kind: Unreachable("no answer") for kind in ("going", "one")}
    await it.one.round()
    await it.one.delivers_all()
    assert "does not answer since" in card.text
    it.adverity.fails.clear()
    it.clock.pass_(61)
    await it.one.looks()
    asked = it.adverity.calls[-3:]
    assert asked == ["one", "issues", "runs"], "the first answer is about another job, why it failed, and how often"
    await it.one.delivers_all()
    assert "does not answer" not in card.text
    assert "*Job 987: Running*" in card.text


async def test_a_question_that_is_refused_is_no_answer(it: World) -> None:
    """A revoked key refuses the list and the job: cards do not say that all is well between two refusals."""
    it.adverity.starts(987)
    it.adverity.starts(986)
    card = await it.one.shows(987)
    await it.one.watch(986)
    await it.one.round_of("going")
    it.adverity.ends(986)
    await it.one.round_of("going")
    it.adverity.fails = {"going": Unauthorised(status=401), "one": Forbidden(status=403), "past": Forbidden(status=403)}
    for _ in range(12):
        await it.one.round()
        await it.one.delivers_all()
    assert "cannot be asked since" in card.text
    assert sum("cannot be asked" in text for text in [*card.versions, card.text]) == 1


@pytest.mark.parametrize("unanswered", [1, 2])
async def test_a_failure_that_is_perhaps_told_twice_still_says_so_when_others_join_it(
    it: World, unanswered: int
) -> None:
    """Slack takes the message of the first failure and does not say so; the next failure makes one message of both."""
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    for job in (987, 988):
        it.clock.pass_(2)
        it.adverity.starts(job, before=0.5)
        it.adverity.ends(job)
        await it.one.round_of("going", "past")
        if job == 987:
            it.slack.next = [no_answer(taken=True)] * unanswered
            await it.one.delivers()
    await it.one.delivers_all()
    first, *later = it.slack.of(INC)
    assert AGAIN not in first.text
    assert all(AGAIN in one.text for one in later if one.thread is None)
    gathered = [one for one in later if "2 jobs failed" in one.text]
    assert [one.thread for one in telling(later, 988)] == [gathered[0].ts], "where nobody knows whether it stands"


async def test_what_was_told_for_certain_is_gathered_without_a_doubt(it: World) -> None:
    await it.one.alerts_on()
    await it.one.round_of("going", "past")
    for job in (987, 988):
        it.clock.pass_(2)
        it.adverity.starts(job, before=0.5)
        it.adverity.ends(job)
        await it.one.round_of("going", "past")
        await it.one.delivers_all()
    assert "2 jobs failed" in it.slack.of(INC)[0].text
    assert it.slack.of(INC, AGAIN) == []


@pytest.mark.parametrize("how", [StoreUnavailable, Killed])
async def test_a_post_that_may_have_left_and_one_without_an_answer_are_not_two_without_an_answer(
    it: World, how: type[BaseException]
) -> None:
    """Interrupted behind the mark, before Slack is asked; then Slack does not answer once, and has taken nothing."""
    await a_watched_job_ends(it)
    posting = it.one.outbox.posting

    async def marked(one: ClaimedNotification) -> None:
        await posting(one)
        raise how("scripted")

    it.one.outbox.posting = marked  # type: ignore[method-assign] # the one transaction that is meant
    await it.one.delivers()
    it.clock.pass_(200)
    it.slack.next = [no_answer(taken=False)]
    await it.two.delivers()
    await it.two.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == 1


@pytest.mark.parametrize(
    ("hours", "told", "reason"), [(23, 1, "Failed"), (25, 0, "not told: not possible for a day: Slack is down")]
)
async def test_what_could_not_be_told_for_a_day_is_given_up_and_the_watch_says_so(
    it: World, hours: int, told: int, reason: str
) -> None:
    await a_watched_job_ends(it)
    it.slack.leaves[INC] = TryLater("Slack is down")
    for _ in range(hours):
        await it.one.delivers()
        it.clock.pass_(3600)
    await it.one.delivers()
    it.slack.leaves.clear()
    it.clock.pass_(3600)
    await it.one.delivers_all()
    assert len([*telling(it.slack.of(INC), 987)]) == told
    assert [row.end_reason for row in await it.rows(watches)] == [reason]
