"""How soon jobbot is there, and what it weighs: ``startup [commands] [turns]``.

``jobbot --help``, the time to ready of ``jobbot run`` against the local servers, and resident memory idle and after
100,000 commands (or as many as are given), each beside the no-op Bolt app in the same run. A command is ``/jobs help``,
served to its end: signature, router, access with what Slack says of the person and the channel, answer to its response
URL. Times are the best of the turns, because what disturbs a machine only ever adds.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

from jobbot.playground.adverity import LocalAdverity
from jobbot.playground.slack import LocalSlack
from tests.benchmarks import load
from tests.support.loopback import free_port

BATCH = 2_000
LOOKS = 4
"""How often memory is looked at on the way."""


@dataclass(frozen=True, slots=True)
class Weight:
    """Resident megabytes: idle, and at each look on the way through the commands."""

    idle: float
    after: list[float]


@dataclass(frozen=True, slots=True)
class Server:
    """One that is measured: how it is started, where it says that it is ready, and the secret that it verifies with."""

    command: list[str]
    environment: Mapping[str, str]
    port: int
    ready: str
    secret: str

    def start(self, folder: str) -> subprocess.Popen[bytes]:
        """Its process."""
        return subprocess.Popen(self.command, env=dict(self.environment), cwd=folder, stderr=subprocess.DEVNULL)


def best(measure: Callable[[], float], turns: int) -> float:
    """The smallest of some measurements."""
    return min(measure() for _ in range(turns))


def run_to_its_end(command: list[str]) -> float:
    """Seconds of a command."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - began


@asynccontextmanager
async def running(server: Server, folder: str) -> AsyncIterator[tuple[subprocess.Popen[bytes], float]]:
    """The process, and the seconds that it took until it was ready."""
    began = time.perf_counter()
    process = server.start(folder)
    try:
        async with httpx.AsyncClient() as client, asyncio.timeout(60):
            while not await _is_ready(client, server):
                if process.poll() is not None:
                    raise RuntimeError(f"{server.command} ended with {process.returncode}")
                await asyncio.sleep(0.005)
        yield process, time.perf_counter() - began
    finally:
        process.terminate()
        await asyncio.to_thread(process.wait, 30)


async def _is_ready(client: httpx.AsyncClient, server: Server) -> bool:
    try:
        # First without a client, which would cost the server a part of the processor on which it starts.
        _, connected = await asyncio.open_connection("127.0.0.1", server.port)
        connected.close()
        answer = await client.get(f"http://127.0.0.1:{server.port}{server.ready}")
    except (ConnectionRefusedError, httpx.TransportError):
        return False
    return answer.status_code in (200, 404)


def resident(pid: int, *, most: bool = False) -> float:
    """Megabytes (proc(5)), now or at ``most``."""
    return _resident(Path(f"/proc/{pid}/status").read_text(encoding="ascii"), "VmHWM:" if most else "VmRSS:")


def _resident(status: str, field: str = "VmRSS:") -> float:
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith(field)) / 1024


@asynccontextmanager
async def sink() -> AsyncIterator[str]:
    """Takes what is posted to response URLs; its address."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.lower().split(b"\r\n")
                await reader.readexactly(next(int(line[15:]) for line in lines if line.startswith(b"content-length:")))
                writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/response"


async def weigh(server: Server, folder: str, commands: int, who: Mapping[str, str]) -> tuple[float, Weight]:
    """Start it, send it the commands in batches, and wait after each until all work is done.

    The seconds until it was ready, and what it weighs.
    """
    async with running(server, folder) as (process, took), sink() as url, httpx.AsyncClient() as client:
        await asyncio.sleep(min(1.0, commands / 100))
        idle, after, sent = resident(process.pid), [], 0
        for look in range(1, LOOKS + 1):
            while sent < commands * look // LOOKS:
                many = min(BATCH, commands * look // LOOKS - sent)
                numbers = range(sent, sent + many)
                bodies = [load.command_body("help", n, response_url=f"{url}/{n}", **who) for n in numbers]
                requests = [load.signed(body, server.port, secret=server.secret) for body in bodies]
                await load.run(server.port, requests, 8)
                sent += many
                await until_idle(client, server)
            after.append(resident(process.pid))
        return took, Weight(idle, after)


async def until_idle(client: httpx.AsyncClient, server: Server) -> None:
    """jobbot says how much work it has; the no-op app has none."""
    while server.ready == "/readyz":
        text = (await client.get(f"http://127.0.0.1:{server.port}/metrics")).text
        if 'jobbot_queue_depth{queue="work"} 0.0' in text:
            return
        await asyncio.sleep(0.2)  # the metrics themselves cost milliseconds


def environment() -> dict[str, str]:
    """As little of ours as a process needs."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR") if name in os.environ}


