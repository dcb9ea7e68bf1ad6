"""Whose bot this is: ``auth.test``, asked at the start instead of within the first request's 3 seconds."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import Home
from jobbot.slack.failures import CALL_ERRORS, error_code


class NoHome(Exception):
    """Slack does not take the token, or cannot be asked; the message is one readable line."""


async def find_home(client: AsyncWebClient) -> Home:
    """The workspace and the bot user of the client's token. Raises NoHome."""
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise NoHome(f"SLACK_BOT_TOKEN: Slack does not take it ({error_code(error)})") from None
    except (*CALL_ERRORS, AttributeError) as error:
        # AttributeError: what the SDK makes of a 200 that is plain text or a list (executed and seen, 3.47).
        raise NoHome(f"Slack cannot be reached at SLACK_API_URL ({error_code(error)})") from None
    team, bot_user = answer.get("team_id"), answer.get("user_id")
    if not team or not bot_user:
        # Everybody would be of another team than that.
        raise NoHome("Slack cannot be reached at SLACK_API_URL (auth.test does not say whose token this is)")
    return Home(
        team_id=str(team),
        enterprise_id=answer.get("enterprise_id") or None,
        bot_user_id=str(bot_user),
        bot_id=str(answer.get("bot_id") or ""),
    )
