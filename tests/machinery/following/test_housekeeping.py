"""What costs nothing while nothing is to be done, and what a database that is away puts off for a moment only."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, cast

import pytest
from sqlalchemy import event

from jobbot.flows.delivery.notifier import NotificationFailed, TryLater
from jobbot.flows.instances import ORPHANED_AFTER
from jobbot.flows.recovery import Recovery
from jobbot.store.acts.history import ActHistory
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.tables import alerts, watches
from jobbot.store.events import EventHistory
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries
from tests.machinery.following.world import BEN, INC, OTHER, Killed, Process, World
from tests.unit.store.world import LEASE

GONE = "no longer set up for acme"


@contextmanager
def writes(process: Process) -> Iterator[list[str]]:
    """The transactions that write, and what they send."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if not statement.startswith(("SELECT", "PRAGMA")) and statement != "BEGIN":
            sent.append(statement)

    engine = process.database.engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def owed(it: World, *jobs: int) -> None:
    """Each has ended, and its ending is owed."""
    for job in jobs:
        it.adverity.starts(job)
        await it.one.watch(job)
        await it.one.watch(job, user=BEN, thread="8.0")
    await it.one.round_of("going")
    for job in jobs:
        it.adverity.ends(job)
    await it.one.round_of("one")


async def test_a_notification_that_waits_is_looked_at_and_nothing_is_written(it: World) -> None:
    """Behind another one of its channel, for Slack's rates, and for the time that Slack wants."""
    await owed(it, 987)
    with writes(it.one) as sent:
        await it.one.delivers()
        assert sent
        sent.clear()
        for _ in range(2):
            await it.one.delivers()  # the channel's second message: not within the second
        assert sent == []
    it.clock.pass_(1.2)
    it.slack.next = [(NotificationFailed(TryLater("ratelimited", 30.0)), False)]
    await it.one.delivers()
    it.clock.pass_(2)
    with writes(it.one) as sent:
        for _ in range(2):
            await it.one.delivers()
        assert sent == []
    await it.one.delivers_all()
    assert len(it.slack.said) == 2


@pytest.mark.slow
async def test_what_is_over_is_deleted_once_an_hour(it: World) -> None:
    class NoStops:
        """Nothing to renew and nothing to take over."""

        async def renew(self) -> None: ...

        async def take_over(self, most: int) -> list[Any]:
            return []

    deleted: list[str] = []

    async def forget() -> None:
        deleted.append("followed")

    database = it.one.database
    recovery = Recovery(
        ledger=cast("Any", NoStops()),
        presence=Presence(database, clock=it.clock, lease=LEASE),
        slack_retries=SlackRetries(database, it.clock),
        acting=cast("Any", None),
        instances=it.one.instances,
        start=lambda _: False,
        lease=LEASE,
        history=ActHistory(database),
        events=EventHistory(database),
        clock=it.clock,
        keep=ORPHANED_AFTER,
        forget=forget,
    )
    await recovery.run_round()
    assert deleted == ["followed"]
    with writes(it.one) as sent:
        for _ in range(1100):
            it.clock.pass_(3)
            await recovery.run_round()
        assert sent == []
    it.clock.pass_(600)
    database.fails()
    await recovery.run_round()
    assert (len(deleted), recovery.trouble) == (1, "scripted")
    await recovery.run_round()
    assert (len(deleted), recovery.trouble) == (2, "")


@pytest.mark.parametrize("how", [StoreUnavailable, Killed])
@pytest.mark.parametrize("when", ["before", pytest.param("after", marks=pytest.mark.slow)])
@pytest.mark.parametrize("step", range(5))
async def test_what_is_orphaned_ends_a_lease_later_however_it_was_interrupted(
    it: World, step: int, when: str, how: type[BaseException]
) -> None:
    """The claim on its end is no round of anybody who serves the instance: it puts nothing off by ten minutes."""
    it.adverity.starts(987)
    await it.one.watch(987)
    await it.one.alerts_on(OTHER)
    await it.one.round_of("going")
    other, third = it.process("other", serves=["staging"]), it.process("third", serves=["staging"])
    it.clock.pass_(ORPHANED_AFTER.total_seconds() + 61)
    other.database.fails(after=step, when=when, how=how)
    with suppress(StoreUnavailable, Killed):
        await other.orphaned.end()
    it.clock.pass_(2 * LEASE.total_seconds() + 1)
    await third.orphaned.end()
    await third.delivers_all()
    assert [len(it.slack.of(channel, GONE)) for channel in (INC, OTHER)] == [1, 1]
    assert {row.end_reason for table in (watches, alerts) for row in await it.rows(table)} == {
        "instance not configured"
    }
