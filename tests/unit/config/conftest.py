"""An environment without any of our variables, and a machine to start jobbot on."""

import os
from pathlib import Path

import pytest

from tests.unit.config.world import OURS, Machine


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in os.environ:
        if name.upper().startswith(OURS):
            monkeypatch.delenv(name)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(tmp_path, monkeypatch)
