"""No secret leaves the process but for where it belongs: not in a line, a metric, a span, a message or the database.

The real command with every secret set, as talkative as it can be, through every kind of story and every kind of fault.
"""

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any, Literal, cast

import httpx
import pytest

from jobbot.app import Jobbot
from jobbot.config import Settings
from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from tests.stories.world import Clock, Transport, World, settings_for
from tests.support.loopback import free_port, loopback_client

pytestmark = pytest.mark.slow
"""Each is a process of its own."""

HEADER_KEY = "pl4nted-0f-the-c0llector"
REASON = "because-of-the-private-reason"


@dataclass
class Process:
    """The command at work, and everything that came out of it when it has ended."""

    process: asyncio.subprocess.Process
    port: int
    world: World
    output: str = ""
    metrics: str = ""

    async def ends(self) -> None:
        """SIGTERM, and what it had said."""
        async with loopback_client() as client:
            self.metrics = (await client.get(f"http://127.0.0.1:{self.port}/metrics")).text
        self.process.send_signal(signal.SIGTERM)
        out, err = await asyncio.wait_for(self.process.communicate(), 30)
        self.output = out.decode() + err.decode()


def environment(settings: Settings, port: int, style: str, level: str = "DEBUG") -> dict[str, str]:
    """The settings, as the variables that they come from."""
    assert settings.app_token is not None
    assert settings.signing_secret is not None
    (instance,) = settings.instances.values()
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ} | {
        "SLACK_BOT_TOKEN": settings.bot_token.get_secret_value(),
        "SLACK_APP_TOKEN": settings.app_token.get_secret_value(),
        "SLACK_SIGNING_SECRET": settings.signing_secret.get_secret_value(),
        "SLACK_API_URL": settings.slack_api_url,
        "ADVERITY_INSTANCE": instance.url,
        "ADVERITY_API_KEY": instance.key.get_secret_value(),
        "JOBBOT_CHANNELS": ",".join(settings.channels),
        "JOBBOT_DATABASE_URL": settings.database_url.get_secret_value(),
        "JOBBOT_HOST": "127.0.0.1",
        "PORT": str(port),
        "JOBBOT_LOG_FORMAT": style,
        "JOBBOT_LOG_LEVEL": level,
        "OTEL_TRACES_EXPORTER": "console",
        "OTEL_EXPORTER_OTLP_HEADERS": f"x-key={HEADER_KEY}",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }


@asynccontextmanager
async def running(transport: Transport, folder: Path, style: str) -> AsyncIterator[Process]:
    """The command, with the worlds around it."""
    clock, port = Clock(), free_port()
    async with LocalAdverity(now=clock) as adverity, LocalSlack(now=clock, transport=transport) as slack:
        adverity.has_datastream(42, "Facebook Ads EU")
        settings = settings_for(slack, adverity, transport, folder)
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.stories.crashing", "run", "--mode", transport,
            env=environment(settings, port, style), cwd=folder,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        idle = asyncio.create_task(asyncio.Event().wait())
        try:
            await ready(port)
            if transport == "http":
                slack.delivers_to(f"http://127.0.0.1:{port}/slack/events")
            # The bot is in the other process: nothing of this world's own is asked of it.
            world = World(clock, slack, adverity, cast("Jobbot", None), settings, cast("asyncio.Task[None]", idle))
            yield Process(process, port, world)
        finally:
            idle.cancel()
            if process.returncode is None:
                process.kill()
                await process.communicate()


async def ready(port: int) -> None:
    """Wait until the command serves."""
    async with asyncio.timeout(60), loopback_client() as client:
        while True:
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            except httpx.TransportError:
                await asyncio.sleep(0.02)
            else:
                if answer.status_code == 200:
                    return


