"""What an element holds: as it begins, as it is filled in, and as Slack says it in ``state.values`` and ``actions``.

Shapes: https://docs.slack.dev/reference/block-kit/block-elements and .../interaction-payloads/block_actions-payload.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from jobbot.playground.slack.errors import NotPossible

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


def is_empty(value: Mapping[str, Any]) -> bool:
    """Whether a field was left empty."""
    return not any(held for name, held in value.items() if name != "type")
