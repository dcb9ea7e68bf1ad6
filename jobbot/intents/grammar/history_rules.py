"""The words about the record of stops: whose they were.

A rule looks at one place of a sentence and answers how many words it took there, 0 where it knows nothing.
"""

import re

from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.tokens import Token
from jobbot.intents.language.vocabulary import BY, Verb
from jobbot.intents.model import UnknownPerson

_ID = re.compile(r"@?(?=[A-Z]*\d)([UW][A-Z0-9]{6,30})")
"""An id somebody typed. Names are written small, and hardly one has a digit in capitals."""


def read_person(sentence: Sentence, at: int) -> int:
    """``by @ana``; behind ``history`` the mention alone is enough."""
    token = sentence.tokens[at]
    if token.word != BY:
        person = token.person if sentence.parts.verb is Verb.HISTORY else ""
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
