"""The word that was probably meant. Work is bounded: long words are near nothing."""

from collections.abc import Sequence

_LONGEST = 30
_SHORTEST_BEGINNING = 4


def nearest(word: str, candidates: Sequence[str]) -> str | None:
    """The candidate that fewest slips of the finger away is, or that ``word`` begins; None when nothing is near.

    One slip is allowed in words of three to five letters, two in longer ones. Both sides are lower case.
    """
    allowed = 0 if len(word) < 3 else 1 if len(word) < 6 else 2
    if not allowed or len(word) > _LONGEST:
        return None
    near = [one for one in candidates if abs(len(one) - len(word)) <= allowed]
    ranked = sorted((distance(word, one), at) for at, one in enumerate(near))
    if ranked and ranked[0][0] <= allowed:
        return near[ranked[0][1]]
    return next((one for one in candidates if len(word) >= _SHORTEST_BEGINNING and one.startswith(word)), None)


def distance(one: str, other: str) -> int:
    """How many letters were left out, added, mistaken or swapped with their neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        earlier, before, row = before, row, [i]
        for j, b in enumerate(other, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                cost = min(cost, earlier[j - 2] + 1)
            row.append(cost)
    return row[-1]
