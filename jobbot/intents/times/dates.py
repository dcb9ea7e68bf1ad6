"""Days as people write them: ``31.10.``, ``10/31/2022``, ``1st of june``, ``yesterday``. Reads words, resolves nothing.

What a day is counted back from depends on what stands around it, so a day is kept as it was said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date


@dataclass(frozen=True, slots=True)
class Ago:
    """So many days before today; -1 is tomorrow."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """The latest such day, Monday is 0; today counts unless ``before_today``."""

    number: int
    before_today: bool = False


@dataclass(frozen=True, slots=True)
class OfYear:
    """The latest such day of a year, or, without a month, of a month."""

    month: int | None
    day: int


@dataclass(frozen=True, slots=True)
class Slashed:
    """``1/6/2025``: the first of June or the sixth of January, as the person's zone is used to; no year: the latest."""

    first: int
    second: int
    year: int | None


Day = date | Ago | Weekday | OfYear | Slashed


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, how it was said, and in how many words. ``wrong``: the right shape without a meaning (30 February)."""

    day: Day
    said: str
    words: int = 1
    wrong: bool = False


_DAYS = {
    **dict.fromkeys(("today", "heute"), Ago(0)),
    **dict.fromkeys(("yesterday", "gestern"), Ago(1)),
    "vorgestern": Ago(2),
    "tomorrow": Ago(-1),  # not "morgen", which is the morning as well: "heute morgen"
}
_WEEK = (
    *(("monday", "mon", "montag"), ("tuesday", "tue", "tues", "dienstag"), ("wednesday", "wed", "mittwoch")),
    *(("thursday", "thu", "thur", "thurs", "donnerstag"), ("friday", "fri", "freitag")),
    *(("saturday", "sat", "samstag"), ("sunday", "sun", "sonntag")),
)
_YEAR = (
    *(("january", "jan", "januar"), ("february", "feb", "februar"), ("march", "mar", "märz"), ("april", "apr")),
    *(("may", "mai"), ("june", "jun", "juni"), ("july", "jul", "juli"), ("august", "aug")),
    *(("september", "sep", "sept"), ("october", "oct", "okt", "oktober"), ("november", "nov")),
    ("december", "dec", "dez", "dezember"),
)
WEEKDAYS = {name: Weekday(number) for number, names in enumerate(_WEEK) for name in names}
MONTHS = {name: number for number, names in enumerate(_YEAR, 1) for name in names}

_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})(?:\.(\d{4}|\d{2})?)?", re.ASCII)
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})(?:\2(\d{4}|\d{2}))?", re.ASCII)
_ORDINAL = re.compile(r"(\d{1,2})(st|nd|rd|th)?", re.ASCII)
FULL_YEAR = re.compile(r"20\d\d", re.ASCII)
_GLUED = re.compile(
    r"(?P<d>\d{1,2})(?:st|nd|rd|th)?[-/.]?(?P<m>[a-z]{3,9})(?:[-/.]?(?P<y>20\d\d|\d\d))?"
    r"|(?P<m2>[a-z]{3,9})[-/.]?(?P<d2>\d{1,2})(?:st|nd|rd|th)?",
    re.ASCII,
)
_MONTH_FIRST = re.compile(
    "US/.*|Pacific/Honolulu|America/(Indiana/.*|Kentucky/.*|North_Dakota/.*|New_York|Chicago|Denver|Los_Angeles"
    "|Phoenix|Anchorage|Detroit|Boise|Adak|Juneau|Sitka|Nome|Menominee)"
)
"""The zones of the United States."""


def month_comes_first(zone: str) -> bool:
    """Whether people in a zone write the month before the day."""
    return _MONTH_FIRST.fullmatch(zone) is not None


def latest(month: int | None, number: int, limit: date) -> date | None:
    """The latest such day that is not after ``limit``, in any month where none is given; None where there is none."""
    for back in range(9 * 12):
        year, at = divmod(limit.year * 12 + limit.month - 1 - back, 12)
        if month in (None, at + 1) and year > 0:
            try:
                day = date(year, at + 1, number)
            except ValueError:
                continue
            if day <= limit:
                return day
    return None


def find(words: Sequence[str], at: int) -> Dated | None:
    """The day that begins at ``words[at]`` (lower case), None where none does. Nothing of a whole ISO date here."""
    word = words[at]
    if word == "last" and (weekday := WEEKDAYS.get(_word(words, at + 1))):
        return Dated(replace(weekday, before_today=True), f"last {words[at + 1]}", 2)
    bare = word.replace("’", "'").removesuffix("'s")
    bare = bare if bare in _DAYS else bare.removesuffix("s")
    if day := _DAYS.get(bare) or WEEKDAYS.get(word):
        return Dated(day, bare if bare in _DAYS else word)
    return _with_a_month(words, at) or _dotted(word) or _slashed(word)


def _with_a_month(words: Sequence[str], at: int) -> Dated | None:
    word = words[at]
    if found := _glued(word):
        month, number, year = found
        taken = 1
    else:
        behind = at + 1 + (_word(words, at + 1) == "of")
        either = ((word, _word(words, at + 1), at + 2), (_word(words, behind), word, behind + 1))
        named = [(MONTHS[name], day, end) for name, day, end in either if name in MONTHS and _ORDINAL.fullmatch(day)]
        if not named:
            alone = _ORDINAL.fullmatch(word)
            return _dated(OfYear(None, int(alone[1])), word, 1) if alone and alone[2] else None
        month, number, taken = named[0][0], int(re.sub(r"\D", "", named[0][1])), named[0][2] - at
        year = None
    if year is None and FULL_YEAR.fullmatch(_word(words, at + taken)):
        year, taken = int(words[at + taken]), taken + 1
    said = " ".join(words[at : at + taken])
    return _dated(OfYear(month, number) if year is None else (year, month, number), said, taken)


def _glued(word: str) -> tuple[int, int, int | None] | None:
    found = _GLUED.fullmatch(word)
    if found is None or (month := MONTHS.get(found["m"] or found["m2"])) is None:
        return None
    return month, int(found["d"] or found["d2"]), _year(found["y"])


def _dotted(word: str) -> Dated | None:
    """``31.10.2022``, ``31.10.22``; without a year only what may be a day, since ``12.34`` is a number."""
    found = _DOTTED.fullmatch(word)
    if found is None:
        return None
    said = word.rstrip(".")
    day, month, year = int(found[1]), int(found[2]), _year(found[3])
    if year is None:
        return _dated(OfYear(month, day), said, 1) if month <= 12 and 0 < day <= 31 else None
    return _dated((year, month, day), said, 1)


def _slashed(word: str) -> Dated | None:
    found = _SLASHED.fullmatch(word)
    if found is None or (found[2] == "-" and len(found[4] or "") < 4):
        return None
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    if first <= 12 and second <= 12 and first != second:
        return _dated(Slashed(first, second, year), word, 1)
    month, day = (second, first) if first > 12 else (first, second)
    if month > 12 and year is None:
        return None
    return _dated(OfYear(month, day) if year is None else (year, month, day), word, 1)


def _dated(day: OfYear | Slashed | tuple[int, int, int], said: str, words: int) -> Dated:
    try:
        match day:
            case (year, month, number):
                return Dated(date(year, month, number), said, words)
            case OfYear(month, number):
                date(2000, month or 1, number)  # a leap year
                return Dated(day, said, words)
            case Slashed(_, _, year):
                date(2000 if year is None else year, 1, 1)
                return Dated(day, said, words)
    except ValueError:
        return Dated(Ago(0), said, words, wrong=True)


def _year(given: str | None) -> int | None:
    return None if given is None else int(given) + (2000 if len(given) == 2 else 0)


def _word(words: Sequence[str], at: int) -> str:
    return words[at] if at < len(words) else ""
