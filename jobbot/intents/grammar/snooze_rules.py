"""The words about silence: ``snooze 2h``, ``mute facebook until 8``, ``until fixed``, ``unmute``, ``what is snoozed``.

A rule looks at one place of a sentence and answers how many words it took there, 0 where it knows nothing.
"""

from datetime import timedelta

from jobbot.intents.grammar.report_rules import note_question, put_switch
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import ENDING, FIXED, SNOOZED, SNOOZING, UNSNOOZING, VERBS, Verb
from jobbot.intents.model import AlertsDo, BadRange
from jobbot.intents.times.instants import NO_UNIT
from jobbot.intents.times.lengths import ONES, SECONDS, is_bare, length_of, word_at
from jobbot.intents.times.moments import UNTIL
from jobbot.intents.times.until import find_until

_IT = frozenset({"it", "it's", "is", "that", "this", "datastream", "everything"})


def read_snooze(sentence: Sentence, at: int) -> int:
    """The word, and how long alerts are silent."""
    words, parts, word = sentence.words, sentence.parts, sentence.words[at]
    ends = (word in ENDING or VERBS.get(word) is Verb.STOP) and word_at(words, at + 1) in SNOOZING
    if ends or word in SNOOZING | UNSNOOZING | SNOOZED:
        return _read_switch(sentence, at, ends=ends)
    if word in ONES and SNOOZING.intersection(words[:at]) and parts.length is None:
        parts.length = timedelta(seconds=SECONDS[word])  # "snooze for an hour"
        parts.note("range", sentence.shown(at, at + 1))
        return 1
    is_silent = not (SNOOZING | {"off"}).isdisjoint(words[:at])
    return _read_until(sentence, at) if word in UNTIL | {"to", "for"} and is_silent else 0


def _read_switch(sentence: Sentence, at: int, *, ends: bool) -> int:
    """``snooze``; ``unmute facebook`` and ``end the snooze`` (``ends``): on again; ``what is snoozed`` asks."""
    word, taken = sentence.words[at], 1 + ends
    if word in SNOOZED:
        sentence.put_report(Verb.ALERTS, at, at + 1)
        sentence.parts.asked = True
        return 1
    note_question(sentence, at + ends)
    switch = AlertsDo.ON if ends or word in UNSNOOZING else AlertsDo.SNOOZE
    put_switch(sentence, switch, at, at + taken)
    return taken


def _read_until(sentence: Sentence, at: int) -> int:
    """``snooze till 18:00``: the next such moment; ``until fixed``, ``until it works again``."""
    parts, words = sentence.parts, sentence.words
    if words[at] == "for":
        # "snooze for 3": a job's number is longer.
        if not is_bare(word_at(words, at + 1)) or length_of(words, at + 1) is not None:
            return 0
        parts.fault(BadRange(sentence.shown(at, at + 2), NO_UNIT), at, at + 2)
        return 2
    place = sentence.behind(at, _IT)
    if place is not None and sentence.words[place] in FIXED:
        if parts.once("range", (parts.length, "until fixed"), sentence.shown(at, place + 1), at, place + 1):
            parts.until_fixed = True
        return place + 1 - at
    found = find_until(sentence.words, at + 1, sentence.instants)
    if found is None:
        return 0
    behind = at + 1 + found.words
    shown = sentence.shown(at, behind)
    if isinstance(found.what, BadRange):
        parts.fault(BadRange(shown, found.what.reason), at, behind)
        return behind - at
    length = sentence.instants.till(found.what)
    if parts.once("range", (parts.length or (parts.until_fixed or None), length), shown, at, behind):
        parts.length, parts.length_said = length, shown
    return behind - at
