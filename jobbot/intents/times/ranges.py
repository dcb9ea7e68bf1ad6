"""Ranges of time: which words make one. What they mean in instants is worked out by ``instants.py``.

The words are lower case; ``..`` and ``-`` stand for whatever was typed between two moments.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jobbot.intents.model import BadRange, Range
from jobbot.intents.times import moments
from jobbot.intents.times.instants import ENDS_FIRST, NO_SUCH_DATE, TOO_LONG, Instants, NoRange
from jobbot.intents.times.moments import WEEKDAYS, Moment

_SYMBOLS = ("..", "-")
_BETWEEN = (*_SYMBOLS, "to", "until", "till", "til", "through", "thru")
_SINCE = ("since", "from", "after", "starting")
_UNTIL = ("until", "till", "til", "before", "to", "..")
_LAST = ("last", "past", "previous")

_SECONDS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3600),
    **dict.fromkeys(("d", "day", "days"), 86_400),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), 7 * 86_400),
    **dict.fromkeys(("mo", "month", "months"), 30 * 86_400),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * 86_400),
}
_COUNT = re.compile(r"\d{1,9}(?:[.,]\d{1,3})?", re.ASCII)
_LENGTH = re.compile(r"(?:\d{1,9}(?:[.,]\d{1,3})?[a-z]+)+", re.ASCII)
_LENGTH_PART = re.compile(r"(\d{1,9}(?:[.,]\d{1,3})?)([a-z]+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Found:
    """A range, or why it is none, and how many words it took. ``instead``: words that would have been understood."""

    what: Range | BadRange
    words: int
    instead: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Length:
    seconds: int
    said: str
    words: int


def find(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    """The range that begins at ``words[at]``, None where none does."""
    word = words[at]
    if word in _LAST:
        return _last(words, at, instants)
    if word == "this":
        return _this(words, at, instants)
    if word in _SINCE:
        return _since(words, at, instants)
    if word == "between":
        first = moments.read(words, at + 1)
        return _both(words, at, 1, instants) or _bad(words, at, 1 + (first.words if first else 0), NO_SUCH_DATE)
    if word in _UNTIL:
        end = moments.read(words, at + 1)
        return _bad(words, at, 1 + end.words, TOO_LONG) if end is not None else None
    if length := _length(words, at):
        return _found(words, at, length.words, lambda: instants.last(length.seconds, f"last {length.said}"))
    return None if word == "now" else _both(words, at, 0, instants) or _single(words, at, instants)


def _last(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    following = words[at + 1] if at + 1 < len(words) else ""
    length = _length(words, at + 1)
    if length is None and following in _SECONDS:
        length = _Length(_SECONDS[following], following, 1)
    if length is not None:
        return _found(words, at, 1 + length.words, lambda: instants.last(length.seconds, f"last {length.said}"))
    if words[at] == "last" and following in WEEKDAYS:
        return _both(words, at, 0, instants) or _single(words, at, instants)
    # "past" by itself is a state; "last 5" wants a unit.
    return None if words[at] == "past" else _bad(words, at, 2 if following.isdigit() else 1, NO_SUCH_DATE)


def _this(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    unit = words[at + 1] if at + 1 < len(words) else ""
    if unit == "week":
        moment = Moment(unit, 2, day=WEEKDAYS["monday"])
    elif unit == "month":
        moment = Moment(unit, 2, day=instants.now.astimezone(instants.zone).date().replace(day=1))
    else:
        return None
    return _found(words, at, 2, lambda: instants.since(moment, f"this {unit}"))


def _since(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    if length := _length(words, at + 1):
        behind = at + 1 + length.words
        ago = 1 if behind < len(words) and words[behind] == "ago" else 0
        said = f"last {length.said}"
        return _found(words, at, 1 + length.words + ago, lambda: instants.last(length.seconds, said))
    if list(words[at + 1 : at + 2]) == ["last"] and not WEEKDAYS.keys() & set(words[at + 2 : at + 3]):
        found = _last(words, at + 1, instants)
        return found and replace(found, words=found.words + 1)
    moment = moments.read(words, at + 1)
    if moment is None:
        return _bad(words, at, 1, NO_SUCH_DATE) if words[at] == "since" else None
    said = f"since {moment.said}"
    both = _both(words, at, 1, instants)
    return both or _found(words, at, 1 + moment.words, lambda: instants.since(moment, said))


def _both(words: Sequence[str], at: int, lead: int, instants: Instants) -> Found | None:
    """Two moments; ``lead`` words stand before the first one ("between", "from")."""
    first = moments.read(words, at + lead)
    middle = at + lead + first.words if first is not None else len(words)
    if first is None or middle >= len(words):
        return None
    joint, opened = words[middle], lead and words[at] == "between"
    if joint not in _BETWEEN and not (opened and joint == "and"):
        return None
    last = moments.read(words, middle + 1)
    taken = middle + 1 - at
    if last is None:
        if joint == "..":
            return _found(words, at, taken, lambda: instants.since(first, f"since {first.said}"))
        return None if joint == "-" else _bad(words, at, taken, NO_SUCH_DATE)
    taken += last.words
    said = f"{first.said}..{last.said}"
    swapped = (*last.said.lower().split(), "..", *first.said.lower().split())
    return _found(words, at, taken, lambda: instants.between(first, last, said), swapped)


def _single(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    moment = moments.read(words, at)
    if moment is None:
        return None
    if moment.at is None:
        return _found(words, at, moment.words, lambda: instants.day(moment, moment.said))
    return _found(words, at, moment.words, lambda: instants.since(moment, f"since {moment.said}"))


def _found(
    words: Sequence[str], at: int, taken: int, work_out: Callable[[], Range], swapped: tuple[str, ...] = ()
) -> Found:
    try:
        return Found(work_out(), taken)
    except NoRange as no_range:
        reason = str(no_range)
        return _bad(words, at, taken, reason, swapped if reason == ENDS_FIRST else ())


def _bad(words: Sequence[str], at: int, taken: int, reason: str, instead: tuple[str, ...] = ()) -> Found:
    return Found(BadRange(" ".join(words[at : at + taken]), reason), taken, instead)


def _length(words: Sequence[str], at: int) -> _Length | None:
    """``6h``, ``1h30m``, ``30 min``."""
    word = words[at] if at < len(words) else ""
    unit = words[at + 1] if at + 1 < len(words) else ""
    if _COUNT.fullmatch(word) and unit in _SECONDS:
        return _Length(_times(word, unit), f"{word} {unit}", 2)
    if not _LENGTH.fullmatch(word):
        return None
    parts = [part.groups() for part in _LENGTH_PART.finditer(word)]
    if any(unit not in _SECONDS for _, unit in parts):
        return None
    return _Length(sum(_times(count, unit) for count, unit in parts), word, 1)


def _times(count: str, unit: str) -> int:
    return int(float(count.replace(",", ".")) * _SECONDS[unit])
