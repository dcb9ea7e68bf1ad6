"""The databases that tests run on: SQLite in a file, and a real PostgreSQL.

PostgreSQL is the server of ``JOBBOT_TEST_DATABASE_URL``, or one that is started here from the installed binaries (as
another user when root: PostgreSQL refuses to run as root). Without either its tests skip, unless
``JOBBOT_TEST_NEED_POSTGRES`` is set, as the checks do.

All workers of a run share what takes long to make: one server, and one database of each kind that has its schema
already. On SQLite every test gets a copy of it. On PostgreSQL a copy takes a tenth of a second: there each worker keeps
those that it has made, and gives them to the next test when they are empty again.
"""

import asyncio
import fcntl
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy.engine import make_url

from jobbot.store.database.engine import Database, make_engine
from jobbot.store.database.migrate import migrate

SHARED = "JOBBOT_TEST_SHARED"
"""The folder that all workers of a run share; named in the environment, which they inherit."""

_spare: dict[str, list[str]] = {}
"""The databases of this worker that nobody has just now, by their server's URL."""

_folders: list[Path] = []
"""The same of folders in memory."""

_AS_MADE = """
SELECT (SELECT string_agg(concat_ws(' ', relname, relkind, attname, atttypid, attnotnull), ',' ORDER BY relname, attnum)
        FROM pg_class JOIN pg_attribute ON attrelid = pg_class.oid
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'i', 'v') AND attnum > 0),
       (SELECT string_agg(tgname, ',' ORDER BY tgname) FROM pg_trigger),
       (SELECT string_agg(setconfig::text, ',') FROM pg_db_role_setting
        WHERE setdatabase = (SELECT oid FROM pg_database WHERE datname = current_database())),
       (SELECT string_agg(version_num, ',') FROM alembic_version)
"""
"""What a test may have changed in a database beside its rows."""

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
        self._folder = folder
        given = ("listen_addresses=", f"fsync={'on' if fsync else 'off'}", "max_connections=400")
        self._options = ["-k", str(folder), *(word for setting in given for word in ("-c", setting))]
        self._server: subprocess.Popen[bytes] | None = None
        self._as = _as_postgres()
        with alone("initialising"):
            initialised = shared() / "initialised"
            if not initialised.exists():
                self._initialise(shared() / "initialising")
                (shared() / "initialising").rename(initialised)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
        subprocess.run(["cp", "-a", str(initialised), str(folder / "data")], check=True)

    def _initialise(self, data: Path) -> None:
        """Once a run: it takes a second, and a copy none."""
        data.mkdir(mode=0o700)
        if os.geteuid() == 0:
            shutil.chown(data, "postgres", "postgres")
        self._run("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-N", "--locale=C", "-E", "UTF8")

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [*self._as, str(self._binaries / "postgres"), "-D", str(self._folder / "data"), *self._options]
        self._server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + 30
        while not self._answers():
            if time.monotonic() > until or self._server.poll() is not None:
                raise RuntimeError("PostgreSQL did not start")
            time.sleep(0.05)

    def start_apart(self) -> None:
        """Start it so that it outlives this process: whoever is last ends it."""
        log, options = self._folder / "data" / "log", " ".join(self._options)
        self._run("pg_ctl", "start", "-D", str(self._folder / "data"), "-w", "-l", str(log), "-o", options)

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


def _needed_binaries() -> Path:
    """Skips, or fails where PostgreSQL is needed, without them."""
    binaries = postgres_binaries()
    if binaries is None:
        if os.environ.get("JOBBOT_TEST_NEED_POSTGRES"):
            pytest.fail(HOW)
        pytest.skip(HOW)
    return binaries


def _as_postgres() -> list[str]:
    return ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []


@contextmanager
def own_postgres() -> Iterator[PostgresServer]:
    """A server for these tests alone. Skips, or fails where one is needed, without binaries."""
    binaries = _needed_binaries()
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


def postgres_url() -> str:
    """A URL under which databases can be made: of the server that is given, or of the one that all workers share."""
    if given := os.environ.get("JOBBOT_TEST_DATABASE_URL"):
        return given
    binaries = _needed_binaries()
    folder, named = shared() / "postgres", shared() / "postgres.url"
    with alone("server"):
        if not folder.exists():
            folder.mkdir()
            server = PostgresServer(binaries, folder)
            server.start_apart()
            named.write_text(server.url("postgres"))
    return named.read_text()


@contextmanager
def fresh_database(admin_url: str, *, empty: bool = False) -> Iterator[str]:
    """A database with nothing but the schema in it, or not even that. Nobody is connected to it afterwards."""
    spare = _spare.setdefault(admin_url, [])
    name = spare.pop() if spare and not empty else _made(admin_url, empty=empty)
    try:
        yield _of(admin_url, name)
    finally:
        if not empty and _is_empty_again(admin_url, name):
            spare.append(name)
        else:
            _administer(admin_url, f'DROP DATABASE "{name}" WITH (FORCE)')


