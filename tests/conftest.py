"""Fixtures for all: databases."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import begin_sharing, end_sharing, fresh_database, postgres_url, sqlite_url


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Twice as many as processors: most of the time a story waits for what happens on a wire."""
    return 2 * (os.cpu_count() or 1)


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        begin_sharing()


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        end_sharing()


@pytest.fixture(scope="session")
def postgres() -> str:
    """The URL of a PostgreSQL in which databases can be made."""
    return postgres_url()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database with nothing in it but the schema, one kind after the other."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "jobbot.db")
        return
    with fresh_database(request.getfixturevalue("postgres")) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without even the schema, one kind after the other."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'jobbot.db'}"
        return
    with fresh_database(request.getfixturevalue("postgres"), empty=True) as url:
        yield url


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Figures that tests record under that name, whether they passed or not."""
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", []):
                if name == "figures":
                    terminalreporter.write_line(f"figures: {value}")
