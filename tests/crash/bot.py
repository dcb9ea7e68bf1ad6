"""``jobbot run`` with a ledger that kills the process at a given step: ``python -m tests.crash.bot [STEP]``.

Everything but the ledger's wrapper is the real thing. A step is ``before:METHOD`` or ``after:METHOD`` of the ledger.
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

LEASE = timedelta(seconds=1.5)
PACE = Pace(first=0.05, longest=0.2, accepted=20.0, unanswered=3.0)


def killing(step: str) -> type[SqlLedger]:
    """A ledger that does not survive ``step``. SIGKILL: no handler, no finally, nothing flushed."""
    when, _, method = step.partition(":")

    def die() -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def around(real: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def wrapped(*arguments: Any) -> Any:
            if when == "before":
                die()
            answer = await real(*arguments)
            die()
            return answer

        return wrapped

    class Killing(SqlLedger):
        def __getattribute__(self, name: str) -> Any:
            found = super().__getattribute__(name)
            return around(found) if name == method else found

    return Killing


async def serve() -> None:
    """Until SIGTERM."""
    settings = load_settings(env_file=None)
    set_up_logging("text", "INFO", known_secrets=settings.secrets())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with Jobbot(settings, lease=LEASE, pace=PACE, drain_seconds=1.0) as bot:
        await bot.run_until(stop)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        # A test's own ledger in the real assembly.
        setattr(jobbot.app, "SqlLedger", killing(sys.argv[1]))  # noqa: B010 - the type checker is right to object
    asyncio.run(serve())
