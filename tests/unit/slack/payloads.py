"""What Slack sends, built from who, where and what.

The shapes are those of Slack's documentation - https://docs.slack.dev/interactivity/implementing-slash-commands,
https://docs.slack.dev/reference/events/app_mention, https://docs.slack.dev/reference/interaction-payloads/ - with the
teams as they come from a channel shared with another organisation: a click carries our team around a person of theirs,
a submission carries theirs.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

OUR_TEAM = "T0ACME"
"""The workspace that jobbot is installed in."""
APP = "A0JOBBOT"
BOT = "U0JOBBOT"
TOKEN = "gIkuvaNzQIHg97ATvDxqgjtO"
"""Slack's old verification token: still sent, and not to be used."""
TRIGGER = "13345224609.738474920.8088930838d88f008e0"


@dataclass(frozen=True, kw_only=True)
class Who:
    """A person. ``team`` is their own; ``enterprise`` on Enterprise Grid only."""

    id: str = "U0ANA"
    name: str = "ana"
    team: str = OUR_TEAM
    enterprise: str | None = None


@dataclass(frozen=True, kw_only=True)
class Where:
    """A channel, or a thread in it."""

    channel: str = "C0INC"
    name: str = "inc-data"
    thread_ts: str | None = None
    shared: bool = False


ANA = Who()
MALLORY = Who(id="U0MALLORY", name="mallory", team="T0GLOBEX", enterprise="E0GLOBEX")
"""Somebody of another organisation."""
INC = Where()


def response_url(kind: str = "commands") -> str:
    """Where an interaction may be answered: ``commands`` or ``actions``."""
    return f"https://hooks.slack.com/{kind}/{OUR_TEAM}/1234/5678"


def slash_command(
    who: Who = ANA, where: Where = INC, text: str = "", *, command: str = "/jobs", trigger_id: str = TRIGGER
) -> dict[str, str]:
    """The fields of a slash command's form. Only members of the workspace can send one."""
    grid = {"enterprise_id": who.enterprise, "enterprise_name": "Grid"} if who.enterprise else {}
    return {
        "token": TOKEN,
        "team_id": who.team,
        "team_domain": "acme",
        **grid,
        "channel_id": where.channel,
        "channel_name": where.name,
        "user_id": who.id,
        "user_name": who.name,
        "command": command,
        "text": text,
        "api_app_id": APP,
        "is_enterprise_install": "false",
        "response_url": response_url(),
        "trigger_id": trigger_id,
    }


def app_mention(
    who: Who = ANA,
    where: Where = INC,
    text: str = f"<@{BOT}>",
    *,
    ts: str = "1667210582.000200",
    event_id: str = "Ev0MENTION",
    **event: Any,
) -> dict[str, Any]:
    """An event. ``event`` adds to its inner part, or replaces: ``edited``, ``bot_id``, ``subtype``."""
    thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
    theirs = {"user_team": who.team, "source_team": who.team} if where.shared else {}
    return {
        "token": TOKEN,
        "team_id": OUR_TEAM,
        "context_team_id": OUR_TEAM,
        "context_enterprise_id": None,
        "api_app_id": APP,
        "event": {
            "type": "app_mention",
            "user": who.id,
            "client_msg_id": "9b0a4c5e-0a55-4f9d-9c5b-5d9b7c0e7b11",
            "text": text,
            "ts": ts,
            "team": OUR_TEAM,
            "channel": where.channel,
            "event_ts": ts,
            **thread,
            **theirs,
            **event,
        },
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(float(ts)),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": OUR_TEAM,
                "user_id": BOT,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": where.shared,
        "event_context": "4-eyJldCI6ImFwcF9tZW50aW9uIn0",
    }


