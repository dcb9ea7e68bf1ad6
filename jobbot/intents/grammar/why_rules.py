"""Where the reason of an act begins, behind which nothing is read any more.

Behind a job's number (``stop 987 why``) that is simple: ``job_rules`` takes it. Behind a datastream the days, the end
of a pause, a workspace or an instance may still stand, and behind a name nobody sees where it ends: there a reason
begins with a word that the language knows, a dash, or ``because``.
"""

from jobbot.adverity.model import JobId
from jobbot.intents.grammar.pause_end import find_pause
from jobbot.intents.grammar.reason import Why, nearest_instance, read_reason
from jobbot.intents.grammar.sentence import Sentence
from jobbot.intents.grammar.start_rules import find_start
from jobbot.intents.language.numbers import JOBS_MOST
from jobbot.intents.language.spelling import ends_in_not
from jobbot.intents.language.tokens import show
from jobbot.intents.language.vocabulary import (
    ACTS,
    ARTICLES,
    FILLERS,
    GIVEN,
    INSTANCE,
    NOT,
    NOUNS,
    OF_A_DATASTREAM,
    PAST,
    PERHAPS_INSTANCE,
    SCHEDULE,
    TURNING,
    VERBS,
    WHY,
    WORKSPACE,
    Verb,
)
from jobbot.intents.model import BadRange, SaidTwice, UnknownWord
from jobbot.intents.times.days import find_days
from jobbot.intents.times.moments import UNTIL

_HAVE = frozenset({"have", "has"})
"""Before an article these tell of now: ``we have a deploy until 13:00``."""
_BETWEEN = FILLERS | {"-", ".."}


def read_why(sentence: Sentence, at: int) -> int:
    """The reason, where it begins at this place."""
    parts = sentence.parts
    if parts.verb is Verb.STOP and parts.everything and parts.job is None:
        begins = sentence.words[at] in WHY
    elif parts.verb in OF_A_DATASTREAM and not parts.help:
        begins = _begins(sentence, at)
    else:
        begins = parts.verb in (Verb.RETRY, Verb.ACKNOWLEDGE) and parts.job is not None  # "987 retry why"
    if not begins:
        return 0
    take_why(sentence, at)
    return 1


def take_reason(sentence: Sentence, at: int) -> Why:
    """Take all from this place on as the reason, but for an instance at its end."""
    parts = sentence.parts
    why = read_reason(text_from(sentence, at), sentence.instances)
    parts.reason = courteous(why.reason)
    take_back(sentence, at)
    if why.instance is not None:
        sentence.put_instance(why.instance, at, at)
    if why.nearly is not None:
        sentence.unknown_instance(why.nearly, show(why.nearly), at, at)
        parts.instance = parts.instance or nearest_instance(why.nearly, sentence.instances)
    return why


def take_back(sentence: Sentence, at: int) -> None:
    """Note a negation that is all of the reason, which begins at ``at`` or behind it, as a word that nobody knows."""
    parts = sentence.parts
    if is_taken_back(parts.reason):
        parts.fault(UnknownWord(show(parts.reason)), at, len(sentence.words))
        parts.reason = ""


def take_why(sentence: Sentence, at: int) -> None:
    """As :func:`take_reason`; numbers without a word are jobs, or a second datastream."""
    parts, sentence.done = sentence.parts, True
    why = take_reason(sentence, at)
    if parts.verb is Verb.PAUSE and parts.until is None and sentence.words[at] not in WHY:
        _take_end(sentence, at)
    if why.numbers and not why.rest:
        parts.reason = ""
        if parts.datastream is not None:
            second = str(why.numbers[0])
            parts.fault(SaidTwice("datastream", parts.shown("datastream"), second), at, len(sentence.words))
        else:
            parts.more = tuple(JobId(one) for one in dict.fromkeys(why.numbers) if one != parts.job)[: JOBS_MOST - 1]


