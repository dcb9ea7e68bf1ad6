"""Questions about how things are: ``is everything ok``, ``what is wrong with amazon``, ``is facebook done yet``.

They are answered by what goes on and what failed: a list of what succeeded would look green whatever has happened.
"""

import re
from dataclasses import replace

from jobbot.adverity.model import GOING_ON, State
from jobbot.intents.grammar.parts import Parts
from jobbot.intents.grammar.reason import is_count
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.vocabulary import (
    DONE,
    EVERYTHING,
    HELP,
    INSTANCE,
    JOB,
    SILENT,
    STATES,
    TAKING,
    TOLD_BY,
    WELL,
    Verb,
)
from jobbot.intents.times.lengths import word_at

_IS = frozenset({"is", "are", "was", "were"})
_WHICH = frozenset({"which", "many", "jobs", "runs", "there", "list", "show", JOB})
"""With one of these a list is asked for: ``which jobs are done``."""
_THROUGH = frozenset({"ready", "through"})
_WHAT = frozenset({"what", "what's", "whats"})
_UP_OR_DOWN = WELL | {"down", "back", "slow", "dead", "broken", "reachable", "available", "working", "alive", "online"}
_ALL = EVERYTHING | {"anything", "things", "we"}
_LOOKED_AT = GOING_ON | {State.FAILED}
_RUNS = (JOB, "run", "fetch")
_OF_RUNS = re.compile(r"\s+(?:\d{1,2}\s+)?(?:runs?|jobs?|fetch(?:es)?|tasks?)\b", re.IGNORECASE)


def read_question(sentence: Sentence, at: int) -> int:
    """``ok`` behind ``is everything``; ``long`` behind ``how``, and ``take`` behind both."""
    word, parts = sentence.words[at], sentence.parts
    if word == "taking" and word_at(sentence.words, at + 1) == "long":
        return 1  # "why is facebook taking so long"
    if parts.verb is not None or sentence.tokens[at].quoted:
        return 0
    if word == "adverity" and (taken := _of_adverity(sentence, at)):
        parts.well = True
        name = sentence.instance_at(at)
        if name is not None and parts.instance is None and at + taken == len(sentence.words):
            sentence.put_instance(name, at, at + 1)
        return taken
    if taken := whether_well(sentence, at):
        parts.well = True
        return taken
    if word in WELL and _is_well_asked(sentence, at):
        parts.well = True
        return 1
    if word == "long" and _is_how(sentence, at):
        parts.done = True
        return 1
    if word in ("far", "much") and _is_how(sentence, at):
        parts.done = True  # "how far is 987", "how much longer for facebook"
        return 1 + (word_at(sentence.words, at + 1) in ("longer", "more"))
    if word in _THROUGH and sentence.asks(at) and not (at + 1 < len(sentence.words) and sentence.may_be_name(at + 1)):
        parts.done = True
        return 1
    return int(word in TAKING and parts.done)


def whether_well(sentence: Sentence, at: int) -> int:
    """``if everything is ok``, at most of an instance: how many words, 0 where it is no such thing.

    "If all is ok again" is what is to come.
    """
    words = sentence.words
    if words[at] not in ("if", "whether") or "again" in sentence.text.lower().split():
        return 0
    for taken, word in enumerate(words[at + 1 :], 2):
        if word in WELL:
            behind = words[at + taken :]
            is_last = behind[:1] in ([], ["?"]) or (behind[0] in INSTANCE and len(behind) == 2)
            return taken if is_last and not _ALL.isdisjoint(words[at : at + taken]) else 0
        if word not in _ALL | SILENT:
            return 0
    return 0


def read_newest(sentence: Sentence, at: int) -> int:
    """``the last failed job``, ``last 5 runs of facebook``: lists begin with the newest; of runs those that were."""
    words, parts = sentence.words, sentence.parts
    if words[at] not in ("last", "previous"):
        return 0
    following, taken = word_at(words, at + 1), 1
    if following.isdecimal() and is_count(int(following), sentence.text[sentence.tokens[at + 1].end :], of_a_stop=True):
        following, taken = word_at(words, at + 2), 2
    of_runs = following in _RUNS or _OF_RUNS.match(sentence.text, sentence.tokens[at].end) is not None
    if of_runs and following not in STATES and parts.verb in (None, Verb.SHOW):
        parts.weak_states |= frozenset(State)
    return taken + (following in _RUNS) if of_runs or following in STATES else 0


