"""What a message says: its text and blocks, held against Slack's limits.

https://docs.slack.dev/reference/methods/chat.postMessage, .../chat.update. The lengths of
blocks in all, and of an update's text, are not documented but reported by many.
"""

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


@dataclass(frozen=True, slots=True)
class Content:
    """What a message is to say. ``blocks`` is None where none were given."""

    text: str
    blocks: list[dict[str, Any]] | None


def read_content(args: Arguments, *, update: bool = False) -> Content:
    """Text and blocks of a call or an answer. Raises ApiError."""
    text, blocks = args.text("text") or "", args.parsed("blocks")
    if blocks is not None:
        check_blocks(blocks)
    if not text.strip() and not blocks and not args.parsed("attachments"):
        raise ApiError("no_text")
    if len(text) > TEXT_MOST or (update and len(text.encode()) > UPDATED_TEXT_MOST):
        raise ApiError("msg_too_long")
    return Content(text, blocks)


def check_blocks(blocks: object) -> None:
    """Raises ApiError for blocks that no message can have."""
    problems = problems_in_blocks(blocks, "message")
    if problems:
        raise invalid("invalid_blocks", problems)
    if length_of_text(blocks) > BLOCKS_TEXT_MOST:
        raise ApiError("msg_blocks_too_long")
