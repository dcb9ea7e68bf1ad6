"""Checks Slack's tokens: whose they are, the scopes they were granted, whether the clocks agree.

Facts: ``auth.test`` answers with ``x-oauth-scopes``, the scopes that were granted, and ``Date``
(https://docs.slack.dev/reference/methods/auth.test); a signature may be 5 minutes old
(https://docs.slack.dev/authentication/verifying-requests-from-slack).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from jobbot.config import Draft
from jobbot.doctor.finding import SEE_SETTINGS, Finding, ok, skipped, warn, wrong
from jobbot.manifest import SCOPES, granted_scopes
from jobbot.slack.web.errors import CALL_ERRORS, UNREADABLE, asked_to_wait, error_code, is_passing, why_not_reached

SKEW_MOST = 300
SKEW_NOTED = 60
"""Seconds: what makes signatures fail, and what is worth a warning."""

_AGAIN = "copy the Bot User OAuth Token again (https://api.slack.com/apps, your app, OAuth & Permissions)"
_ANEW = "make a new one with the scope connections:write (your app's page, Basic Information, App-Level Tokens)"
_REACH = "check that this machine can reach it: DNS, proxy, firewall (jobbot help network)"
_LATER = "try again later (https://slack-status.com)"
_OTHER = "check that SLACK_API_URL is https://slack.com/api/, and that no proxy answers instead of Slack"

NO_TOKEN = "not checked: that needs a SLACK_BOT_TOKEN that works"  # noqa: S105 - a sentence


@dataclass(frozen=True, slots=True)
class AuthTestResult:
    """The findings of ``auth.test``, and whether the token works."""

    findings: list[Finding]
    works: bool


async def auth_test(client: AsyncWebClient, clock: Callable[[], datetime]) -> AuthTestResult:
    """Call ``auth.test`` and check its answer and headers (scopes, clock)."""
    before = clock()
    try:
        response = await client.auth_test()
    except CALL_ERRORS as error:
        not_asked = _not_asked("bot token", "SLACK_BOT_TOKEN", error, client.base_url)
        if not_asked is not None:
            # Whatever answered, its clock need not be Slack's.
            return AuthTestResult([not_asked, *_clocks({}, before, before)], works=False)
        headers = error.response.headers if isinstance(error, SlackApiError) else {}
        return AuthTestResult([_refused(error), *_clocks(headers, before, clock())], works=False)
    at = clock()
    who = f"@{response.get('user')} ({response.get('user_id')}) in {response.get('team')} ({response.get('team_id')})"
    found = [ok("bot token", "SLACK_BOT_TOKEN", who), scopes(response.headers), *_clocks(response.headers, before, at)]
    return AuthTestResult(found, works=True)


def _not_asked(check: str, name: str, error: Exception, url: str) -> Finding | None:
    """The finding where Slack did not answer, or something else did in its place; None for an answer of Slack's."""
    code, host = error_code(error), urlsplit(url).hostname
    if isinstance(error, (aiohttp.TooManyRedirects, *UNREADABLE)) or re.fullmatch(r"status [234]\d\d", code):
        says = f"{host}: what answers is not Slack's API ({code}), but a login page, a proxy, or another host"
        return wrong(check, name, says, _OTHER)
    if code.startswith("status "):
        return wrong(check, name, f"{host} has an error of its own ({code})", _LATER)
    if not isinstance(error, SlackApiError):
        return wrong(check, name, f"{host}: {why_not_reached(error)}", _REACH)
    if is_passing(error) and asked_to_wait(error) is None:
        return wrong(check, name, f"Slack has an error of its own ({code})", _LATER)
    return None


def _refused(error: Exception) -> Finding:
    code, name = error_code(error), "SLACK_BOT_TOKEN"
    if code == "ratelimited":
        return warn("bot token", name, "Slack asks to wait", "try again in a minute")
    return wrong("bot token", name, f"Slack refused it ({code})", _AGAIN)


