"""Between the local Slack's objects and the page's JSON. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any

from jobbot.playground.page.protocol import CannotBeDone, Json
from jobbot.playground.page.story import NOTES, ROLES
from jobbot.playground.slack.blockkit.controls import PRESSED, Control, inputs
from jobbot.playground.slack.state.messages import Channel, Message, Unfurl
from jobbot.playground.slack.state.objects import permalink
from jobbot.playground.slack.state.people import Person
from jobbot.playground.slack.state.views import View
from jobbot.playground.slack.state.world import World


def message_json(message: Message, world: World) -> Json:
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
        "link": permalink(message, world),
        "previews": [_preview(unfurl) for unfurl in message.unfurls.values()],
    }


def _preview(unfurl: Unfurl) -> Json:
    words = unfurl.definition.get("text") or unfurl.definition.get("title")
    return {"url": unfurl.url, "blocks": list(unfurl.blocks), "text": words}


def view_json(view: View) -> Json:
    """A modal or a Home as the page has it. A menu that begins with the channel one looks at begins with it here."""
    return {
        "id": view.id,
        "hash": view.hash,
        **{name: view.definition.get(name) for name in ("title", "submit", "close")},
        "blocks": [_begun(block, view) for block in view.blocks],
    }


def _begun(block: Json, view: View) -> Json:
    element = block.get("element")
    if not isinstance(element, dict) or not element.get("default_to_current_conversation"):
        return block
    held = view.values[block["block_id"]][element["action_id"]]
    begun = {"initial_conversation": held.get("selected_conversation")}
    if "selected_conversations" in held:
        begun = {"initial_conversations": held["selected_conversations"]}
    return {**block, "element": {**element, **begun}}


def person_json(person: Person, hue: int, world: World) -> Json:
    """Somebody as the page has them; ``hue`` is the place among those one may be, later ones have no colour."""
    return {
        "id": person.id,
        "name": person.real_name,
        "handle": person.name,
        "role": ROLES.get(person.name, person.title),
        "zone": person.tz,
        "hue": hue if hue <= len(ROLES) else 0,
        "playable": person.name in ROLES,
        "isBot": person is world.bot,
        "outsider": person.team is not world.home,
        "team": person.team.name,
    }


def channel_json(channel: Channel, world: World, *, closed: str | None, has_home: bool) -> Json:
    """A channel as the page has it; ``closed`` and ``has_home`` are those of the direct message with the bot."""
    if channel.is_im:
        name = world.bot.name
        return {
            "id": channel.id, "name": name, "kind": "dm", "note": NOTES["dm"], "closed": closed, "home": has_home,
        }  # fmt: skip
    kind = "shared" if channel.is_ext_shared else "private" if channel.is_private else "public"
    return {"id": channel.id, "name": channel.name, "kind": kind, "note": NOTES.get(channel.name, "")}


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
