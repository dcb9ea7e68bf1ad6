"""The outbox on both databases: in order, one at a time, at Slack's pace, once - or known to be perhaps twice."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import alerts, outbox, watches
from jobbot.store.following.model import Alert, LostRound, Notification, RoundResult
from jobbot.store.following.outbox import (
    EDIT_GAP,
    KEEP_NOTIFICATIONS,
    MESSAGE_GAP,
    POST_GAP,
    LostNotification,
    Outbox,
    put,
)
from jobbot.store.following.poll_rounds import ENDINGS_KEPT, PollRounds
from jobbot.store.following.watches import WatchStore
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import LEASE, Clock


@dataclass
class Two:
    """Two processes on one database."""

    clock: Clock
    database: Database
    boxes: list[Outbox]
    rounds: list[PollRounds]
    watches: WatchStore

    async def add(self, *notifications: Notification) -> None:
        """As a round would."""
        async with self.database.writing() as connection:
            await put(connection, notifications, self.clock())

    def passes(self, seconds: float) -> None:
        """Time."""
        self.clock.pass_(seconds)


@pytest.fixture
async def two(database_url: str) -> AsyncIterator[Two]:
    clock = Clock()
    async with AsyncExitStack() as stack:
        databases = [Database(kept_engine(database_url), time_is_held=True) for _ in range(2)]
        for database in databases:
            stack.push_async_callback(database.aclose)
        await migrate(databases[0])
        boxes = [Outbox(one, owner=str(n), clock=clock, lease=LEASE) for n, one in enumerate(databases)]
        rounds = [PollRounds(one, owner=str(n), clock=clock, lease=LEASE) for n, one in enumerate(databases)]
        yield Two(clock, databases[0], boxes, rounds, WatchStore(databases[0], clock))


def notification(number: int, channel: str = "C0INC", **fields: object) -> Notification:
    given = {"id": f"l{number}", "key": f"k{number}", "need": "watch", "instance": "acme", "message": f"m{number}"}
    return Notification(**{**given, "channel_id": channel, **fields})  # type: ignore[arg-type] # a test's own keywords


async def claimed(box: Outbox) -> list[str]:
    return [one.notification.id for one in await box.claim()]


async def test_in_order_and_a_message_a_second_in_a_channel(two: Two) -> None:
    await two.add(notification(1), notification(2), notification(3, "C0OTHER"))
    first, other = await two.boxes[0].claim()
    assert (first.notification.id, other.notification.id) == ("l1", "l3")
    assert await claimed(two.boxes[1]) == [], "one at a time in a channel"
    await two.boxes[0].sent(first, "1.1")
    assert await claimed(two.boxes[1]) == [], "and not faster than Slack takes them"
    two.passes(POST_GAP.total_seconds())
    assert await claimed(two.boxes[1]) == ["l2"]


async def test_of_many_who_claim_at_once_one_gets_it(two: Two) -> None:
    await two.add(notification(1))
    got = await asyncio.gather(*(claimed(two.boxes[n % 2]) for n in range(10)))
    assert sorted(len(one) for one in got) == [0] * 9 + [1]


async def test_the_same_key_is_one_notification(two: Two) -> None:
    await two.add(notification(1), notification(2, key="k1"))
    await two.add(notification(3, key="k1"))
    assert await claimed(two.boxes[0]) == ["l1"]
    async with two.database.reading() as connection:
        assert len((await connection.execute(select(outbox.c.id))).all()) == 1


async def test_a_process_that_died_before_it_posted_has_told_nothing(two: Two) -> None:
    await two.add(notification(1))
    (lost,) = await two.boxes[0].claim()
    two.passes(LEASE.total_seconds() + 1)
    (again,) = await two.boxes[1].claim()
    assert not again.maybe_delivered
    for late in (two.boxes[0].posting(lost), two.boxes[0].sent(lost, "1.1")):
        with pytest.raises(LostNotification):
            await late


async def test_one_that_died_while_it_posted_has_perhaps_told_it(two: Two) -> None:
    await two.add(notification(1))
    (lost,) = await two.boxes[0].claim()
    await two.boxes[0].posting(lost)
    two.passes(LEASE.total_seconds() + 1)
    (again,) = await two.boxes[1].claim()
    assert again.maybe_delivered
    await two.boxes[1].sent(again, "1.1")
    two.passes(LEASE.total_seconds() + 1)
    assert await claimed(two.boxes[0]) == []


async def test_what_slack_refused_was_not_told_and_what_it_did_not_answer_perhaps(two: Two) -> None:
    await two.add(notification(1))
    for perhaps in (False, True):
        (one,) = await two.boxes[0].claim()
        await two.boxes[0].posting(one)
        await two.boxes[0].postpone(one, two.clock() + timedelta(seconds=5), maybe_delivered=perhaps)
        assert await claimed(two.boxes[0]) == []
        two.passes(6)
        (again,) = await two.boxes[0].claim()
        assert again.maybe_delivered is perhaps
        await two.boxes[0].postpone(again, two.clock(), maybe_delivered=perhaps)
        two.passes(2)


async def test_an_edit_that_waits_is_rewritten(two: Two) -> None:
    await two.add(notification(1, edits=True, message_ts="1.1"), notification(2, edits=True, message_ts="2.2"))
    await two.add(notification(3, edits=True, message_ts="1.1"))
    (first,) = await two.boxes[0].claim()
    assert (first.notification.id, first.notification.message) == ("l1", "m3")
    await two.add(notification(4, edits=True, message_ts="1.1"))
    two.passes(EDIT_GAP.total_seconds())
    assert await claimed(two.boxes[1]) == ["l2"], "nobody else edits the message meanwhile"
    await two.boxes[0].sent(first, "1.1")
    two.passes(EDIT_GAP.total_seconds())
    assert await claimed(two.boxes[1]) == [], "nor anybody for three seconds"
    two.passes(MESSAGE_GAP.total_seconds())
    assert await claimed(two.boxes[1]) == ["l4"]


async def test_whoever_told_the_old_words_of_an_edit_that_was_rewritten_has_not_told_the_new_ones(two: Two) -> None:
    """A delivery that takes longer than its lease (a laptop that sleeps): it waits again, and is rewritten."""
    edit: dict[str, Any] = {"edits": True, "message_ts": "1.1"}
    await two.add(notification(1, **edit))
    (late,) = await two.boxes[0].claim()
    two.passes(LEASE.total_seconds() + 1)
    await two.add(notification(2, edits=True, message_ts="1.1"))
    with pytest.raises(LostNotification):
        await two.boxes[0].sent(late, "1.1")
    (again,) = await two.boxes[1].claim()
    assert (again.notification.id, again.notification.message) == ("l1", "m2")


async def test_what_stands_under_a_message_waits_for_it(two: Two) -> None:
    await two.add(notification(1), notification(2, under="l1"), notification(3, under="l1", edits=True))
    (root,) = await two.boxes[0].claim()
    two.passes(5)
    assert await claimed(two.boxes[1]) == []
    await two.boxes[0].sent(root, "7.7")
    reply, edit = await two.boxes[1].claim()
    assert (reply.notification.thread_ts, edit.notification.message_ts) == ("7.7", "7.7")


async def test_what_a_clock_that_is_behind_writes_under_a_message_comes_after_it(two: Two) -> None:
    await two.add(notification(1))
    two.passes(-2)
    await two.add(notification(2, under="l1"), notification(3))
    two.passes(5)
    for ts, expected in (("1.1", "l1"), ("2.2", "l2"), ("3.3", "l3")):
        (one,) = await two.boxes[0].claim()
        assert one.notification.id == expected
        await two.boxes[0].sent(one, ts)
        two.passes(2)


async def test_old_notifications_go_and_owed_ones_stay(two: Two) -> None:
    await two.add(notification(1), notification(2, "C0OTHER"))
    one, other = await two.boxes[0].claim()
    await two.boxes[0].sent(one, "1.1")
    await two.boxes[0].postpone(other, two.clock())
    two.passes(KEEP_NOTIFICATIONS.total_seconds() + 1)
    await two.boxes[0].forget_old()
    async with two.database.reading() as connection:
        assert (await connection.execute(select(outbox.c.id))).scalars().all() == ["l2"]


async def test_of_what_is_not_followed_any_more_nothing_is_kept_for_long(two: Two) -> None:
    await waits(two)
    for number in (1, 2):
        await two.watches.alerts.switch_on(alert(number))
    await two.watches.unwatch(instance="acme", job=987, channel_id="C0INC", user_id="U0ANA")
    two.passes(ENDINGS_KEPT.total_seconds() + 1)
    await two.rounds[0].forget_old()
    async with two.database.reading() as connection:
        assert (await connection.execute(select(watches.c.id))).all() == []
        assert (await connection.execute(select(alerts.c.id))).scalars().all() == ["a2"], "the one that is on"


async def test_an_instance_is_served_by_whoever_does_its_rounds(two: Two) -> None:
    """Asked by a process that knows staging alone."""
    mine, theirs = two.rounds
    await waits(two)
    before = two.clock()
    assert await mine.orphaned(["staging"], before) == [], "what has just begun is nobody's to end"
    two.passes(700)
    assert await theirs.is_due("acme")
    round_ = await theirs.begin("acme")
    assert round_ is not None
    await theirs.commit(round_, RoundResult(state="", next_at=two.clock()))
    assert await mine.orphaned(["staging"], two.clock() - timedelta(seconds=600)) == []
    two.passes(700)
    assert await mine.orphaned(["staging"], two.clock() - timedelta(seconds=600)) == ["acme"]
    assert await mine.orphaned(["staging", "acme"], two.clock() - timedelta(seconds=600)) == []


async def test_an_instance_that_never_had_a_round_is_not_served_either(two: Two) -> None:
    await waits(two)
    two.passes(700)
    assert await two.rounds[0].orphaned([], two.clock() - timedelta(seconds=600)) == ["acme"]
    assert await two.rounds[0].begin("acme") is not None


def alert(number: int) -> Alert:
    """Of all failures on acme, in #inc-data."""
    return Alert(
        id=f"a{number}",
        instance="acme",
        channel_id="C0INC",
        datastream=None,
        states=frozenset({"Failed"}),
        user_id="U0ANA",
        since=Clock()(),
    )


