"""What starting does not do: the first second of a command is spent on imports, and none may creep in."""

import subprocess
import sys
from importlib.metadata import version

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


def test_what_weighs_is_found_where_it_is() -> None:
    assert set(HEAVY) - imported("import jobbot.app") == {"alembic", "opentelemetry"}
