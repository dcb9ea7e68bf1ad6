"""One end of a range, as it is said: a day, a time of day, or both. Reads words; the calendar resolves them.

A moment keeps what was said as it is ("monday", "10:30") because its instant depends on the other end of the range.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from jobbot.intents.times import dates
from jobbot.intents.times.dates import Ago, Day


@dataclass(frozen=True, slots=True)
class Moment:
    """What was said of a moment; None is what was not said. ``words`` is how many words it took.

    ``wrong`` marks a right shape without a meaning: 30 February, 25:00.
    """

    said: str
    words: int
    day: Day | None = None
    at: time | None = None
    zone: tzinfo | None = None
    now: bool = False
    wrong: bool = False


UNTIL = frozenset({"until", "till", "til", "bis"})
"""Behind ``pause``, ``freeze`` and ``snooze``, these want a moment to come; between two moments, they make a range."""
_TIMES = {"midnight": time(0), "noon": time(12)}
_UTC = ("utc", "gmt", "z")
ZONES = {
    **dict.fromkeys(("cet", "cest", "mez", "mesz"), "Europe/Brussels"),
    **dict.fromkeys(("eet", "eest"), "Europe/Athens"),
    **dict.fromkeys(("est", "edt"), "America/New_York"),
    **dict.fromkeys(("pst", "pdt"), "America/Los_Angeles"),
    **dict.fromkeys(("mst", "mdt"), "America/Denver"),
    "bst": "Europe/London",
    "cdt": "America/Chicago",
    "jst": "Asia/Tokyo",
}
"""Behind a time, the clocks of a place: people write CET in summer too. Without CST and IST, which are several."""
_OCLOCK = frozenset({"uhr", "o'clock", "oclock"})
HALVES = {"am": "am", "a.m": "am", "pm": "pm", "p.m": "pm"}
"""Halves of a day, as they are typed."""
_HOUR = re.compile(r"\d{1,2}(?::\d{2}(?::\d{2})?)?", re.ASCII)

_DATE = r"(?:(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})|(?P<d2>\d{1,2})\.(?P<m2>\d{1,2})\.(?P<y2>\d{4}))"
_CLOCK = r"(?P<H>\d{1,2})(?::(?P<M>\d{2})(?::(?P<S>\d{2})(?:[.,]\d{1,9})?)?)?(?P<half>am|pm)?"
_ZONE = r"(?P<zone>z|utc|gmt|[+-]\d{2}(?::?\d{2})?)?"
_DAY = re.compile(_DATE, re.ASCII)
_DAY_AND_TIME = re.compile(f"{_DATE}[t_]{_CLOCK}{_ZONE}", re.ASCII)
# A bare time takes no zone with a minus: "08:00-10:00" is a range.
_TIME = re.compile(f"(?=\\d+:|\\d+[ap]m){_CLOCK}{_ZONE.replace('[+-]', '[+]')}", re.ASCII)


def read(words: Sequence[str], start: int) -> Moment | None:
    """The moment that begins at ``words[start]`` (lower case): parts in any order, "10:30 yesterday" as well."""
    found = Moment("", 0)
    while (here := start + found.words) < len(words):
        # The "at" of "yesterday at 10:30" is passed over.
        gap = 1 if words[here] in ("at", "around") and found.day is not None and here + 1 < len(words) else 0
        part = _part(words, here + gap)
        if part is None or not _fits(found, part):
            break
        found = _join(found, part, gap)
    return found if found.words else None


def is_one(word: str) -> bool:
    """Whether a word by itself is a moment."""
    return (moment := _part((word,), 0)) is not None and (moment.day is not None or moment.at is not None)


def _fits(found: Moment, part: Moment) -> bool:
    if part.now or found.now:
        return not found.words
    if part.zone is not None and part.at is None:
        return found.words > 0 and found.zone is None
    return (part.day is None or found.day is None) and (part.at is None or found.at is None)


def _join(found: Moment, part: Moment, gap: int) -> Moment:
    return Moment(
        said=f"{found.said} {part.said}".strip(),
        words=found.words + gap + part.words,
        day=part.day if found.day is None else found.day,
        at=part.at if found.at is None else found.at,
        zone=found.zone or part.zone,
        now=part.now,
        wrong=found.wrong or part.wrong,
    )


def _part(words: Sequence[str], at: int) -> Moment | None:
    word = words[at]
    if word == "now":
        return Moment(word, 1, now=True)
    if word in _UTC:
        return Moment("UTC", 1, zone=UTC)
    if word in ZONES:
        return Moment(word.upper(), 1, zone=ZoneInfo(ZONES[word]))
    if word in _TIMES:
        return Moment(word, 1, at=_TIMES[word])
    if dated := dates.find(words, at):
        return Moment(dated.said, dated.words, day=dated.day, wrong=dated.wrong)
    following = words[at + 1].replace("’", "'") if at + 1 < len(words) else ""
    half = HALVES.get(following)
    if following in _OCLOCK and _HOUR.fullmatch(word):
        found = _in_digits(word if ":" in word else f"{word}:00")
        return replace(found, words=2) if found is not None else None
    if half and _HOUR.fullmatch(word) and (found := _in_digits(word + half)):
        return replace(found, words=2)  # "8 am"
    return _in_digits(word) if word[:1].isdigit() else None


def ends_an_hour(word: str, before: str) -> bool:
    """Whether a word is the second one of a time: ``8 am``."""
    return word in HALVES and _HOUR.fullmatch(before) is not None


def _in_digits(word: str) -> Moment | None:
    shape = _DAY.fullmatch(word) or _DAY_AND_TIME.fullmatch(word) or _TIME.fullmatch(word)
    if shape is None:
        return None
    parts = shape.groupdict()
    said = word.upper()
    try:
        return Moment(said, 1, day=_date(parts), at=_clock(parts), zone=_offset(parts.get("zone")))
    except ValueError:
        has_day, has_time = shape.re is not _TIME, shape.re is not _DAY
        return Moment(said, 1, day=Ago(0) if has_day else None, at=time(0) if has_time else None, wrong=True)


def _date(parts: dict[str, str | None]) -> date | None:
    year, month, day = (parts.get(name) or parts.get(name + "2") for name in ("y", "m", "d"))
    return date(int(year), int(month), int(day)) if year and month and day else None


def _clock(parts: dict[str, str | None]) -> time | None:
    given = parts.get("H")
    if given is None:
        return None
    hour, half = int(given), parts.get("half")
    if half:
        if not 1 <= hour <= 12:
            raise ValueError(half)
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, int(parts.get("M") or 0), int(parts.get("S") or 0))


def _offset(given: str | None) -> tzinfo | None:
    if given is None or given in _UTC:
        return None if given is None else UTC
    digits = given[1:].replace(":", "").ljust(4, "0")
    if int(digits[2:]) > 59:
        raise ValueError(given)
    length = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-length if given[0] == "-" else length)
