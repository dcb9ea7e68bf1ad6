"""Whether Slack takes these blocks, or this view."""

from typing import Any, Literal

Surface = Literal["message", "modal", "home"]


def problems_in_blocks(blocks: object, surface: Surface) -> list[str]:
    """What is wrong with a message's blocks."""
    return [] if isinstance(blocks, list) else ["must provide an array [json-pointer:/blocks]"]


def problems_in_view(view: object) -> list[str]:
    """What is wrong with a view."""
    return [] if isinstance(view, dict) else ["must provide an object [json-pointer:/view]"]


def length_of_text(part: Any) -> int:
    """The characters of all text in some blocks."""
    if isinstance(part, list):
        return sum(length_of_text(inner) for inner in part)
    if isinstance(part, dict):
        own = part.get("text")
        return (len(own) if isinstance(own, str) else 0) + sum(
            length_of_text(inner) for inner in part.values() if isinstance(inner, (dict, list))
        )
    return 0