def _made(admin_url: str, *, empty: bool) -> str:
    template = "template1" if empty else _migrated_template(admin_url)
    name = f"jobbot_{uuid4().hex[:12]}"
    _administer(admin_url, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return name


def _is_empty_again(admin_url: str, name: str) -> bool:
    """Cut every connection and delete every row; False where more than the rows was changed."""
    import psycopg  # noqa: PLC0415 - not installed where PostgreSQL's tests skip

    with psycopg.connect(_of(admin_url, name), autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )
        found = str(connection.execute(_AS_MADE).fetchone())
        if found != (shared() / _template_name()).read_text(encoding="utf-8"):
            return False
        for (table,) in connection.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall():
            if table != "alembic_version":
                connection.execute(f'DELETE FROM "{table}"')
    return True


def sqlite_url(file: Path) -> str:
    """The URL of a database in that file with nothing but the schema in it."""
    template, making = shared() / "template.db", shared() / "making.db"
    with alone("sqlite"):
        if not template.exists():
            _migrate(f"sqlite:///{making}")
            making.rename(template)
    shutil.copyfile(template, file)
    file.chmod(0o600)
    return f"sqlite:///{file}"


@contextmanager
def folder_in_memory() -> Iterator[Path]:
    """One for databases; in memory where the machine has such a place, as a commit then costs no disk.

    It is given to the next who asks: under the same name its files can have the same engines. They are the same files
    too, for whoever looks whether one was replaced; what is in them is old.
    """
    memory = Path("/dev/shm")
    folder = _folders.pop() if _folders else Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
    try:
        yield folder
    finally:
        if any(folder.glob("*-wal")):  # it goes with the last connection: somebody still has one
            shutil.rmtree(folder)
        else:
            _folders.append(folder)


def drop_spare() -> None:
    """What this worker kept. A server that was started for the run alone ends with all that is in it."""
    while _folders:
        shutil.rmtree(_folders.pop())
    if given := os.environ.get("JOBBOT_TEST_DATABASE_URL"):
        for name in _spare.pop(given, []):
            _administer(given, f'DROP DATABASE "{name}" WITH (FORCE)')


def begin_sharing() -> None:
    """At the beginning of a run, once, before there are workers."""
    folder = Path(tempfile.mkdtemp(prefix="jobbot-tests-"))
    folder.chmod(0o711)  # PostgreSQL's user must come through
    os.environ[SHARED] = str(folder)


def end_sharing() -> None:
    """At its end, when they are gone."""
    if given := os.environ.get("JOBBOT_TEST_DATABASE_URL"):
        _administer(given, f'DROP DATABASE IF EXISTS "{_template_name()}"')
    data = shared() / "postgres" / "data"
    if (data / "postmaster.pid").exists():
        stop = [str(_needed_binaries() / "pg_ctl"), "stop", "-D", str(data), "-m", "immediate", "-w"]
        subprocess.run([*_as_postgres(), *stop], check=True, stdout=subprocess.DEVNULL, cwd="/")
    shutil.rmtree(os.environ.pop(SHARED), ignore_errors=True)


def shared() -> Path:
    """The folder of this run."""
    return Path(os.environ[SHARED])


@contextmanager
def alone(at: str) -> Iterator[None]:
    """No other worker is at the same meanwhile."""
    with (shared() / f"{at}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _migrated_template(admin_url: str) -> str:
    name = _template_name()
    with alone("template"):
        if not (shared() / name).exists():
            _administer(admin_url, f'CREATE DATABASE "{name}"')
            _migrate(_of(admin_url, name))
            (shared() / name).write_text(_administer(_of(admin_url, name), _AS_MADE), encoding="utf-8")
    return name


def _template_name() -> str:
    return shared().name.replace("-", "_")


def _migrate(url: str) -> None:
    """In a thread of its own: whoever needs it may be in the middle of a loop."""

    async def run() -> None:
        database = Database(make_engine(url))
        await migrate(database)
        await database.aclose()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(asyncio.run, run()).result()


def _administer(url: str, statement: str) -> str:
    """Execute it in a connection of its own; the first row as text, empty where there is none."""
    import psycopg  # noqa: PLC0415 - not installed where PostgreSQL's tests skip

    with psycopg.connect(url, autocommit=True) as admin:
        done = admin.execute(statement)
        return str(done.fetchone()) if done.description else ""


def _of(admin_url: str, name: str) -> str:
    return make_url(admin_url).set(database=name).render_as_string(hide_password=False)
