"""Every delivery goes through here: over the transport that the app is set to, and again where Slack would.

Only events are delivered again: at once, after a minute and after five
(https://docs.slack.dev/apis/events-api, "Error handling").
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from jobbot.playground.slack.delivery.action import Ack, Action, Envelope
from jobbot.playground.slack.state.changes import Changes

RETRIES = (0.0, 60.0, 300.0)
"""Seconds to wait before an event is delivered again."""

_REASONS = {
    "operation_timeout": "http_timeout",
    "dispatch_failed": "connection_failed",
    "http_client_error": "http_error",
    "http_service_error": "http_error",
}


class Transport(Protocol):
    """Socket Mode, or HTTP."""

    async def deliver(self, envelope: Envelope, payload: Mapping[str, Any], *, retry: tuple[int, str] | None) -> Ack:
        """One delivery; ``retry`` is its number and why the one before it failed."""
        ...

    async def post(self, body: bytes, headers: Mapping[str, str], *, signed: bool) -> Ack:
        """These bytes."""
        ...


class Dispatcher:
    """Delivers what people did. ``retries`` are the waits in seconds before events are delivered again."""

    def __init__(self, transport: Transport, changes: Changes, retries: Sequence[float], timeout_reason: str) -> None:
        self._transport = transport
        self._changes = changes
        self._retries = retries
        self._reasons = {**_REASONS, "operation_timeout": timeout_reason}
        self._again: set[asyncio.Task[None]] = set()

    async def send(self, action: Action, *, retry: tuple[int, str] | None = None) -> Action:
        """Deliver it, and note the answer. An event that fails is delivered again, later, in the background."""
        assert action.payload is not None  # noqa: S101 - what is sent has a payload
        ack = await self._transport.deliver(action.envelope, action.payload, retry=retry)
        action.attempts.append(ack)
        self._changes.tell("delivery", action)
        if action.envelope == "events_api" and retry is None and ack.failure is not None and not ack.no_retry:
            task = asyncio.create_task(self._insist(action))
            self._again.add(task)
            task.add_done_callback(self._again.discard)
        return action

    async def raw(self, envelope: Envelope, payload: Mapping[str, Any], *, retry: tuple[int, str] | None) -> Ack:
        """Deliver any payload, once."""
        return await self._transport.deliver(envelope, payload, retry=retry)

    async def raw_bytes(self, body: bytes, headers: Mapping[str, str], *, signed: bool) -> Ack:
        """Send any bytes."""
        return await self._transport.post(body, headers, signed=signed)

    async def close(self) -> None:
        """Deliver nothing again."""
        for task in tuple(self._again):
            task.cancel()
        await asyncio.gather(*self._again, return_exceptions=True)

    async def _insist(self, action: Action) -> None:
        for number, seconds in enumerate(self._retries, start=1):
            await asyncio.sleep(seconds)
            ack = action.ack
            if ack.failure is None or ack.no_retry:
                return
            await self.send(action, retry=(number, self._reasons.get(ack.failure, "unknown_error")))
