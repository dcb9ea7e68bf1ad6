"""A disk that is full is known before somebody's stop cannot be recorded."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from jobbot.flows.instances import Instances
from jobbot.flows.maintenance import Maintenance
from jobbot.flows.stops.stopping import StoppingFlow
from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import Deliveries
from jobbot.store.stops.history import StopHistory
from jobbot.store.stops.ledger import SqlLedger


def now() -> datetime:
    return datetime(2026, 3, 2, 10, tzinfo=UTC)


class Alone:
    """Nobody else has leases."""

    async def look(self) -> None:
        pass


def maintenance(database: Database, *, try_every: float) -> Maintenance:
    lease = timedelta(seconds=30)
    return Maintenance(
        ledger=SqlLedger(database, owner="one", clock=now, lease=lease),
        presence=cast("Presence", Alone()),
        deliveries=Deliveries(database, now),
        stopping=cast("StoppingFlow", None),  # there is nothing to take over
        instances=Instances([]),
        start=lambda _: False,
        lease=lease,
        history=StopHistory(database),
        clock=now,
        try_every=try_every,
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.slow
async def test_a_full_disk_is_trouble_until_there_is_room_again(small_disk: Path) -> None:
    database = Database(make_engine(f"sqlite:///{small_disk}/jobbot.db"))
    await migrate(database)
    it = maintenance(database, try_every=0)
    await it.look()
    assert it.trouble == ""
    filling = small_disk / "other"
    with filling.open("wb", buffering=0) as file, suppress(OSError):
        while file.write(bytes(4096)):
            pass
    for _ in range(3):
        await it.look()
        assert it.trouble == "database or disk is full"
    filling.unlink()
    await it.look()
    assert it.trouble == ""
    await database.aclose()


async def test_a_database_that_only_reads_is_trouble_in_every_round(database_url: str) -> None:
    """Also where the tries are far apart: a round that wrote nothing has not shown that it can be written."""
    database = Database(make_engine(database_url))
    it = maintenance(database, try_every=3600)
    await it.look()
    assert it.trouble == ""
    it = maintenance(database, try_every=3600)
    tried = it._deliveries.try_writing
    refuse = Deliveries(Database(make_engine("sqlite:////nowhere/at/all.db")), now)
    it._deliveries.try_writing = refuse.try_writing  # type: ignore[method-assign]
    for _ in range(3):
        await it.look()
        assert it.trouble
    it._deliveries.try_writing = tried  # type: ignore[method-assign]
    await it.look()
    assert it.trouble == ""
    await database.aclose()
