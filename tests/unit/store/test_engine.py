"""A transaction ends as its block ends: committed, rolled back, and its connection back in the pool either way."""

import asyncio
import threading
from collections.abc import AsyncIterator, Container, Coroutine, Generator
from itertools import count
from threading import Thread
from types import coroutine
from typing import Any

import pytest
from sqlalchemy import Connection, text

from jobbot.store.database.engine import Database, StoreUnavailable, make_engine


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(make_engine(database_url))
    async with made.writing() as connection:
        await connection.execute(text("CREATE TABLE kept (number INTEGER PRIMARY KEY)"))
    yield made
    await made.aclose()


async def kept(database: Database) -> int:
    async with database.reading() as connection:
        return int(await connection.scalar(text("SELECT count(*) FROM kept")))


def in_use(database: Database) -> int:
    count: int = database.engine.pool.checkedout()  # type: ignore[attr-defined] # of every pool that queues
    return count


async def test_what_was_written_is_there_when_the_block_has_ended(database: Database) -> None:
    async with database.writing() as connection:
        await connection.execute(text("INSERT INTO kept VALUES (:number)"), [{"number": 1}, {"number": 2}])
    assert (await kept(database), in_use(database)) == (2, 0)


async def test_closing_waits_for_the_transactions_under_way(database: Database) -> None:
    """Nobody may wait for them any more, as for an extra that came too late for its answer."""
    pool, begun = database.engine.pool, asyncio.Event()

    async def reads() -> None:
        async with database.reading() as connection:
            begun.set()
            await connection.execute(text("SELECT 1"))

    reading = asyncio.create_task(reads())
    await begun.wait()
    await database.aclose()
    await reading
    assert (pool.checkedout(), pool.checkedin()) == (0, 0)  # type: ignore[attr-defined] # of every pool that queues
    with pytest.raises(StoreUnavailable):
        await kept(database)


async def until_it_is_closed(database: Database) -> None:
    """Raises StoreUnavailable then."""
    while True:
        await kept(database)


async def test_closing_that_is_cancelled_while_it_waits_closes_what_nobody_uses(database: Database) -> None:
    pool, held, begun = database.engine.pool, asyncio.Event(), asyncio.Event()

    async def reads() -> None:
        async with database.reading() as connection:
            begun.set()
            await held.wait()
            await connection.invalidate()  # nobody would close it any more
            await connection.rollback()

    reading = asyncio.create_task(reads())
    await begun.wait()
    assert await kept(database) == 0, "on another one, which is in the pool from now on"
    closing = asyncio.create_task(database.aclose())
    with pytest.raises(StoreUnavailable):
        await until_it_is_closed(database)
    closing.cancel()
    await asyncio.wait({closing})
    assert closing.cancelled()
    left = pool.checkedin()  # type: ignore[attr-defined] # of every pool that queues
    held.set()
    await reading
    assert left == 0


async def test_nothing_is_written_where_the_block_raises(database: Database) -> None:
    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))
            raise KeyError

    with pytest.raises(KeyError):
        await write()
    assert (await kept(database), in_use(database)) == (0, 0)


async def test_a_task_that_is_cancelled_in_the_middle_leaves_nothing_open(database: Database) -> None:
    """Over and over: ten would be more than the pool has."""
    for _ in range(12):
        written = asyncio.Event()

        async def write(written: asyncio.Event) -> None:
            async with database.writing() as connection:
                await connection.execute(text("INSERT INTO kept VALUES (1)"))
                written.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(write(written))
        await written.wait()
        task.cancel()
        await asyncio.wait({task})
        assert task.cancelled()
        assert in_use(database) == 0
    assert await kept(database) == 0


@coroutine
def cancelled_at(steps: Container[int], work: Coroutine[Any, None, None]) -> Generator[Any, None, None]:
    """What ``work`` does, cancelled when it waits for the n-th time, for each n of ``steps``."""
    task = asyncio.current_task()
    assert task is not None
    error: BaseException | None = None
    for turn in count(1):
        try:
            waits_for = work.send(None) if error is None else work.throw(error)
        except StopIteration:
            return
        if turn in steps:
            task.cancel()
        try:
            error = yield waits_for
        except BaseException as thrown:
            error = thrown


def sqlite_threads() -> set[Thread]:
    return {thread for thread in threading.enumerate() if "_connection_worker_thread" in thread.name}


async def ended(threads: set[Thread]) -> None:
    """Each connection of SQLite has a thread, which ends with it."""
    for thread in threads:
        await asyncio.to_thread(thread.join, 30)
        assert not thread.is_alive()


@pytest.mark.parametrize("first", [True, False], ids=["on a new connection", "on one that is there"])
async def test_whenever_it_is_cancelled_the_next_can_write(database: Database, first: bool) -> None:
    """Also while what it had begun is not collected: here it is kept, as the garbage collector may keep it."""

    add = text("INSERT INTO kept SELECT count(*) FROM kept WHERE true RETURNING number")

    async def write() -> None:
        async with database.writing() as connection:
            for _ in range(2):
                await connection.execute(add)

    before, tasks = sqlite_threads(), []
    for step in count(1):
        if first:
            await database.engine.dispose()
        tasks.append(task := asyncio.ensure_future(cancelled_at({step}, write())))
        await asyncio.wait({task})
        if not task.cancelled():
            break
        async with database.writing() as connection:
            await connection.execute(text("DELETE FROM kept"))
    assert len(tasks) > 5
    assert (await kept(database), in_use(database)) == (2, 0)
    await database.aclose()
    await ended(sqlite_threads() - before)


async def test_cancelled_twice_it_leaves_nothing_that_waits_for_ever(database: Database) -> None:
    """What closes a connection is still at it then; the loop's end cancels that too, and waits for it."""

    async def write() -> None:
        async with database.writing() as connection:
            await connection.execute(text("INSERT INTO kept VALUES (1)"))
            await connection.rollback()

    before, others = sqlite_threads(), asyncio.all_tasks()
    for step in count(1):
        task = asyncio.ensure_future(cancelled_at({step, step + 1}, write()))
        await asyncio.wait({task})
        if left := asyncio.all_tasks() - others:
            for one in left:
                one.cancel()
            _, waiting = await asyncio.wait(left, timeout=30)
            assert not waiting, f"cancelled in step {step} and the next"
        if not task.cancelled():
            break
    assert step > 5
    await database.aclose()
    await ended(sqlite_threads() - before)


async def test_work_for_sqlalchemys_own_connection(database: Database) -> None:
    def write(connection: Connection, first: int) -> int:
        connection.execute(text("INSERT INTO kept VALUES (:number)"), {"number": first})
        return first + 1

    async with database.writing() as connection:
        assert await connection.run_sync(write, 1) == 2
    assert await kept(database) == 1
