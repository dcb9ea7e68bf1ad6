"""Between the local Slack's objects and the page's JSON. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.page.protocol import CannotBeDone, Json
from jobbot.playground.slack.blockkit.controls import PRESSED, Control, inputs
from jobbot.playground.slack.state.messages import Message
from jobbot.playground.slack.state.views import View


def message_json(message: Message) -> Json:
    """A message as the page has it; ``thread`` is there for replies only."""
    return {
        "ts": message.ts,
        "user": message.user.id,
        "text": message.text,
        "blocks": list(message.blocks),
        "thread": message.thread_ts if message.is_reply else None,
        "broadcast": message.broadcast,
        "edited": message.edited is not None,
        "ephemeral": message.ephemeral_for is not None,
        "warning": message.warning,
    }


def view_json(view: View) -> Json:
    """A modal as the page has it."""
    return {
        "id": view.id,
        "hash": view.hash,
        **{name: view.definition.get(name) for name in ("title", "submit", "close")},
        "blocks": view.blocks,
    }


def nth_control(there: Sequence[Control], action: Mapping[str, Any]) -> tuple[str, int]:
    """How a person names what was used: its ``action_id``, and how many of that name and kind stand before it.

    Raises CannotBeDone where it is not there any more.
    """
    name, is_button = str(action.get("action_id")), action.get("type") in PRESSED
    alike = [one for one in there if (one.type in PRESSED) == is_button and name in (one.label, one.action_id)]
    for nth, control in enumerate(alike):
        is_same = not is_button or control.element.get("value") == action.get("value")
        if is_same and control.block_id == action.get("block_id"):
            return name, nth
    raise CannotBeDone("This button is gone." if is_button else "This menu is gone.")


def chosen(state: Mapping[str, Any]) -> object:
    """What was typed or chosen, from a field's state as Slack has it: options by their values."""
    held = next((value for name, value in state.items() if name not in {"type", "action_id", "block_id"}), None)
    if isinstance(held, list):
        return [_value(one) for one in held]
    return _value(held)


def _value(held: object) -> object:
    return held.get("value") if isinstance(held, dict) else held


def is_field(view: View, block: str) -> bool:
    """Whether that block of the view is sent when it is submitted."""
    return any(control.block_id == block for control in inputs(view.blocks))
