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


def global_shortcut(who: Who = ANA, callback_id: str = "find_jobs", *, trigger_id: str = TRIGGER) -> dict[str, Any]:
    """A global shortcut: it carries no channel and no response URL."""
    return {
        "type": "shortcut",
        "token": TOKEN,
        "action_ts": "1667210600.123456",
        "team": _team(who),
        "user": _user(who),
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": trigger_id,
    }


def message_shortcut(
    who: Who = ANA,
    where: Where = INC,
    text: str = "",
    *,
    callback_id: str = "jobs_named_here",
    message_ts: str = "1667210582.000300",
    trigger_id: str = TRIGGER,
    **message: Any,
) -> dict[str, Any]:
    """A shortcut of a message, which it carries whole. ``message`` adds to it, or replaces."""
    thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
    said = {"type": "message", "user": "U0BEN", "ts": message_ts, "text": text, "team": OUR_TEAM, "blocks": []}
    return {
        "type": "message_action",
        "token": TOKEN,
        "action_ts": "1667210600.123456",
        "team": {"id": OUR_TEAM, "domain": "acme"},
        "user": _user(who),
        "channel": {"id": where.channel, "name": where.name},
        "is_enterprise_install": False,
        "enterprise": None,
        "callback_id": callback_id,
        "trigger_id": trigger_id,
        "response_url": response_url("app"),
        "message_ts": message_ts,
        "message": {**said, **thread, **message},
    }


def block_suggestion(
    who: Who = ANA, typed: str = "", *, action_id: str = "datastream", callback_id: str = "find_jobs"
) -> dict[str, Any]:
    """A select in a modal asks for its options."""
    return {
        "type": "block_suggestion",
        "user": _user(who),
        "container": {"type": "view", "view_id": "V0MODAL"},
        "api_app_id": APP,
        "token": TOKEN,
        "action_id": action_id,
        "block_id": action_id,
        "value": typed,
        "team": _team(who),
        "enterprise": None,
        "is_enterprise_install": False,
        "view": {"id": "V0MODAL", "team_id": OUR_TEAM, "type": "modal", "callback_id": callback_id, "blocks": []},
    }


def link_shared(
    who: Who = ANA,
    where: Where = INC,
    *urls: str,
    event_id: str = "Ev0LINK",
    message_ts: str = "1667210582.000300",
    **event: Any,
) -> dict[str, Any]:
    """Links of a registered domain in a message. ``event`` adds to its inner part, or replaces: ``source``."""
    thread = {"thread_ts": where.thread_ts} if where.thread_ts else {}
    links = [{"domain": url.partition("://")[2].partition("/")[0], "url": url} for url in urls]
    inner = {
        "type": "link_shared",
        "channel": where.channel,
        "is_bot_user_member": True,
        "user": who.id,
        "message_ts": message_ts,
        "unfurl_id": f"{where.channel}.{message_ts}.1b90fa1278528ce6e2f6c5c2bfa1abc9",
        "source": "conversations_history",
        "links": links,
        "event_ts": message_ts,
        **thread,
    }
    return _event({**inner, **event}, event_id, shared=where.shared)


def app_home_opened(who: Who = ANA, *, event_id: str = "Ev0HOME", **event: Any) -> dict[str, Any]:
    """Somebody enters the app's Home. ``event`` adds to its inner part, or replaces: ``tab``."""
    inner = {
        "type": "app_home_opened",
        "user": who.id,
        "channel": "D0ANA",
        "tab": "home",
        "event_ts": "1667210600.1",
    }
    return _event({**inner, **event}, event_id)


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


def _event(inner: Mapping[str, Any], event_id: str, *, shared: bool = False) -> dict[str, Any]:
    return {
        "token": TOKEN,
        "team_id": OUR_TEAM,
        "api_app_id": APP,
        "event": dict(inner),
        "type": "event_callback",
        "event_id": event_id,
        "event_time": 1667210600,
        "authorizations": [{"enterprise_id": None, "team_id": OUR_TEAM, "user_id": BOT, "is_bot": True}],
        "is_ext_shared_channel": shared,
        "event_context": "4-eyJldCI6Imxpbmtfc2hhcmVkIn0",
    }


def _team(who: Who) -> dict[str, Any]:
    team = {"id": who.team, "domain": "acme"}
    return {**team, "enterprise_id": who.enterprise, "enterprise_name": "Grid"} if who.enterprise else team


def _user(who: Who) -> dict[str, Any]:
    user = {"id": who.id, "username": who.name, "name": who.name, "team_id": who.team}
    return {**user, "enterprise_id": who.enterprise} if who.enterprise else user
