"""Puts words back that people leave out of a range: ``1-27 nov`` is ``1 nov..27 nov``, ``between 8 and 10`` hours."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from jobbot.intents.times import moments
from jobbot.intents.times.dates import FULL_YEAR, MONTHS
from jobbot.intents.times.lengths import SECONDS, word_at
from jobbot.intents.times.moments import HALVES, UNTIL

_JOINTS = UNTIL | {"..", "-", "to", "through", "thru", "and"}
_OPENING = frozenset({"between", "from"})
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_DAYS = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?-(\d{1,2})(?:st|nd|rd|th)?", re.ASCII)
_HOUR = re.compile(r"([01]?\d|2[0-4])(am|pm)?", re.ASCII)
_CLOCK = re.compile(r"\d{1,2}:\d{2}(?:am|pm)?|\d{1,2}(?:am|pm)", re.ASCII)
_BEFORE_AN_HOUR = UNTIL | {"since", "from", "after", "starting", "at", "around", "before"}
_NO_HOURS = MONTHS.keys() | SECONDS.keys() | HALVES.keys() | {"of"}
"""Behind a number these say that it is none of a clock's: ``since 3 days``, ``until 8 nov``."""


@dataclass(frozen=True, slots=True)
class Spelled:
    """The words in full, and how many of those that were typed they stand for."""

    words: tuple[str, ...]
    instead_of: int


def spelled_out(words: Sequence[str], at: int) -> Spelled | None:
    """The range that begins at ``words[at]`` in full; None where nothing is left out of it."""
    return _days_of_a_month(words, at) or _hours(words, at) or _hours_of_a_day(words, at) or _an_hour(words, at)


def hour_in_full(words: Sequence[str], at: int) -> str | None:
    """``8:00`` for ``8`` where a time is said, as behind ``until``; None for anything else."""
    hour = _HOUR.fullmatch(word_at(words, at))
    is_hour = hour is not None and hour[2] is None and int(hour[1]) < 24
    return f"{words[at]}:00" if is_hour and word_at(words, at + 1) not in _NO_HOURS else None


def _days_of_a_month(words: Sequence[str], at: int) -> Spelled | None:
    """``1-27 nov``, ``1 to 27 november 2025``, ``nov 1-27``, ``between 1 and 27 nov``."""
    lead = int(words[at] in _OPENING)
    month_first = word_at(words, at + lead) in MONTHS
    start = at + lead + month_first
    both, behind = _DAYS.fullmatch(word_at(words, start)), start + 1
    days = both.groups() if both else ()
    if not days and word_at(words, start + 1) in _JOINTS:
        ends = [_DAY.fullmatch(word_at(words, place)) for place in (start, start + 2)]
        days, behind = tuple(end[1] for end in ends if end), start + 3
    month = word_at(words, at + lead if month_first else behind)
    # "oct 30 to 1 nov": the second day has a month of its own.
    if len(days) != 2 or month not in MONTHS or (month_first and word_at(words, behind) in MONTHS):
        return None
    behind += not month_first
    year = [word_at(words, behind)] if FULL_YEAR.fullmatch(word_at(words, behind)) else []
    full = (days[0], month, *year, "..", days[1], month, *year)
    return Spelled(full, behind + len(year) - at)


def _hours(words: Sequence[str], at: int) -> Spelled | None:
    """``between 8 and 10``, ``from 8 to 10 pm``; of two hours the one without a half of the day has the other's."""
    if words[at] not in _OPENING or word_at(words, at + 2) not in _JOINTS:
        return None
    first, last = word_at(words, at + 1), word_at(words, at + 3)
    half, taken = HALVES.get(word_at(words, at + 4), ""), 4
    if half and _HOUR.fullmatch(last):
        last, taken = last + half, 5
    hours = _HOUR.fullmatch(first), _HOUR.fullmatch(last)
    if not all(one or _CLOCK.fullmatch(end) for one, end in zip(hours, (first, last), strict=True)):
        return None
    bare = [one is not None and one[2] is None for one in hours]
    if not any(bare):
        return None
    shared = next((end[-2:] for end in (last, first) if end[-2:] in ("am", "pm")), "")
    full = [f"{end}{shared or ':00'}" if is_bare else end for end, is_bare in zip((first, last), bare, strict=True)]
    return Spelled(("between", full[0], "and", full[1]), taken)


def _an_hour(words: Sequence[str], at: int) -> Spelled | None:
    """``since 3``, ``at 3``, ``yesterday at 3``: the hour."""
    lead = int(words[at] in _BEFORE_AN_HOUR)
    if lead and (hour := hour_in_full(words, at + 1)) is not None:
        return Spelled((words[at], hour), 2)
    if "at" not in words[at + lead + 1 : at + lead + 5]:
        return None
    day = moments.read(words, at + lead)
    if day is None or day.day is None or day.at is not None:
        return None
    behind = at + lead + day.words
    hour = hour_in_full(words, behind + 1) if word_at(words, behind) in ("at", "around") else None
    return None if hour is None else Spelled((*words[at : behind + 1], hour), behind + 2 - at)


def _hours_of_a_day(words: Sequence[str], at: int) -> Spelled | None:
    """``yesterday between 8 and 10``: the hours, and then the day."""
    day = moments.read(words, at)
    if day is None or day.day is None or day.at is not None or word_at(words, at + day.words) not in _OPENING:
        return None
    opening = at + day.words
    hours = _hours(words, opening)
    if hours is not None:
        return Spelled((*hours.words, *words[at:opening]), day.words + hours.instead_of)
    first = moments.read(words, opening + 1)
    joint = opening + 1 + (first.words if first is not None else 0)
    last = moments.read(words, joint + 1) if word_at(words, joint) in _JOINTS else None
    if first is None or last is None or first.at is None or last.at is None or first.day or last.day:
        return None
    end = joint + 1 + last.words
    clocks = ("between", *words[opening + 1 : joint], "and", *words[joint + 1 : end])
    return Spelled((*clocks, *words[at:opening]), end - at)
