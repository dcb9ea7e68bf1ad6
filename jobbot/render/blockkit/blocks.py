"""Builds Block Kit as plain dicts, within Slack's limits; Message and Modal.

slack_sdk's block models cost about a hundred times as much and do not check what matters here (executed and seen);
the tests hold every message against Slack's limits instead. Limits: https://docs.slack.dev/reference/block-kit.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from jobbot.render.blockkit.text import cut

Block = dict[str, Any]
"""One block or element, as Slack's JSON has it. Foreign JSON is the one place for Any."""

SECTION_TEXT = 3_000
BUTTON_TEXT = 30
VALUE = 2_000


@dataclass(frozen=True, slots=True)
class Message:
    """A message: ``text`` is the whole content as fallback text, ``blocks`` the same as Block Kit."""

    text: str
    blocks: Sequence[Block]


def dump_message(message: Message) -> str:
    """A message as JSON, for the database."""
    return json.dumps({"text": message.text, "blocks": list(message.blocks)}, ensure_ascii=False)


def load_message(kept: str) -> Message:
    """A message from :func:`dump_message`'s JSON. Raises ValueError for anything else."""
    fields = json.loads(kept)
    if not isinstance(fields, dict) or not isinstance(fields.get("text"), str):
        raise ValueError("no message")
    return Message(fields["text"], fields.get("blocks") or [])


@dataclass(frozen=True, slots=True)
class Modal:
    """A view as Slack's JSON has it."""

    view: Block


def section(mrkdwn: str, accessory: Block | None = None) -> Block:
    """A section block, with a button at its side if given."""
    block: Block = {"type": "section", "text": {"type": "mrkdwn", "text": mrkdwn[:SECTION_TEXT]}}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Lines in as few section blocks as hold them, so that no line is cut."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) + 1 <= SECTION_TEXT:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [section(part) for part in parts]


def context(mrkdwn: str) -> Block:
    """A context block: small print."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": mrkdwn[:SECTION_TEXT]}]}


def divider() -> Block:
    """A divider block."""
    return {"type": "divider"}


def actions(buttons: Sequence[Block]) -> Block:
    """An actions block: a row of buttons."""
    return {"type": "actions", "elements": list(buttons)}


def button(words: str, action_id: str, value: str, *, label: str, style: str | None = None) -> Block:
    """A button: a short verb with its object, and a ``label`` for screen readers that names the job."""
    block: Block = {
        "type": "button",
        "text": {"type": "plain_text", "text": cut(words, BUTTON_TEXT), "emoji": False},
        "action_id": action_id,
        "value": value[:VALUE],
        "accessibility_label": cut(label, 75),
    }
    if style is not None:
        block["style"] = style
    return block


def plain(words: str, most: int) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": cut(words, most), "emoji": False}


def text_input(block_id: str, action_id: str, *, label: str, initial: str, most: int, optional: bool) -> Block:
    """An input block with a text field, for a modal."""
    element: Block = {"type": "plain_text_input", "action_id": action_id, "max_length": most, "multiline": False}
    if initial:
        element["initial_value"] = initial[:most]
    return {
        "type": "input",
        "block_id": block_id,
        "optional": optional,
        "label": plain(label, 2_000),
        "element": element,
    }


def modal(
    callback_id: str, title: str, body: Sequence[Block], *, metadata: str, close: str, submit: str | None = None
) -> Modal:
    """A modal. Without ``submit`` there is nothing to press but ``close``."""
    view: Block = {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "close": plain(close, 24),
        "private_metadata": metadata,
        "blocks": list(body),
    }
    if submit is not None:
        view["submit"] = plain(submit, 24)
    return Modal(view)
