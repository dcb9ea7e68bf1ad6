"""Ranges of time: which words make one. What they mean in instants is worked out by ``instants.py``.

The words are lower case; ``..`` and ``-`` stand for whatever was typed between two moments.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from jobbot.intents.model import BadRange, Between, Range, Since
from jobbot.intents.times import moments
from jobbot.intents.times.dates import FULL_YEAR, MONTHS, WEEKDAYS, Ago
from jobbot.intents.times.instants import (
    ENDS_FIRST,
    IN_THE_FUTURE,
    LONGEST,
    NO_START,
    NO_TIME,
    NO_UNIT,
    Instants,
    NoRange,
)
from jobbot.intents.times.lengths import ONES, SECONDS, Length, length_of, word_at
from jobbot.intents.times.moments import UNTIL, Moment
from jobbot.intents.times.spelled import spelled_out

_BETWEEN = UNTIL | {"..", "-", "to", "through", "thru"}
_SINCE = ("since", "from", "after", "starting")
_UNTIL = UNTIL | {"before", "to", ".."}
_LAST = ("last", "past", "previous")
_AT = frozenset({"at", "around", "about"})

_PARTS = {"morning": (0, 12), "afternoon": (12, 18), "evening": (18, 24), "night": (18, 30)}
"""Hours of a day; who asks at three about this morning means the hours before."""
_NIGHT_ENDS = 6
_NAMED = WEEKDAYS.keys() | _PARTS.keys() | {"weekend"}


@dataclass(frozen=True, slots=True)
class Found:
    """A range, or why it is none, and how many words it took. ``instead``: words that would have been understood."""

    what: Range | BadRange
    words: int
    instead: tuple[str, ...] = ()


def find(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    """The range that begins at ``words[at]``, None where none does."""
    full = spelled_out(words, at)
    if full is not None:
        found = find([*words[:at], *full.words, *words[at + full.instead_of :]], at, instants)
        more = len(full.words) - full.instead_of
        return replace(found, words=found.words - more) if found is not None and found.words > more else None
    word = words[at]
    if part := _part_of_day(words, at, instants):
        return part
    if word in _LAST:
        return _last(words, at, instants)
    if around := _around(words, at, instants):
        return around
    if word == "this":
        return _this(words, at, instants)
    if word in _SINCE:
        return _since(words, at, instants)
    if word == "between":
        first = moments.read(words, at + 1)
        return _both(words, at, 1, instants) or _bad(words, at, 1 + (first.words if first else 0), NO_TIME)
    if word in _UNTIL:
        end = moments.read(words, at + 1)
        return _bad(words, at, 1 + end.words, NO_START) if end is not None else None
    if word == "next":
        return _next(words, at, instants)
    if length := length_of(words, at) or _one_ago(words, at):
        ago = word_at(words, at + length.words) == "ago"
        in_days = re.sub(r"[\d.,]", "", length.said).split()[-1][0] in "dw" and length.seconds % 86_400 == 0
        if ago and in_days and 0 < length.seconds <= LONGEST.total_seconds():
            day = Moment(f"{length.said} ago", length.words + 1, day=Ago(length.seconds // 86_400))
            return _found(words, at, day.words, lambda: instants.day(day, day.said))
        return _found(words, at, length.words + ago, lambda: instants.last(length.seconds, f"last {length.said}"))
    if word == "now":
        return None
    return _both(words, at, 0, instants) or _single(words, at, instants) or _month(words, at, instants)


def _part_of_day(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    """``last night``, ``tonight``, ``this morning``, ``yesterday evening``, ``weekend``."""
    word, following = words[at], word_at(words, at + 1)
    local = instants.now.astimezone(instants.zone)
    part = word_at(words, at + 2)
    if word in ("last", "on") and following in WEEKDAYS and part in _PARTS:
        back = (local.weekday() - WEEKDAYS[following].number) % 7
        back = back or (7 if word == "last" else 0)
        said = f"{f'{word} ' if word == 'last' else ''}{following} {part}"
        return _found(words, at, 3, lambda: instants.part_of_day(back, _PARTS[part], said))
    into_night = int(local.hour < _NIGHT_ENDS)
    if word == "tonight":
        return _found(words, at, 1, lambda: instants.part_of_day(into_night, _PARTS["night"], word))
    if word in ("overnight", "night") or (word, following) == ("last", "night"):
        taken = 1 + (word == "last")
        return _found(words, at, taken, lambda: instants.part_of_day(1, _PARTS["night"], "last night"))
    if word == "weekend" or (word in ("this", "last", "past") and following == "weekend"):
        back = (local.weekday() - 5) % 7
        said = "weekend" if word == "weekend" else f"{word} weekend"
        back += 7 if word == "last" and local.weekday() >= 5 else 0
        return _found(words, at, 1 if word == "weekend" else 2, lambda: instants.part_of_day(back, (0, 48), said))
    if following not in _PARTS:
        return None
    ago = {"this": 0, "last": 1, "today": 0, "yesterday": 1, "tomorrow": -1}.get(word)
    if ago is None and word in WEEKDAYS:
        ago = (local.weekday() - WEEKDAYS[word].number) % 7
    if ago is None:
        return None
    if word in ("this", "today") and following == "night":
        ago = into_night
    return _found(words, at, 2, lambda: instants.part_of_day(ago, _PARTS[following], f"{word} {following}"))


def _last(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    following = word_at(words, at + 1)
    length = length_of(words, at + 1)
    if length is None and following in SECONDS:
        length = Length(SECONDS[following], following, 1)
    if length is not None:
        return _found(words, at, 1 + length.words, lambda: instants.last(length.seconds, f"last {length.said}"))
    if words[at] == "last" and following in WEEKDAYS:
        return _both(words, at, 0, instants) or _single(words, at, instants)
    # "past" by itself is a state; "last 5" wants a unit.
    return None if words[at] == "past" else _bad(words, at, 2 if following.isdigit() else 1, NO_UNIT)


def _one_ago(words: Sequence[str], at: int) -> Length | None:
    """``an hour ago``, of which ``an`` says nothing."""
    unit = words[at]
    if unit not in ONES or word_at(words, at + 1) != "ago":
        return None
    return Length(SECONDS[unit], f"one {unit}", 1)


def _next(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    """``next monday``, ``next weekend``, ``next 24h``: what is to come; ``next`` alone is a state."""
    following, today = word_at(words, at + 1), instants.now.astimezone(instants.zone).weekday()
    if following in WEEKDAYS:
        days = (WEEKDAYS[following].number - today - 1) % 7 + 1
        day = Moment(f"next {following}", 2, day=Ago(-days))
        return _found(words, at, 2, lambda: instants.day(day, day.said))
    if following == "weekend":
        days = 7 - (today - 5) if today >= 5 else 5 - today
        return _found(words, at, 2, lambda: instants.part_of_day(-days, (0, 48), "next weekend"))
    length = length_of(words, at + 1)
    if length is None and following in ONES:
        length = Length(SECONDS[following], following, 1)
    if length is None:
        return None
    return _found(words, at, 1 + length.words, lambda: instants.coming(length.seconds, f"next {length.said}"))


def _this(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    unit = word_at(words, at + 1)
    if unit == "week":
        moment = Moment(unit, 2, day=WEEKDAYS["monday"])
    elif unit == "month":
        moment = Moment(unit, 2, day=instants.now.astimezone(instants.zone).date().replace(day=1))
    else:
        return None
    return _found(words, at, 2, lambda: instants.since(moment, f"this {unit}"))


def _since(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    if length := length_of(words, at + 1):
        ago = word_at(words, at + 1 + length.words) == "ago"
        said = f"last {length.said}"
        return _found(words, at, 1 + length.words + ago, lambda: instants.last(length.seconds, said))
    if list(words[at + 1 : at + 2]) == ["last"] and not _NAMED & set(words[at + 2 : at + 3]):
        found = _last(words, at + 1, instants)
        return found and replace(found, words=found.words + 1)
    moment = moments.read(words, at + 1)
    named = _part_of_day(words, at + 1, instants) if at + 1 < len(words) else None
    if named is None and word_at(words, at + 1) == "next":
        named = _next(words, at + 1, instants)  # to come, and told so
    if named is None and moment is None and word_at(words, at + 1) in MONTHS:
        named = _month(words, at + 1, instants, is_month=True)
    if named is not None:
        if isinstance(named.what, Between):
            what = Since(named.what.start, f"since {named.what.said}")
            is_over = what.start <= instants.now
            named = Found(what, named.words) if is_over else _bad(words, at + 1, named.words, IN_THE_FUTURE)
        return replace(named, words=named.words + 1)
    if moment is None:
        return _bad(words, at, 1, NO_TIME) if words[at] == "since" else None
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
        return None if joint == "-" else _bad(words, at, taken, NO_TIME)
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


def _around(words: Sequence[str], at: int, instants: Instants) -> Found | None:
    """``at 3am``, ``yesterday at 10:30``, ``around noon``: the hour that begins then."""
    lead = int(words[at] in _AT)
    moment = moments.read(words, at + lead)
    if moment is None or moment.at is None:
        return None
    behind = at + lead + moment.words
    if not (lead or _AT.intersection(words[at:behind])) or word_at(words, behind) in _BETWEEN:
        return None
    said = f"at {moment.said}" if lead else " ".join(words[at:behind])
    return _found(words, at, behind - at, lambda: instants.hour(moment, said))


def _month(words: Sequence[str], at: int, instants: Instants, *, is_month: bool = False) -> Found | None:
    """``october``, ``dec 2025``; "may" and "mar" by themselves are other words as well."""
    word, following = words[at], word_at(words, at + 1)
    year = int(following) if FULL_YEAR.fullmatch(following) else None
    number = MONTHS.get(word) if is_month or year is not None or word not in ("may", "mar", "mai") else None
    if number is None:
        return None
    said = word if year is None else f"{word} {year}"
    return _found(words, at, len(said.split()), lambda: instants.month(number, said, year))


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
