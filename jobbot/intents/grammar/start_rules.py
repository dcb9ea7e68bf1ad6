"""When a pause is to begin, or how much longer it is to last: neither can be done, so it is told, and an end offered.

Taken for a reason, each would be a pause that begins at once and lasts without an end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import CHANGING, WHY, Verb
from jobbot.intents.model import BadRange
from jobbot.intents.times import moments
from jobbot.intents.times.dates import OfYear, Slashed
from jobbot.intents.times.instants import LONGER, LONGEST, MAYBE_UNTIL, NOT_NOW, Instants
from jobbot.intents.times.lengths import length_of, seconds_at, word_at
from jobbot.intents.times.until import find_until

_PERHAPS_UNTIL = frozenset({"on", "to", "by", "before", "through"})
_FROM = _PERHAPS_UNTIL | {"at", "from", "starting", "beginning", "after", "um", "ab"}
_TO = moments.UNTIL | {"to", "-", ".."}
_ANOTHER = frozenset({"another", "extra", "additional"})
_LONGER = frozenset({"longer", "more"})
_BEHIND = WHY | {"", "of", "for", "in", "on"}
"""What may stand behind these: else they are a part of a reason."""


@dataclass(frozen=True, slots=True)
class Start:
    """Why a pause cannot begin or last so, how many words that took, and the end that may be meant, as it is put."""

    reason: str
    words: int
    ends: tuple[datetime, str]


def read_start(sentence: Sentence, at: int) -> int:
    """When a pause is to begin, which begins at once, or how much longer it is to last, of which the end is not known
    here: it is told, and what was said of its end is offered."""
    found = find_start(sentence, at) if sentence.parts.verb is Verb.PAUSE else None
    if found is None:
        return 0
    parts, behind = sentence.parts, at + found.words
    reason = NOT_NOW if parts.until is not None and found.reason != LONGER else found.reason
    parts.fault(BadRange(sentence.shown(at, behind), reason), at, behind)
    parts.ends = parts.ends or found.ends
    return found.words


def find_start(sentence: Sentence, at: int) -> Start | None:
    """The beginning of a pause that is said at a place: ``at 22:00``, ``from monday to tuesday``, ``in 2h``; a day or a
    time alone may be its end as well. None where none is, or one that is over."""
    words, instants = sentence.words, sentence.instants
    if (longer := _longer(words, at, instants)) is not None:
        return longer
    lead = int(words[at] in _FROM and not (words[at] == "to" and CHANGING.intersection(sentence.all_words())))
    place = at + lead
    if words[at] == "in":
        length = seconds_at(words, at + 1) if length_of(words, at + 1) else None
        return None if length is None else Start(NOT_NOW, 1 + length[1], _hours_from_now(instants))
    if place >= len(words) or sentence.tokens[place].quoted or words[place] in ("now", "today", "heute", "tonight"):
        return None
    if not lead and words[place] not in ("next", "morgen") and moments.read(words, place) is None:
        return None
    found = find_until(words, place, instants)
    if found is None or (isinstance(found.what, BadRange) and not _is_of_a_year(words, place)):
        return None
    behind = place + found.words
    end = find_until(words, behind + 1, instants) if word_at(words, behind) in _TO else None
    if end is not None and isinstance(end.what, datetime):
        said = f"until {' '.join(words[behind + 1 : behind + 1 + end.words])}"
        return Start(NOT_NOW, behind + 1 + end.words - at, (end.what, said))
    if lead and words[at] not in _PERHAPS_UNTIL:
        return Start(NOT_NOW, behind - at, _hours_from_now(instants))
    said = " ".join(words[place:behind])
    is_day = (moment := moments.read(words, place)) is None or moment.at is None
    if is_day and not _has_part(words, place):
        said = f"{said} {'23:59' if words[at] == 'through' else '09:00'}"
    ends = find_until(said.split(), 0, instants)
    if ends is None or isinstance(ends.what, BadRange) or ends.words != len(said.split()):
        return Start(MAYBE_UNTIL, behind - at, _hours_from_now(instants))
    return Start(MAYBE_UNTIL, behind - at, (ends.what, f"until {said}"))


def _longer(words: Sequence[str], at: int, instants: Instants) -> Start | None:
    """``by 6h``, ``for another 2h``, ``2h longer``, ``longer``: counted from an end that is not said."""
    place = at + int(words[at] in ("by", "for"))
    is_added = word_at(words, place) in _ANOTHER
    place += is_added
    length = seconds_at(words, place) if is_added or length_of(words, place) else None
    behind = place + (length[1] if length is not None else 0)
    is_more = word_at(words, behind) in _LONGER and word_at(words, behind + 1) in _BEHIND
    if not is_more and (length is None or not (is_added or words[at] == "by")):
        return None
    ends = _hours_from_now(instants)
    if length is not None and 0 < length[0] <= LONGEST.total_seconds():
        one = "" if length_of(words, place) else "1 "
        ends = instants.this_second + timedelta(seconds=length[0]), f"for {one}{' '.join(words[place:behind])}"
    return Start(LONGER, behind + is_more - at, ends)


def _is_of_a_year(words: Sequence[str], at: int) -> bool:
    """``5 nov``: without a year it may be the next one's."""
    moment = moments.read(words, at)
    return moment is not None and isinstance(moment.day, OfYear | Slashed) and not moment.wrong


def _has_part(words: Sequence[str], at: int) -> bool:
    return any(word in ("morning", "afternoon", "evening", "night") for word in words[at : at + 3])


def _hours_from_now(instants: Instants) -> tuple[datetime, str]:
    return instants.this_second + timedelta(hours=2), "for 2h"
