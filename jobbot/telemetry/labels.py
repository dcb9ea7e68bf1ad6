"""The closed sets of metric labels, and the mapping of foreign statuses and codes into them."""

import re
from enum import StrEnum
from functools import cache

OTHER = "other"


def label_of(one: object) -> str:
    """An object's type as a label: ``ListJobs`` is ``list_jobs``."""
    return _in_small_letters(type(one).__name__)


@cache
def _in_small_letters(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()


class Transport(StrEnum):
    """How a payload came."""

    HTTP = "http"
    SOCKET = "socket"


class Cache(StrEnum):
    """How a read was answered: by a request, by joining another's, from the cache."""

    MISS = "miss"
    JOINED = "joined"
    HIT = "hit"


class Queue(StrEnum):
    """Queues: work after acks, requests waiting for an instance, notifications to be delivered."""

    WORK = "work"
    UPSTREAM = "upstream"
    OUTBOX = "outbox"


class Outcome(StrEnum):
    """How an interaction ended, seen from the person."""

    ANSWERED = "answered"
    REFUSED = "refused"
    MISREAD = "misread"
    NO_QUESTION = "no_question"
    """Thanks, or a mention without words."""
    UNKNOWN_INSTANCE = "unknown_instance"
    STALE = "stale"
    """A button or a window that is not understood, or not obeyed, any more."""
    ASKED = "asked"
    """An act: the window shows what it is about, or the button that opens the window."""
    NO_WINDOW = "no_window"
    NOTHING_TO_DO = "nothing_to_do"
    REASON_WANTED = "reason_wanted"
    SECOND = "second"
    """Somebody else had asked for the same."""
    ACT_ENDED = "act_ended"
    """How it ended is counted with the acts."""
    HANDED_ON = "handed_on"
    BUSY = "busy"
    """More came at once than can be served: not served, and said so."""
    REPEATED = "repeated"
    """Slack delivered it twice, and it was answered the first time."""
    UPSTREAM_FAILED = "upstream_failed"
    STORE_FAILED = "store_failed"
    CRASHED = "crashed"
    """A bug, or the process ended first."""


STATUSES = frozenset({200, 201, 202, 204, 400, 401, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504})
NO_STATUS = frozenset({"no_connection", "no_answer", "unusable", "cancelled"})


def status_label(status: int | str) -> str:
    """A status that servers send, the class of another, or why there is none."""
    if isinstance(status, str):
        return status if status in NO_STATUS else OTHER
    if status in STATUSES:
        return str(status)
    return f"{status // 100}xx" if 100 <= status < 600 else OTHER


_WORDS = (
    "access_denied account_inactive already_closed app_uninstalled block_mismatch cannot_find_channel "
    "cannot_find_message cannot_parse_attachment cannot_reply_to_message cannot_unfurl_message cannot_unfurl_url "
    "cant_update_message channel_is_archived channel_not_found ekm_access_denied enterprise_is_restricted "
    "exchanged_trigger_id expired_trigger_id expired_url fatal_error hash_conflict internal_error invalid_arguments "
    "invalid_auth invalid_blocks invalid_payload invalid_trigger_id is_archived message_not_found "
    "messages_tab_disabled missing_scope msg_blocks_too_long msg_too_long no_permission no_service no_such_subteam "
    "no_text not_allowed not_allowed_token_type not_authed not_found not_in_channel org_login_required "
    "not_enabled permission_denied push_limit_reached ratelimited request_timeout restricted_action "
    "service_unavailable "
    "team_access_not_granted team_added_to_org token_expired token_revoked too_many_websockets trigger_exchanged "
    "two_factor_setup_required used_url user_not_found user_not_in_channel user_not_visible view_not_found "
    "view_too_large "
)
SLACK_CODES = frozenset(_WORDS.split())
"""Errors of the methods that jobbot calls (https://docs.slack.dev/reference/methods)."""

_NETWORK = re.compile(r"(Client|Server|Timeout|Connection|OS|Slack)\w*(Error|Timeout)|TimeoutError|WebSocketException")


def slack_code(code: str) -> str:
    """Slack's code where it is known, the HTTP status, "network" for a call that got no answer, else "other"."""
    if code in SLACK_CODES:
        return code
    if status := re.match(r"(?:status )?([1-5]\d\d)\b", code):
        return status_label(int(status[1]))
    return "network" if _NETWORK.fullmatch(code) else OTHER
