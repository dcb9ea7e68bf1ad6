"""Engines that are given to the next test once they are disposed of, with the SQL that they have compiled.

Compiling takes longer than executing, and SQLAlchemy keeps what it has compiled by engine. A test gets one that was
used before where it has the same URL: of a PostgreSQL that was emptied (``fresh_database``), or of a SQLite in a folder
that is used again (``folder_in_memory``).
"""

from collections import deque
from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

from jobbot.store.database.engine import make_engine

Make = Callable[[str], AsyncEngine]

_idle: deque[tuple[Make, str, AsyncEngine]] = deque(maxlen=50)
"""Those that nobody has just now, with how they were made, and their URL. Each is a megabyte."""


def kept_engine(url: str, make: Make = make_engine) -> AsyncEngine:
    """One that ``make`` makes, or has made for the same URL. It has no connections."""
    for one in _idle:
        if one[:2] == (make, url):
            _idle.remove(one)
            return one[2]
    engine = make(url)

    @event.listens_for(engine.sync_engine, "engine_disposed")
    def is_idle(_: object) -> None:
        if all(one[2] is not engine for one in _idle):
            _idle.append((make, url, engine))

    return engine