def jobbot(slack: LocalSlack, adverity: LocalAdverity, mode: str, folder: str) -> Server:
    """``jobbot run``, set up as the README says."""
    port = free_port()
    settings = {
        "SLACK_BOT_TOKEN": slack.bot_token,
        "SLACK_APP_TOKEN": slack.app_token,
        "SLACK_SIGNING_SECRET": slack.signing_secret,
        "SLACK_API_URL": slack.api_url,
        "ADVERITY_INSTANCE": adverity.url,
        "ADVERITY_API_KEY": adverity.api_key,
        "JOBBOT_CHANNELS": slack.channel("inc-data").id,
        "JOBBOT_DATABASE_URL": f"sqlite:///{folder}/jobbot-{mode}.db",
        "JOBBOT_HOST": "127.0.0.1",
        "PORT": str(port),
    }
    command = [sys.executable, "-m", "jobbot", "run", "--mode", mode]
    return Server(command, environment() | settings, port, "/readyz", slack.signing_secret)


LIBRARIES = (
    *("slack_bolt.async_app", "websockets", "uvicorn", "httptools", "starlette.applications", "httpx", "pydantic"),
    *("sqlalchemy", "aiosqlite", "stamina", "cachetools", "structlog"),
    "prometheus_client",
)
"""What jobbot is built on: their weight is there before its first line."""


def libraries() -> float:
    """Megabytes of a process that imports what jobbot is built on, and does nothing."""
    script = f"import {', '.join(LIBRARIES)}\nprint(open('/proc/self/status').read())"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return _resident(done.stdout)


def noop() -> Server:
    """Bolt with a command that does nothing."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks", "servers", "bolt-before", str(port)]
    root = str(Path(__file__).parents[2])
    return Server(command, environment() | {"PYTHONPATH": root}, port, "/", load.SECRET)


def main(commands: str = "100000", turns: str = "5") -> None:
    """Print the figures."""
    asyncio.run(measure(int(commands), int(turns)))


async def measure(commands: int, turns: int) -> None:
    """Start each, and weigh two of them."""
    python = best(lambda: run_to_its_end([sys.executable, "-c", ""]), turns)
    helped = best(lambda: run_to_its_end([sys.executable, "-m", "jobbot", "--help"]), turns)
    print(f"jobbot --help             {helped:6.3f} s   (python alone {python:.3f} s; aim: under 0.2 s)")
    with tempfile.TemporaryDirectory() as folder:
        async with LocalAdverity() as adverity, LocalSlack() as slack:
            servers = {
                "first start, Socket Mode": jobbot(slack, adverity, "socket", folder),
                "Socket Mode": jobbot(slack, adverity, "socket", folder),
                "HTTP": jobbot(slack, adverity, "http", folder),
                "no-op Bolt": noop(),
            }
            who = {"channel": slack.channel("inc-data").id, "user": slack.ana.id}
            weights: dict[str, Weight] = {}
            for name, server in servers.items():
                seconds = []
                if name in ("HTTP", "no-op Bolt"):
                    took, weights[name] = await weigh(server, folder, commands, who)
                    seconds.append(took)
                while len(seconds) < (1 if name.startswith("first") else turns):
                    async with running(server, folder) as (_, took):
                        seconds.append(took)
                print(f"ready, {name:<26}{min(seconds):5.3f} s   (aim: jobbot within 1.5 s)")
    print("\nresident MB      idle  " + "".join(f"{commands * look // LOOKS:>10,}" for look in range(1, LOOKS + 1)))
    for name, weight in weights.items():
        print(f"{name:<15}{weight.idle:>6.1f}  " + "".join(f"{one:>10.1f}" for one in weight.after))
    print(f"its libraries  {libraries():>6.1f}  imported, and nothing else")
    ours, theirs = weights["HTTP"], weights["no-op Bolt"]
    print(
        f"jobbot / no-op: idle {ours.idle / theirs.idle:.2f}, after {ours.after[-1] / theirs.after[-1]:.2f} (aim: 1.6)"
    )
