"""The demo's world: a local Slack, a local Adverity on a bad morning, and the real bot between them over Socket Mode.

The bot is started as ``jobbot run`` starts it, with settings that point at the two servers; from there on everything
goes over HTTP and a WebSocket.
"""

import asyncio
import errno
import logging
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

from pydantic import SecretStr

from jobbot.app import Jobbot
from jobbot.config import ChannelSettings, InstanceSettings, Power, Settings
from jobbot.logs import set_up_logging
from jobbot.playground.adverity import DatastreamAs, LocalAdverity, Quirks, stories
from jobbot.playground.opening import BEFORE, play_opening
from jobbot.playground.page import Page
from jobbot.playground.slack import LocalSlack
from jobbot.timing import Timing

MESSAGES_TAB = False
"""``messages_tab_enabled`` of manifest.yml; a test compares."""
UNFURL_DOMAINS = ("127.0.0.1",)
"""``unfurl_domains``, as if the local Adverity's host were one."""


@dataclass(frozen=True, slots=True)
class Demo:
    """What is running; ``runaway`` is the job that the story is about."""

    slack: LocalSlack
    adverity: LocalAdverity
    runaway: int


class ClockBehind:
    """The world's time less a span, until ``advance`` has caught up with it."""

    def __init__(self, span: timedelta) -> None:
        self._span = span

    def __call__(self) -> datetime:
        """The time here."""
        return datetime.now(UTC) - self._span

    def advance(self, step: timedelta) -> None:
        """Let so much time pass at once."""
        self._span -= step


def demo_timing() -> Timing:
    """The bot looks more often, so that nobody waits for it. Time jumps in the opening: no lease ends by that."""
    usual = Timing()
    return replace(usual, drain=0.3, lease=timedelta(hours=1), schedule=replace(usual.schedule, near=5.0, look=0.1))


def demo_settings(slack: LocalSlack, adverity: LocalAdverity, folder: Path) -> Settings:
    """The policy of the demo: #inc-data may do everything, but only people of @data-oncall stop, and so act."""
    oncall = frozenset({slack.usergroup("data-oncall").id})
    shared = ChannelSettings(stop_usergroups=oncall)
    everything = ChannelSettings(may=frozenset(get_args(Power)), stop_usergroups=oncall)
    return Settings(
        bot_token=SecretStr(slack.bot_token),
        app_token=SecretStr(slack.app_token),
        signing_secret=None,
        slack_api_url=slack.api_url,
        # Time jumps in the opening: what was read before is not shown again.
        instances={"acme": InstanceSettings(url=adverity.url, key=SecretStr(adverity.api_key), cache_seconds=0)},
        channels={
            slack.channel("inc-data").id: everything,
            slack.channel("data-read-only").id: ChannelSettings(may=frozenset({"view", "watch"})),
            slack.channel("acme-shared").id: shared,
        },
        database_url=SecretStr(f"sqlite:///{folder / 'jobbot.db'}"),
        mode="socket",
        host="127.0.0.1",
        port=0,
        log_format="text",
        log_level="ERROR",
    )


@asynccontextmanager
async def running_demo(*, seed: int = 7, speed: float = 1.0) -> AsyncIterator[Demo]:
    """Everything started, with the opening played; all of it ends with the block. Nothing is kept."""
    clock = ClockBehind(BEFORE / speed)
    with tempfile.TemporaryDirectory(prefix="jobbot-demo-") as folder:
        async with (
            LocalAdverity(now=clock, speed=speed, seed=seed) as adverity,
            LocalSlack(now=clock, seed=seed, messages_tab=MESSAGES_TAB, unfurl_domains=UNFURL_DOMAINS) as slack,
        ):
            runaway = stories.tell_incident(adverity, seed=seed, at=adverity.now() + BEFORE)
            # As Adverity's own pages read it: a job carries its datastream whole, and its progress as a fraction.
            adverity.quirks = Quirks(datastream_as=DatastreamAs.OBJECT, progress_as="fraction")
            settings = demo_settings(slack, adverity, Path(folder))
            async with Jobbot(settings, clock=adverity.now, timing=demo_timing()) as bot:
                serving = asyncio.create_task(bot.run_until(asyncio.Event()))
                try:
                    await slack.until(lambda: slack.connections)
                    await play_opening(slack, adverity, lambda step: clock.advance(step / speed))
                    yield Demo(slack, adverity, runaway)
                finally:
                    serving.cancel()
                    await asyncio.wait({serving})
                    if not serving.cancelled():
                        serving.result()


def demo_page(demo: Demo, port: int = 0) -> Page:
    """The page over what is running."""
    return Page(demo.slack, demo.adverity, runaway=demo.runaway, port=port)


def set_up_demo_logging() -> None:
    """Errors alone, each a line as ``jobbot run`` writes it: what the faults provoke is told in Slack."""
    set_up_logging("text", "ERROR")
    logging.getLogger().setLevel(logging.ERROR)


async def serve_page(*, port: int, seed: int, speed: float, opens: bool) -> None:
    """The page, until SIGINT or SIGTERM; ``opens`` a browser once it is there. Raises OSError for a port in use."""
    set_up_demo_logging()
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stop.set)
    async with running_demo(seed=seed, speed=speed) as demo, demo_page(demo, port) as page:
        print(f"jobbot's demo is on {page.url} (Ctrl-C ends it)", flush=True)
        if opens:
            await asyncio.to_thread(webbrowser.open, page.url)
        await stop.wait()


def run_page(*, port: int, seed: int, speed: float, opens: bool) -> int:
    """The command; the exit code."""
    try:
        asyncio.run(serve_page(port=port, seed=seed, speed=speed, opens=opens))
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be opened ({error.strerror})"
        print(f"port {port} {why}; leave --port out for a free one", file=sys.stderr)
        return 1
    return 0
