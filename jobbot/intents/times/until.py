"""A moment to come, behind ``until``: ``18:00``, ``tomorrow 9am``, ``morning``, ``monday morning``, ``next week``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time

from jobbot.intents.model import BadRange
from jobbot.intents.times import moments
from jobbot.intents.times.dates import WEEKDAYS, Ago
from jobbot.intents.times.instants import Instants, NoRange
from jobbot.intents.times.lengths import word_at
from jobbot.intents.times.moments import Moment
from jobbot.intents.times.spelled import hour_in_full

_BEGIN = {
    **dict.fromkeys(("morning", "früh", "frueh"), time(6)),
    **dict.fromkeys(("afternoon", "mittag"), time(12)),
    **dict.fromkeys(("evening", "night", "tonight", "abend"), time(18)),
}
"""When the parts of a day begin; the night ends at six."""


@dataclass(frozen=True, slots=True)
class Until:
    """The instant (UTC), or why there is none, and how many words it took. ``order`` as of a range."""

    what: datetime | BadRange
    words: int
    order: str = ""


def find_until(words: Sequence[str], at: int, instants: Instants) -> Until | None:
    """The next such moment, of which the first word is ``words[at]`` (lower case); None where no moment is said."""
    if word_at(words, at) == "morgen":
        words = [*words[:at], "tomorrow", *words[at + 1 :]]  # to come it is no morning; that is "früh"
    if (hour := hour_in_full(words, at)) is not None:
        words = [*words[:at], hour, *words[at + 1 :]]
    moment = _named(words, at, instants) or moments.read(words, at) if at < len(words) else None
    if moment is None:
        return None
    behind = at + moment.words
    hour = hour_in_full(words, behind + 1) if word_at(words, behind) == "at" else None
    if hour is not None and moment.day is not None and moment.at is None:
        words = [*words[: behind + 1], hour, *words[behind + 2 :]]  # "tomorrow at 8"
        moment = _named(words, at, instants) or moments.read(words, at) or moment
    try:
        return Until(instants.to_come(moment), moment.words, instants.order(moment))
    except NoRange as no_range:
        return Until(BadRange(" ".join(words[at : at + moment.words]), str(no_range)), moment.words)


def _named(words: Sequence[str], at: int, instants: Instants) -> Moment | None:
    word, following = words[at], word_at(words, at + 1)
    today = instants.now.astimezone(instants.zone).weekday()
    if word in _BEGIN:
        return Moment(word, 1, at=_BEGIN[word])
    if following in _BEGIN and word in ("this", "the"):
        return Moment(following, 2, at=_BEGIN[following])
    if word == "next" and (following == "week" or following in WEEKDAYS):
        number = 0 if following == "week" else WEEKDAYS[following].number
        return _with_part(Moment(f"next {following}", 2, day=Ago(-((number - today - 1) % 7 + 1))), words, at)
    if word in ("this", "next") and following == "weekend":
        return Moment(following, 2, day=WEEKDAYS["saturday"])
    if word == "weekend":
        return Moment(word, 1, day=WEEKDAYS["saturday"])
    if word == "eod" or [*words[at : at + 3]] == ["end", "of", "day"]:
        return Moment("end of day", 1 if word == "eod" else 3, day=Ago(-1))
    day = moments.read(words, at)
    return _with_part(day, words, at) if day is not None and day.day is not None and day.at is None else None


def _with_part(day: Moment, words: Sequence[str], at: int) -> Moment:
    """``tomorrow morning``; a weekday that has a part of the day is the next one."""
    part = word_at(words, at + day.words)
    if part not in _BEGIN:
        return day
    return replace(day, said=f"{day.said} {part}", words=day.words + 1, at=_BEGIN[part])
