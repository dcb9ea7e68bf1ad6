"""The first calls of a start (``auth.test``, Socket Mode, the port); failures become one readable line."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from jobbot.access import Home
from jobbot.logs import get_logger
from jobbot.manifest import missing_scopes
from jobbot.slack.transport.http_connections import OnRejected
from jobbot.slack.transport.port import CannotListen
from jobbot.slack.transport.watchdog import NotConnected, WatchdogSettings
from jobbot.slack.transport.web_server import WebServer
from jobbot.slack.web.errors import CALL_ERRORS, TOKEN_REFUSED, asked_to_wait, error_code, is_passing, why_not_reached

if TYPE_CHECKING:
    from jobbot.slack.transport.socket_supervisor import SocketSupervisor

log = get_logger(__name__)

T = TypeVar("T")

SWITCHED_OFF = "link_disabled"
"""Slack's reason for closing every connection of an app whose Socket Mode is switched off."""


class StartFailed(Exception):
    """jobbot cannot start; the message is one readable line."""


async def ask_home(client: AsyncWebClient, watchdog: WatchdogSettings | None = None) -> Home:
    """Who jobbot is, and whether its token works: known before the first request instead of within its 3 seconds.

    Retries what may pass for ``watchdog.start`` seconds. Raises StartFailed.
    """
    answer = await _retry_call("SLACK_BOT_TOKEN", "auth.test", client.auth_test, watchdog or WatchdogSettings())
    if missing := missing_scopes(answer.headers):
        log.warning("scopes are missing, see jobbot doctor", scopes=", ".join(missing))
    team, bot_user = answer.get("team_id"), answer.get("user_id")
    if not team or not bot_user:
        # Everybody would be of another team than that.
        raise StartFailed("Slack cannot be reached at SLACK_API_URL: auth.test does not say whose token this is")
    return Home(
        team_id=str(team),
        enterprise_id=answer.get("enterprise_id") or None,
        bot_user_id=str(bot_user),
        bot_id=str(answer.get("bot_id") or ""),
    )


def open_server(web: Starlette, host: str, port: int, setting: str, on_rejected: OnRejected) -> WebServer:
    """Listen, and serve ``web``. ``setting`` is the variable that ``port`` is from. Raises StartFailed."""
    try:
        return WebServer(web, host, port, on_rejected=on_rejected)
    except CannotListen as error:
        raise StartFailed(f"{setting if error.setting == 'PORT' else error.setting}: {error}") from None


def socket_mode() -> "type[SocketSupervisor]":
    """The supervisor, imported by whoever uses it alone (see ``watchdog``).

    To be called before the first call of Slack's: an import holds up the loop, which would not notice meanwhile that a
    connection was closed, and lose the next call with it.
    """
    from jobbot.slack.transport.socket_supervisor import SocketSupervisor  # noqa: PLC0415

    return SocketSupervisor


async def connect(supervisor: "SocketSupervisor", watchdog: WatchdogSettings) -> None:
    """Socket Mode's first connection. Retries what may pass for ``watchdog.start`` seconds. Raises StartFailed."""
    await _retry_call("SLACK_APP_TOKEN", "apps.connections.open", supervisor.start, watchdog)


async def _retry_call(setting: str, method: str, call: Callable[[], Awaitable[T]], watchdog: WatchdogSettings) -> T:
    """The answer of a call that needs this setting, tried again as long as its failure may pass. Raises StartFailed."""
    now, failures = asyncio.get_running_loop().time, 0
    until = now() + watchdog.start
    while True:
        try:
            return await call()
        except (*CALL_ERRORS, NotConnected) as error:
            failures += 1
            pause = max(watchdog.backoff(failures, random.random()), asked_to_wait(error) or 0.0)  # noqa: S311 - jitter
            if not _may_pass(error) or now() + pause > until:
                raise StartFailed(_why(setting, method, error)) from None
            log.warning(
                "Slack cannot be reached yet, trying again", method=method, error=_code(error), seconds=round(pause, 1)
            )
            await asyncio.sleep(pause)


def _may_pass(error: Exception) -> bool:
    if isinstance(error, NotConnected):
        return str(error) != SWITCHED_OFF
    return is_passing(error)


def _code(error: Exception) -> str:
    return str(error) if isinstance(error, NotConnected) else error_code(error)


def _why(setting: str, method: str, error: Exception) -> str:
    """What failed, and what is to be looked at: the token only where Slack said that it is the token."""
    code = _code(error)
    if code in TOKEN_REFUSED:
        return f"{setting}: Slack refused it ({code})"
    if code == SWITCHED_OFF:
        return f"Socket Mode is switched off in the app's settings ({code}): switch it on, or use --mode http"
    if (wait := asked_to_wait(error)) is not None:
        return f"Slack asks to wait {wait:.0f} s before {method} is called again ({code}); no setting is wrong"
    if isinstance(error, NotConnected):
        return f"Socket Mode: no connection to Slack ({code}); the tokens are not the cause"
    if is_passing(error) and isinstance(error, SlackApiError):
        return f"Slack has an error of its own ({method}: {code}); no setting is wrong"
    if not isinstance(error, SlackApiError) or code.startswith("status "):
        return f"Slack cannot be reached at SLACK_API_URL: {why_not_reached(error)}"
    return f"Slack refused {method} ({code})"
