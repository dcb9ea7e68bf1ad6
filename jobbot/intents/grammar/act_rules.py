"""The words about acts on datastreams and failed jobs: ``fetch``, ``retry``, ``acknowledge``, ``pause``, ``resume``.

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply. What is
only asked about is never done: it is noted as wondered, and offered.
"""

import re
from datetime import timedelta

from jobbot.intents.grammar.pause_end import find_pause
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
    PAST,
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
from jobbot.intents.times.instants import NO_UNIT
from jobbot.intents.times.lengths import word_at

_TO_ACKNOWLEDGE = frozenset({"issue", "issues", "error", "errors", "failure"})
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
    if sentence.words[at] == "run" and not PAST.isdisjoint(before):
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
            count = int(sentence.words[behind - 1])
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


def note_wondered(sentence: Sentence) -> None:
    """``retry 987?``, ``stop everything?``: with a question mark and no ``can you`` it is a question."""
    parts = sentence.parts
    is_asked = sentence.text.rstrip().endswith("?") and not parts.reason
    if parts.verb in ACTS and is_asked and REQUESTS.isdisjoint(sentence.all_words()):
        parts.wondered = parts.wondered or parts.shown("verb")
