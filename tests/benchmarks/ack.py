"""How fast an acknowledgement is, beside others in one run: ``ack [seconds a measurement] [turns]``.

Latency is of one connection, throughput of 64, both with a fresh signature a request. Servers run one at a time, in
turns, in a process of their own; the best of the turns counts, because what disturbs a machine only ever adds. Node's
Bolt takes part where ``node`` is and ``NODE_PATH`` leads to @slack/bolt.
"""

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

from tests.benchmarks import load
from tests.support.loopback import free_port

NAMES = {
    "bare": "bare starlette, verifies only",
    "jobbot": "jobbot",
    "bolt-before": "no-op Bolt, before_response",
    "bolt": "no-op Bolt as it comes",
    "node": "no-op Bolt on Node",
}


def start(kind: str, port: int) -> subprocess.Popen[bytes]:
    """Start a server and wait until it accepts connections."""
    if kind == "node":
        script = Path(__file__).with_name("node_bolt.js")
        command = ["node", str(script)]
        environment = {**os.environ, "SECRET": load.SECRET, "PORT": str(port), "NODE_ENV": "production"}
    else:
        command = [sys.executable, "-m", "tests.benchmarks", "servers", kind, str(port)]
        environment = dict(os.environ)
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while time.monotonic() < until:
        # No client that would cost the server a part of the processor on which it starts.
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port), 1):
            return server
        time.sleep(0.05)
    server.kill()
    raise RuntimeError(f"{kind} did not start")


def measure(kind: str, seconds: float) -> tuple[load.Figures, load.Figures]:
    """One turn of one server: one connection, then 64."""
    port = free_port()
    server = start(kind, port)
    try:
        number = iter(range(10**9))

        def requests(count: int) -> list[bytes]:
            return [load.signed(load.command_body("failed yesterday", next(number)), port) for _ in range(count)]

        asyncio.run(load.run(port, requests(300), 1))
        slow = kind == "bolt"
        alone = asyncio.run(load.run(port, requests(1 + int(seconds * (80 if slow else 2500))), 1))
        crowd = asyncio.run(load.run(port, requests(64 + int(seconds * (2500 if slow else 5000))), 64))
    finally:
        server.terminate()
        server.wait(10)
    return alone, crowd


def main(seconds_each: str = "1", rounds: str = "3") -> None:
    """Print the table."""
    seconds = float(seconds_each)
    kinds = [kind for kind in NAMES if kind != "node"]
    if shutil.which("node") and os.environ.get("NODE_PATH"):
        kinds.append("node")
    turns: dict[str, list[tuple[load.Figures, load.Figures]]] = {kind: [] for kind in kinds}
    for _ in range(int(rounds)):
        for kind in kinds:
            turns[kind].append(measure(kind, seconds))
    alone = {kind: min((one for one, _ in seen), key=lambda figures: figures.at(0.5)) for kind, seen in turns.items()}
    crowd = {kind: max((many for _, many in seen), key=lambda figures: figures.rate) for kind, seen in turns.items()}
    base = alone["bare"].at(0.5)
    print(f"{'':<32}{'p50 ms':>9}{'p99 ms':>9}{'x bare':>8}{'64 connections, 1/s':>22}{'p99 ms':>9}{'x jobbot':>10}")
    for kind in kinds:
        one, many = alone[kind], crowd[kind]
        print(
            f"{NAMES[kind]:<32}{one.at(0.5):>9.3f}{one.at(0.99):>9.3f}{one.at(0.5) / base:>8.2f}"
            f"{many.rate:>22,.0f}{many.at(0.99):>9.1f}{many.rate / crowd['jobbot'].rate:>10.2f}"
        )
