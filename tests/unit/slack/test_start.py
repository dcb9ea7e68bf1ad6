"""The first calls of a start: what may pass is tried again, what may not is told at once, and in the right words."""

from collections.abc import AsyncIterator, Callable

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.playground.slack import LocalSlack
from jobbot.slack.transport.socket_supervisor import SocketSupervisor
from jobbot.slack.transport.start import StartFailed, ask_home, connect
from jobbot.slack.transport.watchdog import WatchdogSettings
from jobbot.telemetry import Metrics
from tests.playground.slack.world import client_of
from tests.unit.slack.test_socket_supervisor import Served, app_of

QUICK = WatchdogSettings(pause=0.001, pause_most=0.01, start=30)
SHORT = WatchdogSettings(pause=0.001, pause_most=0.01, start=0.05)

Fault = Callable[[LocalSlack, str, int | None], None]
PASSING: dict[str, Fault] = {
    "internal_error": lambda slack, method, times: slack.faults.error(method, "internal_error", times=times),
    "service_unavailable": lambda slack, method, times: slack.faults.error(method, "service_unavailable", times=times),
    "status 503": lambda slack, method, times: slack.faults.broken(method, 503, times=times),
    "status 500": lambda slack, method, times: slack.faults.broken(method, 500, html=False, times=times),
    "ratelimited": lambda slack, method, times: slack.faults.ratelimit(method, 0, times=times),
    "the connection was cut": lambda slack, method, times: slack.faults.cut(method, times=times),
}


@pytest.fixture
async def slack() -> AsyncIterator[LocalSlack]:
    async with LocalSlack(rates="off") as slack:
        yield slack


async def starts(slack: LocalSlack, method: str, watchdog: WatchdogSettings) -> None:
    """As the application does."""
    if method == "auth.test":
        assert (await ask_home(client_of(slack), watchdog)).team_id == "T0ACME0001"
        return
    supervisor = SocketSupervisor(app_of(slack, Served()), slack.app_token, client_of(slack), watchdog, Metrics())
    try:
        await connect(supervisor, watchdog)
        assert supervisor.is_live
    finally:
        await supervisor.close()


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", PASSING)
async def test_what_passes_is_waited_for(slack: LocalSlack, method: str, fault: str) -> None:
    PASSING[fault](slack, method, 2)
    await starts(slack, method, QUICK)
    assert len(slack.calls_of(method)) == 3


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
@pytest.mark.parametrize("fault", PASSING)
async def test_what_does_not_pass_in_time_blames_no_token(slack: LocalSlack, method: str, fault: str) -> None:
    PASSING[fault](slack, method, None)
    with pytest.raises(StartFailed) as failed:
        await starts(slack, method, SHORT)
    assert fault in str(failed.value)
    assert "TOKEN" not in str(failed.value)


@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_a_wait_that_is_longer_than_the_bound_is_told_and_not_waited_for(slack: LocalSlack, method: str) -> None:
    slack.faults.ratelimit(method, 86_400)
    with pytest.raises(StartFailed, match=f"asks to wait 86400 s before {method}"):
        await starts(slack, method, QUICK)


@pytest.mark.parametrize(
    ("method", "code", "says"),
    [
        ("auth.test", "invalid_auth", "^SLACK_BOT_TOKEN: Slack refused it"),
        ("auth.test", "account_inactive", "^SLACK_BOT_TOKEN: Slack refused it"),
        ("apps.connections.open", "invalid_auth", "^SLACK_APP_TOKEN: Slack refused it"),
        ("apps.connections.open", "missing_scope", "^SLACK_APP_TOKEN: Slack refused it"),
        ("auth.test", "org_login_required", r"^Slack refused auth.test \(org_login_required\)$"),
    ],
)
async def test_a_refusal_is_told_at_once(slack: LocalSlack, method: str, code: str, says: str) -> None:
    slack.faults.error(method, code)
    with pytest.raises(StartFailed, match=says):
        await starts(slack, method, QUICK)
    assert len(slack.calls_of(method)) == 1


async def test_another_hosts_page_is_told_at_once(slack: LocalSlack) -> None:
    slack.faults.broken("auth.test", 200)
    with pytest.raises(StartFailed, match="SLACK_API_URL"):
        await starts(slack, "auth.test", QUICK)
    assert len(slack.calls_of("auth.test")) == 1


async def test_a_handshake_that_takes_too_long_is_tried_again(slack: LocalSlack) -> None:
    slack.faults.slow_handshakes(3600, times=1)
    await starts(
        slack, "apps.connections.open", WatchdogSettings(handshake=0.3, pause=0.001, pause_most=0.01, start=30)
    )
    assert len(slack.calls_of("apps.connections.open")) >= 2


async def test_where_no_handshake_succeeds_no_token_is_blamed(slack: LocalSlack) -> None:
    slack.faults.refuse_connections()
    with pytest.raises(StartFailed, match=r"no connection to Slack \(InvalidStatus\); the tokens are not the cause"):
        await starts(slack, "apps.connections.open", SHORT)


async def test_socket_mode_that_is_switched_off_is_told_at_once() -> None:
    async with LocalSlack(transport="http") as slack:
        with pytest.raises(StartFailed, match="Socket Mode is switched off"):
            await starts(slack, "apps.connections.open", QUICK)


async def test_nobody_there() -> None:
    with pytest.raises(StartFailed, match="SLACK_API_URL"):
        await ask_home(AsyncWebClient("xoxb-1", base_url="http://127.0.0.1:1/api/", retry_handlers=[]), SHORT)