def note_question(sentence: Sentence) -> None:
    """What the whole sentence asks: what is wrong, or whether something is done."""
    parts, words = sentence.parts, sentence.all_words()
    if parts.verb is not None or HELP.intersection(words):
        return
    is_up = "up" in words and "with" in words and not _WHAT.isdisjoint(words)
    asks = not (_WHAT | _IS | {"anything", "something"}).isdisjoint(words)
    is_all = EVERYTHING.issuperset(sentence.words) or ("right" in words and not EVERYTHING.isdisjoint(words))
    is_all = is_all and bool(sentence.words) and not _IS.isdisjoint(words)
    parts.well = parts.well or is_up or is_all or ("wrong" in words and asks)
    places = [place for place, word in enumerate(sentence.words) if word in DONE]
    asked = any(sentence.asks(place) for place in places) and _WHICH.isdisjoint(words)
    parts.done = parts.done or asked


def answered(parts: Parts) -> Parts | None:
    """The parts of the list that answers such a question; None where it is the hand-over."""
    if parts.job is not None:
        return parts
    narrowed = parts.datastream is not None or parts.workspace is not None
    if parts.well and not parts.states:
        if not narrowed and parts.range is None and parts.longer is None:
            return parts if parts.faults else None
        states = frozenset({State.FAILED}) if parts.range is not None else _LOOKED_AT
        return replace(parts, states=states, weak_states=frozenset())
    if parts.done and parts.datastream is not None and State.RUNNING not in parts.states and parts.longer is None:
        return replace(parts, states=frozenset(State))
    return parts


def _of_adverity(sentence: Sentence, at: int) -> int:
    """``is adverity down``, where no more than an instance stands behind it: how many words, 0 for a name's."""
    parts = sentence.parts
    is_narrowed = parts.states or parts.longer or parts.workspace or parts.datastream is not None or parts.job
    if is_narrowed or any(fault.behind == at for fault in parts.faults):
        return 0  # "failed adverity?", "facebook adverity?"
    is_said = word_at(sentence.words, at + 1) in _UP_OR_DOWN
    asks = is_said or not (_IS | _WHAT).isdisjoint(sentence.all_words())
    asks = asks or ("?" in sentence.text and parts.range is None)
    behind = sentence.words[at + 1 + is_said :]
    is_last = behind[:1] in ([], ["?"], ["!"]) or (behind[0] in INSTANCE and len(behind) == 2)
    return 1 + is_said if asks and is_last else 0


def _before(sentence: Sentence, at: int) -> list[str]:
    return [word for word in sentence.before(at) if word not in ("?", "!")]


def _is_how(sentence: Sentence, at: int) -> bool:
    """Whether ``how`` stands before it, apart from words that say nothing: "how please far"."""
    return [word for word in _before(sentence, at) if word == "how" or word not in SILENT][-1:] == ["how"]


def _is_well_asked(sentence: Sentence, at: int) -> bool:
    """Whether ``ok`` is what is asked about, and no name's nor a list's."""
    words, before = sentence.all_words(), _before(sentence, at)
    before = [word for word in before if word not in SILENT or word in _ALL | _IS | TOLD_BY]
    if {*sentence.words} <= WELL | SILENT and "?" in sentence.text:
        return True  # "ok?", "ok? please"
    if not _WHICH.isdisjoint(words):
        return False
    follows = at + 1 < len(sentence.words) and sentence.may_be_name(at + 1)
    if follows or (before and before[0] in TOLD_BY - {"we", "it"}):
        return False
    return not _IS.isdisjoint(before[:1]) or (not _ALL.isdisjoint(before) and before[0] in _ALL | _IS)
