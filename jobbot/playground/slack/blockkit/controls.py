"""What can be pressed, chosen or filled in a list of blocks: found by its words, its ``action_id`` or its label."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from jobbot.playground.slack.errors import NotPossible

PRESSED = frozenset({"button", "workflow_button"})
_SHOWN = frozenset({"image"})


@dataclass(frozen=True, slots=True)
class Control:
    """One interactive element with its block; ``label`` is that of an input block."""

    block: dict[str, Any]
    element: dict[str, Any]

    @property
    def block_id(self) -> str:
        """Its block's id."""
        return str(self.block.get("block_id", ""))

    @property
    def action_id(self) -> str:
        """Its own id."""
        return str(self.element.get("action_id", ""))

    @property
    def type(self) -> str:
        """Its type: ``button``, ``overflow``, ``plain_text_input`` ..."""
        return str(self.element.get("type", ""))

    @property
    def label(self) -> str:
        """What it is called: the words on a button, the label of an input, else the placeholder."""
        for part in (self.element.get("text"), self.block.get("label"), self.element.get("placeholder")):
            if isinstance(part, dict):
                return str(part.get("text", ""))
        return ""

    @property
    def is_input(self) -> bool:
        """Whether it is a field that is sent when the modal is."""
        return self.block.get("type") == "input"


def controls(blocks: Sequence[dict[str, Any]]) -> Iterator[Control]:
    """Every interactive element, in the order in which it is shown."""
    for block in blocks:
        for element in _elements(block):
            if isinstance(element, dict) and element.get("type") not in _SHOWN:
                yield Control(block, element)


def _elements(block: dict[str, Any]) -> list[Any]:
    match block.get("type"):
        case "section" | "header":
            return [block["accessory"]] if isinstance(block.get("accessory"), dict) else []
        case "actions" | "context_actions":
            elements = block.get("elements")
            return elements if isinstance(elements, list) else []
        case "input":
            return [block.get("element")]
        case _:
            return []


def buttons_of(blocks: Sequence[dict[str, Any]]) -> list[str]:
    """The words on the buttons, in their order."""
    return [control.label for control in controls(blocks) if control.type in PRESSED]


def button(blocks: Sequence[dict[str, Any]], name: str, nth: int) -> Control:
    """The nth button with these words or this ``action_id``. Raises NotPossible."""
    pressed = [control for control in controls(blocks) if control.type in PRESSED]
    found = [control for control in pressed if name in (control.label, control.action_id)]
    if not -len(found) <= nth < len(found):
        there = ", ".join(f"[{control.label}]" for control in pressed) or "no button at all"
        raise NotPossible(f"there is no button {nth + 1} called {name!r}, there is {there}")
    return found[nth]


def chooser(blocks: Sequence[dict[str, Any]], at: str | None, nth: int) -> Control:
    """The nth element to choose from, or the nth of that ``action_id`` or name. Raises NotPossible."""
    found = choosers(blocks, at)
    if not -len(found) <= nth < len(found):
        raise NotPossible(f"there is nothing to choose from called {at!r}")
    return found[nth]


def choosers(blocks: Sequence[dict[str, Any]], at: str | None) -> list[Control]:
    """Every element to choose from, or those of that ``action_id``, ``block_id`` or name."""
    there = [control for control in controls(blocks) if control.type not in PRESSED]
    return [control for control in there if at in (None, control.label, control.action_id, control.block_id)]


def inputs(blocks: Sequence[dict[str, Any]]) -> list[Control]:
    """The fields of a modal."""
    return [control for control in controls(blocks) if control.is_input]


def fields_of(blocks: Sequence[dict[str, Any]], kind: str, at: str | None) -> list[Control]:
    """The fields of a modal with an element of this type, or the one of them called ``at``. Raises NotPossible."""
    among = inputs(blocks) if at is None else [input_named(blocks, at)]
    found = [field for field in among if field.type == kind]
    if not found:
        raise NotPossible(f"there is no {kind}" + (f" called {at!r}" if at else ""))
    return found


def input_named(blocks: Sequence[dict[str, Any]], name: str) -> Control:
    """The field of that ``action_id``, ``block_id`` or label, or with that in its label. Raises NotPossible."""
    fields = inputs(blocks)
    wanted = name.replace("_", " ").strip().casefold()
    tests = (
        lambda field: name in (field.action_id, field.block_id),
        lambda field: field.label.casefold() == wanted,
        lambda field: field.label.casefold().startswith(wanted),
        lambda field: wanted in field.label.casefold(),
    )
    for test in tests:
        found = [field for field in fields if test(field)]
        if len(found) == 1:
            return found[0]
    there = ", ".join(repr(field.label) for field in fields) or "none at all"
    raise NotPossible(f"there is no one field called {name!r}; the fields are {there}")
