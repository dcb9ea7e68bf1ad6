"""A watched job that is alerted of in the same channel is one message there, which mentions who watches it.

What the watch itself would say waits behind the alert: dropped where that is told, told where that is given up.
"""

import pytest

from jobbot.adverity.model import State
from jobbot.flows.delivery.notifier import ContentRejected, NotificationFailed, Undeliverable
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import outbox, watches
from tests.machinery.following.world import AGAIN, ANA, BEN, INC, OTHER, Killed, World, no_answer, telling

THREAD = "7.0"
WATCHED = f"Watched by <@{ANA}>"


async def fails(it: World, *jobs: int, channels: tuple[str, ...] = (INC,)) -> None:
    """Alerts are on; the jobs are watched in the channel by Ana, the first one also by Ben in a thread; they fail."""
    for channel in channels:
        await it.one.alerts_on(channel)
    for job in jobs:
        it.adverity.starts(job)
        await it.one.watch(job)
    it.clock.pass_(1)  # who came first is mentioned first
    await it.one.watch(jobs[0], user=BEN, thread=THREAD)
    await it.one.round_of("going", "past")
    for job in jobs:
        it.adverity.ends(job)
    for _ in range(2 + 2 * len(jobs)):
        await it.one.round()


async def owed_nothing(it: World) -> None:
    await it.two.delivers_all()
    assert all(row.sent_at or row.failed for row in await it.rows(outbox))


async def test_it_is_one_message_for_all_who_watch_it_also_in_threads(it: World) -> None:
    await fails(it, 987)
    await owed_nothing(it)
    (told,) = it.slack.said
    assert f"Watched by <@{ANA}>, <@{BEN}>" in told.text
    assert told.thread is None
    assert {row.end_reason for row in await it.rows(watches)} == {"Failed"}


async def test_who_watches_in_another_channel_is_told_there(it: World) -> None:
    it.adverity.starts(987)
    await it.one.watch(987, OTHER, user=BEN)
    await fails(it, 987)
    await owed_nothing(it)
    (here,), (there,) = it.slack.of(INC), it.slack.of(OTHER)
    assert WATCHED in here.text
    assert there.text.startswith(f"<@{BEN}>")


async def test_a_success_is_told_to_who_watches_as_ever(it: World) -> None:
    await it.one.alerts_on()
    it.adverity.starts(987)
    await it.one.watch(987)
    await it.one.round_of("going", "past")
    it.adverity.ends(987, State.SUCCESS)
    await it.one.round_of("one")
    await owed_nothing(it)
    (told,) = it.slack.said
    assert told.text.startswith(f"<@{ANA}>")


async def test_of_several_each_is_mentioned_in_a_new_post_and_once(it: World) -> None:
    """The second joins the first: its message is edited, which tells nobody, so the reply mentions who watches."""
    await it.one.alerts_on()
    for job in (987, 988):
        it.adverity.starts(job)
        await it.one.watch(job, user=ANA if job == 987 else BEN)
    await it.one.round_of("going", "past")
    for job in (987, 988):
        it.adverity.ends(job)
        for _ in range(4):
            await it.one.round()
        await it.one.delivers_all()
    posted = [one.versions[0] if one.versions else one.text for one in it.slack.of(INC)]
    assert [sum(f"<@{user}>" in text for text in posted) for user in (ANA, BEN)] == [1, 1]
    assert "2 jobs failed" in it.slack.of(INC)[0].text


@pytest.mark.parametrize("need", ["alerts", "content"])
async def test_where_the_alert_is_given_up_the_watch_tells_it_itself(it: World, need: str) -> None:
    await fails(it, 987)
    if need == "alerts":
        it.slack.needs["alerts"] = Undeliverable("not permitted to alerts any more", only_this=True)
    else:
        it.slack.next = [(NotificationFailed(ContentRejected("no_text")), False)] * 3
    await owed_nothing(it)
    told = {(one.thread, one.text.partition(":")[0]) for one in telling(it.slack.of(INC), 987)}
    assert told == {(None, f"<@{ANA}>"), (THREAD, f"<@{BEN}>")}
    assert len(it.slack.said) == 2
    assert {row.end_reason for row in await it.rows(watches)} == {"Failed"}


async def test_an_alert_that_was_perhaps_told_is_not_told_again_by_the_watch(it: World) -> None:
    await fails(it, 987)
    it.slack.next = [no_answer(taken=True), no_answer(taken=True)]
    await owed_nothing(it)
    assert [AGAIN in one.text for one in it.slack.said] == [False, True]
    assert {row.end_reason for row in await it.rows(watches)} == {"perhaps told: Slack did not say whether it took it"}


@pytest.mark.slow
@pytest.mark.parametrize("how", [StoreUnavailable, Killed])
async def test_whoever_dies_while_it_is_told_nobody_is_lost_and_nobody_is_told_twice_for_certain(
    it: World, how: type[BaseException]
) -> None:
    number = 100
    await it.two.alerts_on()
    for step in range(6):
        for when in ("before", "after"):
            number += 1
            it.adverity.starts(number)
            await it.two.watch(number)
            await it.two.round_of("going", "past")
            it.adverity.ends(number)
            for _ in range(4):
                await it.two.round()
            dying = it.process(f"dies {number}")
            dying.database.fails(after=step, when=when, how=how)
            await dying.delivers()
            it.clock.pass_(200)
            await owed_nothing(it)
            told = [*telling(it.slack.of(INC), number)]
            assert all(WATCHED in one.text for one in told), "the watch's own message is never needed"
            assert len([one for one in told if AGAIN not in one.text]) <= 1, (step, when)
            assert told, (step, when)
            it.clock.pass_(3600)
