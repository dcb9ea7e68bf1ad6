"""How calls of an instance leave: one at a time, with retries, behind a circuit breaker, observed.

Adverity asks for one call at a time and documents no rate limit (proxies in front may answer 429 or 503 with
Retry-After). Each HTTP exchange takes its own turn in the queue and gives it back before the next page or retry, so
that a write (stop, fetch, retry, acknowledgement, a schedule's switch) waits only for the exchange on the wire. A write
is sent once, also while the breaker is open.
"""

import asyncio
from collections.abc import Awaitable, Callable

import stamina

from jobbot.adverity.breaker import Breaker
from jobbot.adverity.call_labels import endpoint_of, status_of
from jobbot.adverity.call_queue import CallQueue
from jobbot.adverity.client import AdverityClient
from jobbot.adverity.errors import AdverityError, Busy, Unreachable
from jobbot.adverity.exchange import Request, Send
from jobbot.adverity.key_seen import KeySeen, key_after
from jobbot.adverity.read_cache import Call, Spared
from jobbot.telemetry import Telemetry
from jobbot.telemetry.labels import Cache

RETRY_AFTER_MOST = 10.0
"""Seconds of a Retry-After that we wait for; nobody in a channel waits longer."""

OPTIONAL_SECONDS = 5.0
"""How long what an answer can do without may hold the queue."""


BeforeSend = Callable[[], Awaitable[None]]
"""Awaited when the turn of a write has come, right before it leaves: where it raises, nothing is sent."""


def patient_retries() -> stamina.AsyncRetryingCaller:
    """Retry settings for reads: three tries, 0.2 to 2 s apart, none after ten seconds."""
    return stamina.AsyncRetryingCaller(attempts=3, timeout=10.0, wait_initial=0.2, wait_max=2.0, wait_jitter=0.3)


def wait_before_retry(error: Exception) -> bool | float:
    """Whether to retry a read after this error: False, True (usual backoff), or the seconds to wait."""
    match error:
        case Busy(retry_after=seconds) if seconds is not None:
            return seconds if seconds <= RETRY_AFTER_MOST else False
        case AdverityError():
            return error.is_transient
        case _:
            return False


class CallPolicy:
    """Makes the client for each kind of call. All raise AdverityError.

    ``optional_seconds``: how long what an answer can do without may hold the queue. ``telemetry`` sees each HTTP
    exchange, without its waiting, and each question that needed none. ``key_seen``: what the answers said of the key.
    """

    def __init__(
        self,
        client: AdverityClient,
        *,
        queue: CallQueue,
        breaker: Breaker,
        retries: stamina.AsyncRetryingCaller,
        optional_seconds: float,
        telemetry: Telemetry,
    ) -> None:
        self._client = client
        self.queue = queue
        self.breaker = breaker
        self._retries = retries
        self._optional_seconds = optional_seconds
        self._telemetry = telemetry
        self.key_seen: KeySeen | None = None

    def for_write(self, before_send: BeforeSend) -> AdverityClient:
        """The client for one write: before all reads that wait, tried once, also while the breaker is open."""

        def wrap(send: Send) -> Send:
            async def urgent(request: Request) -> bytes:
                async with self.queue.turn(urgent=True):
                    await before_send()
                    with self.breaker.attempt(always=True):
                        return await self._observed(send, request)

            return urgent

        return self._client.through(wrap)

    def for_read(self, call: Call) -> AdverityClient:
        """The client with queue, breaker and retries around each HTTP exchange; ``call`` is marked when one leaves."""

        def wrap(send: Send) -> Send:
            async def attempt(request: Request) -> bytes:
                self.breaker.check()  # before the queue too: it may be long when the instance hangs
                async with self.queue.turn():
                    with self.breaker.attempt():
                        call.leaves()
                        return await self._observed(send, request)

            async def patient(request: Request) -> bytes:
                return await self._retries(self._wait_before_retry, attempt, request)

            return patient

        return self._client.through(wrap)

    def for_optional_read(self, call: Call) -> AdverityClient:
        """The client for what an answer can do without: it waits its turn, holds it shortly, and tries once.

        How that ends is kept from the breaker: a path that nobody needs must not close those that people ask for.
        """

        def wrap(send: Send) -> Send:
            async def once(request: Request) -> bytes:
                async with self.queue.turn():
                    self.breaker.refuse_while_open()
                    call.leaves()
                    try:
                        async with asyncio.timeout(self._optional_seconds):
                            return await self._observed(send, request)
                    except TimeoutError as error:
                        raise Unreachable(f"no complete answer within {self._optional_seconds:g} s") from error

            return once

        return self._client.through(wrap)

    async def _observed(self, send: Send, request: Request) -> bytes:
        with self._telemetry.upstream(endpoint_of(request.target, request.method)) as exchange:
            try:
                body = await send(request)
            except AdverityError as error:
                exchange.status = status_of(error)
                self.key_seen = key_after(self.key_seen, request.method, error)
                raise
            exchange.status = status_of(None)
            self.key_seen = key_after(self.key_seen, request.method, None)
            return body

    def spared(self, endpoint: str) -> Spared:
        """The listener of an endpoint's reads that needed no call of their own."""

        def spared(cache: Cache, error: AdverityError | None) -> None:
            self._telemetry.metrics.upstream_spared(endpoint, status_of(error), cache)

        return spared

    def _wait_before_retry(self, error: Exception) -> bool | float:
        return False if self.breaker.is_open else wait_before_retry(error)
