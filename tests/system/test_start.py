"""What starting does not do: the first second of a command is spent on imports, and none may creep in."""

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from jobbot import __version__

HEAVY = (
    *("aiohttp", "alembic", "asyncio", "httpx", "importlib.metadata", "opentelemetry", "prometheus_client", "pydantic"),
    *("slack_bolt", "slack_sdk", "sqlalchemy", "starlette", "structlog", "uvicorn", "websockets"),
)


def imported(script: str) -> set[str]:
    """The modules that are there when a script has run in a process of its own."""
    ending = "\nimport sys; print(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script + ending], capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["run", "--help"], ["demo", "--help"]], ids=" ".join)
def test_help_imports_neither_bolt_nor_sqlalchemy_nor_anything_else_that_weighs(arguments: list[str]) -> None:
    script = f"""
from jobbot.cli import main
try:
    main({arguments!r})
except SystemExit as ended:
    assert ended.code == 0
"""
    found = imported(script)
    assert "jobbot" in found
    assert found & set(HEAVY) == set()


def test_the_version_is_the_packages() -> None:
    assert __version__ == version("jobbot")


UNUSED = {
    *("alembic", "opentelemetry", "pydantic_settings", "sqlalchemy.dialects.postgresql"),
    *("websockets", "wsproto"),
}
"""What a jobbot over HTTP, on a SQLite that is up to date, has no use for."""


@pytest.mark.slow
def test_a_jobbot_over_http_brings_nothing_that_it_has_no_use_for(tmp_path: Path) -> None:
    script = f"""
import asyncio
import jobbot.app
from jobbot.store.database.engine import Database, make_engine
from jobbot.slack.transport.http import build_web
from jobbot.slack.transport.web_server import WebServer
from jobbot.telemetry import Metrics

async def main():
    database = Database(make_engine("sqlite:///{tmp_path}/one.db"))
    await database.ping()
    await database.aclose()
    server = WebServer(build_web(None, list, Metrics()), "127.0.0.1", 0, on_rejected=lambda reason: None)
    await asyncio.sleep(0)  # its task begins, and with it uvicorn's choice of protocols
    await server.close()

asyncio.run(main())
"""
    found = imported(script)
    assert {"aiosqlite", "uvicorn.protocols.http.httptools_impl"} <= found
    assert found & UNUSED == set()
    assert set(HEAVY) - found == set(HEAVY) & UNUSED, "what weighs is found where it is"