async def waits(two: Two) -> str:
    """Ana's watch of job 987: its id."""
    await two.watches.watch(instance="acme", job=987, name="987", channel_id="C0INC", thread_ts=None, user_id="U0ANA")
    (one,) = await two.watches.who_watches("acme", 987, "C0INC")
    return one.id


async def test_a_round_is_done_by_one_and_written_whole(two: Two) -> None:
    watch = await waits(two)
    assert all([await rounds.is_due("acme") for rounds in two.rounds])
    begun = await asyncio.gather(*(two.rounds[n % 2].begin("acme") for n in range(10)))
    ((owner, mine),) = [(two.rounds[n % 2], one) for n, one in enumerate(begun) if one is not None]
    assert not await two.rounds[0].is_due("acme")
    await two.watches.alerts.switch_on(alert(1))
    found = RoundResult(
        state="{}",
        next_at=two.clock() + timedelta(seconds=5),
        notifications=[notification(1)],
        ended_watches={watch: ("Failed", "l1")},
        endings=[987],
    )
    await owner.commit(mine, found)
    assert await two.rounds[0].unhandled("acme", [986, 987]) == {986}
    assert not await two.rounds[1].is_due("acme")
    two.passes(6)
    assert await two.rounds[1].is_due("acme"), "the alert is still on"
    with pytest.raises(LostRound):
        await owner.commit(mine, found)
    (told,) = await two.boxes[1].claim()
    await two.boxes[1].give_up(told, "is_archived")
    async with two.database.reading() as connection:
        row = (await connection.execute(select(watches))).one()
    assert row.end_reason == "not told: is_archived"


