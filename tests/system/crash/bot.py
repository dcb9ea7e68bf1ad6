"""``jobbot run`` with a store at whose steps the process dies or freezes: ``python -m tests.system.crash.bot [STEP]``.

Everything but the store's wrapper is the real thing. A step is ``kill:before:METHOD``, ``kill:after:METHOD``, or the
same with ``freeze``, of the methods of the ledger, of review requests (``reviews.ask``) and of the outbox
(``outbox.sent``); and ``freeze:at last``, when the stop's request is about to leave.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jobbot.app_following
import jobbot.app_resources
import jobbot.flows.acts.acting
from jobbot.app import Jobbot
from jobbot.config import load_settings
from jobbot.flows.acts.act_timing import ActTiming
from jobbot.flows.acts.execution import ActExecution
from jobbot.logs import set_up_logging
from jobbot.timing import Timing

LEASE = timedelta(seconds=3)
ACT_TIMING = ActTiming(first=0.05, longest=0.2, accepted=20.0, record=20.0, decide=20.0)
"""A busy machine records late: a process that dies at a step must come to it."""
UNANSWERED = "UNANSWERED_SECONDS"
"""The setting that says for how many seconds what Adverity has not answered is read back."""

STORES = {
    "": (jobbot.app_resources, "SqlLedger"),
    "reviews": (jobbot.app_following, "ReviewStore"),
    "outbox": (jobbot.app_following, "Outbox"),
}
"""Where the assembly finds the class of each store."""


def failure(step: str, number: int) -> Callable[[], None]:
    """Sends this process the signal, once, and leaves a line in its log before."""
    left = [number]

    def fail() -> None:
        if left:
            os.write(2, f"{step}\n".encode())
            os.kill(os.getpid(), left.pop())

    return fail


async def nothing_is_locked() -> None:
    """Wait until this process does not write to its SQLite file: frozen just then, it would keep all others out."""
    url = os.environ["JOBBOT_DATABASE_URL"]
    while is_locked(url):  # noqa: ASYNC110 - nobody tells when SQLite's lock is given back
        await asyncio.sleep(0.005)


def is_locked(url: str) -> bool:
    """Whether somebody writes to the SQLite file; PostgreSQL knows no such thing."""
    if not url.startswith("sqlite:///"):
        return False
    with closing(sqlite3.connect(url.removeprefix("sqlite:///"), timeout=0, isolation_level=None)) as probe:
        try:
            probe.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError:
            return True
    return False


def sleeping_at_last() -> type[ActExecution]:
    """A stop that has seen that it is in time, and sleeps just then."""
    fail = failure("freeze:at last", signal.SIGSTOP)

    class Sleeping(ActExecution):
        def _must_be_in_time(self) -> None:
            super()._must_be_in_time()
            fail()

    return Sleeping


def fails_at(step: str) -> None:
    """From now on a store is built that does not survive ``step``, or sleeps there once until SIGCONT.

    SIGKILL: no handler, no finally, nothing flushed.
    """
    act, when, of = step.split(":")
    store, _, method = of.rpartition(".")
    module, name = STORES[store]
    real: type[Any] = getattr(module, name)
    freezes = act == "freeze"
    die = failure(step, signal.SIGSTOP if freezes else signal.SIGKILL)

    async def fail() -> None:
        if freezes:
            await nothing_is_locked()
        die()

    def around(found: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def wrapped(*arguments: Any, **named: Any) -> Any:
            if when == "before":
                await fail()
            answer = await found(*arguments, **named)
            await fail()
            return answer

        return wrapped

    def look_up(one: Any, name: str) -> Any:
        found = object.__getattribute__(one, name)
        return around(found) if name == method else found

    # A test's own parts in the real assembly.
    setattr(module, name, type("Failing", (real,), {"__getattribute__": look_up}))


async def serve() -> None:
    """Until SIGTERM."""
    settings = load_settings(env_file=None)
    set_up_logging("text", "INFO", known_secrets=settings.secrets())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    act_timing = replace(ACT_TIMING, unanswered=float(os.environ[UNANSWERED]))
    async with Jobbot(
        settings, timing=Timing(lease=LEASE, act_timing=act_timing, drain=1.0, extra=act_timing.record)
    ) as bot:
        await bot.run_until(stop)


def main(step: str = "") -> None:
    """Serve, with the environment's settings."""
    if step == "freeze:at last":
        setattr(jobbot.flows.acts.acting, "ActExecution", sleeping_at_last())  # noqa: B010 - the type checker objects
    elif step:
        fails_at(step)
    asyncio.run(serve())


if __name__ == "__main__":
    main(*sys.argv[1:])
