"""The databases that tests run on: SQLite in a file, and a real PostgreSQL.

PostgreSQL is the server of ``JOBBOT_TEST_DATABASE_URL``, or one that is started here from the installed binaries (as
another user when root: PostgreSQL refuses to run as root). Without either its tests skip, unless
``JOBBOT_TEST_NEED_POSTGRES`` is set, as the checks do.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

HOW = "PostgreSQL is not here: apt-get install postgresql, or set JOBBOT_TEST_DATABASE_URL"


def postgres_binaries() -> Path | None:
    """Where PostgreSQL's programs are, the newest of them."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres")) or [
        Path(path) for path in [shutil.which("postgres")] if path
    ]
    return found[-1].parent if found else None


class PostgresServer:
    """A server of its own on a Unix socket; it can be stopped and started again.

    Without ``fsync`` it is faster, and keeps what it has as long as the machine does.
    """

    def __init__(self, binaries: Path, folder: Path, *, fsync: bool = False) -> None:
        self._binaries = binaries
        self._fsync = "on" if fsync else "off"
        self._folder = folder
        self._server: subprocess.Popen[bytes] | None = None
        self._as = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        self._run(
            "initdb", "-D", str(folder / "data"), "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8"
        )

    def start(self) -> None:
        """Start it and wait until it answers."""
        given = ("listen_addresses=", f"fsync={self._fsync}", "max_connections=200")
        options = ["-k", str(self._folder), *(word for setting in given for word in ("-c", setting))]
        command = [*self._as, str(self._binaries / "postgres"), "-D", str(self._folder / "data"), *options]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > until or self._server.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.05)

    def stop(self) -> None:
        """End it at once, cutting every connection."""
        if self._server is not None:
            self._run("pg_ctl", "stop", "-D", str(self._folder / "data"), "-m", "immediate", "-w")
            self._server.wait(10)
            self._server = None

    def signal(self, number: int) -> None:
        """Send a signal to the server and to everything that serves its connections."""
        if self._server is None:
            return
        main = int((self._folder / "data" / "postmaster.pid").read_text().split()[0])
        for pid in [main, *map(int, Path(f"/proc/{main}/task/{main}/children").read_text().split())]:
            os.kill(pid, number)
        if number == signal.SIGCONT:
            self._server.send_signal(number)  # runuser stops with what it runs

    def url(self, name: str) -> str:
        """The URL of a database."""
        return f"postgresql://postgres@/{name}?host={self._folder}"

    def _answers(self) -> bool:
        ready = [str(self._binaries / "pg_isready"), "-q", "-h", str(self._folder), "-U", "postgres"]
        return subprocess.run(ready, check=False).returncode == 0

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as, str(self._binaries / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/")


@contextmanager
def own_postgres() -> Iterator[PostgresServer]:
    """A server for these tests alone. Skips, or fails where one is needed, without binaries."""
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("JOBBOT_TEST_NEED_POSTGRES"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    folder = Path(tempfile.mkdtemp(prefix="jobbot-pg-"))
    try:
        server = PostgresServer(binaries, folder)
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres_url() -> Iterator[str]:
    """A URL under which databases can be made: of the server that is given, or of one of ours."""
    if given := os.environ.get("JOBBOT_TEST_DATABASE_URL"):
        yield given
        return
    with own_postgres() as server:
        yield server.url("postgres")


@contextmanager
def fresh_database(admin_url: str) -> Iterator[str]:
    """An empty database, gone afterwards."""
    import psycopg  # noqa: PLC0415 - not installed where PostgreSQL's tests skip
    from sqlalchemy.engine import make_url  # noqa: PLC0415

    name = f"jobbot_{uuid4().hex[:12]}"
    with psycopg.connect(admin_url, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        try:
            yield make_url(admin_url).set(database=name).render_as_string(hide_password=False)
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
