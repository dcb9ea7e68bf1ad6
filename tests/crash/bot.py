"""``jobbot run`` with a ledger at whose steps the process dies or freezes: ``python -m tests.crash.bot [STEP]``.

Everything but the ledger's wrapper is the real thing. A step is ``kill:before:METHOD``, ``kill:after:METHOD``, or the
same with ``freeze``, of the ledger's methods.
"""

import asyncio
import os
import signal
import sys
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import jobbot.app
from jobbot.app import Jobbot
from jobbot.config import load_settings
from jobbot.flows.course import Pace
from jobbot.logs import set_up_logging
from jobbot.store.sql_ledger import SqlLedger

LEASE = timedelta(seconds=2)
PACE = Pace(first=0.05, longest=0.2, accepted=20.0, unanswered=1.0)

REAL = SqlLedger


def failing(step: str) -> type[SqlLedger]:
    """A ledger that does not survive ``step``, or sleeps there once until SIGCONT.

    SIGKILL: no handler, no finally, nothing flushed.
    """
    act, when, method = step.split(":")
    left = [signal.SIGKILL if act == "kill" else signal.SIGSTOP]

    def fail() -> None:
        if left:
            os.write(2, f"{step}\n".encode())
            os.kill(os.getpid(), left.pop())

    def around(real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def wrapped(*arguments: Any) -> Any:
            if when == "before":
                fail()
            answer = await real(*arguments)
            fail()
            return answer

        return wrapped

    class Failing(REAL):
        def __getattribute__(self, name: str) -> Any:
            found = super().__getattribute__(name)
            return around(found) if name == method else found

    return Failing


async def serve() -> None:
    """Until SIGTERM."""
    settings = load_settings(env_file=None)
    set_up_logging("text", "INFO", known_secrets=settings.secrets())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Jobbot(settings, lease=LEASE, pace=PACE, drain_seconds=1.0) as bot:
        await bot.run_until(stop)


def main(step: str = "") -> None:
    """Serve, with the environment's settings."""
    if step:
        # A test's own ledger in the real assembly.
        setattr(jobbot.app, "SqlLedger", failing(step))  # noqa: B010 - the type checker is right to object
    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
