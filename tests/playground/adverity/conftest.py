from collections.abc import AsyncIterator

import httpx
import pytest

from jobbot.playground.adverity import HandClock, LocalAdverity
from tests.support.loopback import loopback_client


@pytest.fixture
def clock() -> HandClock:
    """10:42:05 on 4 March 2026, until a test moves it."""
    return HandClock()


@pytest.fixture
async def adverity(clock: HandClock) -> AsyncIterator[LocalAdverity]:
    async with LocalAdverity(now=clock) as adverity:
        yield adverity


@pytest.fixture
async def caller(adverity: LocalAdverity) -> AsyncIterator[httpx.AsyncClient]:
    """Somebody with a key that may do everything."""
    headers = {"Authorization": f"Token {adverity.api_key}"}
    async with loopback_client(base_url=adverity.url, headers=headers) as caller:
        yield caller
