"""Whole days of a person's calendar, for a fetch: which words say them. Hours say none, and no day is yet to come.

``last 7 days`` are the seven before today, ``last week`` and ``last month`` those of the calendar: what is fetched is
what was, and today is not over.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from jobbot.adverity.model import Days
from jobbot.intents.model import BadRange, Between, Last, Range, Since
from jobbot.intents.times import ranges
from jobbot.intents.times.instants import (
    ENDS_FIRST,
    IN_THE_FUTURE,
    LATELY,
    LONGEST,
    NO_LENGTH,
    NOT_DAYS,
    TOO_LONG,
    Instants,
)
from jobbot.intents.times.lengths import Length, length_of, word_at
from jobbot.intents.times.zones import day_ends, day_starts

_LAST = ("last", "past", "previous")
_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"\d{4}-\d\d?-\d\d?")
_YEAR = re.compile(r"\d{4}")
_FARTHEST = timedelta(hours=14)
"""How far the clocks of any zone are ahead of UTC."""


@dataclass(frozen=True, slots=True)
class FoundDays:
    """The days, or why they are none, and how many words they took. ``instead``: words that would be understood;
    ``order`` as of a range."""

    what: Days | BadRange
    words: int
    said: str
    instead: tuple[str, ...] = ()
    order: str = ""


def find_days(words: Sequence[str], at: int, instants: Instants) -> FoundDays | None:
    """The days that begin at ``words[at]`` (lower case), None where no range of time does."""
    found = _of_the_calendar(words, at, instants) or _counted(words, at, instants)
    if found is not None:
        return found
    within = ranges.find(words, at, instants)
    if within is None:
        return None
    said = " ".join(words[at : at + within.words]).replace(" .. ", "..")
    if words[at] == "next":
        return FoundDays(BadRange(said, IN_THE_FUTURE), within.words, said)
    if isinstance(within.what, BadRange):
        return FoundDays(within.what, within.words, said, within.instead)
    order = "" if isinstance(within.what, Last) else within.what.order
    return FoundDays(_days(within.what, said, instants), within.words, said, order=order)


def _today(instants: Instants) -> date:
    return instants.now.astimezone(instants.zone).date()


def _of_the_calendar(words: Sequence[str], at: int, instants: Instants) -> FoundDays | None:
    """``last week`` from Monday to Sunday, ``last month``, ``last year``, ``this week`` and the like up to today."""
    word, unit, today = words[at], word_at(words, at + 1), _today(instants)
    first = {
        "week": today - today.weekday() * _DAY,
        "month": today.replace(day=1),
        "year": today.replace(month=1, day=1),
    }.get(unit)
    if first is None or word not in (*_LAST, "this"):
        return None
    days = Days(first, today)
    if word != "this":
        before = first - _DAY
        starts = {"week": before - 6 * _DAY, "month": before.replace(day=1), "year": before.replace(month=1, day=1)}
        days = Days(starts[unit], before)
    return FoundDays(days, 2, f"{word} {unit}")


def _counted(words: Sequence[str], at: int, instants: Instants) -> FoundDays | None:
    """``last 7 days``, ``2 weeks``: up to yesterday."""
    lead = int(words[at] in _LAST)
    length = length_of(words, at + lead)
    if length is None or word_at(words, at + lead + length.words) == "ago":
        return None
    taken, today = lead + length.words, _today(instants)
    said = " ".join(words[at : at + taken])
    count = length.seconds // 86_400
    wrong = NO_LENGTH if length.seconds <= 0 else "" if _is_in_days(length) else NOT_DAYS
    if not wrong and length.seconds > LONGEST.total_seconds():
        wrong = TOO_LONG
    if wrong:
        return FoundDays(BadRange(said, wrong), taken, said)
    return FoundDays(Days(today - count * _DAY, today - _DAY), taken, said)


def _is_in_days(length: Length) -> bool:
    units = re.findall(r"[a-z]+", length.said)
    return length.seconds % 86_400 == 0 and (units[-1][0] in "dwy" or units[-1].startswith("mo"))


def _days(within: Range, said: str, instants: Instants) -> Days | BadRange:
    today = _today(instants)
    match within:
        case Last(duration) if duration % _DAY:
            return BadRange(said, NOT_DAYS)
        case Last(duration):
            return Days(today - duration, today)  # "since 3 days ago"
        case Since(start):
            first, last = start.astimezone(instants.zone).date(), today
            is_whole = start == day_starts(first, instants.zone)
        case Between(start, end):
            first, last = start.astimezone(instants.zone).date(), end.astimezone(instants.zone).date()
            is_whole = start == day_starts(first, instants.zone) and end == day_ends(last, instants.zone)
    if not is_whole:
        return BadRange(said, NOT_DAYS)
    if first <= today < last and isinstance(within, Between) and ".." not in within.said:
        last = today  # of "november" what there is of it
    if last - first > LATELY and first.year < last.year and isinstance(within, Between) and not _YEAR.search(said):
        return BadRange(said, ENDS_FIRST)  # "27 oct..1 oct" is hardly most of a year
    # A written day may be today elsewhere.
    limit = (instants.now.astimezone(UTC) + _FARTHEST).date() if _WRITTEN.search(said) else today
    return Days(first, last) if last <= max(limit, today) else BadRange(said, IN_THE_FUTURE)
