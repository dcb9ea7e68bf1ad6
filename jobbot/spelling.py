"""The known word that was probably meant by one that is not known: for every "did you mean"."""

from collections.abc import Iterable
from difflib import SequenceMatcher, get_close_matches

_MOST = 40
"""Longer words are cut: the comparison takes time."""


def nearest(word: str, known: Iterable[str], *, cutoff: float = 0.74) -> str | None:
    """The known word most like ``word``, if any is as like as ``cutoff`` (1 is the same word); else None.

    Of several the one that shares the most letters is meant, less those by which it is longer or shorter; then the
    earlier one.
    """
    word, words = word[:_MOST], list(known)

    def shared(one: str) -> tuple[int, int]:
        letters = sum(block.size for block in SequenceMatcher(None, one, word).get_matching_blocks())
        return letters - abs(len(one) - len(word)), -words.index(one)

    return max(get_close_matches(word, words, n=4, cutoff=cutoff), key=shared, default=None)