def scopes(headers: Mapping[str, str]) -> Finding:
    """The scopes that were granted against those that jobbot's manifest asks for."""
    granted = granted_scopes(headers)
    if granted is None:
        return warn(
            "scopes",
            "SLACK_BOT_TOKEN",
            "Slack does not say which scopes were granted",
            "compare them with the manifest",
        )
    missing = [f"{scope} ({why})" for scope, why in SCOPES.items() if scope not in granted]
    too_much = sorted(granted - SCOPES.keys())
    if missing:
        says = f"missing: {', '.join(missing)}" + (f"; not needed: {', '.join(too_much)}" if too_much else "")
        step = "paste what `jobbot manifest` prints into your app's App Manifest, then choose Install App, Reinstall"
        return wrong("scopes", "SLACK_BOT_TOKEN", says, step)
    if too_much:
        step = "remove them in OAuth & Permissions: a token that leaks should be worth little"
        return warn("scopes", "SLACK_BOT_TOKEN", f"more than jobbot uses: {', '.join(too_much)}", step)
    return ok("scopes", "SLACK_BOT_TOKEN", f"all {len(granted)} of the manifest")


def _clocks(headers: Mapping[str, str], before: datetime, after: datetime) -> list[Finding]:
    said = next((value for name, value in headers.items() if name.lower() == "date"), None)
    try:
        there = parsedate_to_datetime(said) if said else None
    except ValueError:
        there = None
    if there is None or there.tzinfo is None:
        return [skipped("clock", "this machine", "Slack gave no time to compare with")]
    return [skew((before + (after - before) / 2 - there).total_seconds())]


def skew(seconds: float) -> Finding:
    """How far this machine's clock is ahead of Slack's (behind where negative)."""
    way = "ahead of" if seconds > 0 else "behind"
    says = f"{abs(seconds):.0f} s {way} Slack's"
    step = "have the clock set from the network (chrony, systemd-timesyncd)"
    if abs(seconds) > SKEW_MOST:
        return wrong("clock", "this machine", f"{says}: signatures are valid for 5 minutes only", step)
    if abs(seconds) > SKEW_NOTED:
        return warn("clock", "this machine", says, step)
    return ok("clock", "this machine", "within a minute of Slack's")


async def app_token(client: AsyncWebClient, draft: Draft) -> list[Finding]:
    """``apps.connections.open`` in Socket Mode; it opens no connection, only the right to one."""
    name = "SLACK_APP_TOKEN"
    if draft.mode == "http":
        return [skipped("app token", name, "not used over HTTP")]
    if draft.app_token is None:
        return [skipped("app token", name, SEE_SETTINGS)]
    try:
        await client.apps_connections_open(app_token=draft.app_token.get_secret_value())
    except CALL_ERRORS as error:
        if (not_asked := _not_asked("app token", name, error, client.base_url)) is not None:
            return [not_asked]
        code = error_code(error)
        if code == "missing_scope":
            return [wrong("app token", name, "lacks the scope connections:write", _ANEW)]
        if code == "ratelimited":
            return [warn("app token", name, "Slack asks to wait", "try again in a minute")]
        return [wrong("app token", name, f"Slack refused it ({code})", _ANEW)]
    return [ok("app token", name, "can open a connection")]


def signing_secret(draft: Draft) -> list[Finding]:
    """Over HTTP. Only its shape can be checked: Slack has no method that takes it."""
    name = "SLACK_SIGNING_SECRET"
    if draft.mode == "socket":
        return [skipped("signing secret", name, "not used in Socket Mode")]
    if draft.signing_secret is None:
        return [skipped("signing secret", name, SEE_SETTINGS)]
    if not re.fullmatch(r"[0-9a-f]{32}", draft.signing_secret.get_secret_value()):
        step = "copy the Signing Secret again, not the Client Secret: your app's page, Basic Information"
        return [warn("signing secret", name, "is not 32 hexadecimal digits, as Slack's signing secrets are", step)]
    return [ok("signing secret", name, "has the right shape; whether it is the right one shows with the first request")]
