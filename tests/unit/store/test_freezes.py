"""Freezes in the database: one is on at a time, it ends by its time or by somebody, and that it did is told once."""

import asyncio
from datetime import timedelta
from uuid import uuid4

from jobbot.store.database.engine import Database
from jobbot.store.database.migrate import migrate
from jobbot.store.following.model import Notification
from jobbot.store.following.outbox import Outbox
from jobbot.store.freezes import Freeze, Freezes
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import LEASE, START, Clock

HALF = timedelta(minutes=30)


def freeze(by: str = "U0ANA", *, instance: str = "acme", length: timedelta = HALF, clock: Clock) -> Freeze:
    return Freeze(
        id=uuid4().hex,
        instance=instance,
        user_id=by,
        channel_id="C0INC",
        thread_ts="1.2",
        reason="deploy",
        since=clock.now,
        until=clock.now + length,
    )


def told(one: Freeze) -> Notification:
    return Notification(
        id=uuid4().hex, key=f"over:{one.id}", need="view", instance=one.instance, channel_id="C0INC", message="{}"
    )


async def test_the_life_of_a_freeze(database_url: str) -> None:
    clock, engine = Clock(), kept_engine(database_url)
    database = Database(engine, time_is_held=True)
    await migrate(database)
    one, two = Freezes(database, clock), Freezes(database, clock)
    assert await one.current("acme") is None

    first = freeze(clock=clock)
    assert await one.begin(first) is None
    assert await two.current("acme") == first, "the store is asked, not a memory"
    assert await two.current("staging") is None

    clock.pass_(60)
    longer = freeze("U0BEN", length=timedelta(hours=2), clock=clock)
    assert await two.begin(longer) == first
    assert await one.current("acme") == longer
    assert await one.end("acme", only=first.id, by="U0ANA", reason="") == longer, "another one was meant"
    assert await one.current("acme") == longer
    clock.pass_(60)
    ended = await one.end("acme", only=longer.id, by="U0ANA", reason="done")
    assert isinstance(ended, Freeze)
    assert (ended.ended_at, ended.ended_by, ended.end_reason) == (clock.now, "U0ANA", "done")
    assert await two.current("acme") is None
    assert await one.end("acme", only=None, by="U0ANA", reason="") is None

    # What somebody ended needs no word that it is over; what ended by itself is told once.
    last = freeze(clock=clock)
    await one.begin(last)
    clock.pass_(HALF.total_seconds() - 1)
    assert await one.tell_over(told) == []
    clock.pass_(2)
    assert await one.current("acme") is None
    found = await asyncio.gather(one.tell_over(told), two.tell_over(told))
    assert sorted(found) == [[], ["acme"]]
    assert await Outbox(database, owner="x", clock=clock, lease=LEASE).count() == 1

    kept = await one.between("acme", START, clock.now)
    assert [row.id for row in kept] == [last.id, longer.id, first.id]
    assert (kept[2].replaced_by, kept[2].ended_by, kept[2].ended_at) == (
        longer.id,
        "U0BEN",
        START + timedelta(seconds=60),
    )
    assert kept[0].ended_at is None, "its time ran out"
    assert await one.between("acme", START + timedelta(seconds=90), START + timedelta(seconds=100)) == [kept[1]]
    assert await one.forget(START + timedelta(seconds=90)) == 1
    assert await one.forget(clock.now + timedelta(seconds=1)) == 2
    await engine.dispose()


async def test_of_two_at_once_one_is_on(database_url: str) -> None:
    clock, engine = Clock(), kept_engine(database_url)
    database = Database(engine, time_is_held=True)
    await migrate(database)
    both = [freeze(f"U{number}", clock=clock) for number in range(5)]
    before = await asyncio.gather(*(Freezes(database, clock).begin(one) for one in both))
    assert before.count(None) == 1
    rows = await Freezes(database, clock).between("acme", START, clock.now)
    assert sum(row.ended_at is None for row in rows) == 1
    await engine.dispose()
