"""The objects that elements and blocks are composed of.

Limits: https://docs.slack.dev/reference/block-kit/composition-objects
"""

from collections.abc import Mapping
from typing import Any

from jobbot.playground.slack.blockkit.shapes import (
    Check,
    Problems,
    Shape,
    at_least_one,
    flag,
    many,
    one_of,
    shaped,
    typed,
    url,
    words,
)

TEXT = 3_000


def plain(most: int, least: int = 1) -> Check:
    """A ``plain_text`` object."""
    return typed({"plain_text": Shape({"text": words(most, least)}, {"emoji": flag})})


def text(most: int) -> Check:
    """A text object of either kind."""
    return typed(
        {
            "plain_text": Shape({"text": words(most)}, {"emoji": flag}),
            "mrkdwn": Shape({"text": words(most)}, {"verbatim": flag}),
        }
    )


CONFIRM = shaped(
    Shape(
        {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30)},
        {"style": one_of("primary", "danger")},
    )
)

OPTION = Shape({"text": plain(75), "value": words(150)}, {"description": plain(75)})
OPTION_TO_TICK = Shape({"text": text(75), "value": words(150)}, {"description": text(75)})
OPTION_OF_OVERFLOW = Shape({"text": plain(75), "value": words(150)}, {"description": plain(75), "url": url()})
OPTION_GROUP = Shape({"label": plain(75), "options": many(shaped(OPTION), 1, 100)})

DISPATCH = shaped(
    Shape(
        optional={"trigger_actions_on": many(one_of("on_enter_pressed", "on_character_entered"), 1, 2)},
    )
)
FILTER = shaped(
    Shape(
        optional={
            "include": many(one_of("im", "mpim", "private", "public"), 1, 4),
            "exclude_external_shared_channels": flag,
            "exclude_bot_users": flag,
        },
        rules=(at_least_one("include", "exclude_external_shared_channels", "exclude_bot_users"),),
    )
)
SLACK_FILE = shaped(Shape(optional={"id": words(255), "url": url()}, rules=(at_least_one("id", "url"),)))


def initial_is_offered(value: Mapping[str, Any], at: str, problems: Problems) -> None:
    """What is chosen at first must be one of the options, word for word."""
    offered = list(value.get("options") or [])
    for group in value.get("option_groups") or []:
        offered += group["options"]
    for name in ("initial_option", "initial_options"):
        given = value.get(name, [])
        for option in given if isinstance(given, list) else [given]:
            if option not in offered:
                problems.add(f"`{name}` must exactly match one of the options", f"{at}/{name}")
