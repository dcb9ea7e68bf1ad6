"""The command line in this process: its exit code and what it writes, without a second of imports a call."""

import io
import logging
import os
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO
from unittest.mock import patch

import structlog

from jobbot.cli import main
from jobbot.logs import REFERENCE


@dataclass(frozen=True)
class Ran:
    """What a process would leave behind."""

    code: int | None
    out: str
    err: str


def stream() -> io.TextIOWrapper:
    """What stands in the place of a standard stream: bytes under text, which a command may configure anew."""
    return io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="")


def run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, *, to: TextIO | None = None
) -> tuple[int, str]:
    """Run ``jobbot ARGUMENTS`` with this environment alone, in this folder, its standard output going ``to``.

    The exit code, and what came to standard error. Log, streams, environment and folder are as before when it ends.
    Inside a loop it must be called in a thread (``asyncio.to_thread``): commands begin a loop of their own.
    """
    with (
        stream() as err,
        log_as_before(),
        patch.dict(os.environ, {"PATH": os.environ["PATH"], **environment}, clear=True),
        chdir(folder),
        redirect_stdout(to),
        redirect_stderr(err),
    ):
        code = main(arguments)
        err.flush()
        assert isinstance(err.buffer, io.BytesIO)
        return code, err.buffer.getvalue().decode()


def ran(arguments: Sequence[str], environment: Mapping[str, str], folder: Path) -> Ran:
    """The same, with what came to standard output."""
    with stream() as out:
        code, err = run(arguments, environment, folder, to=out)
        out.flush()
        assert isinstance(out.buffer, io.BytesIO)
        return Ran(code, out.buffer.getvalue().decode(), err)


@contextmanager
def log_as_before() -> Iterator[None]:
    """Whatever is set up for the log meanwhile: afterwards it is as it was."""
    root, ours = logging.getLogger(), logging.getLogger("jobbot")
    handlers, level, our_level, token = root.handlers[:], root.level, ours.level, REFERENCE.set("-")
    hooks = sys.excepthook, threading.excepthook
    try:
        yield
    finally:
        logging.captureWarnings(False)
        structlog.reset_defaults()
        sys.excepthook, threading.excepthook = hooks
        root.handlers[:] = handlers
        root.setLevel(level)
        ours.setLevel(our_level)
        REFERENCE.reset(token)
