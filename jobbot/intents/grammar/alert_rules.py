"""The words about alerts: ``alerts``, whether they go on, off, or are silent for a while, and the signs they tell of.

A rule looks at one place of a sentence and answers how many words it took there, 0 where it knows nothing.
"""

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import (
    ALERTS,
    PERHAPS_INSTANCE,
    SIGNS,
    SNOOZING,
    SWITCHES,
    TELLING,
    UNTIL,
    VERBS,
    WHEN,
    Verb,
)
from jobbot.intents.model import AlertsDo, BadRange
from jobbot.intents.times import moments
from jobbot.intents.times.instants import NoRange


def read_alerts(sentence: Sentence, at: int) -> int:
    """``alerts`` and its switch, in any order; ``stop alerts`` is ``alerts off``; ``snooze 2h`` says both at once."""
    word, following = sentence.words[at], sentence.words[at + 1 : at + 2]
    if VERBS.get(word) is Verb.STOP and ALERTS.intersection(following):
        _put_switch(sentence, AlertsDo.OFF, at, at + 2)
        return 2
    if word in SNOOZING:
        _put_switch(sentence, AlertsDo.SNOOZE, at, at + 1)
        return 1
    if word in TELLING and WHEN.intersection(sentence.words[at + 1 :]) and not sentence.parts.when:
        sentence.put_report(Verb.ALERTS, at, at + 1)
        sentence.parts.when = True
        return 1
    if word in WHEN and sentence.parts.when:
        return 1
    if word in ALERTS:
        sentence.put_report(Verb.ALERTS, at, at + 1)
        return 1
    if word in UNTIL and SNOOZING.intersection(sentence.words[:at]):
        return _read_until(sentence, at)
    if not (ALERTS.intersection(sentence.words) or sentence.parts.when):
        return 0
    if word in SIGNS:
        sentence.parts.signs |= {SIGNS[word]}
        sentence.parts.note("signs", sentence.shown(at, at + 1))
        return 1
    if word not in SWITCHES:
        return 0
    _put_switch(sentence, SWITCHES[word], at, at + 1)
    name = sentence.instance_at(at + 1) if following and word in PERHAPS_INSTANCE else None
    if name is None:
        return 1
    sentence.put_instance(name, at, at + 2)
    return 2


def _read_until(sentence: Sentence, at: int) -> int:
    """``snooze till 18:00``: the next such moment."""
    moment = moments.read(sentence.words, at + 1)
    if moment is None:
        return 0
    parts, behind = sentence.parts, at + 1 + moment.words
    shown = sentence.shown(at, behind)
    try:
        length = sentence.instants.until(moment)
    except NoRange as no_range:
        parts.fault(BadRange(shown, str(no_range)), at, behind)
    else:
        if parts.once("range", (parts.length, length), shown, at, behind):
            parts.length = length
    return behind - at


def _put_switch(sentence: Sentence, switch: AlertsDo, at: int, behind: int) -> None:
    if sentence.parts.verb is not Verb.ALERTS and not ALERTS.intersection(sentence.words[behind:]):
        sentence.put_report(Verb.ALERTS, at, behind)
    if sentence.parts.once("switch", (sentence.parts.switch, switch), sentence.shown(at, behind), at, behind):
        sentence.parts.switch = switch