async def everything(it: World) -> list[str]:
    """Every kind of story and every kind of fault; the response URLs that were given out."""
    actions = [await it.ana.types("/jobs", in_=it.inc)]
    it.adverity.has_job(987).stop_takes(timedelta(seconds=0.1))
    it.adverity.has_job(988).refuses_stop(f"Your key {it.adverity.api_key} may not, Token {it.adverity.api_key}.")
    actions.append(await it.ana.types("/jobs", in_=it.inc))
    listed = await it.said("2 jobs")
    actions.append(await it.ana.clicks("Refresh", on=listed))
    await it.said("refreshed by")
    await it.ana.mentions("@jobbot 987", in_=it.inc)
    await it.said("*Job 987: Running*")
    for person, place in ((it.ana, it.random), (it.gus, it.inc)):
        actions.append(await person.types("/jobs stop 987", in_=place))
    for job, ending in ((987, "*Stopped Facebook Ads EU (job 987)"), (988, "*Not stopped: Facebook Ads EU (job 988)")):
        await it.asks_to_stop(it.ana, job, REASON)
        actions.append(await it.ana.submits(reason=REASON))
        await it.said(ending)
    actions += await upstream_faults(it)
    actions += await slack_faults(it)
    actions.append(await it.ana.types("/jobs help", in_=it.inc))
    await it.whispered("Something went wrong inside jobbot", it.ana)
    payloads = [action.payload or {} for action in actions]
    return [str(payload["response_url"]) for payload in payloads if "response_url" in payload]


async def upstream_faults(it: World) -> list[Any]:
    """Each, with an answer that repeats the key where there is one. Not more in a row than the breaker allows."""
    faults, key = it.adverity.faults, it.adverity.api_key
    echo = json.dumps({"detail": f"no such key: {key} (Bearer {key})"}).encode()
    actions = []
    kinds: list[Callable[[], object]] = [
        lambda: faults.replies(401, echo),
        lambda: faults.replies(400, echo),
        lambda: faults.replies(500, echo),
        faults.html,
        faults.cut,
        lambda: faults.replies(503, echo, headers={"Retry-After": "60"}),
        lambda: faults.replies(404, echo),
        lambda: faults.replies(302, echo, headers={"Location": f"https://evil.example/?key={key}"}),
    ]
    for fault in kinds:
        fault()
        before = len(it.inc.whispers(it.ana))
        actions.append(await it.ana.types("/jobs failed", in_=it.inc))
        await it.slack.until(partial(more_whispers, it, before))
        faults.clear()
    return actions


def more_whispers(it: World, before: int) -> bool:
    """Whether Ana was told something since."""
    return len(it.inc.whispers(it.ana)) > before


async def slack_faults(it: World) -> list[Any]:
    """Errors that repeat what was sent, and pages that are none of Slack's."""
    faults, token = it.slack.faults, it.slack.bot_token
    actions = []
    for method in ("chat.postMessage", "views.open", "users.info"):
        faults.error(method, f"echo of Bearer {token} {REASON}", times=1)
        actions.append(await it.ben.types("/jobs stop 987 " + REASON, in_=it.inc))
        await it.ana.mentions("@jobbot 987", in_=it.inc)
        faults.broken(method, times=1)
        await it.ana.mentions("@jobbot 987", in_=it.inc)
    return actions


Style = Literal["text", "json"]


@pytest.mark.both_transports
@pytest.mark.parametrize(("transport", "style"), [("socket", "text"), ("http", "json")])
async def test_no_secret_is_anywhere(transport: Transport, tmp_path: Path, style: Style) -> None:
    async with running(transport, tmp_path, style) as it:
        urls = await everything(it.world)
        await it.ends()
        slack, adverity = it.world.slack, it.world.adverity
        secrets = secrets_of(slack, adverity, urls)
        sent = json.dumps([dict(call.args) for call in slack.calls])
        slack.forgive()
    files = contents(tmp_path)
    assert len(urls) > 10
    assert b"Facebook Ads EU" in files, "the record was written"
    assert it.output.count("act ended") == 2
    assert "RuntimeError" in it.output, "the crash was logged"
    assert '"name": "interaction"' in it.output, "spans were written"
    shown = set(re.findall(r"[Rr]eference ([0-9a-f]{6})", sent))
    assert len(shown) > 5
    logged = {line for line in it.output.splitlines() if "failed" in line}
    assert all(any(reference in line for line in logged) for reference in shown), "what people can quote is in the log"
    found = {name for name, secret in secrets.items() if secret in it.output + it.metrics + sent}
    assert found == set()
    assert {name for name, secret in secrets.items() if secret.encode() in files} == set()
    assert not re.search(r"ticket=[0-9a-f]|xox[a-z]-\d|xapp-\d|/response/\w", it.output)
    assert REASON not in it.output + it.metrics, "texts of people are not logged"
    is_line = is_json if style == "json" else is_text
    spans = re.compile(r"^\{\n.*?^\}\n", re.DOTALL | re.MULTILINE)
    assert all(is_line(line) for line in spans.sub("", it.output).splitlines())


