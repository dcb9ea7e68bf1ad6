"""One datastream's trouble in one channel is one message: told once, counted in it, ended in it, whoever does it."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import update

from jobbot.access.workspaces import Reach
from jobbot.adverity.errors import Unreachable
from jobbot.adverity.model import DatastreamId, State
from jobbot.flows.delivery.dispatcher import REFUSALS
from jobbot.flows.delivery.notifier import ContentRejected, NotificationFailed, TryLater
from jobbot.flows.following.matters import KEPT
from jobbot.intents.model import Sign
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import alert_groups, outbox, snoozes
from tests.machinery.following.passing import STREAM, begins, ends, ends_untold, looks
from tests.machinery.following.world import ANA, BEN, INC, OTHER, Killed, Said, World

NAME = "*Stream ec*"
LATE, EMPTY, NONE = frozenset({Sign.LATE}), frozenset({Sign.EMPTY}), frozenset[State]()


def told(it: World, channel: str = INC) -> Said:
    (one,) = it.slack.of(channel)
    return one


async def test_failures_count_up_in_the_first_message_and_a_success_ends_it_there(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    assert told(it).text.startswith(f"{NAME} failed")
    for job in (2, 3):
        await ends(it, job)
    assert f"{NAME} failed · 3 failures in a row since" in told(it).text
    await ends(it, 4, State.SUCCESS)
    success = it.adverity.jobs[4].ended
    assert success is not None
    assert f"Recovered: {NAME} succeeded {success:%Y-%m-%d %H:%M} UTC after 3 failures since" in told(it).text
    assert len(told(it).versions) == 3, "an edit each, and no post"
    assert [block["type"] for block in told(it).blocks][-1] == "actions"
    assert [element["text"]["text"] for element in told(it).blocks[-1]["elements"]] == ["Details"]
    await ends(it, 5)
    assert len(it.slack.of(INC)) == 2, "after its end a new failure is a new message"


async def test_the_newest_error_is_shown(it: World) -> None:
    await begins(it)
    it.adverity.open[STREAM] = [{"id": 1, "error_cause_label": "Authorization invalid", "message": "x"}]
    await ends(it, 1)
    assert "Authorization invalid" in told(it).text
    it.adverity.open[STREAM] = [{"id": 2, "error_cause_label": "Quota used up", "message": "y"}]
    await ends(it, 2)
    assert "Quota used up" in told(it).text
    assert "Authorization invalid" not in told(it).text


async def test_who_is_on_it_is_told_of_the_end_in_its_thread_and_nobody_else(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    await ends(it, 2, stream=43)
    first, second = it.slack.of(INC)
    await it.one.presses("I'm on it", first)
    await ends(it, 3, State.SUCCESS)
    await ends(it, 4, State.SUCCESS, stream=43)
    reply = it.slack.of(INC)[-1]
    assert (len(it.slack.of(INC)), reply.thread) == (3, first.ts)
    assert reply.text.startswith(f"<@{ANA}>")
    assert "Recovered" in reply.text
    assert f"<@{ANA}> was on it" in first.text
    assert "Recovered" in second.text


async def test_who_watches_the_job_that_succeeds_hears_it_by_the_watch_alone(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.adverity.starts(2, stream=STREAM)
    await it.one.watch(2, user=BEN)
    await it.one.round_of("going")
    it.adverity.ends(2, State.SUCCESS)
    await looks(it)
    first, watched = it.slack.of(INC)
    assert "Recovered" in first.text
    assert watched.text.startswith(f"<@{BEN}>")


async def test_who_watches_a_job_that_fails_again_is_told_although_the_alert_is_an_edit(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.adverity.starts(2, stream=STREAM)
    await it.one.watch(2, user=BEN)
    await it.one.round_of("going")
    it.adverity.ends(2)
    await looks(it)
    first, watched = it.slack.of(INC)
    assert "2 failures in a row" in first.text
    assert watched.text.startswith(f"<@{BEN}>")


async def test_several_at_once_stay_one_message_and_each_goes_on_in_it(it: World) -> None:
    await begins(it)
    for job, stream in ((1, 41), (2, 42), (3, 43)):
        it.adverity.starts(job, before=1, stream=stream)
        it.adverity.ends(job)
    await looks(it)
    head, *thread = it.slack.of(INC)
    assert "3 jobs failed" in head.text
    await ends(it, 4, stream=42)
    await ends(it, 5, State.SUCCESS, stream=43)
    assert "*2 of 3 still failing*, 1 recovered" in head.text
    assert "2 failures in a row since" in head.text
    assert "Recovered: *Stream ed* succeeded" in head.text
    await ends(it, 6, State.SUCCESS, stream=41)
    await ends(it, 7, State.SUCCESS, stream=42)
    assert "*All 3 recovered*" in head.text
    assert it.slack.of(INC) == [head, *thread], "nothing else was posted"
    await ends(it, 8, stream=42)
    assert len(it.slack.of(INC)) == len(thread) + 2


async def test_many_that_go_on_together_are_a_few_edits(it: World) -> None:
    await begins(it)
    for number in range(100):
        it.adverity.starts(1 + number, before=1, stream=100 + number)
        it.adverity.ends(1 + number)
    await looks(it)
    edits = it.slack.edits
    for number in range(100):
        it.adverity.starts(1001 + number, before=1, stream=100 + number)
        it.adverity.ends(1001 + number, State.SUCCESS)
    await looks(it)
    assert it.slack.edits - edits <= 2
    assert "*All 100 recovered*" in it.slack.of(INC)[0].text


async def test_one_that_fails_again_within_the_minute_counts_and_does_not_join(it: World) -> None:
    await begins(it)
    for job in (1, 2):
        it.clock.pass_(2)
        it.adverity.starts(job, before=1, stream=STREAM)
        it.adverity.ends(job)
        await looks(it)
    assert "2 failures in a row" in told(it).text


async def test_while_nobody_looked_it_began_and_ended_with_the_times_of_the_jobs(it: World) -> None:
    await begins(it)
    began = it.clock()
    for minutes, (job, state) in enumerate([(1, State.FAILED), (2, State.FAILED), (3, State.SUCCESS)]):
        it.clock.now = began + timedelta(minutes=10 * (minutes + 1))
        it.adverity.starts(job, before=30, stream=STREAM)
        it.adverity.ends(job, state)
    it.clock.pass_(3 * 3600)
    await looks(it)
    first, last = began + timedelta(minutes=10), began + timedelta(minutes=30)
    at = "%Y-%m-%d %H:%M UTC"
    line = f"Recovered: {NAME} succeeded {last:{at}} after 2 failures since {first:{at}}, all while I was away"
    assert line in told(it).text
    assert not told(it).versions


async def test_a_recovery_that_was_not_looked_at_ends_it_with_its_own_time(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.clock.pass_(600)
    it.adverity.starts(2, before=30, stream=STREAM)
    it.adverity.ends(2, State.SUCCESS)
    recovered = it.clock()
    it.clock.pass_(5 * 3600)
    await looks(it)
    assert f"succeeded {recovered:%Y-%m-%d %H:%M} UTC after 1 failure since" in told(it).text


async def test_off_and_on_again_it_is_another_matter(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    await it.one.alerts_off()
    await it.one.alerts_on()
    await ends(it, 2)
    first, second = it.slack.of(INC)
    assert not first.versions, "nobody follows it any more"
    assert "in a row" not in second.text


async def test_a_look_that_reaches_back_counts_nothing_from_before_the_alert(it: World) -> None:
    """Several jobs of hours are stopped together: the list since they began holds an old failure too."""
    for job in range(11, 16):
        it.adverity.starts(job, before=6 * 3600, stream=100 + job)
    it.adverity.starts(1, before=4 * 3600, stream=STREAM)
    it.adverity.ends(1)
    it.clock.pass_(3 * 3600)
    await begins(it)
    await ends(it, 2)
    before = told(it).text
    for job in range(11, 16):
        it.adverity.ends(job, State.CANCELLED)
    await looks(it, 8)
    assert (told(it).text, told(it).versions) == (before, [])


async def test_a_message_whose_matters_another_version_wrote_stays_as_it_is(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    async with it.one.database.writing() as connection:
        await connection.execute(update(alert_groups).values(entries='[{"of": "another version"}]'))
    for job, stream in ((2, STREAM), (3, 43)):
        it.clock.pass_(2)
        it.adverity.starts(job, before=1, stream=stream)
        it.adverity.ends(job)
        await looks(it)
    first, second, *_ = it.slack.of(INC)
    assert not first.versions
    assert "2 jobs failed" in second.text


async def test_switched_on_again_it_goes_on(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    await it.one.alerts_on()
    await ends(it, 2)
    assert "2 failures in a row" in told(it).text


@pytest.mark.parametrize("looked", [True, False])
async def test_what_fails_in_the_second_in_which_the_run_before_it_succeeds_is_told_anew(
    it: World, looked: bool
) -> None:
    await begins(it)
    for seconds, job, state in ((120, 1, State.FAILED), (120, 2, State.SUCCESS), (0, 3, State.FAILED)):
        it.clock.pass_(seconds)
        it.adverity.starts(job, before=60, stream=STREAM)
        it.adverity.ends(job, state)
        if looked and job == 1:
            await looks(it)
    await looks(it)
    stands = "\n".join(one.text for one in it.slack.of(INC))
    assert f"Recovered: {NAME} succeeded" in stands
    assert "after 1 failure since" in stands
    assert f"{NAME} failed" in stands, "the newest run is told"


async def test_without_news_for_a_week_it_is_over_and_says_so(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.clock.pass_(KEPT.total_seconds() + 60)
    await looks(it)
    assert "It is not followed any more" in told(it).text
    await ends(it, 2)
    assert len(it.slack.of(INC)) == 2


@pytest.mark.slow
async def test_what_goes_on_for_weeks_is_kept_and_stays_one_message(it: World) -> None:
    await begins(it)
    for job in range(1, 12):
        it.clock.pass_(3 * 86_400)
        await ends(it, job)
        for one in (it.one.rounds, it.one.outbox, it.one.alert_messages):
            await one.forget_old()
    assert "11 failures in a row" in told(it).text
    assert told(it).button("I'm on it")


async def test_a_failure_that_is_seen_after_the_success_behind_it_is_not_taken_as_going_on(it: World) -> None:
    """The failed job cannot be read for a while; meanwhile the next run succeeds and is seen."""
    await begins(it)
    it.adverity.starts(1, stream=STREAM)
    await it.one.round_of("going")
    it.adverity.fails["one"] = Unreachable("no answer")
    it.adverity.jobs[1].began -= timedelta(days=2)
    it.adverity.ends(1)
    hidden = it.adverity.jobs.pop(1)
    await looks(it)
    await ends(it, 2, State.SUCCESS)
    it.adverity.jobs[1] = hidden
    it.adverity.fails.clear()
    it.clock.pass_(3600)
    await looks(it, 8)
    assert "Recovered" in told(it).text
    assert "after 1 failure since" in told(it).text


async def test_a_failure_that_waited_for_its_workspace_ends_with_the_success_that_came_meanwhile(it: World) -> None:
    it.sights.reaches[INC] = Reach(frozenset({14}), ("EMEA",))
    await begins(it)
    await ends(it, 1)
    await ends(it, 2, State.SUCCESS)
    it.sights.places[DatastreamId(STREAM)] = 14
    it.clock.pass_(120)
    await looks(it)
    assert "Recovered" in told(it).text


async def late(it: World, job: int = 1) -> None:
    """A job that has been running for far too long is told."""
    it.adverity.took[STREAM] = [10] * 6
    it.adverity.starts(job, before=7200, stream=STREAM)
    await looks(it, 6)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.SUCCESS, f"Recovered: {NAME} succeeded"),
        (State.CANCELLED, f"{NAME} was cancelled"),
        (State.FAILED, f"{NAME} failed"),
    ],
)
@pytest.mark.slow
async def test_a_late_job_ends_its_matter_when_it_ends(it: World, state: State, words: str) -> None:
    await begins(it, states=NONE, signs=LATE)
    await late(it)
    assert "running far longer than usual" in told(it).text
    it.clock.pass_(60)
    it.adverity.ends(1, state)
    await looks(it)
    assert told(it).text.startswith(words)
    assert "running" not in told(it).text
    await ends(it, 2)
    assert ("2 failures in a row" in told(it).text) is (state is State.FAILED)


@pytest.mark.slow
@pytest.mark.parametrize("failed", [False, True])
async def test_a_late_job_that_adverity_does_not_know_any_more_ends_its_matter_where_nothing_had_failed(
    it: World, failed: bool
) -> None:
    await begins(it, signs=LATE)
    if failed:
        await ends(it, 2)
    await late(it)
    del it.adverity.jobs[1]
    await looks(it, 16)
    gone = f"{NAME} was running far longer than usual; Adverity does not know the job any more"
    assert (gone in told(it).text) is not failed
    assert "running" not in told(it).text.replace(gone, "")
    await ends(it, 3)
    texts = [one.text for one in it.slack.of(INC)]
    assert [text.startswith(f"{NAME} failed") for text in texts] == ([True] if failed else [False, True])
    assert ("2 failures in a row" in texts[0]) is failed


@pytest.mark.slow
async def test_a_late_run_after_failures_stands_in_their_message(it: World) -> None:
    await begins(it, signs=LATE)
    await ends(it, 1)
    await ends(it, 2)
    await late(it, 3)
    assert f"{NAME} · running far longer than usual" in told(it).text
    assert "after 2 failures since" in told(it).text
    it.adverity.ends(3)
    await looks(it)
    assert "3 failures in a row" in told(it).text


@pytest.mark.slow
async def test_empty_runs_count_until_one_brings_rows(it: World) -> None:
    await begins(it, states=NONE, signs=EMPTY)
    it.adverity.brought |= {1: [0], 2: [0], 3: [12]}
    for job in (1, 2):
        await ends(it, job, State.SUCCESS)
        await looks(it, 6)
    assert "2 runs without rows in a row since" in told(it).text
    await ends(it, 3, State.SUCCESS)
    await looks(it, 6)
    assert f"Recovered: {NAME} brought rows" in told(it).text


async def test_a_success_that_is_asked_for_is_posted_too(it: World) -> None:
    await begins(it, states=frozenset({State.FAILED, State.SUCCESS}))
    await ends(it, 1)
    await ends(it, 2, State.SUCCESS)
    first, good = it.slack.of(INC)
    assert "Recovered" in first.text
    assert (good.thread, good.text.startswith(f"{NAME} succeeded")) == (first.ts, True)


@pytest.mark.slow
async def test_snoozed_until_fixed_it_is_silent_until_the_next_success_which_says_so(it: World) -> None:
    await begins(it)
    await it.two.alerts_on(OTHER)
    await ends(it, 1)
    said = await it.one.snoozes(STREAM)
    assert "until it succeeds again" in said
    assert "failures until then are not posted, neither now nor later" in said
    it.clock.pass_(3 * 86_400)
    await ends(it, 2)
    assert len(it.slack.of(INC)) == 1
    await ends(it, 3, State.SUCCESS)
    assert f"alerts of it are on again: <@{BEN}> had snoozed them until it is fixed" in it.slack.of(INC)[0].text
    assert not await it.rows(snoozes)
    await ends(it, 4)
    assert len(it.slack.of(INC)) == 2


async def test_where_no_message_can_say_that_alerts_are_on_again_a_new_one_does(it: World) -> None:
    await begins(it)
    await it.one.snoozes(STREAM)
    await ends(it, 1)
    assert not it.slack.said
    it.clock.pass_(5)
    it.adverity.starts(2, before=1, stream=STREAM)
    it.adverity.ends(2, State.SUCCESS)
    it.clock.pass_(5)
    it.adverity.starts(3, before=1, stream=STREAM)
    it.adverity.ends(3)
    await looks(it)
    again, failed = it.slack.of(INC)
    assert "alerts of it are on again" in again.text
    assert failed.text.startswith(f"{NAME} failed"), "what fails behind the success is told"


async def test_a_success_from_before_the_snooze_does_not_end_it(it: World) -> None:
    await begins(it)
    it.clock.pass_(60)
    it.adverity.starts(1, before=30, stream=STREAM)
    it.adverity.ends(1, State.SUCCESS)
    it.clock.pass_(5)
    await it.one.snoozes(STREAM)
    await looks(it)
    assert await it.rows(snoozes)


@pytest.mark.slow
async def test_a_user_group_is_mentioned_in_the_first_message_once_and_never_in_an_edit(it: World) -> None:
    posts: list[str] = []
    edits: list[str] = []
    post, edit = it.slack.post, it.slack.edit

    async def posted(channel_id: str, message: object, thread_ts: str | None) -> str:
        posts.append(json.dumps([message.text, message.blocks]))  # type: ignore[attr-defined] # a Message
        return await post(channel_id, message, thread_ts)  # type: ignore[arg-type] # the same

    async def edited(channel_id: str, ts: str, message: object) -> None:
        edits.append(json.dumps([message.text, message.blocks]))  # type: ignore[attr-defined] # a Message
        await edit(channel_id, ts, message)  # type: ignore[arg-type] # the same

    it.slack.post, it.slack.edit = posted, edited  # type: ignore[method-assign] # each call is looked at
    await begins(it, group="S0ONCALL")
    await ends(it, 1)
    await it.one.presses("I'm on it", it.slack.of(INC)[0])
    await ends(it, 2)
    it.clock.pass_(30)
    await ends(it, 3, stream=43)
    it.adverity.starts(4, before=1, stream=44)
    it.adverity.ends(4)
    await looks(it)
    await ends(it, 5, State.SUCCESS)
    assert [text.count("<!subteam^S0ONCALL>") > 0 for text in posts].count(True) == 2
    assert not [text for text in edits if "subteam" in text]
    assert "Called @data-oncall" in it.slack.of(INC)[0].text
    await ends(it, 6)
    it.slack.usergroups.clear()
    await ends(it, 7, stream=45)
    assert "subteam" not in posts[-1], "a group that is not known any more"


async def test_what_is_over_when_it_is_told_calls_nobody(it: World) -> None:
    await begins(it, group="S0ONCALL")
    it.clock.pass_(5)
    for job, state in ((1, State.FAILED), (2, State.SUCCESS)):
        it.clock.pass_(5)
        it.adverity.starts(job, before=1, stream=STREAM)
        it.adverity.ends(job, state)
    await looks(it)
    assert "Recovered" in told(it).text
    assert "Call" not in told(it).text


async def test_an_edit_that_says_something_new_after_a_day_is_not_given_up_for_what_it_said_before(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.slack.leaves[INC] = TryLater("token_revoked")
    for hour, (job, state) in enumerate(((2, State.FAILED), (3, State.SUCCESS))):
        it.clock.pass_(23 * 3600 * hour)
        await ends_untold(it, job, state)
        await it.one.delivers()
    it.clock.pass_(2 * 3600)
    await it.one.delivers()
    it.slack.leaves.clear()
    it.clock.pass_(3600)
    await it.one.delivers_all()
    assert "Recovered" in told(it).text


async def test_what_slack_rejected_of_an_edit_does_not_count_for_what_it_says_since(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    for job, state, rejected in ((2, State.FAILED, REFUSALS - 1), (3, State.SUCCESS, 1)):
        await ends_untold(it, job, state)
        it.slack.next = [(NotificationFailed(ContentRejected("invalid_blocks")), False)] * rejected
        while it.slack.next:
            await it.one.delivers()
            it.clock.pass_(3600)
    await it.one.delivers_all()
    assert "Recovered" in told(it).text


async def test_a_message_that_was_deleted_is_posted_anew_with_what_is_news(it: World) -> None:
    await begins(it)
    await ends(it, 1)
    it.slack.said.clear()
    await ends(it, 2)
    assert "2 failures in a row" in told(it).text
    await ends(it, 3, State.SUCCESS)
    assert "Recovered" in told(it).text


@pytest.mark.slow
@pytest.mark.parametrize("how", [StoreUnavailable, Killed])
async def test_whoever_dies_at_any_step_a_matter_is_told_once_and_ends_truthfully(
    it: World, how: type[BaseException]
) -> None:
    await begins(it)
    number = 100
    for step in range(8):
        for when in ("before", "after"):
            stream = 1000 + number
            before = len(it.slack.of(INC))
            for state in (State.FAILED, State.FAILED, State.SUCCESS):
                number += 1
                it.clock.pass_(120)
                it.adverity.starts(number, before=60, stream=stream)
                it.adverity.ends(number, state)
                for _ in range(2):
                    dying = it.process(f"dies {number} {_}")
                    dying.database.fails(after=step, when=when, how=how)
                    await dying.round()
                    it.clock.pass_(61)
                await looks(it)
            (one,) = it.slack.of(INC)[before:]
            assert "after 2 failures since" in one.text, (step, when)
            assert "Recovered" in one.text
    assert not [row for row in await it.rows(alert_groups) if row.is_open]
    assert all(row.sent_at or row.failed for row in await it.rows(outbox))
