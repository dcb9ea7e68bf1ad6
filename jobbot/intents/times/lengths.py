"""Lengths of time: ``6h``, ``1h30m``, ``30 min``, ``two hours``, ``couple of days``. Reads words, resolves nothing."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuten"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "std", "stunde", "stunden"), 3600),
    **dict.fromkeys(("d", "day", "days", "tage", "tagen"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks", "wochen"), 7 * 86_400),
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}
ONES = frozenset({"second", "minute", "hour", "day", "week", "month", "year"})
"""Units that may stand for one of them: ``an hour ago``."""
_COUNTS = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "couple": 2, "few": 3, "half": 0.5}
_BARE = re.compile(r"[1-9]\d?", re.ASCII)
_COUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?", re.ASCII)
_LENGTH = re.compile(r"(?:\d{1,9}(?:[.,]\d{1,3})?[a-z]+)+", re.ASCII)
_LENGTH_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)([a-z]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Length:
    """So many seconds, how they were said, and in how many words."""

    seconds: int
    said: str
    words: int


def seconds_at(words: Sequence[str], at: int) -> tuple[int, int] | None:
    """A length of time there, ``6h`` or ``hour``: its seconds, and how many words it took."""
    found = length_of(words, at)
    if found is not None:
        return found.seconds, found.words
    alone = SECONDS.get(word_at(words, at))
    return (alone, 1) if alone is not None else None


def word_at(words: Sequence[str], at: int) -> str:
    """The word there, nothing behind the last one."""
    return words[at] if at < len(words) else ""


def is_bare(word: str) -> bool:
    """Whether a word is a count without a unit: ``for 3``. It has two digits at most: a job's number is longer."""
    return _BARE.fullmatch(word) is not None


def length_of(words: Sequence[str], at: int) -> Length | None:
    """``6h``, ``1h30m``, ``30 min``, ``two hours``, ``couple of days``."""
    word = word_at(words, at)
    gap = 1 if word in _COUNTS and word_at(words, at + 1) == "of" else 0
    unit = word_at(words, at + 1 + gap)
    if unit in SECONDS and (word in _COUNTS or _COUNT.fullmatch(word)):
        seconds = int(_COUNTS[word] * SECONDS[unit]) if word in _COUNTS else _times(word, unit)
        return Length(seconds, " ".join(words[at : at + 2 + gap]), 2 + gap)
    if not _LENGTH.fullmatch(word):
        return None
    parts = [part.groups() for part in _LENGTH_PART.finditer(word)]
    if any(unit not in SECONDS for _, unit in parts):
        return None
    return Length(sum(_times(count, unit) for count, unit in parts), word, 1)


def _times(count: str, unit: str) -> int:
    return int(float(count.replace(",", ".")) * SECONDS[unit])
