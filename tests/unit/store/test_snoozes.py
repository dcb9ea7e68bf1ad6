"""In which order snoozes are written and ended: two presses at once wait for each other and never both ways."""

from datetime import timedelta
from typing import Any

from sqlalchemy import event

from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.database.tables import snoozes
from jobbot.store.following.snoozes import (
    forget_snoozes,
    read_snoozes,
    snooze_datastreams,
    wake_datastreams,
    wake_uncovered,
)
from tests.unit.store.world import START

PLACE = ("acme", "C0INC")


async def test_rows_are_taken_in_the_order_of_their_datastreams(database_url: str) -> None:
    engine = make_engine(database_url)
    database, written = Database(engine), list[list[int]]()
    await migrate(database)

    def executed(_c: object, _cursor: object, statement: str, parameters: Any, _x: object, many: bool) -> None:
        if "INTO snoozes" in statement:
            rows = [row.values() if isinstance(row, dict) else row for row in (parameters if many else [parameters])]
            written.append([value for row in rows for value in row if isinstance(value, int)])

    event.listen(engine.sync_engine, "before_cursor_execute", executed)
    until = START + timedelta(hours=2)
    async with database.writing() as connection:
        await snooze_datastreams(connection, PLACE, [44, 42, 43, 42], START, until=until, by="U0ANA")
        woken = await wake_datastreams(connection, "C0INC", START, instance="acme", datastreams=[44, 42])
        await wake_uncovered(connection, "C0INC")
        left = await read_snoozes(connection, START, snoozes.c.channel_id == "C0INC")
        await forget_snoozes(connection, until + timedelta(seconds=1))
    await database.aclose()
    assert not left, "no alert covers 43"
    assert written == [[42, 43, 44]]
    assert [one.datastream for one in woken] == [42, 44]
