"""The words about lists - states, ranges, instances - and the words that say nothing, or nothing known.

A rule looks at one place of a sentence and returns how many words it took there, 0 where it does not apply.
"""

from dataclasses import replace
from datetime import timedelta

from jobbot.adverity.model import GOING_ON, State
from jobbot.intents.grammar.parts import MOST_FAULTS, Parts
from jobbot.intents.grammar.reason import linked
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.language.numbers import like_number
from jobbot.intents.language.spelling import is_negated, nearest
from jobbot.intents.language.vocabulary import (
    ACTS,
    BROWSING,
    EVERYTHING,
    FILLERS,
    FREEZING,
    INSTANCE,
    JOB,
    LONG,
    MORE,
    NO_SLIPS,
    PERHAPS_INSTANCE,
    PERHAPS_LONG,
    QUESTIONS,
    SLIPS,
    STATES,
    STOPPING,
    USUAL,
    VERBS,
    VOCABULARY,
    WEAK_STATES,
    Verb,
)
from jobbot.intents.model import BadNumber, BadRange, Between, Longer, Range, UnknownWord
from jobbot.intents.times import ranges
from jobbot.intents.times.instants import LONGEST
from jobbot.intents.times.lengths import seconds_at


def read_instance(sentence: Sentence, at: int) -> int:
    """``in NAME``. Before a word that is known otherwise ("in the last 6h") ``in`` says nothing."""
    word = sentence.words[at]
    if word not in INSTANCE and word not in PERHAPS_INSTANCE:
        return 0
    place = at + 1
    if place >= len(sentence.words):
        if word == "in":
            sentence.parts.fault(UnknownWord(word), at, at + 1)
        return 1 if word == "in" else 0
    token = sentence.tokens[place]
    name = sentence.instance_at(place)
    if name is None and token.url:
        name = linked(sentence.instances, sentence.base_urls, token.url)
    if name is not None:
        sentence.put_instance(name, at, place + 1)
    elif word == "in" and token.word == "progress":
        _put_states(sentence.parts, frozenset({State.RUNNING}), "in progress")
    elif word in PERHAPS_INSTANCE or sentence.is_known(place):
        return 0
    else:
        sentence.unknown_instance(token.word, token.shown, at, place + 1)
    return place + 1 - at


def read_range(sentence: Sentence, at: int) -> int:
    """Any range of time."""
    following = sentence.words[at + 1 : at + 2]
    if sentence.words[at] == "at" and sentence.before(at)[-1:] == ["look"] and like_number("".join(following)):
        return 0  # "look at 12"
    planned = {STATES[word] for word in sentence.words if word in STATES} == {frozenset({State.SCHEDULED})}
    found = ranges.find(sentence.words, at, replace(sentence.instants, ahead=planned))
    if found is None:
        return 0
    parts, behind = sentence.parts, at + found.words
    shown = sentence.shown(at, behind)
    if isinstance(found.what, BadRange):
        parts.fault(replace(found.what, given=shown), at, behind, found.instead)
    elif both := _joined(parts.range, found.what):
        parts.join_range(both)
    elif parts.once("range", (parts.range, found.what), shown, at, behind):
        parts.range = found.what
    return found.words


def _joined(before: Range | None, new: Range) -> Range | None:
    """Two ranges that touch, as one: "today and yesterday"."""
    if not isinstance(before, Between) or not isinstance(new, Between) or before == new:
        return None
    first, last = sorted((before, new), key=lambda between: between.start)
    end = max(first.end, last.end)
    if last.start - first.end > timedelta(seconds=1) or end - first.start > LONGEST:
        return None
    return Between(first.start, end, f"{before.said} and {new.said}", before.order or new.order)


