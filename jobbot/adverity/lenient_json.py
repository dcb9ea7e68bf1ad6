r"""Reads JSON leniently: damaged characters are replaced, too long or deep values become null, the rest is kept.

pydantic's reader is fast and strict: one half of a surrogate pair (``"\ud83d"``), a byte that is not UTF-8, an integer
of more than 4,300 digits or 200 lists within lists, and the whole document is refused (executed and seen,
pydantic_core 2). A list of jobs must not be lost for the name of one of them, so what was refused is mended and read
again.
"""

import re

from pydantic_core import from_json

DEEPEST = 64
"""How many lists and objects may stand within one another; a job has four."""

_TOKEN = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"|[\[{]|[\]}]|-?\d[\d.eE+-]{400,}', re.DOTALL)
"""A text, a bracket, or a number of more characters than any job has."""

_CHARACTER = re.compile(
    r"(?P<fine>\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}"
    r'|\\(?:["\\/bfnrt]|u(?![dD][89a-fA-F])[0-9a-fA-F]{4}))'
    r"|\\u[0-9a-fA-F]{4}|\\.|[\x00-\x1f]",
    re.DOTALL,
)
"""An escape that means a character (a surrogate pair is one), or else what means none."""


def read_json(body: bytes) -> object:
    """The parsed value. Raises ValueError where the body is no JSON even after mending."""
    try:
        return from_json(body)
    except ValueError:
        return from_json(_mended(body.decode("utf-8-sig", "replace")))


def _mended(text: str) -> str:
    """The same with U+FFFD for what is no character, and null for what is too long or too deep."""
    pieces: list[str] = []
    at = depth = 0
    for token in _TOKEN.finditer(text):
        word, is_kept = token[0], depth < DEEPEST
        if is_kept:
            pieces.append(text[at : token.start()])
        at = token.end()
        if word in ("[", "{"):
            depth += 1
            if is_kept:
                pieces.append(word if depth < DEEPEST else "null")
        elif word in ("]", "}"):
            depth -= 1
            if depth < DEEPEST - 1:
                pieces.append(word)
        elif is_kept and word.startswith('"'):
            is_plain = "\\" not in word and word.isprintable()
            pieces.append(word if is_plain else _CHARACTER.sub(lambda found: found["fine"] or "\ufffd", word))
        elif is_kept:
            pieces.append("null")
    pieces.append(text[at:])
    return "".join(pieces)
