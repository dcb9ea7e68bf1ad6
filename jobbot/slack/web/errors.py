"""Reads errors of Slack's Web API: a short code, whether it may pass, how long to wait.

The SDK's own message repeats the whole response, which may hold what people wrote; and a response that is no JSON
object (a proxy's error page) breaks its ``get`` (executed and seen, slack_sdk 3.47).
"""

import asyncio
import re
from datetime import UTC, datetime

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError

from jobbot.http.connection_failure import connection_failure
from jobbot.http.retry_after import retry_after

_CODE = re.compile(r"[a-z0-9_]{1,64}")

UNREADABLE = (AttributeError, UnicodeDecodeError)
"""What the SDK makes of an answer that is plain text or a list, and of one that is not UTF-8 though it should be, like
the error page of a proxy (executed and seen, slack_sdk 3.47)."""

CALL_ERRORS = (SlackClientError, aiohttp.ClientError, asyncio.TimeoutError, OSError, *UNREADABLE)
"""What a call of the SDK's async client raises when it does not succeed."""


TOKEN_REFUSED = frozenset(
    {
        *(
            "account_inactive",
            "app_uninstalled",
            "invalid_auth",
            "missing_scope",
            "no_permission",
            "not_allowed_token_type",
        ),
        *("not_authed", "token_expired", "token_revoked"),
    }
)
"""Codes that blame the token: it is wrong, of another kind, or is not valid any more."""

_PASSING = frozenset({"fatal_error", "internal_error", "ratelimited", "request_timeout", "service_unavailable"})
_LASTING = (aiohttp.TooManyRedirects, aiohttp.InvalidURL, aiohttp.ClientConnectorCertificateError)


def error_code(error: Exception) -> str:
    """Slack's error code; without one the HTTP status, or the kind of the failure."""
    if isinstance(error, UNREADABLE):
        return "unreadable_answer"
    if not isinstance(error, SlackApiError):
        return type(error).__name__
    fields = getattr(error.response, "data", error.response)
    code = fields.get("error") if isinstance(fields, dict) else None
    if code:
        # A code is one word; whatever else stands in its place may repeat what was sent.
        return str(code) if _CODE.fullmatch(str(code)) else "unreadable_error"
    return f"status {getattr(error.response, 'status_code', 'unknown')}"


def why_not_reached(error: Exception) -> str:
    """Why a call got no answer of Slack's, in a few words: ``the host's name is not known``."""
    if (known := connection_failure(error)) is not None:
        return known
    if isinstance(error, (SlackApiError, *UNREADABLE)):
        return f"what answered is not Slack's API ({error_code(error)})"
    match error:
        case aiohttp.ConnectionTimeoutError():
            return "no connection in time"
        case TimeoutError():
            return "no answer in time"
        case aiohttp.ClientConnectorError():
            return "no connection"
        case (
            aiohttp.ClientOSError()
            | aiohttp.ServerDisconnectedError()
            | aiohttp.ClientPayloadError()
            | ConnectionError()
        ):
            return "the connection was cut"
        case _:
            return error_code(error)


def is_passing(error: Exception) -> bool:
    """Whether the same call may succeed in a while: trouble of Slack's own or of the network, or too many calls."""
    if isinstance(error, SlackApiError):
        status = getattr(error.response, "status_code", None)
        return error_code(error) in _PASSING or status == 429 or (isinstance(status, int) and status >= 500)
    return isinstance(error, (aiohttp.ClientError, TimeoutError, OSError)) and not isinstance(error, _LASTING)


def asked_to_wait(error: Exception) -> float | None:
    """How many seconds Slack asks to wait before the same is asked again; None where it is no rate limit."""
    if not isinstance(error, SlackApiError):
        return None
    if getattr(error.response, "status_code", None) != 429 and error_code(error) != "ratelimited":
        return None
    return seconds((getattr(error.response, "headers", None) or {}).get("Retry-After"))


def seconds(header: str | None) -> float:
    """A Retry-After; one second where it says nothing that can be read."""
    wait = retry_after(header, datetime.now(UTC))
    return 1.0 if wait is None else wait
