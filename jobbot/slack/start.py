"""The first calls of a start. Whatever is wrong with them is one readable line."""

import asyncio
from typing import TYPE_CHECKING

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette

from jobbot.access import Home
from jobbot.logs import get_logger
from jobbot.manifest import missing_scopes
from jobbot.slack.connections import TurnedAway
from jobbot.slack.failures import CALL_ERRORS, error_code
from jobbot.slack.port import CannotListen
from jobbot.slack.server import WebServer

if TYPE_CHECKING:
    from jobbot.slack.socket import SocketSupervisor

log = get_logger(__name__)

ATTEMPTS = 3
"""How often the first connection is tried."""


class StartFailed(Exception):
    """jobbot cannot start; the message is one readable line."""


async def ask_home(client: AsyncWebClient) -> Home:
    """Who jobbot is, and whether its token works: known before the first request instead of within its 3 seconds.

    Raises StartFailed.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise StartFailed(f"SLACK_BOT_TOKEN: Slack does not take it ({error_code(error)})") from None
    except (*CALL_ERRORS, AttributeError) as error:
        # AttributeError: what the SDK makes of a 200 that is plain text or a list (executed and seen, 3.47).
        raise StartFailed(f"Slack cannot be reached at SLACK_API_URL ({error_code(error)})") from None
    if missing := missing_scopes(answer.headers):
        log.warning("scopes are missing, jobbot doctor says more", scopes=", ".join(missing))
    team, bot_user = answer.get("team_id"), answer.get("user_id")
    if not team or not bot_user:
        # Everybody would be of another team than that.
        raise StartFailed("Slack cannot be reached at SLACK_API_URL (auth.test does not say whose token this is)")
    return Home(
        team_id=str(team),
        enterprise_id=answer.get("enterprise_id") or None,
        bot_user_id=str(bot_user),
        bot_id=str(answer.get("bot_id") or ""),
    )


def open_server(web: Starlette, host: str, port: int, setting: str, turned_away: TurnedAway) -> WebServer:
    """Listen, and serve ``web``. ``setting`` is the variable that ``port`` is from. Raises StartFailed."""
    try:
        return WebServer(web, host, port, turned_away=turned_away)
    except CannotListen as error:
        raise StartFailed(f"{setting if error.setting == 'PORT' else error.setting}: {error}") from None


def socket_mode() -> "type[SocketSupervisor]":
    """The supervisor, imported by whoever uses it alone (see ``slack/vigil``).

    To be called before the first call of Slack's: an import holds up the loop, which would not notice meanwhile that a
    connection was closed, and lose the next call with it.
    """
    from jobbot.slack.socket import SocketSupervisor  # noqa: PLC0415

    return SocketSupervisor


async def connect(supervisor: "SocketSupervisor") -> None:
    """Socket Mode's first connection. Raises StartFailed."""
    for attempt in range(1, ATTEMPTS + 1):
        try:
            await supervisor.start()
        except SlackApiError as error:
            raise StartFailed(f"SLACK_APP_TOKEN: Slack does not take it ({error_code(error)})") from None
        except Exception as error:
            # Whatever the SDK and websockets raise on a refused handshake, the reader needs one line. A connection that
            # was closed while it was idle is the next one's loss (seen with aiohttp): so it is asked for again.
            if attempt == ATTEMPTS:
                raise StartFailed(f"Socket Mode: no connection to Slack ({type(error).__name__})") from None
            log.info("no connection to Slack yet, trying again", error=type(error).__name__)
            await asyncio.sleep(0.2 * attempt)
        else:
            return
