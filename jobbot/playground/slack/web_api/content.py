"""What a message says: its text and blocks, held against Slack's limits.

https://docs.slack.dev/reference/methods/chat.postMessage, .../chat.update, .../messaging/message-metadata; the
lengths of blocks in all, and of an update's text, are not documented but reported by many.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from jobbot.playground.slack.blockkit.check import length_of_text, problems_in_blocks
from jobbot.playground.slack.errors import ApiError, invalid
from jobbot.playground.slack.web_api.arguments import Arguments

TEXT_MOST = 40_000
"""Characters of a new message's text."""
UPDATED_TEXT_MOST = 4_000
"""Bytes of an edited message's text."""
BLOCKS_TEXT_MOST = 12_000
"""Characters of text in all of a message's blocks."""

_EVENT_TYPE = re.compile(r"[A-Za-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is to say. ``blocks`` and ``metadata`` are None where none were given."""

    text: str
    blocks: list[dict[str, Any]] | None
    metadata: dict[str, Any] | None = None


def read_content(args: Arguments, *, update: bool = False) -> Content:
    """Text and blocks of a call or an answer. Raises ApiError."""
    text, blocks = args.text("text") or "", args.parsed("blocks")
    if blocks is not None:
        check_blocks(blocks)
    if not text.strip() and not blocks and not args.parsed("attachments"):
        raise ApiError("no_text")
    if len(text) > TEXT_MOST or (update and len(text.encode()) > UPDATED_TEXT_MOST):
        raise ApiError("msg_too_long")
    return Content(text, blocks, read_metadata(args))


def read_metadata(args: Arguments) -> dict[str, Any] | None:
    """An object of an ``event_type`` and an ``event_payload``, which is an object. Raises ApiError for another shape.

    A type of other characters than Slack allows loses the metadata, and the message is posted all the same (reported).
    """
    given = args.given.get("metadata")
    try:
        metadata = json.loads(given) if isinstance(given, str) and given else given
    except ValueError:
        raise ApiError("invalid_metadata_format") from None
    if metadata is None or metadata == "":
        return None
    if not isinstance(metadata, dict):
        raise ApiError("invalid_metadata_format")
    kind, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(kind, str) or not kind or not isinstance(payload, dict):
        raise ApiError("invalid_metadata_schema")
    return {"event_type": kind, "event_payload": payload} if _EVENT_TYPE.fullmatch(kind) else None


def check_blocks(blocks: object) -> None:
    """Raises ApiError for blocks that no message can have."""
    problems = problems_in_blocks(blocks, "message")
    if problems:
        raise invalid("invalid_blocks", problems)
    if length_of_text(blocks) > BLOCKS_TEXT_MOST:
        raise ApiError("msg_blocks_too_long")
