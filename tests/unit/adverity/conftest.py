"""The jobs API as respx serves it, a client and a gateway beside it, and a clock that only moves when it is told to."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest
import respx
import stamina

from jobbot.adverity import AdverityClient, Gateway
from tests.unit.adverity.world import ACME, NOW


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