def read_longer(sentence: Sentence, at: int) -> int:
    """``longer than 1h``, ``for over 2h``, ``running for 1h``, ``long running``, ``stuck``, ``longer than usual``."""
    words, parts, place = sentence.words, sentence.parts, at
    if words[at] in LONG or (words[at] in PERHAPS_LONG and not sentence.may_be_name(at + 1)):
        return _put_longer(sentence, "usual", at, at + 1)
    is_more = False
    while place < len(words) and words[place] in MORE | {"than", "then", "for"}:
        is_more = is_more or words[place] in MORE
        place += 1
    if place == at or place == len(words):
        return 0
    if is_more and words[place] in USUAL:
        return _put_longer(sentence, "usual", at, place + 1)
    length = seconds_at(words, place)
    if length is None or not (is_more or (parts.states == {State.RUNNING} and parts.verb is None)):
        return 0
    if not 0 < length[0] <= LONGEST.total_seconds():
        return 0
    return _put_longer(sentence, timedelta(seconds=length[0]), at, place + length[1])


def _put_longer(sentence: Sentence, longer: Longer, at: int, behind: int) -> int:
    if sentence.parts.once("longer", (sentence.parts.longer, longer), sentence.shown(at, behind), at, behind):
        sentence.parts.longer = longer
    return behind - at


def read_state(sentence: Sentence, at: int) -> int:
    """A state, or a word for several."""
    word, shown, parts = sentence.words[at], sentence.tokens[at].shown, sentence.parts
    if word in STATES:
        _put_states(parts, STATES[word], shown)
    elif word in WEAK_STATES:
        parts.weak_states |= WEAK_STATES[word]
        parts.everything = parts.everything or word in EVERYTHING
        if parts.verb is Verb.STOP and parts.everything and parts.job is None:
            parts.wants = None  # "stop all" wants no number
        parts.note("now" if WEAK_STATES[word] == GOING_ON else "states", shown)
    else:
        return 0
    return 1


def read_filler(sentence: Sentence, at: int) -> int:
    """Words that say nothing by themselves."""
    word, behind = sentence.words[at], sentence.words[at + 1 : at + 2]
    if word == "no" and not (behind and like_number(behind[0])):
        return 0  # "no longer running"
    is_so_far = word == "far" and "so" in sentence.tokens[at].before
    return 1 if word in FILLERS or word in ("-", "..") or is_so_far else 0


def read_unknown(sentence: Sentence, at: int) -> int:
    """Whatever is left is told, with the nearest word there is."""
    parts, token = sentence.parts, sentence.tokens[at]
    if len(parts.faults) >= MOST_FAULTS:
        return 1
    near = nearest(token.word, (*QUESTIONS, *VOCABULARY))
    if near == token.word or is_negated(token.word) or (token.word in NO_SLIPS and near in (*SLIPS, "paused")):
        near = None  # known, but not where it stands: "watch 987 until it ends"; the opposite: "unfinished"
    name = sentence.instance_at(at)
    if parts.wants is not None and _wants_number(parts, parts.wants, near):
        parts.fault(BadNumber(parts.wants, token.shown), at, at + 1)
    elif name is not None:
        parts.fault(UnknownWord(token.shown, f"in {name}"), at, at + 1, ("in", name.lower()))
    else:
        # A slip of the finger may be told to be near the word of an act, but is never made one.
        said = near is not None and near not in QUESTIONS and VERBS.get(near) not in ACTS | FREEZING
        instead = (near,) if near is not None and said else ()
        joins = not token.before and any(
            fault.behind == at and isinstance(fault.problem, UnknownWord) for fault in parts.faults
        )
        unknown = UnknownWord(token.shown, near, joins)
        parts.fault(unknown, at, at + 1, instead, nearly=_nearly(parts, token.word, near))
    return 1


def _nearly(parts: Parts, word: str, near: str | None) -> Verb | None:
    """The act that a word nobody knows nearly says."""
    is_near_act = near is None or VERBS.get(near) in ACTS or near in STOPPING
    slip = nearest(word, tuple(SLIPS)) if parts.verb is None and is_near_act and word not in NO_SLIPS else None
    return None if slip is None else SLIPS[slip]


def _wants_number(parts: Parts, word: str, near: str | None) -> bool:
    """Whether a word nobody knows stands where ``word`` wants a job's number."""
    if parts.job is not None or parts.has_bad_number(word):
        return False
    return near is None or word.lower() not in BROWSING | {JOB}


def _put_states(parts: Parts, states: frozenset[State], shown: str) -> None:
    parts.states |= states
    parts.note("states", shown)
