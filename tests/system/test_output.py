"""Standard output that takes nothing more: one line or none, and never a traceback, whatever is printed."""

import asyncio
import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command import run
from tests.support.databases import sqlite_url
from tests.system.test_audit import write_record

PRINTING = (["--help"], ["--version"], ["help"], ["help", "settings"], ["manifest"], ["doctor"], ["audit", "export"])
FULL = Path("/dev/full")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the commands run: with a record to export, and no settings for the doctor."""
    made = tmp_path_factory.mktemp("output")
    asyncio.run(write_record(sqlite_url(made / "jobbot.db")))
    return made


ENVIRONMENT = {"PORT": "0", "JOBBOT_HOST": "127.0.0.1"}
READ_ENOUGH = (1, "")
IS_FULL = (1, "standard output: could not be written completely (No space left on device)\n")
IS_CLOSED = (1, "standard output: could not be written completely (it is closed)\n")


def jobbot(arguments: list[str], folder: Path, to: io.FileIO, *, unbuffered: bool = False) -> tuple[int, str]:
    """In this process, its standard output as Python makes one of a file."""
    raw = io.FileIO(os.dup(to.fileno()), "wb")
    with io.TextIOWrapper(raw if unbuffered else io.BufferedWriter(raw), write_through=unbuffered) as out:
        return run(arguments, ENVIRONMENT, folder, to=out)


def process(arguments: list[str], folder: Path, to: io.FileIO, *closing: str, **environment: str) -> tuple[int, str]:
    done = subprocess.run(
        [*closing, sys.executable, "-m", "jobbot", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], **ENVIRONMENT, **environment},
        stdout=to,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


@pytest.fixture
def nobody_reads() -> Iterator[io.FileIO]:
    reads, writes = os.pipe()
    os.close(reads)
    with io.FileIO(writes, "wb") as pipe:
        yield pipe


@pytest.fixture
def full() -> Iterator[io.FileIO]:
    if not FULL.exists():
        pytest.skip("no /dev/full on this machine")
    with io.FileIO(FULL, "wb") as device:
        yield device


@pytest.mark.parametrize("arguments", PRINTING, ids=" ".join)
def test_nobody_reads_any_more(arguments: list[str], folder: Path, nobody_reads: io.FileIO) -> None:
    assert jobbot(arguments, folder, nobody_reads) == READ_ENOUGH


@pytest.mark.parametrize("unbuffered", [False, True])
@pytest.mark.parametrize("arguments", PRINTING[2:], ids=" ".join)
def test_a_device_that_is_full(arguments: list[str], folder: Path, full: io.FileIO, unbuffered: bool) -> None:
    assert jobbot(arguments, folder, full, unbuffered=unbuffered) == IS_FULL


@pytest.mark.parametrize("arguments", PRINTING[2:], ids=" ".join)
def test_one_that_is_closed(arguments: list[str], folder: Path) -> None:
    assert run(arguments, ENVIRONMENT, folder, to=None) == IS_CLOSED


@pytest.mark.slow
def test_processes_say_the_same_and_nothing_more_at_their_end(
    folder: Path, nobody_reads: io.FileIO, full: io.FileIO
) -> None:
    assert process(["--help"], folder, nobody_reads) == READ_ENOUGH
    assert process(["audit", "export"], folder, nobody_reads) == READ_ENOUGH
    assert process(["help"], folder, full) == IS_FULL
    assert process(["doctor"], folder, full, PYTHONUNBUFFERED="1") == IS_FULL
    closing = [sys.executable, "-c", "import os, sys; os.close(1); os.execv(sys.executable, sys.argv[1:])"]
    assert process(["manifest"], folder, full, *closing) == IS_CLOSED
