"""On which line of a TOML file something stands. The standard library reads TOML and says nothing of lines.

A value stands on line n where the first n lines are the shortest beginning of the file that holds it. A beginning that
ends within an array or a long string is read with the closing mark added.
"""

import tomllib
from typing import Any

KeyPath = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and numbers (from 0) of an array's entries."""

_CLOSERS = ("", "]", '"""', "'''")


def line_of(place: KeyPath, text: str) -> int | None:
    """The line (from 1) of ``place`` in a text that ``tomllib`` takes, or of the nearest thing around it; else None."""
    lines = text.split("\n")
    whole = tomllib.loads(text)
    while place and not _holds(whole, place):
        place = place[:-1]
    if not place:
        return None
    without, within = 0, len(lines)  # what is read of the file without the place, and with it
    while within - without > 1:
        middle = (without + within) // 2
        read, tree = next((n, tree) for n in range(middle, -1, -1) if (tree := _beginning(lines[:n])) is not None)
        if read > without and _holds(tree, place):
            within = read
        else:
            without = middle
    return within


def _beginning(lines: list[str]) -> dict[str, Any] | None:
    """What the lines say, where they can be read. Any: TOML that nobody validated."""
    for closer in _CLOSERS:
        try:
            return tomllib.loads("\n".join([*lines, closer]))
        except ValueError:
            continue
    return None


def _holds(tree: Any, place: KeyPath) -> bool:
    try:
        for step in place:
            tree = tree[step]
    except (KeyError, IndexError, TypeError):
        return False
    return True
