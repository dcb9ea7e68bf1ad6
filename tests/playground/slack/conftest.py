from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from tests.playground.slack.world import Clock, Transport, client_of


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def slack(clock: Clock) -> AsyncIterator[LocalSlack]:
    """Over Socket Mode; its clock stands still, and calls are not counted."""
    async with LocalSlack(now=clock, rates="off") as slack:
        yield slack


@pytest.fixture
def bot(slack: LocalSlack) -> AsyncWebClient:
    return client_of(slack)


@pytest.fixture(params=["socket", "http"])
def transport(request: pytest.FixtureRequest) -> Transport:
    return request.param  # type: ignore[no-any-return]


@pytest.fixture
async def told(transport: Transport) -> AsyncIterator[LocalSlack]:
    """A Slack that tells its bot of what happens over either transport."""
    async with LocalSlack(transport=transport, ack_seconds=30.0, event_retries=(0.0, 0.01)) as slack:
        yield slack
