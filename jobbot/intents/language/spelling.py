"""The word of the language that was probably meant by one that is not known."""

import re
from collections.abc import Sequence

from jobbot import spelling
from jobbot.intents.language.vocabulary import KNOWN

_NEGATED = re.compile(r"[a-z]+n['’]t|(?:is|are|was|were|has|have|had|do|did|does|wo|ca|could|would|should)nt")
_PREFIX = re.compile(r"(?:un|non?|dis)-?")
_SHORTEST, _SHORTEST_BEGINNING = 3, 4


def nearest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate that ``word`` is most like, or else the first that it begins; both sides are lower case."""
    if len(word) < _SHORTEST:
        return None
    begun = (one for one in candidates if len(word) >= _SHORTEST_BEGINNING and one.startswith(word))
    return spelling.nearest(word, candidates) or next(begun, None)


def is_negated(word: str) -> bool:
    """Whether an unknown word says the opposite by its form: ``isn't``, ``unfinished``, ``nostop``."""
    if word in KNOWN:
        return False
    beginning = _PREFIX.match(word)
    return ends_in_not(word) or (beginning is not None and word[beginning.end() :] in KNOWN)


def ends_in_not(word: str) -> bool:
    """Whether a word is a verb with ``not``: ``isn't``, ``wasnt``."""
    return _NEGATED.fullmatch(word) is not None
