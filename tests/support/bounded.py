"""A bound for what could take for ever. It stands far above what is usual: it tells a hang, not a speed."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def ends(what: str = "", *, cpu_seconds: float = 20.0) -> Iterator[None]:
    """Raise TimeoutError, naming ``what``, where the block has used that much of the processor.

    In the main thread, and not nested.
    """

    def hangs(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {cpu_seconds:.0f} s of the processor's time: {what}")

    before = signal.signal(signal.SIGPROF, hangs)
    signal.setitimer(signal.ITIMER_PROF, cpu_seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
