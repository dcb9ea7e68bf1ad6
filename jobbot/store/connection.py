"""A connection for coroutines: the little of ``sqlalchemy.ext.asyncio`` that jobbot needs, on the same ground.

That package brings the ORM with it, which is 6 MB and a tenth of a second of every process, also of one without any ORM
(executed and seen, SQLAlchemy 2.1). What it does for an engine is to run each call of SQLAlchemy's own connection with
``greenlet_spawn``, in which the asynchronous drivers may wait; so does this.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any, TypeVar, TypeVarTuple

import sqlalchemy
from sqlalchemy import CursorResult, Engine, Executable
from sqlalchemy.util import greenlet_spawn

T = TypeVar("T")
Ts = TypeVarTuple("Ts")


class Connection:
    """One transaction's connection; whoever has it neither begins nor ends anything."""

    def __init__(self, plain: sqlalchemy.Connection) -> None:
        self._plain = plain

    async def execute(self, statement: Executable, rows: Any = None) -> CursorResult[Any]:
        """Run a statement; ``rows`` are its parameters, of one row or of many. Any: a column may hold anything."""
        return await greenlet_spawn(self._plain.execute, statement, rows)

    async def scalar(self, statement: Executable) -> Any:
        """The first column of the first row, None without a row."""
        return await greenlet_spawn(self._plain.scalar, statement)

    async def run_sync(self, work: Callable[[sqlalchemy.Connection, *Ts], T], *args: *Ts) -> T:
        """Run what knows SQLAlchemy's own connections alone."""
        return await greenlet_spawn(work, self._plain, *args)


@asynccontextmanager
async def transaction(engine: Engine, **options: bool) -> AsyncIterator[Connection]:
    """A connection of the pool's in a transaction: committed at the end, rolled back where the block raises.

    ``options`` are execution options, there already when the transaction begins.
    """
    async with AsyncExitStack() as stack:
        plain = await greenlet_spawn(engine.connect)
        stack.push_async_callback(_close, plain)
        begun = await greenlet_spawn(plain.execution_options(**options).begin)
        stack.push_async_exit(partial(greenlet_spawn, begun.__exit__))
        yield Connection(plain)


async def _close(plain: sqlalchemy.Connection) -> None:
    """To its end also where the task is cancelled: the pool must not lose a connection halfway."""
    closing = asyncio.create_task(greenlet_spawn(plain.close))
    try:
        await asyncio.shield(closing)
    finally:
        await asyncio.wait({closing})
