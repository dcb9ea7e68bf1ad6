"""What is known of an instance's datastreams: names and workspaces, for every jobbot that shares the database."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from jobbot.store.database.engine import Database, insert_into
from jobbot.store.database.tables import datastream_lists, datastreams

EVERY = timedelta(hours=1)
"""How often Adverity's list is read, over all jobbots."""

BELIEVED = timedelta(hours=2)
"""How long what a list said is taken for the present."""

CLAIMED = timedelta(minutes=5)
"""When another process may try, where the one that began has not said how it went."""

KEEP = timedelta(days=30)
_AT_ONCE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownDatastream:
    """A datastream as it was last seen. ``workspace`` is its workspace's number, as it was said at ``placed_at``."""

    id: int
    name: str
    workspace: int | None = None
    workspace_name: str = ""
    workspace_slug: str = ""
    placed_at: datetime | None = None
    seen_at: datetime


class Datastreams:
    """On a database; every method may raise StoreUnavailable. ``clock`` gives the time, aware."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    async def of(self, instance: str, ids: Collection[int] | None = None) -> list[KnownDatastream]:
        """All that are known of an instance, or those with these numbers; by name."""
        query = select(datastreams).where(datastreams.c.instance == instance)
        found: list[Row[Any]] = []
        async with self._database.reading() as connection:
            for some in _batches(sorted(ids)) if ids is not None else [None]:
                part = query if some is None else query.where(datastreams.c.id.in_(some))
                found += (await connection.execute(part.order_by(datastreams.c.name, datastreams.c.id))).all()
        return [KnownDatastream(**{name: row._mapping[name] for name in _NAMES}) for row in found]

    async def learn(self, instance: str, seen: Iterable[KnownDatastream]) -> None:
        """Keep what was seen; a name or a workspace that was not said this time stays what it was."""
        said: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for one in seen:
            named = ("name",) if one.name else ()
            placed = _PLACE if one.workspace is not None else ()
            said.setdefault(("seen_at", *named, *placed), []).append({"instance": instance, **asdict(one)})
        async with self._database.writing() as connection:
            for columns, rows in said.items():
                new = insert_into(connection, datastreams)
                again = {name: new.excluded[name] for name in columns}
                key = [datastreams.c.instance, datastreams.c.id]
                await connection.execute(new.on_conflict_do_update(index_elements=key, set_=again), rows)

    async def may_list(self, instance: str) -> bool:
        """Whether this process is to read Adverity's list now: nobody has within the hour, nor is about to."""
        now = self._clock()
        waits = select(datastream_lists).where(
            datastream_lists.c.instance == instance, datastream_lists.c.next_at > now
        )
        async with self._database.reading() as connection:
            if (await connection.execute(waits)).first() is not None:
                return False  # the answer to nearly every question: it costs no write
        claim = {"instance": instance, "next_at": now + CLAIMED}
        async with self._database.writing() as connection:
            new = insert_into(connection, datastream_lists).values(claim)
            due = new.on_conflict_do_update(
                index_elements=[datastream_lists.c.instance],
                set_={"next_at": new.excluded.next_at},
                where=datastream_lists.c.next_at <= now,
            )
            return (await connection.execute(due.returning(datastream_lists.c.instance))).first() is not None

    async def listed(
        self,
        instance: str,
        seen: Sequence[KnownDatastream] | None,
        *,
        complete: bool = False,
        again: timedelta | None = None,
    ) -> None:
        """Adverity's list was read, or (None) not. What a complete one does not have is forgotten.

        ``again``: when it may be read again, an hour later where nothing is said.
        """
        if seen is not None:
            await self.learn(instance, seen)
        values: dict[str, Any] = {"next_at": self._clock() + (again or EVERY)}
        if seen is not None:
            values["whole_at"] = self._clock() if complete else None
        gone = delete(datastreams).where(datastreams.c.instance == instance)
        async with self._database.writing() as connection:
            if seen and complete:
                await connection.execute(gone.where(datastreams.c.seen_at < min(one.seen_at for one in seen)))
            done = update(datastream_lists).where(datastream_lists.c.instance == instance)
            await connection.execute(done.values(values))

    async def is_whole(self, instance: str) -> bool:
        """Whether all that there are, as Adverity lists them, are known: it was read whole a short while ago."""
        query = select(datastream_lists.c.whole_at).where(datastream_lists.c.instance == instance)
        async with self._database.reading() as connection:
            at = (await connection.execute(query)).scalar()
        return at is not None and self._clock() - at <= BELIEVED

    async def forget_old(self) -> None:
        """Delete what nobody has seen for a month."""
        async with self._database.writing() as connection:
            await connection.execute(delete(datastreams).where(datastreams.c.seen_at < self._clock() - KEEP))


_PLACE = ("workspace", "workspace_name", "workspace_slug", "placed_at")
_NAMES = tuple(one.name for one in fields(KnownDatastream))


def _batches(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[first : first + _AT_ONCE] for first in range(0, len(ids), _AT_ONCE))