async def test_a_round_whose_lease_is_renewed_is_begun_by_nobody_else(two: Two) -> None:
    await waits(two)
    await two.rounds[0].is_due("acme")
    begun = await two.rounds[0].begin("acme")
    assert begun is not None
    for _ in range(4):
        two.passes(LEASE.total_seconds() * 0.6)
        await two.rounds[0].keep(begun)
        assert not await two.rounds[1].is_due("acme")
        assert await two.rounds[1].begin("acme") is None
    two.passes(LEASE.total_seconds() + 1)
    assert await two.rounds[1].begin("acme") is not None
    await two.rounds[0].keep(begun)
    two.passes(LEASE.total_seconds() * 0.6)
    assert await two.rounds[0].begin("acme") is None, "whoever lost it renews nothing"


async def test_a_round_whose_process_died_is_done_again_and_the_late_one_writes_nothing(two: Two) -> None:
    watch = await waits(two)
    await two.rounds[0].is_due("acme")
    lost = await two.rounds[0].begin("acme")
    assert lost is not None
    assert await two.rounds[1].begin("acme") is None
    two.passes(LEASE.total_seconds() + 1)
    mine = await two.rounds[1].begin("acme")
    assert mine is not None
    assert (mine.number, mine.fence) == (lost.number + 1, lost.fence + 1)
    found = RoundResult(
        state="", next_at=two.clock(), notifications=[notification(1)], ended_watches={watch: ("Failed", "l1")}
    )
    with pytest.raises(LostRound):
        await two.rounds[0].commit(lost, found)
    assert await claimed(two.boxes[0]) == [], "neither the ending nor its notification"
    await two.rounds[1].release(mine)
    assert await two.rounds[0].begin("acme") is not None


