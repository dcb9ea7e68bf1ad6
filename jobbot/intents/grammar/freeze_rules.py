"""The words about freezing: ``freeze 30m why``, ``freeze until 15:00 in staging why``, ``unfreeze why``.

The end and the instance stand directly behind the verb, in any order; everything behind them is the reason. Where an
instance may be named in it (``freeze 30m deploy in staging``), nothing is done before it is said which is meant: it is
done at once, without a window that would show where.
"""

from jobbot.intents.grammar.parts import Kind, Parts, Settled, misfits
from jobbot.intents.grammar.pause_end import find_pause
from jobbot.intents.grammar.reason import named
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.grammar.why_rules import take_reason
from jobbot.intents.language.slack_text import normal
from jobbot.intents.language.tokens import bare
from jobbot.intents.language.vocabulary import (
    ENDING,
    EVERYTHING,
    FREEZING,
    HELP,
    INSTANCE,
    OVER_WITH,
    PERHAPS_INSTANCE,
    REQUESTS,
    VERBS,
    Verb,
)
from jobbot.intents.model import BadRange, Freeze, Problem, Topic, Unfreeze, WhereOrWhy

_ALL = EVERYTHING | {"acts"}
_NOT_OF_A_FREEZE: tuple[Kind, ...] = (
    *("job", "states", "now", "datastream", "workspace", "range", "longer", "person", "switch", "signs"),
    *("group", "days"),
)


def read_freeze(sentence: Sentence, at: int) -> int:
    """The verb and all that stands behind it. What is only asked about is never done: the help is what it gets.

    ``stop the freeze`` and ``freeze off`` get it too: it tells how a freeze is ended, which nobody is taken to have
    meant.
    """
    words, parts, place = sentence.words, sentence.parts, at + 1
    verb = VERBS.get(words[at])
    ends = parts.verb is Verb.STOP or not ENDING.isdisjoint(sentence.before(at))
    if ends and words[at] in ("freeze", "freezing") and parts.job is None and parts.datastream is None:
        parts.help, parts.topic = True, Topic.FREEZE
        return 1
    if verb not in FREEZING:
        return 0
    if sentence.asks(at) or sentence.asks_how(at) or HELP.intersection(words[place : place + 1]):
        parts.help, parts.topic = True, Topic.FREEZE
        return 1
    if not parts.once("verb", (parts.verb, verb), sentence.shown(at, place), at, place):
        return 1
    parts.verb = verb
    is_over = verb is Verb.FREEZE and not OVER_WITH.isdisjoint(words[place : place + 1])
    if is_over and find_pause(sentence, place) is None:
        parts.help, parts.topic = True, Topic.FREEZE
        return 1
    while place < len(words) and (taken := _read_part(sentence, place)):
        place += taken
    if place < len(words):
        take_reason(sentence, place)
        if words[place] != "-":
            _ask_where(sentence, at, place)
    if not parts.reason and sentence.text.rstrip().endswith("?") and REQUESTS.isdisjoint(sentence.all_words()):
        parts.help, parts.topic = True, Topic.FREEZE
    sentence.done = True
    return place - at


def _ask_where(sentence: Sentence, at: int, place: int) -> None:
    """Note where the reason, which begins at ``place``, may say the instance: behind ``in``, or first or last in it."""
    parts, reason = sentence.parts, sentence.parts.reason.split()
    if parts.instance is not None or parts.faults or len(sentence.instances) < 2:
        return
    for which, word in enumerate(reason):
        name = normal(word).lower()
        instance = named(sentence.instances, name, bare(name))
        follows = which > 0 and bare(reason[which - 1].lower()) in INSTANCE | PERHAPS_INSTANCE
        if instance is None or not (follows or which in (0, len(reason) - 1)):
            continue
        first, head = which - follows, sentence.shown(at, place)
        rest = " ".join([*reason[:first], *reason[which + 1 :]])
        there = f"{head} in {instance}{f' - {rest}' if rest else ''}"
        shown = " ".join(reason[first : which + 1])
        parts.fault(WhereOrWhy(shown, instance, there, f"{head} - {parts.reason}"), place, len(sentence.words))
        return


def _read_part(sentence: Sentence, at: int) -> int:
    """The end of a freeze, the instance, or ``everything``, which says nothing: how many words, 0 for the reason."""
    words, parts = sentence.words, sentence.parts
    word, is_begun = words[at], bool(parts.until or parts.instance or parts.faults)
    if word in _ALL and not is_begun:
        return 1
    if word in INSTANCE | PERHAPS_INSTANCE and at + 1 < len(words) and (name := sentence.instance_at(at + 1)):
        sentence.put_instance(name, at, at + 2)
        return 2
    if not is_begun and (name := sentence.instance_at(at)):
        sentence.put_instance(name, at, at + 1)
        return 1
    if word == "instance" and not is_begun and at + 1 < len(words):
        token = sentence.tokens[at + 1]
        sentence.unknown_instance(token.word, token.shown, at, at + 2)
        return 2
    return _read_end(sentence, at)


def _read_end(sentence: Sentence, at: int) -> int:
    parts = sentence.parts
    found = find_pause(sentence, at) if parts.verb is Verb.FREEZE and parts.until is None else None
    if found is None:
        return 0
    behind = at + found.words
    shown = sentence.shown(at, behind)
    if isinstance(found.what, BadRange):
        parts.fault(BadRange(shown, found.what.reason), at, behind)
    else:
        parts.until, parts.until_said = found.what, " ".join(sentence.words[at:behind])
        parts.note("until", shown)
    return found.words


def settle_freeze(parts: Parts, problems: list[Problem]) -> Settled:
    """As ``resolve.settle``, where freezing is spoken of."""
    problems += misfits(parts, _NOT_OF_A_FREEZE, parts.shown("verb"))
    if parts.verb is Verb.UNFREEZE:
        return Unfreeze(reason=parts.reason, instance=parts.instance), problems
    frozen = Freeze(until=parts.until, reason=parts.reason, instance=parts.instance, said=parts.until_said)
    return frozen, problems
