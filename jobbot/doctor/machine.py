"""Checks the database and the ports."""

import asyncio
import errno
from pathlib import Path

import httpx

from jobbot.config import Draft
from jobbot.doctor.finding import Finding, ok, warn, wrong
from jobbot.slack.transport.port import CannotListen, open_port
from jobbot.store.database.engine import StoreUnavailable
from jobbot.store.database.inspect import DatabaseMissing, DatabaseState, inspect
from jobbot.store.database.urls import BadDatabaseUrl

DATABASE_SECONDS = 10.0
"""For all its checks: a server that is cut off, or several in one URL, could take far longer."""

JOBBOT_SECONDS = 2.0
"""For the program that uses the port to say whether it is a jobbot."""

_DATABASE = "database"
_WHERE = "JOBBOT_DATABASE_URL"


async def database(draft: Draft) -> list[Finding]:
    """Check the database: reachable, writable, migrated. Nothing is changed in it."""
    url = draft.database_url.get_secret_value()
    try:
        seen = await inspect(url)
    except BadDatabaseUrl as error:
        return [wrong(_DATABASE, _WHERE, str(error), "see `jobbot help database`")]
    except StoreUnavailable as error:
        step = (
            "check that the path is right, that the file is jobbot's, and that this user may read and write it"
            if url.startswith("sqlite:")
            else "see `jobbot help database` for what the URL may contain"
            if "of the URL" in str(error)
            else "check that it is running, and that host, name, user and password are right"
        )
        return [wrong(_DATABASE, _WHERE, f"cannot be used ({error})", step)]
    return [database_finding(seen)]


def database_finding(seen: DatabaseMissing | DatabaseState) -> Finding:
    """The finding for an inspected database."""
    match seen:
        case DatabaseMissing(file, can_be_made=True):
            return ok(_DATABASE, _WHERE, f"SQLite, {file}, not there yet: the first start creates it")
        case DatabaseMissing(file):
            step = "create the folder, or choose another (a full path has four slashes: sqlite:////var/lib/...)"
            return wrong(_DATABASE, _WHERE, f"SQLite, {file}: the folder is missing, or not writable", step)
        case DatabaseState(cannot_write=str(why)):
            step = "let jobbot write to it: every stop is recorded before it is sent"
            return wrong(_DATABASE, _WHERE, f"can be read, but not written ({why})", step)
        case DatabaseState(schema="newer"):
            step = "use the version of jobbot that made it, or a newer one"
            return wrong(_DATABASE, _WHERE, f"has schema {seen.at}, which is from a newer version of jobbot", step)
        case DatabaseState(kind="sqlite", file=None):
            step = "name a file: sqlite:///jobbot.db"
            return warn(_DATABASE, _WHERE, "SQLite in memory: the record of acts is lost when jobbot ends", step)
        case DatabaseState(file=Path() as file, others_may_read=True):
            says = f"{_named(seen)}, can be read by everybody on this machine, including the reasons people gave"
            return warn(_DATABASE, _WHERE, says, f"chmod 600 {file}*")
        case DatabaseState(schema="current"):
            return ok(_DATABASE, _WHERE, f"{_named(seen)}, writable, schema {seen.at} (the newest)")
        case DatabaseState(schema="older"):
            return ok(
                _DATABASE,
                _WHERE,
                f"{_named(seen)}, writable, schema {seen.at}: the next start updates it to {seen.newest}",
            )
        case _:
            return ok(_DATABASE, _WHERE, f"{_named(seen)}, writable, empty: the first start creates the tables")


def _named(seen: DatabaseState) -> str:
    return "PostgreSQL" if seen.kind == "postgresql" else f"SQLite, {seen.file}"


async def ports(draft: Draft) -> list[Finding]:
    """Check the ports of the settings."""
    found = await port(draft.host, draft.port, "PORT")
    if draft.metrics_port is not None:
        found += await port(draft.host, draft.metrics_port, "JOBBOT_METRICS_PORT")
    return found


async def port(host: str, number: int, name: str) -> list[Finding]:
    """Check one port: whether it can be opened, and whether a jobbot has it."""
    shown = f"{host}:{number}" if number else f"{host}, any port"
    try:
        # Closed at once: nothing is served here.
        await asyncio.to_thread(lambda: open_port(host, number).close())
    except CannotListen as error:
        return [await _cannot_listen(error, host, number, name)]
    return [ok("port", name, f"{shown} is free")]


async def _cannot_listen(error: CannotListen, host: str, number: int, name: str) -> Finding:
    if error.setting == "JOBBOT_HOST":
        step = "use 0.0.0.0 to listen on every address of this machine, 127.0.0.1 for this machine alone"
        return wrong("port", "JOBBOT_HOST", str(error), step)
    if error.errno == errno.EACCES:
        return wrong("port", name, f"{host}:{number} may not be opened by this user", "choose one from 1024 up")
    if await _is_jobbot(host, number):
        says = f"{host}:{number} is in use by a jobbot: is this jobbot running already?"
        return warn("port", name, says, f"to run another one on this machine, choose another {name}")
    return wrong("port", name, str(error), f"choose another {name}, or stop the program that uses it")


async def _is_jobbot(host: str, number: int) -> bool:
    at = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - compared
    try:
        async with httpx.AsyncClient(timeout=JOBBOT_SECONDS, trust_env=False) as http:
            answer = await http.get(f"http://{at}:{number}/healthz")
            return answer.status_code == 200 and answer.json() == {"ok": True}
    except (httpx.HTTPError, httpx.InvalidURL, ValueError):
        return False
