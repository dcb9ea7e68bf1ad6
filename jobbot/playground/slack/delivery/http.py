"""Signed HTTP: each delivery a POST to the bot's one request URL.

The signature: https://docs.slack.dev/authentication/verifying-requests-from-slack. Events are JSON, commands a form,
interactions a form with one field of JSON.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from time import perf_counter, time
from typing import Any
from urllib.parse import urlencode

import httpx

from jobbot.playground.slack.delivery.action import Ack, Envelope, Failure

_FORM = "application/x-www-form-urlencoded"


class HttpDelivery:
    """Posts to ``url``, once that is set. ``ack_seconds`` is how long the bot may take."""

    def __init__(self, signing_secret: str, ack_seconds: float) -> None:
        self.url: str | None = None
        self._secret = signing_secret
        self._ack_seconds = ack_seconds
        self._client: httpx.AsyncClient | None = None

    async def close(self) -> None:
        """Let go of the connections."""
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def deliver(self, envelope: Envelope, payload: Mapping[str, Any], *, retry: tuple[int, str] | None) -> Ack:
        """One delivery; ``retry`` is its number and why the one before it failed."""
        content_type, body = encode(envelope, payload)
        headers = {"content-type": content_type}
        if retry is not None:
            headers |= {"x-slack-retry-num": str(retry[0]), "x-slack-retry-reason": retry[1]}
        return await self.post(body, headers, signed=True)

    async def post(self, body: bytes, headers: Mapping[str, str], *, signed: bool) -> Ack:
        """These bytes, whatever they are; ``headers`` are the last word, also on the signature."""
        if self.url is None:
            return Ack(seconds=0.0, failure="dispatch_failed")
        if self._client is None:
            # Plain HTTP to this machine: a file of certificates takes 50 ms to read, and nobody needs it.
            self._client = httpx.AsyncClient(timeout=self._ack_seconds, trust_env=False, verify=False)  # noqa: S501
        own, begun = self.signature(body) if signed else {}, perf_counter()
        try:
            answer = await self._client.post(self.url, content=body, headers={**own, **headers})
        except httpx.TimeoutException:
            return Ack(seconds=perf_counter() - begun, failure="operation_timeout")
        except httpx.TransportError:
            return Ack(seconds=perf_counter() - begun, failure="dispatch_failed")
        return Ack(
            seconds=perf_counter() - begun,
            status=answer.status_code,
            body=_decoded(answer),
            failure=_failure(answer.status_code),
            no_retry=answer.headers.get("x-slack-no-retry") == "1",
        )

    def signature(self, body: bytes) -> dict[str, str]:
        """The two headers that prove that Slack sent it."""
        # The world's time, not Slack's own: whoever verifies it looks at the world's clock.
        timestamp = str(int(time()))
        base = b"v0:" + timestamp.encode() + b":" + body
        digest = hmac.new(self._secret.encode(), base, hashlib.sha256).hexdigest()
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={digest}"}


def encode(envelope: Envelope, payload: Mapping[str, Any]) -> tuple[str, bytes]:
    """Content type and body of a delivery."""
    match envelope:
        case "events_api":
            return "application/json", json.dumps(payload).encode()
        case "slash_commands":
            return _FORM, urlencode(payload).encode()
        case "interactive":
            return _FORM, urlencode({"payload": json.dumps(payload)}).encode()


def _decoded(answer: httpx.Response) -> Any:
    if not answer.content:
        return None
    try:
        return answer.json() if "json" in answer.headers.get("content-type", "") else answer.text
    except ValueError:
        return answer.text


def _failure(status: int) -> Failure | None:
    if 200 <= status < 300:
        return None
    return "http_client_error" if 400 <= status < 500 else "http_service_error"
