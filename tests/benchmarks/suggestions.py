"""How fast options are offered while somebody types: ``suggestions [seconds a measurement] [turns] [names]``.

A block_suggestion of ten thousand names, each with other words, on one connection: p50 and p99 beside the bare endpoint
that verifies the same request and answers nothing. Some words match many names, some none, which looks at them all.
"""

import asyncio
import json
import os
from urllib.parse import quote_plus

from tests.benchmarks import load
from tests.benchmarks.ack import start
from tests.support.loopback import free_port

NAMES = "10000"
TYPED = ("", "f", "face", "facebook ads", "ads 77", "emea google", "4242", "nothing is called so")


def body(number: int) -> bytes:
    """What Slack sends (https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload)."""
    payload = {
        "type": "block_suggestion",
        "user": {"id": "U0ANA", "username": "ana", "name": "ana", "team_id": "T0ACME"},
        "container": {"type": "view", "view_id": "V0MODAL"},
        "api_app_id": "A0JOBBOT",
        "token": "legacy",
        "action_id": "datastream",
        "block_id": "datastream",
        "value": TYPED[number % len(TYPED)],
        "team": {"id": "T0ACME", "domain": "acme"},
        "view": {"id": "V0MODAL", "type": "modal", "callback_id": "find_jobs", "blocks": []},
    }
    return b"payload=" + quote_plus(json.dumps(payload)).encode()


def measure(kind: str, seconds: float) -> load.Figures:
    """One turn of one server."""
    port = free_port()
    server = start(kind, port)
    try:
        requests = [load.signed(body(number), port) for number in range(len(TYPED) + int(seconds * 1000))]
        asyncio.run(load.run(port, requests[: len(TYPED)], 1))
        return asyncio.run(load.run(port, requests[len(TYPED) :] or requests, 1))
    finally:
        server.terminate()
        server.wait(10)


def main(seconds_each: str = "2", rounds: str = "3", names: str = NAMES) -> None:
    """Print the table; the best of the turns counts."""
    os.environ["SUGGESTED_NAMES"] = names
    print(f"{names + ' names':<32}{'p50 ms':>9}{'p99 ms':>9}{'with a body':>13}")
    for kind, called in (("bare", "bare starlette, verifies only"), ("suggestions", "jobbot's options")):
        turns = [measure(kind, float(seconds_each)) for _ in range(int(rounds))]
        best = min(turns, key=lambda figures: figures.at(0.99))
        print(f"{called:<32}{best.at(0.5):>9.3f}{best.at(0.99):>9.3f}{best.said:>13}")
