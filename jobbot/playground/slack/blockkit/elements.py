"""Block elements: what can be pressed, chosen or filled in, and in which block.

Limits: https://docs.slack.dev/reference/block-kit/block-elements
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

from jobbot.playground.slack.blockkit.parts import (
    CONFIRM,
    DISPATCH,
    FILTER,
    OPTION,
    OPTION_GROUP,
    OPTION_OF_OVERFLOW,
    OPTION_TO_TICK,
    SLACK_FILE,
    initial_is_offered,
    plain,
)
from jobbot.playground.slack.blockkit.richtext import RICH_TEXT
from jobbot.playground.slack.blockkit.shapes import (
    Check,
    Problems,
    Shape,
    exactly_one,
    flag,
    like,
    many,
    one_of,
    shaped,
    typed,
    url,
    whole,
    words,
)

ACTION_ID = {"action_id": words(255)}
_NUMBER = like(r"-?[0-9]+(\.[0-9]+)?", "must be a number")
_TIME = like(r"([01]\d|2[0-3]):[0-5]\d", "must be a time in the format HH:mm")
_ID = words(255)
_PICKED = {**ACTION_ID, "confirm": CONFIRM, "focus_on_load": flag}
_MENU = {**_PICKED, "placeholder": plain(150)}
_WRITTEN = {**ACTION_ID, "placeholder": plain(150), "focus_on_load": flag, "dispatch_action_config": DISPATCH}
_SEVERAL = {"max_selected_items": whole(1, 100)}

_OPTIONS = {"options": many(shaped(OPTION), 1, 100), "option_groups": many(shaped(OPTION_GROUP), 1, 100)}
_CONVERSATION = {"default_to_current_conversation": flag, "filter": FILTER}


def _lengths(value: Mapping[str, Any], at: str, problems: Problems) -> None:
    if value.get("min_length", 0) > value.get("max_length", 3_000):
        problems.add("`min_length` must be less than `max_length`", at)
    if len(value.get("initial_value", "")) > value.get("max_length", 3_000):
        problems.add("`initial_value` must be no longer than `max_length`", f"{at}/initial_value")


def _date(value: object, at: str, problems: Problems) -> None:
    if not is_day(value):
        problems.add("must be a date in the format YYYY-MM-DD", at)


def is_day(value: object) -> bool:
    """Whether this is a day that the calendar has, as Slack writes it: ``2026-03-04``."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _bounds(value: Mapping[str, Any], at: str, problems: Problems) -> None:
    given = [(name, Decimal(value[name])) for name in ("min_value", "initial_value", "max_value") if name in value]
    for name, number in given:
        if not value["is_decimal_allowed"] and number != int(number):
            problems.add(f"`{name}` must be a whole number", f"{at}/{name}")
    for (less, low), (more, high) in pairwise(given):
        if low > high:
            problems.add(f"`{less}` must be no greater than `{more}`", at)


BUTTON = Shape(
    {"text": plain(75)},
    {
        **ACTION_ID,
        "url": url(),
        "value": words(2_000),
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": words(75),
    },
)
OVERFLOW = Shape({"options": many(shaped(OPTION_OF_OVERFLOW), 1, 5)}, {**ACTION_ID, "confirm": CONFIRM})
IMAGE = Shape(
    {"alt_text": words(2_000)},
    {"image_url": url(), "slack_file": SLACK_FILE},
    (exactly_one("image_url", "slack_file"),),
)

_TICKED = many(shaped(OPTION_TO_TICK), 1, 10)
CHOSEN = {
    "checkboxes": Shape({"options": _TICKED}, {**_PICKED, "initial_options": _TICKED}, (initial_is_offered,)),
    "radio_buttons": Shape(
        {"options": _TICKED}, {**_PICKED, "initial_option": shaped(OPTION_TO_TICK)}, (initial_is_offered,)
    ),
    "datepicker": Shape(optional={**_MENU, "initial_date": _date}),
    "timepicker": Shape(optional={**_MENU, "initial_time": _TIME, "timezone": words(255)}),
    "static_select": Shape(
        optional={**_MENU, **_OPTIONS, "initial_option": shaped(OPTION)},
        rules=(exactly_one("options", "option_groups"), initial_is_offered),
    ),
    "external_select": Shape(optional={**_MENU, "initial_option": shaped(OPTION), "min_query_length": whole(0, 3_000)}),
    "users_select": Shape(optional={**_MENU, "initial_user": _ID}),
    "channels_select": Shape(optional={**_MENU, "initial_channel": _ID, "response_url_enabled": flag}),
    "conversations_select": Shape(
        optional={**_MENU, **_CONVERSATION, "initial_conversation": _ID, "response_url_enabled": flag}
    ),
}
SEVERAL = {
    "multi_static_select": Shape(
        optional={**_MENU, **_SEVERAL, **_OPTIONS, "initial_options": many(shaped(OPTION), 1, 100)},
        rules=(exactly_one("options", "option_groups"), initial_is_offered),
    ),
    "multi_external_select": Shape(
        optional={
            **_MENU,
            **_SEVERAL,
            "initial_options": many(shaped(OPTION), 1, 100),
            "min_query_length": whole(0, 3_000),
        }
    ),
    "multi_users_select": Shape(optional={**_MENU, **_SEVERAL, "initial_users": many(_ID, 1, 100)}),
    "multi_channels_select": Shape(optional={**_MENU, **_SEVERAL, "initial_channels": many(_ID, 1, 100)}),
    "multi_conversations_select": Shape(
        optional={**_MENU, **_SEVERAL, **_CONVERSATION, "initial_conversations": many(_ID, 1, 100)}
    ),
}
MOMENT = {"datetimepicker": Shape(optional={**_PICKED, "initial_date_time": whole(10**9, 10**10 - 1)})}
WRITTEN = {
    "plain_text_input": Shape(
        optional={
            **_WRITTEN,
            "multiline": flag,
            "initial_value": words(3_000, 0),
            "min_length": whole(0, 3_000),
            "max_length": whole(1, 3_000),
        },
        rules=(_lengths,),
    ),
    "email_text_input": Shape(optional={**_WRITTEN, "initial_value": words(3_000)}),
    "url_text_input": Shape(optional={**_WRITTEN, "initial_value": url()}),
    "number_input": Shape(
        {"is_decimal_allowed": flag},
        {**_WRITTEN, "initial_value": _NUMBER, "min_value": _NUMBER, "max_value": _NUMBER},
        (_bounds,),
    ),
    "rich_text_input": Shape(optional={**_WRITTEN, "initial_value": typed({"rich_text": RICH_TEXT})}),
    "file_input": Shape(
        optional={**ACTION_ID, "filetypes": many(words(32), 1, 100), "max_files": whole(1, 10)},
    ),
}

PRESSED = {"button": BUTTON, "overflow": OVERFLOW}
IN_ACTIONS: Check = typed({**PRESSED, **CHOSEN, **MOMENT})
IN_SECTION: Check = typed({**PRESSED, **CHOSEN, **SEVERAL, "image": IMAGE})
IN_INPUT: Check = typed({**CHOSEN, **SEVERAL, **MOMENT, **WRITTEN})
