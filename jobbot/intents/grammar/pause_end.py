"""The end of a pause, or of a freeze, as it is said: ``until 13:00``, ``for the next 2 hours``, ``over night``."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import CHANGING
from jobbot.intents.model import BadRange
from jobbot.intents.times.instants import LONGEST, NO_LENGTH, NO_MOMENT, NO_UNIT, NOT_NOW, TOO_LONG, Instants
from jobbot.intents.times.lengths import is_bare, length_of, seconds_at, word_at
from jobbot.intents.times.moments import UNTIL
from jobbot.intents.times.until import Until, find_until

_FRIDAY = 4
_FOR = frozenset({"for", "für", "fuer"})
_SPANS: Mapping[tuple[str, ...], str] = {
    ("this", "weekend"): "weekend",
    ("over", "weekend"): "weekend",
    ("for", "night"): "overnight",
    ("over", "night"): "overnight",
    ("during", "night"): "overnight",
    ("über", "nacht"): "overnight",
    ("rest", "of", "day"): "today",
    ("rest", "of", "night"): "overnight",
}
"""Of a pause, and the word that says the same."""


def find_pause(sentence: Sentence, at: int) -> Until | None:
    """The end of a pause that is said at a place, None where none is."""
    words, instants = sentence.words, sentence.instants
    if words[at] in UNTIL:
        found = find_until(words, at + 1, instants)
        return Until(found.what, found.words + 1, found.order) if found else _unknown(sentence, at)
    is_changed = words[at] == "to" and not CHANGING.isdisjoint(sentence.all_words())
    if is_changed and (moment := find_until(words, at + 1, instants)) is not None:
        return Until(moment.what, moment.words + 1, moment.order)
    lead = int(words[at] in _FOR or is_changed)
    lead += word_at(words, at + lead) == "next" and length_of(words, at + lead + 1) is not None
    length = seconds_at(words, at + lead) if lead or length_of(words, at) else None
    if length is not None:
        seconds, taken = length
        wrong = NO_LENGTH if seconds <= 0 else TOO_LONG if seconds > LONGEST.total_seconds() else ""
        return Until(BadRange("", wrong) if wrong else instants.this_second + timedelta(seconds=seconds), lead + taken)
    if words[at] in _FOR and is_bare(word_at(words, at + 1)) and not word_at(words, at + 2):
        return Until(BadRange("", NO_UNIT), 2)  # not for a reason, and without an end; "for 2 customers" is one
    return _span(words, at, instants)


def _span(words: Sequence[str], at: int, instants: Instants) -> Until | None:
    """``today``, ``tonight``, ``this weekend``: to their end; a pause begins at once, so none that is to come."""
    word, taken = words[at], 1
    for several in (3, 2):
        if (said := _SPANS.get(tuple(words[at : at + several]))) is not None:
            word, taken = said, several
    if word in ("today", "heute"):
        found = find_until(("eod",), 0, instants)
    elif word in ("tonight", "overnight"):
        found = find_until(("morning",), 0, instants)
    elif word == "weekend":
        is_near = instants.now.astimezone(instants.zone).weekday() >= _FRIDAY
        found = find_until(("next", "week"), 0, instants) if is_near else Until(BadRange("", NOT_NOW), taken)
    else:
        return None
    return found and Until(found.what, taken)


def _unknown(sentence: Sentence, at: int) -> Until | None:
    """``until fixed`` is no moment: a pause without an end, for that reason, is not what was said."""
    behind = min(at + 2, len(sentence.words))
    return Until(BadRange(sentence.shown(at, behind), NO_MOMENT), behind - at)
