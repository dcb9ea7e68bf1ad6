"""On which line of a TOML file each of its keys stands. The standard library reads TOML and says nothing of lines.

For a text that ``tomllib`` has read: what is no TOML is refused there, so that this only has to follow the grammar
(https://toml.io/en/v1.0.0) as far as it tells keys from values: comments, strings, arrays, inline tables.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping

KeyPath = tuple[str | int, ...]
"""The way to a value: names of tables and keys, and numbers (from 0) of an array's entries."""

_TOKEN = re.compile(
    r"(?P<skip>[ \t\r]+|\#[^\n]*)"
    r'|(?P<quoted>"""(?:\\.|[^\\])*?"""(?:"{1,2}(?!"))?|\'\'\'.*?\'\'\'(?:\'{1,2}(?!\'))?'
    r'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\')'
    r"|(?P<mark>[\[\]{}=,\n])"
    r"|(?P<bare>[^\s\[\]{}=,\"'\#]+)",
    re.DOTALL,
)


class _Tokens:
    """The file's tokens, one after the other, each with its line."""

    def __init__(self, text: str) -> None:
        self._found = self._read(text)
        self.word, self.kind, self.line = "", "", 0
        self.step()

    def step(self) -> None:
        self.word, self.kind, self.line = next(self._found, ("", "end", self.line))

    def step_over_lines(self) -> None:
        while self.word == "\n":
            self.step()

    @staticmethod
    def _read(text: str) -> Iterator[tuple[str, str, int]]:
        line = 1
        for token in _TOKEN.finditer(text):
            if token.lastgroup != "skip":
                yield token[0], str(token.lastgroup), line
            line += token[0].count("\n")


def key_lines(text: str) -> Mapping[KeyPath, int]:
    """The first line (from 1) of every table, key and array entry."""
    tokens, lines = _Tokens(text), _Lines()
    table: KeyPath = ()
    counted: dict[KeyPath, int] = {}
    while tokens.kind != "end":
        if tokens.word == "\n":
            tokens.step()
        elif tokens.word == "[":
            table = _header(tokens, lines, counted)
        else:
            _pair(tokens, table, lines)
    return lines


def line_of(place: KeyPath, lines: Mapping[KeyPath, int]) -> int | None:
    """The line of ``place``, or of the nearest thing around it that stands in the file."""
    around = (lines.get(place[:length]) for length in range(len(place), 0, -1))
    return next((line for line in around if line is not None), None)


class _Lines(dict[KeyPath, int]):
    def note(self, place: KeyPath, line: int) -> None:
        for length in range(1, len(place) + 1):
            self.setdefault(place[:length], line)


def _header(tokens: _Tokens, lines: _Lines, counted: dict[KeyPath, int]) -> KeyPath:
    """``[table]`` or ``[[table]]``; the place that the keys below it belong to."""
    line, brackets = tokens.line, 0
    while tokens.word == "[":
        brackets += 1
        tokens.step()
    place: KeyPath = ()
    for part in _key(tokens):
        place = (*place, part)
        if place in counted:  # a table within the newest entry of an array of tables
            place = (*place, counted[place])
    if brackets == 2:
        name = place[:-1] if place and isinstance(place[-1], int) else place
        counted[name] = counted.get(name, -1) + 1
        place = (*name, counted[name])
    while tokens.word == "]":
        tokens.step()
    lines.note(place, line)
    return place


def _key(tokens: _Tokens) -> list[str]:
    """A key that may be dotted: ``a.b``, ``a."b c"``."""
    parts: list[str] = []
    while tokens.kind in ("bare", "quoted"):
        if tokens.kind == "quoted":
            parts += tomllib.loads(f"{tokens.word} = 0")
        else:
            parts += [part for part in tokens.word.split(".") if part]
        tokens.step()
    return parts


def _pair(tokens: _Tokens, table: KeyPath, lines: _Lines) -> None:
    line = tokens.line
    place = (*table, *_key(tokens))
    lines.note(place, line)
    tokens.step()  # over the =
    _value(tokens, place, lines)


def _value(tokens: _Tokens, place: KeyPath, lines: _Lines) -> None:
    tokens.step_over_lines()
    lines.note(place, tokens.line)
    match tokens.word:
        case "[":
            _array(tokens, place, lines)
        case "{":
            _inline_table(tokens, place, lines)
        case _:
            while tokens.kind in ("bare", "quoted"):  # a date and a time may be two words
                tokens.step()


def _array(tokens: _Tokens, place: KeyPath, lines: _Lines) -> None:
    tokens.step()
    entry = 0
    while tokens.kind != "end":
        tokens.step_over_lines()
        if tokens.word == "]":
            tokens.step()
            return
        if tokens.word == ",":
            tokens.step()
            entry += 1
        else:
            _value(tokens, (*place, entry), lines)


def _inline_table(tokens: _Tokens, place: KeyPath, lines: _Lines) -> None:
    tokens.step()
    while tokens.kind != "end":
        tokens.step_over_lines()
        if tokens.word == "}":
            tokens.step()
            return
        if tokens.word == ",":
            tokens.step()
        else:
            _pair(tokens, place, lines)
