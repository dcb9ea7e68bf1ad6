"""Blocks, and on which surface each may stand.

Limits: https://docs.slack.dev/reference/block-kit/blocks
"""

from typing import Literal

from jobbot.playground.slack.blockkit.elements import IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION
from jobbot.playground.slack.blockkit.parts import SLACK_FILE, TEXT, plain, text
from jobbot.playground.slack.blockkit.richtext import RICH_TEXT, TABLE
from jobbot.playground.slack.blockkit.shapes import (
    Check,
    Shape,
    at_least_one,
    exactly_one,
    flag,
    many,
    typed,
    url,
    words,
)

Surface = Literal["message", "modal", "home"]

MARKDOWN = 12_000
_BLOCK_ID = {"block_id": words(255)}

_SMALL_PRINT = typed(
    {
        "image": IMAGE,
        "plain_text": Shape({"text": words(TEXT)}, {"emoji": flag}),
        "mrkdwn": Shape({"text": words(TEXT)}, {"verbatim": flag}),
    }
)

_EVERYWHERE = {
    "section": Shape(
        optional={
            **_BLOCK_ID,
            "text": text(TEXT),
            "fields": many(text(2_000), 1, 10),
            "accessory": IN_SECTION,
            "expand": flag,
        },
        rules=(at_least_one("text", "fields"),),
    ),
    "header": Shape({"text": plain(150)}, _BLOCK_ID),
    "context": Shape({"elements": many(_SMALL_PRINT, 1, 10)}, _BLOCK_ID),
    "divider": Shape({}, _BLOCK_ID),
    "actions": Shape({"elements": many(IN_ACTIONS, 1, 25)}, _BLOCK_ID),
    "input": Shape(
        {"label": plain(2_000), "element": IN_INPUT},
        {**_BLOCK_ID, "hint": plain(2_000), "optional": flag, "dispatch_action": flag},
    ),
    "image": Shape(
        {"alt_text": words(2_000)},
        {**_BLOCK_ID, "image_url": url(), "slack_file": SLACK_FILE, "title": plain(2_000)},
        (exactly_one("image_url", "slack_file"),),
    ),
    "rich_text": RICH_TEXT,
}
_TABLE = {"table": TABLE}
_MARKDOWN = {"markdown": Shape({"text": words(MARKDOWN)}, _BLOCK_ID)}

BLOCK: dict[Surface, Check] = {
    "message": typed({**_EVERYWHERE, **_TABLE, **_MARKDOWN}),
    "modal": typed(_EVERYWHERE),
    "home": typed({**_EVERYWHERE, **_TABLE}),
}
MOST: dict[Surface, int] = {"message": 50, "modal": 100, "home": 100}
