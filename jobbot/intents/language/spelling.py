"""The word of the language that was probably meant by one that is not known."""

from collections.abc import Sequence

from jobbot import spelling

_SHORTEST, _SHORTEST_BEGINNING = 3, 4


def nearest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate that ``word`` is most like, or else the first that it begins; both sides are lower case."""
    if len(word) < _SHORTEST:
        return None
    begun = (one for one in candidates if len(word) >= _SHORTEST_BEGINNING and one.startswith(word))
    return spelling.nearest(word, candidates) or next(begun, None)
