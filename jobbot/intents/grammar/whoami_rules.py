"""The words about one's own rights: ``whoami stop``, ``what may i do``, ``why can't i stop 987``, ``who may stop``.

Most of their words say nothing anywhere else, so such a question is known by how it begins, and ``whoami`` is put in
the place of its beginning. Whatever is asked in this way, nothing is done.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import takewhile

from jobbot.access.policy import Need
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.tokens import Token, plain, show
from jobbot.intents.language.vocabulary import ACTS, INSTANCE, PERHAPS_INSTANCE, SNOOZING, VERBS, Verb

_GENERAL = (
    r"who am i",
    r"what (?:can|may|could) i do",
    r"what i (?:can|may) do",
    r"what am i (?:allowed|permitted) to do",
    r"why (?:cant|cannot|can not|may not) i",
    r"why (?:can|may) i not",
    r"why am i not (?:allowed|permitted) to",
)
_WITH_A_VERB = (
    r"(?:am i|who is|whos|is anybody|is anyone) (?:allowed|permitted) to",
    r"may i",
    r"who (?:can|may|could)",
)
"""No such question without something to be done behind it."""
_PERHAPS = r"can i"
"""A request as well: one's rights are asked for where nothing says what would be done: ``can i stop jobs``."""
_NOTHING = frozenset({"a", "any", "job", "jobs", "here", "things", "schedules", "it", "?"})
_COURTESY = r"(?:(?:hey|hi|hello|please|pls|so|and|but) )*"
_ASKS = re.compile(
    rf"{_COURTESY}(?:(?P<general>{'|'.join(_GENERAL)})|{'|'.join(_WITH_A_VERB)}|(?P<perhaps>{_PERHAPS}))(?= |$)"
)
_READ_MOST = 10
"""Words of a beginning."""

_NEEDS: Mapping[Verb, Need] = {
    **dict.fromkeys((Verb.STOP, Verb.FREEZE, Verb.UNFREEZE), Need.STOP),
    Verb.FETCH: Need.FETCH,
    Verb.ALERTS: Need.ALERTS,
    **dict.fromkeys((Verb.RETRY, Verb.ACKNOWLEDGE), Need.RETRY),
    **dict.fromkeys((Verb.PAUSE, Verb.RESUME, Verb.PAUSED), Need.PAUSE),
    **dict.fromkeys((Verb.WATCH, Verb.UNWATCH, Verb.WATCHES), Need.WATCH),
    **dict.fromkeys((Verb.SHOW, Verb.HISTORY, Verb.ISSUES), Need.VIEW),
}


def asked_for_rights(typed: Sequence[Token]) -> Sequence[Token]:
    """The tokens with ``whoami`` in the place of a question for one's rights; as they are where there is none."""
    first = [*takewhile(lambda token: not (token.quoted or token.mention), typed[:_READ_MOST])]
    words = [token.word.replace("'", "").replace("’", "") for token in first]
    asks = _ASKS.match(" ".join(words))
    if asks is None:
        return typed
    count = asks[0].count(" ") + 1
    if asks["general"] is None and (len(words) == count or _need(words[count]) is None):
        return typed
    is_of_nothing = len(first) == len(typed) and _NOTHING.issuperset(words[count + 1 :])
    if asks["perhaps"] is not None and not (is_of_nothing and VERBS.get(words[count]) in ACTS):
        return typed
    shown = show(" ".join(token.shown for token in first[:count]))
    return [replace(plain(Verb.WHOAMI, first[count - 1].end), shown=shown), *typed[count:]]


def read_need(sentence: Sentence, at: int) -> int:
    """What is asked about, behind ``whoami``: ``stop``. What would be stopped says nothing, but an instance."""
    if sentence.parts.verb is not Verb.WHOAMI:
        return 0
    need = _need(sentence.words[at])
    if need is None:
        return int(sentence.words[at] == "here")
    sentence.parts.need, sentence.done = need, True
    for place in range(at + 1, len(sentence.words) - 1):
        if sentence.words[place] in INSTANCE | PERHAPS_INSTANCE and (name := sentence.instance_at(place + 1)):
            sentence.put_instance(name, place, place + 2)
            break
    return 1


def _need(word: str) -> Need | None:
    verb = Verb.ALERTS if word in SNOOZING else VERBS.get(word)
    return _NEEDS.get(verb) if verb is not None else None
