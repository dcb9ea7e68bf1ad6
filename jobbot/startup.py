"""The beginning: what is found out, and said in one readable line where it cannot go on."""

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.access import ChannelRule, Home, Need, Policy
from jobbot.config import Settings
from jobbot.slack.failures import CALL_ERRORS, error_code
from jobbot.slack.socket import SocketSupervisor


class StartFailed(Exception):
    """jobbot cannot start; the message is one readable line."""


async def auth_test(client: AsyncWebClient) -> Home:
    """Who jobbot is, and whether its token works: known before the first request instead of within its 3 seconds.

    Raises StartFailed.
    """
    try:
        answer = await client.auth_test()
    except SlackApiError as error:
        raise StartFailed(f"SLACK_BOT_TOKEN: Slack does not take it ({error_code(error)})") from None
    except CALL_ERRORS as error:
        raise StartFailed(f"Slack cannot be reached at SLACK_API_URL ({error_code(error)})") from None
    return Home(
        team_id=str(answer["team_id"]),
        enterprise_id=answer.get("enterprise_id") or None,
        bot_user_id=str(answer["user_id"]),
        bot_id=str(answer.get("bot_id") or ""),
    )


async def connect(supervisor: SocketSupervisor) -> None:
    """Open Socket Mode. Raises StartFailed."""
    try:
        await supervisor.start()
    except SlackApiError as error:
        raise StartFailed(f"SLACK_APP_TOKEN: Slack does not take it ({error_code(error)})") from None
    except Exception as error:
        # Whatever the SDK and websockets raise on a refused handshake, the reader needs one line.
        raise StartFailed(f"Socket Mode: no connection to Slack ({type(error).__name__})") from None


def policy_of(settings: Settings) -> Policy:
    """The rules of access, from the settings."""
    return Policy(
        {
            channel: ChannelRule(
                may=frozenset(Need(power) for power in rule.may),
                instance=rule.instance,
                external=rule.external,
                quiet=rule.answers == "ephemeral",
                stop_users=rule.stop_users,
                stop_usergroups=rule.stop_usergroups,
                guests_may_stop=rule.guests_may_stop,
                reason_required=rule.reason_required,
            )
            for channel, rule in settings.channels.items()
        }
    )
