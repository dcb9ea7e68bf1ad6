"""What Slack adds to blocks that it takes: ids that were left out, and the defaults of text objects."""

import copy
import random
from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.slack.blockkit.controls import controls

_LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


def completed(blocks: Sequence[dict[str, Any]], rng: random.Random) -> list[dict[str, Any]]:
    """A copy with a ``block_id`` on every block and an ``action_id`` on every element."""
    copies = copy.deepcopy(list(blocks))
    for block in copies:
        block.setdefault("block_id", _new_id(rng))
        _complete_texts(block)
    for control in controls(copies):
        control.element.setdefault("action_id", _new_id(rng))
    return copies


def completed_view(definition: Mapping[str, Any], rng: random.Random) -> dict[str, Any]:
    """A view with everything that Slack's view objects have (https://docs.slack.dev/reference/views)."""
    view = {
        "type": "modal",
        "callback_id": "",
        "private_metadata": "",
        "external_id": "",
        "title": None,
        "submit": None,
        "close": None,
        "clear_on_close": False,
        "notify_on_close": False,
        **copy.deepcopy(dict(definition)),
    }
    for name in ("title", "submit", "close"):
        _complete_texts(view[name])
    view["blocks"] = completed(view["blocks"], rng)
    return view


def _complete_texts(part: object) -> None:
    if isinstance(part, list):
        for inner in part:
            _complete_texts(inner)
    elif isinstance(part, dict):
        if part.get("type") == "plain_text":
            part.setdefault("emoji", True)
        elif part.get("type") == "mrkdwn":
            part.setdefault("verbatim", False)
        for inner in part.values():
            _complete_texts(inner)


def _new_id(rng: random.Random) -> str:
    return "".join(rng.choices(_LETTERS, k=5))
