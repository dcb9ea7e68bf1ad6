"""Builds Block Kit as plain dicts, within Slack's limits; Message and Modal.

slack_sdk's block models cost about a hundred times as much and do not check what matters here (executed and seen);
the tests hold every message against Slack's limits instead. Limits: https://docs.slack.dev/reference/block-kit.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jobbot.render.blockkit.text import cut, isolated

Block = dict[str, Any]
"""One block or element, as Slack's JSON has it. Foreign JSON is the one place for Any."""

SECTION_TEXT = 3_000
FIELD_TEXT = 2_000
HEADER_TEXT = 150
BUTTON_TEXT = 30
OPTION_TEXT = 75
VALUE = 2_000
OPTION_VALUE = 150
OVERFLOW_OPTIONS = 5
SELECT_OPTIONS = 100
FIELDS = 10


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


def mrkdwn(words: str, most: int = SECTION_TEXT) -> Block:
    """A mrkdwn object. ``verbatim``: Slack makes no link of a URL, a ``#name`` or an ``@name`` in it."""
    return {"type": "mrkdwn", "text": words[:most], "verbatim": True}


def header(words: str) -> Block:
    """A header block: a title in bold. Plain text, in which ``:fire:`` stays as it is."""
    return {"type": "header", "text": plain(words, HEADER_TEXT)}


def section(words: str, accessory: Block | None = None) -> Block:
    """A section block of mrkdwn, with a button, menu or select at its side if given. Slack folds none of it."""
    block: Block = {"type": "section", "text": mrkdwn(words), "expand": True}
    if accessory is not None:
        block["accessory"] = accessory
    return block


def columns(fields: Sequence[tuple[str, str]]) -> list[Block]:
    """Names and values (mrkdwn) in two columns; as many section blocks as hold them."""
    cells = [mrkdwn(f"*{name}*\n{value}", FIELD_TEXT) for name, value in fields]
    return [
        {"type": "section", "fields": cells[first : first + FIELDS], "expand": True}
        for first in range(0, len(cells), FIELDS)
    ]


def paragraphs(lines: Sequence[str]) -> list[Block]:
    """Lines in as few section blocks as hold them, so that no line is cut."""
    parts: list[str] = []
    for line in lines:
        if parts and len(parts[-1]) + len(line) + 1 <= SECTION_TEXT:
            parts[-1] += f"\n{line}"
        else:
            parts.append(line)
    return [section(part) for part in parts]


def context(words: str) -> Block:
    """A context block of mrkdwn: small print."""
    return {"type": "context", "elements": [mrkdwn(words)]}


def divider() -> Block:
    """A divider block."""
    return {"type": "divider"}


def actions(elements: Sequence[Block]) -> Block:
    """An actions block: a row of buttons, menus and selects.

    ``action_id`` must be unique within a block: of several with the same one, the second gets ``.2`` and so on, which
    :func:`action_of` takes off again.
    """
    numbered, seen = [], Counter[str]()
    for element in elements:
        name = element["action_id"]
        seen[name] += 1
        numbered.append(element if seen[name] == 1 else {**element, "action_id": f"{name}.{seen[name]}"})
    return {"type": "actions", "elements": numbered}


def action_of(action_id: str) -> str:
    """The action of an element's ``action_id``, without the number that :func:`actions` gave it."""
    name, dot, number = action_id.rpartition(".")
    return name if dot and number.isascii() and number.isdecimal() else action_id


def button(words: str, action_id: str, value: str, *, label: str, style: str | None = None) -> Block:
    """A button: a short verb with its object, and a ``label`` for screen readers that names the job.

    A label without the words of the button begins with them: people who speak to their computer say what they see
    (WCAG 2.5.3, label in name).
    """
    text = plain(words, BUTTON_TEXT)
    seen = text["text"].rstrip("… ")
    if seen.casefold() not in cut(label, 75).casefold():
        label = f"{seen}: {label[:1].lower()}{label[1:]}"
    block: Block = {
        "type": "button",
        "text": text,
        "action_id": action_id,
        "value": value[:VALUE],
        "accessibility_label": cut(label, 75),
    }
    if style is not None:
        block["style"] = style
    return block


def option(words: str, value: str, description: str = "") -> Block:
    """An option of a menu, a select or check boxes. Raises ValueError for too long a value: it is never cut."""
    if len(value) > OPTION_VALUE:
        raise ValueError(f"an option's value has {len(value)} characters")
    offered, small = {"text": plain(words, OPTION_TEXT), "value": value}, plain(description, OPTION_TEXT)
    return {**offered, "description": small} if small["text"] else offered


def overflow(action_id: str, options: Sequence[Block]) -> Block:
    """A menu behind three dots, of at most five options."""
    return {"type": "overflow", "action_id": action_id, "options": list(options[:OVERFLOW_OPTIONS])}


def select(action_id: str, placeholder: str, options: Sequence[Block] | Mapping[str, Sequence[Block]]) -> Block:
    """A select of at most a hundred options, or of named groups of so many each."""
    block: Block = {"type": "static_select", "action_id": action_id, "placeholder": plain(placeholder, HEADER_TEXT)}
    if not isinstance(options, Mapping):
        return {**block, "options": list(options[:SELECT_OPTIONS])}
    named = [(plain(name, OPTION_TEXT), list(some[:SELECT_OPTIONS])) for name, some in options.items()]
    return {**block, "option_groups": [{"label": label, "options": some} for label, some in named]}


def plain(words: str, most: int) -> Block:
    """A plain_text object: nothing in it is formatted, and no emoji is made of ``:names:``."""
    text = isolated(cut(words, most))
    return {"type": "plain_text", "text": text if len(text) <= most else isolated(cut(words, most - 2)), "emoji": False}


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
