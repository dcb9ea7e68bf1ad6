"""Writes to standard output with an exit code for a full device or a closed pipe.

What is printed counts as printed when it has left the buffer: Python writes that at its end otherwise, and complains in
lines of its own about what cannot be written (executed and seen: ``Exception ignored in ...``, and the exit code 120).
"""

import os
import sys
from collections.abc import Callable

FAILED = 1


def print_out(text: str, *, encoding: str | None = None) -> int:
    """Print ``text`` as it is; the exit code. Characters that the terminal cannot show become question marks."""

    def write() -> None:
        sys.stdout.reconfigure(encoding=encoding, errors="replace")  # type: ignore[union-attr] # the real one
        sys.stdout.write(text)

    return written(write)


def written(write: Callable[[], object]) -> int:
    """Run ``write`` and flush standard output; the exit code, 1 where not everything could be written."""
    if sys.stdout is None:  # closed, before jobbot was started
        return _not_complete("it is closed")
    try:
        write()
        sys.stdout.flush()
    except OSError as error:
        # What is left in the buffer cannot be written either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED if isinstance(error, BrokenPipeError) else _not_complete(os.strerror(error.errno or 0))
    return 0


def _not_complete(why: str) -> int:
    print(f"standard output: could not be written completely ({why})", file=sys.stderr)
    return FAILED