def _take_end(sentence: Sentence, at: int) -> None:
    """``deploy until 13:00``: the end is said in the reason, where nobody would look for it afterwards.

    ``it hung until 9:00`` and ``not until 13:00`` say none.
    """
    for place in range(at, len(sentence.words)):
        is_end = sentence.words[place] in UNTIL and not _tells(sentence, at, place)
        found = find_pause(sentence, place) if is_end else None
        if found is not None and not isinstance(found.what, BadRange):
            parts, behind = sentence.parts, place + found.words
            parts.until, parts.until_said = found.what, " ".join(sentence.words[place:behind])
            parts.order = found.order
            parts.note("until", sentence.shown(place, behind))
            return


def _tells(sentence: Sentence, at: int, behind: int) -> bool:
    """Whether the words from a place on tell of the past, or say the opposite."""
    tokens = sentence.tokens[at : behind + 1]
    words = [word.lower() for token in tokens for word in (*token.before, token.word)][:-1]
    return any(
        word in TURNING or ends_in_not(word) or (word in PAST and not (word in _HAVE and following in ARTICLES))
        for word, following in zip(words, [*words[1:], ""], strict=True)
    )


def text_from(sentence: Sentence, at: int) -> str:
    """What was typed from a place on, with the words before it that say nothing; with none before ``because``."""
    token = sentence.tokens[at]
    if token.word == "-":
        return sentence.text[token.end :]
    if token.word in WHY and not token.quoted:
        return sentence.text[max(0, sentence.text.rfind(token.shown, 0, token.end)) :]
    return sentence.text[sentence.tokens[at - 1].end :] if at else sentence.text


def is_taken_back(reason: str) -> bool:
    """Whether ``nicht``, or ``not please``, is all of a reason: it says that nothing is to be done."""
    words = {word.strip(".,!?").lower() for word in reason.split()} - {"please", "pls", "bitte", ""}
    return bool(words) and words <= NOT


def courteous(reason: str) -> str:
    """A reason, without what is none: ``again please``."""
    words = (word.strip(".,!?").lower() for word in reason.split()[:6])
    return "" if len(reason.split()) <= 5 and GIVEN.issuperset(filter(None, words)) else reason


def _begins(sentence: Sentence, at: int) -> bool:
    parts, word = sentence.parts, sentence.words[at]
    if _says_more(sentence, at):
        return False
    if parts.datastream is not None or parts.job is not None:
        return True
    names = [fault for fault in parts.faults if isinstance(fault.problem, UnknownWord)]
    if not names or sentence.tokens[at].quoted:
        return False
    kinds = [kind for kind, _ in parts.said]
    if word in WHY or kinds[-1:] in (["days"], ["until"]):
        return True
    is_act = VERBS.get(word) in ACTS and word not in NOUNS
    return word not in _BETWEEN and not is_act and sentence.is_known(at)


def _says_more(sentence: Sentence, at: int) -> bool:
    """Whether a part stands there that the act has not got yet, some words that say nothing before it left out."""
    place = at
    while place < len(sentence.words) and not sentence.tokens[place].quoted:
        if _is_part(sentence, place):
            return True
        if sentence.words[place] not in _BETWEEN | SCHEDULE:
            return False
        place += 1
    return False


def _is_part(sentence: Sentence, at: int) -> bool:
    parts, word = sentence.parts, sentence.words[at]
    following = at + 1 < len(sentence.words)
    if word in WORKSPACE:
        return parts.workspace is None and following
    if word in INSTANCE | PERHAPS_INSTANCE and following and parts.instance is None and sentence.instance_at(at + 1):
        return True
    if parts.verb is Verb.FETCH:
        return parts.days is None and find_days(sentence.words, at, sentence.instants) is not None
    if parts.verb is not Verb.PAUSE:
        return False
    is_end = parts.until is None and find_pause(sentence, at) is not None
    return is_end or (parts.ends is None and find_start(sentence, at) is not None)
