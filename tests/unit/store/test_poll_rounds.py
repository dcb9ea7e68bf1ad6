"""What a round leaves behind is written whole: in a few statements, or not at all, and then the round is let go of."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, event, insert, select, text

from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import alert_groups, cards, endings, outbox, watches
from jobbot.store.following.model import AlertGroup, CardChange, Notification, Round, RoundResult
from jobbot.store.following.outbox import Outbox
from jobbot.store.following.poll_rounds import PollRounds
from tests.unit.store.world import LEASE, Clock

MANY = 500
FEW = 10
"""Statements; a BEGIN is one too."""

clock = Clock()


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(make_engine(database_url), time_is_held=True)
    await migrate(made)
    yield made
    await made.aclose()


async def begins(rounds: PollRounds, database: Database) -> Round:
    """A round on a database in which many wait for many jobs, each of which has a card."""
    waiting = [
        {
            "id": f"w{number}",
            "instance": "acme",
            "job": number,
            "name": "",
            "channel_id": "C0INC",
            "thread_ts": "",
            "user_id": "U0ANA",
            "created_at": clock(),
            "end_reason": "",
        }
        for number in range(MANY)
    ]
    shown = [
        {
            "id": f"c{number}",
            "instance": "acme",
            "job": number,
            "channel_id": "C0INC",
            "message_ts": f"{number}.1",
            "user_id": "U0ANA",
            "created_at": clock(),
            "next_edit_at": clock(),
            "drawn": "",
            "shown": "",
            "end_reason": "",
        }
        for number in range(MANY)
    ]
    async with database.writing(seconds=60) as connection:
        await connection.execute(insert(watches), waiting)
        await connection.execute(insert(cards), shown)
    assert await rounds.is_due("acme")
    begun = await rounds.begin("acme")
    assert begun is not None
    return begun


def notification(id_: str, **fields: Any) -> Notification:
    return Notification(
        id=id_, key=f"k-{id_}", need="watch", instance="acme", channel_id="C0INC", message=id_, **fields
    )


def found(**fields: Any) -> RoundResult:
    return RoundResult(state="{}", next_at=clock() + timedelta(seconds=5), **fields)


@contextmanager
def statements(database: Database) -> Iterator[list[str]]:
    """What is sent to the database: one that is sent with many rows is one."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(database.engine.sync_engine, "before_cursor_execute", note)
    yield sent
    event.remove(database.engine.sync_engine, "before_cursor_execute", note)


async def test_a_few_statements_however_much_was_found(database: Database) -> None:
    rounds = PollRounds(database, owner="one", clock=clock, lease=LEASE)
    begun = await begins(rounds, database)
    everything = found(
        notifications=[notification(f"l{number}") for number in range(MANY)]
        + [notification(f"e{number}", edits=True, message_ts=f"{number}.1") for number in range(MANY)],
        ended_watches={f"w{number}": ("Success", f"l{number}") for number in range(MANY)},
        cards=[
            CardChange(
                id=f"c{number}",
                drawn="as it is",
                shown="x",
                next_edit_at=clock(),
                end_reason="Success" if number % 2 else "",
            )
            for number in range(MANY)
        ],
        endings=range(MANY),
        groups=[
            AlertGroup(
                id=f"g{number}",
                instance="acme",
                channel_id=f"C{number}",
                opened_at=clock(),
                last_at=clock(),
                entries="[]",
            )
            for number in range(MANY)
        ],
    )
    with statements(database) as sent:
        await rounds.commit(begun, everything)
    assert len(sent) <= FEW, [one[:80] for one in sent]
    rows = {table.name: await all_of(database, table) for table in (watches, cards, endings, alert_groups, outbox)}
    assert {name: len(some) for name, some in rows.items()} == {
        **dict.fromkeys(("watches", "cards", "endings", "alert_groups"), MANY),
        "outbox": 2 * MANY,
    }
    assert {(row.end_reason, row.notification) for row in rows["watches"]} == {
        ("Success", f"l{n}") for n in range(MANY)
    }
    assert all(row.drawn == "as it is" for row in rows["cards"])
    assert {(row.job % 2, row.end_reason, row.ended_at is None) for row in rows["cards"]} == {
        (0, "", True),
        (1, "Success", False),
    }
    ordered = sorted(rows["outbox"], key=lambda row: row.number)
    assert [row.id for row in ordered] == [one.id for one in everything.notifications]


async def all_of(database: Database, table: Table) -> list[Any]:
    async with database.reading() as connection:
        return list((await connection.execute(select(table))).all())


async def test_edits_that_wait_are_rewritten_and_what_is_known_is_not_repeated(database: Database) -> None:
    rounds = PollRounds(database, owner="one", clock=clock, lease=LEASE)
    begun = await begins(rounds, database)
    group = AlertGroup(id="g", instance="acme", channel_id="C0INC", opened_at=clock(), last_at=clock(), entries="[]")
    first = found(
        notifications=[
            notification("l1"),
            notification("e1", edits=True, message_ts="1.1"),
            notification("e2", edits=True, message_ts="1.1"),
        ],
        endings=[7, 7],
        groups=[group],
    )
    await rounds.commit(begun, replace(first, next_at=clock()))
    begun_again = await rounds.begin("acme")
    assert begun_again is not None
    notifications = [
        notification("l1"),
        notification("l2"),
        notification("e3", edits=True, message_ts="1.1"),
        notification("e4", edits=True, message_ts="2.2"),
        notification("e5", edits=True, message_ts="2.2"),
    ]
    await rounds.commit(
        begun_again, found(notifications=notifications, endings=[7], groups=[replace(group, entries="[1]")])
    )
    rows = await all_of(database, outbox)
    assert {row.id: row.message for row in rows} == {"l1": "l1", "e1": "e3", "l2": "l2", "e4": "e5"}
    assert [row.entries for row in await all_of(database, alert_groups)] == ["[1]"]


async def test_a_round_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    """The disk is full; then somebody makes room."""
    async with aclosing(Database(make_engine(f"sqlite:///{tmp_path}/full.db"))) as database:
        await migrate(database)
        rounds = PollRounds(database, owner="one", clock=clock, lease=LEASE)
        begun = await begins(rounds, database)
        async with database.reading() as connection:
            pages = await connection.scalar(text("PRAGMA page_count"))
            await connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        long = replace(notification("l1"), message="x" * 1_000_000)
        with pytest.raises(StoreUnavailable, match="full"):
            await rounds.commit(begun, found(notifications=[long], ended_watches={"w1": ("Success", "l1")}))
        await rounds.release(begun)
        async with database.reading() as connection:
            await connection.execute(text(f"PRAGMA max_page_count = {2 * pages}"))
        again = await rounds.begin("acme")
        assert again is not None
        await rounds.commit(again, found(notifications=[notification("l2")], ended_watches={"w1": ("Success", "l2")}))
        box = Outbox(database, owner="one", clock=clock, lease=LEASE)
        assert [one.notification.id for one in await box.claim()] == ["l2"]
