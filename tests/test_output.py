"""Standard output that takes nothing more: one line or none, and never a traceback, whatever is printed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_audit import write_record

PRINTING = (["--help"], ["--version"], ["help"], ["help", "settings"], ["manifest"], ["doctor"], ["audit", "export"])
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands run: with a record to export, and no settings for the doctor."""
    made = tmp_path_factory.mktemp("output")
    asyncio.run(write_record(f"sqlite:///{made / 'jobbot.db'}"))
    return made


def jobbot(arguments: list[str], folder: Path, to: int, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [sys.executable, "-m", "jobbot", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PORT": "0", "JOBBOT_HOST": "127.0.0.1", **environment},
        stdout=to,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_nobody_reads_any_more(arguments: list[str], folder: Path) -> None:
    reads, writes = os.pipe()
    os.close(reads)
    try:
        assert jobbot(arguments, folder, writes) == (1, ""), "whoever reads has seen enough"
    finally:
        os.close(writes)


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full on this machine")
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("arguments", PRINTING[2:], ids=" ".join)
def test_a_device_that_is_full(arguments: list[str], folder: Path, unbuffered: str) -> None:
    with FULL.open("wb") as full:
        told = jobbot(arguments, folder, full.fileno(), PYTHONUNBUFFERED=unbuffered)
    assert told == (1, "standard output: not everything could be written (No space left on device)\n")


@pytest.mark.parametrize("arguments", PRINTING[2:], ids=" ".join)
def test_one_that_is_closed(arguments: list[str], folder: Path) -> None:
    script = [sys.executable, "-c", "import os, sys; os.close(1); os.execv(sys.executable, sys.argv[1:])"]
    done = subprocess.run(
        [*script, sys.executable, "-m", "jobbot", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PORT": "0", "JOBBOT_HOST": "127.0.0.1"},
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (1, "standard output: not everything could be written (it is closed)\n")
