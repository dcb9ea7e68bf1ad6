"""Reads parts of Slack's payloads without trusting a shape: what is of another type counts as not said. Pure."""

from collections.abc import Mapping
from typing import Any

from jobbot.intents.language.slack_text import whole

Payload = Mapping[str, Any]
"""Slack's JSON. Any, because it is foreign: whoever reads it asks for the type it needs."""


def text(part: Payload, name: str) -> str | None:
    """The words of a field; None for empty ones, and for anything else."""
    value = part.get(name)
    if not isinstance(value, str):
        return None
    # Neither half a surrogate pair nor a zero byte can be written into a database.
    return (value if value.isascii() else whole(value)).replace("\0", "") or None


def part(body: Payload, name: str) -> Payload:
    """The object in a field; an empty one for anything else."""
    value = body.get(name)
    return value if isinstance(value, Mapping) else {}


def parts(body: Payload, name: str, most: int) -> list[Payload]:
    """The objects in a list, the first ``most`` entries of it."""
    value = body.get(name)
    return [one for one in value[:most] if isinstance(one, Mapping)] if isinstance(value, list) else []


def key(kind: str, first: str | None, *more: str | None) -> str:
    """What tells a delivery from others; empty without its first part."""
    return "|".join([kind, first, *(one or "" for one in more)]) if first else ""
