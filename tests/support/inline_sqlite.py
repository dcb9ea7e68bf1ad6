"""Engines for tests that begin again with an empty database every few milliseconds.

SQLite runs without the thread that aiosqlite gives each connection: a statement is executed where it is awaited.

The way to a thread and back costs more than most statements. What is left is the same SQLite, file and SQLAlchemy, for
tests that decide themselves what happens between two transactions. Nobody may wait within a transaction for somebody
who needs one: SQLite would wait for the lock in the only thread that could release it.
"""

import asyncio
import sqlite3
from collections.abc import Callable
from typing import Any

import aiosqlite
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from jobbot.store.database.engine import make_engine
from tests.support.kept_engines import kept_engine


class _AtOnce:
    """In the place of the queue from which a connection's thread takes what to do."""

    def put_nowait(self, asked: tuple[asyncio.Future[Any] | None, Callable[[], Any]]) -> None:
        """Do it now."""
        future, function = asked
        try:
            result = function()
        except Exception as error:
            if future is None:
                raise
            future.set_exception(error)
        else:
            if future is not None:
                future.set_result(result)


class _Connection(aiosqlite.Connection):
    def __init__(self, connector: Callable[[], sqlite3.Connection]) -> None:
        super().__init__(connector, iter_chunk_size=64)
        self._tx = _AtOnce()  # type: ignore[assignment]

    def __await__(self) -> Any:
        return self._connect().__await__()  # its own would start the thread


def _connect(database: str, **options: Any) -> _Connection:
    return _Connection(lambda: sqlite3.connect(database, **options))


def make_inline_engine(url: str) -> AsyncEngine:
    """``make_engine``, without threads where the URL is one of SQLite; kept, see :func:`kept_engine`."""
    return kept_engine(url, _make)


def _make(url: str) -> AsyncEngine:
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine.sync_engine, "do_connect")
        def without_a_thread(_: Any, __: Any, ___: Any, parameters: dict[str, Any]) -> None:
            parameters["async_creator_fn"] = _connect

    return engine