async def test_whoever_comes_during_a_round_is_not_kept_waiting(two: Two) -> None:
    """A round's own idea of when the next is due knows nothing of those who came meanwhile."""
    await waits(two)
    one, other = two.rounds
    assert await one.is_due("acme")
    round_ = await one.begin("acme")
    assert round_ is not None
    await other.hasten("acme", two.clock() + timedelta(seconds=1))
    two.passes(1)
    assert await other.begin("acme") is None, "it is due, and still somebody's round"
    await one.commit(round_, RoundResult(state="{}", next_at=two.clock() + timedelta(seconds=30)))
    assert await other.is_due("acme")
    round_ = await other.begin("acme")
    assert round_ is not None
    await other.commit(round_, RoundResult(state="{}", next_at=two.clock() + timedelta(minutes=5)))
    two.passes(LEASE.total_seconds())
    assert not await other.is_due("acme"), "nobody came: the end of the lease is no reason"


async def test_an_alert_that_is_switched_on_again_keeps_its_time(two: Two) -> None:
    since = two.clock()
    for number in (1, 2):
        await two.watches.alerts.switch_on(
            Alert(
                id=f"a{number}",
                instance="acme",
                channel_id="C0INC",
                datastream=None,
                states=frozenset({"Failed"}),
                user_id="U0ANA",
                since=two.clock(),
            )
        )
        two.passes(60)
    (one,) = (await two.watches.of_channel("C0INC")).alerts
    assert (one.id, one.since) == ("a2", since)


async def test_nobody_wants_a_round_where_nobody_follows(two: Two) -> None:
    assert not await two.rounds[0].is_due("acme")
    watch = await waits(two)
    assert await two.rounds[0].is_due("acme")
    assert not await two.rounds[0].is_due("staging")
    await two.watches.unwatch(instance="acme", job=987, channel_id="C0INC", user_id="U0ANA")
    assert not await two.rounds[0].is_due("acme")
    assert watch


async def test_a_closed_channel_takes_everything_with_it(two: Two) -> None:
    watch = await waits(two)
    await two.add(notification(1), notification(2, "C0OTHER"), notification(3, need="alerts"))
    await two.watches.end_channel("C0INC", "no watching", only="watch")
    assert await claimed(two.boxes[0]) == ["l2", "l3"]
    async with two.database.writing() as connection:
        await connection.execute(
            insert(watches).values(
                id="w2",
                instance="acme",
                job=1,
                name="",
                channel_id="C0INC",
                thread_ts="",
                user_id="U",
                end_reason="",
                created_at=two.clock(),
            )
        )
    await two.watches.end_channel("C0INC", "is_archived")
    async with two.database.reading() as connection:
        rows = {row.id: row.end_reason for row in (await connection.execute(select(watches))).all()}
    assert rows == {watch: "no watching", "w2": "is_archived"}
