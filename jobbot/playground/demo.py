"""The demo's world: a local Slack, a local Adverity on a bad morning, and the real bot between them over Socket Mode.

The bot is started as ``jobbot run`` starts it, with settings that point at the two servers; from there on everything
goes over HTTP and a WebSocket.
"""

import asyncio
import errno
import signal
import sys
import tempfile
import webbrowser
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import SecretStr

from jobbot.app import Jobbot
from jobbot.config import ChannelSettings, InstanceSettings, Settings
from jobbot.playground.adverity import DatastreamAs, LocalAdverity, Quirks, stories
from jobbot.playground.page import Page
from jobbot.playground.slack import LocalSlack
from jobbot.timing import Timing


@dataclass(frozen=True, slots=True)
class Demo:
    """What is running."""

    slack: LocalSlack
    adverity: LocalAdverity


def demo_settings(slack: LocalSlack, adverity: LocalAdverity, folder: Path) -> Settings:
    """The policy of the demo: #inc-data may do everything, but only people of @data-oncall stop."""
    oncall = frozenset({slack.usergroup("data-oncall").id})
    everything = ChannelSettings(stop_usergroups=oncall)
    return Settings(
        bot_token=SecretStr(slack.bot_token),
        app_token=SecretStr(slack.app_token),
        signing_secret=None,
        slack_api_url=slack.api_url,
        instances={"acme": InstanceSettings(url=adverity.url, key=SecretStr(adverity.api_key))},
        channels={
            slack.channel("inc-data").id: everything,
            slack.channel("data-read-only").id: ChannelSettings(may=frozenset({"view", "watch"})),
            slack.channel("acme-shared").id: everything,
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
    """Everything started; all of it ends with the block. Nothing is kept."""
    with tempfile.TemporaryDirectory(prefix="jobbot-demo-") as folder:
        async with LocalAdverity(speed=speed, seed=seed) as adverity, LocalSlack(seed=seed) as slack:
            stories.tell_incident(adverity, seed=seed)
            # As Adverity's own pages read it: a job carries its datastream whole, and its progress as a fraction.
            adverity.quirks = Quirks(datastream_as=DatastreamAs.OBJECT, progress_as="fraction")
            settings = demo_settings(slack, adverity, Path(folder))
            async with Jobbot(settings, clock=adverity.now, timing=Timing(drain=0.3)) as bot:
                serving = asyncio.create_task(bot.run_until(asyncio.Event()))
                try:
                    yield Demo(slack, adverity)
                finally:
                    serving.cancel()
                    await asyncio.wait({serving})
                    if not serving.cancelled():
                        serving.result()


async def serve_page(*, port: int, seed: int, speed: float, opens: bool) -> None:
    """The page, until SIGINT or SIGTERM; ``opens`` a browser once it is there. Raises OSError for a port in use."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for asked in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(asked, stop.set)
    async with running_demo(seed=seed, speed=speed) as demo, Page(demo.slack, demo.adverity, port=port) as page:
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
