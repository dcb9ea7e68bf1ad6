"""The end of a pause, or of a freeze, as it is said: ``until 13:00``, ``for the next 2 hours``, ``over night``."""

from collections.abc import Mapping
from datetime import timedelta

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import (
    CHANGING,
    DATASTREAM,
    INSTANCE,
    PERHAPS_INSTANCE,
    WHY,
    WORKSPACE,
    Verb,
)
from jobbot.intents.model import BadRange
from jobbot.intents.times.instants import LONGEST, NO_LENGTH, NO_MOMENT, NO_UNIT, NOT_NOW, TOO_LONG
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
    ("whole", "day"): "today",
    ("whole", "night"): "overnight",
    ("whole", "week"): "this week",
    ("this", "week"): "this week",
    ("rest", "of", "week"): "this week",
    ("this", "month"): "",
    ("rest", "of", "month"): "",
    ("over", "lunch"): "",
    ("during", "lunch"): "",
    ("during", "day"): "",
    ("over", "day"): "",
    **dict.fromkeys((("for", part) for part in ("morning", "afternoon", "evening")), ""),
}
"""Of a pause, and the word that says the same; "" where nobody knows when that ends, so that it is asked back."""
PERHAPS_OF_A_NOUN = frozenset(
    {
        *(("for", part) for part in ("night", "morning", "afternoon", "evening")),
        *(("during", "night"), ("during", "day"), ("this", "week"), ("this", "month")),
    }
)
"""With a noun behind them these are a reason: ``for the night shift``."""
_NO_NOUN = frozenset({"", "?", "!"}) | WHY | DATASTREAM | WORKSPACE | INSTANCE | PERHAPS_INSTANCE


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
    count = at + (words[at] in _FOR)
    count += word_at(words, count) == "next"
    if count > at and is_bare(word_at(words, count)) and not word_at(words, count + 1):
        return Until(BadRange("", NO_UNIT), count + 1 - at)  # no reason without an end; "for 2 customers" is one
    return _span(sentence, at) or (_span_behind_for(sentence, at) if words[at] in _FOR else None)


def _span_behind_for(sentence: Sentence, at: int) -> Until | None:
    """``for today``, ``for the rest of the day``; "for the weekend sale" is why, where no end is known by it."""
    found = _span(sentence, at + 1) if at + 1 < len(sentence.words) else None
    if found is None or word_at(sentence.words, at + 1 + found.words) in UNTIL:
        return None
    if isinstance(found.what, BadRange) and _has_noun(sentence, at + 1 + found.words):
        return None
    return Until(found.what, found.words + 1)


def _span(sentence: Sentence, at: int) -> Until | None:
    """``today``, ``tonight``, ``this weekend``: to their end; a pause begins at once, so none that is to come."""
    words, instants = sentence.words, sentence.instants
    word, taken = words[at], 1
    for several in (3, 2):
        span = tuple(words[at : at + several])
        is_nouns = span in PERHAPS_OF_A_NOUN and _has_noun(sentence, at + several)
        if not is_nouns and (said := _SPANS.get(span)) is not None:
            word, taken = said, several
    if not word and taken > 1:
        return Until(BadRange("", NO_MOMENT), taken)
    if word in ("today", "heute"):
        found = find_until(("eod",), 0, instants)
    elif word in ("tonight", "overnight"):
        found = find_until(("morning",), 0, instants)
    elif word == "this week":
        found = find_until(("next", "week"), 0, instants)
    elif word == "weekend":
        is_near = instants.now.astimezone(instants.zone).weekday() >= _FRIDAY
        found = find_until(("next", "week"), 0, instants) if is_near else Until(BadRange("", NOT_NOW), taken)
    else:
        return None
    return found and Until(found.what, taken)


def _has_noun(sentence: Sentence, behind: int) -> bool:
    """Whether a word that may be a noun stands right ``behind`` a span, where what is paused was said before."""
    parts = sentence.parts
    if parts.verb is not Verb.FREEZE and parts.datastream is None and not parts.faults:
        return False  # "pause for the night facebook"
    if word_at(sentence.words, behind) in _NO_NOUN or sentence.tokens[behind].before:
        return False
    end = sentence.tokens[behind - 1].end
    return sentence.text[end - 1 : end + 1].strip().isalnum()  # "for the night, quota"


def _unknown(sentence: Sentence, at: int) -> Until | None:
    """``until fixed`` is no moment: a pause without an end, for that reason, is not what was said."""
    behind = min(at + 2, len(sentence.words))
    return Until(BadRange(sentence.shown(at, behind), NO_MOMENT), behind - at)
