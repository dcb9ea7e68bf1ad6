"""The jobs API as respx serves it, a client and a gateway beside it, and a clock that only moves when it is told to."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
import pytest
import respx
import stamina

from jobbot.adverity import AdverityClient, Gateway
from tests.unit.adverity.world import ACME, NOW, until


@dataclass
class Clock:
    """Wall clock and monotonic clock in one."""

    now: datetime = field(default=NOW)

    def __call__(self) -> datetime:
        return self.now

    def monotonic(self) -> float:
        return (self.now - datetime(2022, 1, 1, tzinfo=UTC)).total_seconds()

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


class Instance:
    """An instance that answers when it is told to: what it was asked, and how many questions were open at once."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.open = 0
        self.most_open = 0
        self._answers: list[asyncio.Future[httpx.Response]] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        self.open += 1
        self.most_open = max(self.most_open, self.open)
        self._answers.append(asyncio.get_running_loop().create_future())
        try:
            return await self._answers[-1]
        finally:
            self.open -= 1

    async def answers(self, response: httpx.Response) -> None:
        """Answer the newest question, once there is one that has none."""
        await until(lambda: self._answers and not self._answers[-1].done())
        self._answers[-1].set_result(response)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def api() -> Iterator[respx.MockRouter]:
    with respx.mock(base_url=ACME, assert_all_called=False) as router:
        yield router


@pytest.fixture
async def client(api: respx.MockRouter, clock: Clock) -> AsyncIterator[AdverityClient]:
    one = AdverityClient(ACME, "s3cret-key", clock=clock)
    yield one
    await one.aclose()


@pytest.fixture
def quick() -> stamina.AsyncRetryingCaller:
    """The usual number of tries, without the waiting."""
    return stamina.AsyncRetryingCaller(attempts=3, timeout=10.0, wait_initial=0.001, wait_max=0.001, wait_jitter=0)


@pytest.fixture
async def gateway(client: AdverityClient, clock: Clock, quick: stamina.AsyncRetryingCaller) -> AsyncIterator[Gateway]:
    one = Gateway(client, clock=clock, monotonic=clock.monotonic, retries=quick, optional_seconds=30)
    yield one
    await one.aclose()


@pytest.fixture
def instance(api: respx.MockRouter) -> Instance:
    one = Instance()
    api.route().mock(side_effect=one)
    return one
