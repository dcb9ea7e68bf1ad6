"""requirements.txt, what a Procfile host installs: complete for SQLite and PostgreSQL, and of versions that will do."""

import tomllib
from collections.abc import Iterator
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PYTHONS = ("3.11", "3.12", "3.13", "3.14")


def pinned() -> dict[str, Version]:
    """Every line but comments and jobbot itself."""
    lines = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    found: dict[str, Version] = {}
    for line in lines:
        if line.startswith("#") or line == ".":
            continue
        requirement = Requirement(line)
        (one,) = requirement.specifier
        assert one.operator == "==", line
        found[canonicalize_name(requirement.name)] = Version(one.version)
    return found


def wanted(python: str) -> Iterator[tuple[str, Requirement]]:
    """Everything that running needs, with who needs it: what is asked for, and what that asks for in turn."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    environment: dict[str, str] = {name: str(value) for name, value in default_environment().items()}
    environment |= {"python_version": python, "python_full_version": f"{python}.0"}
    open_ = [("jobbot", line) for line in [*project["dependencies"], *project["optional-dependencies"]["postgres"]]]
    seen: set[tuple[str, str]] = set()
    while open_:
        by, line = open_.pop()
        requirement = Requirement(line)
        yield by, requirement
        for extra in ("", *sorted(requirement.extras)):
            name = canonicalize_name(requirement.name)
            if (name, extra) in seen:
                continue
            seen.add((name, extra))
            for inner in distribution(name).requires or ():
                marker = Requirement(inner).marker
                if marker is None or marker.evaluate({**environment, "extra": extra}):
                    open_.append((name, inner))


@pytest.mark.slow  # reads what the installed ones need, and psycopg is installed for the second step alone
@pytest.mark.parametrize("python", PYTHONS)
def test_everything_that_running_needs_is_pinned_to_a_version_that_will_do(python: str) -> None:
    pins = pinned()
    for by, requirement in wanted(python):
        name = canonicalize_name(requirement.name)
        assert name in pins, f"{by} needs {requirement}"
        if by != "jobbot" and Version(distribution(by).version) != pins[by]:
            continue  # another version than the pinned one is installed here, and may want something else
        assert requirement.specifier.contains(pins[name], prereleases=True), f"{by} needs {requirement}"


@pytest.mark.slow
def test_nothing_is_pinned_that_nobody_needs() -> None:
    needed = {canonicalize_name(requirement.name) for python in PYTHONS for _, requirement in wanted(python)}
    assert set(pinned()) <= needed


def test_postgresql_and_jobbot_itself_are_among_them() -> None:
    assert {"psycopg", "psycopg-binary"} <= set(pinned())
    assert (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()[-1] == "."
