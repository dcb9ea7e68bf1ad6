"""What was seen, kept on both databases: once a channel, in its order, with its message's ts for as long as itself."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from jobbot.access.policy import Need
from jobbot.store.database.engine import Database
from jobbot.store.events import Event, EventHistory, EventQuery, Seen, keep_events
from jobbot.store.following.model import Notification
from jobbot.store.following.outbox import KEEP_NOTIFICATIONS, Outbox, put
from tests.support.kept_engines import kept_engine
from tests.unit.store.world import LEASE, START, Clock

HOUR = timedelta(hours=1)


@dataclass
class Kept:
    """The events, and the outbox of their messages."""

    database: Database
    history: EventHistory
    outbox: Outbox
    clock: Clock

    async def has(self, job: int | None, what: str = "Failed", *, hours: float = 0, **more: object) -> None:
        """Something that happened so many hours after the start of it all."""
        given: dict[str, object] = {
            "key": f"{what}:{job}",
            "instance": "acme",
            "at": START + hours * HOUR,
            "what": what,
        }
        stream = {"datastream": 42} if job is not None else {}
        event = Event(**(given | {"job": job} | stream | more))  # type: ignore[arg-type] # a test's own keywords
        async with self.database.writing() as connection:
            await keep_events(connection, [event])

    async def jobs(self, **asked: object) -> list[int | None]:
        """Of what is found."""
        return [one.job for one in await self.history.newest(EventQuery(**asked))]  # type: ignore[arg-type]

    async def is_posted(self, id_: str, ts: str) -> None:
        """A message of this id."""
        note = Notification(
            id=id_, key=id_, need=Need.ALERTS, instance="acme", channel_id="C0INC", message="{}", workspaces=frozenset()
        )
        async with self.database.writing() as connection:
            await put(connection, [note], self.clock())
        self.clock.pass_(2)
        (claimed,) = await self.outbox.claim()
        await self.outbox.sent(claimed, ts)


@pytest.fixture
async def kept(database_url: str) -> AsyncIterator[Kept]:
    clock = Clock()
    database = Database(kept_engine(database_url), time_is_held=True)
    yield Kept(database, EventHistory(database), Outbox(database, owner="one", clock=clock, lease=LEASE), clock)
    await database.aclose()


async def test_the_newest_first_and_no_more_than_asked_for(kept: Kept) -> None:
    for job in (2, 1, 3):
        await kept.has(job, hours=job)
    assert await kept.jobs() == [3, 2, 1]
    assert [one.job for one in await kept.history.newest(EventQuery(), most=2)] == [3, 2]


async def test_the_same_is_kept_once_a_channel(kept: Kept) -> None:
    await kept.has(1, channel_id="C0INC", said="first")
    await kept.has(1, channel_id="C0INC", said="again", hours=1)
    await kept.has(1, channel_id="C0OTHER")
    await kept.has(1, channel_id="C0INC", instance="staging")
    found = await kept.history.newest(EventQuery(instance="acme"))
    assert {(one.channel_id, one.said, one.at) for one in found} == {("C0INC", "first", START), ("C0OTHER", "", START)}


async def test_narrowed_and_outages_with_it(kept: Kept) -> None:
    await kept.has(1, workspace=7, channel_id="C0INC")
    await kept.has(2, datastream=43, hours=1)
    await kept.has(None, Seen.BLIND, hours=2)
    await kept.has(3, workspace=8, instance="staging", hours=3)
    assert await kept.jobs(instance="acme") == [None, 2, 1]
    assert await kept.jobs(instance="acme", datastream=42) == [None, 1]
    assert await kept.jobs(instance="acme", job=2, outages=False) == [2]
    assert await kept.jobs(instance="acme", outages=False) == [2, 1]
    assert await kept.jobs(instance="acme", workspaces=frozenset({7, 8})) == [None, 1]
    assert await kept.jobs(channel_id="C0INC") == [1]
    assert await kept.jobs(start=START + HOUR, end=START + 2 * HOUR) == [None, 2]


async def test_the_ts_of_a_message_outlives_the_message(kept: Kept) -> None:
    await kept.has(1, notification="a" * 32)
    await kept.has(2, notification="b" * 32)
    assert {one.message_ts for one in await kept.history.newest(EventQuery())} == {None}
    await kept.is_posted("a" * 32, "17.1")
    found = {one.job: one.message_ts for one in await kept.history.newest(EventQuery())}
    assert found == {1: "17.1", 2: None}
    kept.clock.pass_(KEEP_NOTIFICATIONS.total_seconds() + 60)
    await kept.outbox.forget_old()
    assert {one.job: one.message_ts for one in await kept.history.newest(EventQuery())} == found


async def test_only_what_is_old_is_deleted(kept: Kept) -> None:
    await kept.has(1)
    await kept.has(2, hours=2)
    assert await kept.history.forget(START + HOUR) == 1
    assert await kept.jobs() == [2]