def contents(folder: Path) -> bytes:
    """The database, and what SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in folder.glob("jobbot.db*"))


def secrets_of(slack: LocalSlack, adverity: LocalAdverity, urls: list[str]) -> Mapping[str, str]:
    """What must not be found, by what it is."""
    named = {
        "bot token": slack.bot_token,
        "app token": slack.app_token,
        "signing secret": slack.signing_secret,
        "API key": adverity.api_key,
        "collector's key": HEADER_KEY,
    }
    return named | {f"response URL {number}": url.rpartition("/")[2] for number, url in enumerate(urls)}


def is_json(line: str) -> bool:
    """A record for machines."""
    return set(json.loads(line)) >= {"at", "level", "logger", "reference", "message"}


def is_text(line: str) -> bool:
    """A record for people, or its traceback."""
    return bool(re.match(r"    |\d{4}-\d\d-\d\dT[\d:.]+Z (DEBUG|INFO|WARNING|ERROR) +(-|[0-9a-f]{6}) [\w.]+: ", line))


HASTY = """
import json, os, sys
from functools import partial

import jobbot.app
from jobbot.cli import main
from jobbot.slack.transport.watchdog import WatchdogSettings

jobbot.app.Timing = partial(jobbot.app.Timing, watchdog=WatchdogSettings(start=1))
for number, line in enumerate(sys.stdin):
    if (child := os.fork()) == 0:
        for stream, name in ((1, "out"), (2, "err")):
            os.dup2(os.open(f"{name}{number}", os.O_WRONLY | os.O_CREAT), stream)
        os.environ.update(json.loads(line))
        sys.exit(main(["run"]))
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""A process of the command for each line of variables: they are forked, as most of a start is importing.

Each waits for a Slack that does not answer for a second instead of a minute.
"""

FAILING = [
    ({"SLACK_BOT_TOKEN": "xoxb-1-pl4nted"}, "SLACK_BOT_TOKEN: Slack refused it"),
    ({"SLACK_APP_TOKEN": "xapp-1-pl4nted"}, "SLACK_APP_TOKEN: Slack refused it"),
    ({"JOBBOT_DATABASE_URL": "postgresql://u:pl4nted@127.0.0.1:1/x"}, "JOBBOT_DATABASE_URL: the database cannot"),
    ({"JOBBOT_DATABASE_URL": "postgresql://u:pl4nted@127.0.0.1:x/"}, "JOBBOT_DATABASE_URL: is not a readable URL"),
    ({"JOBBOT_DATABASE_URL": "sqlite:////nowhere/pl4nted/x.db"}, "JOBBOT_DATABASE_URL: the database cannot"),
    ({"SLACK_API_URL": "http://127.0.0.1:1/api/"}, "Slack cannot be reached at SLACK_API_URL"),
    ({"ADVERITY_API_KEY": "pl4nted key"}, "ADVERITY_API_KEY: "),
]


async def test_a_start_that_fails_says_why_in_a_line_and_no_secret(tmp_path: Path) -> None:
    async with LocalAdverity() as adverity, LocalSlack() as slack:
        settings = settings_for(slack, adverity, "socket", tmp_path)
        given = environment(settings, 0, "text") | {"OTEL_TRACES_EXPORTER": "none"}
        done = await asyncio.to_thread(
            subprocess.run,
            [sys.executable, "-c", HASTY],
            input="".join(f"{json.dumps(changes)}\n" for changes, _ in FAILING),
            env=given,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        slack.forgive()
        secrets = secrets_of(slack, adverity, [])
    codes = [int(line) for line in done.stdout.splitlines()]
    for number, ((_, says), code) in enumerate(zip(FAILING, codes, strict=True)):
        out, err = ((tmp_path / f"{name}{number}").read_text(encoding="utf-8") for name in ("out", "err"))
        assert code in (1, 2), says
        (line,) = [line for line in err.splitlines() if not is_text(line)]
        assert line.startswith(says)
        assert "pl4nted" not in out + err, says
        assert not [name for name, secret in secrets.items() if secret in out + err], says
