"""``jobbot run`` whose time passes faster: ``python -m tests.system.crash.follower ORIGIN SPEED``.

``ORIGIN`` (seconds since the epoch) is when all clocks began to run ``SPEED`` times as fast, the test's own among them.
"""

import asyncio
import signal
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from jobbot.app import Jobbot
from jobbot.config import load_settings
from jobbot.flows.following.schedule import PollSchedule
from jobbot.logs import set_up_logging
from jobbot.timing import Timing


def fast_clock(origin: float, speed: float) -> Callable[[], datetime]:
    """The same time in every process."""

    def now() -> datetime:
        real = datetime.now(UTC).timestamp()
        return datetime.fromtimestamp(origin + (real - origin) * speed, UTC)

    return now


async def serve(origin: float, speed: float) -> None:
    """Until SIGTERM."""
    settings = load_settings(env_file=None)
    set_up_logging("text", "INFO", known_secrets=settings.secrets())
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    clock = fast_clock(origin, speed)
    timing = Timing(lease=timedelta(seconds=30), schedule=PollSchedule(look=0.5 / speed), drain=1.0)
    async with Jobbot(settings, clock=clock, timing=timing) as bot:
        print("ready", flush=True)
        await bot.run_until(stop)


if __name__ == "__main__":
    asyncio.run(serve(float(sys.argv[1]), float(sys.argv[2])))
