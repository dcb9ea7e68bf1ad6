"""How the benchmark of whole interactions sends payloads: signed requests, or envelopes on a WebSocket."""

import asyncio
import json
import time
from collections.abc import Iterator
from itertools import count
from typing import Protocol
from urllib.parse import urlencode

from jobbot.playground.slack import LocalSlack
from tests.benchmarks import load
from tests.benchmarks.gestures import Fields


class Way(Protocol):
    """How payloads reach a server."""

    async def one(self, payload: Fields) -> float:
        """Send one; the seconds until its ack."""

    async def many(self, payloads: Iterator[Fields], at_a_time: int) -> load.Figures:
        """Send them all, so many at a time, each next one when one is acknowledged."""


class Http:
    """Over kept-alive connections."""

    def __init__(self, port: int, secret: str) -> None:
        self._port, self._secret = port, secret
        self._free: list[load.Line] = []

    def _request(self, payload: Fields) -> bytes:
        form = payload if "command" in payload else {"payload": json.dumps(payload)}
        return load.signed(urlencode(form).encode(), self._port, secret=self._secret)

    async def one(self, payload: Fields) -> float:
        """Send one; the seconds until its ack."""
        while self._free and self._free[-1].closed.done():
            self._free.pop()
        line = self._free.pop() if self._free else await load.connect(self._port)
        took = await line.ask(self._request(payload))
        self._free.append(line)
        return took

    async def many(self, payloads: Iterator[Fields], at_a_time: int) -> load.Figures:
        """Send them all, each connection its next when it has an answer."""
        return await load.run(self._port, map(self._request, payloads), at_a_time)


class Socket:
    """On the WebSocket that jobbot has open."""

    def __init__(self, slack: LocalSlack) -> None:
        self._slack = slack
        self._ids = count()

    async def _ask(self, payload: Fields) -> tuple[float, bool]:
        number = f"envelope-{next(self._ids)}"
        kind = "slash_commands" if "command" in payload else "interactive"
        envelope = {"envelope_id": number, "type": kind, "payload": payload, "accepts_response_payload": True}
        began = time.perf_counter()
        body = await self._slack.open_connections[0].ask(number, envelope, 60)
        return time.perf_counter() - began, body is not None

    async def one(self, payload: Fields) -> float:
        """Send one; the seconds until its ack."""
        return (await self._ask(payload))[0]

    async def many(self, payloads: Iterator[Fields], at_a_time: int) -> load.Figures:
        """Send them all, so many unacknowledged at a time."""
        seen: list[tuple[float, bool]] = []

        async def sends() -> None:
            for payload in payloads:
                seen.append(await self._ask(payload))

        began = time.perf_counter()
        await asyncio.gather(*(sends() for _ in range(at_a_time)))
        rate = len(seen) / (time.perf_counter() - began)
        return load.Figures(sorted(took for took, _ in seen), rate, sum(said for _, said in seen))
