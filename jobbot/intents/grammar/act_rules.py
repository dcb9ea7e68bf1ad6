"""The words about acts on datastreams and failed jobs: ``fetch``, ``retry``, ``acknowledge``, ``pause``, ``resume``.

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply. What is
only asked about is never done: it is noted as wondered, and offered.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import timedelta

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import (
    ACTED,
    ACTS,
    ALERTS,
    ARTICLES,
    CHANGING,
    DATASTREAM,
    NOUNS,
    OF_A_JOB,
    REQUESTS,
    SCHEDULE,
    SCHEDULING,
    STATES,
    STOPPING,
    TOPICS,
    VERBS,
    WHO,
    Verb,
)
from jobbot.intents.model import BadRange
from jobbot.intents.times.days import find_days
from jobbot.intents.times.instants import LONGEST, NO_LENGTH, NO_MOMENT, NO_UNIT, NOT_NOW, TOO_LONG, Instants
from jobbot.intents.times.lengths import is_bare, length_of, seconds_at, word_at
from jobbot.intents.times.moments import UNTIL
from jobbot.intents.times.until import Until, find_until

_TO_ACKNOWLEDGE = frozenset({"issue", "issues", "error", "errors", "failure"})
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
_PAST = frozenset({"did", "has", "have", "had"})
_DID_WHAT = re.compile(r"\s+did\s+what\b", re.IGNORECASE)


def read_act(sentence: Sentence, at: int) -> int:
    """``fetch``, ``retry``, ``pause schedule``; ``stop the schedule`` is a ``pause``, ``who paused`` the record."""
    words, parts, taken = sentence.words, sentence.parts, 1
    following = words[at + 1] if at + 1 < len(words) else ""
    is_switch = following in ("turned", "switched") and words[at + 2 : at + 3] in (["on"], ["off"])
    is_acted = following in STOPPING | ACTED or is_switch
    if words[at] == WHO and (is_acted or _DID_WHAT.match(sentence.text, sentence.tokens[at].end)):
        taken = 1 + is_acted + is_switch
        sentence.put_report(Verb.HISTORY, at, at + taken)
        return taken
    verb = VERBS.get(words[at]) or _switched(sentence, at)
    if verb is Verb.STOP and following in SCHEDULE:
        verb, taken = Verb.PAUSE, 2
    if words[at] in SCHEDULE and parts.verb in (Verb.PAUSE, Verb.RESUME, Verb.PAUSED):
        return 1
    if words[at] in _TO_ACKNOWLEDGE and parts.verb is Verb.ACKNOWLEDGE:
        return 1
    if verb not in ACTS or verb is Verb.STOP:
        return 0
    if _is_noun(sentence, at):
        return 1
    shown = sentence.shown(at, at + taken)
    if sentence.asks_how(at):
        parts.help, parts.topic = True, TOPICS[verb]
    elif sentence.asks_about_the_past(at):
        sentence.put_report(Verb.HISTORY, at, at + taken)
    elif parts.once("verb", (parts.verb, verb), shown, at, at + taken):
        parts.verb, parts.wants = verb, shown if verb in OF_A_JOB else None
        if sentence.asks(at) or "when" in sentence.before(at):
            parts.wondered = shown
    return taken


def _switched(sentence: Sentence, at: int) -> Verb | None:
    """``disable datastream 42``, where no alerts are spoken of."""
    verb = SCHEDULING.get(sentence.words[at])
    if verb is None or ALERTS.intersection(sentence.words):
        return None
    is_first = at == 0 and sentence.may_be_name(1)  # "disable facebook"
    return verb if is_first or (DATASTREAM | SCHEDULE).intersection(sentence.words) else None


def _is_noun(sentence: Sentence, at: int) -> bool:
    """Whether a word is none of what is to be done: ``the retry of 987``, ``next fetch of facebook``."""
    parts, before = sentence.parts, sentence.before(at)
    if VERBS.get(sentence.words[at]) is Verb.PAUSE and not CHANGING.isdisjoint(before):
        return False  # "change the pause of facebook to 6h"
    if before and before[-1] in ARTICLES:
        return True
    if sentence.words[at] == "run" and not _PAST.isdisjoint(before):
        return True  # "did anything run today"
    is_first = not parts.faults and all(kind == "instance" for kind, _ in parts.said)
    is_told_of = word_at(sentence.words, at + 1) in STATES.keys() | {"of"}
    return sentence.words[at] in NOUNS and (is_told_of or not is_first)  # "fetch failed", "start of 987"


def read_days(sentence: Sentence, at: int) -> int:
    """The days of a fetch."""
    parts = sentence.parts
    if parts.verb is not Verb.FETCH and not (parts.verb is None and _is_fetched_later(sentence, at)):
        return 0
    found = find_days(sentence.words, at, sentence.instants)
    if found is None:
        return 0
    behind = at + found.words
    shown = sentence.shown(at, behind)
    if isinstance(found.what, BadRange):
        parts.fault(BadRange(shown, found.what.reason), at, behind, found.instead)
    elif parts.once("days", (parts.days, found.what), shown, at, behind):
        parts.days, parts.days_said, parts.order = found.what, found.said, found.order
    return found.words


def _is_fetched_later(sentence: Sentence, at: int) -> bool:
    """``yesterday backfill datastream 42``."""
    return any(VERBS.get(word) is Verb.FETCH and word not in NOUNS for word in sentence.words[at:])


def read_until(sentence: Sentence, at: int) -> int:
    """Until when a pause lasts: ``until 13:00``, ``for 2h``, ``today``."""
    parts = sentence.parts
    found = find_pause(sentence, at) if parts.verb is Verb.PAUSE else None
    if found is None:
        return 0
    behind = at + found.words
    shown = sentence.shown(at, behind)
    if isinstance(found.what, BadRange):
        parts.fault(BadRange(shown, found.what.reason), at, behind)
        if found.what.reason == NO_UNIT:
            # "for 3" probably means hours.
            count = int(sentence.words[at + 1])
            parts.ends = sentence.instants.this_second + timedelta(hours=count), f"for {count}h"
    elif parts.once("until", (parts.until, found.what), shown, at, behind):
        parts.until, parts.until_said, parts.order = found.what, " ".join(sentence.words[at:behind]), found.order
    return found.words


def read_change(sentence: Sentence, at: int) -> int:
    """``extend`` before ``pause``; ``to`` before the end that a pause is to have then."""
    words, parts = sentence.words, sentence.parts
    if words[at] in CHANGING and parts.verb is None:
        return int(any(VERBS.get(word) is Verb.PAUSE for word in words[at + 1 :]))
    return 0


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


def note_wondered(sentence: Sentence) -> None:
    """``retry 987?``, ``stop everything?``: with a question mark and no ``can you`` it is a question."""
    parts = sentence.parts
    is_asked = sentence.text.rstrip().endswith("?") and not parts.reason
    if parts.verb in ACTS and is_asked and REQUESTS.isdisjoint(sentence.all_words()):
        parts.wondered = parts.wondered or parts.shown("verb")
