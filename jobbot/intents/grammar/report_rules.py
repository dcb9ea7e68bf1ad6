"""The words about alerts (whether they go on, off, or are silent for a while) and about the record (whose stops).

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply.
"""

import re
from itertools import pairwise

from jobbot.intents.grammar.question_rules import whether_well
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.tokens import Token
from jobbot.intents.language.vocabulary import (
    ALERTS,
    BY,
    EVERYTHING,
    LOOKING,
    PERHAPS_INSTANCE,
    REQUESTS,
    SAYING,
    SIGNS,
    SILENT,
    SNOOZING,
    STATES,
    SWITCHES,
    TELLING,
    UNSNOOZING,
    VERBS,
    WHEN,
    Verb,
)
from jobbot.intents.model import AlertsDo, Topic, UnknownGroup, UnknownPerson

_ALERTED = ALERTS | {"alerting"}

_ID = re.compile(r"@?(?=[A-Z]*\d)([UW][A-Z0-9]{6,30})")
"""An id somebody typed. Names are written small, and hardly one has a digit in capitals."""


def read_alerts(sentence: Sentence, at: int) -> int:
    """``alerts`` and its switch, in any order; ``stop alerts`` is ``alerts off``."""
    word, following = sentence.words[at], sentence.words[at + 1 : at + 2]
    if word in ALERTS | TELLING | SWITCHES.keys():
        note_question(sentence, at)
    taken = 2 + bool(EVERYTHING.intersection(following))
    if VERBS.get(word) is Verb.STOP and _ALERTED.intersection(sentence.words[at + taken - 1 : at + taken]):
        put_switch(sentence, AlertsDo.OFF, at, at + taken)  # "stop all alerts"
        return taken
    if word in TELLING and _is_told_when(sentence, at) and not sentence.parts.when:
        sentence.put_report(Verb.ALERTS, at, at + 1)
        sentence.parts.when = True
        return 1
    if word in WHEN and sentence.parts.when:
        return 1
    if word in ALERTS:
        sentence.put_report(Verb.ALERTS, at, at + 1)
        return 1
    if not (ALERTS.intersection(sentence.words) or sentence.parts.when):
        return 0
    if word in SIGNS:
        sentence.parts.signs |= {SIGNS[word]}
        sentence.parts.note("signs", sentence.shown(at, at + 1))
        return 1
    if word not in SWITCHES:
        return 0
    put_switch(sentence, SWITCHES[word], at, at + 1)
    name = sentence.instance_at(at + 1) if following and word in PERHAPS_INSTANCE else None
    if name is None:
        return 1
    sentence.put_instance(name, at, at + 2)
    return 2


def _is_told_when(sentence: Sentence, at: int) -> bool:
    """Whether ``when`` or the like stands behind; "when the last failed job was" is over, "if all is ok" is now."""
    words = sentence.words
    looks_back = any(word == "last" and behind in STATES for word, behind in pairwise(words[at:]))
    whens = [place for place in range(at + 1, len(words)) if words[place] in WHEN]
    asks = words[at] in SAYING and all(whether_well(sentence, place) for place in whens)
    return bool(whens) and not looks_back and not asks


def note_question(sentence: Sentence, at: int) -> None:
    """``are alerts off``, ``show alerts on staging``, ``know if alerts are off``, ``alerts on?`` change nothing."""
    word, parts, before = sentence.words[at], sentence.parts, sentence.before(at)
    is_about_alerts = bool(ALERTS.intersection(sentence.words)) or word in SNOOZING | UNSNOOZING
    if not is_about_alerts and not (word in TELLING and _is_told_when(sentence, at)):
        return
    if parts.when:
        parts.asked = parts.asked or word in ALERTS | SNOOZING | UNSNOOZING
    elif sentence.asks_how(at):
        parts.help, parts.topic = True, Topic.ALERTS
    elif sentence.asks(at) or any(VERBS.get(one) is Verb.SHOW or one in LOOKING for one in before):
        parts.asked = True
    elif word in ALERTS:
        is_wondered = sentence.text.rstrip().endswith("?") and REQUESTS.isdisjoint(sentence.all_words())
        parts.asked = parts.asked or is_wondered or ("any" in before and SILENT.issuperset(before))


def put_switch(sentence: Sentence, switch: AlertsDo, at: int, behind: int) -> None:
    """Note what these words do to the alerts."""
    if sentence.parts.verb is not Verb.ALERTS and not ALERTS.intersection(sentence.words[behind:]):
        sentence.put_report(Verb.ALERTS, at, behind)
    if sentence.parts.once("switch", (sentence.parts.switch, switch), sentence.shown(at, behind), at, behind):
        sentence.parts.switch = switch


def read_timeline(sentence: Sentence, at: int) -> int:
    """``post mortem`` in two words; in one, and ``timeline``, it is a verb like others."""
    if sentence.words[at : at + 2] != ["post", "mortem"]:
        return 0
    sentence.put_report(Verb.TIMELINE, at, at + 2)
    return 2


def read_group(sentence: Sentence, at: int) -> int:
    """``for @data-oncall``, where alerts are spoken of: the user group that they mention."""
    token, parts = sentence.tokens[at], sentence.parts
    if not token.mention or not (parts.verb is Verb.ALERTS or ALERTS.intersection(sentence.words)):
        return 0
    if token.group:
        if parts.once("group", (parts.group, token.group), token.shown, at, at + 1):
            parts.group = token.group
    elif sentence.words[at - 1 : at] in (["for"], ["to"]):
        parts.fault(UnknownGroup(token.shown), at, at + 1)
    else:
        return 0
    return 1


def read_person(sentence: Sentence, at: int) -> int:
    """``by @ana``; behind ``history`` the mention alone is enough."""
    token = sentence.tokens[at]
    if token.word != BY:
        # "what did @ana do": behind "did" it is asked for what somebody has done.
        is_asked = sentence.parts.verb is Verb.HISTORY or sentence.asks_about_the_past(at)
        person = token.person if is_asked else ""
        if person:
            _put_person(sentence, person, at, at + 1)
        return 1 if person else 0
    behind = sentence.tokens[at + 1] if at + 1 < len(sentence.tokens) else None
    person = _person_of(behind) if behind is not None else ""
    if person:
        _put_person(sentence, person, at, at + 2)
        return 2
    if behind is None or sentence.is_known(at + 1):
        sentence.parts.fault(UnknownPerson(""), at, at + 1)
        return 1
    sentence.parts.fault(UnknownPerson(behind.shown), at, at + 2)
    return 2


def _person_of(token: Token) -> str:
    typed = _ID.fullmatch(token.shown)
    return token.person or (typed[1] if typed else "")


def _put_person(sentence: Sentence, person: str, at: int, behind: int) -> None:
    if sentence.parts.once("person", (sentence.parts.person, person), sentence.shown(at, behind), at, behind):
        sentence.parts.person = person
