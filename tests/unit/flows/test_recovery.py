"""Recovery: a disk that is full is known before somebody's stop cannot be recorded."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import aclosing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest

from jobbot.flows.acts.acting import ActFlow
from jobbot.flows.instances import Instances
from jobbot.flows.recovery import Recovery
from jobbot.store.acts.history import ActHistory
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.migrate import migrate
from jobbot.store.events import EventHistory
from jobbot.store.presence import Presence
from jobbot.store.slack_retries import SlackRetries


def now() -> datetime:
    return datetime(2026, 3, 2, 10, tzinfo=UTC)


class Alone:
    """Nobody else has leases."""

    async def refresh(self) -> None:
        pass


def recovery(database: Database, *, try_every: float) -> Recovery:
    lease = timedelta(seconds=30)
    return Recovery(
        ledger=SqlLedger(database, owner="one", clock=now, lease=lease),
        presence=cast("Presence", Alone()),
        slack_retries=SlackRetries(database, now),
        acting=cast("ActFlow", None),  # there is nothing to take over
        instances=Instances([]),
        start=lambda _: False,
        lease=lease,
        history=ActHistory(database),
        events=EventHistory(database),
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
    async with aclosing(Database(make_engine(f"sqlite:///{small_disk}/jobbot.db"))) as database:
        await migrate(database)
        it = recovery(database, try_every=0)
        await it.run_round()
        assert it.trouble == ""
        filling = small_disk / "other"
        with filling.open("wb", buffering=0) as file, suppress(OSError):
            while file.write(bytes(4096)):
                pass
        for _ in range(3):
            await it.run_round()
            assert it.trouble == "database or disk is full"
        filling.unlink()
        await it.run_round()
        assert it.trouble == ""


async def test_a_database_that_only_reads_is_trouble_in_every_round(database_url: str) -> None:
    """Also where the tries are far apart: a round that wrote nothing has not shown that it can be written."""
    async with aclosing(Database(make_engine(database_url))) as database:
        it = recovery(database, try_every=3600)
        await it.run_round()
        assert it.trouble == ""
        it = recovery(database, try_every=3600)
        tried = it._slack_retries.try_writing

        async def refuse() -> None:
            # No file that cannot be opened: aiosqlite's thread may report that only after the test's loop is closed.
            raise StoreUnavailable("it can only be read")

        it._slack_retries.try_writing = refuse  # type: ignore[method-assign]
        for _ in range(3):
            await it.run_round()
            assert it.trouble
        it._slack_retries.try_writing = tried  # type: ignore[method-assign]
        await it.run_round()
        assert it.trouble == ""