def block_actions(
    who: Who = ANA,
    where: Where = INC,
    action_id: str = "",
    value: str = "",
    *,
    message_ts: str = "1667210582.000300",
    ephemeral: bool = False,
    trigger_id: str = TRIGGER,
    action_ts: str = "1667210600.123456",
) -> dict[str, Any]:
    """A button of a message, pressed. Of an ephemeral message Slack does not repeat the message."""
    thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
    message = {
        "type": "message",
        "bot_id": "B0JOBBOT",
        "user": BOT,
        "text": "3 jobs",
        "ts": message_ts,
        "team": OUR_TEAM,
        "blocks": [],
        **thread,
    }
    return {
        "type": "block_actions",
        "user": _user(who),
        "api_app_id": APP,
        "token": TOKEN,
        "container": {
            "type": "message",
            "message_ts": message_ts,
            "channel_id": where.channel,
            "is_ephemeral": ephemeral,
            **thread,
        },
        "trigger_id": trigger_id,
        "team": {"id": OUR_TEAM, "domain": "acme"},
        "enterprise": None,
        "is_enterprise_install": False,
        "channel": {"id": where.channel, "name": where.name},
        **({} if ephemeral else {"message": message}),
        "state": {"values": {}},
        "response_url": response_url("actions"),
        "actions": [
            {
                "action_id": action_id,
                "block_id": "row1",
                "text": {"type": "plain_text", "text": "Press", "emoji": True},
                "value": value,
                "type": "button",
                "action_ts": action_ts,
            }
        ],
    }


def view_submission(
    who: Who = ANA,
    callback_id: str = "",
    private_metadata: str = "",
    *,
    fields: Mapping[tuple[str, str], object] | None = None,
    view_id: str = "V0MODAL",
    view_hash: str = "1667210600.abcd",
    trigger_id: str = TRIGGER,
) -> dict[str, Any]:
    """A modal, sent. ``fields`` are its inputs' words by (block_id, action_id), None for one left empty; of an element
    that is none for text its state, with its ``type``.

    It carries no channel, and ``team`` is the submitting person's.
    """
    values: dict[str, dict[str, Any]] = {}
    for (block_id, action_id), words in (fields or {}).items():
        state = words if isinstance(words, dict) else {"type": "plain_text_input", "value": words}
        values.setdefault(block_id, {})[action_id] = state
    team = {"id": who.team, "domain": "acme"}
    return {
        "type": "view_submission",
        "team": {**team, "enterprise_id": who.enterprise, "enterprise_name": "Grid"} if who.enterprise else team,
        "user": _user(who),
        "api_app_id": APP,
        "token": TOKEN,
        "trigger_id": trigger_id,
        "view": {
            "id": view_id,
            "team_id": OUR_TEAM,
            "type": "modal",
            "blocks": [],
            "private_metadata": private_metadata,
            "callback_id": callback_id,
            "state": {"values": values},
            "hash": view_hash,
            "title": {"type": "plain_text", "text": "Stop job 987?", "emoji": True},
            "clear_on_close": False,
            "notify_on_close": False,
            "close": None,
            "submit": {"type": "plain_text", "text": "Stop job 987", "emoji": True},
            "previous_view_id": None,
            "root_view_id": view_id,
            "app_id": APP,
            "external_id": "",
            "app_installed_team_id": OUR_TEAM,
            "bot_id": "B0JOBBOT",
        },
        "response_urls": [],
        "is_enterprise_install": False,
        "enterprise": None,
    }


def body_of(payload: Mapping[str, Any]) -> tuple[bytes, str]:
    """What HTTP carries, and its content type: a form, a form around JSON, or JSON."""
    if "command" in payload:
        return urlencode(payload).encode(), "application/x-www-form-urlencoded"
    if payload.get("type") in ("event_callback", "url_verification"):
        return json.dumps(payload).encode(), "application/json"
    return urlencode({"payload": json.dumps(payload)}).encode(), "application/x-www-form-urlencoded"


def signature_headers(body: bytes, secret: str, *, at: float | None = None) -> dict[str, str]:
    """Slack's signature of a body. ``at``: seconds since the epoch, now unless told."""
    timestamp = str(int(time.time() if at is None else at))
    signature = hmac.new(secret.encode(), b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={signature}"}


def _user(who: Who) -> dict[str, Any]:
    user = {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team}
    return {**user, "enterprise_id": who.enterprise} if who.enterprise else user
