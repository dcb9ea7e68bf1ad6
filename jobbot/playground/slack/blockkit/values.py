"""What an element holds: as it begins, as it is filled in, and as Slack says it in ``state.values`` and ``actions``.

Shapes: https://docs.slack.dev/reference/block-kit/block-elements and .../interaction-payloads/block_actions-payload.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from jobbot.playground.slack.blockkit.elements import is_day
from jobbot.playground.slack.errors import NotPossible

REQUIRED = "Please complete this required field."
"""Slack's words; those about numbers are its tone, not its letter."""

_TEXT = frozenset({"plain_text_input", "email_text_input", "url_text_input", "number_input"})
_SINGLE = {
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "rich_text_input": ("rich_text_value", "initial_value"),
}
_ONE_OPTION = frozenset({"static_select", "external_select", "radio_buttons", "overflow"})
_MANY_OPTIONS = frozenset({"multi_static_select", "multi_external_select", "checkboxes"})

Element = Mapping[str, Any]


def initial_value(element: Element) -> dict[str, Any]:
    """What an element holds before anybody touches it."""
    kind = element["type"]
    if kind in _TEXT:
        return {"type": kind, "value": element.get("initial_value")}
    if kind in _SINGLE:
        key, initial = _SINGLE[kind]
        return {"type": kind, key: element.get(initial, [] if kind.startswith("multi_") else None)}
    if kind in _MANY_OPTIONS:
        return {"type": kind, "selected_options": list(element.get("initial_options", []))}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": element.get("initial_option")}
    return {"type": kind}


def filled(element: Element, given: object) -> dict[str, Any]:
    """What it holds after ``given`` was typed or chosen. Raises NotPossible for what cannot be entered there."""
    kind = element["type"]
    if kind in _TEXT:
        return {"type": kind, "value": _typed(element, given)}
    if kind == "datepicker":
        return {"type": kind, "selected_date": _picked(given)}
    if kind in _SINGLE:
        return {"type": kind, _SINGLE[kind][0]: given}
    if kind in _MANY_OPTIONS:
        wanted = list(given) if isinstance(given, (list, tuple, set, frozenset)) else [given]
        return {"type": kind, "selected_options": [_option(element, one) for one in wanted]}
    if kind in _ONE_OPTION:
        return {"type": kind, "selected_option": None if given is None else _option(element, given)}
    raise NotPossible(f"nothing can be entered in a {kind}")


def _typed(element: Element, given: object) -> str | None:
    text = None if given is None or given == "" else str(given)
    most, least = element.get("max_length"), element.get("min_length")
    if text is not None and isinstance(most, int) and len(text) > most:
        raise NotPossible(f"the field takes {most} characters, not {len(text)}")
    if text is not None and isinstance(least, int) and len(text) < least:
        raise NotPossible(f"the field wants {least} characters, not {len(text)}")
    return text


def _picked(given: object) -> str | None:
    day = given.isoformat() if isinstance(given, date) else given or None
    if day is not None and not is_day(day):
        raise NotPossible(f"{day} is no day of the calendar: write it as 2026-03-04")
    return None if day is None else str(day)


def ticked(element: Element, held: Mapping[str, Any], wanted: object, *, on: bool) -> dict[str, Any]:
    """What check boxes hold after one was ticked, or not ``on`` unticked. Raises NotPossible for a box that is none."""
    box, before = _option(element, wanted), held.get("selected_options") or []
    after = [one for one in options(element) if (on if one == box else one in before)]
    return {"type": element["type"], "selected_options": after}


def offers(element: Element, wanted: object) -> bool:
    """Whether it has an option of these words or this value."""
    return any(wanted in (option["text"]["text"], option.get("value")) for option in options(element))


def options(element: Element) -> Iterator[dict[str, Any]]:
    """Every option, also those in groups."""
    yield from element.get("options") or []
    for group in element.get("option_groups") or []:
        yield from group.get("options") or []


def _option(element: Element, wanted: object) -> dict[str, Any]:
    every = list(options(element))
    for option in every:
        if wanted in (option["text"]["text"], option.get("value")):
            return option
    there = ", ".join(repr(option["text"]["text"]) for option in every) or "no options of its own"
    raise NotPossible(f"{wanted!r} is not among the choices: {there}")


def what_is_wrong(element: Element, value: Mapping[str, Any], *, optional: bool) -> str | None:
    """What Slack's client itself says at a field before it asks the bot; None where it says nothing."""
    held = [inner for name, inner in value.items() if name != "type" and inner]
    if not held:
        return None if optional else REQUIRED
    return _wrong_with_number(element, str(held[0])) if element["type"] == "number_input" else None


def _wrong_with_number(element: Element, typed: str) -> str | None:
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", typed) is None:
        return "Please enter a number."
    number, least, most = Decimal(typed), element.get("min_value"), element.get("max_value")
    if not element["is_decimal_allowed"] and "." in typed:
        return "Please enter a whole number."
    if least is not None and number < Decimal(least):
        return f"Please enter a number that is {least} or more."
    if most is not None and number > Decimal(most):
        return f"Please enter a number that is {most} or less."
    return None
