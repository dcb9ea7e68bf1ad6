"""PostgreSQL behind a real PgBouncer that hands its connections out by the transaction.

Without ``pgbouncer`` these skip, or fail where PostgreSQL is needed (``tests/databases``).
"""

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.engine import make_url

from jobbot.doctor.machine import database_finding
from jobbot.store.acts.ledger import SqlLedger
from jobbot.store.acts.model import Claimed
from jobbot.store.database.engine import Database, StoreUnavailable, make_engine
from jobbot.store.database.inspect import DatabaseState, inspect
from jobbot.store.database.migrate import migrate
from tests.support.databases import fresh_database
from tests.support.loopback import free_port
from tests.unit.store.world import LEASE, Clock, begin, wish

pytestmark = pytest.mark.slow


def _bouncer() -> str:
    found = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
    if found is None:
        how = "PgBouncer is not here: apt-get install pgbouncer"
        if os.environ.get("JOBBOT_TEST_NEED_POSTGRES"):
            pytest.fail(how)
        pytest.skip(how)
    return found


@pytest.fixture
def pooled_url(postgres: str) -> Iterator[str]:
    """An empty database's URL through PgBouncer: fewer connections than we have, each given for one transaction."""
    program, port = _bouncer(), free_port()
    with fresh_database(postgres, empty=True) as url:
        behind, folder = make_url(url), Path(tempfile.mkdtemp(prefix="jobbot-pgbouncer-"))
        host, user = behind.query.get("host") or behind.host, behind.username
        to = f"host={host} user={user}" + (f" port={behind.port}" if behind.port else "")
        to += f" password={behind.password}" if behind.password else ""
        settings = folder / "pgbouncer.ini"
        settings.write_text(
            f"[databases]\n* = {to}\n[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nauth_type = any\n"
            "unix_socket_dir =\npool_mode = transaction\ndefault_pool_size = 2\n"
        )
        folder.chmod(0o755)
        command = [program, str(settings)]
        if os.geteuid() == 0:
            command = [program, "-u", "postgres", str(settings)]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            yield f"postgresql://{user}:s3cr3t@127.0.0.1:{port}/{behind.database}"
        finally:
            running.terminate()
            running.wait(30)
            shutil.rmtree(folder)


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    """As soon as PgBouncer listens."""
    database = Database(make_engine(url))
    try:
        async with asyncio.timeout(30):
            while True:
                try:
                    await database.ping()
                    break
                except StoreUnavailable:
                    await asyncio.sleep(0.05)
        yield database
    finally:
        await database.aclose()


async def test_everything_that_is_done_there_works(pooled_url: str) -> None:
    async with opened(pooled_url) as database, opened(pooled_url) as other:
        await asyncio.gather(migrate(database), migrate(other))
        clock = Clock()
        ledgers = [SqlLedger(one, owner=f"{n}", clock=clock, lease=LEASE) for n, one in enumerate((database, other))]
        for round_ in range(30):  # more often than psycopg waits before it prepares a statement
            wishes = [wish(job=1000 * n + round_, request_key=f"{n} {round_}") for n in range(8)]
            claims = await asyncio.gather(*(begin(ledgers[n % 2], one) for n, one in enumerate(wishes)))
            assert all(isinstance(claim, Claimed) for claim in claims)
            await asyncio.gather(*(one.renew() for one in ledgers))
        seen = await inspect(pooled_url)
        assert isinstance(seen, DatabaseState)
        assert database_finding(seen).outcome == "ok"


async def test_a_statement_ends_although_nobody_waits_for_it(pooled_url: str) -> None:
    async with opened(pooled_url) as database:
        for kind in (database.writing, database.reading):
            async with kind() as connection:
                assert await connection.scalar(text("SHOW statement_timeout")) == "10s"
                assert await connection.scalar(text("SHOW idle_in_transaction_session_timeout")) == "10s"


async def test_what_it_refuses_of_a_url_is_no_wrong_password(pooled_url: str) -> None:
    async with opened(pooled_url):
        pass
    async with aclosing(Database(make_engine(f"{pooled_url}?options=-c%20lock_timeout%3D1000"))) as database:
        with pytest.raises(StoreUnavailable, match="refuses a parameter of the URL"):
            await database.ping()
